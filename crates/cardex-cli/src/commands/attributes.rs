//! `attributes`: what contacts of the tenant can have beside their fields, and what one has.

use cardex::{AttributeDef, AttributeId, AttributeKind, AttributePatch, AttributeSpace, ContactId};
use cardex::{AttributeValue, ContactPatch, NewAttribute, Session, Update};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::{Global, Paging, paged};
use crate::commands::Done;
use crate::desk::Desk;
use crate::out::{Cell, Out};

/// List attributes, change them, or set values of contacts
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Attributes {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    paging: Paging,
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
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match self.verb {
            None => {
                let page = paged!(session.attributes(AttributeSpace::Custom), self.paging).page()?;
                print(&page.items, out)?;
                Ok(out.page(&page, None)?)
            }
            Some(Verb::Of { contact }) => values(&session, contact, out),
            Some(Verb::Set { contact, key, value }) => {
                let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
                let update = Update::new(ContactPatch::new()).value(AttributeSpace::Custom, key, value);
                session.update(contact, update)?;
                values(&session, contact, out)
            }
            Some(Verb::Unset { contact, key }) => {
                session
                    .update(contact, Update::new(ContactPatch::new()).remove(AttributeSpace::Custom, key))?;
                values(&session, contact, out)
            }
            Some(Verb::Add(add)) => {
                let mut patch = AttributePatch::new();
                if let Some(name) = add.name {
                    patch = patch.name(name);
                }
                if !add.choice.is_empty() {
                    patch = patch.choices(add.choice);
                }
                let new = NewAttribute::new(AttributeSpace::Custom, add.key, add.kind).with(patch);
                print(&[session.add_attribute(new)?], out)
            }
            Some(Verb::Remove { id }) => {
                session.delete_attribute(id)?;
                Ok(out.done(&json!({ "attribute": id, "done": "removed" }), "removed")?)
            }
        }
    }
}

fn values(session: &Session, contact: ContactId, out: &mut Out) -> Done {
    let values = session.attributes_of(&[contact])?.concat();
    if out.json() {
        let shape =
            |found: &AttributeValue| json!({ "space": found.space, "key": found.key, "value": found.value });
        return Ok(values.iter().try_for_each(|found| out.item(&shape(found)))?);
    }
    let row = |found: &AttributeValue| vec![found.key.as_str().into(), found.value.to_string().into()];
    Ok(out.table(&["key", "value"], values.iter().map(row).collect())?)
}

fn print(attributes: &[AttributeDef], out: &mut Out) -> Done {
    if out.json() {
        return Ok(attributes.iter().try_for_each(|def| out.item(&json!({ "attribute": def })))?);
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
    Ok(out.table(&["key", "kind", "name", "choices", "id"], attributes.iter().map(row).collect())?)
}
