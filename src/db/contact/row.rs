//! The columns of a contact, and how its row is read.

use std::mem;

use rusqlite::Row;

use crate::db::columns::{apply_invitation_expiry, consent_from, invitation, status_from};
use crate::db::connection::conn::Read;
use crate::db::connection::schema::SCHEMA;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::concat_sql;
use crate::db::contact::{contact_methods, generated_uid};
use crate::db::directory::advisors::advisor_public_id;
use crate::db::directory::networks::network_code;
use crate::db::metadata::book_number;
use crate::db::sql_text::{between, position, term_with};
use crate::model::field_table::plain_fields;
use crate::model::{Contact, ContactId, GroupId, PlainField, TenantId, Timestamp, display_name};

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
    /// The UID as given. If it is empty, `contact.uid` is a generated one.
    pub(crate) given_uid: String,
    pub(crate) contact: Contact,
}

/// The value of a column. An empty sparse column is not requested from SQLite, because that costs as much as reading a value. Position
/// and bit are constants. A function that takes them as arguments costs 1 % of the instructions of a page.
macro_rules! read_column {
    ($row:ident, $mask:ident, $name:ident) => {{
        const COLUMN: Column = Column::named(stringify!($name));
        match COLUMN.bit {
            Some(bit) if $mask >> bit & 1 == 0 => Default::default(),
            _ => $row.get(COLUMN.position)?,
        }
    }};
}

/// Declares lists of the columns of the plain fields, and the function that reads a row.
macro_rules! row_reader {
    ([]
        $(#[$first_doc:meta])* $first_field:ident $first:ident { $($first_property:tt)* }
        $($(#[$doc:meta])* $field:ident $member:ident { $($property:tt)* })*
    ) => {
        const TEXT_COLUMNS: &str = concat!(stringify!($first), $(", ", stringify!($member)),*);

        /// The parameters of the plain fields, in the order of `TEXT_COLUMNS`.
        pub(super) const TEXT_VALUES: &str = concat!(":", stringify!($first), $(", :", stringify!($member)),*);

        /// The assignments of an update.
        pub(super) const TEXT_ASSIGNMENTS: &str =
            concat!(stringify!($first), " = :", stringify!($first), $(", ", stringify!($member), " = :", stringify!($member)),*);

        /// The names of the parameters.
        pub(super) const TEXT_PARAMETERS: &[(&str, PlainField)] = &[
            (concat!(":", stringify!($first)), PlainField::$first_field),
            $((concat!(":", stringify!($member)), PlainField::$field)),*
        ];

        /// Reads a contact from the columns of [`SELECT`].
        pub(super) fn read_contact(db: &Read<'_>, row: &Row<'_>) -> DbResult<StoredContact> {
            let mask: i64 = row.get(const { Column::named("nonempty_mask").position })?;
            let id: i64 = read_column!(row, mask, id);
            let (tenant, network): (Option<i64>, i64) = (read_column!(row, mask, tenant), read_column!(row, mask, network));
            let group: Option<i64> = read_column!(row, mask, federation_group);
            let expires_at: Option<i64> = read_column!(row, mask, invite_expires_at);
            let code = if expires_at.is_some() { read_column!(row, mask, invite_code) } else { String::new() };
            let own_advisor: Option<i64> = read_column!(row, mask, own_advisor);
            let mut contact = Contact {
                id: ContactId(id),
                tenant: tenant.map(TenantId),
                network: network_code(db, network)?,
                group: group.map(GroupId),
                $first: read_column!(row, mask, $first),
                $($member: read_column!(row, mask, $member),)*
                status: status_from(read_column!(row, mask, status))?,
                status_at: timestamp(read_column!(row, mask, status_at)),
                consent: consent_from(read_column!(row, mask, consent))?,
                invitation: invitation(code, expires_at),
                own_advisor: own_advisor.map(|id| advisor_public_id(db, id)).transpose()?,
                phones: Vec::new(),
                emails: Vec::new(),
                identifiers: Vec::new(),
                version: read_column!(row, mask, version),
                created_at: Timestamp(read_column!(row, mask, created_at)),
                updated_at: Timestamp(read_column!(row, mask, updated_at)),
                trashed_at: timestamp(read_column!(row, mask, trashed_at)),
                active_at: timestamp(read_column!(row, mask, active_at)),
            };
            let given_display_name = mem::take(&mut contact.display_name);
            let given_uid = mem::take(&mut contact.uid);
            apply_invitation_expiry(&mut contact, db.now());
            let methods = row.get_ref(const { Column::named("contact_methods").position })?;
            contact_methods::decode(methods.as_str().map_err(rusqlite::Error::from)?, &mut contact)?;
            let merged_into = read_column!(row, mask, merged_into);
            let mut stored = StoredContact { id, tenant, network, group, merged_into, given_display_name, given_uid, contact };
            stored.refresh_display_name();
            stored.refresh_uid(db)?;
            Ok(stored)
        }
    };
}

plain_fields!(row_reader);

/// The columns with the data of a contact. The others are its local id, and columns derived from these.
pub(super) const COLUMNS: &str = concat_sql!(
    TEXT_COLUMNS,
    ", tenant, network, version, created_at, updated_at, contact_methods, federation_group, trashed_at, active_at,
    status, status_at, consent, own_advisor, invite_expires_at, merged_into, invite_code"
);

/// The columns that [`read_contact`] reads.
const SELECTED: &str = concat_sql!("id, nonempty_mask, ", COLUMNS);

/// The start of a query for [`read_contact`].
pub(super) const SELECT: &str = concat_sql!("SELECT ", SELECTED);

/// The checksum of a contact's row. It leaves out what is derived.
pub(in crate::db) const CHECKSUM: &str = concat_sql!("row_sum(", COLUMNS, ")");

/// The expression of the column `nonempty_mask` in the schema: a term for each sparse column, in the order of the bits.
pub(super) const NONEMPTY_MASK: &str = between(SCHEMA, "GENERATED ALWAYS AS (", ") STORED");

/// A column of [`SELECTED`].
#[derive(Clone, Copy)]
struct Column {
    position: usize,
    /// The bit of `nonempty_mask`, if the column is sparse: most contacts leave it empty.
    bit: Option<u32>,
}

impl Column {
    /// Does not compile in a `const` if there is no such column.
    const fn named(name: &str) -> Self {
        Self { position: position(SELECTED, name), bit: term_with(NONEMPTY_MASK, name) }
    }
}

fn timestamp(milliseconds: Option<i64>) -> Option<Timestamp> {
    milliseconds.map(Timestamp)
}

impl StoredContact {
    /// The text of a plain field, as given.
    pub(crate) fn text(&self, field: PlainField) -> &str {
        match field {
            PlainField::DisplayName => &self.given_display_name,
            PlainField::Uid => &self.given_uid,
            _ => self.contact.text(field),
        }
    }

    pub(crate) fn text_mut(&mut self, field: PlainField) -> &mut String {
        match field {
            PlainField::DisplayName => &mut self.given_display_name,
            PlainField::Uid => &mut self.given_uid,
            _ => self.contact.text_mut(field),
        }
    }

    /// Computes the display name, after a change of other fields.
    pub(crate) fn refresh_display_name(&mut self) {
        self.contact.display_name = display_name(&self.given_display_name, &self.contact);
    }

    /// Sets the UID: as given, or generated from the book, the id and the time of creation.
    pub(crate) fn refresh_uid(&mut self, db: &Read<'_>) -> DbResult<()> {
        self.contact.uid = if self.given_uid.is_empty() {
            generated_uid::of(book_number(db)?, self.id, self.contact.created_at)
        } else {
            self.given_uid.clone()
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, NONEMPTY_MASK};

    #[test]
    fn each_sparse_column_has_its_bit() {
        for (at, term) in NONEMPTY_MASK.split('+').map(str::trim).enumerate() {
            let factor = if at == 0 { String::new() } else { format!("{} * ", 1_u64 << at) };
            let rest = term.strip_prefix(&factor).unwrap_or_else(|| panic!("{term} has bit {at}"));
            let name = rest.trim_start_matches('(').split(' ').next().unwrap_or_default();
            assert!(COLUMNS.split(',').any(|column| column.trim() == name), "{name} is a column");
        }
    }
}
