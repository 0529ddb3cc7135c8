//! All terms of a contact, as the index stores them.

use crate::index::analyzer::analyzed_contact::AnalyzedContact;
use crate::index::index_key::TermField;
use crate::model::Contact;

/// A term of a contact, with its field and [`Posting::dedup_prefix_len`].
///
/// [`Posting::dedup_prefix_len`]: crate::index::segment::posting::Posting::dedup_prefix_len
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Term {
    pub(crate) field: TermField,
    pub(crate) text: String,
    pub(crate) dedup_prefix_len: u8,
}

/// The terms of a contact, sorted. They are the same in every scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContactTerms(pub(crate) Vec<Term>);

/// The fields that stages read, best first. A contact is a hit by its best term only.
const RANKED_FIELDS: [TermField; 7] = [
    TermField::FirstName,
    TermField::LastName,
    TermField::DisplayName,
    TermField::Word,
    TermField::Initials,
    TermField::Phonetic,
    TermField::ContactMethod,
];

impl ContactTerms {
    pub(crate) fn analyze(contact: &Contact) -> Self {
        let analyzed = AnalyzedContact::analyze(contact);
        let mut ranked: Vec<(TermField, String)> = Vec::with_capacity(24);
        for field in RANKED_FIELDS {
            let start = ranked.len();
            ranked.extend(analyzed.terms(field).into_iter().map(|text| (field, text)));
            ranked.get_mut(start..).unwrap_or_default().sort_unstable();
        }
        ranked.dedup();
        let mut better: Vec<&str> = Vec::with_capacity(ranked.len());
        let mut prefix_lens: Vec<u8> = Vec::with_capacity(ranked.len());
        for (_, text) in &ranked {
            let at = better.partition_point(|other| *other < text.as_str());
            prefix_lens.push(dedup_prefix_len(&better, at, text));
            better.insert(at, text);
        }
        let term = |((field, text), dedup_prefix_len)| Term { field, text, dedup_prefix_len };
        let mut terms: Vec<Term> = ranked.into_iter().zip(prefix_lens).map(term).collect();
        let mut leading = analyzed.terms(TermField::LeadingWord);
        leading.sort_unstable();
        leading.dedup();
        let unranked = |field| move |text| Term { field, text, dedup_prefix_len: 0 };
        terms.extend(leading.into_iter().map(unranked(TermField::LeadingWord)));
        for field in [TermField::Member, TermField::Company] {
            terms.extend(analyzed.terms(field).into_iter().map(unranked(field)));
        }
        terms.sort_unstable();
        Self(terms)
    }

    /// Whether the contact has a term, whatever its `dedup_prefix_len`.
    pub(crate) fn contains_term(&self, term: &Term) -> bool {
        let key = (term.field, &term.text);
        self.0.binary_search_by(|other| (other.field, &other.text).cmp(&key)).is_ok()
    }
}

/// One more than the longest prefix, in bytes, that a term shares with a better one; 0 if there is none. `better` is sorted, and `at`
/// is where the term belongs: the longest prefix is shared with a neighbour.
fn dedup_prefix_len(better: &[&str], at: usize, text: &str) -> u8 {
    let before = at.checked_sub(1).and_then(|at| better.get(at));
    let after = better.get(at);
    let shared_len = |other: &&str| other.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    let longest = before.into_iter().chain(after).map(|other| shared_len(other).saturating_add(1)).max();
    u8::try_from(longest.unwrap_or_default()).unwrap_or(u8::MAX)
}
