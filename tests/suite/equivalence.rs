//! Search and lists equal a look at every row after any sequence of writes. The binary `small` runs this file too, with
//! sizes at which a dozen rows make segments and compactions.

use std::time::Duration;

use proptest::prelude::*;

use crate::support::cases;
use crate::support::model::Viewer;
use crate::support::model_ops::{Op, ops};
use crate::support::model_store::ModelStore;

fn run(ops: &[(bool, Op)]) {
    let mut model_store = ModelStore::new();
    for (second, op) in ops {
        model_store.apply(usize::from(*second), op);
    }
    model_store.compare_all();
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn answers_equal_the_rows(ops in ops(40)) {
        run(&ops);
    }

    /// Relocalizing runs during the writes, and the new order answers when it is complete.
    #[test]
    fn answers_are_correct_during_relocalizing(before in ops(30), during in ops(20)) {
        let mut model_store = ModelStore::new();
        for (second, op) in &before {
            model_store.apply(usize::from(*second), op);
        }
        model_store.reorder(1, true);
        for (second, op) in &during {
            model_store.apply(usize::from(*second), op);
            model_store.compare_list(usize::from(!*second), Viewer::System, None, false);
        }
        while !model_store.store(0).maintain(Duration::ZERO).unwrap() {
            model_store.compare_list(1, Viewer::Advisor(0), None, false);
        }
        model_store.compare_all();
    }

    /// Reindexing runs during the writes. After every step and every batch, all searches find what they should.
    #[test]
    fn answers_are_correct_during_reindexing(
        before in ops(30), during in ops(20), seed in any::<u64>(), refold in any::<bool>(),
    ) {
        let mut model_store = ModelStore::new();
        for (second, op) in &before {
            model_store.apply(usize::from(*second), op);
        }
        model_store.refold(1);
        for (at, (second, op)) in during.iter().enumerate() {
            model_store.apply(usize::from(*second), op);
            model_store.look(usize::from(!*second), seed ^ at as u64, 2);
        }
        if refold {
            model_store.refold(0);
        }
        for at in 0.. {
            model_store.look(1, seed.wrapping_add(at), 2);
            prop_assert!(model_store.store(0).check().unwrap().is_ok());
            if at % 5 == 4 {
                model_store.close(0);
            }
            if model_store.store(0).maintain(Duration::ZERO).unwrap() {
                break;
            }
        }
        model_store.compare_all();
    }

    /// A walk keeps its order, whether it begins before, during or after reindexing, and also if reindexing starts
    /// again.
    #[test]
    fn walks_continue_during_reindexing(ops in ops(40), limit in 1..4_usize, again in any::<bool>()) {
        let mut model_store = ModelStore::new();
        for (second, op) in &ops {
            model_store.apply(usize::from(*second), op);
        }
        for (viewer, query) in [(Viewer::System, "a"), (Viewer::Advisor(0), ""), (Viewer::Administrator(1), "b")] {
            let mut begun = false;
            model_store.walk_during(viewer, query, limit, |model_store| {
                if !begun || again {
                    model_store.refold(1);
                }
                begun = true;
            });
            while !model_store.store(0).maintain(Duration::ZERO).unwrap() {}
            // From the complete index into the middle of reindexing.
            begun = false;
            model_store.walk_during(viewer, query, limit, |model_store| {
                if begun {
                    model_store.refold(1);
                }
                begun = true;
            });
        }
        model_store.compare_all();
    }
}
