//! Pages of contacts, by their number.

use crate::call::{ApiResponse, Call};
use crate::numbered::{KeywordSearch, NumberedPage, PageNumber, list_page};
use crate::smartsender::dto::{CursorPage, Variables, contact_dtos};
use crate::smartsender::errors::ApiError;
use crate::smartsender::params::{page_number_and_size, project_session};
use cardex::{Session, SortField};

fn list_response(
    session: &Session,
    page: &NumberedPage,
    wanted: PageNumber,
) -> Result<ApiResponse, ApiError> {
    let collection = contact_dtos(session, &page.contacts, Variables::listed)?;
    ApiResponse::ok(&CursorPage::new(collection, (wanted.number, wanted.size), page.total))
}

/// `listContacts`: in the order in which they were added.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let (number, size) = page_number_and_size(call)?;
    let wanted = PageNumber { number, size };
    let page = list_page(&session.contacts().order(SortField::Created), wanted, call.time)?;
    list_response(&session, &page, wanted)
}

/// `searchContacts`: a text anywhere in a name, an e-mail address, a phone, the company or an identifier.
pub(super) fn search(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let (number, size) = page_number_and_size(call)?;
    let wanted = PageNumber { number, size };
    let text = call.query.required("term")?;
    let search = KeywordSearch { session: &session, text, filter: None, time: call.time };
    list_response(&session, &search.page(wanted)?, wanted)
}
