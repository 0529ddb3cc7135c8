//! `backup`, `recover`, `vacuum`, `stats` and `optimize`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::args::Global;
use crate::commands::index;
use crate::failure::CommandResult;
use crate::open_store::{self, OpenStore};
use crate::output::{Cell, Output};

/// The longest time of one maintenance step of `optimize`.
const MAINTENANCE_BUDGET: Duration = Duration::from_secs(1);

/// Copy the book to a new file
///
/// To restore a backup, copy it back: `cardex --book BACKUP backup BOOK`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The new file; it must not exist
    dest: PathBuf,
}

impl Backup {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        OpenStore::open(global)?.store.backup_to(&self.dest)?;
        let bytes = std::fs::metadata(&self.dest).map_err(cardex::Error::from)?.len();
        let dest = self.dest.to_string_lossy();
        Ok(out
            .write_result(&json!({ "backup": dest, "bytes": bytes }), &format!("{bytes} bytes in {dest}"))?)
    }
}

/// Rebuild a damaged book in a new file
///
/// Copies everything that can still be read, and reports what is lost or damaged.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// The damaged book; it is not changed
    broken: PathBuf,
    /// The new book; the file must not exist
    new: PathBuf,
}

impl Recover {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let report = open_store::store_options(global)?.recover(&self.broken, &self.new)?;
        if out.is_json() {
            return Ok(out.write_json_line(&report)?);
        }
        let count = |count: u64| Cell::from(count.to_string());
        let mut pairs = vec![
            ("contacts", count(report.contacts)),
            ("lost", count(report.lost)),
            ("damaged", count(report.damaged)),
            ("placeholders", count(report.placeholders)),
        ];
        pairs.extend(report.lost_contacts.iter().map(|id| ("lost", id.to_string().into())));
        pairs.extend(report.damaged_contacts.iter().map(|id| ("damaged", id.to_string().into())));
        for table in report.tables.iter().filter(|table| !table.complete || table.rejected > 0) {
            let kept = format!("{} rows kept, {} rejected", table.rows, table.rejected);
            let result = if table.complete { kept } else { format!("{kept}, others are unreadable") };
            pairs.push((table.table.as_str(), result.into()));
        }
        Ok(out.write_pairs(pairs)?)
    }
}

/// `vacuum`: rewrites the file without its free pages.
pub(crate) fn vacuum(global: &Global, out: &mut Output) -> CommandResult {
    let book = OpenStore::open(global)?;
    let before = book.session.stats()?.bytes;
    book.store.vacuum()?;
    let after = book.session.stats()?.bytes;
    Ok(out.write_result(
        &json!({ "before": before, "bytes": after }),
        &format!("{after} bytes, {before} before"),
    )?)
}

/// `stats`: counts and sizes.
pub(crate) fn stats(global: &Global, out: &mut Output) -> CommandResult {
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
        ("index keys in memtable", stats.memtable_keys.to_string().into()),
        ("contacts to index", number(stats.unindexed_contacts)),
        ("substring index", index::status_name(stats.substring_index).into()),
        ("locale", if stats.locale.is_empty() { "none".into() } else { stats.locale.into() }),
    ])?)
}

/// `optimize`: merges the search index into one segment.
pub(crate) fn optimize(global: &Global, out: &mut Output) -> CommandResult {
    let store = OpenStore::open(global)?.store;
    while !store.maintain(MAINTENANCE_BUDGET)? {}
    store.optimize()?;
    Ok(out.write_result(&json!({ "optimized": true }), "the search index is one segment")?)
}
