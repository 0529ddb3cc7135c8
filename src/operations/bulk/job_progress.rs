//! The progress of bulk jobs.

use crate::error::Error;
use crate::error_report::ErrorReport;
use crate::model::{ContactId, JobState};
use crate::query::Job;

/// The progress of one batch of a bulk job. With the reports of errors in their place, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(bound(serialize = "E: serde::Serialize", deserialize = "E: serde::Deserialize<'de>"))]
#[non_exhaustive]
pub struct JobProgress<E = Error> {
    /// The job after the batch.
    pub job: Job,
    /// The matching contacts of this batch with their outcomes; in a dry run, the outcomes that a real run would have.
    #[serde(with = "contact_outcomes")]
    pub outcomes: Vec<(ContactId, JobOutcome<E>)>,
}

impl JobProgress {
    /// The progress with the reports of its errors.
    #[must_use]
    pub fn to_report(&self) -> JobProgress<ErrorReport> {
        let outcomes = self.outcomes.iter().map(|(contact, outcome)| (*contact, outcome.to_report()));
        JobProgress { job: self.job.clone(), outcomes: outcomes.collect() }
    }
}

impl<E> JobProgress<E> {
    /// Whether the job is complete or cancelled.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.job.state != JobState::Open
    }
}

/// What a bulk job did with one contact. With the report of an error in the place of the error, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum JobOutcome<E = Error> {
    /// The contact was changed.
    Done,
    /// The contact already was as requested.
    Unchanged,
    /// A rule or a permission prevents the change. Nothing was written.
    Rejected(E),
}

impl JobOutcome {
    /// The outcome with the report of its error.
    #[must_use]
    pub fn to_report(&self) -> JobOutcome<ErrorReport> {
        match self {
            Self::Done => JobOutcome::Done,
            Self::Unchanged => JobOutcome::Unchanged,
            Self::Rejected(error) => JobOutcome::Rejected(error.into()),
        }
    }
}

/// The outcomes of a batch: a list of objects.
pub(super) mod contact_outcomes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::ContactId;

    /// A contact with its outcome.
    #[derive(Serialize, Deserialize)]
    struct ContactOutcome<O> {
        contact: ContactId,
        outcome: O,
    }

    pub(in crate::operations::bulk) fn serialize<O: Serialize, S: Serializer>(
        outcomes: &[(ContactId, O)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            outcomes.iter().map(|(contact, outcome)| ContactOutcome { contact: *contact, outcome }),
        )
    }

    pub(in crate::operations::bulk) fn deserialize<'de, O: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(ContactId, O)>, D::Error> {
        let outcomes = Vec::<ContactOutcome<O>>::deserialize(deserializer)?;
        Ok(outcomes.into_iter().map(|ContactOutcome { contact, outcome }| (contact, outcome)).collect())
    }
}
