//! What people type, and whom they mean by it and whom not.

use crate::index::MatchKind;
use crate::model::{ContactId, Network, NewContact};
use crate::{Actor, Options, Session};

/// Who is found, in pages of so many, by their numbers.
fn search_ids(desk: &Session, text: &str, limit: usize) -> Vec<ContactId> {
    let mut ids: Vec<_> = desk.search(text).limit(limit).iter().map(|hit| hit.unwrap().contact.id).collect();
    ids.sort_unstable();
    ids
}

/// How much of a key is hidden is a byte: a contact with two keys that both begin with more is found once all the same.
#[test]
fn a_long_text_finds_a_contact_once() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    // Of two bytes each; with the hyphen and without it.
    let name = format!("x{}-ж", "ж".repeat(200));
    desk.add(NewContact::new(Network::SMS_DIRECT, name, "")).unwrap();
    for letters in 120..=135 {
        let text = format!("x{}", "ж".repeat(letters));
        let page = desk.search(text).limit(1).page().unwrap();
        assert!(page.items.len() == 1 && page.after.is_none(), "{letters}");
    }
}

/// A domain is found by what follows the sign, though another address of the contact begins as that does, and is not meant.
#[test]
fn a_domain_is_found_beside_an_identifier_that_begins_like_it() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let zoe =
        NewContact::new(Network::SMS_DIRECT, "Zoe", "").identifier("crm", "bank-77").email("x@bank.example");
    desk.add(zoe).unwrap();
    let bob =
        NewContact::new(Network::SMS_DIRECT, "Bob", "").identifier("crm", "ann-1").email("ann.b@x.example");
    desk.add(bob).unwrap();
    for text in ["@bank", "@bank.", "bank", "ann.", "ann", "ann-"] {
        assert_eq!(desk.search(text).iter().count(), 1, "{text}");
    }
}

/// Names in other scripts are found as they sound: one word, several, and among words that sound otherwise.
#[test]
fn names_are_found_by_their_sound() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut ids = Vec::new();
    for (first, last) in [("Γιάννης", "Χρήστος"), ("Γιάννης", "Berg"), ("Χρήστος", "Dorn"), ("Anna", "Berg")]
    {
        ids.push(desk.add(NewContact::new(Network::SMS_DIRECT, first, last)).unwrap().id);
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        for (text, expected) in [
            ("iannis", &ids[..2]),
            ("iann", &ids[..2]),
            ("khristos", &[ids[0], ids[2]]),
            ("iannis xristos", &ids[..1]),
            ("xristos iannis", &ids[..1]),
            ("iannis berg", &[]),
            ("iannis dorn", &[]),
        ] {
            for limit in [1, 5] {
                let there = search_ids(&desk, text, limit);
                assert_eq!(there, expected, "{text:?} by {limit}, made anew: {rebuilt}");
            }
        }
        let hits = desk.search("iannis").page().unwrap().items;
        assert!(hits.iter().all(|hit| hit.matched.kind == MatchKind::Phonetic));
    }
}

/// A number is found by its last digits, from four on, and by those of no other number.
#[test]
fn numbers_are_found_by_their_end_and_no_other() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut ids = Vec::new();
    for phone in ["+33612345678", "+33698765432", "+4915112345678"] {
        let new = NewContact::new(Network::SMS_DIRECT, "Eva", "").phone(phone);
        ids.push(desk.add(new).unwrap().id);
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        for (text, expected) in [
            ("5678", vec![ids[0], ids[2]]),
            ("45 678", vec![ids[0], ids[2]]),
            ("612345678", vec![ids[0]]),
            ("5432", vec![ids[1]]),
            ("9999", vec![]),
            ("567", vec![]),
            ("6789", vec![]),
        ] {
            assert_eq!(search_ids(&desk, text, 2), expected, "{text:?}, made anew: {rebuilt}");
        }
    }
}

/// What a mark stands for is typed out by some, and typed with the mark by others.
#[test]
fn marks_are_found_typed_out_and_the_other_way_round() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for (first, last) in [("Jörg", "Berg"), ("Joerg", "Dorn"), ("Jorg", "Egel")] {
        desk.add(NewContact::new(Network::SMS_DIRECT, first, last)).unwrap();
    }
    for (text, many) in [
        ("jörg", 3),
        ("joerg", 2),
        ("jorg", 2),
        ("jörg dorn", 1),
        ("dorn jörg", 1),
        ("Jörg  Dorn ", 1),
        ("jörg x", 0),
    ] {
        assert_eq!(search_ids(&desk, text, 2).len(), many, "{text:?}");
    }
}
