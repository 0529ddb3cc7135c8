//! Events: names that a tenant declares, fired on contacts for the host to act upon.

use std::fmt;

use crate::db::log::event::EventRow;
use crate::db::{self, Read};
use crate::error::{Error, Result};

use crate::model::{ContactId, TenantId, Timestamp};

/// An event that was fired.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// The place among all events: later ones have greater numbers.
    pub seq: i64,
    /// Whose event it is.
    pub tenant: TenantId,
    /// On whom it was fired.
    pub contact: ContactId,
    /// Its name, as declared.
    pub name: String,
    /// What was sent with it, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<serde_json::Value>,
    /// The origin the session named; empty if none.
    pub origin: String,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for Event {
    /// Not what was sent with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("seq", &self.seq)
            .field("contact", &self.contact)
            .finish_non_exhaustive()
    }
}

/// An event to be fired.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct NewEvent {
    pub(crate) name: String,
    pub(crate) payload: Option<serde_json::Value>,
}

impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent").finish_non_exhaustive()
    }
}

impl NewEvent {
    /// An event of this name, in the case it was declared in.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), payload: None }
    }

    /// What to send with it, at most [`limits::EVENT_PAYLOAD`](crate::limits::EVENT_PAYLOAD) bytes of JSON.
    pub fn payload(mut self, payload: serde_json::Value) -> Self {
        self.payload = Some(payload);
        self
    }
}

/// An event as it is told.
pub(crate) fn event_from_row(db: &Read<'_>, row: EventRow) -> Result<Event> {
    let damaged = |source| Error::Damaged { what: "an event", source: Some(Box::new(source)) };
    Ok(Event {
        seq: row.seq,
        tenant: db::tenants::tenant_public_id(db, row.tenant)?,
        contact: row.contact_public_id,
        name: row.name,
        payload: row.payload.map(|text| serde_json::from_str(&text)).transpose().map_err(damaged)?,
        origin: row.origin,
        at: row.at,
    })
}
