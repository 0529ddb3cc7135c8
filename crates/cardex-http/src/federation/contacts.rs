//! Lists of contacts, and single ones.

use crate::call::{ApiResponse, Call};
use crate::federation::codes;
use crate::federation::dto::{ContactDto, ContactPage, InvitedContactDto};
use crate::federation::errors::ApiError;
use crate::federation::paging::{Pagination, fetch_page};
use crate::federation::params::{self, advisor_at};
use crate::input::ParamError;
use cardex::blocking::BlockedNumber;
use cardex::{AdvisorId, Contact, ContactList, Error, Field, Page};

/// `listContacts2`: the tenant's contacts on a network, or the caller's own.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let Call { session, query, .. } = call;
    let mut list = session.contacts().network(params::network(query.required("externalNetwork")?)?);
    let mut filtered = false;
    if let Some(id) = query.single("symphonyId")? {
        list = list.id(params::contact("symphonyId", id)?);
        filtered = true;
    }
    if let Some(id) = query.single("advisorSymphonyId")? {
        list = list.advisor(params::advisor("advisorSymphonyId", id)?);
        filtered = true;
    }
    if let Some(email) = query.single("emailAddress")? {
        list = list.email(email);
        filtered = true;
    }
    let phones = query.single("phoneNumber")?.map(params::phone_readings);
    filtered |= phones.is_some();
    match query.single("phoneBlocked")? {
        None | Some("all") => {}
        Some(yes @ ("true" | "false")) => {
            list = list.blocked(yes == "true");
            filtered = true;
        }
        Some(_) => return Err(ParamError::new("phoneBlocked", "one of all, true, false").into()),
    }
    let page = match phones {
        None => fetch_page!(call, list),
        Some(phones) => with_phone(call, &list, phones)?,
    };
    // An incomplete page can be empty before the end.
    if page.items.is_empty() && filtered && !page.incomplete {
        return Err(codes::CONTACT_NOT_FOUND.into());
    }
    let blocks = blocks(call, &page.items)?;
    let contacts = page.items.iter().zip(advisors(call, &page.items)?).zip(&blocks);
    let contacts = contacts
        .map(|((contact, advisors), blocks)| {
            ContactDto::from_contact(contact, advisors).with_block(blocks.first())
        })
        .collect();
    ApiResponse::ok(&ContactPage { contacts, pagination: Pagination::from(&page) })
}

/// The blocks of some contacts' numbers, in the order of the contacts.
pub(super) fn blocks(call: &Call, contacts: &[Contact]) -> Result<Vec<Vec<BlockedNumber>>, ApiError> {
    let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
    Ok(call.session.blocked_numbers().of(&ids)?)
}

/// A page of contacts with one of the numbers that the text can mean.
fn with_phone(call: &Call, list: &ContactList<'_>, phones: Vec<String>) -> Result<Page<Contact>, ApiError> {
    let mut found = Err(codes::CONTACT_NOT_FOUND.into());
    for phone in phones {
        let page = || Ok(fetch_page!(call, list.clone().phone(phone)));
        found = page().map_err(invalid_phone_as_not_found);
        if found.as_ref().is_ok_and(|page| !page.items.is_empty()) {
            break;
        }
    }
    found
}

/// An invalid number belongs to no contact.
fn invalid_phone_as_not_found(error: ApiError) -> ApiError {
    match error {
        ApiError::Engine(Error::Invalid { field: Field::Phone, .. }) => codes::CONTACT_NOT_FOUND.into(),
        error => error,
    }
}

/// The advisors of the caller's tenant that are linked to some contacts, in the order of the contacts.
fn advisors(call: &Call, contacts: &[Contact]) -> Result<Vec<Vec<AdvisorId>>, ApiError> {
    let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
    Ok(call.session.links_of(&ids)?)
}

/// The advisors that are linked to one contact.
pub(super) fn advisors_of(call: &Call, contact: &Contact) -> Result<Vec<AdvisorId>, ApiError> {
    Ok(call.session.links_of(&[contact.id])?.pop().unwrap_or_default())
}

/// `getContact`: by phone and network.
pub(super) fn get(call: &Call) -> Result<ApiResponse, ApiError> {
    let Call { session, query, .. } = call;
    let phone = query.required("phoneNumber")?;
    let network = params::network(query.required("externalNetwork")?)?;
    let group = match query.single("federationGroupId")?.map(str::parse) {
        None => None,
        Some(Ok(group)) => Some(group),
        Some(Err(_)) => return Err(codes::CONTACT_NOT_FOUND.into()),
    };
    let mut found = None;
    for phone in params::phone_readings(phone) {
        found = match session
            .find_by_phone(&network, &phone, group)
            .map_err(|error| invalid_phone_as_not_found(error.into()))
        {
            // Another way of reading it may be a number.
            Err(ApiError::Code(_)) => None,
            found => found?,
        };
        if found.is_some() {
            break;
        }
    }
    let contact = found.ok_or(codes::CONTACT_NOT_FOUND)?;
    ApiResponse::ok(&ContactDto::from_contact(&contact, advisors_of(call, &contact)?))
}

/// `findContactsOfAdvisorv2`: an advisor's contacts on a network.
pub(super) fn contacts_of(call: &Call) -> Result<ApiResponse, ApiError> {
    let advisor = advisor_at(call, 0)?;
    let network = params::network(call.value(1))?;
    let page = fetch_page!(call, call.session.contacts().network(network).advisor(advisor));
    let blocks = blocks(call, &page.items)?;
    let contacts = page.items.iter().zip(&blocks);
    let contacts =
        contacts.map(|(contact, blocks)| InvitedContactDto::from_contact(contact, blocks)).collect();
    ApiResponse::ok(&ContactPage { contacts, pagination: Pagination::from(&page) })
}
