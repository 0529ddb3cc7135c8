//! `channels`: accounts by which contacts are reached; `gates`: contacts on them.

use cardex::ContactId;
use cardex::channels::{
    Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ChannelIdentityPatch, ChannelPatch,
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::commands::CommandResult;
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List channels, change them, or show by which a contact is reached
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Channels {
    #[command(subcommand)]
    verb: Option<ChannelVerb>,
    #[command(flatten)]
    paging: PageArgs,
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
pub(crate) struct Identities {
    #[command(subcommand)]
    verb: IdentityVerb,
}

#[derive(Debug, Subcommand)]
enum IdentityVerb {
    /// Those of a contact
    Of {
        /// The contact
        contact: ContactId,
        #[command(flatten)]
        paging: PageArgs,
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
        id: ChannelIdentityId,
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
        id: ChannelIdentityId,
    },
}

impl Channels {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
            None => {
                let page = apply_paging!(session.channels().list(), self.paging).page()?;
                print_channels(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Some(ChannelVerb::Of { contact }) => {
                let ways = session.channels().reachable(contact)?;
                if out.is_json() {
                    return Ok(ways
                        .iter()
                        .try_for_each(|way| out.write_json_line(&json!({ "reachable": way })))?);
                }
                let row = |way: &cardex::channels::ReachableChannel| -> Vec<Cell> {
                    let identifier = way.identifier.as_deref().unwrap_or_default();
                    vec![
                        way.channel.kind.as_str().into(),
                        identifier.into(),
                        way.channel.id.to_string().into(),
                    ]
                };
                Ok(out.write_table(&["kind", "identifier", "channel"], ways.iter().map(row).collect())?)
            }
            Some(ChannelVerb::Add { kind, name }) => {
                print_channels(&[session.channels().add(&kind, &name)?], out)
            }
            Some(ChannelVerb::Edit { id, name, active }) => {
                let mut patch = ChannelPatch::new();
                if let Some(name) = name {
                    patch = patch.name(name);
                }
                if let Some(active) = active {
                    patch = patch.active(active);
                }
                print_channels(&[session.channels().edit(id, patch)?], out)
            }
        }
    }
}

impl Identities {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
            IdentityVerb::Of { contact, paging } => {
                let page = apply_paging!(session.channels().identities_of(contact), paging).page()?;
                print_identities(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            IdentityVerb::Find { channel, identifier } => {
                let missing = || Failure::new("not-found", "no gate with this identifier");
                print_identities(
                    &[session.channels().identity(channel, &identifier)?.ok_or_else(missing)?],
                    out,
                )
            }
            IdentityVerb::Open { contact, channel, identifier } => print_identities(
                &[session.channels().find_or_create_identity(channel, &identifier, contact)?],
                out,
            ),
            IdentityVerb::Edit { id, subscribed, unread } => {
                let mut patch = ChannelIdentityPatch::new();
                if let Some(subscribed) = subscribed {
                    patch = patch.subscribed(subscribed);
                }
                if let Some(unread) = unread {
                    patch = patch.unread(unread);
                }
                print_identities(&[session.channels().edit_identity(id, patch)?], out)
            }
            IdentityVerb::Close { id } => {
                session.channels().delete_identity(id)?;
                Ok(out.write_result(&json!({ "gate": id, "done": "closed" }), "closed")?)
            }
        }
    }
}

fn print_channels(channels: &[Channel], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(channels
            .iter()
            .try_for_each(|channel| out.write_json_line(&json!({ "channel": channel })))?);
    }
    let row = |channel: &Channel| -> Vec<Cell> {
        vec![
            channel.kind.as_str().into(),
            channel.name.as_str().into(),
            if channel.active { "in use" } else { "out of use" }.into(),
            channel.id.to_string().into(),
        ]
    };
    Ok(out.write_table(&["kind", "name", "state", "id"], channels.iter().map(row).collect())?)
}

fn print_identities(gates: &[ChannelIdentity], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(gates.iter().try_for_each(|gate| out.write_json_line(&json!({ "gate": gate })))?);
    }
    let row = |gate: &ChannelIdentity| -> Vec<Cell> {
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
    Ok(out.write_table(&header, gates.iter().map(row).collect())?)
}
