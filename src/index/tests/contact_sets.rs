//! Sets of contacts by a prefix: complete, or reported as incomplete.

use crate::Session;
use crate::db::{Owner, Scope};
use crate::index::index_key::TermField;
use crate::index::tests::small_store;
use crate::index::{BlockCache, IndexReader, NO_DEDUP, PostingScan, list_members};
use crate::model::{Network, NewAdvisor, NewContact};

/// Runs `work` with a reader of the current index.
fn with_index<T>(session: &Session, work: impl FnOnce(IndexReader<'_>) -> T) -> T {
    let cache = BlockCache::new(1 << 20);
    session
        .engine
        .read(&session.cancel_token(), |snapshot| {
            snapshot.refresh()?;
            Ok(work(IndexReader { db: &snapshot.db, cache: &cache, state: &*snapshot.view }))
        })
        .unwrap()
}

/// The lists of all contacts, one for each network.
fn tenant_scopes() -> Vec<Scope> {
    (1..9).map(|network| Owner::Tenant(1).on_network(network)).collect()
}

/// A posting is skipped if a better term of the contact also starts with the query, and for no other query.
#[test]
fn duplicate_terms_are_skipped_where_a_better_term_matches() {
    let (store, session) = small_store();
    for (first, last) in [("Anna", "Annab"), ("Bert", "Annab"), ("Carl", "Dorn")] {
        session.add(NewContact::new(Network::SMS_DIRECT, first, last)).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        let collect = |prefix: &str, dedup_text: &str| {
            with_index(&session, |index| {
                let ranges = vec![(TermField::LastName, vec![prefix.to_owned()])];
                let scan = PostingScan::plan(index, &tenant_scopes(), &ranges).unwrap();
                let (found, is_complete) = scan.collect(index, dedup_text, usize::MAX).unwrap();
                assert!(is_complete);
                found.iter().collect::<Vec<_>>()
            })
        };
        for (prefix, dedup_text, expected) in [
            ("annab", NO_DEDUP, &[1, 2][..]),
            ("annab", "annab", &[1, 2]),
            ("annab", "anna", &[2]),
            ("annab", "a", &[2]),
            ("annab", "d", &[1, 2]),
            ("d", "d", &[3]),
            ("x", NO_DEDUP, &[]),
        ] {
            assert_eq!(
                collect(prefix, dedup_text),
                expected,
                "{prefix:?} for {dedup_text:?}, rebuilt: {rebuilt}"
            );
        }
    }
}

/// A set that is not read to its end must not pass for a complete one.
#[test]
fn incomplete_set_is_reported() {
    let (store, session) = small_store();
    for n in 0..40 {
        session.add(NewContact::new(Network::SMS_DIRECT, format!("Ann{n:02}"), "Dorn")).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        with_index(&session, |index| {
            let ranges =
                vec![(TermField::FirstName, vec!["ann0".to_owned(), "ann1".to_owned(), "ann3".to_owned()])];
            let scan = PostingScan::plan(index, &tenant_scopes(), &ranges).unwrap();
            for limit in [0, 9, 10, 29] {
                assert!(
                    !scan.collect(index, NO_DEDUP, limit).unwrap().1,
                    "limit {limit}, rebuilt: {rebuilt}"
                );
            }
            for limit in [30, 31, usize::MAX] {
                let (found, is_complete) = scan.collect(index, NO_DEDUP, limit).unwrap();
                assert_eq!((found.len(), is_complete), (30, true), "limit {limit}, rebuilt: {rebuilt}");
            }
        });
    }
}

/// The cached members of one advisor's lists are not used for another advisor.
#[test]
fn member_cache_is_kept_per_advisor() {
    let (_store, session) = small_store();
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    for (name, advisor) in [("Anna", ada), ("Bert", bob), ("Carl", ada)] {
        session.add(NewContact::new(Network::SMS_DIRECT, name, "").advisor(advisor)).unwrap();
    }
    with_index(&session, |index| {
        let members = |advisor: i64| {
            let scopes: Vec<Scope> =
                (1..9).map(|network| Owner::Advisor(advisor).on_network(network)).collect();
            list_members(index, &scopes).unwrap().iter().collect::<Vec<_>>()
        };
        for _ in 0..2 {
            assert_eq!(members(1), [1, 3]);
            assert_eq!(members(2), [2]);
            assert_eq!(members(2), [2]);
        }
    });
}

/// Sets stay in memory until the next write, the ones used last.
#[test]
fn sets_are_kept_until_the_next_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = crate::Options::new()
        .tuning(crate::host::tuning::Tuning::small())
        .open(folder.path().join("book.cardex"))
        .unwrap();
    let session = store.session(crate::Actor::System);
    let add = |name: &str| {
        session.add(NewContact::new(Network::SMS_DIRECT, name, "Dorn")).unwrap();
    };
    for name in ["Anna", "Bert", "Carl"] {
        add(name);
    }
    let looked_up = || {
        with_index(&session, |index| {
            let scan = |prefix: &str| {
                let ranges = vec![(TermField::FirstName, vec![prefix.to_owned()])];
                PostingScan::plan(index, &tenant_scopes(), &ranges).unwrap()
            };
            let [a, b, c] = ["a", "b", "c"].map(scan);
            let first = a.collect_cached(index, NO_DEDUP, 9).unwrap().unwrap();
            let is_kept = |set: &PostingScan| set.cached(index, NO_DEDUP).is_some();
            assert!(is_kept(&a) && a.cached(index, "anna").is_none(), "the set of another query");
            let again = a.collect_cached(index, NO_DEDUP, 9).unwrap().unwrap();
            assert!(std::sync::Arc::ptr_eq(&first, &again));
            b.collect_cached(index, NO_DEDUP, 9).unwrap().unwrap();
            assert!(is_kept(&a), "now the one used last");
            c.collect_cached(index, NO_DEDUP, 9).unwrap().unwrap();
            assert_eq!([&a, &b, &c].map(is_kept), [true, false, true]);
            assert!(b.collect_cached(index, NO_DEDUP, 0).unwrap().is_none(), "too large");
            first.iter().collect::<Vec<_>>()
        })
    };
    assert_eq!(looked_up(), [1]);
    add("Amos");
    assert_eq!(looked_up(), [1, 4]);
}
