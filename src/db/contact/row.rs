//! A contact's row as it is read.

use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::db::contact::contact_methods;
use crate::db::contact::status::{apply_invitation_expiry, consent_from, invitation, status_from};
use crate::db::directory::{self, tenants};
use crate::db::{DbResult, Read};
use crate::model::{Contact, ContactId, Timestamp, display_name};

/// A contact with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredContact {
    pub(crate) id: i64,
    pub(crate) tenant: Option<i64>,
    pub(crate) network: i64,
    pub(crate) group: Option<i64>,
    /// The contact it was merged into.
    pub(crate) merged_into: Option<i64>,
    /// The display name as given; the contact's own is made of other fields where this is empty.
    pub(crate) given_display_name: String,
    pub(crate) contact: Contact,
}

/// The columns `stored` reads, in its order: behind `filled` those that it tells of, from the lowest bit on.
macro_rules! contact_columns {
    () => {
        "c.id, c.public_id, c.tenant, c.network, c.first_name, c.last_name, c.company, c.version, c.created_at, c.updated_at,
            c.contact_methods, c.nonempty_mask, c.federation_group, c.display_name, c.nickname, c.language, c.city, c.country, c.uid, c.trashed_at, c.active_at,
            c.status, c.status_at, c.consent, c.own_advisor, c.invite_expires_at, c.merged_into, c.invite_code"
    };
}

pub(crate) use contact_columns;

/// What the schema makes the column `filled` of.
macro_rules! nonempty_mask {
    () => {
        "(federation_group IS NOT NULL) + 2 * (display_name <> '') + 4 * (nickname <> '') + 8 * (language <> '') + 16 * (city <> '')
        + 32 * (country <> '') + 64 * (uid <> '') + 128 * (trashed_at IS NOT NULL) + 256 * (active_at IS NOT NULL)
        + 512 * (status <> 0) + 1024 * (status_at IS NOT NULL) + 2048 * (consent <> 0) + 4096 * (own_advisor IS NOT NULL)
        + 8192 * (invite_expires_at IS NOT NULL) + 16384 * (merged_into IS NOT NULL)"
    };
}
pub(crate) use nonempty_mask;

/// A row of which only what is filled is read: to ask SQLite for a column costs about as much as to find it.
struct SparseRow<'r, 's> {
    row: &'r Row<'s>,
    nonempty_mask: i64,
}

impl SparseRow<'_, '_> {
    fn get_if_nonempty<T: FromSql + Default>(&self, bit: usize) -> rusqlite::Result<T> {
        let is_filled = self.nonempty_mask >> bit & 1 != 0;
        if is_filled { self.row.get(Self::FIRST_MASKED_COLUMN.saturating_add(bit)) } else { Ok(T::default()) }
    }

    fn time(&self, bit: usize) -> rusqlite::Result<Option<Timestamp>> {
        Ok(self.get_if_nonempty::<Option<i64>>(bit)?.map(Timestamp))
    }

    /// The column of the lowest bit.
    const FIRST_MASKED_COLUMN: usize = 12;
}

/// A contact from `columns!()`.
pub(crate) fn read_contact(db: &Read<'_>, row: &Row<'_>) -> DbResult<StoredContact> {
    let (tenant, network): (Option<i64>, i64) = (row.get(2)?, row.get(3)?);
    let sparse = SparseRow { row, nonempty_mask: row.get(11)? };
    let group: Option<i64> = sparse.get_if_nonempty(0)?;
    let invited_until: Option<i64> = sparse.get_if_nonempty(13)?;
    let code = if invited_until.is_some() { row.get(27)? } else { String::new() };
    let own_advisor: Option<i64> = sparse.get_if_nonempty(12)?;
    let mut contact = Contact {
        id: ContactId(row.get(1)?),
        tenant: tenant.map(|id| tenants::tenant_public_id(db, id)).transpose()?,
        network: directory::network_code(db, network)?,
        group: group.map(|id| tenants::group_public_id(db, id)).transpose()?,
        first_name: row.get(4)?,
        last_name: row.get(5)?,
        display_name: String::new(),
        nickname: sparse.get_if_nonempty(2)?,
        company: row.get(6)?,
        language: sparse.get_if_nonempty(3)?,
        city: sparse.get_if_nonempty(4)?,
        country: sparse.get_if_nonempty(5)?,
        status: status_from(sparse.get_if_nonempty(9)?)?,
        status_at: sparse.time(10)?,
        consent: consent_from(sparse.get_if_nonempty(11)?)?,
        invitation: invitation(code, invited_until),
        own_advisor: own_advisor.map(|id| directory::advisor_public_id(db, id)).transpose()?,
        phones: Vec::new(),
        emails: Vec::new(),
        identifiers: Vec::new(),
        uid: sparse.get_if_nonempty(6)?,
        version: row.get(7)?,
        created_at: Timestamp(row.get(8)?),
        updated_at: Timestamp(row.get(9)?),
        trashed_at: sparse.time(7)?,
        active_at: sparse.time(8)?,
    };
    apply_invitation_expiry(&mut contact, db.now());
    contact_methods::decode(row.get_ref(10)?.as_str().map_err(rusqlite::Error::from)?, &mut contact)?;
    let (merged_into, given_display_name) = (sparse.get_if_nonempty(14)?, sparse.get_if_nonempty(1)?);
    let mut stored =
        StoredContact { id: row.get(0)?, tenant, network, group, merged_into, given_display_name, contact };
    stored.refresh_display_name();
    Ok(stored)
}

impl StoredContact {
    /// Makes the display name anew, after a change.
    pub(crate) fn refresh_display_name(&mut self) {
        self.contact.display_name = display_name(&self.given_display_name, &self.contact);
    }
}
