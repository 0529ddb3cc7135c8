//! Lists of records: notes, tags, attributes, channels, entitlements, events, bulk jobs, imports and others, page by page.
//!
//! Imports the layers below `query`, and of `query` only `page`. Each file has one or a few builders with a method `page`; none uses another.
//! A newcomer adds a list of records here: a builder, its method on [`Session`](crate::Session), and a keyset read in `db/record`.

mod attributes;
mod entitlements;
mod events;
mod groups;
mod imports;
mod jobs;
mod record_lists;
mod requester;
mod tags;

pub use attributes::AttributeList;
pub use entitlements::EntitlementList;
pub use events::EventList;
pub use groups::GroupList;
pub use imports::{ImportList, ImportRun};
pub(crate) use imports::{import_from_row, visible_import};
pub use jobs::{Job, JobFailure, JobFailureList, JobList};
pub(crate) use jobs::{job_from_row, parse_action, visible_job};
pub use record_lists::{ChannelIdentityList, ChannelList, FunnelList, NoteList};
pub use tags::TagList;
