//! Imports: rejected values, uniqueness and permissions.

use crate::bulk::{UPDATE, letters, put};
use crate::support::{found, new, open_store};
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::contacts::AddManyOptions;
use cardex::directory::NetworkPolicy;
use cardex::{Actor, Network, NewAdvisor, NewContact};
use serde_json::Value;

/// Regression test: a new contact with a rejected value stayed as a row in no list, and an existing contact kept the
/// other values of the record.
#[test]
fn rejected_tags_and_values_write_nothing() {
    let (store, session) = open_store();
    session
        .attributes()
        .add(NewAttribute::new(AttributeNamespace::Custom, "age", AttributeKind::Number))
        .unwrap();
    let record = |company: &str, age: Value| {
        new("Ada", "").phone("+33612345678").company(company).tag("vip").attribute(
            AttributeNamespace::Custom,
            "age",
            age,
        )
    };
    let put = |company, age: Value| letters(&put(&session, UPDATE, vec![record(company, age)]));
    assert_eq!(put("Acme", "many".into()), "x");
    assert_eq!(
        (session.stats().unwrap().contacts, session.tags().list().page().unwrap().items.len()),
        (0, 0)
    );
    assert_eq!(put("Acme", 36.into()), "a");
    let changes = || session.changes().page().unwrap().items.len();
    let before = changes();
    assert_eq!(put("Beta", "many".into()), "x");
    assert_eq!(session.contacts().page().unwrap().items[0].company, "Acme");
    assert_eq!(put("Acme", 36.into()), "=");
    assert_eq!(changes(), before, "nothing was written");
    assert_eq!(put("Acme", 37.into()), "u");
    assert!(store.check().unwrap().is_ok());
}

/// Regression test: a contact that was rejected because of its block stayed as a row in no list.
#[test]
fn a_contact_that_cannot_be_blocked_is_not_written() {
    let (store, session) = open_store();
    let people =
        vec![new("Ada", "").blocked(), new("Bob", "").phone("+33612345678").blocked(), new("Cid", "")];
    assert_eq!(letters(&put(&session, AddManyOptions::new(), people)), "xaa");
    assert_eq!(found(&session, ""), ["Bob", "Cid"]);
    assert!(store.check().unwrap().is_ok(), "{:?}", store.check().unwrap());
}

/// In a group, the unique key of a number differs from the key outside it.
#[test]
fn a_number_is_unique_in_its_group() {
    let (_store, session) = open_store();
    let group = session.directory().add_group("North").unwrap().id;
    let person = || new("Ada", "Ash").phone("+33612345678");
    let reported = put(&session, UPDATE, vec![person().group(group), person()]);
    assert_eq!(letters(&reported), "aa");
    let again = put(&session, UPDATE, vec![person().group(group), person()]);
    assert_eq!(letters(&again), "==");
    assert_eq!((again[0].1, again[1].1), (reported[0].1, reported[1].1));
}

/// A record matches contacts of its tenant; a shared record matches shared contacts.
#[test]
fn a_record_matches_contacts_of_its_own_tenant_only() {
    let (store, session) = open_store();
    let other = store.session(Actor::Administrator(session.directory().add_tenant("second").unwrap().id));
    let person = |city: &str| new("Ada", "Ash").phone("+33612345678").uid("ada").city(city);
    assert_eq!(letters(&put(&session, UPDATE, vec![person("Lyon")])), "a");
    assert_eq!(letters(&put(&other, UPDATE, vec![person("Nice"), new("Bea", "Birch")])), "aa");
    assert_eq!(letters(&put(&session, UPDATE, vec![person("Rome").shared()])), "a");
    assert_eq!(
        letters(&put(&other, UPDATE, vec![person("Nice"), new("Bea", "Birch"), new("Cid", "Cole")])),
        "==a"
    );
    assert_eq!(
        letters(&put(&session, UPDATE, vec![person("Lyon"), person("Rome").shared(), new("Bea", "Birch")])),
        "==a"
    );
}

#[test]
fn an_advisor_updates_only_permitted_fields() {
    use cardex::directory::TenantPolicy;
    use cardex::entitlements::{NewEntitlement, Permission, Permissions};
    let (store, session) = open_store();
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    let network = Network::new("SIGNAL").unwrap();
    session
        .directory()
        .add_network(&NetworkPolicy::new(network.clone()).default_permissions(Permissions::NONE))
        .unwrap();
    let all = [Permission::CreateContact, Permission::EditContact, Permission::EditContactEmail];
    let lacking = [None, Some(Permission::EditContactEmail), Some(Permission::EditContact)];
    for (n, lacking) in lacking.into_iter().enumerate() {
        let ada =
            session.directory().add_advisor(NewAdvisor::new("Eve", "").email(format!("e{n}@x"))).unwrap().id;
        let has = all.into_iter().filter(|one| Some(*one) != lacking);
        session
            .entitlements()
            .add(NewEntitlement::new(network.clone()).advisor(ada).permissions(has))
            .unwrap();
        let own = store.session(Actor::Advisor(ada));
        let known = |email: &str| {
            NewContact::new(network.clone(), "Ada", "Ash").uid(format!("ada{n}")).email(email).advisor(ada)
        };
        session.add(known("ada@example.com")).unwrap();
        let edits = if lacking == Some(Permission::EditContact) { "x" } else { "u" };
        let reported = put(&own, UPDATE, vec![known("ada@example.com").city("Lyon")]);
        assert_eq!(letters(&reported), edits, "without {lacking:?}");
        let moves = if lacking.is_none() { "u" } else { "x" };
        let reported = put(&own, UPDATE, vec![known("new@example.com")]);
        assert_eq!(letters(&reported), moves, "without {lacking:?}");
    }
}
