//! `notes`: the notes of a contact.

use cardex::ContactId;
use cardex::notes::{Note, NoteId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or change the notes of a contact
#[derive(Debug, Args)]
pub(crate) struct Notes {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the notes of a contact, newest first
    Of(Of),
    /// Add a note
    Add {
        /// The contact
        contact: ContactId,
        /// The text
        text: String,
    },
    /// Replace the text of a note
    Edit {
        /// The contact
        contact: ContactId,
        /// The note
        note: NoteId,
        /// The new text
        text: String,
    },
    /// Delete a note
    Remove {
        /// The contact
        contact: ContactId,
        /// The note
        note: NoteId,
    },
}

#[derive(Debug, Args)]
struct Of {
    /// The contact
    contact: ContactId,
    #[command(flatten)]
    paging: PageArgs,
}

impl Notes {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            Verb::Of(Of { contact, paging }) => {
                let page = apply_paging!(session.notes(contact).list(), paging).page()?;
                print(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Verb::Add { contact, text } => print(&[session.notes(contact).add(&text)?], out),
            Verb::Edit { contact, note, text } => print(&[session.notes(contact).edit(note, &text)?], out),
            Verb::Remove { contact, note } => {
                session.notes(contact).delete(note)?;
                Ok(out.write_result(&json!({ "note": note, "done": "removed" }), "removed")?)
            }
        }
    }
}

fn print(notes: &[Note], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(notes.iter().try_for_each(|note| out.write_json_line(&json!({ "note": note })))?);
    }
    let row = |note: &Note| -> Vec<Cell> {
        let author = note.advisor.map(|advisor| advisor.to_string()).unwrap_or_default();
        vec![
            note.created_at.to_string().into(),
            author.into(),
            note.content.as_str().into(),
            note.id.to_string().into(),
        ]
    };
    Ok(out.write_table(&["at", "advisor", "text", "id"], notes.iter().map(row).collect())?)
}
