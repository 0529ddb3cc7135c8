//! Letters, counts and positions where the lists are long enough to be counted in many runs. `equivalence.rs` holds the same
//! against the model over every kind of write, on books of a dozen.

use crate::support::Dice;
use crate::support::labels::Labels;
use crate::support::model::{ALPHABET, Eye};
use crate::support::world::{Draft, Op, World};

fn draft(dice: &mut Dice) -> Draft {
    let mut name =
        |most: usize| (0..dice.below(most)).map(|_| ALPHABET[dice.below(ALPHABET.len())]).collect();
    let (first, last): (String, String) = (name(5), name(6));
    Draft {
        // Many share a name: a run can end among them.
        last: if dice.below(3) == 0 { "ab".to_owned() } else { last },
        first: if dice.below(2) == 0 { "c".to_owned() } else { first },
        display: String::new(),
        nickname: String::new(),
        company: String::new(),
        email: String::new(),
        phone: false,
        identifier: String::new(),
        tenant: usize::from(dice.below(10) == 0),
        shared: dice.below(20) == 0,
        network: usize::from(dice.below(5) == 0),
        advisors: if dice.below(2) == 0 { vec![0] } else { Vec::new() },
        labels: Labels::default(),
    }
}

#[test]
fn positions_in_long_lists() {
    let mut world = World::new();
    let mut dice = Dice::new(3);
    for round in 0..2 {
        let many = (0..2_000).map(|_| draft(&mut dice)).collect();
        world.apply(0, &Op::AddMany(many));
        for _ in 0..150 {
            let who = dice.below(10_000);
            let op = match dice.below(6) {
                0 => Op::Remove(who),
                1 => Op::Purge(who),
                2 => Op::Link(who, 0),
                3 => Op::Add(draft(&mut dice)),
                _ => Op::Edit(who, draft(&mut dice)),
            };
            world.apply(dice.below(2), &op);
        }
        if round == 0 {
            world.reorder(1, true);
        }
        for (eye, network) in [
            (Eye::System, None),
            (Eye::Administrator(0), Some(0)),
            (Eye::Advisor(0), None),
            (Eye::Over(0), Some(1)),
        ] {
            world.compare_list(0, eye, network, false);
        }
        world.compare_list(1, Eye::System, None, true);
        let health = world.store(0).check().unwrap();
        assert!(health.is_ok(), "{health:?}");
    }
}
