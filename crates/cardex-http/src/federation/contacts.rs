//! Lists of contacts, and single ones.

use crate::federation::codes;
use crate::federation::errors::Fault;
use crate::federation::paging::{Pagination, page};
use crate::federation::params::{self, advisor_at};
use crate::federation::shapes::{ContactPage, ContactShape, InvitedShape};
use crate::federation::{Answer, Call, Flaw};
use cardex::{AdvisorId, Block, Contact, Error, Field, List, Page};

/// `listContacts2`: the tenant's contacts on a network, or the caller's own.
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    let Call { session, query, .. } = call;
    let mut list = session.contacts().network(params::network(query.needed("externalNetwork")?)?);
    let mut filtered = false;
    if let Some(id) = query.one("symphonyId")? {
        list = list.id(params::contact("symphonyId", id)?);
        filtered = true;
    }
    if let Some(id) = query.one("advisorSymphonyId")? {
        list = list.advisor(params::advisor("advisorSymphonyId", id)?);
        filtered = true;
    }
    if let Some(email) = query.one("emailAddress")? {
        list = list.email(email);
        filtered = true;
    }
    let phones = query.one("phoneNumber")?.map(params::phones);
    filtered |= phones.is_some();
    match query.one("phoneBlocked")? {
        None | Some("all") => {}
        Some(yes @ ("true" | "false")) => {
            list = list.blocked(yes == "true");
            filtered = true;
        }
        Some(_) => return Err(Flaw::new("phoneBlocked", "one of all, true, false").into()),
    }
    let page = match phones {
        None => page!(call, list),
        Some(phones) => with_phone(call, &list, phones)?,
    };
    // A page that had too much to look at is empty without being the end.
    if page.items.is_empty() && filtered && !page.refine {
        return Err(codes::CONTACT_NOT_FOUND.into());
    }
    let blocks = blocks(call, &page.items)?;
    let contacts = page.items.iter().zip(advisors(call, &page.items)?).zip(&blocks);
    let contacts = contacts
        .map(|((contact, advisors), blocks)| ContactShape::of(contact, advisors).blocked(blocks.first()))
        .collect();
    Answer::ok(&ContactPage { contacts, pagination: Pagination::from(&page) })
}

/// Who has blocked the numbers of some contacts, in their order.
pub(super) fn blocks(call: &Call, contacts: &[Contact]) -> Result<Vec<Vec<Block>>, Fault> {
    let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
    Ok(call.session.blocks_of(&ids)?)
}

/// The page of those who have a number in one of the ways it may be meant.
fn with_phone(call: &Call, list: &List<'_>, phones: Vec<String>) -> Result<Page<Contact>, Fault> {
    let mut found = Err(codes::CONTACT_NOT_FOUND.into());
    for phone in phones {
        let page = || Ok(page!(call, list.clone().phone(phone)));
        found = page().map_err(no_phone);
        if found.as_ref().is_ok_and(|page| !page.items.is_empty()) {
            break;
        }
    }
    found
}

/// Nobody has a number that is none.
fn no_phone(fault: Fault) -> Fault {
    match fault {
        Fault::Book(Error::Invalid { field: Field::Phone, .. }) => codes::CONTACT_NOT_FOUND.into(),
        fault => fault,
    }
}

/// The advisors of the caller's tenant whom some contacts are linked to, in the order of the contacts.
fn advisors(call: &Call, contacts: &[Contact]) -> Result<Vec<Vec<AdvisorId>>, Fault> {
    let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
    Ok(call.session.links_of(&ids)?)
}

/// Those whom one contact is linked to.
pub(super) fn advisors_of(call: &Call, contact: &Contact) -> Result<Vec<AdvisorId>, Fault> {
    Ok(call.session.links_of(&[contact.id])?.pop().unwrap_or_default())
}

/// `getContact`: by phone and network.
pub(super) fn get(call: &Call) -> Result<Answer, Fault> {
    let Call { session, query, .. } = call;
    let phone = query.needed("phoneNumber")?;
    let network = params::network(query.needed("externalNetwork")?)?;
    let group = match query.one("federationGroupId")?.map(str::parse) {
        None => None,
        Some(Ok(group)) => Some(group),
        Some(Err(_)) => return Err(codes::CONTACT_NOT_FOUND.into()),
    };
    let mut found = None;
    for phone in params::phones(phone) {
        found = match session.find_by_phone(&network, &phone, group).map_err(|error| no_phone(error.into())) {
            // Another way of reading it may be a number.
            Err(Fault::Said(_)) => None,
            found => found?,
        };
        if found.is_some() {
            break;
        }
    }
    let contact = found.ok_or(codes::CONTACT_NOT_FOUND)?;
    Answer::ok(&ContactShape::of(&contact, advisors_of(call, &contact)?))
}

/// `findContactsOfAdvisorv2`: an advisor's contacts on a network.
pub(super) fn contacts_of(call: &Call) -> Result<Answer, Fault> {
    let advisor = advisor_at(call, 0)?;
    let network = params::network(call.value(1))?;
    let page = page!(call, call.session.contacts().network(network).advisor(advisor));
    let blocks = blocks(call, &page.items)?;
    let contacts = page.items.iter().zip(&blocks);
    let contacts = contacts.map(|(contact, blocks)| InvitedShape::of(contact, blocks)).collect();
    Answer::ok(&ContactPage { contacts, pagination: Pagination::from(&page) })
}
