//! Search by name, and for companies.

use serde::Serialize;

use crate::federation::contacts::blocks;
use crate::federation::errors::Fault;
use crate::federation::paging::{Pagination, page};
use crate::federation::shapes::{ContactPage, FoundShape, language_word};
use crate::federation::{Answer, Call, Flaw, params};
use cardex::{Contact, Error, Network, Room, Within, limits};

/// `searchContacts`: first names before last names before display names, from their start.
pub(super) fn contacts(call: &Call) -> Result<Answer, Fault> {
    let text = call.query.needed("query")?;
    let network = params::network(call.value(0))?;
    let page = page!(call, call.session.search(text).within(Within::Names).network(network.clone()));
    let found: Vec<_> = page.items.iter().map(|hit| hit.contact.clone()).collect();
    let blocks = blocks(call, &found)?;
    let languages: Vec<_> = found.iter().map(|contact| language_word(&contact.language)).collect();
    let direct = is_direct(call, &network)?;
    let shapes = found.iter().zip(&languages).zip(&blocks).map(|((contact, language), blocks)| {
        let room = if direct { room(call, contact)? } else { None };
        Ok(FoundShape::of(contact, language, room, blocks))
    });
    let contacts = shapes.collect::<Result<_, Fault>>()?;
    Answer::ok(&ContactPage { contacts, pagination: Pagination::from(&page) })
}

/// Whether contacts have one room each on a network.
fn is_direct(call: &Call, network: &Network) -> Result<bool, Fault> {
    let networks = call.session.networks()?;
    Ok(networks.iter().any(|policy| policy.network == *network && policy.direct))
}

/// The room of a contact. One that has gone since it was found has none.
fn room(call: &Call, contact: &Contact) -> Result<Option<Room>, Fault> {
    match call.session.rooms_of(contact.id) {
        Ok(rooms) => Ok(rooms.into_iter().next()),
        Err(Error::NoContact(_) | Error::Merged { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The characters a company is searched by.
const BEGINNING: usize = 3;

/// `searchCompanies`: names that begin with a text, at most [`limits::PAGE`].
pub(super) fn companies(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Companies {
        companies: Vec<Company>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Company {
        company_name: String,
    }
    let text = call.query.needed("query")?;
    if text.chars().count() < BEGINNING {
        return Err(Flaw::new("query", "must have at least 3 characters").into());
    }
    let companies = call.session.companies(text, limits::PAGE)?;
    let companies = companies.into_iter().map(|company_name| Company { company_name }).collect();
    Answer::ok(&Companies { companies })
}
