//! Tags of a tenant and of contacts.

use cardex::changes::ChangeKind;
use cardex::directory::TenantPolicy;
use cardex::tags::{Color, Tag, TagPatch, UnknownTagPolicy};
use cardex::{Actor, Contact, ContactPatch, Error, Field, NewAdvisor, Session, Store, limits};

use crate::support::{To, backwards, forwards, new, open_store};

fn named(name: &str) -> TagPatch {
    TagPatch::new().name(name)
}

fn names(tags: &[Tag]) -> Vec<&str> {
    tags.iter().map(|tag| tag.name.as_str()).collect()
}

fn of(session: &Session, contact: &Contact) -> Vec<String> {
    let tags = session.tags().of(&[contact.id]).unwrap().remove(0);
    tags.into_iter().map(|tag| tag.name).collect()
}

fn counts(session: &Session) -> Vec<(String, u64)> {
    session.tags().list().iter().map(|tag| tag.map(|tag| (tag.name, tag.contacts)).unwrap()).collect()
}

fn fixture() -> (Store, Session, Contact) {
    let (store, session) = open_store();
    let anna = session.add(new("Anna", "X")).unwrap();
    (store, session, anna)
}

#[test]
fn a_name_is_one_tag_whatever_its_case() {
    let (_store, session, _) = fixture();
    let vip = session.tags().add(named(" Élan ").color(Some("#FF8800".parse().unwrap()))).unwrap();
    assert_eq!(
        (vip.name.as_str(), vip.color.unwrap().to_string(), vip.contacts),
        ("Élan", "ff8800".into(), 0)
    );
    assert!(matches!(session.tags().add(named("éLAN")).unwrap_err(), Error::Exists(_)));
    assert!(matches!(session.tags().add(named("E\u{301}lan")).unwrap_err(), Error::Exists(_)));
    let plain = session.tags().add(named("elan")).unwrap();
    assert_eq!(session.tags().named("ÉLAN").unwrap(), Some(vip.clone()));
    assert_eq!(session.tags().named("none").unwrap(), None);
    assert!(matches!(session.tags().edit(plain.id, named("élan")).unwrap_err(), Error::Exists(_)));
    assert_eq!(session.tags().edit(vip.id, named("ÉLAN")).unwrap().name, "ÉLAN");
    for (name, code) in [("", "invalid"), (" ", "invalid"), (&"x".repeat(limits::NAME + 1), "invalid")] {
        assert_eq!(session.tags().add(named(name)).unwrap_err().code(), code);
    }
    for color in ["", "12345", "1234567", "+12345", "gggggg", "12 456"] {
        assert_eq!(color.parse::<Color>().unwrap_err().code(), "invalid", "{color:?}");
    }
}

#[test]
fn a_renamed_tag_stays_on_its_contacts_and_a_deleted_one_goes() {
    let (store, session, anna) = fixture();
    let [a, b] = ["a", "b"].map(|name| session.tags().add(named(name)).unwrap());
    assert!(session.tags().attach(anna.id, a.id).unwrap() && !session.tags().attach(anna.id, a.id).unwrap());
    assert!(session.tags().attach(anna.id, b.id).unwrap());
    let version = session.get(anna.id).unwrap().unwrap().version;
    let renamed = session.tags().edit(a.id, named("z").color(Some("000001".parse().unwrap()))).unwrap();
    assert_eq!((renamed.id, renamed.contacts), (a.id, 1));
    assert_eq!(of(&session, &anna), ["b", "z"]);
    session.tags().delete(b.id).unwrap();
    assert_eq!(of(&session, &anna), ["z"]);
    assert_eq!(session.get(anna.id).unwrap().unwrap().version, version, "none of that edits a contact");
    assert_eq!(session.tags().edit(a.id, TagPatch::new().color(None)).unwrap().color, None);
    assert_eq!(session.tags().delete(b.id).unwrap_err().code(), "not-found");
    assert_eq!(session.tags().attach(anna.id, b.id).unwrap_err().code(), "not-found");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn tagging_is_an_edit_only_if_it_changes_something() {
    let (_store, session, anna) = fixture();
    let tag = session.tags().add(named("a")).unwrap();
    let session = session.origin("phone");
    session.tags().attach(anna.id, tag.id).unwrap();
    session.tags().attach(anna.id, tag.id).unwrap();
    let now = session.get(anna.id).unwrap().unwrap();
    assert_eq!((now.version, now.updated_at > anna.updated_at), (anna.version + 1, true));
    let last = session.changes().page().unwrap().items.pop().unwrap();
    assert_eq!(
        (last.kind, last.fields, last.origin),
        (ChangeKind::Edit, vec![Field::Tags], "phone".to_owned())
    );
    assert!(
        session.tags().detach(anna.id, tag.id).unwrap() && !session.tags().detach(anna.id, tag.id).unwrap()
    );
    assert_eq!(session.get(anna.id).unwrap().unwrap().version, anna.version + 2);
    let stale = ContactPatch::new().company("Acme").expect_version(anna.version);
    assert_eq!(session.edit(anna.id, stale).unwrap_err().code(), "version-conflict");
}

#[test]
fn setting_tags_replaces_all_tags() {
    let (_store, session, anna) = fixture();
    session.tags().add(named("VIP")).unwrap();
    let refused = session.tags().set(anna.id, &["vip", "new"], UnknownTagPolicy::Reject).unwrap_err();
    assert!(matches!(refused, Error::Invalid { field: Field::Tags, .. }));
    assert_eq!(of(&session, &anna), [""; 0], "nothing was written");
    let set = session.tags().set(anna.id, &["vip", "new", "NEW"], UnknownTagPolicy::Create).unwrap();
    assert_eq!(names(&set), ["new", "VIP"]);
    assert_eq!(set.iter().map(|tag| tag.contacts).collect::<Vec<_>>(), [1, 1]);
    let version = session.get(anna.id).unwrap().unwrap().version;
    session.tags().set(anna.id, &["New", "Vip"], UnknownTagPolicy::Reject).unwrap();
    assert_eq!(session.get(anna.id).unwrap().unwrap().version, version, "the same set is no edit");
    assert_eq!(names(&session.tags().set(anna.id, &["other"], UnknownTagPolicy::Create).unwrap()), ["other"]);
    assert_eq!(counts(&session), [("new".to_owned(), 0), ("other".to_owned(), 1), ("VIP".to_owned(), 0)]);
    let version = session.get(anna.id).unwrap().unwrap().version;
    assert_eq!(session.tags().set(anna.id, &[""; 0], UnknownTagPolicy::Create).unwrap(), []);
    assert_eq!(session.get(anna.id).unwrap().unwrap().version, version + 1, "a smaller set is an edit");
    assert_eq!(
        session.tags().set(anna.id, &["ok", " "], UnknownTagPolicy::Create).unwrap_err().code(),
        "invalid"
    );
    let many: Vec<String> = (0..=limits::TAGS).map(|number| number.to_string()).collect();
    assert_eq!(session.tags().set(anna.id, &many, UnknownTagPolicy::Create).unwrap_err().code(), "invalid");
}

#[test]
fn counts_leave_the_trash_out() {
    let (store, session, anna) = fixture();
    let beth = session.add(new("Beth", "X")).unwrap();
    let [a, b] = ["a", "b"].map(|name| session.tags().add(named(name)).unwrap());
    for (contact, tag) in [(&anna, &a), (&anna, &b), (&beth, &a)] {
        session.tags().attach(contact.id, tag.id).unwrap();
    }
    let reported = |expected: [u64; 2]| {
        assert_eq!(counts(&session), [("a".to_owned(), expected[0]), ("b".to_owned(), expected[1])]);
        assert!(store.check().unwrap().is_ok());
    };
    reported([2, 1]);
    session.remove(anna.id).unwrap();
    reported([1, 0]);
    assert_eq!(of(&session, &anna), ["a", "b"], "the trash keeps them");
    session.tags().detach(anna.id, b.id).unwrap();
    reported([1, 0]);
    session.restore(anna.id).unwrap();
    reported([2, 0]);
    session.purge(anna.id).unwrap();
    reported([1, 0]);
    session.remove(beth.id).unwrap();
    session.purge(beth.id).unwrap();
    reported([0, 0]);
}

#[test]
fn the_check_detects_a_wrong_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, session) = crate::support::store_at(&path);
    session.tags().add(named("a")).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute("UPDATE tag SET contacts = 7", []).unwrap();
    let report = store.check().unwrap();
    assert_eq!((report.wrong_tag_counts, report.is_ok()), (1, false));
}

#[test]
fn tags_come_by_name_in_pages() {
    let (_store, session, _) = fixture();
    for name in ["b", "A", "ä", "C", "b2", "10"] {
        session.tags().add(named(name)).unwrap();
    }
    let page = |to| {
        let list = session.tags().list().limit(2);
        match to {
            To::First => list.page(),
            To::After(cursor) => list.after(cursor).page(),
            To::Before(cursor) => list.before(cursor).page(),
        }
    };
    let (all, last) = forwards(2, &page);
    assert_eq!(names(&all), ["10", "A", "b", "b2", "C", "ä"]);
    assert_eq!(backwards(2, last, &page), all);
    let cursor = session.tags().list().limit(2).page().unwrap().after;
    assert_eq!(session.directory().group_list().after(cursor).page().unwrap_err().code(), "cursor-mismatch");
}

#[test]
fn tags_are_a_tenants_own() {
    let (store, session, anna) = fixture();
    let away = session.directory().add_tenant("away").unwrap().id;
    let there = store.session(Actor::Administrator(away));
    let tag = session.tags().add(named("a")).unwrap();
    let theirs = there.tags().add(named("A")).unwrap();
    assert_eq!(there.tags().get(tag.id).unwrap_err().code(), "not-found");
    assert_eq!(session.tags().attach(anna.id, theirs.id).unwrap_err().code(), "not-found");
    assert_eq!(there.tags().attach(anna.id, theirs.id).unwrap_err().code(), "no-contact");
    session.tags().attach(anna.id, tag.id).unwrap();
    assert_eq!(there.tags().of(&[anna.id]).unwrap(), [vec![]]);
    let shared = session.add(new("Sam", "S").shared()).unwrap();
    session.tags().attach(shared.id, tag.id).unwrap();
    assert_eq!(of(&session, &shared), ["a"]);
    assert_eq!(of(&there, &shared), [""; 0], "a shared contact has the tags of whoever looks");
    let of_tenant = session.clone().in_tenant(away);
    of_tenant.tags().set(shared.id, &["A"], UnknownTagPolicy::Reject).unwrap();
    assert_eq!(of(&there, &shared), ["A"]);
    assert_eq!(of(&session.in_tenant(anna.tenant.unwrap()), &shared), ["a"]);
}

#[test]
fn advisors_tag_contacts_that_they_may_edit() {
    let (store, session, hidden) = fixture();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let own = store.session(Actor::Advisor(ada));
    let mine = session.add(new("Mia", "Mine").advisor(ada)).unwrap();
    own.tags().set(mine.id, &["new"], UnknownTagPolicy::Create).unwrap();
    assert_eq!(
        own.tags().set(hidden.id, &["new"], UnknownTagPolicy::Create).unwrap_err().code(),
        "no-contact"
    );
    assert_eq!(
        own.tags().of(&[hidden.id, mine.id]).unwrap().iter().map(Vec::len).collect::<Vec<_>>(),
        [0, 1]
    );
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert_eq!(own.tags().set(mine.id, &["x"], UnknownTagPolicy::Create).unwrap_err().code(), "forbidden");
    assert_eq!(session.tags().named("x").unwrap(), None);
}

#[test]
fn a_new_contact_brings_its_tags_and_takes_them_when_it_is_purged() {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "").tag("vip").tag(" VIP ").tag("new")).unwrap().id;
    let names: Vec<_> = session.tags().of(&[ada]).unwrap()[0].iter().map(|tag| tag.name.clone()).collect();
    assert_eq!(names, ["new", "vip"]);
    let many = (0..=limits::TAGS).fold(new("Bob", ""), |new, n| new.tag(format!("t{n}")));
    assert_eq!(session.add(many).unwrap_err().code(), "invalid");
    assert_eq!(
        (session.stats().unwrap().contacts, session.tags().list().page().unwrap().items.len()),
        (1, 2)
    );
    session.purge(ada).unwrap();
    assert!(session.tags().list().page().unwrap().items.iter().all(|tag| tag.contacts == 0));
    assert!(store.check().unwrap().is_ok());
}

/// The count of a tag includes the whole tenant.
#[test]
fn a_tag_is_counted_on_a_network_and_in_the_trash() {
    let (_store, session, anna) = fixture();
    let other = cardex::Network::new("OTHER").unwrap();
    session.directory().add_network(&cardex::directory::NetworkPolicy::new(other.clone())).unwrap();
    let vip = session.tags().add(named("vip")).unwrap().id;
    let there = ["Bo", "Cy", "Di"].map(|name| {
        let contact = session.add(cardex::NewContact::new(other.clone(), name, "X")).unwrap();
        session.tags().attach(contact.id, vip).unwrap();
        contact.id
    });
    session.tags().attach(anna.id, vip).unwrap();
    session.remove(there[0]).unwrap();
    let tagged = || session.contacts().filter(cardex::Filter::tag("vip"));
    let total = |list: cardex::ContactList<'_>| list.total().unwrap();
    assert_eq!((total(tagged()), total(tagged().network(other.clone()))), (3, 2));
    assert_eq!((total(tagged().trash()), total(tagged().trash().network(other))), (1, 1));
}

#[test]
fn a_contact_has_at_most_a_thousand_tags() {
    let (_store, session) = open_store();
    let tagged = |last: &str, tags: usize| {
        (0..tags).fold(new("Bea", last).uid(last), |new, number| new.tag(format!("t{number}")))
    };
    assert_eq!(session.add(tagged("A", limits::TAGS + 1)).unwrap_err().code(), "invalid");
    session.add(tagged("A", limits::TAGS)).unwrap();
    let bea = session.add(tagged("B", limits::TAGS - 1)).unwrap();
    let give = |name: &str| {
        let mut reported = Vec::new();
        let record = new("Bea", "B").uid("B").tag("t0").tag(name);
        let options = cardex::contacts::AddManyOptions::new().update(true);
        session.add_many([record], options, |_, outcome| reported.push(outcome)).unwrap();
        reported.pop().unwrap()
    };
    assert!(matches!(give("one more"), cardex::contacts::ImportOutcome::Updated { .. }));
    assert!(matches!(give("one more"), cardex::contacts::ImportOutcome::Unchanged(_)));
    assert!(matches!(give("too many"), cardex::contacts::ImportOutcome::Rejected(_)));
    assert_eq!(of(&session, &bea).len(), limits::TAGS);
}

/// A tag that the contact already has does not exceed the limit. Regression test: only the last tag decided whether
/// anything had changed.
#[test]
fn a_full_contact_rejects_more_values_and_names_duplicates() {
    let (_store, session, anna) = fixture();
    let all: Vec<String> = (0..limits::TAGS).map(|n| format!("t{n:04}")).collect();
    session.tags().set(anna.id, &all, UnknownTagPolicy::Create).unwrap();
    let id = |name: &str| session.tags().named(name).unwrap().unwrap().id;
    let one_more = session.tags().add(named("z")).unwrap().id;
    assert!(matches!(session.tags().attach(anna.id, one_more), Err(Error::Invalid { .. })));
    assert_eq!(of(&session, &anna), all);
    assert!(!session.tags().attach(anna.id, id("t0000")).unwrap(), "it has that");
    assert!(session.tags().detach(anna.id, id("t0500")).unwrap());
    assert!(session.tags().attach(anna.id, one_more).unwrap(), "there is room again");
    let version = || session.get(anna.id).unwrap().unwrap().version;
    let before = version();
    session.tags().set(anna.id, &["t0000", "z"], UnknownTagPolicy::Create).unwrap();
    assert_eq!(of(&session, &anna), ["t0000", "z"]);
    assert_eq!(version(), before + 1);
    session.tags().set(anna.id, &["z", "t0000"], UnknownTagPolicy::Create).unwrap();
    assert_eq!(version(), before + 1, "nothing has changed");
}
