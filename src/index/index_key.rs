//! The bytes of a key. The index sorts by them, so they also define the order of hits.

use crate::db::{Owner, Scope};
use crate::model::limits;

/// Length of a key before its term: owner kind (1 byte), owner (4), network (2), term field (1), all big-endian.
pub(super) const KEY_PREFIX_LEN: usize = 8;

/// The kind of term in a key. Keys of one scope are grouped by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TermField {
    /// First name, then last name.
    FirstName,
    /// Last name, then first name.
    LastName,
    /// The display name, if it is neither of the above.
    DisplayName,
    /// A word that is not a prefix of any of the above, or the reading of a word.
    Word,
    /// A word that is a prefix of one of the above. A query of one word finds the contact by the name, a longer one by this key.
    LeadingWord,
    /// The first letters of the words of a name.
    Initials,
    /// The phonetic key of a word.
    Phonetic,
    /// An e-mail address, its domain, the digits of a phone, an identifier.
    ContactMethod,
    /// The empty term: all contacts of an advisor's list are postings of one key.
    Member,
    /// The whole company name, for the list of company names only.
    Company,
}

/// The fields that hold all words of names and companies.
pub(crate) const WORD_FIELDS: [TermField; 2] = [TermField::Word, TermField::LeadingWord];

impl TermField {
    /// The byte in a key. Stored: numbers never change.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::FirstName => 0,
            Self::LastName => 1,
            Self::DisplayName => 2,
            Self::Word => 3,
            Self::LeadingWord => 4,
            Self::Initials => 5,
            Self::Phonetic => 6,
            Self::ContactMethod => 7,
            Self::Member => 8,
            Self::Company => 9,
        }
    }

    /// Whether a list has keys of this field. An advisor's list has only whole names, companies and its members. Hits of the other
    /// fields come from the tenant's list and are intersected with the members.
    pub(super) fn is_indexed_in(self, scope: Scope) -> bool {
        match scope.owner {
            Owner::Advisor(_) => {
                matches!(
                    self,
                    Self::FirstName | Self::LastName | Self::DisplayName | Self::Member | Self::Company
                )
            }
            Owner::Shared | Owner::Tenant(_) | Owner::Trash(_) => self != Self::Member,
        }
    }
}

/// Encodes keys: scope ‖ term field ‖ term. The contact is not part of the key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexKey;

impl IndexKey {
    /// The prefix of all keys of a scope.
    pub(super) fn scope_prefix(scope: Scope) -> [u8; KEY_PREFIX_LEN - 1] {
        let (kind, owner) = scope.owner.columns();
        // Local ids count from 1 and never get so large. If one did, verification against the row would drop wrong candidates.
        let owner = u32::try_from(owner).unwrap_or(u32::MAX).to_be_bytes();
        let network = u16::try_from(scope.network).unwrap_or(u16::MAX).to_be_bytes();
        let kind = u8::try_from(kind).unwrap_or(u8::MAX);
        let [o0, o1, o2, o3] = owner;
        let [n0, n1] = network;
        [kind, o0, o1, o2, o3, n0, n1]
    }

    /// The prefix of all keys of a scope and term field.
    pub(super) fn key_prefix(scope: Scope, field: TermField) -> [u8; KEY_PREFIX_LEN] {
        let [k, o0, o1, o2, o3, n0, n1] = Self::scope_prefix(scope);
        [k, o0, o1, o2, o3, n0, n1, field.number()]
    }

    /// A whole key.
    pub(super) fn encode(scope: Scope, field: TermField, term: &str) -> Vec<u8> {
        [&Self::key_prefix(scope, field)[..], term.as_bytes()].concat()
    }
}

/// The least byte string above everything that starts with `prefix`; `None` if there is none.
pub(super) fn prefix_successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let keep = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut next = prefix.get(..=keep)?.to_vec();
    if let Some(last) = next.last_mut() {
        *last = last.saturating_add(1);
    }
    Some(next)
}

/// Sorts prefixes and drops those that start with another one.
pub(super) fn minimal_prefixes(mut prefixes: Vec<String>) -> Vec<String> {
    prefixes.sort_unstable();
    let mut kept: Vec<String> = Vec::with_capacity(prefixes.len());
    for prefix in prefixes {
        if kept.last().is_none_or(|last| !prefix.starts_with(last.as_str())) {
            kept.push(prefix);
        }
    }
    kept
}

/// Cuts a term to [`limits::INDEX_KEY_BYTES`], on a character boundary.
pub(super) fn truncate_to_key(term: &mut String) {
    if term.len() > limits::INDEX_KEY_BYTES {
        let end =
            (0..=limits::INDEX_KEY_BYTES).rev().find(|at| term.is_char_boundary(*at)).unwrap_or_default();
        term.truncate(end);
    }
}
