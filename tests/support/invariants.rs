//! Invariants of every store after every operation.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use cardex::changes::ChangeKind;
use cardex::{Actor, Contact, ContactId, Error, SearchFields, Session, Store, limits};

use super::finder::ModelQuery;
use super::model::Person;
use super::{ENCRYPTED, To, backwards, forwards, list_page, options, sqlite};

/// Checks the invariants: the check reports no error, pages of all relevant sizes in both directions equal the list,
/// sections have correct counts, searches equal a look at every contact, and the change log gives the current state.
pub fn check_invariants(store: &Store) {
    let report = store.check().unwrap();
    assert!(report.is_ok(), "{report:?}");
    let session = store.session(Actor::System);
    let all = all_contacts(&session, false).unwrap();
    check_pages(&session, &all);
    let counted: u64 = session.contacts().sections().unwrap().iter().map(|section| section.contacts).sum();
    assert_eq!(usize::try_from(counted).unwrap(), all.len(), "letters and their counts");
    assert_eq!(session.contacts().total().unwrap(), counted, "the count of all");
    for beginning in prefixes(&all) {
        check_search(&session, &all, &beginning);
    }
    check_change_log(&session, &all);
}

/// Checks the invariants, and the file with SQLite itself. Then checks that a copy with a damaged block of the search
/// index gives the same answers.
pub fn check_invariants_at(store: &Store, path: &Path) {
    check_invariants(store);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    store.backup_to(&copy).unwrap();
    // After a power loss, the header with the salt can be in the log only. SQLCipher alone does not look for it there.
    let readable = sqlite(path).pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).is_ok();
    check_with_sqlite(if readable || !ENCRYPTED.get() { path } else { &copy });
    // Unindexed contacts come last in searches, so everything is indexed first.
    let store = options(9).open(&copy).unwrap();
    finish(&store);
    let expected = answers(&store.session(Actor::System));
    drop(store);
    let book = sqlite(&copy);
    // Only live segments are searched.
    let damage = "UPDATE search_block SET body = zeroblob(length(body)) WHERE id =
        (SELECT max(part.id) FROM search_block part JOIN search_segment whole ON whole.id = part.id >> 24 AND whole.state = 0)";
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
    assert_eq!(answers(&store.session(Actor::System)), expected, "with the index rebuilt");
    check_invariants(&store);
}

/// Completes all deferred work.
pub fn finish(store: &Store) {
    while !store.maintain(Duration::from_secs(9)).unwrap() {}
}

/// Checks the file with SQLite's own functions, on a separate connection.
pub fn check_with_sqlite(path: &Path) {
    let book = sqlite(path);
    let verdict: String = book.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "integrity");
    let mut orphans = book.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!orphans.exists([]).unwrap(), "references");
}

/// All contacts in list order, or all contacts of the trash.
pub fn all_contacts(session: &Session, trash: bool) -> cardex::Result<Vec<Contact>> {
    let list = session.contacts().limit(limits::PAGE);
    if trash { list.trash().iter().collect() } else { list.iter().collect() }
}

fn check_pages(session: &Session, all: &[Contact]) {
    let ids = |contacts: &[Contact]| contacts.iter().map(|contact| contact.id).collect::<Vec<_>>();
    for size in [1, 2, all.len().saturating_sub(1), all.len(), all.len() + 1] {
        // Small pages only for small stores.
        if size == 0 || size > limits::PAGE || all.len() / size > 40 {
            continue;
        }
        let page = |to| list_page(session, size, to);
        let (walked, last) = forwards(size, &page);
        assert_eq!(ids(&walked), ids(all), "pages of {size}");
        assert_eq!(ids(&backwards(size, last, &page)), ids(all), "pages of {size}, backwards");
    }
}

/// Some prefixes of names and other fields of the first contacts.
fn prefixes(all: &[Contact]) -> Vec<String> {
    let mut texts: Vec<&str> = all.iter().map(|contact| contact.first_name.as_str()).collect();
    for contact in all.iter().take(5) {
        texts.extend([contact.last_name.as_str(), contact.company.as_str()]);
        texts.extend(contact.emails.iter().map(|email| email.text.as_str()));
    }
    let mut prefixes: Vec<_> =
        texts.into_iter().filter_map(|text| text.get(..2)).map(str::to_lowercase).collect();
    // Numbers have their own tests.
    prefixes.retain(|beginning| beginning.bytes().all(|letter| letter.is_ascii_alphabetic()));
    prefixes.sort_unstable();
    prefixes.dedup();
    let step = prefixes.len() / 6 + 1;
    prefixes.into_iter().step_by(step).collect()
}

/// A search finds exactly the contacts that have a word with this prefix, once.
fn check_search(session: &Session, all: &[Contact], beginning: &str) {
    let page = |to| {
        let search = session.search(beginning).fields(SearchFields::Everything).limit(limits::PAGE);
        match to {
            To::First => search.page(),
            To::After(cursor) => search.after(cursor).page(),
            To::Before(cursor) => search.before(cursor).page(),
        }
    };
    let mut found: Vec<_> = forwards(limits::PAGE, &page).0.into_iter().map(|hit| hit.contact.id).collect();
    found.sort_unstable();
    let query_spec = ModelQuery { text: beginning.to_owned(), within: 2, ..ModelQuery::default() };
    let mut expected = Vec::new();
    for contact in all {
        if foreign(contact) {
            found.retain(|id| *id != contact.id);
        } else if as_people(contact).any(|person| query_spec.rank(&person).is_some()) {
            expected.push(contact.id);
        }
    }
    expected.sort_unstable();
    assert_eq!(found, expected, "{beginning}: what a look at every contact finds");
}

/// Whether a name has letters that the model cannot fold.
fn foreign(contact: &Contact) -> bool {
    let texts =
        [&contact.first_name, &contact.last_name, &contact.display_name, &contact.nickname, &contact.company];
    texts.iter().any(|text| !text.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b' '))
}

/// The contact as persons of the model, each with one address and one identifier.
fn as_people(contact: &Contact) -> impl Iterator<Item = Person> {
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

/// Applies the change log and compares the result with the current state.
fn check_change_log(session: &Session, all: &[Contact]) {
    #[derive(Debug, PartialEq, Clone, Copy)]
    enum At {
        List,
        Trash,
    }
    let mut at: BTreeMap<ContactId, At> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = match session.changes().after(after).limit(limits::PAGE).page() {
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
    there.extend(all_contacts(session, true).unwrap().into_iter().map(|contact| (contact.id, At::Trash)));
    assert_eq!(at, there, "the log of changes, played again");
}

/// The answers of a store in order: the list, its sections, and some searches.
fn answers(session: &Session) -> Vec<String> {
    let all = all_contacts(session, false).unwrap();
    let ids =
        |contacts: &[Contact]| format!("{:?}", contacts.iter().map(|contact| contact.id).collect::<Vec<_>>());
    let mut reported = vec![ids(&all), format!("{:?}", session.contacts().sections().unwrap())];
    for beginning in prefixes(&all).iter().map(String::as_str).chain(["", "+336"]) {
        let hits = session.search(beginning).limit(limits::PAGE).iter();
        let hits: Vec<_> =
            hits.map(|hit| hit.map(|hit| (hit.contact.id, hit.matched.field)).unwrap()).collect();
        reported.push(format!("{beginning}: {hits:?}"));
    }
    reported
}

/// All data of a store as text: contacts with advisors and tags, the trash, outbox messages, jobs and changes.
pub fn dump(store: &Store) -> cardex::Result<String> {
    let session = store.session(Actor::System);
    let mut lines = Vec::new();
    for trash in [false, true] {
        for page in all_contacts(&session, trash)?.chunks(limits::PAGE) {
            let ids: Vec<_> = page.iter().map(|contact| contact.id).collect();
            let beside = session.links_of(&ids)?.into_iter().zip(session.tags().of(&ids)?);
            for (contact, (advisors, tags)) in page.iter().zip(beside) {
                lines.push(format!("{} {advisors:?} {tags:?}", serde_json::to_string(contact).unwrap()));
            }
        }
    }
    for pending in session.outbox().pending(limits::PAGE)? {
        lines.push(serde_json::to_string(&pending).unwrap());
    }
    for job in session.jobs().list().page()?.items {
        lines.push(serde_json::to_string(&job).unwrap());
    }
    match session.changes().limit(limits::PAGE).page() {
        Err(Error::Pruned { resume_after: resume }) => lines.push(format!("pruned, go on after {resume}")),
        page => lines.extend(page?.items.iter().map(|change| serde_json::to_string(change).unwrap())),
    }
    Ok(lines.join("\n"))
}
