//! Substring search, single cases: scripts, signs, bad input, limits, several stores, damage.

use cardex::contacts::AddManyOptions;
use cardex::maintenance::SubstringIndexStatus;
use cardex::{Actor, ContactPatch, Error, Field, Interrupt, Network, NewContact, Session, Store};
use tempfile::tempdir;

use crate::support::{new, open_store, options, store_at};

fn add_people(session: &Session) {
    let add = |new: NewContact| {
        session.add(new).unwrap();
    };
    add(new("Jürgen", "Große").email("j.grosse@firma-nord.example").phone("+49 (30) 123-45"));
    add(new("Séan", "O'Neill").company("100% Recycled \"Best\" Ltd").email("sean+o'n@gmail.com"));
    add(new("", "").display_name("王小明").identifier("crm", "王A_b"));
    add(new("محمد", "").phone("+20 100 123 4567"));
    add(new("Party", "🎉🎈").nickname("a_b").identifier("", "50%*"));
    add(new("axb", "Like").email("a.b@x.example").phone("0049 12 34"));
}

/// The display names found, and the fields that contain the text.
fn found(session: &Session, text: &str) -> Vec<(String, Field)> {
    let hits = session.search_substring(text).iter().map(|hit| hit.unwrap());
    hits.map(|hit| (hit.contact.display_name, hit.matched.field)).collect()
}

#[test]
fn cases_with_and_without_the_index() {
    let (jurgen, sean, wang) = ("Jürgen Große", "Séan O'Neill", "王小明");
    let (muhammad, party, axb) = ("محمد", "Party 🎉🎈", "axb Like");
    let name = Field::DisplayName;
    let cases: [(&str, &[(&str, Field)]); 27] = [
        ("RGEN G", &[(jurgen, name)]),
        ("oss", &[(jurgen, name)]),
        ("ße", &[(jurgen, name)]),
        ("u", &[(jurgen, name)]),
        ("O'N", &[(sean, name)]),
        ("o n", &[(sean, name)]),
        ("o’n", &[(sean, name)]),
        ("firma-nord", &[(jurgen, Field::Email)]),
        ("firma nord", &[]),
        ("@gm", &[(sean, Field::Email)]),
        ("+o'n", &[(sean, Field::Email)]),
        ("+4912", &[]),
        ("+4930", &[(jurgen, Field::Phone)]),
        ("(30) 123", &[(jurgen, Field::Phone)]),
        ("301234", &[(jurgen, Field::Phone)]),
        ("100%", &[(sean, Field::Company)]),
        ("a_b", &[(party, Field::Nickname)]),
        ("%", &[(party, Field::Identifier)]),
        ("*", &[(party, Field::Identifier)]),
        ("d \"be", &[(sean, Field::Company)]),
        ("🎈", &[(party, name)]),
        ("小", &[(wang, name)]),
        ("王a", &[]),
        ("王A", &[(wang, Field::Identifier)]),
        ("حم", &[(muhammad, name)]),
        ("a.b", &[(party, Field::Nickname), (axb, Field::Email)]),
        ("NOT x", &[]),
    ];
    let (store, session) = open_store();
    add_people(&session);
    let check = |state: SubstringIndexStatus| {
        assert_eq!(session.stats().unwrap().substring_index, state);
        for (text, expected) in cases {
            let expected: Vec<_> =
                expected.iter().map(|(name, field)| ((*name).to_owned(), *field)).collect();
            assert_eq!(found(&session, text), expected, "{text:?}, {state:?}");
        }
    };
    check(SubstringIndexStatus::Off);
    assert!(!session.substring_index().build(3).unwrap());
    check(SubstringIndexStatus::Building);
    assert!(session.substring_index().build(1_000).unwrap());
    check(SubstringIndexStatus::Complete);
    assert!(store.check().unwrap().is_ok());
    session.substring_index().drop().unwrap();
    check(SubstringIndexStatus::Off);
}

#[test]
fn hits_say_where() {
    let (_store, session) = open_store();
    add_people(&session);
    let ranges =
        |text: &str| session.search_substring(text).page().unwrap().items.remove(0).matched.ranges[0].clone();
    let range = |text: &str| (ranges(text).field, ranges(text).bytes);
    assert_eq!(range("gen gross"), (Field::DisplayName, 4..13));
    assert_eq!(range("4930"), (Field::Phone, 1..7));
    assert_eq!(range("+o'n@"), (Field::Email, 4..9));
}

#[test]
fn bad_input() {
    let (_store, session) = open_store();
    add_people(&session);
    for whole in [false, true] {
        for text in ["", " \t\u{3000}", &"a".repeat(257), &"é".repeat(10_000)] {
            let refused = session.search_substring(text).page().unwrap_err();
            assert!(matches!(refused, Error::Invalid { field: Field::Query, .. }), "{text:?}");
        }
        let longest = "ab ".repeat(85);
        for text in
            ["\0", "\u{1}\u{7f}", "---", "\"", "\"\"", "\\", "a\0b\0c\0d", "NEAR(", "^", ":", &longest]
        {
            assert_eq!(session.search_substring(text).page().unwrap().items, [], "{text:?}");
        }
        for limit in [0, 1_001] {
            assert_eq!(session.search_substring("a").limit(limit).page().unwrap_err().code(), "invalid");
        }
        let foreign = session.search("j").limit(1).page().unwrap();
        let other = session.search_substring("e").limit(1).page().unwrap().after.unwrap();
        assert!(
            foreign.after.is_none_or(|cursor| session.search_substring("j").after(cursor).page().is_err())
        );
        assert_eq!(
            session.search_substring("g").after(other.clone()).page().unwrap_err().code(),
            "cursor-mismatch"
        );
        assert_eq!(session.search_substring("e").before(other).page().unwrap_err().code(), "cursor-mismatch");
        assert!(session.substring_index().build(100).unwrap(), "{whole}");
    }
}

#[test]
fn only_the_system_manages_the_index() {
    let (store, session) = open_store();
    let tenant = session.directory().tenants().unwrap()[0].id;
    let admin = store.session(Actor::Administrator(tenant));
    assert_eq!(admin.substring_index().build(1).unwrap_err().code(), "forbidden");
    assert_eq!(admin.substring_index().drop().unwrap_err().code(), "forbidden");
    assert_eq!(session.stats().unwrap().substring_index, SubstringIndexStatus::Off);
    assert!(session.substring_index().build(0).unwrap(), "an empty book has nothing left to index");
}

/// Other open stores maintain an index that one store enables. An interrupted build continues.
#[test]
fn several_stores_and_an_interrupt() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (one, session) = store_at(&path);
    let other = options(2).open(&path).unwrap();
    let second = other.session(Actor::System);
    add_people(&session);
    let stop = Interrupt::new();
    stop.interrupt();
    let stopped = session.clone().interrupted_by(&stop);
    assert_eq!(stopped.substring_index().build(10).unwrap_err().code(), "interrupted");
    assert!(!session.substring_index().build(2).unwrap());
    let late = second.add(new("Late", "Comer")).unwrap();
    let early = second.search_substring("jürg").page().unwrap().items.remove(0).contact;
    second.edit(early.id, ContactPatch::new().first_name("Yorick")).unwrap();
    drop((one, session));
    assert!(second.substring_index().build(100).unwrap());
    second.add_many([new("Bulk", "Comer")], AddManyOptions::new(), |_, _| {}).unwrap();
    let names = |text: &str| found(&second, text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("come"), ["Late Comer", "Bulk Comer"]);
    assert_eq!((names("jürg"), names("rick")), (vec![], vec!["Yorick Große".to_owned()]));
    second.remove(late.id).unwrap();
    assert_eq!(names("come"), ["Bulk Comer"]);
    assert!(other.check().unwrap().is_ok());
}

/// A walk that started without the index continues with it.
#[test]
fn a_rare_text_among_many_contacts() {
    let (store, session) = open_store();
    let contacts_under_test = (0..2_300).map(|i| match i {
        2_200 => new("Zyx", "Rare"),
        _ => new("Crowd", "").email(format!("c{i}@x.example")),
    });
    session.add_many(contacts_under_test, AddManyOptions::new(), |_, _| {}).unwrap();
    let first = session.search_substring("zyx").page().unwrap();
    assert_eq!((first.items.len(), first.before.is_some(), first.after.is_some()), (0, false, true));
    let hits = |limit| session.search_substring("zyx").limit(limit).iter().collect::<Result<Vec<_>, _>>();
    let all = |limit| hits(limit).unwrap().len();
    assert_eq!((all(1), all(1_000)), (1, 1));
    while !session.substring_index().build(1_000).unwrap() {}
    let found = session.search_substring("zyx").after(first.after).page().unwrap();
    assert_eq!((found.items.len(), found.after.is_some()), (1, false));
    assert_eq!((all(1), all(1_000)), (1, 1));
    assert_eq!(session.search_substring("44@").limit(1_000).page().unwrap().items.len(), 23);
    assert_eq!(
        session.search_substring("zyx").page().unwrap().items.len(),
        1,
        "the index leaves nothing to look through"
    );
    assert!(store.check().unwrap().is_ok());
}

fn damaged_index(sql: &str) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, session) = store_at(&path);
    add_people(&session);
    assert!(session.substring_index().build(100).unwrap());
    assert!(store.check().unwrap().is_ok());
    drop((store, session));
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let store = options(3).open(&path).unwrap();
    let report = store.check().unwrap();
    assert!(report.index_damaged || report.wrong_substrings > 0, "{sql}: {report:?}");
    store.rebuild_index().unwrap();
    let report = store.check().unwrap();
    assert!(report.is_ok(), "{sql}: {report:?}");
    let session = store.session(Actor::System);
    assert_eq!(found(&session, "o'n").len(), 1, "{sql}");
}

#[test]
fn a_wrong_index_is_detected_and_rebuilt() {
    damaged_index("DELETE FROM substring WHERE rowid = 2");
    damaged_index(
        "DELETE FROM substring WHERE rowid = 2; INSERT INTO substring (rowid, tokens) VALUES (2, 'nabc k3')",
    );
    damaged_index("INSERT INTO substring (rowid, tokens) VALUES (77, 'nabc')");
    damaged_index("UPDATE substring_data SET block = x'00' WHERE id > 10");
}

/// With unreadable index pages, rows answer.
#[test]
fn a_damaged_index_changes_no_answer() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, session) = store_at(&path);
    add_people(&session);
    assert!(session.substring_index().build(100).unwrap());
    let answers = |session: &Session| ["o'n", "e", "@", "49", "王"].map(|text| found(session, text));
    let expected = answers(&session);
    drop((store, session));
    let spoil = "UPDATE substring_data SET block = zeroblob(3) WHERE id > 10";
    assert!(rusqlite::Connection::open(&path).unwrap().execute(spoil, []).unwrap() > 0);
    let store: Store = options(3).open(&path).unwrap();
    assert_eq!(answers(&store.session(Actor::System)), expected);
}

#[test]
fn networks_and_advisors() {
    let (store, session) = open_store();
    let ada = session.directory().add_advisor(cardex::NewAdvisor::new("Ada", "")).unwrap();
    let bob = session.directory().add_advisor(cardex::NewAdvisor::new("Bob", "")).unwrap();
    let hers = session.add(new("Common", "One").advisor(ada.id)).unwrap();
    session
        .add(NewContact::new(Network::WHATSAPP_DIRECT, "Common", "Two").phone("+49301234567").advisor(bob.id))
        .unwrap();
    for _ in 0..2 {
        let count = |session: &Session| session.search_substring("omm").page().unwrap().items.len();
        assert_eq!(count(&session), 2);
        assert_eq!(count(&store.session(Actor::Advisor(ada.id))), 1);
        assert_eq!(
            session.search_substring("omm").network(Network::WHATSAPP_DIRECT).page().unwrap().items.len(),
            1
        );
        assert_eq!(session.search_substring("omm").advisor(bob.id).page().unwrap().items.len(), 1);
        let other = store.session(Actor::Advisor(ada.id));
        assert_eq!(other.search_substring("omm").advisor(bob.id).page().unwrap_err().code(), "forbidden");
        session.link(hers.id, bob.id).unwrap();
        assert_eq!(count(&store.session(Actor::Advisor(bob.id))), 2);
        session.unlink(hers.id, bob.id).unwrap();
        assert_eq!(count(&store.session(Actor::Advisor(bob.id))), 1);
        assert!(session.substring_index().build(100).unwrap());
    }
}

/// A page with exactly the remaining hits is the last one, in both directions.
#[test]
fn the_last_page_may_be_just_full() {
    let (_store, session) = open_store();
    for name in ["Anna", "Hanno", "Joanna", "Susanna"] {
        session.add(new(name, "X")).unwrap();
    }
    let page = |limit: usize| session.search_substring("ann").limit(limit);
    let all = page(4).page().unwrap();
    assert_eq!((all.items.len(), all.after, all.before, all.incomplete), (4, None, None, false));
    let first = page(2).page().unwrap();
    assert_eq!((first.items.len(), first.incomplete), (2, false));
    let last = page(2).after(first.after).page().unwrap();
    assert_eq!((last.items.len(), last.after), (2, None));
    let back = page(2).before(last.before).page().unwrap();
    assert_eq!((back.items, back.before), (first.items, None));
}

/// The last indexed contact, and the first unindexed one.
#[test]
fn contacts_at_the_edge_of_an_unfinished_index_are_found() {
    let (store, session) = open_store();
    let ids: Vec<_> = (0..4).map(|n| session.add(new(&format!("Anna{n}"), "X")).unwrap().id).collect();
    for step in 0..4 {
        session.substring_index().build(1).unwrap();
        for (n, id) in ids.iter().enumerate() {
            session.edit(*id, ContactPatch::new().first_name(format!("Hanno{n}"))).unwrap();
            assert!(store.check().unwrap().is_ok(), "{n} edited after {step}");
            session.remove(*id).unwrap();
            assert!(store.check().unwrap().is_ok(), "{n} removed after {step}");
            assert_eq!(
                session.search_substring("nno").page().unwrap().items.len(),
                if step == 0 { n } else { 3 }
            );
            session.restore(*id).unwrap();
            assert!(store.check().unwrap().is_ok(), "{n} restored after {step}");
            let found = session.search_substring(format!("anno{n}")).limit(1).page().unwrap();
            assert_eq!((found.items.len(), found.after), (1, None), "{n} after {step}");
            assert_eq!(
                session.search_substring("nno").limit(2).iter().count(),
                if step == 0 { n + 1 } else { 4 }
            );
        }
    }
}

/// Regression test: cards were lost without an error when their table was exchanged with an empty table of the index.
#[test]
fn leftovers_of_a_disabled_index_are_reported() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, session) = store_at(&path);
    session.add(new("Anna", "X")).unwrap();
    assert!(store.check().unwrap().is_ok());
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute_batch("INSERT INTO substring_docsize (id, sz, origin) VALUES (1, x'01', 1)").unwrap();
    let report = store.check().unwrap();
    assert!(!report.is_ok() && report.wrong_substrings == 1, "{report:?}");
}

/// A change of a contact.
type Change = fn(&Session, cardex::ContactId, cardex::AdvisorId);

/// The last indexed contact is updated like those before it, and the next one is not indexed yet. Each write runs a
/// batch first, which completes the index of a small store. So the progress is reset before each write.
#[test]
fn the_last_indexed_contact_is_found() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let changes: [Change; 5] = [
        |session, id, advisor| assert!(session.link(id, advisor).is_ok()),
        |session, id, advisor| assert!(session.unlink(id, advisor).is_ok()),
        |session, id, _| assert!(session.edit(id, ContactPatch::new().company("Globex")).is_ok()),
        |session, id, _| session.remove(id).unwrap(),
        |session, id, _| assert!(session.restore(id).is_ok()),
    ];
    for at in 1..=5 {
        let _ = std::fs::remove_file(&path);
        let (store, session) = store_at(&path);
        let advisor = session.directory().add_advisor(cardex::NewAdvisor::new("Eve", "Roe")).unwrap().id;
        let ids: Vec<_> = (0..70).map(|n| session.add(new(&format!("Nr{n}"), "Lee")).unwrap().id).collect();
        for change in changes {
            session.substring_index().drop().unwrap();
            session.substring_index().build(at).unwrap();
            // The last indexed contact, and the one after it. A write itself indexes some more.
            for id in [ids[at - 1], ids[at]] {
                change(&session, id, advisor);
                assert!(store.check().unwrap().is_ok(), "{at}: {:?}", store.check());
            }
        }
    }
}
