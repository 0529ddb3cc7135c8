//! Cursors: whatever is written in between, a walk returns each unchanged contact exactly once. A cursor is valid for
//! its own query only.

use std::collections::BTreeMap;

use cardex::{
    Actor, Contact, ContactId, ContactPatch, Cursor, Network, NewAdvisor, NewContact, Page, Result,
    SearchFields, Session, SortField, SortOrder,
};
use proptest::prelude::*;

use crate::support::{SMS, To, cases, found, list_page, new, open_store, options, search_page, store_at};

/// A write between two pages.
#[derive(Debug, Clone)]
enum ConcurrentWrite {
    Add(String, String),
    Move(usize, String, String),
    Remove(usize),
    Purge(usize),
    Optimize,
}

fn concurrent_write() -> impl Strategy<Value = ConcurrentWrite> {
    let name = "[abc]{1,3}";
    prop_oneof![
        3 => (name, name).prop_map(|(first, last)| ConcurrentWrite::Add(first, last)),
        3 => (any::<usize>(), name, name).prop_map(|(who, first, last)| ConcurrentWrite::Move(who, first, last)),
        2 => any::<usize>().prop_map(ConcurrentWrite::Remove),
        1 => any::<usize>().prop_map(ConcurrentWrite::Purge),
        1 => Just(ConcurrentWrite::Optimize),
    ]
}

/// Contacts: some stay unchanged, the others change during a walk.
struct Contacts {
    store: cardex::Store,
    session: Session,
    moving: Vec<ContactId>,
}

impl Contacts {
    fn write(&mut self, write: &ConcurrentWrite) {
        let pick = |who: usize| self.moving.get(who % self.moving.len().max(1)).copied();
        match write {
            ConcurrentWrite::Add(first, last) => {
                self.moving.push(self.session.add(new(first, last)).unwrap().id);
            }
            ConcurrentWrite::Move(who, first, last) => {
                let patch = ContactPatch::new().first_name(first.as_str()).last_name(last.as_str());
                if let Some(id) = pick(*who) {
                    self.session.edit(id, patch).unwrap();
                }
            }
            ConcurrentWrite::Remove(who) => {
                if let Some(id) = pick(*who) {
                    self.session.remove(id).unwrap();
                }
            }
            ConcurrentWrite::Purge(who) => {
                if let Some(id) = pick(*who) {
                    self.session.purge(id).unwrap();
                    self.moving.retain(|kept| *kept != id);
                }
            }
            ConcurrentWrite::Optimize => self.store.optimize().unwrap(),
        }
    }
}

/// A page of ids.
struct Ids {
    items: Vec<ContactId>,
    before: Option<Cursor>,
    after: Option<Cursor>,
}

impl Ids {
    fn of<T>(page: Page<T>, id: impl Fn(&T) -> ContactId) -> Self {
        Self { items: page.items.iter().map(id).collect(), before: page.before, after: page.after }
    }
}

/// Walks in both directions while `writes` happen between the pages. Counts how often each contact is returned.
fn walk(
    contacts_under_test: &mut Contacts,
    writes: &[ConcurrentWrite],
    back: bool,
    page: impl Fn(&Session, To) -> Result<Ids>,
) -> BTreeMap<ContactId, usize> {
    let mut seen = BTreeMap::new();
    let mut writes = writes.iter();
    let mut got = page(&contacts_under_test.session, To::First).unwrap();
    if back {
        // First to the end without writes.
        while let Some(cursor) = got.after.clone() {
            got = page(&contacts_under_test.session, To::After(cursor)).unwrap();
        }
    }
    for _ in 0..1_000 {
        for id in &got.items {
            *seen.entry(*id).or_default() += 1;
        }
        for write in writes.by_ref().take(2) {
            contacts_under_test.write(write);
        }
        let next = if back { got.before.map(To::Before) } else { got.after.map(To::After) };
        let Some(next) = next else { return seen };
        got = page(&contacts_under_test.session, next).unwrap();
    }
    panic!("a walk without an end");
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn unchanged_contacts_are_returned_once(
        names in prop::collection::vec(("[abc]{1,3}", "[abc]{1,3}", any::<bool>()), 1..24),
        writes in prop::collection::vec(concurrent_write(), 0..40),
        size in 0..5_usize,
        back in any::<bool>(),
        search in any::<bool>(),
    ) {
        let (store, session) = open_store();
        let mut contacts_under_test = Contacts { store, session, moving: Vec::new() };
        let mut staying = Vec::new();
        for (first, last, stays) in &names {
            let id = contacts_under_test.session.add(new(first, last)).unwrap().id;
            if *stays { staying.push((id, first, last)) } else { contacts_under_test.moving.push(id) }
        }
        let n = names.len();
        let limit = [1, 2, n.saturating_sub(1).max(1), n, n + 1][size];
        let seen = walk(&mut contacts_under_test, &writes, back, |session, to| if search {
            search_page(session, "a", limit, to).map(|page| Ids::of(page, |hit| hit.contact.id))
        } else {
            list_page(session, limit, to).map(|page| Ids::of(page, |contact| contact.id))
        });
        for (id, first, last) in staying {
            let expected = usize::from(!search || first.starts_with('a') || last.starts_with('a'));
            prop_assert_eq!(seen.get(&id).copied().unwrap_or_default(), expected, "{} {}", first, last);
        }
    }
}

fn people(session: &Session) {
    for (first, last) in
        [("Ada", "Ash"), ("Abe", "Birch"), ("Amy", "Cedar"), ("Axl", "Dogwood"), ("Ann", "Elm")]
    {
        session.add(new(first, last)).unwrap();
    }
}

#[test]
fn cursors_survive_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let (hits, list) = {
        let (_store, session) = store_at(&path);
        people(&session);
        (session.search("a").limit(2).page().unwrap(), session.contacts().limit(2).page().unwrap())
    };
    let store = options(9).open(&path).unwrap();
    store.optimize().unwrap();
    let session = store.session(Actor::System);
    // As text, as a host stores them.
    let text = |cursor: &Option<Cursor>| cursor.as_ref().unwrap().to_string().parse::<Cursor>().unwrap();
    let next = session.search("a").limit(2).after(text(&hits.after)).page().unwrap();
    assert_eq!(next.items[0].contact.display_name, "Amy Cedar");
    let next = session.contacts().limit(2).after(text(&list.after)).page().unwrap();
    assert_eq!(next.items[0].display_name, "Amy Cedar");
    // The page size is not part of the query.
    assert_eq!(session.contacts().limit(9).after(list.after).page().unwrap().items.len(), 3);
    let back = session.contacts().limit(9).before(next.before).page().unwrap();
    assert_eq!((back.items.len(), back.before.is_none(), back.after.is_some()), (2, true, true));
}

#[test]
fn a_cursor_is_bound_to_its_query() {
    let (store, session) = open_store();
    people(&session);
    let other_tenant = session.directory().add_tenant("other").unwrap().id;
    let advisor = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    session.directory().add_advisor(NewAdvisor::new("C", "D")).unwrap();
    let id = session.contacts().page().unwrap().items[0].id;
    let elsewhere = options(5).open_in_memory().unwrap().session(Actor::System);
    people(&elsewhere);
    let tenant = session.directory().tenants().unwrap()[0].id;
    let admin = store.session(Actor::Administrator(tenant));

    let hits = session.search("a").limit(2).page().unwrap();
    let middle = session.search("a").limit(2).after(hits.after.clone()).page().unwrap();
    let (after, before) = (hits.after.unwrap(), middle.before.unwrap());
    let list = session.contacts().limit(2).page().unwrap().after.unwrap();
    let advisors = session.directory().advisors().limit(1).page().unwrap().after.unwrap();

    let code = |result: Result<()>| result.err().map_or("ok", |error| error.code());
    let search = |session: &Session, text: &str, cursor: &Cursor| {
        code(session.search(text).after(cursor.clone()).page().map(drop))
    };
    assert_eq!(search(&session, "a", &after), "ok");
    assert_eq!(search(&session, " A ", &after), "ok", "the same query, typed otherwise");
    for (what, reported) in [
        ("text", search(&session, "ab", &after)),
        ("no text", search(&session, "", &after)),
        ("direction", search(&session, "a", &before)),
        ("direction", code(session.search("a").before(after.clone()).page().map(drop))),
        ("kind", search(&session, "a", &list)),
        ("kind", code(session.contacts().after(after.clone()).page().map(drop))),
        ("kind", code(session.directory().advisors().after(list.clone()).page().map(drop))),
        ("kind", code(session.contacts().after(advisors).page().map(drop))),
        ("network", code(session.search("a").network(SMS).after(after.clone()).page().map(drop))),
        ("network", code(session.contacts().network(Network::LINE).after(list.clone()).page().map(drop))),
        ("advisor", code(session.search("a").advisor(advisor).after(after.clone()).page().map(drop))),
        ("actor", search(&admin, "a", &after)),
        ("tenant", search(&session.clone().in_tenant(other_tenant), "a", &after)),
        ("trash", code(session.contacts().trash().after(list.clone()).page().map(drop))),
        ("id", code(session.contacts().id(id).after(list.clone()).page().map(drop))),
        ("email", code(session.contacts().email("a@b").after(list.clone()).page().map(drop))),
        ("phone", code(session.contacts().phone("+33612345678").after(list.clone()).page().map(drop))),
        ("nothing", search(&session, "--", &after)),
        (
            "field",
            code(session.search("a").fields(SearchFields::Names).after(after.clone()).page().map(drop)),
        ),
    ] {
        assert_eq!(reported, "cursor-mismatch", "another {what}");
    }
    // The key of another book cannot decrypt it.
    for reported in
        [search(&elsewhere, "a", &after), code(elsewhere.contacts().after(list.clone()).page().map(drop))]
    {
        assert_eq!(reported, "bad-cursor", "another book");
    }
}

#[test]
fn changed_cursors_are_refused() {
    let (_store, session) = open_store();
    people(&session);
    let after = session.search("am").limit(1).page().unwrap();
    assert!(after.after.is_none());
    let page = session.search("a").limit(2).page().unwrap();
    let next = session.search("a").limit(2).after(page.after).page().unwrap();
    for (back, cursor) in [(false, next.after.unwrap()), (true, next.before.unwrap())] {
        let ask = |text: &str| {
            let cursor = text.parse::<Cursor>()?;
            let search = session.search("a").limit(2);
            if back { search.before(cursor).page() } else { search.after(cursor).page() }
        };
        let text = cursor.to_string();
        ask(&text).unwrap();
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let error = ask(std::str::from_utf8(&other).unwrap()).unwrap_err();
            assert_eq!(error.code(), "bad-cursor", "character {at}");
        }
        for cut in 0..text.len() {
            assert_eq!(ask(&text[..cut]).unwrap_err().code(), "bad-cursor", "cut at {cut}");
        }
    }
}

#[test]
fn pages_have_limits() {
    let (_store, session) = open_store();
    for limit in [0, 1_001, usize::MAX] {
        assert_eq!(session.search("").limit(limit).page().unwrap_err().code(), "invalid");
        assert_eq!(session.contacts().limit(limit).page().unwrap_err().code(), "invalid");
        assert_eq!(session.directory().advisors().limit(limit).page().unwrap_err().code(), "invalid");
        assert_eq!(session.changes().limit(limit).page().unwrap_err().code(), "invalid");
    }
    assert!(session.search("").limit(1_000).page().unwrap().items.is_empty());
    assert!(session.search("x".repeat(256)).page().is_ok());
    assert_eq!(session.search("x".repeat(257)).page().unwrap_err().code(), "invalid");
}

#[test]
fn an_empty_page_has_a_cursor_to_the_previous_page() {
    let orders = [SortField::Name, SortField::Created].map(|sort| [SortOrder::from(sort), sort.descending()]);
    for (order, onwards) in orders.concat().into_iter().flat_map(|order| [(order, true), (order, false)]) {
        let (_store, session) = open_store();
        for last in ["A", "B", "C", "D"] {
            session.add(new("Eve", last)).unwrap();
        }
        let list = || session.contacts().order(order).limit(2);
        let first = list().page().unwrap();
        let second = list().after(first.after.clone()).page().unwrap();
        let (stay, go) = if onwards { (first, second) } else { (second, first) };
        for contact in &go.items {
            session.remove(contact.id).unwrap();
        }
        let empty = if onwards { list().after(stay.after) } else { list().before(stay.before) };
        let empty = empty.page().unwrap();
        assert!(empty.items.is_empty() && empty.before.is_some() == onwards, "{order:?}");
        let back = if onwards { list().before(empty.before) } else { list().after(empty.after) };
        let ids = |of: &[Contact]| of.iter().map(|contact| contact.id).collect::<Vec<_>>();
        assert_eq!(ids(&back.page().unwrap().items), ids(&stay.items), "{order:?}, onwards: {onwards}");
    }
}

#[test]
fn advisors_page_both_ways() {
    let (_store, session) = open_store();
    let ids: Vec<_> = (0..7)
        .map(|i| session.directory().add_advisor(NewAdvisor::new("A", format!("{i}"))).unwrap().id)
        .collect();
    let contact = ids.iter().fold(new("Ada", "Ash"), |new: NewContact, id| new.advisor(*id));
    let contact = session.add(contact).unwrap().id;
    for of in [false, true] {
        for limit in [1, 2, 6, 7, 8] {
            let page = |to: To| {
                let list = if of {
                    session.directory().advisors_of(contact)
                } else {
                    session.directory().advisors()
                }
                .limit(limit);
                match to {
                    To::First => list.page(),
                    To::After(cursor) => list.after(cursor).page(),
                    To::Before(cursor) => list.before(cursor).page(),
                }
            };
            let (all, last) = crate::support::forwards(limit, &page);
            assert_eq!(all.iter().map(|advisor| advisor.id).collect::<Vec<_>>(), ids);
            let back = crate::support::backwards(limit, last, &page);
            assert_eq!(back.iter().map(|advisor| advisor.id).collect::<Vec<_>>(), ids);
        }
    }
    assert_eq!(found(&session, "ada"), ["Ada Ash"]);
}

#[test]
fn a_cursor_has_a_length_limit() {
    let most = "A".repeat(cardex::limits::CURSOR);
    assert_eq!(most.parse::<Cursor>().unwrap().as_str(), most);
    for no_cursor in [format!("{most}A"), String::new(), "A.".to_owned()] {
        assert_eq!(no_cursor.parse::<Cursor>().unwrap_err().code(), "bad-cursor");
    }
}

/// The same text with other fields or options is another query, so its cursor is refused.
#[test]
fn a_cursor_is_bound_to_its_list() {
    let (_store, session) = open_store();
    for n in 0..3 {
        session.add(new("Anna", &format!("Berg{n}")).email(format!("anna{n}@example.com"))).unwrap();
    }
    let mut ways = Vec::new();
    for within in [SearchFields::Names, SearchFields::Words, SearchFields::Everything] {
        ways.extend([false, true].map(|typos| (within, typos)));
    }
    let search =
        |(within, typos): (SearchFields, bool)| session.search("anna").fields(within).fuzzy(typos).limit(1);
    for from in &ways {
        let after = search(*from).page().unwrap().after;
        assert!(after.is_some());
        for to in &ways {
            let reported = search(*to).after(after.clone()).page();
            // Searches in names ignore the option.
            let same = from == to || (from.0, to.0) == (SearchFields::Names, SearchFields::Names);
            assert_eq!(reported.is_ok(), same, "of {from:?} for {to:?}: {reported:?}");
        }
    }
}
