//! The commands: one file a command, or a small family.

mod advisors;
mod care;
mod changes;
mod check;
mod completions;
mod contact;
mod demo;
mod export;
mod import;
mod list;
mod networks;
mod onboard;
mod removal;
mod search;
mod show;
mod write;

use clap::Subcommand;

use crate::args::Global;
use crate::failure::Failure;
use crate::out::Out;

/// How a command ends.
type Done = Result<(), Failure>;

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
    Add(write::Add),
    /// Change a contact
    Edit(write::Edit),
    /// Put contacts into the trash, or delete them
    Remove(removal::Remove),
    /// Take contacts out of the trash
    Restore(removal::Restore),
    /// Link a contact to an advisor
    Link(removal::Pair),
    /// Unlink a contact from an advisor
    Unlink(removal::Pair),
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
    /// List or add networks
    Networks(networks::Networks),
    /// Read contacts from files
    Import(import::Import),
    /// Write contacts to the output
    Export(export::Export),
    /// Check that the book is sound
    Check(check::Check),
    /// Copy the book to a new file
    Backup(care::Backup),
    /// Show figures about the book
    Stats,
    /// Merge the search index into one segment
    Optimize,
    /// Keep an index for `search --substring`, or drop it
    Substrings(care::Substrings),
    /// Show what happened to contacts
    Changes(changes::Changes),
    /// Fill the book with made-up contacts
    Demo(demo::Demo),
    /// Print a completion script for a shell
    Completions(completions::Completions),
}

impl Command {
    pub(crate) fn run(self, global: &Global, out: &mut Out) -> Done {
        match self {
            Self::Search(args) => args.run(global, out),
            Self::List(args) => args.run(global, out),
            Self::Show(args) => args.run(global, out),
            Self::Add(args) => args.run(global, out),
            Self::Edit(args) => args.run(global, out),
            Self::Remove(args) => args.run(global, out),
            Self::Restore(args) => args.run(global, out),
            Self::Link(args) => args.link(global, out),
            Self::Unlink(args) => args.unlink(global, out),
            Self::Onboard(args) => args.run(global, out),
            Self::Update(args) => args.run(global, out),
            Self::Invite(args) => args.run(global, out),
            Self::Confirm(args) => args.run(global, out),
            Self::Offboard(args) => args.run(global, out),
            Self::Companies(args) => args.run(global, out),
            Self::Advisors(args) => args.run(global, out),
            Self::Networks(args) => args.run(global, out),
            Self::Import(args) => args.run(global, out),
            Self::Export(args) => args.run(global, out),
            Self::Check(args) => args.run(global, out),
            Self::Backup(args) => args.run(global, out),
            Self::Stats => care::stats(global, out),
            Self::Optimize => care::optimize(global, out),
            Self::Substrings(args) => args.run(global, out),
            Self::Changes(args) => args.run(global, out),
            Self::Demo(args) => args.run(global, out),
            Self::Completions(args) => args.run(out),
        }
    }
}
