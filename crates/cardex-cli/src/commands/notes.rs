//! `notes`: what people write about a contact.

use cardex::ContactId;
use cardex::notes::{Note, NoteId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::commands::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// Show the notes on a contact, or change them
#[derive(Debug, Args)]
pub(crate) struct Notes {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Those on a contact, newest first
    Of(Of),
    /// Write one
    Add {
        /// The contact
        contact: ContactId,
        /// What it says
        text: String,
    },
    /// Write one anew
    Edit {
        /// The contact
        contact: ContactId,
        /// The note
        note: NoteId,
        /// What it says now
        text: String,
    },
    /// Delete one
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
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
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
        let by = note.advisor.map(|advisor| advisor.to_string()).unwrap_or_default();
        vec![
            note.created_at.to_string().into(),
            by.into(),
            note.content.as_str().into(),
            note.id.to_string().into(),
        ]
    };
    Ok(out.write_table(&["at", "advisor", "text", "id"], notes.iter().map(row).collect())?)
}
