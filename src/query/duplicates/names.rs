//! Compares the names of two contacts.

use crate::model::{DuplicateEvidence, EvidenceKind, Field};
use crate::query::duplicates::profile::{NameWords, Profile};

/// How well two names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameLevel {
    /// Both parts differ.
    Different,
    /// The same last name and another first name: a family.
    OtherFirst,
    /// The same first name and another last name.
    OtherLast,
    /// One of them has no name.
    Unknown,
    /// One of them lacks a part, and the rest is the same.
    Partial,
    /// Both parts are close.
    BothClose,
    /// One part is the same, and the other is close.
    Close,
    /// The same parts in the other order.
    Swapped,
    /// The same name.
    Same,
}

/// How well one part of a name agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartLevel {
    Equal,
    Close(EvidenceKind),
    /// One of them lacks it.
    Missing,
    Different,
}

/// The comparison of two names.
#[derive(Debug)]
pub(super) struct NameComparison {
    pub(super) level: NameLevel,
    pub(super) evidence: Vec<DuplicateEvidence>,
    pub(super) conflicts: Vec<Field>,
}

/// Compares the names of two contacts, in both orders of their parts.
pub(super) fn compare_names(a: &Profile, b: &Profile) -> NameComparison {
    if a.words.is_empty() || b.words.is_empty() {
        return NameComparison { level: NameLevel::Unknown, evidence: Vec::new(), conflicts: Vec::new() };
    }
    let straight = compare_parts((&a.first, &a.last), (&b.first, &b.last), nickname_matches(a, b));
    if straight.level == NameLevel::Same {
        return straight;
    }
    if a.words == b.words {
        let is_swapped = a.first.joined == b.last.joined && a.last.joined == b.first.joined;
        let kind = if is_swapped { EvidenceKind::SwappedName } else { EvidenceKind::SameName };
        let level = if is_swapped { NameLevel::Swapped } else { NameLevel::Same };
        return NameComparison { level, evidence: vec![evidence(kind, &NAME_FIELDS)], conflicts: Vec::new() };
    }
    let mut crossed = compare_parts((&a.first, &a.last), (&b.last, &b.first), false);
    let is_crossed = matches!(
        crossed.level,
        NameLevel::Same | NameLevel::Close | NameLevel::BothClose | NameLevel::Partial
    );
    if is_crossed && crossed.level > straight.level {
        crossed.evidence.insert(0, evidence(EvidenceKind::SwappedName, &NAME_FIELDS));
        crossed.level = crossed.level.min(NameLevel::Swapped);
        return crossed;
    }
    straight
}

const NAME_FIELDS: [Field; 2] = [Field::FirstName, Field::LastName];

pub(super) fn evidence(kind: EvidenceKind, fields: &[Field]) -> DuplicateEvidence {
    DuplicateEvidence { kind, fields: fields.to_vec() }
}

/// Whether the nickname of one is the first name of the other.
fn nickname_matches(a: &Profile, b: &Profile) -> bool {
    let matches = |nickname: &str, first: &NameWords| {
        !nickname.is_empty() && (nickname == first.joined || first.words.iter().any(|word| word == nickname))
    };
    matches(&a.nickname, &b.first) || matches(&b.nickname, &a.first)
}

fn compare_parts(
    (first_a, last_a): (&NameWords, &NameWords),
    (first_b, last_b): (&NameWords, &NameWords),
    nickname: bool,
) -> NameComparison {
    use PartLevel::{Close, Different, Equal, Missing};
    let mut first = compare_part(first_a, first_b, true);
    let last = compare_part(last_a, last_b, false);
    if first == Different && nickname {
        first = Close(EvidenceKind::ShortName);
    }
    let mut found = Vec::new();
    for (level, field) in [(first, Field::FirstName), (last, Field::LastName)] {
        if let Close(kind) = level {
            found.push(evidence(kind, &[field]));
        }
    }
    let both_lack = |a: &NameWords, b: &NameWords| a.is_empty() && b.is_empty();
    let level = match (first, last) {
        (Equal, Equal) => NameLevel::Same,
        // A name in one field is the whole name of both.
        (Equal, Missing) if both_lack(last_a, last_b) => NameLevel::Same,
        (Missing, Equal) if both_lack(first_a, first_b) => NameLevel::Same,
        (Close(_), Missing) if both_lack(last_a, last_b) => NameLevel::Close,
        (Missing, Close(_)) if both_lack(first_a, first_b) => NameLevel::Close,
        (Equal, Close(_)) | (Close(_), Equal) => NameLevel::Close,
        (Close(_), Close(_)) => NameLevel::BothClose,
        (Equal | Close(_), Missing) | (Missing, Equal | Close(_)) => NameLevel::Partial,
        (Different, Equal | Close(_)) => NameLevel::OtherFirst,
        (Equal | Close(_), Different) => NameLevel::OtherLast,
        (Missing, Missing) => NameLevel::Unknown, // one has a first name only, the other a last name only
        (Different, Different | Missing) | (Missing, Different) => NameLevel::Different,
    };
    match level {
        NameLevel::Same => found.push(evidence(EvidenceKind::SameName, &NAME_FIELDS)),
        NameLevel::Partial => {
            let field = if first == Missing { Field::LastName } else { Field::FirstName };
            found.push(evidence(EvidenceKind::PartialName, &[field]));
        }
        _ => {}
    }
    let conflicts = [(first, Field::FirstName), (last, Field::LastName)];
    let conflicts = conflicts.into_iter().filter(|(level, _)| *level == Different).map(|(_, field)| field);
    NameComparison { level, evidence: found, conflicts: conflicts.collect() }
}

fn compare_part(a: &NameWords, b: &NameWords, is_first: bool) -> PartLevel {
    if a.is_empty() || b.is_empty() {
        return PartLevel::Missing;
    }
    if a.joined == b.joined {
        return PartLevel::Equal;
    }
    // Within a script that has readings, equal readings are different names more often than not.
    let has_latin = a.is_latin() || b.is_latin();
    if has_latin && (a.latin.iter().any(|form| b.latin.contains(form)) || have_common_key(a, b)) {
        return PartLevel::Close(EvidenceKind::SoundsAlike);
    }
    if is_short_form(a, b, is_first) || is_short_form(b, a, is_first) {
        return PartLevel::Close(EvidenceKind::ShortName);
    }
    if is_first && differ_in_gender_only(&a.joined, &b.joined) {
        return PartLevel::Different;
    }
    let (distance, (shorter, longer)) = least_distance(a, b);
    let allowed = if shorter >= 7 { 2 } else { usize::from(longer >= 4 && shorter >= 3) };
    if distance <= allowed {
        return PartLevel::Close(EvidenceKind::SimilarName);
    }
    let sounds = has_latin && a.codes.iter().any(|code| b.codes.contains(code));
    if sounds && distance.saturating_mul(2) <= longer {
        return PartLevel::Close(EvidenceKind::SoundsAlike);
    }
    PartLevel::Different
}

/// Whether a Latin name and one in another script have their phonetic keys in common.
fn have_common_key(a: &NameWords, b: &NameWords) -> bool {
    if a.is_latin() == b.is_latin() {
        return false;
    }
    let (latin, other) = if a.is_latin() { (a, b) } else { (b, a) };
    if other.keys.is_empty() || other.words.len() != latin.words.len() {
        return false;
    }
    let keys = latin.query_keys();
    other.keys.iter().all(|key| keys.contains(key))
}

/// Whether `short` is a form of `long`: some of its words, an initial, or, for first names, its first letters.
fn is_short_form(short: &NameWords, long: &NameWords, is_first: bool) -> bool {
    let fits = |word: &str, other: &str| {
        let is_initial = is_first && word.chars().nth(1).is_none() && other.starts_with(word);
        word == other || is_initial
    };
    // People leave out later names, seldom the first one.
    let mut others = long.words.iter();
    let mut fit_in_order = short.words.iter().map(|word| others.any(|other| fits(word, other)));
    let starts = short.words.first().zip(long.words.first()).is_some_and(|(word, other)| fits(word, other));
    if (starts || !is_first) && fit_in_order.all(|fits| fits) {
        return true;
    }
    let longer_by = long.joined.chars().count().saturating_sub(short.joined.chars().count());
    is_first
        && short.words.len() == 1
        && short.joined.chars().nth(2).is_some()
        && longer_by >= 3
        && long.joined.starts_with(short.joined.as_str())
}

/// Whether two first names differ in their last vowels only, as those of men and women do: Mario and Maria, Paul and Paula.
fn differ_in_gender_only(a: &str, b: &str) -> bool {
    let stem = |name: &str| {
        let is_vowel = |c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'а' | 'я');
        name.strip_suffix(is_vowel).unwrap_or(name).to_owned()
    };
    stem(a) == stem(b)
}

/// The edit distance of two names in one script, with their lengths. Names of two scripts are compared by their Latin forms.
fn least_distance(a: &NameWords, b: &NameWords) -> (usize, (usize, usize)) {
    let straight = || (edit_distance(&a.joined, &b.joined), ordered_lengths(&a.joined, &b.joined));
    if a.is_latin() == b.is_latin() {
        return straight();
    }
    let pairs = a.latin.iter().flat_map(|own| b.latin.iter().map(move |other| (own, other)));
    let distances = pairs.map(|(own, other)| (edit_distance(own, other), ordered_lengths(own, other)));
    distances.min().unwrap_or_else(straight)
}

fn ordered_lengths(a: &str, b: &str) -> (usize, usize) {
    let (a, b) = (a.chars().count(), b.chars().count());
    (a.min(b), a.max(b))
}

/// Letters of a name that are compared. Longer names must be equal in the rest.
const MAX_COMPARED: usize = 64;

/// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(MAX_COMPARED).collect();
    let b: Vec<char> = b.chars().take(MAX_COMPARED).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (at, letter) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(at.saturating_add(1));
        let mut previous_other = None;
        for (column, other) in b.iter().enumerate() {
            let get = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX);
            let substituted = get(&row, column).saturating_add(usize::from(letter != other));
            let inserted = get(&next, column).saturating_add(1);
            let deleted = get(&row, column.saturating_add(1)).saturating_add(1);
            let mut best = substituted.min(inserted).min(deleted);
            if previous == Some(other) && previous_other == Some(letter) && column > 0 {
                best = best.min(get(&before, column.saturating_sub(1)).saturating_add(1));
            }
            next.push(best);
            previous_other = Some(other);
        }
        before = std::mem::replace(&mut row, next);
        previous = Some(letter);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, distance) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "ab", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((edit_distance(a, b), edit_distance(b, a)), (distance, distance), "{a} {b}");
        }
    }
}
