//! Operations on many contacts: imports and bulk jobs.
//!
//! May import `contact`, `record`, `list`. A newcomer changes here how imported records are matched, and how a job
//! iterates over contacts.

pub(crate) mod add_many;
pub(crate) mod add_many_options;
mod find_existing;
mod import_journal;
pub(crate) mod import_matching;
pub(crate) mod imports;
pub(crate) mod job_progress;
pub(crate) mod jobs;
mod merge_duplicates;
mod prepare;
pub(crate) mod queue;
pub(crate) mod tags_and_values;
