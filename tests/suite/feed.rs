//! The change log as a feed, and its subscribers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cardex::changes::ChangeKind;
use cardex::events::NewEvent;
use cardex::{Actor, ContactPatch, Error, Interrupt, NewAdvisor, Options, Session, Timestamp};
use tempfile::tempdir;

use crate::support::{START, new, open_store, options, store_at};

/// All changes, read page by page.
fn whole(session: &Session, limit: usize, not: Option<&str>) -> Vec<i64> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let mut changes = session.changes().after(after).limit(limit);
        if let Some(not) = not {
            changes = changes.exclude_origin(not);
        }
        let page = changes.page().unwrap();
        assert!(page.items.len() <= limit && page.next >= after);
        all.extend(page.items.iter().map(|change| change.seq));
        if !page.more {
            return all;
        }
        assert!(page.next > after, "a page with more behind it moves on");
        after = page.next;
    }
}

#[test]
fn an_administrator_reads_changes_of_the_tenant_and_of_shared_contacts() {
    use ChangeKind::{Add, Link};

    let (store, system) = open_store();
    let home = system.directory().tenants().unwrap()[0].id;
    let away = system.directory().add_tenant("away").unwrap().id;
    let there = store.session(Actor::System).in_tenant(away);
    let advisor = there.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    let ours = system.add(new("Ada", "Ash")).unwrap();
    let theirs = there.add(new("Bea", "Birch")).unwrap();
    let shared = system.add(new("Cleo", "Cedar").shared()).unwrap();
    system.link(shared.id, advisor).unwrap();
    let reported = |tenant| {
        let page = store.session(Actor::Administrator(tenant)).changes().page().unwrap();
        page.items.iter().map(|change| (change.contact, change.kind, change.tenant)).collect::<Vec<_>>()
    };
    assert_eq!(reported(home), [(ours.id, Add, Some(home)), (shared.id, Add, None)]);
    let away_sees = [(theirs.id, Add, Some(away)), (shared.id, Add, None), (shared.id, Link, Some(away))];
    assert_eq!(reported(away), away_sees, "links of a shared contact are reported to their tenant only");
    assert_eq!(system.changes().page().unwrap().items.len(), 4);
    let advisor = store.session(Actor::Advisor(advisor));
    assert_eq!(advisor.changes().page().unwrap_err().code(), "forbidden");
}

#[test]
fn an_origin_is_excluded_from_pages_of_any_size() {
    let (store, session) = open_store();
    let sync = store.session(Actor::System).origin("sync");
    let mut kept = Vec::new();
    for n in 0..30 {
        let by = if n % 3 == 0 { &session } else { &sync };
        let id = by.add(new(&format!("N{n}"), "")).unwrap().id;
        if n % 3 == 0 {
            kept.push(id);
        }
    }
    let all: Vec<i64> = (1..=30).collect();
    for limit in [1, 2, 7, 30, 1_000] {
        assert_eq!(whole(&session, limit, None), all);
        let some = whole(&session, limit, Some("sync"));
        let ids =
            some.iter().map(|seq| session.changes().after(seq - 1).limit(1).page().unwrap().items[0].contact);
        assert_eq!(ids.collect::<Vec<_>>(), kept);
    }
    assert_eq!(whole(&session, 5, Some("")).len(), 20, "no origin is one too");
}

#[test]
fn a_reader_of_pruned_changes_must_read_everything() {
    let (store, session) = open_store();
    let ids: Vec<_> = (0..10).map(|n| session.add(new(&format!("N{n}"), "")).unwrap().id).collect();
    let log = session.changes().page().unwrap().items;
    assert_eq!(store.prune_changes(Timestamp(START)).unwrap(), 0);
    assert_eq!(store.prune_changes(log[4].at).unwrap(), 4);
    for after in [0, 3] {
        match session.changes().after(after).page() {
            Err(Error::Pruned { resume_after: resume }) => assert_eq!(resume, 10),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(session.changes().after(4).page().unwrap().items, log[4..]);
    // After pruning everything, sequence numbers continue.
    assert_eq!(store.prune_changes(Timestamp(i64::MAX)).unwrap(), 6);
    let Err(Error::Pruned { resume_after: resume }) = session.changes().after(9).page() else { panic!() };
    assert!(session.changes().after(resume).page().unwrap().items.is_empty());
    session.edit(ids[0], ContactPatch::new().company("Acme")).unwrap();
    let after = session.changes().after(resume).page().unwrap();
    assert_eq!((after.items.len(), after.items[0].seq), (1, 11));
    assert!(store.check().unwrap().is_ok());
    // A subscriber behind the pruned changes gets the same error, and continues after the given number.
    let mut late = session.subscribe().unwrap().after(2, 0);
    assert_eq!(late.wait(Duration::ZERO).unwrap_err().code(), "pruned");
    let mut late = late.after(resume, 0);
    assert_eq!(late.wait(Duration::ZERO).unwrap().changes.len(), 1);
}

#[test]
fn a_subscriber_is_woken_by_a_writer_of_the_same_store() {
    let folder = tempdir().unwrap();
    // The poll interval is an hour, so only a wake-up can end the wait.
    let store =
        options(1).poll_interval(Duration::from_secs(3_600)).open(folder.path().join("book")).unwrap();
    let session = store.session(Actor::System);
    session.events().declare("paid").unwrap();
    let mut news = session.subscribe().unwrap();
    assert!(news.wait(Duration::ZERO).unwrap().is_empty());
    let begun = Instant::now();
    let id = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            thread::sleep(Duration::from_millis(50));
            store.session(Actor::System).add(new("Ada", "Ash")).unwrap().id
        });
        let reported = news.wait(Duration::from_secs(600)).unwrap();
        let id = writer.join().unwrap();
        assert_eq!((reported.changes[0].contact, reported.events.len()), (id, 0));
        id
    });
    let event = session.events().fire(id, NewEvent::new("paid").payload(serde_json::json!([1]))).unwrap();
    assert_eq!(news.wait(Duration::from_secs(600)).unwrap().events, [event]);
    assert!(begun.elapsed() < Duration::from_secs(600), "no call waited for the poll interval");
    assert!(news.wait(Duration::from_millis(1)).unwrap().is_empty());
}

#[test]
fn a_subscriber_notices_another_store() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, session) = store_at(&path);
    let other = Options::new().open(&path).unwrap();
    let mut news = other.session(Actor::System).subscribe().unwrap();
    let seen = thread::scope(|scope| {
        let waiting = scope.spawn(|| news.wait(Duration::from_secs(600)).unwrap());
        session.add(new("Ada", "Ash")).unwrap();
        waiting.join().unwrap()
    });
    assert_eq!(seen.changes.len(), 1);
    drop(store);
}

#[test]
fn many_subscribers_miss_nothing_and_block_no_writer() {
    let folder = tempdir().unwrap();
    let (store, session) = store_at(&folder.path().join("book"));
    let idle = session.subscribe().unwrap(); // never polls
    let seen = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            let mut news = session.subscribe().unwrap();
            let seen = &seen;
            scope.spawn(move || {
                let mut last = 0;
                while last < 60 {
                    for change in news.wait(Duration::from_secs(60)).unwrap().changes {
                        assert_eq!(change.seq, last + 1, "each once, in order");
                        last = change.seq;
                        seen.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| (0..30).for_each(|n| drop(session.add(new(&format!("N{n}"), "")).unwrap())));
        }
    });
    assert_eq!(seen.into_inner(), 180);
    assert_eq!(idle.position(), (0, 0));
    drop(store);
}

/// A subscription starts at the current position of changes and events.
#[test]
fn a_subscription_starts_at_the_current_position() {
    let (store, session) = open_store();
    session.events().declare("seen").unwrap();
    let ada = session.add(new("Ada", "Ash")).unwrap().id;
    session.events().fire(ada, cardex::events::NewEvent::new("seen")).unwrap();
    let mut news = store.session(Actor::System).subscribe().unwrap();
    assert!(news.wait(Duration::ZERO).unwrap().is_empty());
    session.events().fire(ada, cardex::events::NewEvent::new("seen")).unwrap();
    let received = news.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(received.events.len(), 1);
    assert!(news.position().1 > 1, "{:?}", news.position());
}

#[test]
fn waiting_is_interruptible() {
    let (store, _) = open_store();
    let stop = Arc::new(Interrupt::new());
    let mut news = store.session(Actor::System).interrupted_by(&stop).subscribe().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| news.wait(Duration::from_secs(600)).unwrap_err().code());
        thread::sleep(Duration::from_millis(30));
        stop.interrupt();
        assert_eq!(waiting.join().unwrap(), "interrupted");
    });
    let hurried = store.session(Actor::System).deadline(Duration::from_millis(20));
    let mut news = hurried.subscribe().unwrap();
    assert_eq!(news.wait(Duration::from_secs(600)).unwrap_err().code(), "deadline");
}

#[test]
fn a_subscriber_receives_changes_of_its_tenant_only() {
    let (store, system) = open_store();
    let home = system.directory().tenants().unwrap()[0].id;
    let away = store.session(Actor::System).in_tenant(system.directory().add_tenant("away").unwrap().id);
    let mut news =
        store.session(Actor::Administrator(home)).origin("me").subscribe().unwrap().exclude_origin("me");
    away.events().declare("paid").unwrap();
    let theirs = away.add(new("Bea", "Birch")).unwrap().id;
    away.events().fire(theirs, NewEvent::new("paid")).unwrap();
    store.session(Actor::Administrator(home)).origin("me").add(new("Ada", "Ash")).unwrap();
    assert!(news.wait(Duration::ZERO).unwrap().is_empty());
    assert_eq!(news.position(), (2, 1), "changes of others are skipped");
    assert_eq!(
        Options::new().poll_interval(Duration::ZERO).open_in_memory().unwrap_err().code(),
        "bad-option"
    );
}
