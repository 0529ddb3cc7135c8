//! Parameters as this contract writes them.

use crate::chatwoot::errors::{Fault, NOBODY, NOT_HERE, said};
use crate::chatwoot::{Call, Flaw};
use crate::input::id;
use cardex::{ContactId, Order, Session, Sort, TenantId};

/// Items in a page: the contract leaves callers no choice.
pub(super) const PAGE: usize = 15;

/// The session in the account that the path names. One that is not the caller's is told like one that does not exist.
pub(super) fn desk(call: &Call) -> Result<Session, Fault> {
    let account = id(call.value(0)).ok_or(said(401, NOT_HERE))?;
    let desk = call.session.clone().in_tenant(TenantId(account));
    match desk.tenant() {
        Ok(_) => Ok(desk),
        Err(error) if error.is_not_found() || error.is_refusal() => Err(said(401, NOT_HERE)),
        Err(error) => Err(error.into()),
    }
}

/// The desk and the contact of a path that has both.
pub(super) fn desk_and_contact(call: &Call) -> Result<(Session, ContactId), Fault> {
    let desk = desk(call)?;
    let contact = id(call.value(1)).ok_or(NOBODY)?;
    Ok((desk, ContactId(contact)))
}

/// Which page is asked for, from 1, and whether it was said.
pub(super) fn page(call: &Call) -> Result<(u64, bool), Flaw> {
    Ok(call.query.page()?.map_or((1, false), |page| (page, true)))
}

/// Whether contacts come with their inboxes: any value but `true` counts as false.
pub(super) fn with_inboxes(call: &Call) -> Result<bool, Flaw> {
    Ok(call.query.one("include_contact_inboxes")?.is_none_or(|value| value == "true"))
}

/// The order that a call asks for.
pub(super) fn sort(call: &Call) -> Result<Option<Order>, Flaw> {
    let Some(text) = call.query.one("sort")? else { return Ok(None) };
    let (name, down) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let sort = match name {
        "name" => Sort::Name,
        "email" => Sort::Email,
        "phone_number" => Sort::Phone,
        "last_activity_at" => Sort::Activity,
        "created_at" => Sort::Created,
        "company" | "company_name" => Sort::Company,
        "city" => Sort::City,
        "country" => Sort::Country,
        _ => {
            let problem = "one of name, email, phone_number, last_activity_at, created_at, company, city, country, with a minus \
                 or without";
            return Err(Flaw::new("sort", problem));
        }
    };
    Ok(Some(if down { sort.descending() } else { sort.into() }))
}
