//! What must be true of any book at any moment, whatever befell it.

use cardex::{Actor, Contact, ContactId, Session, Store, limits};

use super::{backwards, forwards, list_page, search_page};

/// Holds a book against everything that is true of all books: what the check says; pages of every telling size, both ways;
/// letters and their counts; first names found by their beginnings, and nobody else.
pub fn hold(store: &Store) {
    let health = store.check().unwrap();
    assert!(health.is_sound(), "{health:?}");
    let desk = store.session(Actor::System);
    let all: Vec<Contact> = desk.contacts().limit(limits::PAGE).iter().map(Result::unwrap).collect();
    let ids = |contacts: &[Contact]| contacts.iter().map(|contact| contact.id).collect::<Vec<_>>();
    for size in [1, 2, all.len().saturating_sub(1), all.len(), all.len() + 1] {
        // Walks of one by one are for small books.
        if size == 0 || size > limits::PAGE || all.len() / size > 40 {
            continue;
        }
        let page = |to| list_page(&desk, size, to);
        let (walked, last) = forwards(size, &page);
        assert_eq!(ids(&walked), ids(&all), "pages of {size}");
        assert_eq!(ids(&backwards(size, last, &page)), ids(&all), "pages of {size}, backwards");
    }
    let counted: u64 = desk.contacts().sections().unwrap().iter().map(|section| section.contacts).sum();
    assert_eq!(usize::try_from(counted).unwrap(), all.len(), "letters and their counts");
    found_by_beginnings(&desk, &all);
}

fn found_by_beginnings(desk: &Session, all: &[Contact]) {
    // Every other letter is looked for; others than these are folded, which is for another test to know.
    let plain = |contact: &&Contact| contact.first_name.chars().all(|letter| letter.is_ascii_alphabetic());
    let mut beginnings: Vec<String> = all
        .iter()
        .filter(plain)
        .filter_map(|contact| Some(contact.first_name.get(..2)?.to_lowercase()))
        .collect();
    beginnings.sort_unstable();
    beginnings.dedup();
    for beginning in beginnings.iter().step_by(beginnings.len() / 4 + 1) {
        let page = |to| search_page(desk, beginning, limits::PAGE, to);
        let found: Vec<_> = forwards(limits::PAGE, &page).0.into_iter().map(|hit| hit.contact.id).collect();
        for contact in all {
            let named = contact.first_name.to_lowercase().starts_with(beginning.as_str());
            let times = found.iter().filter(|id| **id == contact.id).count();
            assert!(if named { times == 1 } else { times <= 1 }, "{beginning}: found {times} times");
        }
        let known = |id: &ContactId| all.iter().any(|contact| contact.id == *id);
        assert!(found.iter().all(known), "{beginning}: somebody who is not there");
    }
}

/// Everything a book says, as text: contacts with their advisors, the trash, what the host has to do, what happened.
pub fn told(store: &Store) -> cardex::Result<String> {
    let desk = store.session(Actor::System);
    let mut lines = Vec::new();
    for trash in [false, true] {
        let list = desk.contacts().limit(limits::PAGE);
        let list = if trash { list.trash() } else { list };
        let contacts = list.iter().collect::<cardex::Result<Vec<_>>>()?;
        for page in contacts.chunks(limits::PAGE) {
            let ids: Vec<_> = page.iter().map(|contact| contact.id).collect();
            for (contact, advisors) in page.iter().zip(desk.links_of(&ids)?) {
                lines.push(format!("{} {advisors:?}", serde_json::to_string(contact).unwrap()));
            }
        }
    }
    for pending in desk.outbox(limits::PAGE)? {
        lines.push(serde_json::to_string(&pending).unwrap());
    }
    for change in desk.changes().limit(limits::PAGE).page()?.items {
        lines.push(serde_json::to_string(&change).unwrap());
    }
    Ok(lines.join("\n"))
}
