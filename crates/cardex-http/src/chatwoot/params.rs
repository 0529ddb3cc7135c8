//! Parameters as this API writes them.

use crate::call::Call;
use crate::chatwoot::errors::{ApiError, NOT_ALLOWED, NOT_FOUND_ERROR, WRONG_ACCOUNT, status_error};
use crate::input::{JsonFields, ParamError, parse_id};
use cardex::{Actor, Contact, ContactId, Session, SortField, SortOrder, TenantId};

/// Items in a page: the API leaves callers no choice.
pub(super) const PAGE_SIZE: usize = 15;

/// The session in the account of the path. An account of another caller gives the same error as an unknown account.
pub(super) fn account_session(call: &Call) -> Result<Session, ApiError> {
    let account = parse_id(call.value(0)).ok_or(status_error(401, WRONG_ACCOUNT))?;
    checked_account(call.session.clone().in_tenant(TenantId(account)))
}

/// The session in the caller's own account, for paths without one.
pub(super) fn own_session(call: &Call) -> Result<Session, ApiError> {
    checked_account(call.session.clone())
}

/// An advisor is an agent of this API. The account must exist.
fn checked_account(session: Session) -> Result<Session, ApiError> {
    let session = session.as_agent().distinct_methods(true);
    match session.directory().tenant() {
        Ok(_) => Ok(session),
        Err(error) if error.is_not_found() || error.is_client_error() => {
            Err(status_error(401, WRONG_ACCOUNT))
        }
        Err(error) => Err(error.into()),
    }
}

/// The session and the contact of a path that has both.
pub(super) fn session_and_contact(call: &Call) -> Result<(Session, ContactId), ApiError> {
    let session = account_session(call)?;
    let contact = parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?;
    Ok((session, ContactId(contact)))
}

/// The number of the requested page, from 1, and whether the request contains it. As in the product, a text that is no page is the first page.
pub(super) fn page_number(call: &Call) -> Result<(u64, bool), ParamError> {
    let Some(text) = call.query.single("page")? else { return Ok((1, false)) };
    let digits = text.trim();
    let number = if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.parse().unwrap_or(u64::MAX)
    } else {
        1
    };
    Ok((number.max(1), true))
}

/// The fields of a request, in the forms that the product accepts.
pub(super) fn request_fields(call: &Call) -> Result<JsonFields<'static>, ParamError> {
    Ok(call.json_or_form()?.leniently())
}

/// The session of an administrator of the account.
pub(super) fn administrator_session(call: &Call) -> Result<Session, ApiError> {
    let session = account_session(call)?;
    if matches!(session.actor(), Actor::Agent(_)) {
        return Err(status_error(401, NOT_ALLOWED));
    }
    Ok(session)
}

/// Whether contacts come with their inboxes: any value but `true` counts as false.
pub(super) fn includes_inboxes(call: &Call) -> Result<bool, ParamError> {
    Ok(call.query.single("include_contact_inboxes")?.is_none_or(|value| value == "true"))
}

/// The requested order.
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
