//! `attributes`: what contacts of the tenant can have beside their fields, and what one has.

use cardex::ContactId;
use cardex::attributes::{AttributeDef, AttributeId, AttributeKind, AttributeNamespace, AttributePatch};
use cardex::attributes::{AttributeValue, NewAttribute};
use cardex::{ContactPatch, ContactUpdate, Session};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::{Global, PageArgs, apply_paging};
use crate::commands::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List attributes, change them, or set values of contacts
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Attributes {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The values of a contact
    Of {
        /// The contact
        contact: ContactId,
    },
    /// Give a contact a value
    Set {
        /// The contact
        contact: ContactId,
        /// The key
        key: String,
        /// The value: JSON, or else a text
        value: String,
    },
    /// Take a value from a contact
    Unset {
        /// The contact
        contact: ContactId,
        /// The key
        key: String,
    },
    /// Declare an attribute
    Add(Add),
    /// Delete an attribute with all its values
    Remove {
        /// The attribute
        id: AttributeId,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Its key
    key: String,
    /// What its values are, such as text, number or list
    #[arg(long, value_name = "KIND", default_value = "text")]
    kind: AttributeKind,
    /// Its name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// One of the values of a list; may be given several times
    #[arg(long, value_name = "TEXT")]
    choice: Vec<String>,
}

impl Attributes {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
            None => {
                let page = apply_paging!(session.attributes().list(AttributeNamespace::Custom), self.paging)
                    .page()?;
                print(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Some(Verb::Of { contact }) => print_values(&session, contact, out),
            Some(Verb::Set { contact, key, value }) => {
                let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
                let update = ContactUpdate::new(ContactPatch::new()).set_attribute(
                    AttributeNamespace::Custom,
                    key,
                    value,
                );
                session.update(contact, update)?;
                print_values(&session, contact, out)
            }
            Some(Verb::Unset { contact, key }) => {
                session.update(
                    contact,
                    ContactUpdate::new(ContactPatch::new()).remove_attribute(AttributeNamespace::Custom, key),
                )?;
                print_values(&session, contact, out)
            }
            Some(Verb::Add(add)) => {
                let mut patch = AttributePatch::new();
                if let Some(name) = add.name {
                    patch = patch.name(name);
                }
                if !add.choice.is_empty() {
                    patch = patch.choices(add.choice);
                }
                let new = NewAttribute::new(AttributeNamespace::Custom, add.key, add.kind).with(patch);
                print(&[session.attributes().add(new)?], out)
            }
            Some(Verb::Remove { id }) => {
                session.attributes().delete(id)?;
                Ok(out.write_result(&json!({ "attribute": id, "done": "removed" }), "removed")?)
            }
        }
    }
}

fn print_values(session: &Session, contact: ContactId, out: &mut Output) -> CommandResult {
    let values = session.attributes().of(&[contact])?.concat();
    if out.is_json() {
        let shape = |found: &AttributeValue| json!({ "space": found.namespace, "key": found.key, "value": found.value });
        return Ok(values.iter().try_for_each(|found| out.write_json_line(&shape(found)))?);
    }
    let row = |found: &AttributeValue| vec![found.key.as_str().into(), found.value.to_string().into()];
    Ok(out.write_table(&["key", "value"], values.iter().map(row).collect())?)
}

fn print(attributes: &[AttributeDef], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(attributes
            .iter()
            .try_for_each(|def| out.write_json_line(&json!({ "attribute": def })))?);
    }
    let row = |def: &AttributeDef| -> Vec<Cell> {
        vec![
            def.key.as_str().into(),
            def.kind.as_str().into(),
            def.name.as_str().into(),
            def.choices.join(", ").into(),
            def.id.to_string().into(),
        ]
    };
    Ok(out.write_table(&["key", "kind", "name", "choices", "id"], attributes.iter().map(row).collect())?)
}
