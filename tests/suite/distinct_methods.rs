//! Sessions that keep the first phone and e-mail address of contacts distinct.

use std::thread;

use cardex::{Actor, Contact, ContactPatch, Error, Field, Network, NewContact, Result};

use crate::support::open_store;

fn contact(network: Network, phone: &str, email: &str) -> NewContact {
    let new = NewContact::new(network, "Ann", "");
    let new = [phone].into_iter().filter(|text| !text.is_empty()).fold(new, NewContact::phone);
    [email].into_iter().filter(|text| !text.is_empty()).fold(new, NewContact::email)
}

fn duplicate(result: Result<Contact>) -> Option<Field> {
    match result {
        Ok(_) => None,
        Err(Error::Duplicate { field, .. }) => Some(field),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn first_phones_and_addresses_differ_on_all_networks() {
    let (store, session) = open_store();
    let distinct = session.clone().distinct_methods(true);
    let add = |network: Network, phone: &str, email: &str| distinct.add(contact(network, phone, email));
    let first = add(Network::BOOK, "+999123456", "ann@example.com").unwrap();
    let second = add(Network::BOOK, "+33612345678", "").unwrap();
    for (network, phone, email, expected) in [
        (Network::BOOK, "+999 123 456", "", Some(Field::Phone)),
        (Network::SMS_DIRECT, "+999123456", "", Some(Field::Phone)),
        (Network::WHATSAPP_DIRECT, "+33 6 12 34 56 78", "", Some(Field::Phone)),
        (Network::SMS_DIRECT, "", "ANN@example.com", Some(Field::Email)),
        (Network::SMS_DIRECT, "+999123457", "anna@example.com", None),
    ] {
        assert_eq!(duplicate(add(network, phone, email)), expected, "{phone} {email}");
    }
    // Only the first ones count.
    distinct.add(contact(Network::BOOK, "+33612345679", "x@example.com").phone("+33612345678")).unwrap();
    // An edit that keeps its values, and one that takes another's.
    let edit = |id, patch| distinct.edit(id, patch);
    edit(first.id, ContactPatch::new().phones(["+999 123456"]).emails(["Ann@example.com"])).unwrap();
    assert_eq!(duplicate(edit(first.id, ContactPatch::new().phones(["+33612345678"]))), Some(Field::Phone));
    assert_eq!(
        duplicate(edit(second.id, ContactPatch::new().emails(["ann@example.com"]))),
        Some(Field::Email)
    );
    // Another session has only the rules of the network. The contact that it adds can still be edited.
    let twin = session.add(contact(Network::BOOK, "+999123456", "")).unwrap();
    edit(twin.id, ContactPatch::new().company("Acme")).unwrap();
    // The trash and other tenants do not count.
    session.remove(twin.id).unwrap();
    session.remove(first.id).unwrap();
    add(Network::BOOK, "+999123456", "").unwrap();
    let away = session.directory().add_tenant("away").unwrap().id;
    let theirs = session.in_tenant(away).distinct_methods(true);
    theirs.add(contact(Network::BOOK, "+999123456", "")).unwrap();
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn an_import_adds_no_duplicates() {
    let (store, session) = open_store();
    session.add(contact(Network::BOOK, "+999123456", "")).unwrap();
    let records = ["+999123456", "+999123457", "+999 123 457"].map(|phone| contact(Network::BOOK, phone, ""));
    let mut added = Vec::new();
    let distinct = session.distinct_methods(true);
    let options = cardex::contacts::AddManyOptions::new();
    let each = |_, outcome| added.push(matches!(outcome, cardex::contacts::ImportOutcome::Added(_)));
    distinct.add_many(records, options, each).unwrap();
    assert_eq!(added, [false, true, false]);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn of_concurrent_writers_one_gets_the_phone() {
    let (store, session) = open_store();
    let tenant = session.directory().tenant().unwrap().id;
    for round in 0..10 {
        let phone = format!("+99912345{round}");
        let added: usize = thread::scope(|scope| {
            let writer = || {
                let session = store.session(Actor::Administrator(tenant)).distinct_methods(true);
                let outcome = session.add(contact(Network::BOOK, &phone, ""));
                usize::from(duplicate(outcome).is_none())
            };
            let writers: Vec<_> = (0..4).map(|_| scope.spawn(writer)).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).sum()
        });
        assert_eq!(added, 1, "{phone}");
    }
}
