//! Walks over namesakes: a page that ends among them goes on among them, whatever part of the index they are in.

use crate::model::{ContactId, Network, NewContact};
use crate::{Actor, Options, Session};

/// All that a search finds, in pages of so many: there, and back from the end.
fn walk(desk: &Session, text: &str, limit: usize) -> (Vec<ContactId>, Vec<ContactId>) {
    let ids =
        |page: &crate::Page<crate::Hit>| page.items.iter().map(|hit| hit.contact.id).collect::<Vec<_>>();
    let mut page = desk.search(text).limit(limit).page().unwrap();
    let mut there = ids(&page);
    while page.after.is_some() {
        let next = desk.search(text).limit(limit).after(page.after.clone()).page().unwrap();
        // Where there was much to look at, there may have been nobody else.
        if next.items.is_empty() && next.after.is_none() {
            break;
        }
        page = next;
        there.extend(ids(&page));
    }
    let mut back = ids(&page);
    while page.before.is_some() {
        page = desk.search(text).limit(limit).before(page.before).page().unwrap();
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
                let (there, back) = walk(&desk, text, limit);
                assert_eq!(there, expected, "{text:?} by {limit}, made anew: {rebuilt}");
                assert_eq!(back, expected, "{text:?} by {limit}, back, made anew: {rebuilt}");
            }
        }
    }
}
