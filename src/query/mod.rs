//! Lists and searches: builders, pages, cursors.

mod filter;
pub(crate) mod list;
pub(crate) mod page;
pub(crate) mod record;
pub(crate) mod search;

pub use crate::query::list::builder::{AdvisorList, ContactList};
pub use crate::query::list::section::{Section, Total};
pub use crate::query::page::cursor::Cursor;
pub use crate::query::record::attributes::AttributeList;
pub use crate::query::record::entitlements::EntitlementList;
pub use crate::query::record::events::EventList;
pub use crate::query::record::groups::GroupList;
pub use crate::query::record::jobs::{Job, JobFailure, JobFailureList, JobList};
pub use crate::query::record::record_lists::{ChannelIdentityList, ChannelList, FunnelList, NoteList};
pub use crate::query::record::tags::TagList;
pub use crate::query::search::builder::{Hit, Search};
pub use crate::query::search::substring::SubstringSearch;
pub use crate::query::search::typeahead::Typeahead;

pub(crate) use crate::query::page::cursor::QueryFingerprint;
pub(crate) use crate::query::record::jobs::{job_from_row, parse_action, visible_job};
pub(crate) use filter::{FilterScan, reject_unknown_names, scan_filtered};

pub use page::Page;
pub(in crate::query) use page::{
    PageRead, Start, decode_number_key, encode_number_key, encode_optional_bool, is_in_scopes, keyset_page,
    newest_first_page, number_keyset_page, page_setters, query_fingerprint, scope_setters, truncate_page,
};
