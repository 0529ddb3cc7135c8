//! What must be true of any book at any moment, whatever befell it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use cardex::changes::ChangeKind;
use cardex::{Actor, Contact, ContactId, Error, SearchFields, Session, Store, limits};

use super::finder::Asked;
use super::model::Person;
use super::{To, backwards, forwards, list_page, options, sqlite};

/// Holds a book against everything that is true of all books: what the check says; pages of every telling size, both ways;
/// letters and their counts; what a search finds against a look at every contact; the log of changes against what is there.
pub fn hold(store: &Store) {
    let health = store.check().unwrap();
    assert!(health.is_ok(), "{health:?}");
    let desk = store.session(Actor::System);
    let all = everybody(&desk, false).unwrap();
    paged(&desk, &all);
    let counted: u64 = desk.contacts().sections().unwrap().iter().map(|section| section.contacts).sum();
    assert_eq!(usize::try_from(counted).unwrap(), all.len(), "letters and their counts");
    assert_eq!(desk.contacts().total().unwrap(), counted, "the count of all");
    for beginning in beginnings(&all) {
        searched(&desk, &all, &beginning);
    }
    replayed(&desk, &all);
}

/// The same of a book in a file, which SQLite looks at from outside as well; and of a copy of it, all answers once more with a
/// part of the search index damaged.
pub fn hold_at(store: &Store, path: &Path) {
    hold(store);
    outside(path);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    store.backup_to(&copy).unwrap();
    // Those whose keys are yet to be made come last: all are made first.
    let store = options(9).open(&copy).unwrap();
    finish(&store);
    let expected = answers(&store.session(Actor::System));
    drop(store);
    let book = sqlite(&copy);
    // A segment that is being made, or waits to be removed, is not searched.
    let damage = "UPDATE search_block SET body = zeroblob(length(body)) WHERE id =
        (SELECT max(part.id) FROM search_block part JOIN search_segment whole ON whole.id = part.segment AND whole.state = 0)";
    let damaged = book.execute(damage, []).unwrap() == 1;
    drop(book);
    let store = options(9).open(&copy).unwrap();
    assert_eq!(
        answers(&store.session(Actor::System)),
        expected,
        "with a part of the index damaged: {damaged}"
    );
    assert_eq!(store.check().unwrap().index_damaged, damaged);
    store.rebuild_index().unwrap();
    finish(&store);
    assert_eq!(answers(&store.session(Actor::System)), expected, "with the index made anew");
    hold(&store);
}

/// Does all the work that was left for later.
pub fn finish(store: &Store) {
    while !store.maintain(Duration::from_secs(9)).unwrap() {}
}

/// What SQLite says of the file, to a connection that is not the library's.
pub fn outside(path: &Path) {
    let book = sqlite(path);
    let verdict: String = book.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "integrity");
    let mut orphans = book.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!orphans.exists([]).unwrap(), "references");
}

/// All contacts in the order of the list, or all of the trash.
pub fn everybody(desk: &Session, trash: bool) -> cardex::Result<Vec<Contact>> {
    let list = desk.contacts().limit(limits::PAGE);
    if trash { list.trash().iter().collect() } else { list.iter().collect() }
}

fn paged(desk: &Session, all: &[Contact]) {
    let ids = |contacts: &[Contact]| contacts.iter().map(|contact| contact.id).collect::<Vec<_>>();
    for size in [1, 2, all.len().saturating_sub(1), all.len(), all.len() + 1] {
        // Walks of one by one are for small books.
        if size == 0 || size > limits::PAGE || all.len() / size > 40 {
            continue;
        }
        let page = |to| list_page(desk, size, to);
        let (walked, last) = forwards(size, &page);
        assert_eq!(ids(&walked), ids(all), "pages of {size}");
        assert_eq!(ids(&backwards(size, last, &page)), ids(all), "pages of {size}, backwards");
    }
}

/// A few beginnings of names, and of whatever else the first few contacts have.
fn beginnings(all: &[Contact]) -> Vec<String> {
    let mut texts: Vec<&str> = all.iter().map(|contact| contact.first_name.as_str()).collect();
    for contact in all.iter().take(5) {
        texts.extend([contact.last_name.as_str(), contact.company.as_str()]);
        texts.extend(contact.emails.iter().map(|email| email.text.as_str()));
    }
    let mut beginnings: Vec<_> =
        texts.into_iter().filter_map(|text| text.get(..2)).map(str::to_lowercase).collect();
    // Numbers are looked for in other ways, which are for another test to know.
    beginnings.retain(|beginning| beginning.bytes().all(|letter| letter.is_ascii_alphabetic()));
    beginnings.sort_unstable();
    beginnings.dedup();
    let step = beginnings.len() / 6 + 1;
    beginnings.into_iter().step_by(step).collect()
}

/// Whoever has a word that begins so is found, once, and nobody else is.
fn searched(desk: &Session, all: &[Contact], beginning: &str) {
    let page = |to| {
        let search = desk.search(beginning).fields(SearchFields::Everything).limit(limits::PAGE);
        match to {
            To::First => search.page(),
            To::After(cursor) => search.after(cursor).page(),
            To::Before(cursor) => search.before(cursor).page(),
        }
    };
    let mut found: Vec<_> = forwards(limits::PAGE, &page).0.into_iter().map(|hit| hit.contact.id).collect();
    found.sort_unstable();
    let asked = Asked { text: beginning.to_owned(), within: 2, ..Asked::default() };
    let mut expected = Vec::new();
    for contact in all {
        if foreign(contact) {
            found.retain(|id| *id != contact.id);
        } else if faces(contact).any(|person| asked.place(&person).is_some()) {
            expected.push(contact.id);
        }
    }
    expected.sort_unstable();
    assert_eq!(found, expected, "{beginning}: what a look at every contact finds");
}

/// Whether the model cannot fold what the contact is called.
fn foreign(contact: &Contact) -> bool {
    let texts =
        [&contact.first_name, &contact.last_name, &contact.display_name, &contact.nickname, &contact.company];
    texts.iter().any(|text| !text.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b' '))
}

/// The contact as the model knows people: with one address and one identifier at a time.
fn faces(contact: &Contact) -> impl Iterator<Item = Person> {
    let most = contact.emails.len().max(contact.identifiers.len()).max(1);
    (0..most).map(|n| Person {
        first: contact.first_name.clone(),
        last: contact.last_name.clone(),
        display: contact.display_name.clone(),
        nickname: contact.nickname.clone(),
        company: contact.company.clone(),
        email: contact.emails.get(n).map_or_else(String::new, |email| email.text.to_lowercase()),
        identifier: contact
            .identifiers
            .get(n)
            .map_or_else(String::new, |identifier| identifier.value.clone()),
        ..Person::default()
    })
}

/// What the log of changes says became of each contact is where the contact is.
fn replayed(desk: &Session, all: &[Contact]) {
    #[derive(Debug, PartialEq, Clone, Copy)]
    enum At {
        List,
        Trash,
    }
    let mut at: BTreeMap<ContactId, At> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = match desk.changes().after(after).limit(limits::PAGE).page() {
            Err(Error::Pruned { .. }) => return,
            page => page.unwrap(),
        };
        assert!(page.items.is_sorted_by_key(|change| change.seq), "changes in order");
        for change in &page.items {
            assert!(change.seq > after, "changes once");
            let now = match change.kind {
                ChangeKind::Add | ChangeKind::Separated | ChangeKind::Restore => Some(At::List),
                ChangeKind::Trash => Some(At::Trash),
                ChangeKind::Purge | ChangeKind::Absorbed => None,
                _ => continue,
            };
            match now {
                Some(now) => at.insert(change.contact, now),
                None => at.remove(&change.contact),
            };
        }
        after = page.next;
        if !page.more {
            break;
        }
    }
    let mut there: BTreeMap<_, _> = all.iter().map(|contact| (contact.id, At::List)).collect();
    there.extend(everybody(desk, true).unwrap().into_iter().map(|contact| (contact.id, At::Trash)));
    assert_eq!(at, there, "the log of changes, played again");
}

/// What a book answers: the list, its letters, and some searches, in order.
fn answers(desk: &Session) -> Vec<String> {
    let all = everybody(desk, false).unwrap();
    let ids =
        |contacts: &[Contact]| format!("{:?}", contacts.iter().map(|contact| contact.id).collect::<Vec<_>>());
    let mut told = vec![ids(&all), format!("{:?}", desk.contacts().sections().unwrap())];
    for beginning in beginnings(&all).iter().map(String::as_str).chain(["", "+336"]) {
        let hits = desk.search(beginning).limit(limits::PAGE).iter();
        let hits: Vec<_> =
            hits.map(|hit| hit.map(|hit| (hit.contact.id, hit.matched.field)).unwrap()).collect();
        told.push(format!("{beginning}: {hits:?}"));
    }
    told
}

/// Everything a book says, as text: contacts with their advisors, tags and mergers, the trash, what the host has to do, what happened.
pub fn told(store: &Store) -> cardex::Result<String> {
    let desk = store.session(Actor::System);
    let mut lines = Vec::new();
    for trash in [false, true] {
        for page in everybody(&desk, trash)?.chunks(limits::PAGE) {
            let ids: Vec<_> = page.iter().map(|contact| contact.id).collect();
            let beside = desk.links_of(&ids)?.into_iter().zip(desk.tags().of(&ids)?);
            for (contact, (advisors, tags)) in page.iter().zip(beside) {
                lines.push(format!("{} {advisors:?} {tags:?}", serde_json::to_string(contact).unwrap()));
            }
        }
    }
    for pending in desk.outbox().pending(limits::PAGE)? {
        lines.push(serde_json::to_string(&pending).unwrap());
    }
    for job in desk.jobs().list().page()?.items {
        lines.push(serde_json::to_string(&job).unwrap());
    }
    match desk.changes().limit(limits::PAGE).page() {
        Err(Error::Pruned { resume_after: resume }) => lines.push(format!("pruned, go on after {resume}")),
        page => lines.extend(page?.items.iter().map(|change| serde_json::to_string(change).unwrap())),
    }
    Ok(lines.join("\n"))
}
