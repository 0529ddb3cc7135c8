//! Search and lists answer what a look at every row would, after any sequence of writes. The library's unit tests run this
//! file too, with thresholds at which a dozen rows make segments and merges.

use std::time::Duration;

use proptest::prelude::*;

use crate::support::cases;
use crate::support::model::Eye;
use crate::support::world::{Op, World, ops};

fn run(ops: &[(bool, Op)]) {
    let mut world = World::new();
    for (second, op) in ops {
        world.apply(usize::from(*second), op);
    }
    world.compare_all();
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn answers_equal_the_rows(ops in ops(40)) {
        run(&ops);
    }

    /// One order of lists is made beside the other while all this goes on, and answers when it is whole.
    #[test]
    fn answers_are_correct_during_relocalizing(before in ops(30), during in ops(20)) {
        let mut world = World::new();
        for (second, op) in &before {
            world.apply(usize::from(*second), op);
        }
        world.reorder(1, true);
        for (second, op) in &during {
            world.apply(usize::from(*second), op);
            world.compare_list(usize::from(!*second), Eye::System, None, false);
        }
        while !world.store(0).maintain(Duration::ZERO).unwrap() {
            world.compare_list(1, Eye::Advisor(0), None, false);
        }
        world.compare_all();
    }

    /// Search keys are made anew while all this goes on: after every step and every slice, all that is asked finds what it should.
    #[test]
    fn answers_are_correct_during_reindexing(
        before in ops(30), during in ops(20), seed in any::<u64>(), refold in any::<bool>(),
    ) {
        let mut world = World::new();
        for (second, op) in &before {
            world.apply(usize::from(*second), op);
        }
        world.refold(1);
        for (at, (second, op)) in during.iter().enumerate() {
            world.apply(usize::from(*second), op);
            world.look(usize::from(!*second), seed ^ at as u64, 2);
        }
        if refold {
            world.refold(0);
        }
        for at in 0.. {
            world.look(1, seed.wrapping_add(at), 2);
            prop_assert!(world.store(0).check().unwrap().is_ok());
            if at % 5 == 4 {
                world.close(0);
            }
            if world.store(0).maintain(Duration::ZERO).unwrap() {
                break;
            }
        }
        world.compare_all();
    }

    /// A walk keeps its order, whether it begins before, during or after, and also if all keys are taken away once more.
    #[test]
    fn walks_continue_during_reindexing(ops in ops(40), limit in 1..4_usize, again in any::<bool>()) {
        let mut world = World::new();
        for (second, op) in &ops {
            world.apply(usize::from(*second), op);
        }
        for (eye, query) in [(Eye::System, "a"), (Eye::Advisor(0), ""), (Eye::Administrator(1), "b")] {
            let mut begun = false;
            world.walk_during(eye, query, limit, |world| {
                if !begun || again {
                    world.refold(1);
                }
                begun = true;
            });
            while !world.store(0).maintain(Duration::ZERO).unwrap() {}
            // From the whole order into the middle of it.
            begun = false;
            world.walk_during(eye, query, limit, |world| {
                if begun {
                    world.refold(1);
                }
                begun = true;
            });
        }
        world.compare_all();
    }
}
