//! Records changes of a contact's keys in the memtable log.

use std::collections::BTreeSet;

use crate::db::index::index_store;
use crate::db::{Owner, Scope, Write};
use crate::error::Result;
use crate::index::analyzer::ContactTerms;
use crate::index::segment::memtable_log::{LogEntry, encode_scopes, encode_terms};
use crate::index::write::compaction::compact_after_write;
use crate::index::write::unindexed::unindexed;
use crate::model::Contact;

/// The keys of a contact: each term in each scope that indexes its field.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContactKeys {
    pub(crate) terms: ContactTerms,
    pub(crate) scopes: Vec<Scope>,
}

impl ContactKeys {
    pub(crate) fn of(contact: &Contact, scopes: &[Scope]) -> Self {
        Self { terms: ContactTerms::analyze(contact), scopes: scopes.to_vec() }
    }
}

/// Records that the keys of a contact are `new` instead of `old`, then runs the compaction steps that are due. A contact that
/// is not yet indexed is skipped: maintenance indexes it later, with all its keys.
///
/// # Errors
/// Those of the store.
pub(crate) fn log_key_changes(
    db: &Write<'_>,
    contact: i64,
    old: &ContactKeys,
    new: &ContactKeys,
) -> Result<()> {
    if unindexed(db)?.contains(contact) {
        return Ok(());
    }
    let [removed, kept, added] = diff_scopes(&old.scopes, &new.scopes);
    let old_only = old.terms.0.iter().filter(|term| !new.terms.contains_term(term));
    let changed = new.terms.0.iter().filter(|term| old.terms.0.binary_search(term).is_err());
    let rows: [(&[Scope], Vec<LogEntry<'_>>); 3] = [
        (&removed, old.terms.0.iter().map(LogEntry::tombstone).collect()),
        (&kept, old_only.map(LogEntry::tombstone).chain(changed.map(LogEntry::live)).collect()),
        (&added, new.terms.0.iter().map(LogEntry::live).collect()),
    ];
    for (scopes, entries) in &rows {
        let is_advisor = |scope: &&Scope| matches!(scope.owner, Owner::Advisor(_));
        let (advisors, others): (Vec<_>, Vec<_>) = scopes.iter().partition(is_advisor);
        for scopes in [advisors, others] {
            write_rows(db, contact, &scopes, entries)?;
        }
    }
    Ok(())
}

/// The scopes that are only in `old`, in both, and only in `new`. There may be a million of them.
fn diff_scopes(old: &[Scope], new: &[Scope]) -> [Vec<Scope>; 3] {
    if old == new {
        return [Vec::new(), old.to_vec(), Vec::new()];
    }
    let [old_set, new_set] = [old, new].map(|scopes| scopes.iter().copied().collect::<BTreeSet<_>>());
    let (kept, removed) = old.iter().partition(|scope| new_set.contains(scope));
    let added = new.iter().copied().filter(|scope| !old_set.contains(scope)).collect();
    [removed, kept, added]
}

/// Writes changes for scopes that all index the same fields.
fn write_rows(db: &Write<'_>, contact: i64, scopes: &[Scope], entries: &[LogEntry<'_>]) -> Result<()> {
    let Some(first) = scopes.first() else { return Ok(()) };
    let indexed: Vec<&LogEntry<'_>> =
        entries.iter().filter(|entry| entry.field().is_indexed_in(*first)).collect();
    if indexed.is_empty() {
        return Ok(());
    }
    let terms = encode_terms(&indexed);
    for scopes in scopes.chunks(db.tuning().index.scopes_per_log_row) {
        let new_keys = i64::try_from(scopes.len().saturating_mul(indexed.len())).unwrap_or(i64::MAX);
        let total_keys =
            index_store::append_memtable_log(db, contact, &encode_scopes(scopes), &terms, new_keys)?;
        compact_after_write(db, new_keys, total_keys)?;
    }
    Ok(())
}
