//! Contacts as lines for scripts and mail programs.

use cardex::Contact;
use clap::ValueEnum;

use crate::output::Cell;

/// What the lines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Print {
    /// The id of each contact
    Id,
    /// Each e-mail address
    Email,
    /// Each phone, as written
    Phone,
    /// For `query_command` of mutt: a line with the number of contacts, then address, name and company
    Mutt,
    /// For `address-book-cmd` of aerc: address and name
    Aerc,
}

/// The lines of some contacts, each with its fields.
pub(super) fn lines<'c>(
    print: Print,
    contacts: impl ExactSizeIterator<Item = &'c Contact>,
) -> Vec<Vec<Cell>> {
    let count = contacts.len();
    let mut lines: Vec<Vec<Cell>> = contacts.flat_map(|contact| lines_of(print, contact)).collect();
    if print == Print::Mutt {
        lines.insert(0, vec![format!("{count} contacts").into()]);
    }
    lines
}

fn lines_of(print: Print, contact: &Contact) -> Vec<Vec<Cell>> {
    let name = contact.display_name.as_str();
    let company = contact.company.as_str();
    let addresses = contact.emails.iter().map(|email| email.text.as_str());
    let rows: Vec<Vec<&str>> = match print {
        Print::Id => return vec![vec![contact.id.to_string().into()]],
        Print::Email => addresses.map(|address| vec![address]).collect(),
        Print::Phone => contact.phones.iter().map(|phone| vec![phone.text.as_str()]).collect(),
        Print::Mutt => addresses.map(|address| vec![address, name, company]).collect(),
        Print::Aerc => addresses.map(|address| vec![address, name]).collect(),
    };
    rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect()
}
