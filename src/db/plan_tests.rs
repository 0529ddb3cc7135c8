//! One look at the plan of every statement: nothing walks a table or sorts in a temporary tree unless it is said here why.

use rusqlite::Connection;

use crate::db::contact::{self, contact_methods, merge_record, row_checksum, unique_values};
use crate::db::directory::{self, advisor_numbers, entitlement, pre_entitlement, tenants};
use crate::db::index::{index_store, substring};
use crate::db::list::{bitmap_index, bucket, entries, filter_lookup, range_scan, sort_index};
use crate::db::log::{changes, event, outbox};
use crate::db::record::{attribute, blocked_number, channel, conversation, funnel, job, note, tag};
use crate::db::{Statement, metadata, recovery};

/// What may scan, and why.
const ALLOWED_SCANS: &[(&str, &str)] = &[
    ("book::COUNTS", "counts for people, documented as such"),
    ("book::PAGES", "a table-valued pragma"),
    ("book::INTEGRITY", "a table-valued pragma"),
    ("book::FOREIGN_KEYS", "a table-valued pragma"),
    ("book::PARTIAL", "the check counts everything"),
    ("contact::MANY", "walks the array of ids it is given"),
    ("contact::MANY_PUBLIC", "walks the array of ids it is given"),
    ("attribute::OF_MANY", "walks the array of ids it is given"),
    ("block::ON_NUMBERS", "walks the array of numbers it is given"),
    ("lists::ADVISORS_OF_MANY", "walks the array of ids it is given"),
    ("points::COUNT", "the check counts everything"),
    ("unique::COUNT", "the check counts everything"),
    ("criteria::TAGS_OF", "walks the array of ids it is given"),
    ("criteria::SOME_ATTRIBUTES_OF", "walks the arrays of ids it is given"),
    ("criteria::ATTRIBUTES_OF", "walks the array of ids it is given"),
    ("salvage::wreck::SCHEMA_PAGES", "a table-valued pragma of sorts"),
    ("salvage::wreck::SEQUENCES", "a row a table"),
    ("salvage::wreck::IDS_UP", "a salvage reads everything"),
    ("salvage::wreck::IDS_DOWN", "a salvage reads everything"),
    ("salvage::network", "what refers to it is still empty"),
    ("salvage::put::MAKE_NETWORK", "hardly ever: a network that is lost"),
    ("salvage::put::RAISE", "a row a table"),
    ("salvage::put::SET_BOOK", "a row a table"),
    ("salvage::put::DROP_TENANTS", "a row"),
    ("salvage::put::COUNT_TAGS", "a salvage counts everything"),
    ("seal::SEAL_ROWS", "a salvage writes everything"),
    ("seal::SEAL_CARDS", "a salvage writes everything"),
    ("seal::SEAL_NOTES", "a salvage writes everything"),
    ("seal::SEAL_TAGS", "a salvage writes everything"),
    ("seal::TAGS", "the check looks at everything"),
    ("seal::SEAL_VALUES", "a salvage writes everything"),
    ("seal::ROWS", "the check looks at everything"),
    ("seal::CARDS", "the check looks at everything"),
    ("seal::NOTES", "the check looks at everything"),
    ("seal::VALUES", "the check looks at everything"),
    ("members::EVERY", "the check compares everything"),
    ("members::ALL_TAGGED", "the check compares everything"),
    ("members::ALL_VALUES", "the check compares everything"),
    ("members::ALL_LISTED", "the check compares everything"),
    ("sorts::COUNT", "the check counts everything"),
    ("sorts::BY_NAME", "walks the array of ids it is given"),
    ("sorts::BY_POINT", "walks the array of ids it is given"),
    ("sorts::BY_REST", "walks the array of ids it is given"),
    ("sorts::BRIEFS", "walks the array of ids it is given"),
    ("tenants::TENANT_IDS", "a handful of rows, all wanted"),
    ("tenants::TENANTS", "a handful of rows, all wanted"),
    ("tenants::OPEN", "at most a thousand networks, most of them wanted"),
    ("directory::NETWORKS", "at most a thousand rows, all wanted"),
    ("tag::OF_MANY", "walks the array of ids it is given"),
    ("tag::WRONG", "the check counts everything"),
    ("directory::NETWORK_IDS", "at most a thousand rows, all wanted"),
    ("substring::DELETE", "a virtual table, asked for one row"),
    ("substring::PROPOSED", "a virtual table, asked for words"),
    ("substring::PROPOSED_BACK", "a virtual table, asked for words"),
    ("substring::WORDS", "the check compares everything"),
    ("substring::DOCUMENTS", "the check compares everything"),
    ("search::BYTES", "figures for people, documented as such"),
    ("search::RETIRE_ALL", "a dozen rows, all meant"),
    ("search::DELETE_ORPHANS", "some hundred entries of an index, when all keys are made anew"),
    ("search::DELETE_ORPHAN_PIECES", "as many, and fewer"),
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
