//! Checks the query plan of every statement: no statement scans a table or sorts in a temporary tree, unless it is listed here with the
//! reason.

use rusqlite::Connection;

use crate::db::connection::row_sum;
use crate::db::connection::statement::Statement;
use crate::db::recovery::TABLES;
use crate::db::recovery::tables::TableSpec;
use crate::db::{connection, contact, directory, duplicates, index, list, log, metadata, record, recovery};

/// The statements that may scan a table, each with the reason.
const ALLOWED_SCANS: &[(&str, &str)] = &[
    ("metadata::COUNTS", "statistics for people, documented as slow"),
    ("metadata::FILE_SIZE", "a table-valued pragma"),
    ("metadata::INTEGRITY", "a table-valued pragma"),
    ("connection::space::FREE_PAGES", "a table-valued pragma"),
    ("metadata::FOREIGN_KEYS", "a table-valued pragma"),
    ("metadata::PARTIAL_INDEX_CHECK", "the check counts everything"),
    ("contact::read::MANY", "scans its array of ids"),
    ("contact::summary_row::SUMMARIES", "scans its array of ids"),
    ("record::attribute::OF_MANY", "scans its array of ids"),
    ("record::blocked_number::ON_NUMBERS", "scans its array of numbers"),
    ("list::entries::ADVISORS_OF_MANY", "scans its array of ids"),
    ("contact::contact_methods::ALL", "the check compares everything"),
    ("contact::unique_values::ALL", "the check compares everything"),
    ("list::filter_lookup::TAGS_OF", "scans its array of ids"),
    ("list::filter_lookup::SOME_ATTRIBUTES_OF", "scans its arrays of ids"),
    ("list::filter_lookup::ATTRIBUTES_OF", "scans its array of ids"),
    ("recovery::pages::SCHEMA_PAGES", "a virtual table"),
    ("recovery::damaged_file::SEQUENCES", "one row per table"),
    ("recovery::damaged_file::LISTED_UP", "a recovery reads everything"),
    ("recovery::damaged_file::LISTED_DOWN", "a recovery reads everything"),
    ("recovery::damaged_file::ABSORBED_UP", "a recovery reads everything"),
    ("recovery::damaged_file::ABSORBED_DOWN", "a recovery reads everything"),
    ("recovery::tables::network", "the tables that refer to it are still empty"),
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
    ("contact::row_checksum::SET_ALL_IMPORT_ITEMS", "a recovery writes everything"),
    ("contact::row_checksum::MISMATCHED_CONTACTS", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_CARDS", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_NOTES", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_TAGS", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_VALUES", "the check reads everything"),
    ("contact::row_checksum::MISMATCHED_IMPORT_ITEMS", "the check reads everything"),
    ("list::bitmap_index::ALL_CONTAINERS", "the check compares everything"),
    ("list::bitmap_index::ALL_CONTACT_TAGS", "the check compares everything"),
    ("list::bitmap_index::ALL_ATTRIBUTE_VALUES", "the check compares everything"),
    ("list::bitmap_index::ALL_LIST_MEMBERS", "the check compares everything"),
    ("list::sort_index::ALL", "the check compares everything"),
    ("contact::sort_values::BY_NAME", "scans its array of ids"),
    ("contact::sort_values::BY_CONTACT_METHOD", "scans its array of ids"),
    ("contact::sort_values::BY_OTHER", "scans its array of ids"),
    ("contact::sort_values::FILTER_ROWS", "scans its array of ids"),
    ("directory::tenants::TENANT_IDS", "few rows, all needed"),
    ("directory::tenants::TENANTS", "few rows, all needed"),
    ("directory::tenants::OPEN_NETWORKS", "at most a thousand networks, most of them needed"),
    ("directory::networks::NETWORKS", "at most a thousand rows, all needed"),
    ("directory::networks::NETWORK_IDS", "at most a thousand rows, all needed"),
    ("record::tag::OF_MANY", "scans its array of ids"),
    ("record::tag::COUNT_MISMATCHES", "the check counts everything"),
    ("index::substring::DELETE", "a virtual table, one row by rowid"),
    ("index::substring::CANDIDATES", "a virtual table, by tokens"),
    ("index::substring::CANDIDATES_BACK", "a virtual table, by tokens"),
    ("index::substring::TOKENS", "the check compares everything"),
    ("index::substring::DOCUMENTS", "the check compares everything"),
    ("index::segment_parts::BYTES", "statistics for people, documented as slow"),
    ("index::index_store::RETIRE_ALL", "a dozen rows, all affected"),
    ("index::segment_parts::DELETE_ORPHAN_BLOCKS", "all ids, only when the index is rebuilt"),
    ("index::segment_parts::DELETE_ORPHAN_TERM_INDEX", "all ids, only when the index is rebuilt"),
    ("index::segment_parts::DELETE_ORPHAN_WORD_SETS", "all ids, only when the index is rebuilt"),
];

fn empty_store() -> Connection {
    let sqlite = Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&sqlite).unwrap();
    row_sum::register(&sqlite).unwrap();
    sqlite.execute_batch(include_str!("../../schema.sql")).unwrap();
    sqlite
}

fn statements() -> Vec<&'static Statement> {
    let of_files = [
        connection::checkpoint::STATEMENTS,
        connection::conn::STATEMENTS,
        connection::space::STATEMENTS,
        contact::card::STATEMENTS,
        contact::contact_methods::STATEMENTS,
        contact::merge_record::STATEMENTS,
        contact::read::STATEMENTS,
        contact::row_checksum::STATEMENTS,
        contact::sort_keys::STATEMENTS,
        contact::sort_values::STATEMENTS,
        contact::summary_row::STATEMENTS,
        contact::unique_values::STATEMENTS,
        contact::write::STATEMENTS,
        directory::advisor_numbers::STATEMENTS,
        directory::advisors::STATEMENTS,
        directory::entitlement::STATEMENTS,
        directory::networks::STATEMENTS,
        directory::pre_entitlement::STATEMENTS,
        directory::tenants::STATEMENTS,
        duplicates::STATEMENTS,
        index::index_store::STATEMENTS,
        index::substring::STATEMENTS,
        index::segment_parts::STATEMENTS,
        list::bitmap_index::STATEMENTS,
        list::bucket::STATEMENTS,
        list::entries::STATEMENTS,
        list::filter_lookup::STATEMENTS,
        list::range_scan::STATEMENTS,
        list::sort_index::STATEMENTS,
        log::changes::STATEMENTS,
        log::event::STATEMENTS,
        log::outbox::STATEMENTS,
        metadata::STATEMENTS,
        record::attribute::STATEMENTS,
        record::blocked_number::STATEMENTS,
        record::channel::STATEMENTS,
        record::conversation::STATEMENTS,
        record::funnel::STATEMENTS,
        record::idempotency::STATEMENTS,
        record::import_run::STATEMENTS,
        record::job::STATEMENTS,
        record::note::STATEMENTS,
        record::saved_filter::STATEMENTS,
        record::tag::STATEMENTS,
        recovery::damaged_file::STATEMENTS,
        recovery::pages::STATEMENTS,
        recovery::writer::STATEMENTS,
    ];
    let of_table = |table: &'static TableSpec| {
        [&table.scan_ascending, &table.scan_descending, &table.select_by_key, &table.insert]
    };
    let all: Vec<_> = of_files.into_iter().flatten().chain(TABLES.iter().flat_map(of_table)).collect();
    assert!(all.len() > 300, "only {} statements", all.len());
    all
}

fn short_name(statement: &Statement) -> &'static str {
    statement.name.trim_start_matches("cardex::db::")
}

/// Regression test: a CHECK with `IN` and three values made SQLite fill and drop a temporary table for every row of `sort_entry`. That was
/// more than half of the time of these inserts. `RETURNING` has the same effect.
#[test]
fn inserts_use_no_ephemeral_table() {
    let sqlite = empty_store();
    let mut checked = 0;
    for statement in statements() {
        if !(statement.sql.starts_with("INSERT") && statement.sql.contains("VALUES")) {
            continue;
        }
        checked += 1;
        let mut explain = sqlite.prepare(&format!("EXPLAIN {}", statement.sql)).unwrap();
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next().unwrap() {
            assert_ne!(row.get::<_, String>(1).unwrap(), "OpenEphemeral", "{}", short_name(statement));
        }
    }
    assert!(checked > 20, "only {checked}");
}

#[test]
fn no_statement_scans_or_sorts() {
    let sqlite = empty_store();
    let mut unused: Vec<_> = ALLOWED_SCANS.iter().map(|(name, _)| *name).collect();
    let mut violations = Vec::new();
    for statement in statements() {
        let name = short_name(statement);
        let mut explain = sqlite.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
        let mut rows = explain.raw_query(); // no parameters are bound
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>(3).unwrap());
        }
        let scans = steps.iter().any(|step| step.starts_with("SCAN") && step != "SCAN CONSTANT ROW");
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        let allowed = ALLOWED_SCANS.iter().any(|(known, _)| *known == name);
        unused.retain(|known| *known != name || !scans);
        if sorts || (scans && !allowed) {
            violations.push(format!("{name}: {steps:?}"));
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(unused.is_empty(), "allowed to scan, but does not: {unused:?}");
}
