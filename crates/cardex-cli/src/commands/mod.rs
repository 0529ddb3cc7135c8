//! The commands: one file a command, or a small family.

mod advisors;
mod attributes;
mod blocks;
mod bulk;
mod call;
mod changes;
mod channels;
mod check;
mod completions;
mod contact_edit;
mod contact_output;
mod conversations;
mod demo;
mod entitlements;
mod events;
mod export;
mod funnels;
mod groups;
mod import;
#[cfg(feature = "encryption")]
mod key;
mod list;
mod maintenance;
mod merge;
mod networks;
mod notes;
mod numbers;
mod onboard;
mod outbox;
mod permissions;
mod products;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod tags;
mod tenants;
mod trash;

use std::fmt::Display;

use clap::Subcommand;
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::output::Output;

/// How a command ends.
type CommandResult = Result<(), Failure>;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Search names as they are typed
    Search(search::Search),
    /// List contacts by name
    List(list::List),
    /// Show one contact
    Show(show::Show),
    /// Add a contact
    Add(contact_edit::Add),
    /// Find a contact by identifier, e-mail address or phone, or add it
    Ensure(contact_edit::FindOrCreate),
    /// Change a contact
    Edit(contact_edit::Edit),
    /// Put contacts into the trash, or delete them
    Remove(trash::Remove),
    /// Take contacts out of the trash
    Restore(trash::Restore),
    /// Merge a contact into another one
    Merge(merge::Merge),
    /// Undo a merge
    Unmerge(merge::Unmerge),
    /// List the merges that a contact was in
    Mergers(merge::MergeLog),
    /// Link a contact to an advisor
    Link(trash::ContactAdvisorArgs),
    /// Unlink a contact from an advisor
    Unlink(trash::ContactAdvisorArgs),
    Bulk(bulk::Bulk),
    /// Create a contact by the rules of its network, or link more advisors to it
    Onboard(onboard::Onboard),
    /// Change a contact that was onboarded
    Update(onboard::Update),
    /// Invite a contact again
    Invite(onboard::Invite),
    /// Take a contact's answer to its invitation
    Confirm(onboard::Confirm),
    /// Cut links between contacts and advisors
    Offboard(onboard::Offboard),
    /// List companies by the beginning of their names
    Companies(onboard::Companies),
    /// List or add advisors
    Advisors(advisors::Advisors),
    /// List or add networks, open or close them
    Networks(networks::Networks),
    /// List or add tenants, or change what one asks of its advisors
    Tenants(tenants::Tenants),
    /// List or add federation groups, or move advisors between them
    Groups(groups::Groups),
    /// List the entitlements on a network, give them, or withdraw them
    Entitlements(entitlements::Entitlements),
    /// List what an advisor may do on a network, give permissions, or take them
    Permissions(permissions::Permissions),
    /// List the tenant's numbers for advisors on a network, or change them
    Numbers(numbers::Numbers),
    /// List, block or unblock numbers
    Blocks(blocks::Blocks),
    /// List tags, change them, or tag contacts
    Tags(tags::Tags),
    /// List attributes, change them, or set values of contacts
    Attributes(attributes::Attributes),
    /// Show the notes on a contact, or change them
    Notes(notes::Notes),
    /// List funnels, change them, or subscribe contacts
    Funnels(funnels::Funnels),
    /// List channels, change them, or show by which a contact is reached
    Channels(channels::Channels),
    /// Show on which channels a contact is, or change it
    Gates(channels::Identities),
    /// Show conversations, and tell the book of changes
    Rooms(conversations::Conversations),
    /// Copy a shared contact for the tenant alone
    Copy(conversations::Copy),
    /// Show what is to be brought about outside of the book
    Outbox(outbox::Outbox),
    /// Read contacts from files
    Import(import::Import),
    /// Write contacts to the output
    Export(export::Export),
    /// Check that the book is sound
    Check(check::Check),
    /// Copy the book to a new file; a copy is restored by copying it back: `--book COPY backup BOOK`
    Backup(maintenance::Backup),
    /// Make a new book of what can be read of a damaged one
    Salvage(maintenance::Salvage),
    /// Write the file anew without its free pages
    Compact,
    /// Show figures about the book
    Stats,
    /// Merge the search index into one segment
    Optimize,
    /// Keep an index for `search --substring`, or drop it
    Substrings(maintenance::Substrings),
    #[cfg(feature = "encryption")]
    Key(key::Key),
    /// Show what happened to contacts
    Changes(changes::Changes),
    /// Show events of contacts, and declare their names
    Events(events::Events),
    /// Fire an event on a contact
    Fire(events::Fire),
    /// Fill the book with made-up contacts
    Demo(demo::Demo),
    Call(call::Call),
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    /// Print a completion script for a shell
    Completions(completions::Completions),
}

impl Command {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self {
            Self::Search(args) => args.run(global, out),
            Self::List(args) => args.run(global, out),
            Self::Show(args) => args.run(global, out),
            Self::Add(args) => args.run(global, out),
            Self::Ensure(args) => args.run(global, out),
            Self::Edit(args) => args.run(global, out),
            Self::Remove(args) => args.run(global, out),
            Self::Restore(args) => args.run(global, out),
            Self::Merge(args) => args.run(global, out),
            Self::Unmerge(args) => args.run(global, out),
            Self::Mergers(args) => args.run(global, out),
            Self::Link(args) => args.link(global, out),
            Self::Unlink(args) => args.unlink(global, out),
            Self::Bulk(args) => args.run(global, out),
            Self::Onboard(args) => args.run(global, out),
            Self::Update(args) => args.run(global, out),
            Self::Invite(args) => args.run(global, out),
            Self::Confirm(args) => args.run(global, out),
            Self::Offboard(args) => args.run(global, out),
            Self::Companies(args) => args.run(global, out),
            Self::Advisors(args) => args.run(global, out),
            Self::Networks(args) => args.run(global, out),
            Self::Tenants(args) => args.run(global, out),
            Self::Groups(args) => args.run(global, out),
            Self::Entitlements(args) => args.run(global, out),
            Self::Permissions(args) => args.run(global, out),
            Self::Numbers(args) => args.run(global, out),
            Self::Blocks(args) => args.run(global, out),
            Self::Tags(args) => args.run(global, out),
            Self::Attributes(args) => args.run(global, out),
            Self::Notes(args) => args.run(global, out),
            Self::Funnels(args) => args.run(global, out),
            Self::Channels(args) => args.run(global, out),
            Self::Gates(args) => args.run(global, out),
            Self::Rooms(args) => args.run(global, out),
            Self::Copy(args) => args.run(global, out),
            Self::Outbox(args) => args.run(global, out),
            Self::Import(args) => args.run(global, out),
            Self::Export(args) => args.run(global, out),
            Self::Check(args) => args.run(global, out),
            Self::Backup(args) => args.run(global, out),
            Self::Salvage(args) => args.run(global, out),
            #[cfg(feature = "encryption")]
            Self::Key(args) => args.run(global, out),
            Self::Compact => maintenance::compact(global, out),
            Self::Stats => maintenance::stats(global, out),
            Self::Optimize => maintenance::optimize(global, out),
            Self::Substrings(args) => args.run(global, out),
            Self::Changes(args) => args.run(global, out),
            Self::Events(args) => args.run(global, out),
            Self::Fire(args) => args.run(global, out),
            Self::Demo(args) => args.run(global, out),
            Self::Call(args) => args.run(global, out),
            #[cfg(feature = "serve")]
            Self::Serve(args) => args.run(global, out),
            Self::Completions(args) => args.run(out),
        }
    }
}

/// Does something with each of several things named. One that is refused does not stop the others; each is its own write.
fn run_for_each<T: Display>(
    things: &[T],
    word: &str,
    out: &mut Output,
    mut act: impl FnMut(&T) -> cardex::Result<()>,
) -> CommandResult {
    let mut last = None;
    for thing in things {
        match act(thing) {
            Ok(()) => {
                out.write_result(
                    &json!({ "id": thing.to_string(), "done": word }),
                    &format!("{word} {thing}"),
                )?;
            }
            Err(error) if error.is_client_error() => {
                if let Some(earlier) = last.replace(Failure::OnItem(thing.to_string(), error)) {
                    out.flush()?;
                    earlier.report(out.is_json());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    last.map_or(Ok(()), Err)
}
