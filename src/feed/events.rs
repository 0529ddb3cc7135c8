//! Events: names that a tenant declares, fired on contacts for the host to act upon.

use std::fmt;

use crate::db::log::event::EventRow;
use crate::error::{Error, Result};

use crate::model::serial::present;
use crate::model::{ContactId, TenantId, Timestamp};

/// A fired event.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// The sequence number among all events. Later events have greater numbers.
    pub seq: i64,
    /// The tenant that declared the event.
    pub tenant: TenantId,
    /// The contact of the event.
    pub contact: ContactId,
    /// Its name, as declared.
    pub name: String,
    /// The payload, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub payload: Option<serde_json::Value>,
    /// The origin of the session; empty if it has none.
    pub origin: String,
    /// The time of the event.
    pub at: Timestamp,
}

impl fmt::Debug for Event {
    /// Omits the payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("seq", &self.seq)
            .field("contact", &self.contact)
            .finish_non_exhaustive()
    }
}

/// An event to fire.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
pub struct NewEvent {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) payload: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_key: Option<String>,
}

impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent").finish_non_exhaustive()
    }
}

impl NewEvent {
    /// An event of this name, in the case it was declared in.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), payload: None, idempotency_key: None }
    }

    /// Sets the payload, at most [`limits::EVENT_PAYLOAD`](crate::limits::EVENT_PAYLOAD) bytes of JSON.
    pub fn payload(mut self, payload: serde_json::Value) -> Self {
        self.payload = Some(payload);
        self
    }

    /// Sets a key, 1 to [`limits::IDEMPOTENCY_KEY`](crate::limits::IDEMPOTENCY_KEY) characters, so that the call can be repeated: a
    /// call of the same actor with the same key and input has the result of the first one, and no other effect. With other input it is
    /// an error. The key is kept for a day ([`limits::IDEMPOTENCY_MS`](crate::limits::IDEMPOTENCY_MS)); after that, or if the event was
    /// deleted, the call is a new one.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

/// Converts a row to the public type.
pub(crate) fn event_from_row(row: EventRow) -> Result<Event> {
    let damaged = |source| Error::Damaged { what: "an event", source: Some(Box::new(source)) };
    Ok(Event {
        seq: row.seq,
        tenant: TenantId(row.tenant),
        contact: row.contact,
        name: row.name,
        payload: row.payload.map(|text| serde_json::from_str(&text)).transpose().map_err(damaged)?,
        origin: row.origin,
        at: row.at,
    })
}
