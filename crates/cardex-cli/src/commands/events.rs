//! `events` and `fire`: the declared event names, and the events of contacts.

use cardex::events::{Event, NewEvent};
use cardex::{ContactId, Cursor};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// List events, or declare their names
#[derive(Debug, Args)]
pub(crate) struct Events {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the events of a contact, newest first
    Of(Of),
    /// List the declared names
    Names,
    /// Declare a name
    Declare(Name),
    /// Withdraw a declaration
    Withdraw(Name),
}

#[derive(Debug, Args)]
struct Of {
    /// The contact
    contact: ContactId,
    /// The maximum number of events
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// The page after this cursor
    #[arg(long, value_name = "CURSOR")]
    after: Option<Cursor>,
}

#[derive(Debug, Args)]
struct Name {
    /// The name; case-sensitive
    name: String,
}

/// Fire an event on a contact
#[derive(Debug, Args)]
pub(crate) struct Fire {
    /// The contact
    contact: ContactId,
    /// The name, as declared
    name: String,
    /// Data of the event
    #[arg(long, value_name = "JSON")]
    payload: Option<String>,
    /// A text that makes the command repeatable for a day: with the same text it fires no second event
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Events {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            Verb::Of(Of { contact, limit, after }) => {
                let page = session.events().of(contact).limit(limit).after(after).page()?;
                print(&page.items, out)?;
                if let Some(after) = page.after {
                    out.write_message(&format!("more with --after {after}"))?;
                }
                Ok(())
            }
            Verb::Names => {
                let names = session.events().names()?;
                if out.is_json() {
                    return Ok(names
                        .iter()
                        .try_for_each(|name| out.write_json_line(&json!({ "name": name })))?);
                }
                Ok(out.write_table(&["name"], names.into_iter().map(|name| vec![name.into()]).collect())?)
            }
            Verb::Declare(Name { name }) => {
                session.events().declare(&name)?;
                Ok(out.write_result(
                    &json!({ "name": name, "done": "declared" }),
                    &format!("declared {name}"),
                )?)
            }
            Verb::Withdraw(Name { name }) => {
                if !session.events().undeclare(&name)? {
                    return Err(Failure::new("not-declared", format!("the event {name} is not declared")));
                }
                Ok(out.write_result(
                    &json!({ "name": name, "done": "withdrawn" }),
                    &format!("withdrawn {name}"),
                )?)
            }
        }
    }
}

impl Fire {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut event = NewEvent::new(self.name);
        if let Some(text) = self.payload {
            let payload = serde_json::from_str(&text);
            event = event.payload(payload.map_err(|_| Failure::new("invalid", "the payload is not JSON"))?);
        }
        if let Some(key) = self.idempotency_key {
            event = event.idempotency_key(key);
        }
        let fired = OpenStore::open(global)?.session.events().fire(self.contact, event)?;
        print(&[fired], out)
    }
}

fn print(events: &[Event], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(events.iter().try_for_each(|event| out.write_json_line(event))?);
    }
    let row = |event: &Event| {
        vec![
            event.seq.to_string().into(),
            event.at.to_string().into(),
            event.name.as_str().into(),
            event.contact.to_string().into(),
            event.payload.as_ref().map(ToString::to_string).unwrap_or_default().into(),
            event.origin.as_str().into(),
        ]
    };
    let header = ["seq", "at", "name", "contact", "payload", "origin"];
    Ok(out.write_table(&header, events.iter().map(row).collect())?)
}
