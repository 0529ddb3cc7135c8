//! `changes`: the log.

use cardex::{Change, Field};
use clap::Args;

use super::Done;
use crate::args::Global;
use crate::desk::Desk;
use crate::out::Out;

/// Show what happened to contacts
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// What came after this number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    since: i64,
    /// At most so many changes
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

impl Changes {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let changes = Desk::open(global)?.session.changes_since(self.since, self.limit)?;
        if out.json() {
            return Ok(changes.iter().try_for_each(|change| out.item(change))?);
        }
        let row = |change: &Change| {
            let fields: Vec<&str> = change.fields.iter().copied().map(Field::as_str).collect();
            vec![
                change.seq.to_string().into(),
                change.at.to_string().into(),
                word(change).into(),
                change.contact.to_string().into(),
                fields.join(" ").into(),
                change.origin.as_str().into(),
            ]
        };
        let header = ["seq", "at", "kind", "contact", "fields", "origin"];
        out.table(&header, changes.iter().map(row).collect())?;
        if let Some(last) = changes.last().filter(|_| changes.len() == self.limit) {
            out.note(&format!("more with --since {}", last.seq))?;
        }
        Ok(())
    }
}

/// The kind as JSON has it.
fn word(change: &Change) -> String {
    let word = serde_json::to_value(change.kind).ok();
    word.and_then(|word| word.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}
