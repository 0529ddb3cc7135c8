//! Sets of contacts by a beginning: whole, or said not to be.

use crate::db::{Owner, Scope};
use crate::index::key::Shelf;
use crate::index::plan::NEVER;
use crate::index::read::candidate_filter::{Extent, members};
use crate::index::read::candidate_stream::Index;
use crate::index::segment::block_cache::PartCache;
use crate::model::{Network, NewAdvisor, NewContact};
use crate::{Actor, Options, Session};

/// What an index has, as it is now.
fn look<T>(desk: &Session, work: impl FnOnce(Index<'_>) -> T) -> T {
    let cache = PartCache::new(1 << 20);
    desk.inner
        .read(&desk.watch(), |snapshot| {
            snapshot.refresh()?;
            Ok(work(Index { db: &snapshot.db, cache: &cache, view: &*snapshot.view }))
        })
        .unwrap()
}

/// Every network's list of everybody.
fn everybody() -> Vec<Scope> {
    (1..9).map(|network| Owner::Tenant(1).on(network)).collect()
}

/// A key is hidden from a text that a better key of the contact starts with too, and from no other.
#[test]
fn hidden_keys_are_left_out_where_a_better_one_is_found() {
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
            look(&desk, |index| {
                let reach = vec![(Shelf::Last, vec![beginning.to_owned()])];
                let extent = Extent::of(index, &everybody(), &reach).unwrap();
                let (found, whole) = extent.look_up(index, plain, usize::MAX).unwrap();
                assert!(whole);
                found.iter().collect::<Vec<_>>()
            })
        };
        for (beginning, plain, expected) in [
            ("annab", NEVER, &[1, 2][..]),
            ("annab", "annab", &[1, 2]),
            ("annab", "anna", &[2]),
            ("annab", "a", &[2]),
            ("annab", "d", &[1, 2]),
            ("d", "d", &[3]),
            ("x", NEVER, &[]),
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
fn a_set_that_is_not_whole_says_so() {
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
        look(&desk, |index| {
            let reach = vec![(Shelf::First, vec!["ann0".to_owned(), "ann1".to_owned(), "ann3".to_owned()])];
            let extent = Extent::of(index, &everybody(), &reach).unwrap();
            for most in [0, 9, 10, 29] {
                assert!(
                    !extent.look_up(index, NEVER, most).unwrap().1,
                    "at most {most}, made anew: {rebuilt}"
                );
            }
            for most in [30, 31, usize::MAX] {
                let (found, whole) = extent.look_up(index, NEVER, most).unwrap();
                assert_eq!((found.len(), whole), (30, true), "at most {most}, made anew: {rebuilt}");
            }
        });
    }
}

/// What is kept of one advisor's lists is not taken for another's.
#[test]
fn every_advisor_has_their_own_members() {
    let store = Options::new().open_in_memory().unwrap();
    let desk = store.session(Actor::System);
    let [ada, bob] = ["Ada", "Bob"].map(|name| desk.add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    for (name, advisor) in [("Anna", ada), ("Bert", bob), ("Carl", ada)] {
        desk.add(NewContact::new(Network::SMS_DIRECT, name, "").advisor(advisor)).unwrap();
    }
    look(&desk, |index| {
        let of = |advisor: i64| {
            let scopes: Vec<Scope> = (1..9).map(|network| Owner::Advisor(advisor).on(network)).collect();
            members(index, &scopes).unwrap().iter().collect::<Vec<_>>()
        };
        for _ in 0..2 {
            assert_eq!(of(1), [1, 3]);
            assert_eq!(of(2), [2]);
            assert_eq!(of(2), [2]);
        }
    });
}
