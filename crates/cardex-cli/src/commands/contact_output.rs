//! How contacts are printed.

use std::io;

use cardex::Contact;
use serde::Serialize;

use crate::output::{Cell, Output};

/// The columns of a list of contacts.
pub(super) const HEADER: [&str; 5] = ["name", "company", "phone", "network", "id"];

/// A contact as a line of JSON.
#[derive(Serialize)]
pub(super) struct ContactItem<'a> {
    pub(super) contact: &'a Contact,
}

/// A contact as a table row; `name` is its first cell.
pub(super) fn row(contact: &Contact, name: Cell) -> Vec<Cell> {
    let phone = contact.phones.first().map(|phone| phone.text.as_str()).unwrap_or_default();
    vec![
        name,
        contact.company.as_str().into(),
        phone.into(),
        contact.network.as_str().into(),
        contact.id.to_string().into(),
    ]
}

/// Prints contacts as JSON lines or table rows.
pub(super) fn print(contacts: &[Contact], out: &mut Output) -> io::Result<()> {
    if out.is_json() {
        return contacts.iter().try_for_each(|contact| out.write_json_line(&ContactItem { contact }));
    }
    let rows = contacts.iter().map(|contact| row(contact, contact.display_name.as_str().into()));
    out.write_table(&HEADER, rows.collect())
}
