//! A note is added to a contact, and its tags are changed.

use cardex::tags::UnknownTagPolicy;
use cardex::{ContactId, Error, Session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::ContactArg;
use crate::contact::ContactRecord;
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct NoteAndTag;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The id of the contact.
    id: ContactArg,
    /// The text of a new note.
    #[schemars(length(min = 1, max = 20_000))]
    note: Option<String>,
    /// Names of tags to add. Unknown tags are created.
    #[serde(default)]
    add_tags: Vec<String>,
    /// Names of tags to remove from the contact.
    #[serde(default)]
    remove_tags: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    /// The contact after the change.
    contact: ContactRecord,
}

impl ToolType for NoteAndTag {
    const NAME: &'static str = "note_and_tag";
    const TITLE: &'static str = "Add a note, change tags";
    const DESCRIPTION: &'static str = "Adds a note to a contact, adds tags and removes tags, in any combination. Other notes and tags \
        stay.";
    const EFFECT: Effect = Effect::Add;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for NoteAndTag {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let id = input.id.id()?;
        // The errors of the note come before any change of tags.
        if let Some(note) = &input.note {
            session.notes(id).add(note)?;
        }
        add_tags(session, id, &input.add_tags)?;
        for name in &input.remove_tags {
            if let Some(tag) = session.tags().named(name)? {
                session.tags().detach(id, tag.id)?;
            }
        }
        let contact = session.get(id)?.ok_or(Error::NoContact(id))?;
        Ok(Output { contact: ContactRecord::read(session, contact)? })
    }
}

/// Adds the tags that exist one by one, so that tags which others add meanwhile stay. Only new names replace the list.
fn add_tags(session: &Session, id: ContactId, names: &[String]) -> Result<(), ToolError> {
    let mut unknown = Vec::new();
    for name in names {
        match session.tags().named(name)? {
            Some(tag) => {
                session.tags().attach(id, tag.id)?;
            }
            None => unknown.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        let known = session.tags().of(&[id])?.into_iter().flatten().map(|tag| tag.name);
        let names: Vec<String> = known.chain(unknown).collect();
        session.tags().set(id, &names, UnknownTagPolicy::Create)?;
    }
    Ok(())
}
