//! Filters that users keep.

use cardex::saved_filters::SavedFilter;
use cardex::{Actor, Error, Field, NewAdvisor, Session, limits};
use serde_json::json;

use crate::support::{open_store, options};

fn names(session: &Session, kind: &str) -> Vec<String> {
    session.saved_filters().of_kind(kind).unwrap().into_iter().map(|filter| filter.name).collect()
}

#[test]
fn each_advisor_has_their_own_and_administrators_share_theirs() {
    let (store, system) = open_store();
    let tenant = system.directory().tenant().unwrap().id;
    let away = system.directory().add_tenant("away").unwrap().id;
    let [ada, bob] = ["Ada", "Bob"].map(|name| {
        store.session(Actor::Advisor(system.directory().add_advisor(NewAdvisor::new(name, "A")).unwrap().id))
    });
    let admin = store.session(Actor::Administrator(tenant));
    let query = json!({ "payload": [{ "values": ["Paris"] }] });
    let kept = ada.saved_filters().add("contact", " Paris ", &query).unwrap();
    assert_eq!((kept.name.as_str(), &kept.query), ("Paris", &query));
    admin.saved_filters().add("contact", "All", &json!(null)).unwrap();
    ada.saved_filters().add("conversation", "Open", &json!("x")).unwrap();
    ada.saved_filters().add("contact", "Lyon", &json!(1)).unwrap();
    assert_eq!(names(&ada, "contact"), ["Paris", "Lyon"]);
    assert_eq!(names(&ada.clone().as_agent(), "contact"), ["Paris", "Lyon"]);
    assert_eq!(names(&ada, "conversation"), ["Open"]);
    for session in [&admin, &system.clone().in_tenant(tenant)] {
        assert_eq!(names(session, "contact"), ["All"]);
    }
    let others = [&bob, &store.session(Actor::Administrator(away)), &system.in_tenant(away), &admin];
    for other in others {
        assert!(!names(other, "contact").contains(&"Paris".to_owned()));
        let own = other.saved_filters();
        let unseen = |result: cardex::Result<SavedFilter>| result.unwrap_err().code();
        assert_eq!(unseen(own.get(kept.id)), "not-found");
        assert_eq!(unseen(own.edit(kept.id, Some("x"), None)), "not-found");
        assert_eq!(own.delete(kept.id).unwrap_err().code(), "not-found");
    }
    let edited = ada.saved_filters().edit(kept.id, Some("Rome"), None).unwrap();
    assert_eq!((edited.name.as_str(), &edited.query, edited.created_at), ("Rome", &query, kept.created_at));
    let edited = ada.saved_filters().edit(kept.id, None, Some(&json!(2))).unwrap();
    assert_eq!((edited.name.as_str(), &edited.query), ("Rome", &json!(2)));
    assert_eq!(ada.saved_filters().get(kept.id).unwrap(), edited);
    ada.saved_filters().delete(kept.id).unwrap();
    assert_eq!(names(&ada, "contact"), ["Lyon"]);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn limits_of_filters_hold() {
    let session = options(1).open_in_memory().unwrap().session(Actor::System);
    let filters = session.saved_filters();
    let long = "x".repeat(limits::NAME + 1);
    let big = json!("x".repeat(limits::SAVED_QUERY - 1));
    for (kind, name, query, field) in [
        ("", "a", json!(1), Field::Name),
        ("contact", " ", json!(1), Field::Name),
        ("contact", &long, json!(1), Field::Name),
        ("contact", "a", big, Field::Query),
    ] {
        match filters.add(kind, name, &query) {
            Err(Error::Invalid { field: found, .. }) => assert_eq!(found, field, "{kind} {name}"),
            other => panic!("{other:?}"),
        }
    }
    let widest = json!("x".repeat(limits::SAVED_QUERY - 2));
    filters.add("contact", &long[1..], &widest).unwrap();
    for _ in 1..limits::SAVED_FILTERS {
        filters.add("contact", "a", &json!(1)).unwrap();
    }
    assert!(matches!(filters.add("other", "a", &json!(1)), Err(Error::Invalid { field: Field::Filter, .. })));
    assert_eq!(filters.of_kind("contact").unwrap().len(), limits::SAVED_FILTERS);
}
