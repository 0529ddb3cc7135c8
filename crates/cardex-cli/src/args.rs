//! What all commands share: global options, and groups of options that several commands take.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use cardex::directory::AdvisorKey;
use cardex::{AdvisorId, Cursor, Identifier, Session, TenantId, Timestamp};
use cardex_exchange::Format;
use clap::{Args, Parser, ValueEnum};

use crate::commands::Command;

/// Contacts in one file: search as you type, lists, changes.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The book's file; without it, the one in the user's data folder
    #[arg(long, global = true, value_name = "PATH", env = "CARDEX_BOOK", hide_env_values = true)]
    pub(crate) book: Option<PathBuf>,
    /// Print JSON: one document, or one line an item
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Who acts: system, admin, admin:TENANT or advisor:ID
    #[arg(long = "as", global = true, value_name = "WHO", default_value = "system")]
    pub(crate) actor: ActorArg,
    /// Open the book without the right to change it
    #[arg(long, global = true)]
    pub(crate) read_only: bool,
    /// The file with the book's key: a passphrase, or "hex:" and 64 digits; without it, `CARDEX_KEY` has the key
    #[cfg(feature = "encryption")]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Country of phone numbers written without one (two letters)
    #[arg(long, global = true, value_name = "CC")]
    pub(crate) region: Option<String>,
    /// Language whose order lists are in (BCP 47); the book is brought into it, and keeps it
    #[arg(long, global = true, value_name = "TAG")]
    pub(crate) locale: Option<String>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorWhen,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

impl ColorWhen {
    /// Makes this the choice of the whole program.
    pub(crate) fn apply_globally(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// Who acts, as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActorArg {
    System,
    /// Of this tenant, or of the book's first.
    Administrator(Option<TenantId>),
    Advisor(AdvisorId),
}

impl FromStr for ActorArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "system" => Ok(Self::System),
            None if text == "admin" => Ok(Self::Administrator(None)),
            Some(("admin", id)) => Ok(Self::Administrator(Some(id.parse().map_err(to_message)?))),
            Some(("advisor", id)) => Ok(Self::Advisor(id.parse().map_err(to_message)?)),
            _ => Err("one of system, admin, admin:TENANT, advisor:ID".to_owned()),
        }
    }
}

fn to_message(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// An advisor as named on the command line: by id, or by e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AdvisorArg {
    Id(AdvisorId),
    Email(String),
}

impl AdvisorArg {
    pub(crate) fn to_key(&self) -> AdvisorKey {
        match self {
            Self::Id(id) => (*id).into(),
            Self::Email(email) => email.as_str().into(),
        }
    }

    /// The id that is meant. An address is looked up; whether there is such an id is for the verb to say.
    pub(crate) fn resolve(&self, session: &Session) -> cardex::Result<AdvisorId> {
        match self {
            Self::Id(id) => Ok(*id),
            Self::Email(_) => session.directory().advisor(self.to_key()).map(|advisor| advisor.id),
        }
    }

    /// The ids that are meant.
    pub(crate) fn resolve_all(all: &[Self], session: &Session) -> cardex::Result<Vec<AdvisorId>> {
        all.iter().map(|named| named.resolve(session)).collect()
    }
}

impl FromStr for AdvisorArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            return Ok(Self::Email(text.to_owned()));
        }
        text.parse()
            .map(Self::Id)
            .map_err(|error: cardex::ParseIdError| format!("{error}, or an e-mail address"))
    }
}

impl fmt::Display for AdvisorArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Email(email) => f.write_str(email),
        }
    }
}

/// Whether contacts are asked for by blocks.
#[derive(Debug, Clone, Args)]
pub(crate) struct BlockFilterArgs {
    /// Whose first phone is blocked
    #[arg(long, conflicts_with = "not_blocked")]
    blocked: bool,
    /// Whose first phone is not blocked
    #[arg(long)]
    not_blocked: bool,
}

impl BlockFilterArgs {
    pub(crate) fn selected(&self) -> Option<bool> {
        (self.blocked || self.not_blocked).then_some(self.blocked)
    }
}

/// A day, from its first moment in UTC, or a time as in RFC 3339.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeArg(pub(crate) Timestamp);

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = || format!("{text}T00:00:00Z").parse();
        let time = text.parse().or_else(|_| day());
        time.map(Self).map_err(|_| "not a day (2026-01-31) or a time (2026-01-31T12:00:00Z)".to_owned())
    }
}

/// Which page of a list.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// At most so many items
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// The page after this cursor
    #[arg(long, value_name = "CURSOR", conflicts_with = "before", allow_hyphen_values = true)]
    after: Option<String>,
    /// The page before this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    before: Option<String>,
}

/// Where a page starts.
pub(crate) enum PageStart {
    After(Option<Cursor>),
    Before(Cursor),
}

impl PageArgs {
    pub(crate) fn start(&self) -> cardex::Result<PageStart> {
        match (&self.after, &self.before) {
            (_, Some(before)) => before.parse().map(PageStart::Before),
            (Some(after), _) => after.parse().map(|after| PageStart::After(Some(after))),
            (None, None) => Ok(PageStart::After(None)),
        }
    }
}

/// Lays the page options over a list or a search: their builders have the same setters, but no trait of them.
macro_rules! apply_paging {
    ($query:expr, $paging:expr) => {{
        let query = match $paging.start()? {
            $crate::args::PageStart::After(cursor) => $query.after(cursor),
            $crate::args::PageStart::Before(cursor) => $query.before(cursor),
        };
        match $paging.limit {
            Some(limit) => query.limit(limit),
            None => query,
        }
    }};
}
pub(crate) use apply_paging;

/// `SPACE:VALUE`, or a value of the space without a name.
pub(crate) fn parse_identifier(text: &str) -> Identifier {
    let (space, value) = text.split_once(':').unwrap_or(("", text));
    Identifier::new(space, value)
}

/// A file format by its name.
pub(crate) fn parse_format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| "one of vcf, csv, jsonl".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn who_acts() {
        assert_eq!("system".parse(), Ok(ActorArg::System));
        assert_eq!("admin".parse(), Ok(ActorArg::Administrator(None)));
        assert_eq!("admin:7".parse(), Ok(ActorArg::Administrator(Some(TenantId(7)))));
        assert_eq!("advisor:7".parse(), Ok(ActorArg::Advisor(AdvisorId(7))));
        for bad in ["", "root", "admin:", "advisor", "advisor:x", "system:1"] {
            assert!(bad.parse::<ActorArg>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn advisors_by_id_or_address() {
        assert_eq!("7".parse(), Ok(AdvisorArg::Id(AdvisorId(7))));
        assert_eq!("7@x".parse(), Ok(AdvisorArg::Email("7@x".to_owned())));
        assert!("ada".parse::<AdvisorArg>().is_err());
    }

    #[test]
    fn identifiers() {
        assert!(parse_identifier("crm:a:b") == Identifier::new("crm", "a:b"));
        assert!(parse_identifier("a") == Identifier::new("", "a"));
    }
}
