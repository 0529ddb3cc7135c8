//! The tables that a recovery copies, and a row of them.

use rusqlite::types::Value;

use crate::db::connection::statement::{Statement, concat_sql};
use crate::db::contact::row::CHECKSUM;
use crate::model::field_table::plain_fields;

/// A table that is copied.
pub(crate) struct TableSpec {
    pub(crate) name: &'static str,
    /// In the order of a row's values. Rows are found by the first column.
    pub(super) columns: &'static [&'static str],
    /// Rows with a greater first column, ascending. The last result column says whether the row matches its checksum.
    pub(in crate::db) scan_ascending: Statement,
    /// Rows whose first column is not greater, descending.
    pub(in crate::db) scan_descending: Statement,
    /// Rows with this first column.
    pub(in crate::db) select_by_key: Statement,
    pub(in crate::db) insert: Statement,
}

/// A row of a damaged store.
pub(crate) struct RecoveredRow {
    /// In the order of the table's columns.
    pub(crate) values: Vec<Value>,
    /// Whether the row matches its checksum. True for tables without checksums.
    pub(crate) checksum_matches: bool,
}

/// The facts about a damaged store that the new store takes over.
pub(crate) struct Identity {
    pub(crate) public_id: i64,
    pub(crate) created_at: i64,
    pub(crate) changes_pruned_through: i64,
    pub(crate) locale: String,
}

impl RecoveredRow {
    /// The value of the first column, if it is an integer.
    pub(super) fn key(&self) -> Option<i64> {
        match self.values.first() {
            Some(Value::Integer(key)) => Some(*key),
            _ => None,
        }
    }

    pub(super) fn value_mut(&mut self, table: &TableSpec, column: &str) -> Option<&mut Value> {
        let at = table.columns.iter().position(|known| *known == column)?;
        self.values.get_mut(at)
    }

    /// The integer in a column; `None` for any other value, or if the table has no such column.
    pub(crate) fn integer(&self, table: &TableSpec, column: &str) -> Option<i64> {
        let at = table.columns.iter().position(|known| *known == column)?;
        match self.values.get(at) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }
}

/// Declares a table: `VERB TABLE by KEYS (CHECK) MORE = VALUES: COLUMNS`. The first column is the first key. CHECK is the condition that a
/// row matches its checksum. MORE are columns that are not copied, but must have a value, with VALUES.
macro_rules! table_spec {
    ($verb:literal $table:ident by $key:ident $($other_key:ident)* ($check:expr) $more_columns:literal = $values:literal :
        $first:ident $($column:ident)*) => {
        TableSpec {
            name: stringify!($table),
            columns: &[stringify!($first), $(stringify!($column)),*],
            scan_ascending: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat_sql!("SELECT ", stringify!($first), $(", ", stringify!($column),)* ", ", $check, " FROM ", stringify!($table),
                    " WHERE ", stringify!($key), " > :at ORDER BY ", stringify!($key), $(", ", stringify!($other_key)),*),
            },
            scan_descending: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat_sql!("SELECT ", stringify!($first), $(", ", stringify!($column),)* ", ", $check, " FROM ", stringify!($table),
                    " WHERE ", stringify!($key), " <= :at ORDER BY ", stringify!($key), " DESC", $(", ", stringify!($other_key), " DESC"),*),
            },
            select_by_key: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat_sql!("SELECT ", stringify!($first), $(", ", stringify!($column),)* ", ", $check, " FROM ", stringify!($table),
                    " WHERE ", stringify!($key), " = :at ORDER BY ", stringify!($key), $(", ", stringify!($other_key)),*),
            },
            insert: Statement {
                name: concat!(module_path!(), "::", stringify!($table)),
                sql: concat_sql!($verb, " INTO ", stringify!($table), " (", stringify!($first), $(", ", stringify!($column),)* $more_columns,
                    ") VALUES (:", stringify!($first), $(", :", stringify!($column),)* $values, ")"),
            },
        }
    };
}

/// Declares the table of contacts, with the columns of the plain fields.
macro_rules! contact_table {
    ([] $($(#[$doc:meta])* $field:ident $member:ident { $($property:tt)* })*) => {
        const CONTACT: TableSpec = table_spec! {
            "INSERT" contact by id (concat_sql!("checksum = ", CHECKSUM)) ", folded_texts, sort_key0, checksum" = ", '', x'', 0":
                id tenant network federation_group $($member)* status contact_methods
                version created_at updated_at trashed_at active_at status_at consent own_advisor invite_code invite_expires_at merged_into
        };
    };
}

plain_fields!(contact_table);

// A table comes before the tables that refer to it. A new store has networks, so these are replaced.
/// The tables that are copied.
pub(crate) const TABLES: &[TableSpec] = &[
    table_spec! { "INSERT OR REPLACE" network by id ("1") "" = "": id code messaging requires_company requires_email needs_invitation copyable
    direct conversation_on_create unique_phone unique_email statuses asks_consent default_permissions advisor_number },
    table_spec! { "INSERT" tenant by id ("1") "" = "": id name requires_entitlement calling_code },
    table_spec! { "INSERT" federation_group by id ("1") "" = "": id tenant name },
    table_spec! { "INSERT" closed_network by tenant federation_group network ("1") "" = "": tenant federation_group network },
    table_spec! { "INSERT" advisor by id ("1") "" = "": id public_id tenant first_name last_name email email_key },
    table_spec! { "INSERT" entitlement by advisor network ("1") "" = "": advisor network tenant federation_group permissions phone normalized created_at },
    table_spec! { "INSERT" withdrawn_entitlement by advisor network ("1") "" = "": advisor network },
    table_spec! { "INSERT" pre_entitlement by tenant email_key network ("1") "" = "": tenant email_key network email federation_group phone normalized created_at },
    table_spec! { "INSERT" number_pool by tenant network normalized ("1") "" = "": tenant network normalized phone },
    CONTACT,
    table_spec! { "INSERT" contact_card by contact ("checksum = row_sum(contact, card)") ", checksum" = ", 0": contact card },
    table_spec! { "INSERT" link by contact advisor ("1") "" = "": contact advisor created_at },
    table_spec! { "INSERT" blocked_number by tenant advisor normalized ("1") "" = "": tenant advisor normalized phone reason comment created_at },
    table_spec! { "INSERT" conversation by id ("1") "" = "": id tenant external_id kind network federation_group advisor name created_at updated_at },
    table_spec! { "INSERT" conversation_member by conversation contact ("1") "" = "": conversation contact },
    table_spec! { "INSERT" outbox by seq ("1") "" = "": seq tenant body created_at attempts last_attempt_at },
    table_spec! { "INSERT" tag by id ("checksum = row_sum(tenant, name, name_key, color)") ", checksum" = ", 0": id tenant name name_key color },
    table_spec! { "INSERT" contact_tag by contact tag ("1") "" = "": contact tag },
    table_spec! { "INSERT" attribute_def by id ("1") "" = "": id tenant namespace key kind declared name description pattern hint choices
    created_at updated_at },
    table_spec! { "INSERT" attribute by contact def ("checksum = row_sum(value)") ", checksum" = ", 0": contact def value normalized },
    table_spec! { "INSERT" note by id ("checksum = row_sum(advisor, content, created_at, updated_at)") ", checksum" = ", 0":
    id contact tenant advisor content created_at updated_at },
    table_spec! { "INSERT" funnel by id ("1") "" = "": id tenant service_key name },
    table_spec! { "INSERT" contact_funnel by contact funnel ("1") "" = "": contact funnel created_at },
    table_spec! { "INSERT" saved_filter by id ("1") "" = "": id tenant owner kind name query created_at updated_at },
    table_spec! { "INSERT" channel by id ("1") "" = "": id tenant kind name active created_at updated_at },
    table_spec! { "INSERT" channel_identity by id ("1") "" = "": id channel identifier contact subscribed unread created_at },
    table_spec! { "INSERT" merge_record by seq ("1") "" = "": seq survivor absorbed copied_fields origin at undone_at job },
    table_spec! { "INSERT" merge_transfer by merge_record kind item ("1") "" = "": merge_record kind item value },
    table_spec! { "INSERT" not_duplicate by contact other ("1") "" = "": contact other },
    table_spec! { "INSERT" change by seq ("1") "" = "": seq tenant contact kind fields other origin at },
    table_spec! { "INSERT" event_name by tenant name ("1") "" = "": tenant name created_at },
    table_spec! { "INSERT" event by seq ("1") "" = "": seq tenant contact name payload origin at },
    table_spec! { "INSERT" job by seq ("1") "" = "": seq tenant requester_kind advisor network filter action dry_run state position last_contact contacts scanned done unchanged
    rejected origin created_at updated_at },
    table_spec! { "INSERT" job_failure by job contact ("1") "" = "": job contact error_code },
    table_spec! { "INSERT" import_run by id ("1") "" = "": id tenant requester_kind advisor name state added updated removed_to restored_to origin
    created_at updated_at },
    table_spec! { "INSERT" import_range by run first ("1") "" = "": run first last },
    table_spec! { "INSERT" import_item by run contact ("checksum = row_sum(run, contact, version, earlier)") ", checksum" = ", 0":
    run contact version earlier },
];
