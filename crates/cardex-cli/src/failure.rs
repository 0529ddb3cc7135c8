//! How a command fails, and how the failure is reported.

use std::error::Error as _;
use std::io::{self, ErrorKind, Write};

use cardex::{Error, ErrorReport};

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
    #[serde(flatten)]
    pub(crate) error: ErrorReport,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl From<&Error> for FailureReport {
    fn from(error: &Error) -> Self {
        let mut report = ErrorReport::from(error);
        report.message = message(error);
        let causes = std::iter::successors(error.source(), |cause| (*cause).source());
        let causes = causes.map(ToString::to_string).collect();
        Self { error: report, causes, id: None }
    }
}

impl FailureReport {
    /// The report of a failure that is no error of the library.
    fn new(code: &'static str, message: String) -> Self {
        let mut report = Self::default();
        (report.error.code, report.error.message) = (code.into(), message);
        report
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
                let mut report = Self::from(error);
                report.error.message = format!("{id}: {}", report.error.message);
                Self { id: Some(id.clone()), ..report }
            }
            Failure::Output(error) => Self::new("output", format!("cannot write the output: {error}")),
            Failure::AlreadyReported => Self::default(),
            Failure::Custom { code, message } => Self::new(code, message.clone()),
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
            format!("cardex: {}{}", sanitize_text(&report.error.message, true), causes.collect::<String>())
        };
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }
}
