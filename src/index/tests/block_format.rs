//! The layout of a block: restart points, sizes, cursors.

use std::cmp::Ordering;

use crate::db::{Owner, Scope};
use crate::host::tuning::IndexTuning;
use crate::index::index_key::TermField;
use crate::index::key_range::KeyRange;
use crate::index::segment::block::LeafBlock;
use crate::index::segment::block_builder::{BlockBuilder, BuiltBlock};
use crate::index::segment::posting::Posting;

fn builder(keys: &[&str], block_size: usize) -> (BlockBuilder, Vec<BuiltBlock>) {
    let mut builder = BlockBuilder::new(IndexTuning { block_size, ..IndexTuning::SMALL });
    let built = keys.iter().filter_map(|key| builder.add(key.as_bytes(), Posting::live(1)).unwrap());
    let built = built.collect();
    (builder, built)
}

fn block(keys: &[&str]) -> LeafBlock {
    let built = builder(keys, usize::MAX).0.finish().unwrap().unwrap();
    decode(built).unwrap()
}

fn decode(built: BuiltBlock) -> Option<LeafBlock> {
    LeafBlock::decode(built.body, IndexTuning::SMALL)
}

const KEYS: [&str; 10] = ["anna", "annb", "annc", "annd", "anne", "annf", "anng", "annh", "bert", "bertb"];

#[test]
fn block_has_a_restart_for_every_fourth_key() {
    let block = block(&KEYS);
    assert_eq!(block.restart_count(), 3);
    let restarts = KEYS.map(|key| block.restart_for(key.as_bytes()));
    assert_eq!(restarts, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    assert_eq!((block.restart_for(b"a"), block.restart_for(b"annda"), block.restart_for(b"z")), (0, 0, 2));
    assert_eq!(block.restart_offset(0), Some(0));
    assert!(block.restart_offset(1) < block.restart_offset(2) && block.restart_offset(3).is_none());
}

#[test]
fn restart_key_is_compared_with_another_key() {
    let block = block(&KEYS);
    let compare = |restart, key: &str| block.compare_restart_key(restart, key.as_bytes());
    assert_eq!([compare(0, "anna"), compare(1, "anne"), compare(2, "bert")], [Ordering::Equal; 3]);
    assert_eq!([compare(0, "annaa"), compare(1, "b"), compare(1, "annex")], [Ordering::Less; 3]);
    assert_eq!(
        [compare(1, "ann"), compare(1, ""), compare(2, "annh"), compare(3, "z")],
        [Ordering::Greater; 4]
    );
}

#[test]
fn block_uses_the_memory_of_its_body() {
    let built = builder(&KEYS, usize::MAX).0.finish().unwrap().unwrap();
    let bytes = built.body.len();
    assert_eq!(decode(built).unwrap().byte_len(), bytes);
}

#[test]
fn block_is_closed_at_its_size() {
    // Without the header: magic and three lengths.
    let size = builder(&KEYS[..3], usize::MAX).0.finish().unwrap().unwrap().body.len() - 16;
    let closed = |block_size| builder(&KEYS[..4], block_size).1.len();
    assert_eq!((closed(size), closed(size + 1)), (1, 0));
}

#[test]
fn bytes_after_a_block_are_rejected() {
    let mut built = builder(&KEYS, usize::MAX).0.finish().unwrap().unwrap();
    built.body.push(0);
    assert!(decode(built).is_none());
}

#[test]
fn empty_key_is_rejected() {
    assert!(builder(&[""], usize::MAX).0.finish().is_err());
}

#[test]
fn key_range_ends_before_the_next_prefix() {
    let range = KeyRange::with_prefix(b"ab".to_vec());
    assert!([&b"ab"[..], b"abc", b"ab\xFF"].iter().all(|key| range.contains(key)));
    assert!([&b"aa"[..], b"a", b"ac", b"b"].iter().all(|key| !range.contains(key)));
}

#[test]
fn advisor_list_indexes_whole_names_only() {
    let scope = |owner| Scope { owner, network: 1 };
    let indexed = |owner| {
        let fields = [
            TermField::FirstName,
            TermField::Word,
            TermField::Phonetic,
            TermField::ContactMethod,
            TermField::Member,
            TermField::Company,
        ];
        fields.map(|field| field.is_indexed_in(scope(owner)))
    };
    assert_eq!(indexed(Owner::Advisor(1)), [true, false, false, false, true, true]);
    assert_eq!(indexed(Owner::Tenant(1)), [true, true, true, true, false, true]);
}
