//! Filters that users keep for later.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::id::SavedFilterId;
use crate::model::time::Timestamp;

/// A filter that a user keeps. The query is in the language of the host. Cardex does not read it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SavedFilter {
    /// The id.
    pub id: SavedFilterId,
    /// The kind of records that it selects, in the words of the host.
    pub kind: String,
    /// The name, 1 to [`limits::NAME`](crate::limits::NAME) characters.
    pub name: String,
    /// The query, at most [`limits::SAVED_QUERY`](crate::limits::SAVED_QUERY) bytes of JSON.
    pub query: Value,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl fmt::Debug for SavedFilter {
    /// Shows the id and the kind but not the name and the query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedFilter").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}
