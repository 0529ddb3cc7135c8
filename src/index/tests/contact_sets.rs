//! Sets of contacts by a beginning: whole, or said not to be.

use crate::db::{Owner, Scope};
use crate::index::index_key::TermField;
use crate::index::plan::NO_DEDUP;
use crate::index::read::candidate_stream::IndexReader;
use crate::index::read::contact_sets::{PostingScan, list_members};
use crate::index::segment::block_cache::BlockCache;
use crate::model::{Network, NewAdvisor, NewContact};
use crate::{Actor, Options, Session};

/// What an index has, as it is now.
fn with_index<T>(desk: &Session, work: impl FnOnce(IndexReader<'_>) -> T) -> T {
    let cache = BlockCache::new(1 << 20);
    desk.engine
        .read(&desk.cancel_token(), |snapshot| {
            snapshot.refresh()?;
            Ok(work(IndexReader { db: &snapshot.db, cache: &cache, state: &*snapshot.view }))
        })
        .unwrap()
}

/// Every network's list of everybody.
fn tenant_scopes() -> Vec<Scope> {
    (1..9).map(|network| Owner::Tenant(1).on_network(network)).collect()
}

/// A key is hidden from a text that a better key of the contact starts with too, and from no other.
#[test]
fn duplicate_terms_are_skipped_where_a_better_term_matches() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for (first, last) in [("Anna", "Annab"), ("Bert", "Annab"), ("Carl", "Dorn")] {
        desk.add(NewContact::new(Network::SMS_DIRECT, first, last)).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        let looked = |beginning: &str, plain: &str| {
            with_index(&desk, |index| {
                let reach = vec![(TermField::LastName, vec![beginning.to_owned()])];
                let extent = PostingScan::plan(index, &tenant_scopes(), &reach).unwrap();
                let (found, whole) = extent.collect(index, plain, usize::MAX).unwrap();
                assert!(whole);
                found.iter().collect::<Vec<_>>()
            })
        };
        for (beginning, plain, expected) in [
            ("annab", NO_DEDUP, &[1, 2][..]),
            ("annab", "annab", &[1, 2]),
            ("annab", "anna", &[2]),
            ("annab", "a", &[2]),
            ("annab", "d", &[1, 2]),
            ("d", "d", &[3]),
            ("x", NO_DEDUP, &[]),
        ] {
            assert_eq!(
                looked(beginning, plain),
                expected,
                "{beginning:?} for {plain:?}, made anew: {rebuilt}"
            );
        }
    }
}

/// A set that was not looked up to its end must not be taken for all there is.
#[test]
fn incomplete_set_is_reported() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    for n in 0..40 {
        desk.add(NewContact::new(Network::SMS_DIRECT, format!("Ann{n:02}"), "Dorn")).unwrap();
    }
    for rebuilt in [false, true] {
        if rebuilt {
            store.rebuild_index().unwrap();
            store.optimize().unwrap();
        }
        with_index(&desk, |index| {
            let reach =
                vec![(TermField::FirstName, vec!["ann0".to_owned(), "ann1".to_owned(), "ann3".to_owned()])];
            let extent = PostingScan::plan(index, &tenant_scopes(), &reach).unwrap();
            for most in [0, 9, 10, 29] {
                assert!(
                    !extent.collect(index, NO_DEDUP, most).unwrap().1,
                    "at most {most}, made anew: {rebuilt}"
                );
            }
            for most in [30, 31, usize::MAX] {
                let (found, whole) = extent.collect(index, NO_DEDUP, most).unwrap();
                assert_eq!((found.len(), whole), (30, true), "at most {most}, made anew: {rebuilt}");
            }
        });
    }
}

/// What is kept of one advisor's lists is not taken for another's.
#[test]
fn member_cache_is_kept_per_advisor() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| desk.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    for (name, advisor) in [("Anna", ada), ("Bert", bob), ("Carl", ada)] {
        desk.add(NewContact::new(Network::SMS_DIRECT, name, "").advisor(advisor)).unwrap();
    }
    with_index(&desk, |index| {
        let of = |advisor: i64| {
            let scopes: Vec<Scope> =
                (1..9).map(|network| Owner::Advisor(advisor).on_network(network)).collect();
            list_members(index, &scopes).unwrap().iter().collect::<Vec<_>>()
        };
        for _ in 0..2 {
            assert_eq!(of(1), [1, 3]);
            assert_eq!(of(2), [2]);
            assert_eq!(of(2), [2]);
        }
    });
}
