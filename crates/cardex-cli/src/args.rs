//! The options that all commands share, and argument types that several commands use.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use cardex::directory::AdvisorKey;
use cardex::{Actor, AdvisorId, Cursor, Identifier, Session, Timestamp};
use cardex_exchange::Format;
use clap::{Args, ValueEnum};

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The file of the book; the default is in the user's data folder
    #[arg(long, global = true, value_name = "PATH", env = "CARDEX_BOOK", hide_env_values = true)]
    pub(crate) book: Option<PathBuf>,
    /// Print JSON: one document, or one line per item
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The acting user: system, admin, admin:TENANT, advisor:ID or agent:ID
    #[arg(long = "as", global = true, value_name = "ACTOR", default_value = "system")]
    pub(crate) actor: ActorArg,
    /// Open the book read-only
    #[arg(long, global = true)]
    pub(crate) read_only: bool,
    /// The file with the encryption key: a passphrase, or "hex:" and 64 hexadecimal digits; the default is the
    /// environment variable `CARDEX_KEY`, which other programs of the same user can read
    #[arg(long, global = true, value_name = "FILE", hide = cfg!(not(feature = "encryption")))]
    pub(crate) key_file: Option<PathBuf>,
    /// The country of phone numbers without a calling code (two letters)
    #[arg(long, global = true, value_name = "CC")]
    pub(crate) region: Option<String>,
    /// The language of the list order (BCP 47); the book is re-sorted for it once, and keeps it
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
    /// Applies the choice to all output of the program.
    pub(crate) fn apply_globally(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// The acting user, as given with `--as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActorArg {
    Given(Actor),
    /// An administrator of the first tenant of the book.
    FirstAdministrator,
}

impl FromStr for ActorArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "admin" {
            return Ok(Self::FirstAdministrator);
        }
        let expected = |_| "expected system, admin, admin:TENANT, advisor:ID or agent:ID".to_owned();
        text.parse().map(Self::Given).map_err(expected)
    }
}

/// An advisor on the command line, by id or e-mail address.
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

    /// The id of the advisor. An address is looked up; an id is not checked here.
    ///
    /// # Errors
    /// That of `directory().advisor` if no advisor has the address.
    pub(crate) fn resolve(&self, session: &Session) -> cardex::Result<AdvisorId> {
        match self {
            Self::Id(id) => Ok(*id),
            Self::Email(_) => session.directory().advisor(self.to_key()).map(|advisor| advisor.id),
        }
    }

    /// The ids of the advisors.
    ///
    /// # Errors
    /// Those of [`AdvisorArg::resolve`].
    pub(crate) fn resolve_all(advisors: &[Self], session: &Session) -> cardex::Result<Vec<AdvisorId>> {
        advisors.iter().map(|advisor| advisor.resolve(session)).collect()
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

/// A filter on whether the first phone is blocked.
#[derive(Debug, Clone, Args)]
pub(crate) struct BlockFilterArgs {
    /// Only contacts whose first phone is blocked
    #[arg(long, conflicts_with = "not_blocked")]
    blocked: bool,
    /// Only contacts whose first phone is not blocked
    #[arg(long)]
    not_blocked: bool,
}

impl BlockFilterArgs {
    /// The wanted state; `None` without a filter.
    pub(crate) fn selected(&self) -> Option<bool> {
        (self.blocked || self.not_blocked).then_some(self.blocked)
    }
}

/// A day (its start in UTC) or a time in the format of RFC 3339.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeArg(pub(crate) Timestamp);

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = || format!("{text}T00:00:00Z").parse();
        let time = text.parse().or_else(|_| day());
        time.map(Self).map_err(|_| "expected a day (2026-01-31) or a time (2026-01-31T12:00:00Z)".to_owned())
    }
}

/// The page of a list.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// The maximum number of items
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// The page after this cursor
    #[arg(long, value_name = "CURSOR", conflicts_with = "before", allow_hyphen_values = true)]
    after: Option<String>,
    /// The page before this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    before: Option<String>,
}

/// The cursor of a page: what follows it, or what precedes it.
pub(crate) enum PageStart {
    After(Option<Cursor>),
    Before(Cursor),
}

impl PageArgs {
    /// Parses the cursor.
    ///
    /// # Errors
    /// That of a malformed cursor.
    pub(crate) fn start(&self) -> cardex::Result<PageStart> {
        match (&self.after, &self.before) {
            (_, Some(before)) => before.parse().map(PageStart::Before),
            (Some(after), _) => after.parse().map(|after| PageStart::After(Some(after))),
            (None, None) => Ok(PageStart::After(None)),
        }
    }
}

/// Applies the page options to a list or a search. A macro, because their builders have the same methods but no common
/// trait.
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

/// Parses `NAMESPACE:VALUE`, or a value in the namespace without a name.
pub(crate) fn parse_identifier(text: &str) -> Identifier {
    let (namespace, value) = text.split_once(':').unwrap_or(("", text));
    Identifier::new(namespace, value)
}

/// Parses the name of a file format.
pub(crate) fn parse_format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| "expected vcf, csv, jsonl, jcard, jscontact or ldif".to_owned())
}

#[cfg(test)]
mod tests {
    use cardex::TenantId;

    use super::*;

    #[test]
    fn actors() {
        assert_eq!("admin".parse(), Ok(ActorArg::FirstAdministrator));
        let (tenant, advisor) = (TenantId(7), AdvisorId(7));
        let given =
            [Actor::System, Actor::Administrator(tenant), Actor::Advisor(advisor), Actor::Agent(advisor)];
        for actor in given {
            assert_eq!(actor.to_string().parse(), Ok(ActorArg::Given(actor)));
        }
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
