//! Search by name, and for companies.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::contacts::blocks;
use crate::federation::dto::{ContactPage, FoundContactDto, language_name};
use crate::federation::errors::ApiError;
use crate::federation::paging::{Pagination, fetch_page};
use crate::federation::params;
use crate::input::ParamError;
use cardex::conversations::Conversation;
use cardex::{Contact, Error, Network, SearchFields, SearchOrder, limits};

/// `searchContacts`: first names before last names before display names, from their start.
pub(super) fn contacts(call: &Call) -> Result<ApiResponse, ApiError> {
    let text = call.query.required("query")?;
    let network = params::network(call.value(0))?;
    let page = fetch_page!(
        call,
        call.session
            .search(text)
            .fields(SearchFields::Names)
            .order(SearchOrder::Fields)
            .network(network.clone())
    );
    let found: Vec<_> = page.items.iter().map(|hit| hit.contact.clone()).collect();
    let blocks = blocks(call, &found)?;
    let languages: Vec<_> = found.iter().map(|contact| language_name(&contact.language)).collect();
    let direct = is_direct(call, &network)?;
    let shapes = found.iter().zip(&languages).zip(&blocks).map(|((contact, language), blocks)| {
        let conversation = if direct { conversation_of(call, contact)? } else { None };
        Ok(FoundContactDto::from_contact(contact, language, conversation, blocks))
    });
    let contacts = shapes.collect::<Result<_, ApiError>>()?;
    ApiResponse::ok(&ContactPage { contacts, pagination: Pagination::from(&page) })
}

/// Whether each contact has one conversation on a network.
fn is_direct(call: &Call, network: &Network) -> Result<bool, ApiError> {
    let networks = call.session.directory().networks()?;
    Ok(networks.iter().any(|policy| policy.network == *network && policy.direct))
}

/// The conversation of a contact. A contact that was deleted after the search has none.
fn conversation_of(call: &Call, contact: &Contact) -> Result<Option<Conversation>, ApiError> {
    match call.session.conversations().of(contact.id) {
        Ok(conversations) => Ok(conversations.into_iter().next()),
        Err(Error::NoContact(_) | Error::Merged { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The characters a company is searched by.
const MIN_COMPANY_QUERY: usize = 3;

/// `searchCompanies`: names that begin with a text, at most [`limits::PAGE`].
pub(super) fn companies(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Companies {
        companies: Vec<Company>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Company {
        company_name: String,
    }
    let text = call.query.required("query")?;
    if text.chars().count() < MIN_COMPANY_QUERY {
        return Err(ParamError::new("query", "must have at least 3 characters").into());
    }
    let companies = call.session.companies(text, limits::PAGE)?;
    let companies = companies.into_iter().map(|company_name| Company { company_name }).collect();
    ApiResponse::ok(&Companies { companies })
}
