//! Notes on a contact.

use std::collections::HashMap;

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::seconds;
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, invalid_field};
use crate::chatwoot::params::{find_active, request_fields, session_and_contact};
use crate::chatwoot::users::User;
use crate::input::parse_id;
use cardex::notes::{Note, NoteId};
use cardex::{AdvisorId, ContactId, Session, limits};

#[derive(Debug, Serialize)]
struct NoteDto {
    id: i64,
    content: String,
    account_id: i64,
    contact_id: i64,
    /// The author, if it is one of the account's advisors, and the caller may see that advisor.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User>,
    created_at: i64,
    updated_at: i64,
}

fn note_dtos(session: &Session, notes: Vec<Note>) -> Result<Vec<NoteDto>, ApiError> {
    let account = session.directory().tenant()?.id;
    let mut known: HashMap<AdvisorId, Option<User>> = HashMap::new();
    let mut shapes = Vec::new();
    for note in notes {
        if let Some(id) = note.advisor.filter(|id| !known.contains_key(id)) {
            known.insert(id, User::find(session, account, id)?);
        }
        let user = note.advisor.and_then(|id| known.get(&id)?.clone());
        shapes.push(NoteDto {
            id: note.id.0,
            content: note.content,
            account_id: account.0,
            contact_id: note.contact.0,
            user,
            created_at: seconds(note.created_at),
            updated_at: seconds(note.updated_at),
        });
    }
    Ok(shapes)
}

fn note_response(session: &Session, note: Note) -> Result<ApiResponse, ApiError> {
    ApiResponse::ok(&note_dtos(session, vec![note])?.pop().ok_or(NOT_FOUND_ERROR)?)
}

fn session_and_active_contact(call: &Call) -> Result<(Session, ContactId), ApiError> {
    let (session, contact) = session_and_contact(call)?;
    find_active(&session, contact)?;
    Ok((session, contact))
}

fn note_id(call: &Call) -> Result<NoteId, ApiError> {
    parse_id(call.value(2)).map(NoteId).ok_or(NOT_FOUND_ERROR)
}

/// The text of a note, which may be wrapped in an object.
fn content(call: &Call) -> Result<String, ApiError> {
    let text = request_fields(call)?.unwrapped("note").text("content")?.map(str::to_owned);
    let text = text.filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| invalid_field("content", "can't be blank"))
}

/// `contactNoteList`: all of them, newest first, as a bare list.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact) = session_and_active_contact(call)?;
    let notes = session.notes(contact).list().limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    ApiResponse::ok(&note_dtos(&session, notes)?)
}

/// `contactNoteCreate`
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact) = session_and_active_contact(call)?;
    let note = session.notes(contact).add(&content(call)?)?;
    note_response(&session, note)
}

/// `contactNoteDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact) = session_and_active_contact(call)?;
    let note = session.notes(contact).get(note_id(call)?)?;
    note_response(&session, note)
}

/// `contactNoteUpdate`, `contactNoteReplace`: the caller becomes the author.
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact) = session_and_active_contact(call)?;
    let id = note_id(call)?;
    session.notes(contact).get(id)?;
    let note = session.notes(contact).edit(id, &content(call)?)?;
    note_response(&session, note)
}

/// `contactNoteDelete`
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact) = session_and_active_contact(call)?;
    session.notes(contact).delete(note_id(call)?)?;
    Ok(ApiResponse::empty(200))
}
