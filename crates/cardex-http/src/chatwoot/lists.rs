//! Pages of contacts, by their number.

use std::collections::HashSet;

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{ContactDto, contact_dtos};
use crate::chatwoot::errors::{ApiError, status_error};
use crate::chatwoot::params::{PAGE_SIZE, account_session, includes_inboxes, page_number, sort};
use crate::substring_hits::{CollectedHits, collect_hits, page_slice};
use cardex::filters::{TextField, TimeField};
use cardex::{Contact, Filter, Session, SortField, SortOrder, Timestamp, limits};

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
    let list = session.contacts().filter(resolved().and(filter)).order(order).limit(PAGE_SIZE);
    let (number, said) = page_number(call)?;
    let count = list.count()?.count;
    let found = list.page_number(number)?.items;
    list_response(session, (&found, number, said), (count, None), inboxes)
}

fn list_response(
    session: &Session,
    (found, number, said): (&[Contact], u64, bool),
    (count, has_more): (u64, Option<bool>),
    inboxes: bool,
) -> Result<ApiResponse, ApiError> {
    let payload = contact_dtos(session, found, inboxes)?;
    let current_page = if said { CurrentPage::Text(number.to_string()) } else { CurrentPage::Number(number) };
    ApiResponse::ok(&ContactPage { meta: Meta { count, current_page, has_more }, payload })
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
    let labels = labelled(call);
    if let Some(order) = sort(call)? {
        return search_sorted(call, &session, text, order, labels).map_err(ApiError::with_plain_message);
    }
    let (number, said) = page_number(call)?;
    let gathered = collect_hits(&session, text, |found| {
        let found = found.into_iter().filter(is_resolved).collect();
        match &labels {
            None => Ok(found),
            Some(labels) => matching(&session, found, labels),
        }
    });
    let CollectedHits { contacts, has_more: more } = gathered.map_err(ApiError::with_plain_message)?;
    let count = u64::try_from(contacts.len()).unwrap_or(u64::MAX);
    let shown = page_slice(contacts, number, PAGE_SIZE);
    let pages = u64::try_from(PAGE_SIZE).unwrap_or(u64::MAX).saturating_mul(number);
    list_response(
        &session,
        (&shown, number, said),
        (count, Some(more || count > pages)),
        includes_inboxes(call)?,
    )
}

fn is_resolved(contact: &Contact) -> bool {
    !(contact.emails.is_empty() && contact.phones.is_empty() && contact.identifiers.is_empty())
}

/// Those of some contacts that match a filter, in their order.
fn matching(session: &Session, contacts: Vec<Contact>, filter: &Filter) -> Result<Vec<Contact>, ApiError> {
    let mut met = HashSet::new();
    for slice in contacts.chunks(limits::FILTER_VALUES) {
        let ids = Filter::id(slice.iter().map(|contact| contact.id));
        let page = session.contacts().filter(ids.and(filter.clone())).limit(limits::FILTER_VALUES).page()?;
        met.extend(page.items.into_iter().map(|contact| contact.id));
    }
    Ok(contacts.into_iter().filter(|contact| met.contains(&contact.id)).collect())
}

/// The same in another order than that of the search: a list under a condition.
fn search_sorted(
    call: &Call,
    session: &Session,
    text: &str,
    order: SortOrder,
    labels: Option<Filter>,
) -> Result<ApiResponse, ApiError> {
    let fields = [TextField::DisplayName, TextField::Email, TextField::Company, TextField::Identifier];
    // A text that cannot be part of a number matches no number.
    let number = |c: char| c.is_ascii_digit() || " +-./()".contains(c);
    let phone =
        (text.chars().all(number) && text.contains(|c: char| c.is_ascii_digit())).then_some(TextField::Phone);
    let fields = fields.into_iter().chain(phone);
    let filter = Filter::any(fields.map(|field| Filter::field(field).contains(text)));
    let filter = Filter::all([resolved(), filter].into_iter().chain(labels));
    let list = session.contacts().filter(filter).order(order).limit(PAGE_SIZE);
    let (number, said) = page_number(call)?;
    let count = list.count()?.count;
    let found = list.page_number(number)?;
    list_response(
        session,
        (&found.items, number, said),
        (count, Some(found.after.is_some())),
        includes_inboxes(call)?,
    )
}
