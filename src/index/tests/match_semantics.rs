//! Which queries find which contacts, and which they do not find.

use crate::Session;
use crate::index::MatchKind;
use crate::index::tests::small_store;
use crate::model::{ContactId, Network, NewContact};

/// The ids of all hits, read in pages of `limit`, sorted.
fn search_ids(session: &Session, text: &str, limit: usize) -> Vec<ContactId> {
    let mut ids: Vec<_> =
        session.search(text).limit(limit).iter().map(|hit| hit.unwrap().contact.id).collect();
    ids.sort_unstable();
    ids
}

/// `dedup_prefix_len` is one byte. A contact with two terms that share a longer prefix is still found once.
#[test]
fn a_long_text_finds_a_contact_once() {
    let (_store, session) = small_store();
    // Letters of two bytes. The name has one term with the hyphen and one without.
    let name = format!("x{}-ж", "ж".repeat(200));
    session.add(NewContact::new(Network::SMS_DIRECT, name, "")).unwrap();
    for letters in 120..=135 {
        let text = format!("x{}", "ж".repeat(letters));
        let page = session.search(text).limit(1).page().unwrap();
        assert!(page.items.len() == 1 && page.after.is_none(), "{letters}");
    }
}

/// A domain is found by the text after the at sign, even if an identifier of the contact starts with that text too.
#[test]
fn a_domain_is_found_beside_an_identifier_that_begins_like_it() {
    let (_store, session) = small_store();
    let zoe =
        NewContact::new(Network::SMS_DIRECT, "Zoe", "").identifier("crm", "bank-77").email("x@bank.example");
    session.add(zoe).unwrap();
    let bob =
        NewContact::new(Network::SMS_DIRECT, "Bob", "").identifier("crm", "ann-1").email("ann.b@x.example");
    session.add(bob).unwrap();
    for text in ["@bank", "@bank.", "bank", "ann.", "ann", "ann-"] {
        assert_eq!(session.search(text).iter().count(), 1, "{text}");
    }
}

/// Names in other scripts are found by their sound: one word, several words, and with words that sound different.
#[test]
fn names_are_found_by_their_sound() {
    let (store, session) = small_store();
    let mut ids = Vec::new();
    for (first, last) in [("Γιάννης", "Χρήστος"), ("Γιάννης", "Berg"), ("Χρήστος", "Dorn"), ("Anna", "Berg")]
    {
        ids.push(session.add(NewContact::new(Network::SMS_DIRECT, first, last)).unwrap().id);
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
                let found = search_ids(&session, text, limit);
                assert_eq!(found, expected, "{text:?} by {limit}, rebuilt: {rebuilt}");
            }
        }
        let hits = session.search("iannis").page().unwrap().items;
        assert!(hits.iter().all(|hit| hit.matched.kind == MatchKind::Phonetic));
    }
}

/// A number is found by its last digits if there are at least four, and not by those of another number.
#[test]
fn numbers_are_found_by_their_last_digits_only() {
    let (store, session) = small_store();
    let mut ids = Vec::new();
    for phone in ["+33612345678", "+33698765432", "+4915112345678"] {
        let new = NewContact::new(Network::SMS_DIRECT, "Eva", "").phone(phone);
        ids.push(session.add(new).unwrap().id);
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
            assert_eq!(search_ids(&session, text, 2), expected, "{text:?}, rebuilt: {rebuilt}");
        }
    }
}

/// Some people type the letters that an accent replaces, others type the accent.
#[test]
fn accented_letters_are_found_typed_out_and_the_other_way_round() {
    let (_store, session) = small_store();
    for (first, last) in [("Jörg", "Berg"), ("Joerg", "Dorn"), ("Jorg", "Egel")] {
        session.add(NewContact::new(Network::SMS_DIRECT, first, last)).unwrap();
    }
    for (text, count) in [
        ("jörg", 3),
        ("joerg", 2),
        ("jorg", 2),
        ("jörg dorn", 1),
        ("dorn jörg", 1),
        ("Jörg  Dorn ", 1),
        ("jörg x", 0),
    ] {
        assert_eq!(search_ids(&session, text, 2).len(), count, "{text:?}");
    }
}
