//! The columns of a contact, and how its row is read.

use constcat::concat as concat_sql;
use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::db::columns::{apply_invitation_expiry, consent_from, invitation, status_from};
use crate::db::connection::conn::Read;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::contact::contact_methods;
use crate::db::directory::advisors::advisor_public_id;
use crate::db::directory::networks::network_code;
use crate::db::directory::tenants::{group_public_id, tenant_public_id};
use crate::model::{Contact, ContactId, Timestamp, display_name};

/// A contact with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredContact {
    pub(crate) id: i64,
    pub(crate) tenant: Option<i64>,
    pub(crate) network: i64,
    pub(crate) group: Option<i64>,
    /// The contact that this one was merged into.
    pub(crate) merged_into: Option<i64>,
    /// The display name as given. If it is empty, `contact.display_name` is composed of other fields.
    pub(crate) given_display_name: String,
    pub(crate) contact: Contact,
}

/// The columns with the data of a contact. The others are its local id, and columns derived from these. The columns from
/// `federation_group` to `merged_into` are in the order of the bits of `nonempty_mask`.
pub(super) const COLUMNS: &str = "public_id, tenant, network, first_name, last_name, company, version, created_at, updated_at,
    contact_methods, federation_group, display_name, nickname, language, city, country, uid, trashed_at, active_at,
    status, status_at, consent, own_advisor, invite_expires_at, merged_into, invite_code";

/// The start of a query for [`read_contact`].
pub(super) const SELECT: &str = concat_sql!("SELECT id, nonempty_mask, ", COLUMNS);

/// The checksum of a contact's row. It leaves out what is derived.
pub(in crate::db) const CHECKSUM: &str = concat_sql!("row_sum(", COLUMNS, ")");

/// The expression of the column `nonempty_mask`, as in the schema.
pub(super) const NONEMPTY_MASK: &str =
    "(federation_group IS NOT NULL) + 2 * (display_name <> '') + 4 * (nickname <> '') + 8 * (language <> '') + 16 * (city <> '')
        + 32 * (country <> '') + 64 * (uid <> '') + 128 * (trashed_at IS NOT NULL) + 256 * (active_at IS NOT NULL)
        + 512 * (status <> 0) + 1024 * (status_at IS NOT NULL) + 2048 * (consent <> 0) + 4096 * (own_advisor IS NOT NULL)
        + 8192 * (invite_expires_at IS NOT NULL) + 16384 * (merged_into IS NOT NULL)";

/// A row of which only the nonempty columns are read: to ask SQLite for an empty column costs as much as for another one.
struct SparseRow<'r, 's> {
    row: &'r Row<'s>,
    nonempty_mask: i64,
}

impl SparseRow<'_, '_> {
    /// The column of the lowest bit.
    const FIRST_MASKED_COLUMN: usize = 12;

    fn get_if_nonempty<T: FromSql + Default>(&self, bit: usize) -> rusqlite::Result<T> {
        if self.nonempty_mask >> bit & 1 == 0 {
            return Ok(T::default());
        }
        self.row.get(Self::FIRST_MASKED_COLUMN.saturating_add(bit))
    }

    fn time(&self, bit: usize) -> rusqlite::Result<Option<Timestamp>> {
        Ok(self.get_if_nonempty::<Option<i64>>(bit)?.map(Timestamp))
    }
}

/// Reads a contact from the columns of [`SELECT`].
pub(super) fn read_contact(db: &Read<'_>, row: &Row<'_>) -> DbResult<StoredContact> {
    let (tenant, network): (Option<i64>, i64) = (row.get(3)?, row.get(4)?);
    let sparse = SparseRow { row, nonempty_mask: row.get(1)? };
    let group: Option<i64> = sparse.get_if_nonempty(0)?;
    let expires_at: Option<i64> = sparse.get_if_nonempty(13)?;
    let code = if expires_at.is_some() { row.get(27)? } else { String::new() };
    let own_advisor: Option<i64> = sparse.get_if_nonempty(12)?;
    let mut contact = Contact {
        id: ContactId(row.get(2)?),
        tenant: tenant.map(|id| tenant_public_id(db, id)).transpose()?,
        network: network_code(db, network)?,
        group: group.map(|id| group_public_id(db, id)).transpose()?,
        first_name: row.get(5)?,
        last_name: row.get(6)?,
        display_name: String::new(),
        nickname: sparse.get_if_nonempty(2)?,
        company: row.get(7)?,
        language: sparse.get_if_nonempty(3)?,
        city: sparse.get_if_nonempty(4)?,
        country: sparse.get_if_nonempty(5)?,
        status: status_from(sparse.get_if_nonempty(9)?)?,
        status_at: sparse.time(10)?,
        consent: consent_from(sparse.get_if_nonempty(11)?)?,
        invitation: invitation(code, expires_at),
        own_advisor: own_advisor.map(|id| advisor_public_id(db, id)).transpose()?,
        phones: Vec::new(),
        emails: Vec::new(),
        identifiers: Vec::new(),
        uid: sparse.get_if_nonempty(6)?,
        version: row.get(8)?,
        created_at: Timestamp(row.get(9)?),
        updated_at: Timestamp(row.get(10)?),
        trashed_at: sparse.time(7)?,
        active_at: sparse.time(8)?,
    };
    apply_invitation_expiry(&mut contact, db.now());
    contact_methods::decode(row.get_ref(11)?.as_str().map_err(rusqlite::Error::from)?, &mut contact)?;
    let (merged_into, given_display_name) = (sparse.get_if_nonempty(14)?, sparse.get_if_nonempty(1)?);
    let mut stored =
        StoredContact { id: row.get(0)?, tenant, network, group, merged_into, given_display_name, contact };
    stored.refresh_display_name();
    Ok(stored)
}

impl StoredContact {
    /// Computes the display name, after a change of other fields.
    pub(crate) fn refresh_display_name(&mut self) {
        self.contact.display_name = display_name(&self.given_display_name, &self.contact);
    }
}

#[cfg(test)]
mod tests {
    use super::NONEMPTY_MASK;

    /// The check compares the column with this expression, whatever the schema of the file is.
    #[test]
    fn nonempty_mask_equals_schema_expression() {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(include_str!("../../../schema.sql")).contains(&words(NONEMPTY_MASK)));
    }
}
