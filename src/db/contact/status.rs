//! Status, consent and invitation as columns of a contact.

use crate::db::DbResult;
use crate::error::Error;
use crate::model::{Consent, Contact, Invitation, Status, Timestamp};

/// A status as a number; 0 for none.
pub(crate) fn status_column(status: Option<Status>) -> i64 {
    encode_option(&Status::ALL, status)
}

pub(crate) fn status_from(number: i64) -> DbResult<Option<Status>> {
    decode_option(&Status::ALL, number, "the status of a contact")
}

/// Several statuses as one number: bit n for status n + 1.
pub(crate) fn statuses_column(statuses: &[Status]) -> i64 {
    let bits = statuses.iter().map(|status| status_column(Some(*status)).saturating_sub(1));
    bits.fold(0, |all, bit| all | 1 << bit)
}

pub(crate) fn statuses_from(bits: i64) -> Vec<Status> {
    Status::ALL.into_iter().filter(|status| bits & statuses_column(&[*status]) != 0).collect()
}

const CONSENTS: [Consent; 3] = [Consent::Pending, Consent::OptedIn, Consent::OptedOut];

/// A consent as a number; 0 for none.
pub(crate) fn consent_column(consent: Option<Consent>) -> i64 {
    encode_option(&CONSENTS, consent)
}

pub(crate) fn consent_from(number: i64) -> DbResult<Option<Consent>> {
    decode_option(&CONSENTS, number, "the consent of a contact")
}

/// The code of a contact's invitation; empty for none.
pub(crate) fn invite_code(contact: &Contact) -> &str {
    contact.invitation.as_ref().map_or("", |invitation| &invitation.code)
}

/// When a contact's invitation runs out.
pub(crate) fn invite_expires_at(contact: &Contact) -> Option<i64> {
    contact.invitation.as_ref().map(|invitation| invitation.expires_at.0)
}

pub(crate) fn invitation(code: String, until: Option<i64>) -> Option<Invitation> {
    until.map(|until| Invitation { code, expires_at: Timestamp(until) })
}

/// An invitation that nobody answered in time is expired, without a write that says so.
pub(crate) fn apply_invitation_expiry(contact: &mut Contact, now: Timestamp) {
    let Some(invitation) = &contact.invitation else { return };
    if contact.status == Some(Status::PendingConfirmation) && invitation.expires_at <= now {
        contact.status = Some(Status::InviteExpired);
        contact.status_at = Some(invitation.expires_at);
    }
}

fn encode_option<T: PartialEq>(all: &[T], value: Option<T>) -> i64 {
    let position = value.and_then(|value| all.iter().position(|known| *known == value));
    position
        .and_then(|position| i64::try_from(position).ok())
        .map_or(0, |position| position.saturating_add(1))
}

fn decode_option<T: Copy>(all: &[T], number: i64, what: &'static str) -> DbResult<Option<T>> {
    let damaged = || Error::Damaged { what, source: None };
    let number = usize::try_from(number).map_err(|_| damaged())?;
    let Some(position) = number.checked_sub(1) else { return Ok(None) };
    Ok(Some(*all.get(position).ok_or_else(damaged)?))
}
