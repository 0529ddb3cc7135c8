use serde::Serialize;

use crate::model::contact::Contact;
use crate::model::id::{ContactId, MergeId};
use crate::model::time::Timestamp;

/// What a merge may pass over.
///
/// ```
/// use cardex::contacts::MergeOptions;
/// let options = MergeOptions::new().allow_different_identifiers(true);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct MergeOptions {
    pub(crate) allow_different_identifiers: bool,
    pub(crate) allow_different_networks: bool,
}

impl MergeOptions {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// That another system has different identifiers for the two: the survivor has both then.
    #[must_use]
    pub const fn allow_different_identifiers(mut self, pass: bool) -> Self {
        self.allow_different_identifiers = pass;
        self
    }

    /// That they are on different networks: the survivor stays on its own, and conversations come with the absorbed one all the
    /// same.
    #[must_use]
    pub const fn allow_different_networks(mut self, pass: bool) -> Self {
        self.allow_different_networks = pass;
        self
    }
}

/// A merge of two contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MergeRecord {
    /// By this it is undone.
    pub id: MergeId,
    /// The contact that stayed.
    pub survivor: ContactId,
    /// The contact that went.
    pub absorbed: ContactId,
    /// When.
    pub at: Timestamp,
    /// The origin that the session named; empty if none.
    pub origin: String,
    /// When it was undone; `None` if it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Timestamp>,
}

/// A merge that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MergeResult {
    /// By this it is undone.
    pub merge: MergeId,
    /// The survivor, as it is now.
    pub contact: Contact,
}

/// A merge that was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnmergeResult {
    /// The survivor, as it is now.
    pub survivor: Contact,
    /// The contact that is back.
    pub separated: Contact,
}
