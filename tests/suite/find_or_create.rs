//! Find or create.

use std::collections::BTreeSet;
use std::thread;

use cardex::{Actor, Error, Field, Network, NewAdvisor};

use crate::support::{SMS, new, open_store, options, store_at};

#[test]
fn a_contact_is_found_by_identifier_then_email_then_phone() {
    let (store, session) = open_store();
    let full = || new("Ada", "Ash").identifier("crm", "A1").email("Ada@X.org").phone("+33 6 12 34 56 78");
    let added = session.find_or_create(full()).unwrap();
    assert_eq!(added.found_by, None);
    let by = |new| {
        let found = session.find_or_create(new).unwrap();
        assert_eq!(found.contact, added.contact, "found as it is, unchanged");
        found.found_by
    };
    assert_eq!(by(full()), Some(Field::Identifier));
    assert_eq!(by(new("Eva", "").email("ADA@x.ORG").phone("0033612345678")), Some(Field::Email));
    assert_eq!(by(new("", "").phone("+33612345678")), Some(Field::Phone));
    assert_eq!(by(new("", "").identifier("crm", "A1").email("other@x.org")), Some(Field::Identifier));
    // The case of an identifier counts, and so does its namespace.
    assert_eq!(session.find_or_create(new("B", "").identifier("crm", "a1")).unwrap().found_by, None);
    assert_eq!(session.find_or_create(new("C", "").identifier("erp", "A1")).unwrap().found_by, None);
    assert_eq!(session.find_or_create(new("Ada", "Ash")).unwrap_err().code(), "invalid");
    assert_eq!(
        session.find_or_create(new("Ada", "").phone("123456")).unwrap_err().code(),
        "invalid",
        "no country"
    );
    assert_eq!(session.find_or_create(new("Ada", "").phone("?")).unwrap_err().code(), "invalid");
    assert_eq!(session.stats().unwrap().contacts, 3);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_contact_is_found_by_its_channel_identity_first() {
    let (store, session) = open_store();
    let [chat, other] = ["Shop", "Help"].map(|name| session.channels().add("telegram", name).unwrap().id);
    let query_spec = || new("Ada", "").channel_identity(chat, "@ada").email("a@x.org");
    let ada = session.find_or_create(query_spec()).unwrap();
    assert_eq!(
        (ada.found_by, session.channels().identity(chat, "@ada").unwrap().unwrap().contact),
        (None, ada.contact.id)
    );
    let again = session.find_or_create(query_spec()).unwrap();
    assert_eq!((again.found_by, again.contact), (Some(Field::ChannelIdentity), ada.contact.clone()));
    assert_eq!(
        session.find_or_create(new("", "").channel_identity(chat, "@ada")).unwrap().contact,
        ada.contact,
        "a channel identity is enough"
    );
    // Case and channel count.
    for (channel, name) in [(chat, "@ADA"), (other, "@ada")] {
        assert_eq!(
            session.find_or_create(new("Eve", "").channel_identity(channel, name)).unwrap().found_by,
            None
        );
    }
    // A contact that is found by another value gets no channel identity.
    let found = session.find_or_create(new("", "").channel_identity(other, "@a").email("a@x.org")).unwrap();
    assert_eq!((found.found_by, found.contact.id), (Some(Field::Email), ada.contact.id));
    assert!(session.channels().identity(other, "@a").unwrap().is_none());
    let bea = session.add(new("Bea", "").email("b@x.org")).unwrap();
    match session.find_or_create(new("", "").channel_identity(chat, "@ada").email("b@x.org")) {
        Err(Error::Duplicate { field: Field::Email, holder: Some(holder) }) => assert_eq!(holder, bea.id),
        other => panic!("{other:?}"),
    }
    session.remove(ada.contact.id).unwrap();
    assert_eq!(
        session.find_or_create(query_spec()).unwrap_err().code(),
        "exists",
        "a channel identity stays with its contact in the trash"
    );
    let away = store.session(Actor::System).in_tenant(session.directory().add_tenant("away").unwrap().id);
    assert_eq!(away.find_or_create(query_spec()).unwrap_err().code(), "not-found");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn identifiers_of_two_contacts_are_a_conflict_with_the_holder() {
    let (_store, session) = open_store();
    let ada = session.add(new("Ada", "").identifier("crm", "1")).unwrap();
    let bea = session.add(new("Bea", "").email("b@x.org")).unwrap();
    let cleo = session.add(new("Cleo", "").email("b@x.org").phone("+33612345678")).unwrap();
    match session.find_or_create(new("", "").identifier("crm", "1").email("b@x.org")) {
        Err(Error::Duplicate { field: Field::Email, holder: Some(holder) }) => assert_eq!(holder, bea.id),
        other => panic!("{other:?}"),
    }
    match session.find_or_create(new("", "").identifier("crm", "1").phone("+33612345678")) {
        Err(Error::Duplicate { field: Field::Phone, holder: Some(holder) }) => assert_eq!(holder, cleo.id),
        other => panic!("{other:?}"),
    }
    // If two contacts share an address, the one with the other values wins, and then the oldest.
    let both = session.find_or_create(new("", "").email("b@x.org").phone("+33612345678")).unwrap();
    assert_eq!(both.contact.id, cleo.id);
    assert_eq!(session.find_or_create(new("", "").email("b@x.org")).unwrap().contact.id, bea.id);
    assert_eq!(session.stats().unwrap().contacts, 3);
    session.remove(ada.id).unwrap();
    assert_eq!(
        session.find_or_create(new("", "").identifier("crm", "1")).unwrap().found_by,
        None,
        "the trash holds none"
    );
}

#[test]
fn tenants_networks_and_advisors_are_separate() {
    let (store, session) = open_store();
    let away = store.session(Actor::System).in_tenant(session.directory().add_tenant("away").unwrap().id);
    let [a, b] =
        ["A", "B"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    let [a, b] = [a, b].map(|advisor| store.session(Actor::Advisor(advisor)));
    let key = |space: &str| new("Ada", "").identifier(space, "1");
    let ours = session.find_or_create(key("x")).unwrap().contact;
    assert_ne!(away.find_or_create(key("x")).unwrap().contact.id, ours.id);
    let elsewhere =
        session.find_or_create(cardex::NewContact::new(Network::SMS_DIRECT, "", "").identifier("x", "1"));
    assert_eq!(elsewhere.unwrap().contact.id, ours.id);
    let theirs = a.find_or_create(key("y")).unwrap().contact;
    match b.find_or_create(key("y")) {
        Err(Error::Duplicate { field: Field::Identifier, holder: None }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(session.find_or_create(key("y")).unwrap().contact.id, theirs.id);
    // An e-mail address is not unique, so an advisor does not find contacts that they do not see.
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
    let (store, session) = store_at(&path);
    let other = options(2).open(&path).unwrap();
    for round in 0..10 {
        let query_spec: Vec<_> = thread::scope(|scope| {
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
        let ids: BTreeSet<_> = query_spec.iter().map(|ensured| ensured.contact.id).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(query_spec.iter().filter(|ensured| ensured.found_by.is_none()).count(), 1, "one added it");
    }
    assert_eq!(session.stats().unwrap().contacts, 10);
    assert!(store.check().unwrap().is_ok());
}

/// An identifier is unique over all networks. An address counts on the given network only, unless the contact is
/// already found.
#[test]
fn a_contact_of_another_network_is_found_by_network_independent_values() {
    let (_store, session) = open_store();
    let there = Network::new("OTHER").unwrap();
    session.directory().add_network(&cardex::directory::NetworkPolicy::new(there.clone())).unwrap();
    let far = cardex::NewContact::new(there, "Far", "").identifier("crm", "1").email("a@x.org");
    let far = session.add(far).unwrap();
    let found = session.find_or_create(new("", "").identifier("crm", "1")).unwrap();
    assert_eq!((found.found_by, found.contact.id), (Some(Field::Identifier), far.id));
    let near = session.find_or_create(new("Near", "").email("a@x.org")).unwrap();
    assert_eq!(near.found_by, None, "the address is another network's");
    let both = session.find_or_create(new("", "").identifier("crm", "1").email("a@x.org")).unwrap();
    assert_eq!((both.found_by, both.contact.id), (Some(Field::Identifier), far.id), "it has both");
}

#[test]
fn a_shared_contact_is_found_by_its_identity_on_a_tenants_channel() {
    let (_store, session) = open_store();
    let chat = session.channels().add("telegram", "Shop").unwrap().id;
    let shared = session.add(new("Sue", "").shared().identifier("crm", "9")).unwrap();
    session.channels().find_or_create_identity(chat, "@sue", shared.id).unwrap();
    let found = session.find_or_create(new("", "").channel_identity(chat, "@sue")).unwrap();
    assert_eq!((found.found_by, found.contact.id), (Some(Field::ChannelIdentity), shared.id));
    // An identifier of a shared contact is not an identifier of the tenant.
    assert_eq!(session.find_or_create(new("Tim", "").identifier("crm", "9")).unwrap().found_by, None);
}

/// Contacts of other tenants, and shared contacts without a channel identity of this tenant, are not found.
#[test]
fn a_shared_contact_is_found_by_its_channel_identity_alone() {
    let (store, session) = open_store();
    let chat = session.channels().add("telegram", "Shop").unwrap().id;
    let query_spec = || new("Ada", "Ash").email("a@x.org").identifier("crm", "A1");
    let shared = session.add(query_spec().shared()).unwrap();
    let other = store.session(Actor::Administrator(session.directory().add_tenant("second").unwrap().id));
    let theirs = other.find_or_create(query_spec()).unwrap();
    let ours = session.find_or_create(query_spec()).unwrap();
    assert_eq!((theirs.found_by, ours.found_by), (None, None));
    assert!(shared.id != ours.contact.id && theirs.contact.id != ours.contact.id);
    session.channels().find_or_create_identity(chat, "@ada", shared.id).unwrap();
    let by_gate = session.find_or_create(new("", "").channel_identity(chat, "@ada")).unwrap();
    assert_eq!((by_gate.found_by, by_gate.contact.id), (Some(Field::ChannelIdentity), shared.id));
}
