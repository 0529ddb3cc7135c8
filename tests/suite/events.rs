//! Events: declared names, fired on contacts.

use cardex::events::NewEvent;
use cardex::outbox::OutboxEvent;
use cardex::{Actor, NewAdvisor, limits};
use serde_json::json;

use crate::support::{To, backwards, forwards, new, open_store};

#[test]
fn event_names_are_declared_and_case_sensitive() {
    let (_store, session) = open_store();
    assert!(session.events().declare("Paid").unwrap() && !session.events().declare("Paid").unwrap());
    assert!(session.events().declare("paid").unwrap());
    assert_eq!(session.events().names().unwrap(), ["Paid", "paid"]);
    let ada = session.add(new("Ada", "Ash")).unwrap().id;
    assert_eq!(session.events().fire(ada, NewEvent::new("PAID")).unwrap_err().code(), "not-declared");
    let fired = session.events().fire(ada, NewEvent::new("Paid")).unwrap();
    assert!(session.events().undeclare("Paid").unwrap() && !session.events().undeclare("Paid").unwrap());
    assert_eq!(session.events().fire(ada, NewEvent::new("Paid")).unwrap_err().code(), "not-declared");
    assert_eq!(session.events().of(ada).page().unwrap().items[0], fired, "what was fired stays");
    assert_eq!(session.events().get(fired.seq).unwrap(), fired);
    for wrong in ["", "a\nb", &"x".repeat(limits::EVENT_NAME + 1)] {
        assert_eq!(session.events().declare(wrong).unwrap_err().code(), "invalid");
    }
    session.remove(ada).unwrap();
    assert_eq!(session.events().fire(ada, NewEvent::new("paid")).unwrap_err().code(), "no-contact");
}

#[test]
fn an_event_is_recorded_and_waits_in_the_outbox() {
    let (store, session) = open_store();
    let session = session.origin("shop");
    session.events().declare("paid").unwrap();
    let ada = session.add(new("Ada", "Ash")).unwrap().id;
    let event = session
        .events()
        .fire(ada, NewEvent::new("paid").payload(json!({ "sum": 5, "to": "Grace" })))
        .unwrap();
    assert_eq!(
        (event.origin.as_str(), event.payload.clone()),
        ("shop", Some(json!({ "sum": 5, "to": "Grace" })))
    );
    let waiting = session.outbox().pending(9).unwrap().remove(0);
    assert_eq!(
        waiting.event,
        OutboxEvent::ContactEvent { event_seq: event.seq, contact: ada, name: "paid".into() }
    );
    assert!(!format!("{event:?} {waiting:?}").contains("Grace"));
    let long = json!("x".repeat(limits::EVENT_PAYLOAD));
    assert_eq!(
        session.events().fire(ada, NewEvent::new("paid").payload(long)).unwrap_err().code(),
        "invalid"
    );
    assert_eq!(
        (session.outbox().pending(9).unwrap().len(), session.events().of(ada).page().unwrap().items.len()),
        (1, 1)
    );
    session.purge(ada).unwrap();
    assert_eq!(
        session.events().get(event.seq).unwrap_err().code(),
        "not-found",
        "events go with their contact"
    );
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn events_come_newest_first_in_pages_both_ways() {
    let (_store, session) = open_store();
    session.events().declare("tick").unwrap();
    let [ada, bea] = ["Ada", "Bea"].map(|name| session.add(new(name, "")).unwrap().id);
    let mut fired: Vec<i64> = Vec::new();
    for n in 0..11 {
        let event = session.events().fire(if n % 3 == 1 { bea } else { ada }, NewEvent::new("tick")).unwrap();
        if n % 3 != 1 {
            fired.push(event.seq);
        }
    }
    fired.reverse();
    for limit in [1, 2, 3, 50] {
        let page = |to| {
            let list = session.events().of(ada).limit(limit);
            match to {
                To::First => list.page(),
                To::After(cursor) => list.after(cursor).page(),
                To::Before(cursor) => list.before(cursor).page(),
            }
        };
        let (all, last) = forwards(limit, &page);
        assert_eq!(all.iter().map(|event| event.seq).collect::<Vec<_>>(), fired);
        assert_eq!(backwards(limit, last, &page), all);
    }
}

#[test]
fn each_tenant_sees_its_own_events_of_a_shared_contact() {
    let (store, system) = open_store();
    let shared = system.add(new("Sue", "").shared()).unwrap().id;
    let [home, away] =
        [system.directory().tenants().unwrap()[0].id, system.directory().add_tenant("away").unwrap().id];
    let [own, others] = [home, away].map(|tenant| store.session(Actor::Administrator(tenant)));
    others.events().declare("paid").unwrap();
    assert_eq!(own.events().fire(shared, NewEvent::new("paid")).unwrap_err().code(), "not-declared");
    let event = others.events().fire(shared, NewEvent::new("paid")).unwrap();
    assert_eq!(event.tenant, away);
    assert_eq!(own.events().get(event.seq).unwrap_err().code(), "not-found");
    assert!(own.events().of(shared).page().unwrap().items.is_empty());
    assert_eq!(others.events().of(shared).page().unwrap().items.len(), 1);
    assert_eq!(system.events().of(shared).page().unwrap().items.len(), 1);
    let advisor = others.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    let advisor = store.session(Actor::Advisor(advisor));
    assert_eq!(advisor.events().get(event.seq).unwrap_err().code(), "not-found");
}
