//! One look at the plan of every statement: nothing walks a table or sorts in a temporary tree unless it is said here why.

use rusqlite::Connection;

use crate::db::contact::{self, contact_methods, merge_record, row_checksum, unique_values};
use crate::db::directory::{self, advisor_numbers, entitlement, pre_entitlement, tenants};
use crate::db::index::{index_store, substring};
use crate::db::list::{bitmap_index, bucket, entries, filter_lookup, range_scan, sort_index};
use crate::db::log::{changes, event, outbox};
use crate::db::record::{attribute, blocked_number, channel, conversation, funnel, job, note, tag};
use crate::db::{Statement, metadata, recovery};

/// The statements that may scan a table, each with the reason.
const ALLOWED_SCANS: &[(&str, &str)] = &[
    ("metadata::COUNTS", "statistics for people, documented as slow"),
    ("metadata::FILE_SIZE", "a table-valued pragma"),
    ("metadata::INTEGRITY", "a table-valued pragma"),
    ("metadata::FOREIGN_KEYS", "a table-valued pragma"),
    ("metadata::PARTIAL_INDEX_CHECK", "the check counts everything"),
    ("contact::MANY", "scans its array of ids"),
    ("contact::MANY_PUBLIC", "scans its array of ids"),
    ("record::attribute::OF_MANY", "scans its array of ids"),
    ("record::blocked_number::ON_NUMBERS", "scans its array of numbers"),
    ("list::entries::ADVISORS_OF_MANY", "scans its array of ids"),
    ("contact::contact_methods::COUNT", "the check counts everything"),
    ("contact::unique_values::COUNT", "the check counts everything"),
    ("list::filter_lookup::TAGS_OF", "scans its array of ids"),
    ("list::filter_lookup::SOME_ATTRIBUTES_OF", "scans its arrays of ids"),
    ("list::filter_lookup::ATTRIBUTES_OF", "scans its array of ids"),
    ("recovery::damaged_file::SCHEMA_PAGES", "a virtual table"),
    ("recovery::damaged_file::SEQUENCES", "one row per table"),
    ("recovery::damaged_file::IDS_UP", "a recovery reads everything"),
    ("recovery::damaged_file::IDS_DOWN", "a recovery reads everything"),
    ("recovery::network", "the tables that refer to it are still empty"),
    ("recovery::writer::MAKE_NETWORK", "rare: only if a network is lost"),
    ("recovery::writer::RAISE_SEQUENCE", "one row per table"),
    ("recovery::writer::SET_METADATA", "one row per table"),
    ("recovery::writer::DELETE_TENANTS", "one row"),
    ("recovery::writer::COUNT_TAGS", "a recovery counts everything"),
    ("contact::row_checksum::SET_ALL_CONTACTS", "a recovery writes everything"),
    ("contact::row_checksum::SET_ALL_CARDS", "a recovery writes everything"),
    ("contact::row_checksum::SET_ALL_NOTES", "a recovery writes everything"),
    ("contact::row_checksum::SET_ALL_TAGS", "a recovery writes everything"),
    ("contact::row_checksum::SET_ALL_VALUES", "a recovery writes everything"),
    ("contact::row_checksum::MISMATCHED_CONTACTS", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_CARDS", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_NOTES", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_TAGS", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_VALUES", "the check reads everything"),
    ("list::bitmap_index::ALL_CHUNKS", "the check compares everything"),
    ("list::bitmap_index::ALL_CONTACT_TAGS", "the check compares everything"),
    ("list::bitmap_index::ALL_ATTRIBUTE_VALUES", "the check compares everything"),
    ("list::bitmap_index::ALL_LIST_MEMBERS", "the check compares everything"),
    ("list::sort_index::COUNT", "the check counts everything"),
    ("list::sort_index::BY_NAME", "scans its array of ids"),
    ("list::sort_index::BY_CONTACT_METHOD", "scans its array of ids"),
    ("list::sort_index::BY_OTHER", "scans its array of ids"),
    ("list::sort_index::FILTER_ROWS", "scans its array of ids"),
    ("directory::tenants::TENANT_IDS", "few rows, all needed"),
    ("directory::tenants::TENANTS", "few rows, all needed"),
    ("directory::tenants::OPEN_NETWORKS", "at most a thousand networks, most of them needed"),
    ("directory::NETWORKS", "at most a thousand rows, all needed"),
    ("directory::NETWORK_IDS", "at most a thousand rows, all needed"),
    ("record::tag::OF_MANY", "scans its array of ids"),
    ("record::tag::COUNT_MISMATCHES", "the check counts everything"),
    ("index::substring::DELETE", "a virtual table, one row by rowid"),
    ("index::substring::CANDIDATES", "a virtual table, by tokens"),
    ("index::substring::CANDIDATES_BACK", "a virtual table, by tokens"),
    ("index::substring::TOKENS", "the check compares everything"),
    ("index::substring::DOCUMENTS", "the check compares everything"),
    ("index::index_store::BYTES", "statistics for people, documented as slow"),
    ("index::index_store::RETIRE_ALL", "a dozen rows, all affected"),
    (
        "index::index_store::DELETE_ORPHAN_BLOCKS",
        "some hundred entries of an index, only when the index is rebuilt",
    ),
    ("index::index_store::DELETE_ORPHAN_TERM_INDEX", "as many or fewer, only when the index is rebuilt"),
];

/// An empty book.
fn empty_store() -> Connection {
    let sqlite = Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&sqlite).unwrap();
    row_checksum::register_function(&sqlite).unwrap();
    sqlite.execute_batch(include_str!("../../schema.sql")).unwrap();
    sqlite
}

fn statements() -> Vec<&'static Statement> {
    let all: Vec<&Statement> = [
        crate::db::connection::STATEMENTS,
        attribute::STATEMENTS,
        blocked_number::STATEMENTS,
        metadata::STATEMENTS,
        bucket::STATEMENTS,
        channel::STATEMENTS,
        contact::STATEMENTS,
        conversation::STATEMENTS,
        filter_lookup::STATEMENTS,
        directory::STATEMENTS,
        entitlement::STATEMENTS,
        event::STATEMENTS,
        changes::STATEMENTS,
        funnel::STATEMENTS,
        job::STATEMENTS,
        entries::STATEMENTS,
        bitmap_index::STATEMENTS,
        merge_record::STATEMENTS,
        note::STATEMENTS,
        advisor_numbers::STATEMENTS,
        outbox::STATEMENTS,
        contact_methods::STATEMENTS,
        pre_entitlement::STATEMENTS,
        row_checksum::STATEMENTS,
        index_store::STATEMENTS,
        sort_index::STATEMENTS,
        range_scan::STATEMENTS,
        substring::STATEMENTS,
        tag::STATEMENTS,
        tenants::STATEMENTS,
        unique_values::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .chain(recovery::statements())
    .collect();
    assert!(all.len() > 50, "the statements are listed");
    all
}

fn short_name(statement: &Statement) -> &'static str {
    statement.name.trim_start_matches("cardex::db::")
}

/// A CHECK with `IN` and three values made SQLite fill and drop a table for every row of `sort_entry`: more than half of what those rows
/// cost an import. `RETURNING` does the same.
#[test]
fn inserts_use_no_ephemeral_table() {
    let sqlite = empty_store();
    let mut looked_at = 0;
    for statement in statements() {
        if !(statement.sql.starts_with("INSERT") && statement.sql.contains("VALUES")) {
            continue;
        }
        looked_at += 1;
        let mut explain = sqlite.prepare(&format!("EXPLAIN {}", statement.sql)).unwrap();
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next().unwrap() {
            assert_ne!(row.get::<_, String>(1).unwrap(), "OpenEphemeral", "{}", short_name(statement));
        }
    }
    assert!(looked_at > 20, "only {looked_at}");
}

#[test]
fn no_statement_scans_or_sorts() {
    let sqlite = empty_store();
    let mut unused: Vec<_> = ALLOWED_SCANS.iter().map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for statement in statements() {
        let name = short_name(statement);
        let mut explain = sqlite.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
        let mut rows = explain.raw_query(); // a plan needs no values
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>(3).unwrap());
        }
        let scans = steps.iter().any(|step| step.starts_with("SCAN") && step != "SCAN CONSTANT ROW");
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        let allowed = ALLOWED_SCANS.iter().any(|(known, _)| *known == name);
        unused.retain(|known| *known != name || !scans);
        if sorts || (scans && !allowed) {
            faults.push(format!("{name}: {steps:?}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(unused.is_empty(), "allowed to scan, but does not: {unused:?}");
}
