//! Status, consent and invitation of a contact as columns.

use crate::db::connection::sqlite_error::DbResult;
use crate::error::Error;
use crate::model::{Consent, Contact, Invitation, Status, Timestamp};

/// A status as a number; 0 for none.
pub(in crate::db) fn status_column(status: Option<Status>) -> i64 {
    encode_option(&Status::ALL, status)
}

pub(in crate::db) fn status_from(number: i64) -> DbResult<Option<Status>> {
    decode_option(&Status::ALL, number, "the status of a contact")
}

/// Several statuses as one number: bit n for status n + 1.
pub(in crate::db) fn statuses_column(statuses: &[Status]) -> i64 {
    let bits = statuses.iter().map(|status| status_column(Some(*status)).saturating_sub(1));
    bits.fold(0, |all, bit| all | 1 << bit)
}

pub(in crate::db) fn statuses_from(bits: i64) -> Vec<Status> {
    Status::ALL.into_iter().filter(|status| bits & statuses_column(&[*status]) != 0).collect()
}

const CONSENTS: [Consent; 3] = [Consent::Pending, Consent::OptedIn, Consent::OptedOut];

/// A consent as a number; 0 for none.
pub(in crate::db) fn consent_column(consent: Option<Consent>) -> i64 {
    encode_option(&CONSENTS, consent)
}

pub(in crate::db) fn consent_from(number: i64) -> DbResult<Option<Consent>> {
    decode_option(&CONSENTS, number, "the consent of a contact")
}

/// The code of a contact's invitation; empty for none.
pub(in crate::db) fn invite_code(contact: &Contact) -> &str {
    contact.invitation.as_ref().map_or("", |invitation| &invitation.code)
}

/// The time at which a contact's invitation expires, in milliseconds.
pub(in crate::db) fn invite_expires_at(contact: &Contact) -> Option<i64> {
    contact.invitation.as_ref().map(|invitation| invitation.expires_at.0)
}

pub(in crate::db) fn invitation(code: String, expires_at: Option<i64>) -> Option<Invitation> {
    expires_at.map(|at| Invitation { code, expires_at: Timestamp(at) })
}

/// Sets the status of a contact with an unanswered invitation that has expired. The row is not changed at that time.
pub(in crate::db) fn apply_invitation_expiry(contact: &mut Contact, now: Timestamp) {
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
