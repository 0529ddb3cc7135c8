//! How many of the known duplicates of generated books are proposed, and how many proposals are right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::cast_precision_loss, clippy::print_stdout)]

use std::collections::{BTreeMap, HashMap};

use cardex::directory::NetworkPolicy;
use cardex::{Actor, ContactId, Network, Options, Session, Store};
use cardex_demo::{Demo, KnownContact};

/// The score from which the bounds below hold. It is the default of `Session::duplicates`.
const MIN_SCORE: f64 = 0.8;

/// A book, and the person of each contact.
fn book(demo: &Demo) -> (Store, HashMap<ContactId, u64>) {
    let store = Options::new().open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let network = Network::new("PEOPLE").unwrap();
    session.directory().add_network(&NetworkPolicy::new(network.clone()).unique_phone(false)).unwrap();
    let mut persons = HashMap::new();
    for KnownContact { person, mut contact, .. } in demo.known_duplicates() {
        contact.network = network.clone();
        contact.status = None;
        // A few numbers are in no numbering plan; a copy without any value is no contact.
        if let Ok(added) = session.add(contact) {
            persons.insert(added.id, person);
        }
    }
    (store, persons)
}

struct Counts {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Counts {
    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

fn measure(session: &Session, persons: &HashMap<ContactId, u64>, min_score: f64, show: bool) -> Counts {
    let mut of_person: BTreeMap<u64, usize> = BTreeMap::new();
    for person in persons.values() {
        *of_person.entry(*person).or_default() += 1;
    }
    let known: usize = of_person.values().map(|count| count * (count - 1) / 2).sum();
    let (mut right, mut wrong) = (0, 0);
    for group in session.duplicates().min_score(min_score).iter() {
        let group = group.unwrap();
        for pair in &group.pairs {
            if persons[&pair.first] == persons[&pair.second] {
                right += 1;
            } else {
                wrong += 1;
                if show {
                    let name =
                        |id| {
                            group.contacts.iter().find(|contact| contact.id == id).map(|one| {
                                format!("{} | {} | {}", one.first_name, one.last_name, one.company)
                            })
                        };
                    println!(
                        "wrong {:.2} {:?} {:?} {:?} {:?}",
                        pair.score,
                        name(pair.first),
                        name(pair.second),
                        pair.evidence.iter().map(|one| one.kind).collect::<Vec<_>>(),
                        pair.conflicts
                    );
                }
            }
        }
    }
    Counts { right, wrong, missed: known - right }
}

#[test]
fn most_known_duplicates_are_proposed_and_few_others() {
    let show = std::env::var_os("CARDEX_SHOW").is_some();
    let mut bounds = Vec::new();
    for seed in [1, 2] {
        let (store, persons) = book(&Demo::new(seed, 3_000).with_advisors(0));
        let session = store.session(Actor::System);
        for min_score in [0.3, 0.6, 0.7, MIN_SCORE, 0.85, 0.9, 0.95] {
            let counts =
                measure(&session, &persons, min_score, show && (min_score - MIN_SCORE).abs() < 0.001);
            let (precision, recall) = (counts.precision(), counts.recall());
            println!(
                "seed {seed}, {} contacts, score {min_score:.2}: precision {precision:.4}, recall {recall:.4} ({} right, {} wrong, {} missed)",
                persons.len(),
                counts.right,
                counts.wrong,
                counts.missed
            );
            if (min_score - MIN_SCORE).abs() < 0.001 {
                bounds.push((precision, recall));
            }
        }
        if show {
            show_missed(&session, &persons);
        }
    }
    for (precision, recall) in bounds {
        assert!(precision >= 0.98, "{precision}");
        assert!(recall >= 0.90, "{recall}");
    }
}

/// Prints known duplicates that are not proposed.
fn show_missed(session: &Session, persons: &HashMap<ContactId, u64>) {
    let mut found = std::collections::BTreeSet::new();
    for group in session.duplicates().min_score(MIN_SCORE).iter() {
        found.extend(group.unwrap().pairs.iter().map(|pair| (pair.first, pair.second)));
    }
    let mut of_person: BTreeMap<u64, Vec<ContactId>> = BTreeMap::new();
    for (id, person) in persons {
        of_person.entry(*person).or_default().push(*id);
    }
    let text = |id| {
        let one = session.get(id).unwrap().unwrap();
        let phones: Vec<_> = one.phones.iter().map(|phone| phone.normalized.clone()).collect();
        let emails: Vec<_> = one.emails.iter().map(|email| email.text.clone()).collect();
        format!(
            "{} | {} | {} | {} | {phones:?} {emails:?}",
            one.first_name, one.last_name, one.nickname, one.company
        )
    };
    for mut ids in of_person.into_values() {
        ids.sort_unstable();
        for (at, one) in ids.iter().enumerate() {
            for other in &ids[at + 1..] {
                if !found.contains(&(*one, *other)) {
                    println!("missed\n  {}\n  {}", text(*one), text(*other));
                }
            }
        }
    }
}
