//! Random changes of a store and its model.

use super::labels::{Labels, SCORES, TAGS};
use super::model::{ADVISORS, ALPHABET, NETWORKS, TENANTS};
use proptest::prelude::*;

/// A change. Its numbers are reduced to the valid range when it is applied.
#[derive(Debug, Clone)]
pub enum Op {
    Add(Draft),
    AddMany(Vec<Draft>),
    Edit(usize, Draft),
    Link(usize, usize),
    Unlink(usize, usize),
    /// Blocks or unblocks a phone, for one advisor or for the advisor's tenant.
    Block(usize, usize, bool, bool),
    Remove(usize),
    Restore(usize),
    Purge(usize),
    Merge(usize, usize),
    Unmerge(usize),
    /// Adds or removes a tag, alone or by replacing all tags.
    Tag(usize, usize, bool, bool),
    Score(usize, Option<i64>),
    /// Links or unlinks an advisor and all contacts with a company on a network.
    Job(usize, usize, bool),
    Optimize,
    Reopen,
    /// Reopens the store with another order of capitals.
    Reorder(bool),
    Maintain,
    /// Reopens the store as if another fold version had made its search keys.
    Refold,
    Rebuild,
    Look(u64),
}

/// The values of a new contact.
#[derive(Debug, Clone)]
pub struct Draft {
    pub first: String,
    pub last: String,
    pub display: String,
    pub nickname: String,
    pub company: String,
    pub email: String,
    pub phone: bool,
    pub identifier: String,
    pub tenant: usize,
    pub shared: bool,
    pub network: usize,
    pub advisors: Vec<usize>,
    pub labels: Labels,
}

pub fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&ALPHABET[..]), 0..7).prop_map(String::from_iter)
}

fn draft() -> impl Strategy<Value = Draft> {
    let display = prop_oneof![3 => Just(String::new()), 1 => name()];
    let advisors = prop::collection::vec(0..ADVISORS, 0..3);
    let shared = prop::bool::weighted(0.15);
    let rarely = || prop_oneof![2 => Just(String::new()), 1 => name()];
    let email = prop_oneof![1 => Just(String::new()), 1 => "[abc]{1,2}@[abc]{1,2}\\.c"];
    let names = (name(), name(), display, rarely(), rarely());
    let points = (email, any::<bool>(), "[abc]{0,2}");
    let tags = prop::collection::btree_set(0..TAGS.len(), 0..3);
    let labels = (tags, prop::option::of(0..SCORES)).prop_map(|(tags, score)| Labels { tags, score });
    (names, points, 0..TENANTS, shared, 0..NETWORKS, advisors, labels).prop_map(
        |(
            (first, last, display, nickname, company),
            (email, phone, identifier),
            tenant,
            shared,
            network,
            advisors,
            labels,
        )| {
            Draft {
                first,
                last,
                display,
                nickname,
                company,
                email,
                phone,
                identifier,
                tenant,
                shared,
                network,
                advisors,
                labels,
            }
        },
    )
}

/// Changes, each through one of the two handles.
pub fn ops(most: usize) -> impl Strategy<Value = Vec<(bool, Op)>> {
    let who = 0..1_000_usize;
    let op = prop_oneof![
        8 => draft().prop_map(Op::Add),
        3 => prop::collection::vec(draft(), 0..12).prop_map(Op::AddMany),
        6 => (who.clone(), draft()).prop_map(|(who, draft)| Op::Edit(who, draft)),
        3 => (who.clone(), 0..ADVISORS).prop_map(|(who, advisor)| Op::Link(who, advisor)),
        2 => (who.clone(), 0..ADVISORS).prop_map(|(who, advisor)| Op::Unlink(who, advisor)),
        6 => (who.clone(), 0..ADVISORS, prop::bool::weighted(0.3), prop::bool::weighted(0.7))
            .prop_map(|(who, advisor, all, on)| Op::Block(who, advisor, all, on)),
        3 => who.clone().prop_map(Op::Remove),
        2 => who.clone().prop_map(Op::Restore),
        1 => who.clone().prop_map(Op::Purge),
        4 => (who.clone(), who.clone()).prop_map(|(who, other)| Op::Merge(who, other)),
        3 => who.clone().prop_map(Op::Unmerge),
        4 => (who.clone(), 0..TAGS.len(), prop::bool::weighted(0.6), any::<bool>())
            .prop_map(|(who, tag, on, whole)| Op::Tag(who, tag, on, whole)),
        3 => (who, prop::option::weighted(0.7, 0..SCORES)).prop_map(|(who, score)| Op::Score(who, score)),
        1 => (0..ADVISORS, 0..NETWORKS, any::<bool>()).prop_map(|(who, network, on)| Op::Job(who, network, on)),
        1 => Just(Op::Optimize),
        1 => Just(Op::Reopen),
        1 => any::<bool>().prop_map(Op::Reorder),
        2 => Just(Op::Maintain),
        1 => Just(Op::Refold),
        1 => Just(Op::Rebuild),
        3 => any::<u64>().prop_map(Op::Look),
    ];
    prop::collection::vec((any::<bool>(), op), 1..most)
}
