//! Imports: outcomes in order, matching of contacts, rejected contacts, batches and dry runs.

use crate::support::{SMS, found, new, open_store, options, store_at};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::directory::NetworkPolicy;
use cardex::{Actor, ContactId, Network, NewAdvisor, NewContact, Options, Session};

/// Imports contacts. Returns each outcome as a letter, with the contact.
pub(crate) fn put(
    session: &Session,
    options: AddManyOptions,
    people: Vec<NewContact>,
) -> Vec<(char, Option<ContactId>)> {
    let mut reported = Vec::new();
    session
        .add_many(people, options, |at, outcome| {
            assert_eq!(at, reported.len(), "in order");
            reported.push(match outcome {
                ImportOutcome::Added(id) => ('a', Some(id)),
                ImportOutcome::Updated { contact, .. } => ('u', Some(contact)),
                ImportOutcome::Unchanged(id) => ('=', Some(id)),
                ImportOutcome::Rejected(_) => ('x', None),
                other => panic!("{other:?}"),
            });
        })
        .unwrap();
    reported
}

pub(crate) fn letters(reported: &[(char, Option<ContactId>)]) -> String {
    reported.iter().map(|(letter, _)| letter).collect()
}

pub(crate) const UPDATE: AddManyOptions = AddManyOptions::new().update(true);

#[test]
fn a_rejected_contact_does_not_stop_the_others() {
    let (store, session) = open_store();
    let people = vec![
        new("Ada", "Ash").phone("+33612345678"),
        new("", ""),
        new("Bea", "Birch").phone("+33612345678"),
        NewContact::new(Network::new("NOPE").unwrap(), "Cid", "Cole"),
        new("Dan", "Dorn").advisor(cardex::AdvisorId(5)),
        new("Eva", "Elm").email("nonsense"),
        new("Fay", "Fox"),
    ];
    for batch in [1, 2, 100] {
        let reported = put(&session, AddManyOptions::new().batch(batch), people.clone());
        // In the second round the phone exists already.
        assert_eq!(letters(&reported), if batch == 1 { "axxxxxa" } else { "xxxxxxa" }, "batches of {batch}");
    }
    assert_eq!(found(&session, ""), ["Ada Ash", "Fay Fox", "Fay Fox", "Fay Fox"]);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn empty_imports_and_empty_batches() {
    let (_store, session) = open_store();
    assert!(put(&session, AddManyOptions::new(), Vec::new()).is_empty());
    assert_eq!(
        letters(&put(&session, AddManyOptions::new().batch(0), vec![new("A", "B"), new("C", "D")])),
        "aa"
    );
}

#[test]
fn a_dry_run_reports_outcomes_and_writes_nothing() {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "Ash").phone("+33612345678")).unwrap();
    let people = || {
        let many = (0..3_000).map(|i| new(&format!("N{i}"), "Many"));
        let mut people = vec![
            new("Ada", "Ash").phone("+33612345678").company("Acme"),
            new("Bea", "Birch").phone("+33612345679"),
            new("Bea", "Birch").phone("+33612345679"),
            new("", ""),
        ];
        people.extend(many);
        people
    };
    let before = (session.stats().unwrap(), session.contacts().page().unwrap().items);
    let dry = put(&session, UPDATE.dry_run(true).batch(10), people());
    assert_eq!(&letters(&dry)[..6], "ua=xaa");
    assert_eq!(
        (session.stats().unwrap().contacts, session.contacts().page().unwrap().items),
        (before.0.contacts, before.1)
    );
    assert_eq!(session.stats().unwrap().changes, before.0.changes);
    assert_eq!(session.get(ada.id).unwrap().unwrap(), ada);
    assert!(store.check().unwrap().is_ok());
    assert_eq!(
        letters(&put(&session, UPDATE.batch(10), people())),
        letters(&dry),
        "the real run does the same"
    );
    assert!(store.check().unwrap().is_ok());
    assert_eq!(
        found(&session, "n299"),
        ["N299", "N2990", "N2991", "N2992", "N2993", "N2994", "N2995", "N2996", "N2997", "N2998", "N2999"]
            .map(|n| format!("{n} Many"))
    );
}

/// Imports two contacts. Returns the outcome of the second, in the same run and in a later one.
pub(crate) fn second(one: NewContact, two: NewContact) -> [char; 2] {
    let (store, session) = open_store();
    session
        .directory()
        .add_network(&NetworkPolicy::new(Network::new("OPEN").unwrap()).unique_phone(false))
        .unwrap();
    let mut outcomes = Vec::new();
    // The number of batches must not matter.
    for batch in [100, 1] {
        let (store, session) = crate::support::open_store();
        session
            .directory()
            .add_network(&NetworkPolicy::new(Network::new("OPEN").unwrap()).unique_phone(false))
            .unwrap();
        let reported = put(&session, UPDATE.batch(batch), vec![one.clone(), two.clone()]);
        outcomes.push(reported[1].0);
        assert!(store.check().unwrap().is_ok());
    }
    session.add(one).unwrap();
    outcomes.push(put(&session, UPDATE, vec![two])[0].0);
    assert!(store.check().unwrap().is_ok());
    assert_eq!(outcomes[0], outcomes[1], "the size of a batch matters");
    [outcomes[1], outcomes[2]]
}

#[test]
#[allow(clippy::large_stack_arrays)] // readable as a table
fn actors_and_their_tenants() {
    let mut faults = Vec::new();
    let ada = || new("Ada", "Ash");
    let (phone, other) = ("+33612345678", "+33698765432");
    let open = || NewContact::new(Network::new("OPEN").unwrap(), "Ada", "Ash");
    for (one, two, expected, why) in [
        (ada().uid("1"), new("Eva", "Elm").uid("1"), 'u', "the same UID"),
        (ada().uid("1"), ada().uid("1"), '=', "the same UID, nothing new"),
        (ada().uid("1"), ada().uid("2"), 'a', "another UID"),
        (ada().uid("1"), ada(), '=', "a UID on one side only"),
        (ada(), ada().uid("1"), 'u', "a UID on one side only"),
        (ada().phone(phone), new("Eva", "Elm").phone(phone), 'u', "the same first phone"),
        (ada().phone(phone), ada().phone("+33 (0)6 12 34 56 78"), 'u', "the same phone, written otherwise"),
        (ada().phone(phone).uid("1"), ada().phone(phone), '=', "the same phone, one UID"),
        (ada().phone(phone), ada().phone(phone).uid("1"), 'u', "the same phone, one UID"),
        (ada().phone(phone).uid("1"), ada().phone(phone).uid("2"), 'x', "the same phone, two UIDs"),
        (ada().phone(phone), ada().phone(other), 'a', "another phone"),
        (ada().phone(phone), ada().phone(other).phone(phone), 'a', "the first phone counts"),
        (ada().phone(phone), ada(), 'a', "one with a phone, one without"),
        (
            open().phone(phone),
            open().phone(phone).company("Acme"),
            'u',
            "the same phone where phones are shared",
        ),
        (
            open().phone(phone).email("a@b"),
            open().phone(phone),
            '=',
            "a shared phone, an address on one side",
        ),
        (
            open().phone(phone),
            open().phone(phone).email("a@b"),
            'u',
            "a shared phone, an address on one side",
        ),
        (open().phone(phone), ada().phone(phone), 'a', "another network"),
        (ada().email("a@b"), ada().email("A@B").company("Acme"), 'u', "the same name and address"),
        (ada().email("a@b"), new("Eva", "Ash").email("a@b"), 'a', "the same address, another name"),
        (ada().email("a@b"), ada().email("c@d"), 'a', "the same name, another address"),
        (ada().email("a@b"), ada(), 'a', "an address on one side only"),
        (ada(), ada().email("a@b"), 'a', "an address on one side only"),
        (ada(), ada().company("Acme"), 'u', "the same name and nothing else"),
        (ada(), ada(), '=', "the same name and nothing else"),
        (ada(), new("ada", "ash"), 'a', "another name"),
    ] {
        let reported = second(one, two);
        // Two people who share a phone in one run must not overwrite each other.
        let same_run = if why == "the same first phone" { 'x' } else { expected };
        if reported != [same_run, expected] {
            faults.push(format!("{why}: {reported:?}, not {:?}", [same_run, expected]));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn an_update_fills_empty_fields_and_keeps_others() {
    let (store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    let full = session
        .add(
            new("Ada", "Ash")
                .uid("1")
                .company("Acme")
                .language("fr")
                .phone("+33612345678")
                .email("a@b")
                .identifier("crm", "1")
                .card("{}"),
        )
        .unwrap();
    let reported = put(&session, UPDATE, vec![new("", "").nickname("Addie").uid("1").advisor(advisor)]);
    assert_eq!(reported, [('u', Some(full.id))]);
    let now = session.get(full.id).unwrap().unwrap();
    assert_eq!((now.nickname.as_str(), now.version), ("Addie", 2));
    assert_eq!(
        (&now.first_name, &now.company, &now.phones, &now.emails),
        (&full.first_name, &full.company, &full.phones, &full.emails)
    );
    assert_eq!((&now.identifiers, &now.language), (&full.identifiers, &full.language));
    assert_eq!(found(&store.session(Actor::Advisor(advisor)), "ada"), ["Ada Ash"]);
    // A new link alone is an update too, without a new version.
    let other = session.directory().add_advisor(NewAdvisor::new("C", "D")).unwrap().id;
    assert_eq!(letters(&put(&session, UPDATE, vec![new("Ada", "").uid("1").advisor(other)])), "u");
    assert_eq!(session.get(full.id).unwrap().unwrap().version, 2);
    assert_eq!(letters(&put(&session, UPDATE, vec![new("Ada", "").uid("1").advisor(other)])), "=");
    // Contacts in the trash never match.
    session.remove(full.id).unwrap();
    assert_eq!(letters(&put(&session, UPDATE, vec![new("Ada", "Ash").uid("1")])), "a");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_rename_within_a_batch_is_found_by_its_new_name_only() {
    for count in [3, 3_000] {
        let (store, session) = open_store();
        let mut people: Vec<_> =
            (0..count).map(|i| new("Old", &format!("P{i}")).uid(format!("{i}"))).collect();
        people.extend((0..count).rev().map(|i| new("New", "").uid(format!("{i}"))));
        let reported = put(&session, UPDATE, people);
        assert_eq!(letters(&reported), format!("{}{}", "a".repeat(count), "u".repeat(count)));
        assert!(found(&session, "old").is_empty());
        assert_eq!(found(&session, "new").len(), count);
        assert!(store.check().unwrap().is_ok());
    }
}

#[test]
fn an_advisor_updates_visible_contacts_only() {
    let (store, session) = open_store();
    let [one, two] =
        ["1", "2"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    let [one, two] = [one, two].map(|advisor| store.session(Actor::Advisor(advisor)));
    let ada = || new("Ada", "Ash").phone("+33612345678");
    assert_eq!(letters(&put(&one, UPDATE, vec![ada()])), "a");
    assert_eq!(letters(&put(&one, UPDATE, vec![ada().company("Acme")])), "u");
    assert_eq!(letters(&put(&two, UPDATE, vec![ada().company("Evil")])), "x");
    assert_eq!(session.contacts().page().unwrap().items[0].company, "Acme");
}

#[test]
fn reported_contacts_are_committed_when_the_source_panics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let mut reported = 0;
    {
        let (_store, session) = store_at(&path);
        let people = (0..2_000).map(|i| {
            assert!(i < 1_500, "a panic on purpose at {i}");
            new("Ada", &format!("P{i}"))
        });
        let stopped =
            session.add_many(people, AddManyOptions::new().batch(500), |_, _| reported += 1).unwrap_err();
        assert_eq!(stopped.code(), "iterator-panicked");
        assert_eq!(stopped.to_string(), "the iterator of contacts panicked: a panic on purpose at 1500");
        let literal = std::iter::from_fn(|| -> Option<cardex::NewContact> { panic!("a literal") });
        let stopped = session.add_many(literal, AddManyOptions::new(), |_, _| ()).unwrap_err();
        assert!(stopped.to_string().ends_with(": a literal"), "{stopped}");
        assert!(reported >= 1_000);
        session.add(new("Bea", "After")).unwrap();
    }
    let store = options(2).open(&path).unwrap();
    let session = store.session(Actor::System);
    assert_eq!(session.search("ada").limit(1_000).iter().count(), reported);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn the_same_input_makes_the_same_book() {
    let build = || {
        let store = options(4).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        put(&session, AddManyOptions::new().batch(7), (0..50).map(|i| new(&format!("N{i}"), "X")).collect());
        session.contacts().limit(100).page().unwrap().items
    };
    assert_eq!(build(), build());
    let random =
        || Options::new().open_in_memory().unwrap().session(Actor::System).add(new("A", "B")).unwrap().uid;
    assert_ne!(random(), random());
    assert_eq!(SMS.as_str(), "SMS-DIRECT");
}

/// Regression test: a transaction had up to 100,000 contacts with all their cards, so that an import took twice its file as memory.
#[test]
fn a_transaction_of_large_cards_ends_after_64_mebibytes() {
    const CARDS: usize = 30;
    let folder = tempfile::tempdir().unwrap();
    let (_store, session) = store_at(&folder.path().join("book"));
    let produced = std::sync::atomic::AtomicUsize::new(0);
    let order = std::sync::atomic::Ordering::Relaxed;
    // Cards of 4 MiB, so that a chunk has one.
    let card = format!("{{\"note\":\"{}\"}}", "x".repeat(4 << 20));
    let people = (0..CARDS).map(|n| {
        produced.fetch_add(1, order);
        new(&format!("P{n:02}"), "Roe").card(card.clone())
    });
    let mut first = None;
    session
        .add_many(people, AddManyOptions::new(), |_, outcome| {
            assert!(matches!(outcome, ImportOutcome::Added(_)), "{outcome:?}");
            first.get_or_insert(produced.load(order));
        })
        .unwrap();
    // The cards of a transaction, and those in the queue and in work.
    let most = 16 + 7;
    assert!(
        (16..=most).contains(&first.unwrap()),
        "{first:?} of {CARDS} cards were read before the first commit"
    );
}
