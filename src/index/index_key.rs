//! The bytes of a key, which are its place in the index.

use crate::db::{Owner, Scope};

/// Bytes of a key before its text: owner kind (1), owner (4), network (2), shelf (1), all big-endian.
pub(super) const KEY_PREFIX_LEN: usize = 8;

/// What the text of a key is made of: one kind of keys stands together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TermField {
    /// First name, then last name.
    FirstName,
    /// Last name, then first name.
    LastName,
    /// The name as displayed, if it is neither of the above.
    DisplayName,
    /// A word that none of the above starts with, or the reading of a word.
    Word,
    /// A word that one of the above starts with: a query of one word finds it there, one of several finds it here.
    LeadingWord,
    /// The first letters of a name's words.
    Initials,
    /// The sound of a word.
    Phonetic,
    /// An e-mail address, its domain, the digits of a phone, an identifier.
    ContactMethod,
    /// Nothing: all contacts of an advisor stand under one key.
    Member,
    /// The company, whole: for the names of companies alone.
    Company,
    /// Every word once, on no network and of no contact.
    Dictionary,
}

/// Where all words of names and companies are.
pub(crate) const WORD_FIELDS: [TermField; 2] = [TermField::Word, TermField::LeadingWord];

impl TermField {
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
            Self::Dictionary => 10,
        }
    }

    /// Whether a list keeps the shelf. An advisor's list has whole names, companies and who is in it: what is found by the other
    /// shelves is found in the tenant's and held against that.
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

/// A key of the index, but for the contact: scope ‖ shelf ‖ text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexKey;

impl IndexKey {
    /// The start of every key of a scope.
    pub(super) fn scope_prefix(scope: Scope) -> [u8; KEY_PREFIX_LEN - 1] {
        let (kind, owner) = scope.owner.columns();
        // Local ids count from 1 and are never that many; a wrap could only lose a hit to the check against the row.
        let owner = u32::try_from(owner).unwrap_or(u32::MAX).to_be_bytes();
        let network = u16::try_from(scope.network).unwrap_or(u16::MAX).to_be_bytes();
        let kind = u8::try_from(kind).unwrap_or(u8::MAX);
        let [o0, o1, o2, o3] = owner;
        let [n0, n1] = network;
        [kind, o0, o1, o2, o3, n0, n1]
    }

    /// The start of every key of a scope and shelf.
    pub(super) fn key_prefix(scope: Scope, shelf: TermField) -> [u8; KEY_PREFIX_LEN] {
        let [k, o0, o1, o2, o3, n0, n1] = Self::scope_prefix(scope);
        [k, o0, o1, o2, o3, n0, n1, shelf.number()]
    }

    /// A whole key.
    pub(super) fn encode(scope: Scope, shelf: TermField, text: &str) -> Vec<u8> {
        [&Self::key_prefix(scope, shelf)[..], text.as_bytes()].concat()
    }
}

/// The least text above everything that starts with `prefix`; `None` if there is none.
pub(super) fn prefix_successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let keep = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut next = prefix.get(..=keep)?.to_vec();
    if let Some(last) = next.last_mut() {
        *last = last.saturating_add(1);
    }
    Some(next)
}

/// Sorts prefixes and drops those that another one covers.
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
