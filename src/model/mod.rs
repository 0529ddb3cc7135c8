//! Domain types and their validation: no I/O, no SQL, no JSON of a product.

mod advisor;
mod attribute;
mod block;
mod channel;
mod contact;
mod contact_method;
mod conversation;
mod draft;
mod entitlement;
pub(crate) mod entity_kind;
mod field;
mod filter;
mod id;
mod job;
mod language;
pub mod limits;
mod merge;
mod network;
mod onboarding;
mod order;
mod patch;
mod permission;
pub(crate) mod rule_violation;
mod tag;
mod time;
mod update;

pub use crate::model::channel::{Channel, ChannelPatch, Funnel, Gate, GatePatch, Note, Reachable};
pub use crate::model::contact_method::{Email, Identifier, NewEmail, NewPhone, Phone};
pub use crate::model::conversation::{NewRoom, Room, RoomKind};
pub use crate::model::merge::{MergeOptions, Merged, Merger, Unmerged};
pub use advisor::{Advisor, AdvisorKey, Group, NewAdvisor, Tenant, TenantPolicy};
pub use attribute::{
    AttributeDef, AttributeKind, AttributePatch, AttributeSpace, AttributeValue, NewAttribute,
};
pub use block::{Block, BlockReason, NewBlock};
pub use contact::{Consent, Contact, Invitation, Status};
pub use draft::NewContact;
pub use entitlement::{Entitlement, EntitlementStatus, GroupMove, NewEntitlement, OwnPhone, PoolNumber};
pub use field::Field;
pub use filter::{AttributeCondition, Filter, TextCondition, TextField, TimeCondition, TimeField};
pub use id::{
    AdvisorId, AttributeId, ChannelId, ContactId, FunnelId, GateId, GroupId, JobId, MergerId, NoteId,
    ParseIdError, TagId, TenantId,
};
pub use job::{BulkAction, JobState, NewJob};
pub use network::{Network, NetworkPolicy, OwnNumber, RoomOnCreate};
pub use onboarding::{Details, Onboarding};
pub use order::{Order, Sort};
pub use patch::ContactPatch;
pub use permission::{ParsePermissionError, Permission, Permissions};
pub use tag::{Color, Tag, TagPatch, UnknownTags};
pub use time::Timestamp;
pub use update::{Update, UpdatePart, Updated};

pub(crate) use crate::model::channel::{channel_kind, check_gate};
pub(crate) use crate::model::contact_method::{check_length, fold_email};
pub(crate) use block::check_phone;
pub(crate) use contact::display_name;
pub(crate) use filter::{AttributeTest, Compare, Condition, Moment, Node, Operand, TextTest, TimeTest};
pub(crate) use id::IdSource;
pub(crate) use language::LANGUAGES;
pub(crate) use onboarding::address;
