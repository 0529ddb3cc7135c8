//! The state of an import.

use serde::{Deserialize, Serialize};

/// The state of an import that is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ImportState {
    /// Nothing of it is undone.
    Recorded,
    /// A part of it is undone.
    PartlyUndone,
    /// It is undone, except for contacts that changed since.
    Undone,
}
