//! The interrupt, the deadline and the progress of maintenance.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::host::interrupt::{CancelToken, Interrupt};

/// How far a call of maintenance is; see [`Options::on_progress`](crate::Options::on_progress).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MaintenanceProgress {
    /// What the call does.
    pub step: MaintenanceStep,
    /// How many units are done: contacts, pages of a backup, steps of compaction, or rows.
    pub done: u64,
    /// How many units there are; `None` if that is not known.
    pub total: Option<u64>,
}

/// What a call of maintenance does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum MaintenanceStep {
    /// [`Store::check`](crate::Store::check) reads contacts.
    Check,
    /// [`Store::backup_to`](crate::Store::backup_to) copies pages.
    Backup,
    /// [`Store::rebuild_index`](crate::Store::rebuild_index) indexes contacts.
    Reindex,
    /// [`Store::optimize`](crate::Store::optimize) runs steps of compaction.
    Optimize,
    /// [`Options::recover`](crate::Options::recover) copies rows.
    Recover,
    /// `Options::encrypt` or `Options::decrypt` compares rows of the copy.
    Convert,
}

/// A function that receives the progress.
type Report = Arc<dyn Fn(MaintenanceProgress) + Send + Sync>;

/// The interrupt, the deadline and the progress function of a store's maintenance.
#[derive(Clone, Default)]
pub(crate) struct MaintenanceWatch {
    pub(crate) interrupt: Option<Interrupt>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) report: Option<Report>,
}

impl fmt::Debug for MaintenanceWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MaintenanceWatch").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl MaintenanceWatch {
    /// The token of a call that starts now.
    pub(crate) fn token(&self) -> CancelToken {
        CancelToken::new([self.interrupt.clone(), None], self.deadline)
    }

    /// Reports the progress.
    pub(crate) fn report(&self, step: MaintenanceStep, done: u64, total: Option<u64>) {
        if let Some(report) = &self.report {
            report(MaintenanceProgress { step, done, total });
        }
    }
}
