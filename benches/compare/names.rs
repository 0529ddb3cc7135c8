//! The names of contacts for the other engines, folded by the same rules, so that all get the same queries.

use cardex::ContactId;
use rusqlite::Connection;

use crate::Result;
pub(crate) use crate::text::fold::fold;
use crate::text::fold::{Form, Variants, variants};

/// The largest number of texts of one contact: three forms of three names.
pub(crate) const FORMS: usize = 9;

/// The largest indexed length of a text in bytes.
const LONGEST: usize = 1_024;

/// One searchable name: 0 first name first, 1 last name first, 2 as displayed.
pub(crate) struct NameText {
    pub(crate) rank: u8,
    pub(crate) text: String,
}

fn joined(one: &str, two: &str) -> String {
    let mut text =
        if one.is_empty() || two.is_empty() { [one, two].concat() } else { [one, " ", two].concat() };
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

fn forms(leading: &Variants, other: Option<&Variants>) -> Vec<String> {
    if leading.form(Form::Primary).is_empty() {
        return Vec::new();
    }
    let form = |form| joined(leading.form(form), other.map_or("", |other| other.form(form)));
    let mut texts = Form::ALL.map(form).to_vec();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The texts of a contact, from its first name, its last name and its display name.
pub(crate) fn texts(first: &str, last: &str, display: &str) -> Vec<NameText> {
    let (first, last) = (variants(first), variants(last));
    let ranked = |rank: u8, texts: Vec<String>| texts.into_iter().map(move |text| NameText { rank, text });
    let mut all: Vec<NameText> = ranked(0, forms(&first, Some(&last))).collect();
    all.extend(ranked(1, forms(&last, Some(&first))));
    let own = if display.is_empty() { Vec::new() } else { forms(&variants(display), None) };
    let new = own.into_iter().filter(|text| all.iter().all(|known| known.text != *text)).collect();
    all.extend(ranked(2, new).collect::<Vec<_>>());
    all
}

/// Fills the name table of a plain database from its contacts.
pub(crate) fn fill(target: &Connection) -> Result<()> {
    let mut select =
        target.prepare("SELECT id, network, first_name, last_name, display_name FROM contact ORDER BY id")?;
    let mut insert =
        target.prepare("INSERT INTO name_text (contact, network, rank, text) VALUES (?, ?, ?, ?)")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (contact, network): (i64, i64) = (row.get(0)?, row.get(1)?);
        let text = |at: usize| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
        for NameText { rank, text } in texts(text(2)?, text(3)?, text(4)?) {
            insert.execute((contact, network, rank, text))?;
        }
    }
    Ok(())
}

/// Local ids of contacts, by their public ids.
pub(crate) fn local(sqlite: &Connection, ids: impl Iterator<Item = ContactId>) -> Result<Vec<i64>> {
    let mut select = sqlite.prepare_cached("SELECT id FROM contact WHERE id = ?")?;
    Ok(ids.map(|id| select.query_row([id.0], |row| row.get(0))).collect::<rusqlite::Result<_>>()?)
}
