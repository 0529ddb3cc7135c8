//! Pages of contacts, by their number.

use crate::gather::{gathered, slice};
use crate::smartsender::errors::Fault;
use crate::smartsender::params::{desk, page};
use crate::smartsender::shapes::{CursorPage, Variables, shapes};
use crate::smartsender::{Answer, Call};
use cardex::{Contact, Session, Sort};

fn told(
    desk: &Session,
    contacts: &[Contact],
    (page, size): (u64, usize),
    total: u64,
) -> Result<Answer, Fault> {
    let collection = shapes(desk, contacts, Variables::listed)?;
    Answer::ok(&CursorPage::new(collection, (page, size), total))
}

/// `listContacts`: in the order in which they were added.
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    let desk = desk(call)?;
    let (number, size) = page(call)?;
    let list = desk.contacts().order(Sort::Created).limit(size);
    told(&desk, &list.numbered(number)?.items, (number, size), list.count()?.count)
}

/// `searchContacts`: a text anywhere in a name, an e-mail address, a phone, the company or an identifier.
pub(super) fn search(call: &Call) -> Result<Answer, Fault> {
    let desk = desk(call)?;
    let (number, size) = page(call)?;
    let found = gathered(&desk, call.query.needed("term")?, Ok::<_, Fault>)?.contacts;
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    told(&desk, &slice(found, number, size), (number, size), total)
}
