//! Parameters as this contract writes them.

use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, WRONG_ACCOUNT, status_error};
use crate::input::ParamError;
use crate::input::parse_id;
use crate::service::Call;
use cardex::{Contact, ContactId, Session, SortField, SortOrder, TenantId};

/// Items in a page: the contract leaves callers no choice.
pub(super) const PAGE_SIZE: usize = 15;

/// The session in the account that the path names. One that is not the caller's is told like one that does not exist.
pub(super) fn account_session(call: &Call) -> Result<Session, ApiError> {
    let account = parse_id(call.value(0)).ok_or(status_error(401, WRONG_ACCOUNT))?;
    let desk = call.session.clone().in_tenant(TenantId(account));
    match desk.directory().tenant() {
        Ok(_) => Ok(desk),
        Err(error) if error.is_not_found() || error.is_client_error() => {
            Err(status_error(401, WRONG_ACCOUNT))
        }
        Err(error) => Err(error.into()),
    }
}

/// The desk and the contact of a path that has both.
pub(super) fn session_and_contact(call: &Call) -> Result<(Session, ContactId), ApiError> {
    let desk = account_session(call)?;
    let contact = parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?;
    Ok((desk, ContactId(contact)))
}

/// Which page is asked for, from 1, and whether it was said.
pub(super) fn page_number(call: &Call) -> Result<(u64, bool), ParamError> {
    Ok(call.query.page_number()?.map_or((1, false), |page| (page, true)))
}

/// Whether contacts come with their inboxes: any value but `true` counts as false.
pub(super) fn includes_inboxes(call: &Call) -> Result<bool, ParamError> {
    Ok(call.query.single("include_contact_inboxes")?.is_none_or(|value| value == "true"))
}

/// The order that a call asks for.
pub(super) fn sort(call: &Call) -> Result<Option<SortOrder>, ParamError> {
    let Some(text) = call.query.single("sort")? else { return Ok(None) };
    let (name, down) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let sort = match name {
        "name" => SortField::Name,
        "email" => SortField::Email,
        "phone_number" => SortField::Phone,
        "last_activity_at" => SortField::Activity,
        "created_at" => SortField::Created,
        "company" | "company_name" => SortField::Company,
        "city" => SortField::City,
        "country" => SortField::Country,
        _ => {
            let problem = "one of name, email, phone_number, last_activity_at, created_at, company, city, country, with a minus \
                 or without";
            return Err(ParamError::new("sort", problem));
        }
    };
    Ok(Some(if down { sort.descending() } else { sort.into() }))
}

/// A contact that is not in the trash.
pub(super) fn find_active(session: &Session, id: ContactId) -> Result<Contact, ApiError> {
    session.get(id)?.filter(|contact| contact.trashed_at.is_none()).ok_or(NOT_FOUND_ERROR)
}
