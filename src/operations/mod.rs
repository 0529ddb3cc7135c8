//! The operations: one file for each use case. The business rules are here.
//!
//! Operations check the rights of the actor (`access`), read and write rows (`db`), update lists and the search index,
//! and append to the change log and the outbox (`feed`). They may use everything below `store`, `session` and `lib`. A
//! new operation is a method of [`Session`](crate::Session) or of one of its handles; the handles are listed in
//! `session.rs`.

pub(crate) mod bulk;
pub(crate) mod contact;
pub(crate) mod context;
pub(crate) mod directory;
pub(crate) mod idempotency;
pub(crate) mod list;
pub(crate) mod maintenance;
pub(crate) mod onboarding;
pub(crate) mod record;

pub use bulk::add_many_options::{AddManyOptions, ImportItem, ImportOutcome, ImportTarget};
pub use bulk::import_matching::MergeCard;
pub use bulk::imports::{Imports, UndoOutcome, UndoProgress};
pub use bulk::job_progress::{JobOutcome, JobProgress};
pub use bulk::jobs::Jobs;
pub use contact::copy_contact::CopyResult;
pub use contact::find_or_create::FindOrCreateResult;
pub use directory::handles::{Directory, Entitlements};
pub use maintenance::admin::Stats;
pub use maintenance::check_report::CheckReport;
pub use maintenance::recovery::{RecoveredTable, RecoveryReport};
pub use maintenance::substring_index::{SubstringIndex, SubstringIndexStatus};
pub use onboarding::handle::Onboarding;
pub use onboarding::offboard::{OffboardResult, OffboardStatus};
pub use onboarding::onboard::OnboardResult;
pub use record::attributes::Attributes;
pub use record::blocks::{BlockOutcome, BlockedNumbers, UnblockOutcome};
pub use record::channels::Channels;
pub use record::conversations::Conversations;
pub use record::events::Events;
pub use record::funnels::Funnels;
pub use record::notes::Notes;
pub use record::outbox::Outbox;
pub use record::saved_filters::SavedFilters;
pub use record::tags::Tags;
