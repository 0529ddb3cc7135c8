//! The score of two contacts: how likely they are the same person. `docs/design/duplicates.md` has the table.

use crate::model::{ContactId, DuplicateEvidence, DuplicatePair, EvidenceKind, Field};
use crate::query::duplicates::names::{NameLevel, compare_names, evidence};
use crate::query::duplicates::profile::Profile;

/// The comparison of two contacts. Scores are hundredths here.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) score: u8,
    pub(super) evidence: Vec<DuplicateEvidence>,
    pub(super) conflicts: Vec<Field>,
    /// The names do not exclude that they are one person.
    pub(super) compatible: bool,
    shares_method: bool,
    /// Hundredths that the score gains if the company that both have is small: large companies have namesakes.
    pub(super) in_small_company: u8,
}

impl Comparison {
    /// Whether the contacts can be merged without a decision.
    pub(super) fn is_exact(&self) -> bool {
        self.shares_method && self.is_mergeable()
    }

    /// Whether nothing contradicts that they are one person.
    fn is_mergeable(&self) -> bool {
        self.compatible && self.conflicts.is_empty()
    }

    /// Whether nothing but their phones and addresses contradicts it. A third contact can have those of both.
    pub(super) fn is_mergeable_with_others(&self) -> bool {
        let is_method = |field: &Field| matches!(field, Field::Phone | Field::Email);
        self.compatible && self.conflicts.iter().all(is_method)
    }

    /// The pair for callers.
    pub(super) fn into_pair(self, first: &Profile, second: &Profile) -> DuplicatePair {
        DuplicatePair {
            exact: self.is_exact(),
            first: ContactId(first.id),
            second: ContactId(second.id),
            score: f64::from(self.score) / 100.0,
            evidence: self.evidence,
            conflicts: self.conflicts,
        }
    }
}

/// The greatest score of contacts that have no phone, e-mail address or identifier in common.
pub(super) const MAX_SCORE_WITHOUT_METHOD: u8 = 90;

/// The score of a family name, a landline and different generations.
const OTHER_GENERATION: u8 = 30;

/// Compares two contacts.
pub(super) fn compare(a: &Profile, b: &Profile) -> Comparison {
    let names = compare_names(a, b);
    let mut found = Vec::new();
    let mut conflicts = names.conflicts;
    let phone = common(&a.phones, &b.phones);
    let email = common(&a.emails, &b.emails);
    let identifier = common(&a.identifiers, &b.identifiers);
    let methods = [
        (phone, EvidenceKind::SamePhone, Field::Phone),
        (email, EvidenceKind::SameEmail, Field::Email),
        (identifier, EvidenceKind::SameIdentifier, Field::Identifier),
    ];
    for (agreement, kind, field) in methods {
        match agreement {
            Some(true) => found.push(evidence(kind, &[field])),
            Some(false) => conflicts.push(field),
            None => {}
        }
    }
    found.extend(names.evidence);
    let mut agree = [false; 3];
    let texts = [
        (&a.company, &b.company, Some(EvidenceKind::SameCompany), Field::Company),
        (&a.city, &b.city, Some(EvidenceKind::SameCity), Field::City),
        (&a.country, &b.country, None, Field::Country),
    ];
    for ((own, other, kind, field), agrees) in texts.into_iter().zip(&mut agree) {
        if own.is_empty() || other.is_empty() {
            continue;
        }
        *agrees = own == other;
        if own != other {
            conflicts.push(field);
        } else if let Some(kind) = kind {
            found.push(evidence(kind, &[field]));
        }
    }
    if a.own_advisor.is_some() && b.own_advisor.is_some() && a.own_advisor != b.own_advisor {
        conflicts.push(Field::OwnAdvisor);
    }
    let [company, city, _] = agree;
    let generations = (a.generation(), b.generation());
    let other_generation = generations.0 != generations.1;
    let shared = [phone, email, identifier].map(|agreement| agreement == Some(true));
    let (mut score, mut in_small_company) = match shared {
        [false, false, false] => score_without_method(names.level, company, city, &conflicts),
        shared => (score_with_method(names.level, shared, &conflicts), 0),
    };
    if other_generation {
        let both_given = generations.0 > 0 && generations.1 > 0;
        score = if both_given || !shared[1] { score.min(OTHER_GENERATION) } else { score.saturating_sub(10) };
        in_small_company = 0;
        conflicts.push(Field::LastName);
        conflicts.dedup();
    }
    let compatible = matches!(names.level, NameLevel::Same | NameLevel::Partial | NameLevel::Unknown);
    Comparison {
        score,
        evidence: found,
        conflicts,
        compatible,
        shares_method: shared.contains(&true),
        in_small_company,
    }
}

/// Whether two lists have a value in common; `None` if one of them is empty.
fn common<T: PartialEq>(a: &[T], b: &[T]) -> Option<bool> {
    (!a.is_empty() && !b.is_empty()).then(|| a.iter().any(|value| b.contains(value)))
}

/// The score of contacts that share a phone, an e-mail address or an identifier.
fn score_with_method(level: NameLevel, [phone, email, identifier]: [bool; 3], conflicts: &[Field]) -> u8 {
    let by_phone = match level {
        NameLevel::Same => 98,
        NameLevel::Swapped => 97,
        NameLevel::Close => 94,
        NameLevel::BothClose | NameLevel::Partial => 88,
        NameLevel::Unknown => 85,
        NameLevel::OtherLast => 60,
        NameLevel::OtherFirst => 30,
        NameLevel::Different => 20,
    };
    let by_email = match level {
        NameLevel::Same => 99,
        NameLevel::Swapped => 98,
        NameLevel::Close => 96,
        NameLevel::BothClose | NameLevel::Partial => 93,
        NameLevel::Unknown => 90,
        NameLevel::OtherLast => 85,
        NameLevel::OtherFirst => 55,
        NameLevel::Different => 45,
    };
    let by_identifier = match level {
        NameLevel::OtherLast => 90,
        NameLevel::OtherFirst | NameLevel::Different => 80,
        _ => 97,
    };
    let scores = [(phone, by_phone), (email, by_email), (identifier, by_identifier)];
    let held: Vec<u8> = scores.into_iter().filter(|(shared, _)| *shared).map(|(_, score)| score).collect();
    let best = held.iter().copied().max().unwrap_or_default();
    // Each further method halves what the best one leaves open.
    let open = held.iter().skip(1).fold(100_u8.saturating_sub(best), |open, _| open / 2);
    let doubts = [Field::Company, Field::Email, Field::City].iter().filter(|field| conflicts.contains(field));
    let doubts = u8::try_from(doubts.count()).unwrap_or_default().saturating_mul(2);
    100_u8.saturating_sub(open).saturating_sub(doubts)
}

/// The score of contacts without a common phone, e-mail address or identifier, and what it gains in a small company.
fn score_without_method(level: NameLevel, company: bool, city: bool, conflicts: &[Field]) -> (u8, u8) {
    let base: u8 = match (level, company, city) {
        (NameLevel::Same, true, _) => MAX_SCORE_WITHOUT_METHOD,
        (NameLevel::Swapped, true, _) => 88,
        (NameLevel::Close, true, _) => 84,
        (NameLevel::Same, false, true) => 70,
        (NameLevel::BothClose, true, _) => 60,
        (NameLevel::Partial, true, _) | (NameLevel::Swapped | NameLevel::Close, false, true) => 50,
        (NameLevel::Same, false, false) => 35,
        (NameLevel::Swapped, false, false) => 20,
        _ => 0,
    };
    let has = |field| conflicts.contains(&field);
    let doubts: u8 = conflicts
        .iter()
        .map(|field| match field {
            Field::Email | Field::Phone => 3_u8,
            Field::Company | Field::City | Field::Country => 5,
            _ => 0,
        })
        .fold(0, u8::saturating_add);
    let (email, phone) = (has(Field::Email), has(Field::Phone));
    let is_doubtful = company && ((email && phone) || (level != NameLevel::Same && (email || phone)));
    let namesakes = if is_doubtful { 9 } else { 0 };
    (base.saturating_sub(doubts).saturating_sub(namesakes), namesakes.min(base))
}
