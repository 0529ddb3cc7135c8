//! Reports of imports that can be serialized.

use cardex::contacts::ImportOutcome;
use cardex::{Error, ErrorReport};
use serde::{Deserialize, Serialize};

use crate::fields::Warning;
use crate::import::{ImportProgress, ImportReport};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecordReport {
    /// The line that the record begins on, from 1.
    pub line: u64,
    /// The outcome.
    pub outcome: ImportOutcome<ErrorReport>,
    /// The values that the fields rejected; they are in the contact's card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningReport>,
    /// The bytes of the file that were read up to the end of this record.
    pub bytes: u64,
    /// The counts so far, including this record.
    pub report: ImportReport,
}

/// A [`Warning`] in a form that can be written and read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WarningReport {
    /// The field and the rule that its values violate.
    pub error: ErrorReport,
    /// How many values of the record violate it.
    pub count: u64,
}

impl From<&ImportProgress> for RecordReport {
    fn from(progress: &ImportProgress) -> Self {
        Self {
            line: progress.line,
            outcome: progress.outcome.to_report(),
            warnings: progress.warnings.iter().map(WarningReport::from).collect(),
            bytes: progress.bytes,
            report: progress.report,
        }
    }
}

impl From<&Warning> for WarningReport {
    fn from(warning: &Warning) -> Self {
        let error = Error::Invalid { field: warning.field, reason: warning.reason.clone() };
        Self { error: error.into(), count: warning.count }
    }
}
