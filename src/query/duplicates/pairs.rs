//! Chooses the pairs of contacts with a common value that are compared, and connects pairs to groups.
//!
//! If few share the value, these are all pairs. If more do, only contacts with similar names are compared: those with a key in common. If
//! many have the same key, each is compared with the next ones in the order of names. So the work grows with the contacts, not with the
//! square of their number.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::query::duplicates::profile::{NameWords, Profile};

/// Sizes.
#[derive(Debug, Clone, Copy)]
pub(super) struct PairLimits {
    /// Contacts up to which all pairs are compared.
    pub(super) all_pairs: usize,
    /// Contacts with one key up to which all their pairs are compared.
    pub(super) same_key: usize,
    /// Otherwise, the contacts after each that it is compared with.
    pub(super) window: usize,
}

/// Pairs of contacts to compare, as positions in `profiles`, the smaller one first.
pub(super) fn candidate_pairs(profiles: &[Rc<Profile>], limits: PairLimits) -> BTreeSet<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    if profiles.len() <= limits.all_pairs {
        add_neighbours(&mut pairs, &(0..profiles.len()).collect::<Vec<_>>(), usize::MAX);
        return pairs;
    }
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, profile) in profiles.iter().enumerate() {
        let mut keys = name_keys(profile);
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            by_key.entry(key).or_default().push(at);
        }
    }
    for mut with_key in by_key.into_values() {
        if with_key.len() <= limits.same_key {
            add_neighbours(&mut pairs, &with_key, usize::MAX);
        } else {
            let order =
                |at: &usize| profiles.get(*at).map(|one| (&one.words, &one.company, &one.city, one.id));
            with_key.sort_by(|one, other| order(one).cmp(&order(other)));
            add_neighbours(&mut pairs, &with_key, limits.window);
        }
    }
    pairs
}

/// Pairs each position with the next `window` ones.
fn add_neighbours(pairs: &mut BTreeSet<(usize, usize)>, positions: &[usize], window: usize) {
    for (at, first) in positions.iter().enumerate() {
        for second in positions.iter().skip(at.saturating_add(1)).take(window) {
            pairs.insert((*first.min(second), *first.max(second)));
        }
    }
}

/// Keys of a name: each word with the initial of the other part, and the phonetic codes of both parts. A typing error in one part, swapped
/// parts and other scripts leave a key in common.
fn name_keys(profile: &Profile) -> Vec<String> {
    let (first, last) = (&profile.first, &profile.last);
    let mut keys = Vec::new();
    for (own, other) in [(first, last), (last, first)] {
        let initials: BTreeSet<char> = other.latin.iter().filter_map(|form| form.chars().next()).collect();
        for form in own.latin.iter().chain([&own.joined]).filter(|form| !form.is_empty()) {
            keys.extend(initials.iter().map(|initial| format!("{form} {initial}")));
            if initials.is_empty() {
                keys.push(form.clone());
            }
        }
    }
    let codes =
        |part: &NameWords| if part.codes.is_empty() { vec![String::new()] } else { part.codes.clone() };
    for one in codes(first) {
        for other in codes(last) {
            let (low, high) = if one <= other { (&one, &other) } else { (&other, &one) };
            if !low.is_empty() {
                keys.push(format!("{low}/{high}"));
            }
        }
    }
    for key in first.keys.iter().chain(&last.keys) {
        keys.push(format!("={key}"));
    }
    keys
}

/// Connects pairs to groups: positions that are reachable from each other, each group ascending, the groups by their first positions.
pub(super) fn connected(pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut parents: BTreeMap<usize, usize> = BTreeMap::new();
    let root = |parents: &BTreeMap<usize, usize>, mut at: usize| {
        while let Some(parent) = parents.get(&at).filter(|parent| **parent != at) {
            at = *parent;
        }
        at
    };
    for (first, second) in pairs {
        let (a, b) = (root(&parents, *first), root(&parents, *second));
        parents.entry(a).or_insert(a);
        parents.insert(a.max(b), a.min(b));
        parents.entry(*first).or_insert(a.min(b));
        parents.entry(*second).or_insert(a.min(b));
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in parents.keys() {
        groups.entry(root(&parents, *at)).or_default().push(*at);
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_groups() {
        assert_eq!(connected(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(connected(&[(0, 3), (1, 2), (3, 5), (2, 4)]), [vec![0, 3, 5], vec![1, 2, 4]]);
        assert_eq!(connected(&[(1, 2), (3, 4), (2, 3)]), [[1, 2, 3, 4]]);
        assert_eq!(connected(&[(0, 9), (1, 9)]), [[0, 1, 9]]);
    }
}
