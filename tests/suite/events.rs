//! Events: declared names, fired on contacts.

use cardex::events::NewEvent;
use cardex::outbox::OutboxEvent;
use cardex::{Actor, NewAdvisor, limits};
use serde_json::json;

use crate::support::{To, backwards, desk, forwards, new};

#[test]
fn event_names_are_declared_and_case_sensitive() {
    let (_store, desk) = desk();
    assert!(desk.events().declare("Paid").unwrap() && !desk.events().declare("Paid").unwrap());
    assert!(desk.events().declare("paid").unwrap());
    assert_eq!(desk.events().names().unwrap(), ["Paid", "paid"]);
    let ada = desk.add(new("Ada", "Ash")).unwrap().id;
    assert_eq!(desk.events().fire(ada, NewEvent::new("PAID")).unwrap_err().code(), "not-declared");
    let fired = desk.events().fire(ada, NewEvent::new("Paid")).unwrap();
    assert!(desk.events().undeclare("Paid").unwrap() && !desk.events().undeclare("Paid").unwrap());
    assert_eq!(desk.events().fire(ada, NewEvent::new("Paid")).unwrap_err().code(), "not-declared");
    assert_eq!(desk.events().of(ada).page().unwrap().items[0], fired, "what was fired stays");
    assert_eq!(desk.events().get(fired.seq).unwrap(), fired);
    for wrong in ["", "a\nb", &"x".repeat(limits::EVENT_NAME + 1)] {
        assert_eq!(desk.events().declare(wrong).unwrap_err().code(), "invalid");
    }
    desk.remove(ada).unwrap();
    assert_eq!(desk.events().fire(ada, NewEvent::new("paid")).unwrap_err().code(), "no-contact");
}

#[test]
fn an_event_is_recorded_and_waits_in_the_outbox() {
    let (store, desk) = desk();
    let desk = desk.origin("shop");
    desk.events().declare("paid").unwrap();
    let ada = desk.add(new("Ada", "Ash")).unwrap().id;
    let event =
        desk.events().fire(ada, NewEvent::new("paid").payload(json!({ "sum": 5, "to": "Grace" }))).unwrap();
    assert_eq!(
        (event.origin.as_str(), event.payload.clone()),
        ("shop", Some(json!({ "sum": 5, "to": "Grace" })))
    );
    let waiting = desk.outbox().pending(9).unwrap().remove(0);
    assert_eq!(
        waiting.event,
        OutboxEvent::ContactEvent { event_seq: event.seq, contact: ada, name: "paid".into() }
    );
    assert!(!format!("{event:?} {waiting:?}").contains("Grace"));
    let long = json!("x".repeat(limits::EVENT_PAYLOAD));
    assert_eq!(desk.events().fire(ada, NewEvent::new("paid").payload(long)).unwrap_err().code(), "invalid");
    assert_eq!(
        (desk.outbox().pending(9).unwrap().len(), desk.events().of(ada).page().unwrap().items.len()),
        (1, 1)
    );
    desk.purge(ada).unwrap();
    assert_eq!(desk.events().get(event.seq).unwrap_err().code(), "not-found", "events go with their contact");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn events_come_newest_first_in_pages_both_ways() {
    let (_store, desk) = desk();
    desk.events().declare("tick").unwrap();
    let [ada, bea] = ["Ada", "Bea"].map(|name| desk.add(new(name, "")).unwrap().id);
    let mut fired: Vec<i64> = Vec::new();
    for n in 0..11 {
        let event = desk.events().fire(if n % 3 == 1 { bea } else { ada }, NewEvent::new("tick")).unwrap();
        if n % 3 != 1 {
            fired.push(event.seq);
        }
    }
    fired.reverse();
    for limit in [1, 2, 3, 50] {
        let page = |to| {
            let list = desk.events().of(ada).limit(limit);
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
    let (store, system) = desk();
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
    assert_eq!(advisor.events().get(event.seq).unwrap_err().code(), "no-contact");
}
