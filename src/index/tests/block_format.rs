//! How a part is laid out: what only makes it fast.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::db::index::index_store::BlockHandle;
use crate::db::{Owner, Scope};
use crate::index::index_key::TermField;
use crate::index::read::block_cursor::BlockCursor;
use crate::index::read::merge_iterator::KeyRange;
use crate::index::segment::block::{BlockBuilder, BuiltBlock, LeafBlock};
use crate::index::segment::postings::Posting;

fn builder(keys: &[&str], full: usize) -> (BlockBuilder, Vec<BuiltBlock>) {
    let mut builder = BlockBuilder::with_block_size(full);
    let built = keys.iter().filter_map(|key| builder.add(key.as_bytes(), Posting::live(1)).unwrap());
    let built = built.collect();
    (builder, built)
}

fn block(keys: &[&str]) -> LeafBlock {
    let built = builder(keys, usize::MAX).0.finish().unwrap().unwrap();
    LeafBlock::decode(built.body, &built.row).unwrap()
}

const KEYS: [&str; 10] = ["anna", "annb", "annc", "annd", "anne", "annf", "anng", "annh", "bert", "bertb"];

#[test]
fn block_has_a_restart_for_every_fourth_key() {
    let part = block(&KEYS);
    assert_eq!(part.restart_count(), 3);
    let blocks = KEYS.map(|key| part.restart_for(key.as_bytes()));
    assert_eq!(blocks, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    assert_eq!((part.restart_for(b"a"), part.restart_for(b"annda"), part.restart_for(b"z")), (0, 0, 2));
    assert_eq!(part.restart_offset(0), Some(0));
    assert!(part.restart_offset(1) < part.restart_offset(2) && part.restart_offset(3).is_none());
}

#[test]
fn restart_key_is_compared_with_another_key() {
    let part = block(&KEYS);
    let begins = |block, key: &str| part.compare_restart_key(block, key.as_bytes());
    assert_eq!([begins(0, "anna"), begins(1, "anne"), begins(2, "bert")], [Ordering::Equal; 3]);
    assert_eq!([begins(0, "annaa"), begins(1, "b"), begins(1, "annex")], [Ordering::Less; 3]);
    assert_eq!([begins(1, "ann"), begins(1, ""), begins(2, "annh"), begins(3, "z")], [Ordering::Greater; 4]);
}

#[test]
fn cursor_seeks_exactly_the_requested_key() {
    let part = Arc::new(block(&KEYS));
    let mut cursor = BlockCursor::at_or_after(Arc::clone(&part), b"");
    for (asked, found) in [
        ("anna", "anna"),
        ("annb", "annb"),
        ("annba", "annc"),
        ("annf", "annf"),
        ("bert", "bert"),
        ("bertb", "bertb"),
    ] {
        cursor.seek(asked.as_bytes());
        assert_eq!(cursor.entry().map(|(key, _)| key), Some(found.as_bytes()), "{asked}");
    }
    cursor.seek(b"c");
    assert!(cursor.entry().is_none());
}

#[test]
fn block_uses_the_memory_of_its_body() {
    let built = builder(&KEYS, usize::MAX).0.finish().unwrap().unwrap();
    let bytes = built.body.len();
    assert_eq!(LeafBlock::decode(built.body, &built.row).unwrap().byte_len(), bytes);
}

#[test]
fn block_is_closed_at_its_size() {
    // Magic and three lengths stand in front.
    let size = builder(&KEYS[..3], usize::MAX).0.finish().unwrap().unwrap().body.len() - 16;
    let closed = |full| builder(&KEYS[..4], full).1.len();
    assert_eq!((closed(size), closed(size + 1)), (1, 0));
}

#[test]
fn bytes_after_a_block_are_rejected() {
    let mut built = builder(&KEYS, usize::MAX).0.finish().unwrap().unwrap();
    built.body.push(0);
    built.row.checksum = crc32fast::hash(&built.body);
    assert!(LeafBlock::decode(built.body, &built.row).is_err());
}

#[test]
fn empty_key_is_rejected() {
    assert!(builder(&[""], usize::MAX).0.finish().is_err());
}

#[test]
fn key_range_ends_before_the_next_prefix() {
    let span = KeyRange::with_prefix(b"ab".to_vec());
    assert!([&b"ab"[..], b"abc", b"ab\xFF"].iter().all(|key| span.contains(key)));
    assert!([&b"aa"[..], b"a", b"ac", b"b"].iter().all(|key| !span.contains(key)));
    let row = |first: &str, last: &str| BlockHandle {
        id: 0,
        first_key: first.as_bytes().to_vec(),
        last_key: last.as_bytes().to_vec(),
        checksum: 0,
    };
    let rows = [row("a", "aa"), row("aab", "ab"), row("aba", "abz"), row("abzz", "b"), row("c", "d")];
    let met = rows.each_ref().map(|row| span.overlaps(row));
    assert_eq!(met, [false, true, true, true, false]);
}

#[test]
fn advisor_list_indexes_whole_names_only() {
    let scope = |owner| Scope { owner, network: 1 };
    let kept = |owner| {
        let shelves = [
            TermField::FirstName,
            TermField::Word,
            TermField::Phonetic,
            TermField::ContactMethod,
            TermField::Member,
            TermField::Company,
        ];
        shelves.map(|shelf| shelf.is_indexed_in(scope(owner)))
    };
    assert_eq!(kept(Owner::Advisor(1)), [true, false, false, false, true, true]);
    assert_eq!(kept(Owner::Tenant(1)), [true, true, true, true, false, true]);
}
