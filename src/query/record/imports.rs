//! Imports that are recorded.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::rights::Rights;
use crate::access::session::{Actor, Session};
use crate::db::record::import_run::ImportRow;
use crate::db::{self, Read};
use crate::error::{EntityKind, Error, Result};
use crate::model::{ImportId, ImportState, TenantId, Timestamp};
use crate::query::page::{Page, Start, newest_first_page, page_setters, query_fingerprint};
use crate::query::record::requester::{is_visible_request, job_owner, requester};

/// An import that is recorded, so that it can be undone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImportRun {
    /// Its number.
    pub id: ImportId,
    /// The tenant of the session that imported; `None` for all tenants.
    pub tenant: Option<TenantId>,
    /// The actor that imported.
    pub requested_by: Actor,
    /// The name that the host gave it, for example that of the file.
    pub name: String,
    /// Its state.
    pub state: ImportState,
    /// Contacts that it added.
    pub added: u64,
    /// Updates of contacts that the book had; a contact counts once for each record that changed it.
    pub updated: u64,
    /// The origin of the session that imported; empty if it had none.
    pub origin: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last wrote contacts, or undid some.
    pub updated_at: Timestamp,
}

impl fmt::Debug for ImportRun {
    /// Without the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, requested_by, state, added, updated, .. } = self;
        f.debug_struct("ImportRun")
            .field("id", id)
            .field("requested_by", requested_by)
            .field("state", state)
            .field("added", added)
            .field("updated", updated)
            .finish_non_exhaustive()
    }
}

/// A list of imports that is being built; see [`Session::imports`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ImportList<'s> {
    session: &'s Session,
    limit: usize,
    start: Start,
}

impl<'s> ImportList<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session, limit: 50, start: Start::First }
    }

    page_setters!(ImportRun, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<ImportRun>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let (owner, key) = job_owner(&self.session.rights(db)?);
            let query = query_fingerprint(&self.session.engine, "imports", &[])
                .add_number(key.0)
                .add_number(key.1)
                .finish();
            newest_first_page(&self.start, self.limit, query, |from, older, fetch| {
                let rows = db::import_run::page(db, owner, from, older, fetch)?;
                rows.iter().map(|row| Ok((row.id, import_from_row(db, row)?))).collect()
            })
        })
    }
}

/// An import that the actor may see and undo.
///
/// # Errors
/// [`Error::NotFound`], also for an import of another actor.
pub(crate) fn visible_import(db: &Read<'_>, rights: &Rights, id: ImportId) -> Result<ImportRow> {
    let row = db::import_run::one(db, id.0)?;
    let row = row.filter(|row| is_visible_request(rights, row.tenant, row.requested_by));
    row.ok_or(Error::NotFound(EntityKind::Import, id.0))
}

/// The public form of a stored import.
///
/// # Errors
/// [`Error::Damaged`].
pub(crate) fn import_from_row(db: &Read<'_>, row: &ImportRow) -> Result<ImportRun> {
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(ImportRun {
        id: ImportId(row.id),
        tenant: row.tenant.map(TenantId),
        requested_by: requester(db, row.tenant, row.requested_by)?,
        name: row.name.clone(),
        state: row.state,
        added: count(row.added),
        updated: count(row.updated),
        origin: row.origin.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
