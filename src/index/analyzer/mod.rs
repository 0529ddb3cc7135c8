//! Turns a contact into the terms of its keys: whole names, words, initials, phonetic keys, contact methods.
//!
//! May import: `index_key`, `match_kind` and the layers below `index`, above all `text`.
//! Change here: which terms a contact is found by, and which bytes of a field a hit highlights. Indexes of existing books must then
//! be rebuilt: raise [`FOLD_VERSION`](crate::text::fold::FOLD_VERSION).

mod analyzed_contact;
pub(crate) mod contact_methods;
mod contact_token;
mod name_term;
mod terms;

pub(super) use analyzed_contact::AnalyzedContact;
pub(super) use contact_token::ContactToken;
pub(crate) use name_term::company_term;
pub(crate) use terms::{ContactTerms, Term};
