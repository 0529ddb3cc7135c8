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
    fn answers_are_those_of_the_rows(ops in ops(40)) {
        run(&ops);
    }

    /// One order of lists is made beside the other while all this goes on, and answers when it is whole.
    #[test]
    fn answers_are_right_while_the_order_changes(before in ops(30), during in ops(20)) {
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
}
