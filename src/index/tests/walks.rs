//! Walks over namesakes: a page that ends among them goes on among them, whatever part of the index they are in.

use crate::model::{ContactId, Network, NewContact};
use crate::{Actor, Options, Session};

/// All that a search finds, in pages of so many: there, and back from the end.
fn walk(desk: &Session, (text, typos): (&str, bool), limit: usize) -> (Vec<ContactId>, Vec<ContactId>) {
    let ids =
        |page: &crate::Page<crate::Hit>| page.items.iter().map(|hit| hit.contact.id).collect::<Vec<_>>();
    let mut page = desk.search(text).typos(typos).limit(limit).page().unwrap();
    let mut there = ids(&page);
    let mut after = page.after.clone();
    while after.is_some() {
        let next = desk.search(text).typos(typos).limit(limit).after(after).page().unwrap();
        after = next.after.clone();
        // Where there was much to look at, a page may have nobody.
        if !next.items.is_empty() {
            there.extend(ids(&next));
            page = next;
        }
    }
    let mut back = ids(&page);
    while page.before.is_some() {
        page = desk.search(text).typos(typos).limit(limit).before(page.before).page().unwrap();
        back.splice(0..0, ids(&page));
    }
    (there, back)
}

#[test]
fn pages_end_among_namesakes_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut added = Vec::new();
    for n in 0..72 {
        let name = format!("Name{:02}", n % 18);
        added.push(desk.add(NewContact::new(Network::SMS_DIRECT, name, "Muster")).unwrap());
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, prefix) in [("n", ""), ("muster name", ""), ("name0", "Name0"), ("", "")] {
            let mut expected: Vec<_> =
                added.iter().filter(|contact| contact.first_name.starts_with(prefix)).collect();
            expected.sort_by_key(|contact| &contact.first_name);
            let expected: Vec<_> = expected.into_iter().map(|contact| contact.id).collect();
            for limit in [1, 2, 3, 5] {
                let (there, back) = walk(&desk, (text, false), limit);
                assert_eq!(there, expected, "{text:?} by {limit}, made anew: {rebuilt}");
                assert_eq!(back, expected, "{text:?} by {limit}, back, made anew: {rebuilt}");
            }
        }
    }
}

/// A common word is looked up once its contacts are few among those of the other one; until then rows tell.
#[test]
fn common_words_are_met_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let mut added = Vec::new();
    for n in 0..140 {
        let last = if n % 7 == 3 { "Berg" } else { "Dorn" };
        let company = if n % 20 > 2 { "Acme" } else { "" };
        let new = NewContact::new(Network::SMS_DIRECT, format!("Ann{n:03}"), last).company(company);
        added.push(desk.add(new).unwrap());
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, last, company) in [
            ("berg ann", "Berg", ""),
            ("an berg", "Berg", ""),
            ("dorn ac", "Dorn", "Acme"),
            ("acme a b", "Berg", "Acme"),
        ] {
            let is_hit =
                |contact: &&crate::Contact| contact.last_name == last && contact.company.starts_with(company);
            let mut expected: Vec<ContactId> =
                added.iter().filter(is_hit).map(|contact| contact.id).collect();
            expected.sort_unstable();
            for limit in [1, 7, 50] {
                let (mut there, back) = walk(&desk, (text, false), limit);
                assert_eq!(there, back, "{text:?} by {limit}, made anew: {rebuilt}");
                there.sort_unstable();
                assert_eq!(there, expected, "{text:?} by {limit}, made anew: {rebuilt}");
            }
        }
    }
}

/// Mistyped words have many beginnings to look for: those that no key has are passed over, those that one has are not.
#[test]
fn mistyped_words_are_found_both_ways() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for n in 0..60 {
        let ends = ["", "a", "o", "u", "x", "bel"];
        let name = format!("Mart{}", ends[n % ends.len()]);
        desk.add(NewContact::new(Network::SMS_DIRECT, name, format!("Last{n:02}"))).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
        }
        for (text, many) in [("marti", 60), ("mrat", 60), ("mardo", 10), ("last0x", 10), ("marxbel", 10)] {
            for limit in [1, 4] {
                let (there, back) = walk(&desk, (text, true), limit);
                assert_eq!(there.len(), many, "{text:?} by {limit}, made anew: {rebuilt}");
                assert_eq!(there, back, "{text:?} by {limit}, made anew: {rebuilt}");
            }
        }
    }
}

/// A merge of new segments that dropped what is gone from an older one would bring it back.
#[test]
fn what_is_gone_from_an_older_segment_stays_gone() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let add =
        |n: usize| desk.add(NewContact::new(Network::SMS_DIRECT, format!("Old{n:03}"), "Muster")).unwrap();
    let added: Vec<_> = (0..400).map(add).collect();
    store.rebuild_index().unwrap();
    for (n, contact) in added.iter().take(80).enumerate() {
        let patch = crate::ContactPatch::new().first_name(format!("New{n:03}"));
        desk.edit(contact.id, patch).unwrap();
        if n % 8 == 0 {
            assert!(store.check().unwrap().is_sound(), "after {n}");
        }
    }
    assert_eq!(desk.search("new").limit(100).page().unwrap().items.len(), 80);
}
