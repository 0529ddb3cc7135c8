//! Funnels that a contact is subscribed to.

use crate::gather::slice;
use crate::smartsender::contacts::found;
use crate::smartsender::errors::Fault;
use crate::smartsender::params::{desk_and_contact, page};
use crate::smartsender::shapes::{CursorPage, Done, FunnelShape};
use crate::smartsender::{Answer, Call};
use cardex::limits;

/// `listContactFunnels`
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    let (number, size) = page(call)?;
    found(&desk, id)?;
    let funnels = desk.funnels_of(id).limit(limits::PAGE).page()?.items;
    let total = u64::try_from(funnels.len()).unwrap_or(u64::MAX);
    let shown = slice(funnels, number, size).into_iter().map(FunnelShape::from).collect();
    Answer::ok(&CursorPage::new(shown, (number, size), total))
}

/// `addContactFunnel`; one that the contact is subscribed to changes nothing.
pub(super) fn add(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    desk.join_funnel(id, call.value(1))?;
    Answer::ok(&Done::DONE)
}

/// `removeContactFunnel`; one that the contact is not subscribed to changes nothing.
pub(super) fn remove(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    desk.leave_funnel(id, call.value(1))?;
    Answer::ok(&Done::DONE)
}
