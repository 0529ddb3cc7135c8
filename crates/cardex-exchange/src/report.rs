//! Reports of imports that can be serialized.

use cardex::contacts::ImportOutcome;
use cardex::{Error, ErrorReport};
use serde::{Deserialize, Serialize};

use crate::fields::Warning;
use crate::import::ImportProgress;
use crate::import_report::ImportReport;

/// The outcome of one record in a form that can be written and read, for example as JSON.
///
/// ```
/// use cardex::{Actor, Network, Options};
/// use cardex_exchange::{Format, ImportOptions, RecordReport, import};
/// let session = Options::new().open_in_memory()?.session(Actor::System);
/// let mut log = Vec::new();
/// let options = ImportOptions::new(Format::Csv, Network::SMS_DIRECT);
/// import(&session, "first name,phone\nAda,none\n".as_bytes(), &options, |progress| {
///     log.push(serde_json::to_string(&RecordReport::from(progress)).unwrap());
/// })?;
/// let read: RecordReport = serde_json::from_str(&log[0]).unwrap();
/// assert_eq!((read.line, read.report.added), (2, 1));
/// assert_eq!(read.warnings[0].error.reason.as_deref(), Some("not-a-phone"));
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecordReport {
    /// The line that the record begins on, from 1.
    pub line: u64,
    /// The outcome.
    pub outcome: ImportOutcome<ErrorReport>,
    /// The name of the record; without names, what else it is identified by.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The value that a rejection is about; empty if it is not about a value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The values that the fields do not hold as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningReport>,
    /// The bytes of the file that were read up to the end of this record.
    pub bytes: u64,
    /// The counts so far, including this record.
    pub report: ImportReport,
}

/// A [`Warning`] in a form that can be written and read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WarningReport {
    /// The field and the rule that its values violate.
    pub error: ErrorReport,
    /// The value, at most 200 characters of it; empty if it is not one value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The line of the value, from 1; that of the record if the format has no lines for values.
    pub line: u64,
    /// How many values the warning is about.
    pub count: u64,
}

impl From<&ImportProgress> for RecordReport {
    fn from(progress: &ImportProgress) -> Self {
        Self {
            line: progress.line,
            outcome: progress.outcome.to_report(),
            name: progress.name.clone(),
            value: progress.value.clone(),
            warnings: progress.warnings.iter().map(WarningReport::from).collect(),
            bytes: progress.bytes,
            report: progress.report,
        }
    }
}

impl From<&Warning> for WarningReport {
    fn from(warning: &Warning) -> Self {
        let error = Error::Invalid { field: warning.field, reason: warning.reason.clone() };
        Self { error: error.into(), value: warning.value.clone(), line: warning.line, count: warning.count }
    }
}

impl std::fmt::Debug for RecordReport {
    /// Without name and value: they stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordReport")
            .field("line", &self.line)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for WarningReport {
    /// Without the value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WarningReport")
            .field("error", &self.error)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
