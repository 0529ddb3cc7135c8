//! Find or create.

use std::collections::BTreeSet;
use std::thread;

use cardex::{Actor, Error, Field, Network, NewAdvisor};

use crate::support::{SMS, desk, desk_at, new, options};

#[test]
fn a_contact_is_found_by_identifier_then_email_then_phone() {
    let (store, desk) = desk();
    let full = || new("Ada", "Ash").identifier("crm", "A1").email("Ada@X.org").phone("+33 6 12 34 56 78");
    let added = desk.find_or_create(full()).unwrap();
    assert_eq!(added.found_by, None);
    let by = |new| {
        let found = desk.find_or_create(new).unwrap();
        assert_eq!(found.contact, added.contact, "found as it is, unchanged");
        found.found_by
    };
    assert_eq!(by(full()), Some(Field::Identifier));
    assert_eq!(by(new("Eva", "").email("ADA@x.ORG").phone("0033612345678")), Some(Field::Email));
    assert_eq!(by(new("", "").phone("+33612345678")), Some(Field::Phone));
    assert_eq!(by(new("", "").identifier("crm", "A1").email("other@x.org")), Some(Field::Identifier));
    // The case of an identifier counts, and so does its space.
    assert_eq!(desk.find_or_create(new("B", "").identifier("crm", "a1")).unwrap().found_by, None);
    assert_eq!(desk.find_or_create(new("C", "").identifier("erp", "A1")).unwrap().found_by, None);
    assert_eq!(desk.find_or_create(new("Ada", "Ash")).unwrap_err().code(), "invalid");
    assert_eq!(
        desk.find_or_create(new("Ada", "").phone("123456")).unwrap_err().code(),
        "invalid",
        "no country"
    );
    assert_eq!(desk.find_or_create(new("Ada", "").phone("?")).unwrap_err().code(), "invalid");
    assert_eq!(desk.stats().unwrap().contacts, 3);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_contact_is_found_by_its_channel_identity_first() {
    let (store, desk) = desk();
    let [chat, other] = ["Shop", "Help"].map(|name| desk.channels().add("telegram", name).unwrap().id);
    let asked = || new("Ada", "").channel_identity(chat, "@ada").email("a@x.org");
    let ada = desk.find_or_create(asked()).unwrap();
    assert_eq!(
        (ada.found_by, desk.channels().identity(chat, "@ada").unwrap().unwrap().contact),
        (None, ada.contact.id)
    );
    let again = desk.find_or_create(asked()).unwrap();
    assert_eq!((again.found_by, again.contact), (Some(Field::ChannelIdentity), ada.contact.clone()));
    assert_eq!(
        desk.find_or_create(new("", "").channel_identity(chat, "@ada")).unwrap().contact,
        ada.contact,
        "a gate is enough"
    );
    // Case counts, and so does the channel.
    for (channel, name) in [(chat, "@ADA"), (other, "@ada")] {
        assert_eq!(
            desk.find_or_create(new("Eve", "").channel_identity(channel, name)).unwrap().found_by,
            None
        );
    }
    // Who is found by something else is given no gate.
    let found = desk.find_or_create(new("", "").channel_identity(other, "@a").email("a@x.org")).unwrap();
    assert_eq!((found.found_by, found.contact.id), (Some(Field::Email), ada.contact.id));
    assert!(desk.channels().identity(other, "@a").unwrap().is_none());
    let bea = desk.add(new("Bea", "").email("b@x.org")).unwrap();
    match desk.find_or_create(new("", "").channel_identity(chat, "@ada").email("b@x.org")) {
        Err(Error::Duplicate { field: Field::Email, holder }) => assert_eq!(holder, bea.id),
        other => panic!("{other:?}"),
    }
    desk.remove(ada.contact.id).unwrap();
    assert_eq!(
        desk.find_or_create(asked()).unwrap_err().code(),
        "exists",
        "a gate stays with its contact in the trash"
    );
    let away = store.session(Actor::System).in_tenant(desk.directory().add_tenant("away").unwrap().id);
    assert_eq!(away.find_or_create(asked()).unwrap_err().code(), "not-found");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn identifiers_of_two_contacts_are_a_conflict_with_the_holder() {
    let (_store, desk) = desk();
    let ada = desk.add(new("Ada", "").identifier("crm", "1")).unwrap();
    let bea = desk.add(new("Bea", "").email("b@x.org")).unwrap();
    let cleo = desk.add(new("Cleo", "").email("b@x.org").phone("+33612345678")).unwrap();
    match desk.find_or_create(new("", "").identifier("crm", "1").email("b@x.org")) {
        Err(Error::Duplicate { field: Field::Email, holder }) => assert_eq!(holder, bea.id),
        other => panic!("{other:?}"),
    }
    match desk.find_or_create(new("", "").identifier("crm", "1").phone("+33612345678")) {
        Err(Error::Duplicate { field: Field::Phone, holder }) => assert_eq!(holder, cleo.id),
        other => panic!("{other:?}"),
    }
    // Of two who share an address, the one who has the rest too; else the oldest.
    let both = desk.find_or_create(new("", "").email("b@x.org").phone("+33612345678")).unwrap();
    assert_eq!(both.contact.id, cleo.id);
    assert_eq!(desk.find_or_create(new("", "").email("b@x.org")).unwrap().contact.id, bea.id);
    assert_eq!(desk.stats().unwrap().contacts, 3);
    desk.remove(ada.id).unwrap();
    assert_eq!(
        desk.find_or_create(new("", "").identifier("crm", "1")).unwrap().found_by,
        None,
        "the trash holds none"
    );
}

#[test]
fn tenants_networks_and_advisors_are_separate() {
    let (store, desk) = desk();
    let away = store.session(Actor::System).in_tenant(desk.directory().add_tenant("away").unwrap().id);
    let [a, b] = ["A", "B"].map(|name| desk.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    let [a, b] = [a, b].map(|advisor| store.session(Actor::Advisor(advisor)));
    let key = |space: &str| new("Ada", "").identifier(space, "1");
    let ours = desk.find_or_create(key("x")).unwrap().contact;
    assert_ne!(away.find_or_create(key("x")).unwrap().contact.id, ours.id);
    let elsewhere =
        desk.find_or_create(cardex::NewContact::new(Network::SMS_DIRECT, "", "").identifier("x", "1"));
    assert_eq!(elsewhere.unwrap().contact.id, ours.id);
    let theirs = a.find_or_create(key("y")).unwrap().contact;
    match b.find_or_create(key("y")) {
        Err(Error::Duplicate { field: Field::Identifier, holder }) => assert_eq!(holder, theirs.id),
        other => panic!("{other:?}"),
    }
    // What need not be unique is no one's: whom an advisor does not see is not found.
    let mail = || new("Mia", "").email("m@x.org");
    let [of_a, of_b] = [&a, &b].map(|session| session.find_or_create(mail()).unwrap());
    assert!(of_a.contact.id != of_b.contact.id && of_b.found_by.is_none());
    assert_eq!(of_a.contact.network, SMS);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn concurrent_callers_get_one_contact() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, desk) = desk_at(&path);
    let other = options(2).open(&path).unwrap();
    for round in 0..10 {
        let asked: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|n| {
                    let session = if n % 2 == 0 { &store } else { &other }.session(Actor::System);
                    scope.spawn(move || {
                        session.find_or_create(new("Ada", "").email(format!("a{round}@x.org"))).unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let ids: BTreeSet<_> = asked.iter().map(|ensured| ensured.contact.id).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(asked.iter().filter(|ensured| ensured.found_by.is_none()).count(), 1, "one added it");
    }
    assert_eq!(desk.stats().unwrap().contacts, 10);
    assert!(store.check().unwrap().is_ok());
}

/// An identifier is one on all networks, an address is of the network asked for, unless it is had by who was found already.
#[test]
fn a_contact_of_another_network_is_found_by_network_independent_values() {
    let (_store, desk) = desk();
    let there = Network::new("OTHER").unwrap();
    desk.directory().add_network(&cardex::directory::NetworkPolicy::new(there.clone())).unwrap();
    let far = cardex::NewContact::new(there, "Far", "").identifier("crm", "1").email("a@x.org");
    let far = desk.add(far).unwrap();
    let found = desk.find_or_create(new("", "").identifier("crm", "1")).unwrap();
    assert_eq!((found.found_by, found.contact.id), (Some(Field::Identifier), far.id));
    let near = desk.find_or_create(new("Near", "").email("a@x.org")).unwrap();
    assert_eq!(near.found_by, None, "the address is another network's");
    let both = desk.find_or_create(new("", "").identifier("crm", "1").email("a@x.org")).unwrap();
    assert_eq!((both.found_by, both.contact.id), (Some(Field::Identifier), far.id), "it has both");
}

#[test]
fn a_shared_contact_is_found_by_its_identity_on_a_tenants_channel() {
    let (_store, desk) = desk();
    let chat = desk.channels().add("telegram", "Shop").unwrap().id;
    let shared = desk.add(new("Sue", "").shared().identifier("crm", "9")).unwrap();
    desk.channels().find_or_create_identity(chat, "@sue", shared.id).unwrap();
    let found = desk.find_or_create(new("", "").channel_identity(chat, "@sue")).unwrap();
    assert_eq!((found.found_by, found.contact.id), (Some(Field::ChannelIdentity), shared.id));
    // An identifier of everybody's is none of the tenant's.
    assert_eq!(desk.find_or_create(new("Tim", "").identifier("crm", "9")).unwrap().found_by, None);
}

/// Those of other tenants, and shared ones without a gate of ours, are nobody we have.
#[test]
fn a_shared_contact_is_found_by_its_channel_identity_alone() {
    let (store, desk) = desk();
    let chat = desk.channels().add("telegram", "Shop").unwrap().id;
    let asked = || new("Ada", "Ash").email("a@x.org").identifier("crm", "A1");
    let shared = desk.add(asked().shared()).unwrap();
    let other = store.session(Actor::Administrator(desk.directory().add_tenant("second").unwrap().id));
    let theirs = other.find_or_create(asked()).unwrap();
    let ours = desk.find_or_create(asked()).unwrap();
    assert_eq!((theirs.found_by, ours.found_by), (None, None));
    assert!(shared.id != ours.contact.id && theirs.contact.id != ours.contact.id);
    desk.channels().find_or_create_identity(chat, "@ada", shared.id).unwrap();
    let by_gate = desk.find_or_create(new("", "").channel_identity(chat, "@ada")).unwrap();
    assert_eq!((by_gate.found_by, by_gate.contact.id), (Some(Field::ChannelIdentity), shared.id));
}
