//! Conversations of a contact, as the host reports them. The book has their members and times, but no messages and no state.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{ContactDto, contact_dto, seconds};
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::params::{find_active, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::chatwoot::users::User;
use cardex::conversations::Conversation;
use cardex::{Contact, Session};

/// The conversations that an answer has at most.
const SHOWN: usize = 20;

#[derive(Debug, Serialize)]
struct ConversationDto {
    meta: ConversationMeta,
    id: i64,
    messages: [u8; 0],
    account_id: i64,
    uuid: String,
    labels: [String; 0],
    status: &'static str,
    unread_count: u32,
    created_at: i64,
    timestamp: i64,
    last_activity_at: i64,
}

#[derive(Debug, Serialize)]
struct ConversationMeta {
    sender: ContactDto,
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<User>,
}

/// `contactConversations`: those with the newest activity first, at most 20.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let contact = find_active(&session, id)?;
    let mut conversations = session.conversations().of(id)?;
    conversations.sort_by_key(|conversation| std::cmp::Reverse((conversation.updated_at, conversation.id)));
    conversations.truncate(SHOWN);
    let shapes = conversations.into_iter().map(|conversation| shape(&session, &contact, conversation));
    ApiResponse::ok(&Payload { payload: shapes.collect::<Result<Vec<_>, _>>()? })
}

fn shape(
    session: &Session,
    contact: &Contact,
    conversation: Conversation,
) -> Result<ConversationDto, ApiError> {
    let account = session.directory().tenant()?.id;
    let assignee = match conversation.advisor {
        Some(advisor) => User::find(session, account, advisor)?,
        None => None,
    };
    let activity = seconds(conversation.updated_at);
    Ok(ConversationDto {
        meta: ConversationMeta { sender: contact_dto(session, contact, false)?, channel: None, assignee },
        id: conversation.id.0,
        messages: [],
        account_id: account.0,
        uuid: conversation.external_id,
        labels: [],
        status: "open",
        unread_count: 0,
        created_at: seconds(conversation.created_at),
        timestamp: activity,
        last_activity_at: activity,
    })
}
