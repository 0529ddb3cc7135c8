//! Proposals of duplicates: contacts that may be the same person, and why.

use serde::{Deserialize, Serialize};

use crate::model::contact::Contact;
use crate::model::field::Field;
use crate::model::id::ContactId;

/// A reason why two contacts may be the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// A phone number in common, in normalised form.
    SamePhone,
    /// An e-mail address in common, without regard to case.
    SameEmail,
    /// Identifiers of one namespace that differ in case, marks or punctuation only. Equal ones are impossible in a tenant.
    SameIdentifier,
    /// The same name, without regard to case, marks and punctuation. Alone it is weak.
    SameName,
    /// The first name of one is the last name of the other, and the reverse.
    SwappedName,
    /// A name with a typing error: one letter, or two in names of seven letters and more.
    SimilarName,
    /// A name that sounds the same, or the same name in another script.
    SoundsAlike,
    /// A short form of a name: an initial, the first letters, one of several names, the nickname.
    ShortName,
    /// A part of the name that one of them lacks; the rest is the same.
    PartialName,
    /// The same company, without regard to its legal form.
    SameCompany,
    /// The same city.
    SameCity,
}

/// A reason with the fields that agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DuplicateEvidence {
    /// The reason.
    pub kind: EvidenceKind,
    /// The fields that agree.
    pub fields: Vec<Field>,
}

/// Two contacts that may be the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DuplicatePair {
    /// The contact with the smaller id.
    pub first: ContactId,
    /// The other contact.
    pub second: ContactId,
    /// How likely they are the same person, from 0 to 1 in steps of 0.01. See `docs/design/duplicates.md`.
    pub score: f64,
    /// Why.
    pub evidence: Vec<DuplicateEvidence>,
    /// The fields in which both have a value and disagree.
    pub conflicts: Vec<Field>,
    /// Whether they share a phone, an e-mail address or an identifier, their names are compatible, and no field disagrees.
    pub exact: bool,
}

/// Two or more contacts that may be the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DuplicateGroup {
    /// The contacts, by id: the oldest first.
    pub contacts: Vec<Contact>,
    /// The pairs that connect them.
    pub pairs: Vec<DuplicatePair>,
    /// The lowest score of a pair.
    pub score: f64,
}

/// A contact of the book that may be the same person as a contact that is not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PossibleDuplicate {
    /// The contact of the book.
    pub contact: Contact,
    /// How likely they are the same person, as for [`DuplicatePair::score`].
    pub score: f64,
    /// Why.
    pub evidence: Vec<DuplicateEvidence>,
}
