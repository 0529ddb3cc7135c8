//! Contacts and advisors as Symphony Federation shows them. Unknown values are left out.

use serde::Serialize;

use crate::federation::directory::PermissionDto;
use crate::federation::paging::Pagination;
use cardex::blocking::{BlockReason, BlockedNumber};
use cardex::contacts::Consent;
use cardex::conversations::{Conversation, ConversationKind};
use cardex::directory::GroupId;
use cardex::entitlements::{AdvisorPhone, Entitlement, EntitlementStatus};
use cardex::{Advisor, AdvisorId, Contact, ContactId, Network, Status};

fn is_empty(text: &&str) -> bool {
    text.is_empty()
}

/// A list and where its neighbours are, under the name the API has for its items.
macro_rules! page_dtos {
    ($($page:ident $items:ident;)*) => {
        $(#[derive(Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $page<T> {
            pub(super) $items: Vec<T>,
            pub(super) pagination: Pagination,
        })*
    };
}

page_dtos! {
    ContactPage contacts;
    AdvisorPage advisors;
    EntitlementPage entitlements;
    GroupPage federation_groups;
}

/// What all shapes of a contact have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersonDto<'a> {
    first_name: &'a str,
    last_name: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    company_name: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    email_address: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    phone_number: &'a str,
    symphony_id: ContactId,
}

impl<'a> PersonDto<'a> {
    pub(super) fn from_contact(contact: &'a Contact) -> Self {
        Self {
            first_name: &contact.first_name,
            last_name: &contact.last_name,
            company_name: &contact.company,
            email_address: contact.emails.first().map_or("", |email| &email.text),
            phone_number: contact.phones.first().map_or("", |phone| &phone.text),
            symphony_id: contact.id,
        }
    }
}

/// The block of a contact's number. A block of the whole tenant names no advisor.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockDto<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    advisor_symphony_id: Option<AdvisorId>,
    reason: BlockReason,
    #[serde(skip_serializing_if = "is_empty")]
    comment: &'a str,
    request_date: i64,
}

impl<'a> From<&'a BlockedNumber> for BlockDto<'a> {
    fn from(block: &'a BlockedNumber) -> Self {
        Self {
            advisor_symphony_id: block.advisor,
            reason: block.reason,
            comment: &block.comment,
            request_date: block.created_at.0,
        }
    }
}

/// A contact in the list and by phone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContactDto<'a> {
    #[serde(flatten)]
    person: PersonDto<'a>,
    external_network: &'a Network,
    advisors: Vec<AdvisorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    is_colleague: bool,
    #[serde(skip_serializing_if = "is_empty")]
    preferred_language: &'a str,
    /// In the list, block data lies flat on the contact.
    #[serde(flatten)]
    blocked: Option<BlockDto<'a>>,
}

impl<'a> ContactDto<'a> {
    pub(super) fn from_contact(contact: &'a Contact, advisors: Vec<AdvisorId>) -> Self {
        Self {
            person: PersonDto::from_contact(contact),
            external_network: &contact.network,
            advisors,
            status: contact.status,
            is_colleague: contact.own_advisor.is_some(),
            preferred_language: &contact.language,
            blocked: None,
        }
    }

    /// Adds the effective block, if there is one.
    pub(super) fn with_block(self, block: Option<&'a BlockedNumber>) -> Self {
        Self { blocked: block.map(BlockDto::from), ..self }
    }
}

/// The status of a contact. In search results it can be the consent instead.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
enum StatusOrConsent {
    Status(Status),
    Consent(Consent),
}

/// A contact as onboarding and an advisor's list show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InvitedContactDto<'a> {
    #[serde(flatten)]
    person: PersonDto<'a>,
    external_network: &'a Network,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusOrConsent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_update_date: Option<i64>,
    #[serde(skip_serializing_if = "is_empty")]
    preferred_language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phone_number_blocked_by: Vec<BlockDto<'a>>,
}

impl<'a> InvitedContactDto<'a> {
    pub(super) fn from_contact(contact: &'a Contact, blocks: &'a [BlockedNumber]) -> Self {
        Self {
            person: PersonDto::from_contact(contact),
            external_network: &contact.network,
            phone_number_blocked_by: blocks.iter().map(BlockDto::from).collect(),
            status: contact.status.map(StatusOrConsent::Status),
            // On a network without statuses: the time of creation.
            status_update_date: Some(contact.status_at.unwrap_or(contact.created_at).0),
            preferred_language: &contact.language,
            invitation_code: contact.invitation.as_ref().map(|invitation| invitation.code.as_str()),
        }
    }
}

/// A contact after an update.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdatedContactDto<'a> {
    #[serde(flatten)]
    person: PersonDto<'a>,
    advisors: Vec<AdvisorId>,
    #[serde(skip_serializing_if = "is_empty")]
    preferred_language: &'a str,
}

impl<'a> UpdatedContactDto<'a> {
    pub(super) fn from_contact(contact: &'a Contact, advisors: Vec<AdvisorId>) -> Self {
        Self { person: PersonDto::from_contact(contact), advisors, preferred_language: &contact.language }
    }
}

/// A contact that a search found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundContactDto<'a> {
    #[serde(flatten)]
    invited: InvitedContactDto<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    own_advisor_id: Option<AdvisorId>,
    is_colleague: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Consent>,
    room: Option<ConversationDto>,
}

impl<'a> FoundContactDto<'a> {
    /// `language` is the name of the contact's preferred language. `conversation` is the contact's conversation on a
    /// direct network.
    pub(super) fn from_contact(
        contact: &'a Contact,
        language: &'a str,
        conversation: Option<Conversation>,
        blocks: &'a [BlockedNumber],
    ) -> Self {
        let mut invited = InvitedContactDto {
            preferred_language: language,
            ..InvitedContactDto::from_contact(contact, blocks)
        };
        invited.status = match (contact.status, contact.consent) {
            // The only status that this shape does not have.
            (Some(Status::Canceled), _) => None,
            (None, Some(said @ (Consent::OptedIn | Consent::OptedOut))) => {
                Some(StatusOrConsent::Consent(said))
            }
            _ => invited.status,
        };
        Self {
            invited,
            own_advisor_id: contact.own_advisor,
            is_colleague: contact.own_advisor.is_some(),
            consent: contact.consent,
            room: conversation.map(ConversationDto::from),
        }
    }
}

/// The conversation of a contact on a one-to-one network.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConversationDto {
    stream_id: String,
    room_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advisor_symphony_id: Option<AdvisorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_group_id: Option<GroupId>,
    created: i64,
    updated: i64,
    room_type: &'static str,
    members_count: usize,
}

impl From<Conversation> for ConversationDto {
    fn from(conversation: Conversation) -> Self {
        Self {
            stream_id: conversation.external_id,
            room_name: conversation.name,
            advisor_symphony_id: conversation.advisor,
            federation_group_id: conversation.group,
            created: conversation.created_at.0,
            updated: conversation.updated_at.0,
            room_type: if conversation.kind == ConversationKind::OneToOne { "IM" } else { "ROOM" },
            members_count: conversation.members,
        }
    }
}

/// The word for a language: `English` for `ENGLISH`, `Chinese (CHN)` for `CHINESE_CHN`.
pub(super) fn language_name(code: &str) -> String {
    let (name, region) = code.split_once('_').unwrap_or((code, ""));
    let mut letters = name.chars();
    let name: String = letters.next().into_iter().chain(letters.flat_map(char::to_lowercase)).collect();
    if region.is_empty() { name } else { format!("{name} ({region})") }
}

/// An advisor on a network.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntitlementDto<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    symphony_id: Option<AdvisorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "is_empty")]
    email_address: &'a str,
    external_network: &'a Network,
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_group_id: Option<GroupId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<AdvisorPhoneDto<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<EntitlementStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<PermissionDto>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AdvisorPhoneDto<'a> {
    number: &'a str,
    sub_network: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
}

impl<'a> From<&'a AdvisorPhone> for AdvisorPhoneDto<'a> {
    /// A pooled number is a second number. Any other number is supplied by the customer.
    fn from(phone: &'a AdvisorPhone) -> Self {
        let (sub_network, provider) =
            if phone.pooled { ("SECOND-NUMBER", None) } else { ("IN-NETWORK", Some("CUSTOMER_SUPPLIED")) };
        Self { number: &phone.text, sub_network, provider }
    }
}

impl<'a> EntitlementDto<'a> {
    /// The entitlement, with or without its permissions. An advisor who was never entitled has no status.
    pub(super) fn from_entitlement(entitlement: &'a Entitlement, permissions: bool) -> Self {
        let advisor = entitlement.advisor.as_ref();
        let full = |advisor: &Advisor| format!("{} {}", advisor.first_name, advisor.last_name);
        Self {
            symphony_id: advisor.map(|advisor| advisor.id),
            first_name: advisor.map(|advisor| advisor.first_name.as_str()),
            last_name: advisor.map(|advisor| advisor.last_name.as_str()),
            display_name: advisor.map(|advisor| full(advisor).trim().to_owned()),
            email_address: &entitlement.email,
            external_network: &entitlement.network,
            federation_group_id: entitlement.group,
            phone: entitlement.phone.as_ref().map(AdvisorPhoneDto::from),
            status: entitlement.created_at.map(|_| entitlement.status),
            permissions: permissions
                .then(|| entitlement.permissions.iter().map(PermissionDto::from).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::language_name;

    #[test]
    fn language_names() {
        for (code, word) in [
            ("ENGLISH", "English"),
            ("CHINESE_CHN", "Chinese (CHN)"),
            ("", ""),
            ("ENGLISH_UK", "English (UK)"),
        ] {
            assert_eq!(language_name(code), word);
        }
    }
}
