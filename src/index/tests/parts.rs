//! How a part is laid out: what only makes it fast.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::db::index::index_store::PartRow;
use crate::db::{Owner, Scope};
use crate::index::key::Shelf;
use crate::index::read::block_cursor::PartCursor;
use crate::index::read::merge_iterator::Span;
use crate::index::segment::block::{Built, Part, PartBuilder};
use crate::index::segment::postings::Posting;

fn builder(keys: &[&str], full: usize) -> (PartBuilder, Vec<Built>) {
    let mut builder = PartBuilder::with_parts_of(full);
    let built = keys.iter().filter_map(|key| builder.add(key.as_bytes(), Posting::live(1)).unwrap());
    let built = built.collect();
    (builder, built)
}

fn part(keys: &[&str]) -> Part {
    let built = builder(keys, usize::MAX).0.finish().unwrap().unwrap();
    Part::read(built.body, &built.row).unwrap()
}

const KEYS: [&str; 10] = ["anna", "annb", "annc", "annd", "anne", "annf", "anng", "annh", "bert", "bertb"];

#[test]
fn a_part_has_a_block_for_every_fourth_key() {
    let part = part(&KEYS);
    assert_eq!(part.blocks(), 3);
    let blocks = KEYS.map(|key| part.block_of(key.as_bytes()));
    assert_eq!(blocks, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    assert_eq!((part.block_of(b"a"), part.block_of(b"annda"), part.block_of(b"z")), (0, 0, 2));
    assert_eq!(part.block(0), Some(0));
    assert!(part.block(1) < part.block(2) && part.block(3).is_none());
}

#[test]
fn a_block_tells_how_its_first_key_stands_to_another() {
    let part = part(&KEYS);
    let begins = |block, key: &str| part.begins(block, key.as_bytes());
    assert_eq!([begins(0, "anna"), begins(1, "anne"), begins(2, "bert")], [Ordering::Equal; 3]);
    assert_eq!([begins(0, "annaa"), begins(1, "b"), begins(1, "annex")], [Ordering::Less; 3]);
    assert_eq!([begins(1, "ann"), begins(1, ""), begins(2, "annh"), begins(3, "z")], [Ordering::Greater; 4]);
}

#[test]
fn a_cursor_goes_on_to_just_the_key_that_is_asked_for() {
    let part = Arc::new(part(&KEYS));
    let mut cursor = PartCursor::at_or_after(Arc::clone(&part), b"");
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
fn a_part_takes_the_memory_of_its_body() {
    let built = builder(&KEYS, usize::MAX).0.finish().unwrap().unwrap();
    let bytes = built.body.len();
    assert_eq!(Part::read(built.body, &built.row).unwrap().size(), bytes);
}

#[test]
fn a_part_is_closed_at_its_size() {
    // Magic and three lengths stand in front.
    let size = builder(&KEYS[..3], usize::MAX).0.finish().unwrap().unwrap().body.len() - 16;
    let closed = |full| builder(&KEYS[..4], full).1.len();
    assert_eq!((closed(size), closed(size + 1)), (1, 0));
}

#[test]
fn what_is_behind_a_part_is_no_part_of_it() {
    let mut built = builder(&KEYS, usize::MAX).0.finish().unwrap().unwrap();
    built.body.push(0);
    built.row.checksum = crc32fast::hash(&built.body);
    assert!(Part::read(built.body, &built.row).is_err());
}

#[test]
fn an_empty_key_is_refused() {
    assert!(builder(&[""], usize::MAX).0.finish().is_err());
}

#[test]
fn a_span_ends_before_what_starts_otherwise() {
    let span = Span::of(b"ab".to_vec());
    assert!([&b"ab"[..], b"abc", b"ab\xFF"].iter().all(|key| span.has(key)));
    assert!([&b"aa"[..], b"a", b"ac", b"b"].iter().all(|key| !span.has(key)));
    let row = |first: &str, last: &str| PartRow {
        id: 0,
        first_key: first.as_bytes().to_vec(),
        last_key: last.as_bytes().to_vec(),
        checksum: 0,
    };
    let rows = [row("a", "aa"), row("aab", "ab"), row("aba", "abz"), row("abzz", "b"), row("c", "d")];
    let met = rows.each_ref().map(|row| span.meets(row));
    assert_eq!(met, [false, true, true, true, false]);
}

#[test]
fn an_advisors_list_keeps_whole_names_only() {
    let scope = |owner| Scope { owner, network: 1 };
    let kept = |owner| {
        let shelves = [Shelf::First, Shelf::Word, Shelf::Sound, Shelf::Point, Shelf::Member, Shelf::Company];
        shelves.map(|shelf| shelf.is_kept(scope(owner)))
    };
    assert_eq!(kept(Owner::Advisor(1)), [true, false, false, false, true, true]);
    assert_eq!(kept(Owner::Tenant(1)), [true, true, true, true, false, true]);
}
