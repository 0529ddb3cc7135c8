//! Domain types and their validation. No I/O, no SQL, no JSON of a product.
//!
//! Most files may import [`crate::error`] and each other, but no module above. The types that errors contain (`id`, `field`,
//! `attribute_kind`, `entity_kind`, `network`, `rule_violation`) do not import `error`. Inside this folder, import from the
//! defining file. `field_table` declares the plain text fields of contacts. A newcomer adds fields of contacts, limits and validation
//! rules here.

mod advisor;
mod attribute;
pub(crate) mod attribute_kind;
mod blocked_number;
mod channel;
mod contact;
mod contact_method;
mod conversation;
mod draft;
mod duplicate;
mod entitlement;
pub(crate) mod entity_kind;
pub(crate) mod field;
pub(crate) mod field_table;
mod filter;
pub(crate) mod id;
mod import;
mod job;
mod language;
pub mod limits;
mod merge;
pub(crate) mod network;
mod network_policy;
mod onboarding;
mod order;
mod parse_network;
mod patch;
mod permission;
mod photo;
mod plain_field;
pub(crate) mod rule_violation;
mod saved_filter;
pub(crate) mod serial;
mod serial_lists;
mod single_line;
mod summary;
mod tag;
mod time;
mod update;

pub use crate::model::channel::{
    Channel, ChannelIdentity, ChannelIdentityPatch, ChannelPatch, Funnel, Note, ReachableChannel,
};
pub use crate::model::contact_method::{Email, Identifier, NewEmail, NewPhone, Phone};
pub use crate::model::conversation::{Conversation, ConversationKind, NewConversation};
pub use crate::model::merge::{MergeOptions, MergeRecord, MergeResult, UnmergeResult};
pub use advisor::{Advisor, AdvisorKey, Group, NewAdvisor, Tenant, TenantPolicy};
pub use attribute::{AttributeDef, AttributeNamespace, AttributePatch, AttributeValue, NewAttribute};
pub use attribute_kind::AttributeKind;
pub use blocked_number::{BlockReason, BlockedNumber, NewBlockedNumber};
pub use contact::{Consent, Contact, Invitation, Status};
pub use draft::NewContact;
pub use duplicate::{DuplicateEvidence, DuplicateGroup, DuplicatePair, EvidenceKind, PossibleDuplicate};
pub use entitlement::{
    AdvisorPhone, Entitlement, EntitlementStatus, GroupMove, NewEntitlement, PooledNumber,
};
pub use field::Field;
pub use filter::{AttributeCondition, Filter, TextCondition, TextField, TimeCondition, TimeField};
pub use id::{
    AdvisorId, AttributeId, ChannelId, ChannelIdentityId, ContactId, ConversationId, FunnelId, GroupId,
    ImportId, JobId, MergeId, NoteId, ParseIdError, SavedFilterId, TagId, TenantId,
};
pub use import::ImportState;
pub use job::{JobAction, JobState, NewJob};
pub use network::Network;
pub use network_policy::{AdvisorNumberPolicy, ConversationOnCreate, NetworkPolicy};
pub use onboarding::{NewOnboarding, OnboardingDetails};
pub use order::{SortField, SortOrder};
pub use patch::ContactPatch;
pub use permission::{ParsePermissionError, Permission, Permissions};
pub use photo::Photo;
pub use plain_field::{PlainField, VcardProperty};
pub use saved_filter::SavedFilter;
pub use summary::ContactSummary;
pub use tag::{Color, Tag, TagPatch, UnknownTagPolicy};
pub use time::{ParseTimestampError, Timestamp};
pub use update::{ContactUpdate, UpdateResult, UpdateTarget};

pub(crate) use crate::model::channel::{check_channel_identifier, parse_channel_kind};
pub(crate) use crate::model::contact_method::fold_email;
pub(crate) use blocked_number::check_phone;
pub(crate) use contact::display_name;
pub(crate) use filter::{
    AttributeTest, Comparison, Condition, FilterNode, Operand, TextTest, TimeTest, TimeValue,
};
pub(crate) use language::DEFAULT_LANGUAGES;
pub(crate) use onboarding::onboarding_phone;
pub(crate) use photo::{card_with_photo, photo_of_card};
pub(crate) use plain_field::{MergeRule, SearchableAs};
pub(crate) use single_line::to_single_line;
