//! Search and lists answer what a look at every row would, after any sequence of writes. The library's unit tests run this
//! file too, with thresholds at which a dozen rows make segments and merges.

use proptest::prelude::*;

use crate::support::cases;
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
}
