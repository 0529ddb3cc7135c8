//! `backup`, `salvage`, `compact`, `stats`, `optimize` and `substrings`.

use std::path::PathBuf;
use std::time::Duration;

use cardex::maintenance::SubstringIndexStatus;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::open_store::{self, OpenStore};
use crate::output::{Cell, Output};

/// Copy the book to a new file
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to make; it must not exist
    dest: PathBuf,
}

impl Backup {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        OpenStore::open(global)?.store.backup_to(&self.dest)?;
        let bytes = std::fs::metadata(&self.dest).map_err(cardex::Error::from)?.len();
        let dest = self.dest.to_string_lossy();
        Ok(out
            .write_result(&json!({ "backup": dest, "bytes": bytes }), &format!("{bytes} bytes in {dest}"))?)
    }
}

/// Make a new book of what can be read of a damaged one
#[derive(Debug, Args)]
pub(crate) struct Salvage {
    /// The damaged book; it is not written to
    broken: PathBuf,
    /// The book to make; there must be no file
    new: PathBuf,
}

impl Salvage {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let report = open_store::store_options(global)?.recover(&self.broken, &self.new)?;
        if out.is_json() {
            return Ok(out.write_json_line(&report)?);
        }
        let count = |count: u64| Cell::from(count.to_string());
        let mut pairs = vec![
            ("contacts", count(report.contacts)),
            ("lost", count(report.lost)),
            ("not as written", count(report.damaged)),
            ("made up", count(report.placeholders)),
        ];
        pairs.extend(report.lost_contacts.iter().map(|id| ("lost", id.to_string().into())));
        pairs.extend(report.damaged_contacts.iter().map(|id| ("not as written", id.to_string().into())));
        for table in report.tables.iter().filter(|table| !table.complete || table.rejected > 0) {
            let kept = format!("{} rows kept, {} refused", table.rows, table.rejected);
            let told = if table.complete { kept } else { format!("{kept}, others cannot be read") };
            pairs.push((table.table, told.into()));
        }
        Ok(out.write_pairs(pairs)?)
    }
}

pub(super) fn compact(global: &Global, out: &mut Output) -> CommandResult {
    let desk = OpenStore::open(global)?;
    let before = desk.session.stats()?.bytes;
    desk.store.vacuum()?;
    let after = desk.session.stats()?.bytes;
    Ok(out.write_result(
        &json!({ "before": before, "bytes": after }),
        &format!("{after} bytes, {before} before"),
    )?)
}

pub(super) fn stats(global: &Global, out: &mut Output) -> CommandResult {
    let stats = OpenStore::open(global)?.session.stats()?;
    if out.is_json() {
        return Ok(out.write_json_line(&stats)?);
    }
    let number = |number: i64| number.to_string().into();
    Ok(out.write_pairs(vec![
        ("contacts", number(stats.contacts)),
        ("in the trash", number(stats.trashed)),
        ("links", number(stats.links)),
        ("advisors", number(stats.advisors)),
        ("tenants", number(stats.tenants)),
        ("changes", number(stats.changes)),
        ("bytes", number(stats.bytes)),
        ("index segments", stats.segments.to_string().into()),
        ("index keys outside", stats.memtable_keys.to_string().into()),
        ("contacts without keys", number(stats.unindexed_contacts)),
        (
            "substring index",
            match stats.substring_index {
                SubstringIndexStatus::Off => "off",
                SubstringIndexStatus::Complete => "whole",
                _ => "partial",
            }
            .into(),
        ),
        ("locale", if stats.locale.is_empty() { "none".into() } else { stats.locale.into() }),
    ])?)
}

pub(super) fn optimize(global: &Global, out: &mut Output) -> CommandResult {
    let store = OpenStore::open(global)?.store;
    while !store.maintain(MAINTENANCE_BUDGET)? {}
    store.optimize()?;
    Ok(out.write_result(&json!({ "optimized": true }), "the search index is one segment")?)
}

/// How long work goes on between two looks at whether any is left.
const MAINTENANCE_BUDGET: Duration = Duration::from_secs(1);

/// Keep an index for `search --substring`, or drop it
///
/// Without the index such a search reads contact by contact. With it, every change and import writes more. What was
/// interrupted goes on where it stopped.
#[derive(Debug, Args)]
pub(crate) struct Substrings {
    /// Whether the book keeps the index from now on
    keep: Switch,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Contacts indexed between two looks at the progress.
const INDEX_BATCH: usize = 20_000;

impl Substrings {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self.keep {
            Switch::Off => {
                OpenStore::open(global)?.session.substring_index().drop()?;
                Ok(out
                    .write_result(&json!({ "substrings": "off" }), "the book keeps no index of substrings")?)
            }
            Switch::On => {
                let desk = OpenStore::open_or_create(global)?;
                let mut done = 0_usize;
                while !desk.session.substring_index().build(INDEX_BATCH)? {
                    done = done.saturating_add(INDEX_BATCH);
                    out.write_message(&format!("{done} contacts indexed"))?;
                }
                Ok(out.write_result(
                    &json!({ "substrings": "whole" }),
                    "the book keeps an index of substrings",
                )?)
            }
        }
    }
}
