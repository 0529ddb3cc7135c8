//! Reads all contacts in batches.

use crate::db::{self, Read, Scope};
use crate::error::Result;
use crate::operations::context::list_scopes_of;

/// The number of contacts that a pass over all contacts reads at a time.
pub(crate) const CONTACT_BATCH: i64 = 1_000;

/// All contacts with their lists, batch by batch.
pub(crate) struct ContactScan<'a> {
    db: &'a Read<'a>,
    after_id: i64,
    batch_size: i64,
    batch: Option<std::vec::IntoIter<db::contact::StoredContact>>,
}

impl<'a> ContactScan<'a> {
    pub(crate) fn new(db: &'a Read<'a>) -> Self {
        Self::starting_after(db, 0, CONTACT_BATCH)
    }

    /// Starts after a local id, with batches of this size.
    pub(crate) fn starting_after(db: &'a Read<'a>, after: i64, most: i64) -> Self {
        Self { db, after_id: after, batch_size: most, batch: None }
    }

    pub(crate) fn next(&mut self) -> Result<Option<(db::contact::StoredContact, Vec<Scope>)>> {
        let mut next = self.next_in_batch()?;
        if next.is_none() {
            self.batch = None;
            next = self.next_in_batch()?;
        }
        let Some(stored) = next else { return Ok(None) };
        let advisors = db::entries::advisors_of(self.db, stored.id)?;
        let scopes = list_scopes_of(&stored, &advisors);
        Ok(Some((stored, scopes)))
    }

    /// The next contact of the batch; `None` at its end.
    pub(crate) fn next_in_batch(&mut self) -> Result<Option<db::contact::StoredContact>> {
        let slice = match &mut self.batch {
            Some(slice) => slice,
            none => {
                none.insert(db::contact::batch_after(self.db, self.after_id, self.batch_size)?.into_iter())
            }
        };
        let next = slice.next();
        if let Some(stored) = &next {
            self.after_id = stored.id;
        }
        Ok(next)
    }
}
