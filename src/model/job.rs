use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result, ValidationError};
use crate::model::attribute::{AttributeDef, AttributeNamespace};
use crate::model::field::Field;
use crate::model::filter::Filter;
use crate::model::id::{AdvisorId, TagId};
use crate::model::limits;
use crate::model::network::Network;

/// What a bulk job does with each contact, by the rules of the verb that does it with one.
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
    /// Gives it a tag, as [`Session::tag_contact`](crate::Session::tag_contact).
    Tag {
        /// The tag.
        tag: TagId,
    },
    /// Takes a tag from it, as [`Session::untag_contact`](crate::Session::untag_contact).
    Untag {
        /// The tag.
        tag: TagId,
    },
    /// Puts it into the trash, as [`Session::remove`](crate::Session::remove).
    Remove,
    /// Links it to an advisor, as [`Session::link`](crate::Session::link).
    Link {
        /// The advisor.
        advisor: AdvisorId,
    },
    /// Unlinks it from an advisor, as [`Session::unlink`](crate::Session::unlink).
    Unlink {
        /// The advisor.
        advisor: AdvisorId,
    },
    /// Gives an attribute a value, or takes it away, as [`Session::update`](crate::Session::update).
    SetAttribute {
        /// In which space the key is.
        namespace: AttributeNamespace,
        /// The key.
        key: String,
        /// The value, any JSON of at most [`limits::ATTRIBUTE_VALUE`] bytes; `None` takes it away.
        value: Option<Value>,
    },
}

impl fmt::Debug for JobAction {
    /// Not the value of an attribute.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { tag } => f.debug_struct("Tag").field("tag", tag).finish(),
            Self::Untag { tag } => f.debug_struct("Untag").field("tag", tag).finish(),
            Self::Remove => f.write_str("Remove"),
            Self::Link { advisor } => f.debug_struct("Link").field("advisor", advisor).finish(),
            Self::Unlink { advisor } => f.debug_struct("Unlink").field("advisor", advisor).finish(),
            Self::SetAttribute { namespace: space, .. } => {
                f.debug_struct("Set").field("space", space).finish_non_exhaustive()
            }
        }
    }
}

impl JobAction {
    /// Refuses what no contact could be done.
    pub(crate) fn check(&self) -> Result<()> {
        let Self::SetAttribute { namespace: space, key, value } = self else { return Ok(()) };
        AttributeDef::check_key(*space, key, false)?;
        if value.as_ref().is_some_and(|value| value.to_string().len() > limits::ATTRIBUTE_VALUE) {
            let problem = ValidationError::TooLong { limit: limits::ATTRIBUTE_VALUE };
            return Err(Error::invalid(Field::Attributes, problem));
        }
        Ok(())
    }
}

/// A bulk job to be started: an action on all contacts that meet a filter.
#[derive(Debug, Clone)]
#[must_use]
pub struct NewJob {
    pub(crate) action: JobAction,
    pub(crate) filter: Filter,
    pub(crate) network: Option<Network>,
    pub(crate) dry_run: bool,
}

impl NewJob {
    /// Does this with all contacts that meet the filter, among those that [`Session::contacts`](crate::Session::contacts) lists to the
    /// asker.
    pub fn new(action: JobAction, filter: Filter) -> Self {
        Self { action, filter, network: None, dry_run: false }
    }

    /// On this network only: so an advisor who sees the tenant's contacts on some networks asks for those.
    pub fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// Whether everything is tried and nothing kept but the report.
    pub fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self
    }
}

/// Where a bulk job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum JobState {
    /// There may be contacts left.
    Open,
    /// All have been looked at.
    Finished,
    /// It was cancelled; what it did stays.
    Cancelled,
}
