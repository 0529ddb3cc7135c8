//! `channels`: messaging accounts of the tenant; `identities`: contacts on them.

use cardex::ContactId;
use cardex::channels::{
    Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ChannelIdentityPatch, ChannelPatch,
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or change channels
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Channels {
    #[command(subcommand)]
    command: Option<ChannelVerb>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum ChannelVerb {
    /// List the active channels on which a contact can be reached
    Of {
        /// The contact
        contact: ContactId,
    },
    /// Add a channel
    Add {
        /// Its kind: whatsapp, sms, email, telegram, …
        kind: String,
        /// Its name
        #[arg(long, value_name = "TEXT", default_value = "")]
        name: String,
    },
    /// Change a channel
    Edit {
        /// The channel
        id: ChannelId,
        /// The new name
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// Whether it is active
        #[arg(long, value_name = "BOOL")]
        active: Option<bool>,
    },
}

/// List or change channel identities
#[derive(Debug, Args)]
pub(crate) struct Identities {
    #[command(subcommand)]
    command: IdentityVerb,
}

#[derive(Debug, Subcommand)]
enum IdentityVerb {
    /// List the identities of a contact
    Of {
        /// The contact
        contact: ContactId,
        #[command(flatten)]
        paging: PageArgs,
    },
    /// Find the identity with an identifier on a channel
    Find {
        /// The channel
        channel: ChannelId,
        /// The identifier of the contact on the channel; case-sensitive
        identifier: String,
    },
    /// Find the identity of an identifier on a channel, or add it
    Open {
        /// The contact
        contact: ContactId,
        /// The channel
        channel: ChannelId,
        /// The identifier of the contact on the channel; case-sensitive
        identifier: String,
    },
    /// Change an identity
    Edit {
        /// The identity
        id: ChannelIdentityId,
        /// Whether the contact may be written to
        #[arg(long, value_name = "BOOL")]
        subscribed: Option<bool>,
        /// The number of unread messages
        #[arg(long, value_name = "N")]
        unread: Option<u32>,
    },
    /// Delete an identity
    Close {
        /// The identity
        id: ChannelIdentityId,
    },
}

impl Channels {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            None => {
                let page = apply_paging!(session.channels().list(), self.paging).page()?;
                print_channels(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Some(ChannelVerb::Of { contact }) => {
                let channels = session.channels().reachable(contact)?;
                if out.is_json() {
                    return Ok(channels
                        .iter()
                        .try_for_each(|channel| out.write_json_line(&json!({ "reachable": channel })))?);
                }
                let row = |reachable: &cardex::channels::ReachableChannel| -> Vec<Cell> {
                    let identifier = reachable.identifier.as_deref().unwrap_or_default();
                    vec![
                        reachable.channel.kind.as_str().into(),
                        identifier.into(),
                        reachable.channel.id.to_string().into(),
                    ]
                };
                Ok(out.write_table(&["kind", "identifier", "channel"], channels.iter().map(row).collect())?)
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
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            IdentityVerb::Of { contact, paging } => {
                let page = apply_paging!(session.channels().identities_of(contact), paging).page()?;
                print_identities(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            IdentityVerb::Find { channel, identifier } => {
                let missing = || Failure::new("not-found", "there is no identity with this identifier");
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
                Ok(out.write_result(&json!({ "identity": id, "done": "closed" }), "closed")?)
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
            if channel.active { "active" } else { "inactive" }.into(),
            channel.id.to_string().into(),
        ]
    };
    Ok(out.write_table(&["kind", "name", "state", "id"], channels.iter().map(row).collect())?)
}

fn print_identities(identities: &[ChannelIdentity], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(identities
            .iter()
            .try_for_each(|identity| out.write_json_line(&json!({ "identity": identity })))?);
    }
    let row = |identity: &ChannelIdentity| -> Vec<Cell> {
        vec![
            identity.channel.to_string().into(),
            identity.identifier.as_str().into(),
            identity.contact.to_string().into(),
            if identity.subscribed { "subscribed" } else { "not subscribed" }.into(),
            identity.unread.to_string().into(),
            identity.id.to_string().into(),
        ]
    };
    let header = ["channel", "identifier", "contact", "state", "unread", "id"];
    Ok(out.write_table(&header, identities.iter().map(row).collect())?)
}
