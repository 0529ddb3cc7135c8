//! `tags`: the tags of the tenant and of a contact.

use cardex::ContactId;
use cardex::tags::{Color, Tag, TagId, TagPatch, UnknownTagPolicy};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or change tags, or tag contacts
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Tags {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the tags of a contact
    Of {
        /// The contact
        contact: ContactId,
    },
    /// Set the tags of a contact: exactly these
    Set(Set),
    /// Add a tag
    Add {
        /// Its name
        name: String,
        /// Its colour: six hexadecimal digits
        #[arg(long, value_name = "RRGGBB")]
        rgb: Option<Color>,
    },
    /// Change a tag
    Edit {
        /// The tag
        id: TagId,
        /// The new name
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// The new colour: six hexadecimal digits
        #[arg(long, value_name = "RRGGBB")]
        rgb: Option<Color>,
    },
    /// Delete a tag, and remove it from all contacts
    Remove {
        /// The tag
        id: TagId,
    },
}

#[derive(Debug, Args)]
struct Set {
    /// The contact
    contact: ContactId,
    /// Names of tags; without any, all tags are removed
    names: Vec<String>,
    /// Create tags for unknown names
    #[arg(long, alias = "make")]
    create: bool,
}

impl Tags {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            None => {
                let page = apply_paging!(session.tags().list(), self.paging).page()?;
                print(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Some(Verb::Of { contact }) => print(&session.tags().of(&[contact])?.concat(), out),
            Some(Verb::Set(set)) => {
                let unknown = if set.create { UnknownTagPolicy::Create } else { UnknownTagPolicy::Reject };
                print(&session.tags().set(set.contact, &set.names, unknown)?, out)
            }
            Some(Verb::Add { name, rgb }) => {
                print(&[session.tags().add(TagPatch::new().name(name).color(rgb))?], out)
            }
            Some(Verb::Edit { id, name, rgb }) => {
                let mut patch = TagPatch::new();
                if let Some(name) = name {
                    patch = patch.name(name);
                }
                if rgb.is_some() {
                    patch = patch.color(rgb);
                }
                print(&[session.tags().edit(id, patch)?], out)
            }
            Some(Verb::Remove { id }) => {
                session.tags().delete(id)?;
                Ok(out.write_result(&json!({ "tag": id, "done": "removed" }), "removed")?)
            }
        }
    }
}

fn print(tags: &[Tag], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(tags.iter().try_for_each(|tag| out.write_json_line(&json!({ "tag": tag })))?);
    }
    let row = |tag: &Tag| -> Vec<Cell> {
        let color = tag.color.map(|color| color.to_string()).unwrap_or_default();
        vec![
            tag.name.as_str().into(),
            color.into(),
            tag.contacts.to_string().into(),
            tag.id.to_string().into(),
        ]
    };
    Ok(out.write_table(&["name", "color", "contacts", "id"], tags.iter().map(row).collect())?)
}
