//! What a damaged book still says, row by row, and how it comes into a new one.
//!
//! Only what cannot be made anew is copied: lists, search keys and counts are derived from it again. Local ids stay as they
//! are, so rows refer to each other as they did.

mod damaged_file;
#[cfg(test)]
mod tests;
mod writer;

use rusqlite::types::Value;

use crate::db::Statement;
pub(crate) use crate::db::recovery::damaged_file::DamagedFile;
pub(crate) use crate::db::recovery::writer::{
    InsertOutcome, ParentKind, delete_default_tenant, ensure_parent, insert, raise_sequence,
    recompute_derived, repair_contact, restore_identity, set_merged_into,
};

/// A table that is copied.
pub(crate) struct TableSpec {
    pub(crate) name: &'static str,
    /// In the order of a row's values. The first one is what rows are looked for by.
    pub(super) columns: &'static [&'static str],
    /// Rows whose first column is greater, upwards; the last column says whether the row has its checksum.
    scan_ascending: Statement,
    /// Rows whose first column is not greater, downwards.
    scan_descending: Statement,
    /// Rows with this first column.
    select_by_key: Statement,
    insert: Statement,
}

/// A row of a damaged book.
pub(crate) struct RecoveredRow {
    /// In the order of the table's columns.
    pub(crate) values: Vec<Value>,
    /// Whether it is what was written, as far as can be told.
    pub(crate) checksum_matches: bool,
}

impl RecoveredRow {
    fn value_mut(&mut self, table: &TableSpec, column: &str) -> Option<&mut Value> {
        let at = table.columns.iter().position(|known| *known == column)?;
        self.values.get_mut(at)
    }

    /// A whole number in a column; `None` for anything else.
    pub(crate) fn integer(&self, table: &TableSpec, column: &str) -> Option<i64> {
        let at = table.columns.iter().position(|known| *known == column)?;
        match self.values.get(at) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }
}

/// `VERB TABLE by KEYS (SEAL) + COLUMNS = VALUES: ALL COLUMNS`, the first one being the first of the keys. SEAL is what tells that a
/// row is as written; COLUMNS are those that are not copied but must have a value.
macro_rules! table_specs {
    ($($verb:literal $table:ident by $key:ident $($more:ident)* ($seal:expr) $also:literal = $values:literal :
        $first:ident $($column:ident)*;)*) => {
        pub(crate) const TABLES: &[TableSpec] = &[$(TableSpec {
            name: stringify!($table),
            columns: &[stringify!($first), $(stringify!($column)),*],
            scan_ascending: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat!("SELECT ", stringify!($first), $(", ", stringify!($column),)* ", ", $seal, " FROM ", stringify!($table),
                    " WHERE ", stringify!($key), " > :at ORDER BY ", stringify!($key), $(", ", stringify!($more)),*),
            },
            scan_descending: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat!("SELECT ", stringify!($first), $(", ", stringify!($column),)* ", ", $seal, " FROM ", stringify!($table),
                    " WHERE ", stringify!($key), " <= :at ORDER BY ", stringify!($key), " DESC", $(", ", stringify!($more), " DESC"),*),
            },
            select_by_key: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat!("SELECT ", stringify!($first), $(", ", stringify!($column),)* ", ", $seal, " FROM ", stringify!($table),
                    " WHERE ", stringify!($key), " = :at ORDER BY ", stringify!($key), $(", ", stringify!($more)),*),
            },
            insert: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat!($verb, " INTO ", stringify!($table), " (", stringify!($first), $(", ", stringify!($column),)* $also,
                    ") VALUES (:", stringify!($first), $(", :", stringify!($column),)* $values, ")"),
            },
        }),*];
    };
}

// Those that others refer to come first. A new book has networks already.
table_specs! {
    "INSERT OR REPLACE" network by id ("1") "" = "": id code messaging requires_company requires_email needs_invitation copyable
        direct conversation_on_create unique_phone unique_email statuses asks_consent default_permissions advisor_number;
    "INSERT" tenant by id ("1") "" = "": id public_id name requires_entitlement calling_code;
    "INSERT" federation_group by id ("1") "" = "": id public_id tenant name;
    "INSERT" closed_network by tenant federation_group network ("1") "" = "": tenant federation_group network;
    "INSERT" advisor by id ("1") "" = "": id public_id tenant first_name last_name email email_key;
    "INSERT" entitlement by advisor network ("1") "" = "": advisor network tenant federation_group permissions phone normalized created_at;
    "INSERT" pre_entitlement by tenant email_key network ("1") "" = "": tenant email_key network email federation_group phone normalized created_at;
    "INSERT" number_pool by tenant network normalized ("1") "" = "": tenant network normalized phone;
    "INSERT" contact by id (concat!("checksum = ", crate::db::contact::row_checksum::contact_checksum!()))
        ", folded_texts, sort_key0, checksum" = ", '', x'', 0":
        id public_id tenant network federation_group first_name last_name display_name nickname company language city country status uid contact_methods
        version created_at updated_at trashed_at active_at status_at consent own_advisor invite_code invite_expires_at merged_into;
    "INSERT" contact_card by contact ("checksum = row_sum(contact, card)") ", checksum" = ", 0": contact card;
    "INSERT" link by contact advisor ("1") "" = "": contact advisor created_at;
    "INSERT" blocked_number by tenant advisor normalized ("1") "" = "": tenant advisor normalized phone reason comment created_at;
    "INSERT" conversation by id ("1") "" = "": id tenant external_id kind network federation_group advisor name created_at updated_at;
    "INSERT" conversation_member by conversation contact ("1") "" = "": conversation contact;
    "INSERT" outbox by seq ("1") "" = "": seq tenant body created_at attempts last_attempt_at;
    "INSERT" tag by id ("checksum = row_sum(public_id, tenant, name, name_key, color)") ", checksum" = ", 0": id public_id tenant name name_key color;
    "INSERT" contact_tag by contact tag ("1") "" = "": contact tag;
    "INSERT" attribute_def by id ("1") "" = "": id public_id tenant namespace key kind declared name description pattern hint choices
        created_at updated_at;
    "INSERT" attribute by contact def ("checksum = row_sum(value)") ", checksum" = ", 0": contact def value normalized;
    "INSERT" note by id ("checksum = row_sum(public_id, advisor, content, created_at, updated_at)") ", checksum" = ", 0":
        id public_id contact advisor content created_at updated_at;
    "INSERT" funnel by id ("1") "" = "": id public_id tenant service_key name;
    "INSERT" contact_funnel by contact funnel ("1") "" = "": contact funnel created_at;
    "INSERT" channel by id ("1") "" = "": id public_id tenant kind name active created_at updated_at;
    "INSERT" channel_identity by id ("1") "" = "": id public_id channel identifier contact subscribed unread created_at;
    "INSERT" merge_record by seq ("1") "" = "": seq public_id survivor absorbed copied_fields origin at undone_at;
    "INSERT" merge_transfer by merge_record kind item ("1") "" = "": merge_record kind item value;
    "INSERT" change by seq ("1") "" = "": seq tenant contact_public_id kind fields other_public_id origin at;
    "INSERT" event_name by tenant name ("1") "" = "": tenant name created_at;
    "INSERT" event by seq ("1") "" = "": seq tenant contact_public_id name payload origin at;
    "INSERT" job by seq ("1") "" = "": seq tenant requester_kind advisor network filter action dry_run state position last_contact scanned done unchanged
        rejected origin created_at updated_at;
    "INSERT" job_failure by job contact_local_id ("1") "" = "": job contact_local_id contact_public_id error_code;
}

/// All statements, for the test that looks at every plan.
#[cfg(test)]
pub(super) fn statements() -> impl Iterator<Item = &'static Statement> {
    let of = |table: &'static TableSpec| {
        [&table.scan_ascending, &table.scan_descending, &table.select_by_key, &table.insert]
    };
    TABLES.iter().flat_map(of).chain(writer::STATEMENTS).chain(damaged_file::STATEMENTS)
}
