//! `channels`: accounts by which contacts are reached; `gates`: contacts on them.

use cardex::{Channel, ChannelId, ChannelPatch, ContactId, Gate, GateId, GatePatch};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, Paging, paged};
use crate::commands::Done;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::{Cell, Out};

/// List channels, change them, or show by which a contact is reached
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Channels {
    #[command(subcommand)]
    verb: Option<ChannelVerb>,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Subcommand)]
enum ChannelVerb {
    /// Those in use by which a contact can be reached
    Of {
        /// The contact
        contact: ContactId,
    },
    /// Add a channel
    Add {
        /// What it is: whatsapp, sms, email, telegram, …
        kind: String,
        /// Its name
        #[arg(long, value_name = "TEXT", default_value = "")]
        name: String,
    },
    /// Change a channel
    Edit {
        /// The channel
        id: ChannelId,
        /// Another name
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// Whether it is in use
        #[arg(long, value_name = "BOOL")]
        active: Option<bool>,
    },
}

/// Show on which channels a contact is, or change it
#[derive(Debug, Args)]
pub(crate) struct Gates {
    #[command(subcommand)]
    verb: GateVerb,
}

#[derive(Debug, Subcommand)]
enum GateVerb {
    /// Those of a contact
    Of {
        /// The contact
        contact: ContactId,
        #[command(flatten)]
        paging: Paging,
    },
    /// The one of an identifier on a channel
    Find {
        /// The channel
        channel: ChannelId,
        /// What the channel calls the contact; case counts
        identifier: String,
    },
    /// Open one, unless the identifier has one there
    Open {
        /// The contact
        contact: ContactId,
        /// The channel
        channel: ChannelId,
        /// What the channel calls the contact; case counts
        identifier: String,
    },
    /// Change one
    Edit {
        /// The gate
        id: GateId,
        /// Whether the contact may be written to
        #[arg(long, value_name = "BOOL")]
        subscribed: Option<bool>,
        /// Messages that nobody has read yet
        #[arg(long, value_name = "N")]
        unread: Option<u32>,
    },
    /// Close one
    Close {
        /// The gate
        id: GateId,
    },
}

impl Channels {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match self.verb {
            None => {
                let page = paged!(session.channels(), self.paging).page()?;
                channels(&page.items, out)?;
                Ok(out.page(&page, None)?)
            }
            Some(ChannelVerb::Of { contact }) => {
                let ways = session.reachable(contact)?;
                if out.json() {
                    return Ok(ways.iter().try_for_each(|way| out.item(&json!({ "reachable": way })))?);
                }
                let row = |way: &cardex::Reachable| -> Vec<Cell> {
                    let identifier = way.identifier.as_deref().unwrap_or_default();
                    vec![
                        way.channel.kind.as_str().into(),
                        identifier.into(),
                        way.channel.id.to_string().into(),
                    ]
                };
                Ok(out.table(&["kind", "identifier", "channel"], ways.iter().map(row).collect())?)
            }
            Some(ChannelVerb::Add { kind, name }) => channels(&[session.add_channel(&kind, &name)?], out),
            Some(ChannelVerb::Edit { id, name, active }) => {
                let mut patch = ChannelPatch::new();
                if let Some(name) = name {
                    patch = patch.name(name);
                }
                if let Some(active) = active {
                    patch = patch.active(active);
                }
                channels(&[session.edit_channel(id, patch)?], out)
            }
        }
    }
}

impl Gates {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match self.verb {
            GateVerb::Of { contact, paging } => {
                let page = paged!(session.gates_of(contact), paging).page()?;
                gates(&page.items, out)?;
                Ok(out.page(&page, None)?)
            }
            GateVerb::Find { channel, identifier } => {
                let missing = || Failure::found("not-found", "no gate with this identifier");
                gates(&[session.gate(channel, &identifier)?.ok_or_else(missing)?], out)
            }
            GateVerb::Open { contact, channel, identifier } => {
                gates(&[session.open_gate(channel, &identifier, contact)?], out)
            }
            GateVerb::Edit { id, subscribed, unread } => {
                let mut patch = GatePatch::new();
                if let Some(subscribed) = subscribed {
                    patch = patch.subscribed(subscribed);
                }
                if let Some(unread) = unread {
                    patch = patch.unread(unread);
                }
                gates(&[session.edit_gate(id, patch)?], out)
            }
            GateVerb::Close { id } => {
                session.close_gate(id)?;
                Ok(out.done(&json!({ "gate": id, "done": "closed" }), "closed")?)
            }
        }
    }
}

fn channels(channels: &[Channel], out: &mut Out) -> Done {
    if out.json() {
        return Ok(channels.iter().try_for_each(|channel| out.item(&json!({ "channel": channel })))?);
    }
    let row = |channel: &Channel| -> Vec<Cell> {
        vec![
            channel.kind.as_str().into(),
            channel.name.as_str().into(),
            if channel.active { "in use" } else { "out of use" }.into(),
            channel.id.to_string().into(),
        ]
    };
    Ok(out.table(&["kind", "name", "state", "id"], channels.iter().map(row).collect())?)
}

fn gates(gates: &[Gate], out: &mut Out) -> Done {
    if out.json() {
        return Ok(gates.iter().try_for_each(|gate| out.item(&json!({ "gate": gate })))?);
    }
    let row = |gate: &Gate| -> Vec<Cell> {
        vec![
            gate.channel.to_string().into(),
            gate.identifier.as_str().into(),
            gate.contact.to_string().into(),
            if gate.subscribed { "subscribed" } else { "not subscribed" }.into(),
            gate.unread.to_string().into(),
            gate.id.to_string().into(),
        ]
    };
    let header = ["channel", "identifier", "contact", "state", "unread", "id"];
    Ok(out.table(&header, gates.iter().map(row).collect())?)
}
