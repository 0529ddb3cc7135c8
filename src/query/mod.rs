//! Lists and searches: builders, pages, cursors.

mod filter;
pub(crate) mod list;
pub(crate) mod page;
pub(crate) mod record;
pub(crate) mod search;

pub use crate::query::list::builder::{AdvisorList, List};
pub use crate::query::list::section::{Section, Total};
pub use crate::query::page::cursor::Cursor;
pub use crate::query::record::attributes::AttributeList;
pub use crate::query::record::channels::{ChannelList, FunnelList, GateList, NoteList};
pub use crate::query::record::entitlements::EntitlementList;
pub use crate::query::record::events::EventList;
pub use crate::query::record::groups::GroupList;
pub use crate::query::record::jobs::{Job, JobFailure, JobFailureList, JobList};
pub use crate::query::record::tags::TagList;
pub use crate::query::search::builder::{Hit, Search};
pub use crate::query::search::substring::Containing;
pub use crate::query::search::typeahead::Typeahead;

pub(crate) use crate::query::page::cursor::Fingerprint;
pub(crate) use crate::query::record::jobs::{action_of, job_told, visible_job};
pub(crate) use filter::{Pick, pick, refuse_unknown};

pub use page::Page;
pub(in crate::query) use page::{
    Read, Start, cut, fingerprint, flag, is_in, keyed_page, newest_page, number_key, numbered_page, paged,
    scoped, split_number_key,
};
