//! Notes on a contact.

use std::collections::HashMap;

use serde::Serialize;

use crate::chatwoot::contacts::found;
use crate::chatwoot::errors::{Fault, NOBODY, of_field};
use crate::chatwoot::params::desk_and_contact;
use crate::chatwoot::shapes::seconds;
use crate::chatwoot::{Answer, Call};
use crate::input::{Fields, id};
use cardex::{Advisor, AdvisorId, ContactId, Error, Note, NoteId, Session, TenantId, limits};

#[derive(Debug, Serialize)]
struct NoteShape {
    id: i64,
    content: String,
    account_id: i64,
    contact_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User>,
    created_at: i64,
    updated_at: i64,
}

/// The author, if it is one of the account's advisors.
#[derive(Debug, Clone, Serialize)]
struct User {
    id: i64,
    account_id: i64,
    name: String,
    available_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    email: String,
    role: &'static str,
    thumbnail: &'static str,
}

impl User {
    fn of(account: TenantId, advisor: &Advisor) -> Self {
        let name = format!("{} {}", advisor.first_name, advisor.last_name).trim().to_owned();
        let email = advisor.email.clone();
        let (id, account_id) = (advisor.id.0, account.0);
        Self { id, account_id, available_name: name.clone(), name, email, role: "agent", thumbnail: "" }
    }
}

fn shapes(desk: &Session, notes: Vec<Note>) -> Result<Vec<NoteShape>, Fault> {
    let account = desk.tenant()?.id;
    let mut known: HashMap<AdvisorId, Option<User>> = HashMap::new();
    let mut shapes = Vec::new();
    for note in notes {
        if let Some(id) = note.advisor.filter(|id| !known.contains_key(id)) {
            known.insert(id, author(desk, account, id)?);
        }
        let user = note.advisor.and_then(|id| known.get(&id)?.clone());
        shapes.push(NoteShape {
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

/// An author whom the caller may not look up is left out.
fn author(desk: &Session, account: TenantId, id: AdvisorId) -> Result<Option<User>, Fault> {
    match desk.advisor(id) {
        Ok(advisor) => Ok(Some(User::of(account, &advisor))),
        Err(Error::NoAdvisor(_) | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn told(desk: &Session, note: Note) -> Result<Answer, Fault> {
    Answer::ok(&shapes(desk, vec![note])?.pop().ok_or(NOBODY)?)
}

fn place(call: &Call) -> Result<(Session, ContactId), Fault> {
    let (desk, contact) = desk_and_contact(call)?;
    found(&desk, contact)?;
    Ok((desk, contact))
}

fn note_at(call: &Call) -> Result<NoteId, Fault> {
    id(call.value(2)).map(NoteId).ok_or(NOBODY)
}

/// The text of a note, which may be wrapped in an object.
fn content(call: &Call) -> Result<String, Fault> {
    let body = Fields::parse(&call.body)?;
    let text = match body.fields("note")? {
        Some(note) => note.text("content")?.map(str::to_owned),
        None => body.text("content")?.map(str::to_owned),
    };
    let text = text.filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| of_field("content", "can't be blank"))
}

/// `contactNoteList`: all of them, newest first, as a bare list.
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact) = place(call)?;
    let notes = desk.notes_of(contact).limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    Answer::ok(&shapes(&desk, notes)?)
}

/// `contactNoteCreate`
pub(super) fn create(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact) = place(call)?;
    let note = desk.add_note(contact, &content(call)?)?;
    told(&desk, note)
}

/// `contactNoteDetails`
pub(super) fn details(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact) = place(call)?;
    let note = desk.note(contact, note_at(call)?)?;
    told(&desk, note)
}

/// `contactNoteUpdate`, `contactNoteReplace`: whoever calls is the author from then on.
pub(super) fn update(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact) = place(call)?;
    let id = note_at(call)?;
    desk.note(contact, id)?;
    let note = desk.edit_note(contact, id, &content(call)?)?;
    told(&desk, note)
}

/// `contactNoteDelete`
pub(super) fn delete(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact) = place(call)?;
    desk.delete_note(contact, note_at(call)?)?;
    Ok(Answer::empty(200))
}
