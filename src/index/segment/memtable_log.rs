//! Changes of keys, as rows of the delta: one a contact, its texts once however many scopes they go to.
//!
//! Scopes: the first seven bytes of a key each. Texts: shelf (1), live (1), hidden (1), length (2, little-endian), bytes.

use std::collections::BTreeSet;

use crate::db::index::index_store;
use crate::db::{Owner, Scope, Write};
use crate::error::{Error, Result};
use crate::index::analyzer::{ContactTerms, Term};
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN, TermField};
use crate::index::segment::postings::Posting;
use crate::index::write::compaction::compact_after_write;
use crate::index::write::segment_builder::unindexed;
use crate::model::Contact;

/// The keys of a contact: its texts, in each of its scopes.
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

/// Scopes in one row: what a contact with very many advisors has is cut here, so that no row grows without bound.
const SCOPES_PER_ROW: usize = if cfg!(test) { 2 } else { 4_096 };

/// Records that the keys of a contact are `new` instead of `old`, and merges what becomes due. A contact that is to be given
/// all its keys later has none until then.
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
    let [lost, stay, won] = diff_scopes(&old.scopes, &new.scopes);
    let dead = |text: &Term| LogEntry {
        field: text.field,
        live: false,
        dedup_prefix_len: 0,
        text: text.text.clone(),
    };
    let live = |text: &Term| LogEntry {
        field: text.field,
        live: true,
        dedup_prefix_len: text.dedup_prefix_len,
        text: text.text.clone(),
    };
    let gone = old.terms.0.iter().filter(|text| !new.terms.contains_term(text));
    let come = new.terms.0.iter().filter(|text| old.terms.0.binary_search(text).is_err());
    let rows: [(&[Scope], Vec<LogEntry>); 3] = [
        (&lost, old.terms.0.iter().map(dead).collect()),
        (&stay, gone.map(dead).chain(come.map(live)).collect()),
        (&won, new.terms.0.iter().map(live).collect()),
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

/// The scopes that are left, kept and come to. There may be a million of them.
fn diff_scopes(old: &[Scope], new: &[Scope]) -> [Vec<Scope>; 3] {
    if old == new {
        return [Vec::new(), old.to_vec(), Vec::new()];
    }
    let [before, after] = [old, new].map(|scopes| scopes.iter().copied().collect::<BTreeSet<_>>());
    let (stay, lost) = old.iter().partition(|scope| after.contains(scope));
    let won = new.iter().copied().filter(|scope| !before.contains(scope)).collect();
    [lost, stay, won]
}

/// Writes changes for some lists that all keep the same shelves.
fn write_rows(db: &Write<'_>, contact: i64, scopes: &[Scope], entries: &[LogEntry]) -> Result<()> {
    let Some(first) = scopes.first() else { return Ok(()) };
    let kept: Vec<&LogEntry> = entries.iter().filter(|entry| entry.field.is_indexed_in(*first)).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let texts = encode_terms(&kept);
    for scopes in scopes.chunks(SCOPES_PER_ROW) {
        let keys = i64::try_from(scopes.len().saturating_mul(kept.len())).unwrap_or(i64::MAX);
        let scopes: Vec<u8> = scopes.iter().flat_map(|scope| IndexKey::scope_prefix(*scope)).collect();
        let waiting = index_store::append_memtable_log(db, contact, &scopes, &texts, keys)?;
        compact_after_write(db, keys, waiting)?;
    }
    Ok(())
}

struct LogEntry {
    field: TermField,
    live: bool,
    dedup_prefix_len: u8,
    text: String,
}

fn encode_terms(entries: &[&LogEntry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&[entry.field.number(), u8::from(entry.live), entry.dedup_prefix_len]);
        // A text has at most `limits::KEY_TEXT` bytes.
        bytes.extend_from_slice(&u16::try_from(entry.text.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend_from_slice(entry.text.as_bytes());
    }
    bytes
}

/// Calls `each` with every key of a row.
///
/// # Errors
/// [`Error::Damaged`] if the row is not what was written.
pub(crate) fn for_each_key(
    row: &index_store::MemtableLogRow,
    mut each: impl FnMut(Vec<u8>, Posting),
) -> Result<()> {
    let damaged = || Error::Damaged { what: "a recent key of the search index", source: None };
    if !row.scopes.len().is_multiple_of(KEY_PREFIX_LEN - 1) {
        return Err(damaged());
    }
    let mut rest = row.entries.as_slice();
    while let Some(([shelf, live, hidden, low, high], after)) = rest.split_first_chunk::<5>() {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (text, after) = after.split_at_checked(length).ok_or_else(damaged)?;
        for scope in row.scopes.chunks(KEY_PREFIX_LEN - 1) {
            let key = [scope, &[*shelf], text].concat();
            each(key, Posting { contact: row.contact, live: *live == 1, dedup_prefix_len: *hidden });
        }
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(damaged()) }
}
