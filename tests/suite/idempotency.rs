//! Idempotency keys: a repeated call has the first result and no other effect.

use std::sync::atomic::Ordering;

use crate::support::{ManualClock, SMS, new, open_store};
use cardex::events::NewEvent;
use cardex::jobs::{JobAction, NewJob};
use cardex::tags::TagPatch;
use cardex::{Actor, Filter, NewAdvisor, Options, limits};
use serde_json::json;

#[test]
fn an_event_is_fired_once_for_a_key() {
    let (_store, session) = open_store();
    let (ada, bob) = (session.add(new("Ada", "")).unwrap().id, session.add(new("Bob", "")).unwrap().id);
    session.events().declare("paid").unwrap();
    session.events().declare("sent").unwrap();
    let paid = |key: &str| NewEvent::new("paid").payload(json!({ "sum": 5 })).idempotency_key(key);
    let first = session.events().fire(ada, paid("k1")).unwrap();
    assert_eq!(session.events().fire(ada, paid("k1")).unwrap(), first);
    assert_eq!(session.events().of(ada).page().unwrap().items.len(), 1);
    assert_eq!(session.outbox().pending(10).unwrap().len(), 1);
    assert_ne!(session.events().fire(ada, paid("k2")).unwrap().seq, first.seq);
    for (contact, other) in [
        (bob, paid("k1")),
        (ada, NewEvent::new("sent").payload(json!({ "sum": 5 })).idempotency_key("k1")),
        (ada, NewEvent::new("paid").payload(json!({ "sum": 6 })).idempotency_key("k1")),
        (ada, NewEvent::new("paid").idempotency_key("k1")),
    ] {
        assert_eq!(session.events().fire(contact, other).unwrap_err().code(), "idempotency-key-reused");
    }
    assert_eq!(session.events().of(bob).page().unwrap().items, []);
    for key in [String::new(), "k".repeat(limits::IDEMPOTENCY_KEY + 1)] {
        assert_eq!(session.events().fire(ada, paid(&key)).unwrap_err().code(), "invalid");
    }
    // The event of a purged contact is gone, so the key is free.
    session.remove(ada).unwrap();
    session.purge(ada).unwrap();
    assert_eq!(session.events().fire(ada, paid("k1")).unwrap_err().code(), "no-contact");
}

#[test]
fn a_job_is_created_once_for_a_key() {
    let (_store, session) = open_store();
    let vip = session.tags().add(TagPatch::new().name("VIP")).unwrap().id;
    session.add(new("Ada", "")).unwrap();
    let job = || NewJob::new(JobAction::Tag { tag: vip }, Filter::all([])).idempotency_key("nightly");
    let first = session.jobs().create(job()).unwrap();
    let running = session.jobs().run_batch(first.id, 10).unwrap();
    assert_eq!(running.job.done, 1);
    // The result has the progress of now.
    assert_eq!(session.jobs().create(job()).unwrap(), running.job);
    assert_eq!(session.jobs().list().page().unwrap().items.len(), 1);
    let others = [
        job().dry_run(true),
        job().network(SMS),
        NewJob::new(JobAction::Untag { tag: vip }, Filter::all([])).idempotency_key("nightly"),
        NewJob::new(JobAction::Tag { tag: vip }, Filter::tag("VIP")).idempotency_key("nightly"),
    ];
    for other in others {
        assert_eq!(session.jobs().create(other).unwrap_err().code(), "idempotency-key-reused");
    }
    // The key of an event is another one, and a deleted job frees its key.
    let ada = session.contacts().page().unwrap().items.remove(0).id;
    session.events().declare("paid").unwrap();
    session.events().fire(ada, NewEvent::new("paid").idempotency_key("nightly")).unwrap();
    session.jobs().delete(first.id).unwrap();
    assert_ne!(session.jobs().create(job()).unwrap().id, first.id);
}

/// A key of another actor changes nothing: it would tell about calls that the actor does not see.
#[test]
fn a_key_belongs_to_its_actor() {
    let store = Options::new().open_in_memory().unwrap();
    let system = store.session(Actor::System);
    let tenant = system.directory().tenants().unwrap()[0].id;
    let add =
        |name: &str| system.directory().add_advisor(NewAdvisor::new(name, "").tenant(tenant)).unwrap().id;
    let (ada, eve) = (add("Ada"), add("Eve"));
    let contact = system.add(new("Zoe", "").advisor(ada).advisor(eve)).unwrap().id;
    system.events().declare("paid").unwrap();
    let actors = [Actor::System, Actor::Administrator(tenant), Actor::Advisor(ada), Actor::Advisor(eve)];
    let fire = |actor, number: u32| {
        let event = NewEvent::new("paid").payload(number.into()).idempotency_key("k");
        store.session(actor).events().fire(contact, event).unwrap().seq
    };
    let first: Vec<_> = actors.iter().zip(1..).map(|(actor, number)| fire(*actor, number)).collect();
    let again: Vec<_> = actors.iter().zip(1..).map(|(actor, number)| fire(*actor, number)).collect();
    assert_eq!(first, again);
    assert_eq!(system.events().of(contact).page().unwrap().items.len(), actors.len());
}

#[test]
fn a_key_expires_after_a_day() {
    let clock = ManualClock::new();
    let store = Options::new().clock(clock.clone()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let ada = session.add(new("Ada", "")).unwrap().id;
    session.events().declare("paid").unwrap();
    let fire = |payload: u32| {
        session.events().fire(ada, NewEvent::new("paid").payload(payload.into()).idempotency_key("k"))
    };
    let first = fire(1).unwrap().seq;
    clock.0.fetch_add(limits::IDEMPOTENCY_MS, Ordering::Relaxed);
    assert_eq!(fire(1).unwrap().seq, first);
    clock.0.fetch_add(1, Ordering::Relaxed);
    let second = fire(2).unwrap().seq;
    assert_ne!(second, first);
    assert_eq!(fire(2).unwrap().seq, second);
    // A call deletes a hundred expired keys at most. Those that are left have expired too.
    for number in 0..150 {
        let event = NewEvent::new("paid").idempotency_key(format!("older {number}"));
        session.events().fire(ada, event).unwrap();
    }
    clock.0.fetch_add(1, Ordering::Relaxed);
    let third = fire(2).unwrap().seq;
    assert_eq!(third, second);
    let newest = || session.events().fire(ada, NewEvent::new("paid").idempotency_key("newest")).unwrap().seq;
    let first = newest();
    clock.0.fetch_add(limits::IDEMPOTENCY_MS + 1, Ordering::Relaxed);
    assert_ne!(newest(), first);
}
