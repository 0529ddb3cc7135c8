//! How a command fails, and how the failure is reported.

use std::error::Error as _;
use std::io::{self, ErrorKind, Write};

use cardex::{ContactId, Error, Field};

use crate::sanitize::{escape_json, sanitize_text};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the library.
    Engine(Error),
    /// An error of the library for one of several items.
    OnItem(String, Error),
    /// The output could not be written.
    Output(io::Error),
    /// The failure is reported already; only the exit code is left.
    AlreadyReported,
    /// A failure that the program itself detected.
    Custom { code: &'static str, message: String },
}

/// How a command ends.
pub(crate) type CommandResult = Result<(), Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// A failure as JSON.
#[derive(Default, serde::Serialize)]
pub(crate) struct FailureReport {
    code: &'static str,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<ContactId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    into: Option<ContactId>,
}

impl From<&Error> for FailureReport {
    fn from(error: &Error) -> Self {
        let (field, holder) = match error {
            Error::Duplicate { field, holder } => (Some(*field), *holder),
            Error::Invalid { field, .. } => (Some(*field), None),
            _ => (None, None),
        };
        let into = if let Error::Merged { into } = error { Some(*into) } else { None };
        let causes = std::iter::successors(error.source(), |cause| (*cause).source());
        let causes = causes.map(ToString::to_string).collect();
        Self { code: error.code(), message: message(error), causes, id: None, field, holder, into }
    }
}

/// The message of an error, with the command that helps.
fn message(error: &Error) -> String {
    match error {
        Error::NoBook { .. } => format!("{error}; `cardex init` creates one, with the same --book"),
        Error::NoNetwork(_) => format!("{error}; `cardex networks` lists the known ones"),
        _ => error.to_string(),
    }
}

impl From<&Failure> for FailureReport {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Engine(error) => error.into(),
            Failure::OnItem(id, error) => {
                let report = Self::from(error);
                Self { message: format!("{id}: {}", report.message), id: Some(id.clone()), ..report }
            }
            Failure::Output(error) => {
                let message = format!("cannot write the output: {error}");
                Self { code: "output", message, ..Self::default() }
            }
            Failure::AlreadyReported => Self::default(),
            Failure::Custom { code, message } => Self { code, message: message.clone(), ..Self::default() },
        }
    }
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self::Custom { code, message: message.into() }
    }

    /// Whether the reader of the output closed it: a normal end, as in `cardex list | head`.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Output(error) | Self::Engine(Error::Io(error)) => error.kind() == ErrorKind::BrokenPipe,
            _ => false,
        }
    }

    /// Reports the failure on standard error. If that fails, only the exit code reports it.
    pub(crate) fn report(&self, json: bool) {
        if matches!(self, Self::AlreadyReported) {
            return;
        }
        let report = FailureReport::from(self);
        let text = if json {
            serde_json::to_string(&report).map(escape_json).unwrap_or_default()
        } else {
            let causes =
                report.causes.iter().map(|cause| format!("\n  caused by: {}", sanitize_text(cause, true)));
            format!("cardex: {}{}", sanitize_text(&report.message, true), causes.collect::<String>())
        };
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }
}
