//! The serialized form of inputs and outputs: every public type, and the rules for unknown, absent and `null` members.

mod generator;
mod rules;

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use generator::generate;

/// Values of a type, to JSON and back: equal, as text and as a value.
fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str) {
    let (mut made, mut last) = (0, None);
    for seed in 0..1_200 {
        let value = match generate::<T>(seed) {
            Ok(value) => value,
            // Without a required member.
            Err(error) => {
                last = Some(error);
                continue;
            }
        };
        made += 1;
        let json = serde_json::to_string(&value).unwrap();
        let read: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{name}: {error}: {json}"));
        assert!(read == value, "{name}: {json} is read as {}", serde_json::to_string(&read).unwrap());
        let tree: Value = serde_json::to_value(&value).unwrap();
        assert_eq!(tree, serde_json::from_str::<Value>(&json).unwrap(), "{name}");
        assert!(serde_json::from_value::<T>(tree).unwrap() == value, "{name}: {json}");
    }
    assert!(made >= 100, "{name}: {made} values; {last:?}");
}

fn serializes<T: Serialize>(_: &str) {}

/// The public types by their serialized form. A type of `docs/public-api.txt` that is missing here fails the test.
macro_rules! table {
    (both { $($both:ty,)* } written { $($written:ty,)* } not { $($reason:literal: $($not:literal)*;)* }) => {
        /// Every value can be written and read.
        #[test]
        fn every_type_round_trips() {
            $(round_trips::<$both>(stringify!($both));)*
            $(serializes::<$written>(stringify!($written));)*
        }

        fn listed_types() -> Vec<String> {
            let typed = [$(stringify!($both),)* $(stringify!($written),)* $($($not,)*)*];
            typed.map(|name| name.split('<').next().unwrap().replace(' ', "")).to_vec()
        }
    };
}

table! {
    both {
        cardex::Actor, cardex::Advisor, cardex::AdvisorId, cardex::Contact, cardex::ContactId, cardex::ContactPatch,
        cardex::ContactSummary, cardex::ContactUpdate, cardex::Count, cardex::Cursor, cardex::Durability, cardex::Email, cardex::EntityKind,
        cardex::ErrorReport, cardex::Field, cardex::Filter, cardex::Highlight, cardex::Hit, cardex::Identifier,
        cardex::MaintenanceProgress, cardex::MaintenanceStep, cardex::Match, cardex::MatchKind, cardex::Network, cardex::NewAdvisor,
        cardex::NewContact, cardex::NewEmail, cardex::NewPhone, cardex::Page<cardex::Hit>, cardex::Phone, cardex::SearchFields, cardex::SearchOrder,
        cardex::Section, cardex::SortField, cardex::SortOrder, cardex::Status, cardex::SummaryHit, cardex::TenantId,
        cardex::Timestamp,
        cardex::attributes::AttributeDef, cardex::attributes::AttributeId, cardex::attributes::AttributeKind,
        cardex::attributes::AttributeNamespace, cardex::attributes::AttributePatch, cardex::attributes::AttributeValue,
        cardex::attributes::NewAttribute,
        cardex::blocking::BlockReason, cardex::blocking::BlockedNumber, cardex::blocking::NewBlockedNumber,
        cardex::changes::Change, cardex::changes::ChangeKind, cardex::changes::ChangePage, cardex::changes::EventBatch,
        cardex::channels::Channel, cardex::channels::ChannelId, cardex::channels::ChannelIdentity,
        cardex::channels::ChannelIdentityId, cardex::channels::ChannelIdentityPatch, cardex::channels::ChannelPatch,
        cardex::channels::ReachableChannel,
        cardex::contacts::Consent, cardex::contacts::CopyResult, cardex::contacts::FindOrCreateResult, cardex::contacts::MergeId,
        cardex::contacts::MergeOptions, cardex::contacts::MergeRecord, cardex::contacts::MergeResult, cardex::contacts::Photo, cardex::contacts::PlainField,
        cardex::contacts::UnmergeResult, cardex::contacts::UpdateTarget,
        cardex::conversations::Conversation, cardex::conversations::ConversationId, cardex::conversations::ConversationKind, cardex::conversations::NewConversation,
        cardex::directory::AdvisorKey, cardex::directory::AdvisorNumberPolicy, cardex::directory::Group, cardex::directory::GroupId,
        cardex::directory::NetworkPolicy, cardex::directory::PooledNumber, cardex::directory::Tenant,
        cardex::directory::TenantPolicy,
        cardex::duplicates::DuplicateEvidence, cardex::duplicates::DuplicateGroup, cardex::duplicates::DuplicatePair,
        cardex::duplicates::EvidenceKind, cardex::duplicates::PossibleDuplicate,
        cardex::entitlements::AdvisorPhone, cardex::entitlements::Entitlement, cardex::entitlements::EntitlementStatus,
        cardex::entitlements::GroupMove, cardex::entitlements::NewEntitlement, cardex::entitlements::Permission,
        cardex::entitlements::Permissions,
        cardex::events::Event, cardex::events::NewEvent,
        cardex::filters::TextField, cardex::filters::TimeField,
        cardex::funnels::Funnel, cardex::funnels::FunnelId,
        cardex::imports::ImportId, cardex::imports::ImportRun, cardex::imports::ImportState,
        cardex::jobs::Job, cardex::jobs::JobAction, cardex::jobs::JobFailure, cardex::jobs::JobId, cardex::jobs::JobState,
        cardex::jobs::NewJob,
        cardex::maintenance::CheckReport, cardex::maintenance::RecoveredTable, cardex::maintenance::RecoveryReport,
        cardex::maintenance::Stats, cardex::maintenance::SubstringIndexStatus,
        cardex::notes::Note, cardex::notes::NoteId,
        cardex::onboarding::ConversationOnCreate, cardex::onboarding::Invitation, cardex::onboarding::NewOnboarding,
        cardex::onboarding::OffboardResult, cardex::onboarding::OffboardStatus, cardex::onboarding::OnboardResult,
        cardex::onboarding::OnboardingDetails,
        cardex::outbox::OutboxEvent, cardex::outbox::OutboxMessage,
        cardex::saved_filters::SavedFilter, cardex::saved_filters::SavedFilterId,
        cardex::tags::Color, cardex::tags::Tag, cardex::tags::TagId, cardex::tags::TagPatch, cardex::tags::UnknownTagPolicy,
        // An error is written as its report. What contains one is read with the report in its place.
        cardex::blocking::BlockOutcome<cardex::ErrorReport>, cardex::blocking::UnblockOutcome<cardex::ErrorReport>,
        cardex::contacts::ImportOutcome<cardex::ErrorReport>, cardex::contacts::UpdateResult<cardex::ErrorReport>,
        cardex::imports::UndoOutcome<cardex::ErrorReport>, cardex::imports::UndoProgress<cardex::ErrorReport>,
        cardex::jobs::JobOutcome<cardex::ErrorReport>, cardex::jobs::JobProgress<cardex::ErrorReport>,
    }
    written { cardex::Error, }
    not {
        "a handle of an open store":
            "cardex::Session" "cardex::Store" "cardex::Typeahead" "cardex::Interrupt" "cardex::Cancellation" "cardex::SystemClock"
            "cardex::changes::Subscription" "cardex::attributes::Attributes" "cardex::blocking::BlockedNumbers"
            "cardex::channels::Channels" "cardex::conversations::Conversations" "cardex::directory::Directory"
            "cardex::entitlements::Entitlements" "cardex::events::Events" "cardex::funnels::Funnels" "cardex::imports::Imports" "cardex::jobs::Jobs"
            "cardex::maintenance::SubstringIndex" "cardex::notes::Notes" "cardex::onboarding::Onboarding" "cardex::outbox::Outbox"
            "cardex::saved_filters::SavedFilters" "cardex::tags::Tags";
        "a query that is bound to a session":
            "cardex::ContactList" "cardex::Search" "cardex::SubstringSearch" "cardex::attributes::AttributeList"
            "cardex::changes::ChangeList" "cardex::channels::ChannelIdentityList" "cardex::channels::ChannelList"
            "cardex::directory::AdvisorList" "cardex::directory::GroupList" "cardex::duplicates::DuplicateList" "cardex::entitlements::EntitlementList"
            "cardex::events::EventList" "cardex::funnels::FunnelList" "cardex::imports::ImportList" "cardex::jobs::JobFailureList" "cardex::jobs::JobList"
            "cardex::notes::NoteList" "cardex::tags::TagList";
        "a condition under construction: the filter has a text":
            "cardex::filters::AttributeCondition" "cardex::filters::TextCondition" "cardex::filters::TimeCondition";
        "a part of an error, which has a report":
            "cardex::RuleViolation" "cardex::ValidationError" "cardex::ParseActorError" "cardex::ParseIdError"
            "cardex::ParseTimestampError" "cardex::entitlements::ParsePermissionError";
        "options with functions":
            "cardex::Options" "cardex::contacts::AddManyOptions";
        "what a record of an import is expected to be: a part of a call":
            "cardex::contacts::ImportItem" "cardex::contacts::ImportTarget";
        "a property of a field, the same in every book":
            "cardex::contacts::VcardProperty";
    }
}

/// A type that is new in the API has a line in the table.
#[test]
fn every_public_type_is_listed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/public-api.txt");
    // The package of the engine has no `docs`.
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let public: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            let line = line.trim_start_matches("#[non_exhaustive] ");
            let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
            Some(name.split(['<', '(', ' ']).next()?.to_owned())
        })
        .collect();
    let listed = listed_types();
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), unique.len(), "a type is listed twice");
    let missing: Vec<_> = public.difference(&unique).collect();
    assert!(missing.is_empty(), "public types without a line here: {missing:?}");
    let gone: Vec<_> = unique.difference(&public).collect();
    assert!(gone.is_empty(), "no public types: {gone:?}");
    assert!(public.len() > 170, "{}", public.len());
}
