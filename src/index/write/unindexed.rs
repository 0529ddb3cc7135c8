//! Which contacts the index has no keys of.

use crate::db::index::index_store;
use crate::db::metadata::IdRange;
use crate::db::{Read, Write, contact, metadata};
use crate::error::Result;
use crate::text::fold::FOLD_VERSION;

/// Removes all keys of all contacts from the index, at once and whatever its state. [`unindexed`] then returns all contacts,
/// until maintenance has indexed them again.
///
/// # Errors
/// Those of the store.
pub(crate) fn reset_index(db: &Write<'_>) -> Result<()> {
    index_store::retire_all(db)?;
    index_store::increment_epoch(db)?;
    Ok(metadata::set_unindexed(db, IdRange { after: 0, last: contact::last_id(db)? })?)
}

/// The contacts that have no keys in the index. All contacts if the keys were made with another version of text normalisation.
///
/// # Errors
/// Those of the store.
pub(crate) fn unindexed(db: &Read<'_>) -> Result<IdRange> {
    let (fold_version, range) = metadata::unindexed(db)?;
    Ok(if fold_version == FOLD_VERSION { range } else { IdRange::ALL })
}
