//! Sections, counts and positions of lists with many buckets. `equivalence.rs` compares the same with the model for
//! every kind of write, on small stores.

use crate::support::Random;
use crate::support::labels::Labels;
use crate::support::model::{ALPHABET, Viewer};
use crate::support::model_ops::{Draft, Op};
use crate::support::model_store::ModelStore;

fn draft(random: &mut Random) -> Draft {
    let mut name =
        |most: usize| (0..random.below(most)).map(|_| ALPHABET[random.below(ALPHABET.len())]).collect();
    let (first, last): (String, String) = (name(5), name(6));
    Draft {
        // Many contacts share a name, so that buckets end among equal names.
        last: if random.below(3) == 0 { "ab".to_owned() } else { last },
        first: if random.below(2) == 0 { "c".to_owned() } else { first },
        display: String::new(),
        nickname: String::new(),
        company: String::new(),
        email: String::new(),
        phone: false,
        identifier: String::new(),
        tenant: usize::from(random.below(10) == 0),
        shared: random.below(20) == 0,
        network: usize::from(random.below(5) == 0),
        advisors: if random.below(2) == 0 { vec![0] } else { Vec::new() },
        labels: Labels::default(),
    }
}

#[test]
fn positions_in_long_lists() {
    let mut model_store = ModelStore::new();
    let mut random = Random::new(3);
    for round in 0..2 {
        let many = (0..2_000).map(|_| draft(&mut random)).collect();
        model_store.apply(0, &Op::AddMany(many));
        for _ in 0..150 {
            let who = random.below(10_000);
            let op = match random.below(6) {
                0 => Op::Remove(who),
                1 => Op::Purge(who),
                2 => Op::Link(who, 0),
                3 => Op::Add(draft(&mut random)),
                _ => Op::Edit(who, draft(&mut random)),
            };
            model_store.apply(random.below(2), &op);
        }
        if round == 0 {
            model_store.reorder(1, true);
        }
        for (viewer, network) in [
            (Viewer::System, None),
            (Viewer::Administrator(0), Some(0)),
            (Viewer::Advisor(0), None),
            (Viewer::AdvisorList(0), Some(1)),
        ] {
            model_store.compare_list(0, viewer, network, false);
        }
        model_store.compare_list(1, Viewer::System, None, true);
        let report = model_store.store(0).check().unwrap();
        assert!(report.is_ok(), "{report:?}");
    }
}
