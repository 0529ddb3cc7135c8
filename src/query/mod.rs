//! Lists, searches and records: builders, pages and cursors.
//!
//! Imports all layers from `model` to `feed`; `operations` and the public face import it. Inside, dependencies go one way:
//! `cost` and `page` ← `filter` ← `list`, `search`, `duplicates` and `record`. A newcomer changes thresholds in `host/tuning/query.rs`, the choice
//! between ways of reading in `cost.rs`, and each kind of query in its own folder.

mod cost;
mod duplicates;
mod filter;
mod list;
mod page;
mod record;
mod search;

pub use duplicates::DuplicateList;
pub(crate) use duplicates::{exact_duplicates, possible_duplicates};
pub(crate) use filter::{FilterScan, reject_unknown_names, scan_filtered};
pub use list::{AdvisorList, ContactList, Count, Section};
pub use page::{Cursor, Page};
pub use record::{
    AttributeList, ChannelIdentityList, ChannelList, EntitlementList, EventList, FunnelList, GroupList,
    ImportList, ImportRun, Job, JobFailure, JobFailureList, JobList, NoteList, TagList,
};
pub(crate) use record::{import_from_row, job_from_row, parse_action, visible_import, visible_job};
pub use search::{Hit, Search, SubstringSearch, SummaryHit, Typeahead};
