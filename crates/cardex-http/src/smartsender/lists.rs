//! Pages of contacts, by their number.

use crate::call::{ApiResponse, Call};
use crate::smartsender::dto::{CursorPage, Variables, contact_dtos};
use crate::smartsender::errors::ApiError;
use crate::smartsender::params::{page_number_and_size, project_session};
use crate::substring_hits::{collect_hits, page_slice};
use cardex::{Contact, Session, SortField};

fn list_response(
    session: &Session,
    contacts: &[Contact],
    (page, size): (u64, usize),
    total: u64,
) -> Result<ApiResponse, ApiError> {
    let collection = contact_dtos(session, contacts, Variables::listed)?;
    ApiResponse::ok(&CursorPage::new(collection, (page, size), total))
}

/// `listContacts`: in the order in which they were added.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let (number, size) = page_number_and_size(call)?;
    let list = session.contacts().order(SortField::Created).limit(size);
    list_response(&session, &list.page_number(number)?.items, (number, size), list.count()?.count)
}

/// `searchContacts`: a text anywhere in a name, an e-mail address, a phone, the company or an identifier.
pub(super) fn search(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let (number, size) = page_number_and_size(call)?;
    let found = collect_hits(&session, call.query.required("term")?, Ok::<_, ApiError>)?.contacts;
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    list_response(&session, &page_slice(found, number, size), (number, size), total)
}
