//! The clap parser: the program, its commands, and which function runs each of them.

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::args::Global;
use crate::command_groups;
#[cfg(feature = "encryption")]
use crate::commands::key;
#[cfg(feature = "mcp")]
use crate::commands::mcp;
#[cfg(feature = "serve")]
use crate::commands::serve;
use crate::commands::{
    advisors, attributes, blocks, bulk, call, changes, channels, check, completions, contact_edit,
    conversations, demo, duplicates, entitlements, events, export, funnels, groups, import, index, init,
    list, maintenance, merge, networks, notes, numbers, onboard, outbox, permissions, search, show, tags,
    tenants, trash,
};
use crate::failure::CommandResult;
use crate::output::Output;

/// Contacts in one file: search as you type, lists, changes.
#[derive(Debug, Parser)]
#[command(name = "cardex", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The parser, with the commands in groups in its help.
    pub(crate) fn clap_command() -> clap::Command {
        let command = Self::command();
        let template = command_groups::help_template(&command);
        command.help_template(template)
    }

    /// Parses the arguments of this process. Prints help or a usage error and exits if they ask for it.
    pub(crate) fn from_args() -> Self {
        let matches: ArgMatches = Self::clap_command().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Search(search::Search),
    List(list::List),
    Show(show::Show),
    Add(contact_edit::Add),
    FindOrCreate(contact_edit::FindOrCreate),
    Edit(contact_edit::Edit),
    Remove(trash::Remove),
    Restore(trash::Restore),
    Merge(merge::Merge),
    Unmerge(merge::Unmerge),
    Duplicates(duplicates::Duplicates),
    /// Link a contact to an advisor
    Link(trash::ContactAdvisorArgs),
    /// Unlink a contact from an advisor
    Unlink(trash::ContactAdvisorArgs),
    Bulk(bulk::Bulk),
    Onboard(onboard::Onboard),
    Update(onboard::Update),
    Invite(onboard::Invite),
    Confirm(onboard::Confirm),
    Offboard(onboard::Offboard),
    Companies(onboard::Companies),
    Advisors(advisors::Advisors),
    Networks(networks::Networks),
    Tenants(tenants::Tenants),
    Groups(groups::Groups),
    Entitlements(entitlements::Entitlements),
    Permissions(permissions::Permissions),
    Numbers(numbers::Numbers),
    Blocks(blocks::Blocks),
    Tags(tags::Tags),
    Attributes(attributes::Attributes),
    Notes(notes::Notes),
    Funnels(funnels::Funnels),
    Channels(channels::Channels),
    Identities(channels::Identities),
    Conversations(conversations::Conversations),
    Copy(conversations::Copy),
    Outbox(outbox::Outbox),
    Import(import::Import),
    Export(export::Export),
    Check(check::Check),
    Backup(maintenance::Backup),
    Recover(maintenance::Recover),
    /// Rewrite the file without free pages
    Vacuum,
    /// Show counts and sizes
    Stats,
    /// Merge the search index into one segment
    Optimize,
    Index(index::Index),
    Init(init::Init),
    #[cfg(feature = "encryption")]
    Key(key::Key),
    Changes(changes::Changes),
    Events(events::Events),
    Fire(events::Fire),
    Demo(demo::Demo),
    Call(call::Call),
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    #[cfg(feature = "mcp")]
    Mcp(mcp::Mcp),
    Completions(completions::Completions),
}

impl Command {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self {
            Self::Search(args) => args.run(global, out),
            Self::List(args) => args.run(global, out),
            Self::Show(args) => args.run(global, out),
            Self::Add(args) => args.run(global, out),
            Self::FindOrCreate(args) => args.run(global, out),
            Self::Edit(args) => args.run(global, out),
            Self::Remove(args) => args.run(global, out),
            Self::Restore(args) => args.run(global, out),
            Self::Merge(args) => args.run(global, out),
            Self::Unmerge(args) => args.run(global, out),
            Self::Duplicates(args) => args.run(global, out),
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
            Self::Identities(args) => args.run(global, out),
            Self::Conversations(args) => args.run(global, out),
            Self::Copy(args) => args.run(global, out),
            Self::Outbox(args) => args.run(global, out),
            Self::Import(args) => args.run(global, out),
            Self::Export(args) => args.run(global, out),
            Self::Check(args) => args.run(global, out),
            Self::Backup(args) => args.run(global, out),
            Self::Recover(args) => args.run(global, out),
            #[cfg(feature = "encryption")]
            Self::Key(args) => args.run(global, out),
            Self::Vacuum => maintenance::vacuum(global, out),
            Self::Stats => maintenance::stats(global, out),
            Self::Optimize => maintenance::optimize(global, out),
            Self::Index(args) => args.run(global, out),
            Self::Init(args) => args.run(global, out),
            Self::Changes(args) => args.run(global, out),
            Self::Events(args) => args.run(global, out),
            Self::Fire(args) => args.run(global, out),
            Self::Demo(args) => args.run(global, out),
            Self::Call(args) => args.run(global, out),
            #[cfg(feature = "serve")]
            Self::Serve(args) => args.run(global, out),
            #[cfg(feature = "mcp")]
            Self::Mcp(args) => args.run(global),
            Self::Completions(args) => args.run(Cli::clap_command(), out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_consistent() {
        Cli::clap_command().debug_assert();
    }
}
