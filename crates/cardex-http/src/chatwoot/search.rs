//! The search over all kinds of records. The book has contacts only.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::ContactDto;
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::lists::found_page;
use crate::chatwoot::params::account_session;
use crate::chatwoot::payload::Payload;

#[derive(Serialize)]
struct FoundContact {
    id: i64,
    name: String,
    email: Option<String>,
    phone_number: Option<String>,
    identifier: Option<String>,
    additional_attributes: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_activity_at: Option<i64>,
}

impl From<ContactDto> for FoundContact {
    fn from(contact: ContactDto) -> Self {
        let ContactDto { id, name, email, phone_number, identifier, .. } = contact;
        let (additional_attributes, last_activity_at) =
            (contact.additional_attributes, contact.last_activity_at);
        Self { id, name, email, phone_number, identifier, additional_attributes, last_activity_at }
    }
}

/// The contacts of a page of hits. A blank text has none.
fn contacts(call: &Call) -> Result<Vec<FoundContact>, ApiError> {
    let session = account_session(call)?;
    let text = call.query.single("q")?.unwrap_or_default().trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    Ok(found_page(call, &session, text)?.into_iter().map(FoundContact::from).collect())
}

/// `searchAll`
pub(super) fn all(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Found {
        contacts: Vec<FoundContact>,
        conversations: [u8; 0],
        messages: [u8; 0],
        articles: [u8; 0],
    }
    let contacts = contacts(call)?;
    ApiResponse::ok(&Payload { payload: Found { contacts, conversations: [], messages: [], articles: [] } })
}

/// `searchAllContacts`
pub(super) fn contacts_only(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Found {
        contacts: Vec<FoundContact>,
    }
    ApiResponse::ok(&Payload { payload: Found { contacts: contacts(call)? } })
}
