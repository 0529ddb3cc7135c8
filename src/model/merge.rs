//! Options and results of merges.

use serde::{Deserialize, Serialize};

use crate::model::contact::Contact;
use crate::model::id::{ContactId, JobId, MergeId};
use crate::model::time::Timestamp;

/// Differences that a merge may ignore.
///
/// ```
/// use cardex::contacts::MergeOptions;
/// let options = MergeOptions::new().allow_different_identifiers(true);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MergeOptions {
    pub(crate) allow_different_identifiers: bool,
    pub(crate) allow_different_networks: bool,
}

impl MergeOptions {
    /// Ignores no differences.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the contacts may have different identifiers in the same system. The surviving contact then has both.
    #[must_use]
    pub const fn allow_different_identifiers(mut self, yes: bool) -> Self {
        self.allow_different_identifiers = yes;
        self
    }

    /// Sets whether the contacts may be on different networks. The surviving contact stays on its network, and gets the conversations
    /// of the absorbed contact.
    #[must_use]
    pub const fn allow_different_networks(mut self, yes: bool) -> Self {
        self.allow_different_networks = yes;
        self
    }
}

/// A merge of two contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MergeRecord {
    /// The id of the merge, which undoes it.
    pub id: MergeId,
    /// The surviving contact.
    pub survivor: ContactId,
    /// The absorbed contact.
    pub absorbed: ContactId,
    /// When it was done.
    pub at: Timestamp,
    /// The origin of the session; may be empty.
    pub origin: String,
    /// When it was undone; `None` if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Timestamp>,
    /// The bulk job that did it; `None` if it was a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
}

/// The result of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MergeResult {
    /// The id of the merge, which undoes it.
    pub merge: MergeId,
    /// The surviving contact after the call.
    pub contact: Contact,
}

/// The result of undoing a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnmergeResult {
    /// The surviving contact after the call.
    pub survivor: Contact,
    /// The restored contact.
    pub separated: Contact,
}
