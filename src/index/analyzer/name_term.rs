//! Terms of whole names.

use crate::index::index_key::truncate_to_key;
use crate::index::key_range::TermPart;
use crate::text::fold::{Form, Variants, fold};

/// A name term in two parts, not folded and not joined. To compare it with folded text allocates nothing.
///
/// Only for names whose fold changes nothing but the case of ASCII letters, and for names that are folded already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainName<'c> {
    pub(super) leading: &'c str,
    pub(super) rest: &'c str,
}

impl PlainName<'_> {
    /// Whether the term starts with a folded text, and belongs to a part of those that do.
    pub(crate) fn starts_with_folded(self, prefix: &str, part: TermPart) -> bool {
        // Only texts of one word have parts: the leading name contains the whole text, or ends with it.
        (part == TermPart::All || part.contains(self.leading, prefix)) && self.starts_with(prefix)
    }

    fn starts_with(self, prefix: &str) -> bool {
        let Some((leading, rest)) = prefix.split_at_checked(self.leading.len()) else {
            return starts_with_folded(self.leading, prefix);
        };
        let rest = rest.strip_prefix(' ').map_or(rest.is_empty(), |rest| starts_with_folded(self.rest, rest));
        rest && folds_to(self.leading, leading)
    }

    /// Whether the term is a folded text.
    pub(crate) fn equals_folded(self, text: &str) -> bool {
        let Some((leading, rest)) = text.split_at_checked(self.leading.len()) else { return false };
        let both_end = rest.is_empty() && self.rest.is_empty();
        let rest = rest.strip_prefix(' ').map_or(both_end, |rest| folds_to(self.rest, rest));
        rest && folds_to(self.leading, leading)
    }
}

fn starts_with_folded(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| folds_to(start, prefix))
}

fn folds_to(name: &str, folded: &str) -> bool {
    let mut bytes = name.bytes().zip(folded.bytes());
    name.len() == folded.len() && bytes.all(|(name, folded)| name.to_ascii_lowercase() == folded)
}

/// The terms of two names in all their forms. None if the leading name is empty.
pub(super) fn all_forms(leading: &Variants, other: Option<&Variants>) -> Vec<String> {
    let form = |form| join_names(leading.form(form), other.map_or("", |other| other.form(form)));
    if leading.form(Form::Primary).is_empty() {
        return Vec::new();
    }
    if leading.has_one_form() && other.is_none_or(Variants::has_one_form) {
        return vec![form(Form::Primary)];
    }
    let mut terms = Form::ALL.map(form).to_vec();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Joins two names with a blank, and cuts the term to the length of a key.
pub(super) fn join_names(one: &str, two: &str) -> String {
    let mut term =
        if one.is_empty() || two.is_empty() { [one, two].concat() } else { [one, " ", two].concat() };
    truncate_to_key(&mut term);
    term
}

/// The term of a company name.
pub(crate) fn company_term(company: &str) -> String {
    let mut term = fold(company);
    truncate_to_key(&mut term);
    term
}
