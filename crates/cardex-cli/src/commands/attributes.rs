//! `attributes`: the attribute definitions of the tenant, and the values of a contact.

use cardex::ContactId;
use cardex::attributes::{AttributeDef, AttributeId, AttributeKind, AttributeNamespace, AttributePatch};
use cardex::attributes::{AttributeValue, NewAttribute};
use cardex::{ContactPatch, ContactUpdate, Session};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::{Global, PageArgs, apply_paging};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or change attributes and their values
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Attributes {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the values of a contact
    Of {
        /// The contact
        contact: ContactId,
    },
    /// Set a value of a contact
    Set {
        /// The contact
        contact: ContactId,
        /// The key
        key: String,
        /// The value: JSON, or else a text
        value: String,
    },
    /// Remove a value of a contact
    Unset {
        /// The contact
        contact: ContactId,
        /// The key
        key: String,
    },
    /// Define an attribute
    Add(Add),
    /// Delete an attribute and all its values
    Remove {
        /// The attribute
        id: AttributeId,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Its key
    key: String,
    /// The kind of its values, such as text, number or list
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
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
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
        let item = |value: &AttributeValue| json!({ "namespace": value.namespace, "key": value.key, "value": value.value });
        return Ok(values.iter().try_for_each(|value| out.write_json_line(&item(value)))?);
    }
    let row = |value: &AttributeValue| vec![value.key.as_str().into(), value.value.to_string().into()];
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
