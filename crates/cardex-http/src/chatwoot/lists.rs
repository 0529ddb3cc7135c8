//! Pages of contacts, by their number.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{ContactDto, contact_dtos};
use crate::chatwoot::errors::{ApiError, status_error};
use crate::chatwoot::params::{PAGE_SIZE, account_session, includes_inboxes, page_number, sort};
use crate::numbered::{KeywordSearch, NumberedPage, PageNumber, list_page};
use cardex::filters::{TextField, TimeField};
use cardex::{ContactId, Filter, Session, SortField, SortOrder, Timestamp, limits};

/// The part of an answer that concerns all pages.
#[derive(Debug, Serialize)]
struct Meta {
    count: u64,
    current_page: CurrentPage,
    /// `null`, as in the answers of 99digital. Only the list of all contacts has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts_all: Option<()>,
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
pub(super) fn resolved() -> Filter {
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
    ApiResponse::ok(&filtered_page(call, session, filter, inboxes)?)
}

fn filtered_page(
    call: &Call,
    session: &Session,
    filter: Filter,
    inboxes: bool,
) -> Result<ContactPage, ApiError> {
    let order = sort(call)?.unwrap_or_else(|| SortOrder::from(SortField::Created));
    let list = session.contacts().filter(resolved().and(filter)).order(order);
    let number = page_number(call)?;
    let page = list_page(&list, PageNumber { number: number.0, size: PAGE_SIZE }, call.time)?;
    ContactPage::new(session, &page, number, inboxes)
}

impl ContactPage {
    fn new(
        session: &Session,
        page: &NumberedPage,
        (number, said): (u64, bool),
        inboxes: bool,
    ) -> Result<Self, ApiError> {
        let mut payload = contact_dtos(session, &page.contacts, inboxes)?;
        for (shape, contact) in payload.iter_mut().zip(&page.contacts) {
            shape.conversations_count = Some(conversations_count(session, contact.id)?);
        }
        let current_page =
            if said { CurrentPage::Text(number.to_string()) } else { CurrentPage::Number(number) };
        let meta = Meta { count: page.total, current_page, contacts_all: None, has_more: None };
        Ok(Self { meta, payload })
    }
}

fn conversations_count(session: &Session, contact: ContactId) -> Result<usize, ApiError> {
    match session.conversations().of(contact) {
        Ok(conversations) => Ok(conversations.len()),
        // It has gone since it was found.
        Err(error) if error.is_not_found() => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// `contactList`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let mut page = filtered_page(call, &session, Filter::all(labelled(call)), includes_inboxes(call)?)?;
    page.meta.contacts_all = Some(());
    ApiResponse::ok(&page)
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
    let (page, number) = find_page(call, &session, text)?;
    let shown = u64::try_from(PAGE_SIZE).unwrap_or(u64::MAX).saturating_mul(number.0);
    let mut answer = ContactPage::new(&session, &page, number, includes_inboxes(call)?)?;
    answer.meta.has_more = Some(page.total > shown);
    ApiResponse::ok(&answer)
}

/// The contacts of a page of hits.
pub(super) fn found_page(call: &Call, session: &Session, text: &str) -> Result<Vec<ContactDto>, ApiError> {
    contact_dtos(session, &find_page(call, session, text)?.0.contacts, false)
}

/// A page of hits, and its number as the request has it.
fn find_page(call: &Call, session: &Session, text: &str) -> Result<(NumberedPage, (u64, bool)), ApiError> {
    let number = page_number(call)?;
    let wanted = PageNumber { number: number.0, size: PAGE_SIZE };
    let filter = Filter::all([resolved()].into_iter().chain(labelled(call)));
    let search = KeywordSearch { session, text, filter: Some(&filter), time: call.time };
    let page = match sort(call)? {
        None => search.page(wanted),
        Some(order) => list_page(&search.containing_list().order(order), wanted, call.time),
    };
    Ok((page.map_err(|error| ApiError::from(error).with_plain_message())?, number))
}
