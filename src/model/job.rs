//! Bulk jobs.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result, ValidationError};
use crate::model::attribute::{AttributeDef, AttributeNamespace};
use crate::model::field::Field;
use crate::model::filter::Filter;
use crate::model::id::{AdvisorId, JobId, TagId};
use crate::model::limits;
use crate::model::network::Network;
use crate::model::serial::{is_default, present};

/// What a bulk job does with each contact. The rules are those of the call for one contact.
///
/// ```
/// use cardex::jobs::JobAction;
/// use cardex::tags::TagId;
/// let json = serde_json::to_string(&JobAction::Tag { tag: TagId(7) })?;
/// assert_eq!(json, r#"{"action":"tag","tag":"7"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase")]
#[non_exhaustive]
pub enum JobAction {
    /// Adds a tag, like [`Tags::attach`](crate::tags::Tags::attach).
    Tag {
        /// The tag.
        tag: TagId,
    },
    /// Removes a tag, like [`Tags::detach`](crate::tags::Tags::detach).
    Untag {
        /// The tag.
        tag: TagId,
    },
    /// Moves it to the trash, like [`Session::remove`](crate::Session::remove).
    Remove,
    /// Links it to an advisor, like [`Session::link`](crate::Session::link).
    Link {
        /// The advisor.
        advisor: AdvisorId,
    },
    /// Unlinks it from an advisor, like [`Session::unlink`](crate::Session::unlink).
    Unlink {
        /// The advisor.
        advisor: AdvisorId,
    },
    /// Sets or removes the value of an attribute, like [`Session::update`](crate::Session::update).
    SetAttribute {
        /// The namespace of the key.
        namespace: AttributeNamespace,
        /// The key.
        key: String,
        /// The value, any JSON of at most [`limits::ATTRIBUTE_VALUE`] bytes; `None` removes it.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        value: Option<Value>,
    },
    /// Merges the exact duplicates of each contact into it, if it is the oldest of them, like [`Session::merge`](crate::Session::merge).
    /// Exact duplicates share a phone, an e-mail address or an identifier, their names are compatible, and no field disagrees. If any two
    /// of them disagree, or are recorded as not duplicates, none is merged. The filter selects the contacts that survive.
    MergeDuplicates,
    /// Undoes the merges of a job that are not undone yet, the last one first, like [`Session::unmerge`](crate::Session::unmerge). The
    /// merges into one contact are undone together or not at all. The filter and the network have no effect.
    UndoMerges {
        /// The job that merged.
        job: JobId,
    },
}

impl fmt::Debug for JobAction {
    /// Shows no value of an attribute.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { tag } => f.debug_struct("Tag").field("tag", tag).finish(),
            Self::Untag { tag } => f.debug_struct("Untag").field("tag", tag).finish(),
            Self::Remove => f.write_str("Remove"),
            Self::Link { advisor } => f.debug_struct("Link").field("advisor", advisor).finish(),
            Self::Unlink { advisor } => f.debug_struct("Unlink").field("advisor", advisor).finish(),
            Self::MergeDuplicates => f.write_str("MergeDuplicates"),
            Self::UndoMerges { job } => f.debug_struct("UndoMerges").field("job", job).finish(),
            Self::SetAttribute { namespace, .. } => {
                f.debug_struct("SetAttribute").field("namespace", namespace).finish_non_exhaustive()
            }
        }
    }
}

impl JobAction {
    /// Rejects an action that is invalid for every contact.
    pub(crate) fn check(&self) -> Result<()> {
        let Self::SetAttribute { namespace, key, value } = self else { return Ok(()) };
        AttributeDef::check_key(*namespace, key, false)?;
        if value.as_ref().is_some_and(|value| value.to_string().len() > limits::ATTRIBUTE_VALUE) {
            let reason = ValidationError::TooLong { limit: limits::ATTRIBUTE_VALUE };
            return Err(Error::invalid(Field::Attributes, reason));
        }
        Ok(())
    }
}

/// A bulk job to start: an action on all contacts that match a filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
pub struct NewJob {
    pub(crate) action: JobAction,
    pub(crate) filter: Filter,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) network: Option<Network>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) dry_run: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_key: Option<String>,
}

impl NewJob {
    /// An action on all contacts that match the filter, of the contacts that [`Session::contacts`](crate::Session::contacts) lists for the
    /// actor.
    pub fn new(action: JobAction, filter: Filter) -> Self {
        Self { action, filter, network: None, dry_run: false, idempotency_key: None }
    }

    /// Restricts the job to a network. With it, an advisor who may list the tenant's contacts on this network includes those contacts.
    pub fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// Sets whether the job only tries each change, and keeps nothing but the report.
    pub fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self
    }

    /// Sets a key, 1 to [`limits::IDEMPOTENCY_KEY`](crate::limits::IDEMPOTENCY_KEY) characters, so that the call can be repeated: a
    /// call of the same actor with the same key and input has the result of the first one, and no other effect. With other input it is
    /// an error. The key is kept for a day ([`limits::IDEMPOTENCY_MS`](crate::limits::IDEMPOTENCY_MS)); after that, or if the job was
    /// deleted, the call is a new one.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

/// The state of a bulk job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum JobState {
    /// Some contacts may not be processed yet.
    Open,
    /// All contacts are processed.
    Finished,
    /// The job was cancelled. Its changes so far stay.
    Cancelled,
}
