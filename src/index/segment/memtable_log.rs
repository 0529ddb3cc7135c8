//! Changes of keys, as rows of the delta: one a contact, its texts once however many scopes they go to.
//!
//! Scopes: the first seven bytes of a key each. Texts: shelf (1), live (1), hidden (1), length (2, little-endian), bytes.

use std::collections::BTreeSet;

use crate::db::index::index_store;
use crate::db::{Owner, Scope, Write};
use crate::error::{Error, Result};
use crate::index::analyzer::{KeyText, Texts};
use crate::index::key::{HEAD, Key, Shelf};
use crate::index::segment::postings::Posting;
use crate::index::write::compaction::after_write;
use crate::index::write::segment_builder::unkeyed;
use crate::model::Contact;

/// The keys of a contact: its texts, in each of its scopes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    pub(crate) texts: Texts,
    pub(crate) scopes: Vec<Scope>,
}

impl Keys {
    pub(crate) fn of(contact: &Contact, scopes: &[Scope]) -> Self {
        Self { texts: Texts::of(contact), scopes: scopes.to_vec() }
    }
}

/// Scopes in one row: what a contact with very many advisors has is cut here, so that no row grows without bound.
const SCOPES: usize = if cfg!(test) { 2 } else { 4_096 };

/// Records that the keys of a contact are `new` instead of `old`, and merges what becomes due. A contact that is to be given
/// all its keys later has none until then.
///
/// # Errors
/// Those of the store.
pub(crate) fn record(db: &Write<'_>, contact: i64, old: &Keys, new: &Keys) -> Result<()> {
    if unkeyed(db)?.has(contact) {
        return Ok(());
    }
    let [lost, stay, won] = parted(&old.scopes, &new.scopes);
    let dead = |text: &KeyText| Entry { shelf: text.shelf, live: false, hidden: 0, text: text.text.clone() };
    let live = |text: &KeyText| Entry {
        shelf: text.shelf,
        live: true,
        hidden: text.hidden,
        text: text.text.clone(),
    };
    let gone = old.texts.0.iter().filter(|text| !new.texts.has_key(text));
    let come = new.texts.0.iter().filter(|text| old.texts.0.binary_search(text).is_err());
    let rows: [(&[Scope], Vec<Entry>); 3] = [
        (&lost, old.texts.0.iter().map(dead).collect()),
        (&stay, gone.map(dead).chain(come.map(live)).collect()),
        (&won, new.texts.0.iter().map(live).collect()),
    ];
    for (scopes, entries) in &rows {
        let is_advisor = |scope: &&Scope| matches!(scope.owner, Owner::Advisor(_));
        let (advisors, others): (Vec<_>, Vec<_>) = scopes.iter().partition(is_advisor);
        for scopes in [advisors, others] {
            write(db, contact, &scopes, entries)?;
        }
    }
    Ok(())
}

/// The scopes that are left, kept and come to. There may be a million of them.
fn parted(old: &[Scope], new: &[Scope]) -> [Vec<Scope>; 3] {
    if old == new {
        return [Vec::new(), old.to_vec(), Vec::new()];
    }
    let [before, after] = [old, new].map(|scopes| scopes.iter().copied().collect::<BTreeSet<_>>());
    let (stay, lost) = old.iter().partition(|scope| after.contains(scope));
    let won = new.iter().copied().filter(|scope| !before.contains(scope)).collect();
    [lost, stay, won]
}

/// Writes changes for some lists that all keep the same shelves.
fn write(db: &Write<'_>, contact: i64, scopes: &[Scope], entries: &[Entry]) -> Result<()> {
    let Some(first) = scopes.first() else { return Ok(()) };
    let kept: Vec<&Entry> = entries.iter().filter(|entry| entry.shelf.is_kept(*first)).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let texts = write_texts(&kept);
    for scopes in scopes.chunks(SCOPES) {
        let keys = i64::try_from(scopes.len().saturating_mul(kept.len())).unwrap_or(i64::MAX);
        let scopes: Vec<u8> = scopes.iter().flat_map(|scope| Key::scope(*scope)).collect();
        let waiting = index_store::insert_delta(db, contact, &scopes, &texts, keys)?;
        after_write(db, keys, waiting)?;
    }
    Ok(())
}

struct Entry {
    shelf: Shelf,
    live: bool,
    hidden: u8,
    text: String,
}

fn write_texts(entries: &[&Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&[entry.shelf.number(), u8::from(entry.live), entry.hidden]);
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
pub(crate) fn read(row: &index_store::DeltaRow, mut each: impl FnMut(Vec<u8>, Posting)) -> Result<()> {
    let damaged = || Error::Damaged { what: "a recent key of the search index", source: None };
    if !row.scopes.len().is_multiple_of(HEAD - 1) {
        return Err(damaged());
    }
    let mut rest = row.texts.as_slice();
    while let Some(([shelf, live, hidden, low, high], after)) = rest.split_first_chunk::<5>() {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (text, after) = after.split_at_checked(length).ok_or_else(damaged)?;
        for scope in row.scopes.chunks(HEAD - 1) {
            let key = [scope, &[*shelf], text].concat();
            each(key, Posting { contact: row.contact, live: *live == 1, hidden: *hidden });
        }
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(damaged()) }
}
