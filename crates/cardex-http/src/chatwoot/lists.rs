//! Pages of contacts, by their number.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{ContactDto, contact_dtos};
use crate::chatwoot::errors::{ApiError, status_error};
use crate::chatwoot::params::{PAGE_SIZE, account_session, includes_inboxes, page_number, sort};
use crate::numbered::{KeywordSearch, NumberedPage, PageNumber, list_page};
use cardex::filters::{TextField, TimeField};
use cardex::{Filter, Session, SortField, SortOrder, Timestamp, limits};

/// The part of an answer that concerns all pages.
#[derive(Debug, Serialize)]
struct Meta {
    count: u64,
    current_page: CurrentPage,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more: Option<bool>,
}

/// The number of the page: as it was written, if it was.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum CurrentPage {
    Number(u64),
    Text(String),
}

#[derive(Debug, Serialize)]
struct ContactPage {
    meta: Meta,
    payload: Vec<ContactDto>,
}

/// Contacts that can be reached or identified again. Lists, searches and filters return these.
fn resolved() -> Filter {
    let methods = [TextField::Email, TextField::Phone, TextField::Identifier];
    Filter::any(methods.map(|field| Filter::field(field).present()))
}

/// Those with one of the labels that the query names, if it names any.
fn labelled(call: &Call) -> Option<Filter> {
    let labels: Vec<&str> = call.query.all("labels[]").filter(|label| !label.trim().is_empty()).collect();
    (!labels.is_empty()).then(|| Filter::tag_in(labels))
}

/// A page of filtered contacts, with the parameters of the call.
pub(super) fn page_response(
    call: &Call,
    session: &Session,
    filter: Filter,
    inboxes: bool,
) -> Result<ApiResponse, ApiError> {
    let order = sort(call)?.unwrap_or_else(|| SortOrder::from(SortField::Created));
    let list = session.contacts().filter(resolved().and(filter)).order(order);
    let (number, said) = page_number(call)?;
    let page = list_page(&list, PageNumber { number, size: PAGE_SIZE }, call.time)?;
    list_response(session, &page, (number, said), None, inboxes)
}

fn list_response(
    session: &Session,
    page: &NumberedPage,
    (number, said): (u64, bool),
    has_more: Option<bool>,
    inboxes: bool,
) -> Result<ApiResponse, ApiError> {
    let payload = contact_dtos(session, &page.contacts, inboxes)?;
    let current_page = if said { CurrentPage::Text(number.to_string()) } else { CurrentPage::Number(number) };
    ApiResponse::ok(&ContactPage { meta: Meta { count: page.total, current_page, has_more }, payload })
}

/// `contactList`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    page_response(call, &session, Filter::all(labelled(call)), includes_inboxes(call)?)
}

/// `contactActive`: those seen within the last 20 seconds, always with their inboxes.
pub(super) fn active(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let since = Timestamp(session.now().0.saturating_sub(limits::ONLINE_MS));
    page_response(call, &session, Filter::time(TimeField::Active).since(since), true)
}

/// `contactSearch`: a text anywhere in a name, an e-mail address, a phone, the company or an identifier.
pub(super) fn search(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let text = call.query.required("q")?.trim();
    if text.is_empty() {
        return Err(status_error(422, "Specify search string with parameter q"));
    }
    let (number, said) = page_number(call)?;
    let wanted = PageNumber { number, size: PAGE_SIZE };
    let filter = Filter::all([resolved()].into_iter().chain(labelled(call)));
    let search = KeywordSearch { session: &session, text, filter: Some(&filter), time: call.time };
    let page = match sort(call)? {
        None => search.page(wanted),
        Some(order) => list_page(&search.containing_list().order(order), wanted, call.time),
    };
    let page = page.map_err(|error| ApiError::from(error).with_plain_message())?;
    let shown = u64::try_from(PAGE_SIZE).unwrap_or(u64::MAX).saturating_mul(number);
    list_response(&session, &page, (number, said), Some(page.total > shown), includes_inboxes(call)?)
}
