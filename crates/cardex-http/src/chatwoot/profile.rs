//! The caller as a user.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::params::own_session;
use crate::chatwoot::users::full_name;
use cardex::Actor;

#[derive(Serialize)]
struct Profile {
    /// The id of the advisor. An administrator is no person in the book.
    id: Option<i64>,
    name: String,
    display_name: String,
    available_name: String,
    email: String,
    uid: String,
    account_id: i64,
    role: &'static str,
    confirmed: bool,
    avatar_url: &'static str,
    provider: &'static str,
    accounts: [Account; 1],
}

#[derive(Serialize)]
struct Account {
    id: i64,
    name: String,
    status: &'static str,
    role: &'static str,
    permissions: [&'static str; 1],
}

/// `profile`
pub(super) fn profile(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = own_session(call)?;
    let account = session.directory().tenant()?;
    let advisor = match session.actor() {
        Actor::Agent(id) => Some(session.directory().advisor(id)?),
        _ => None,
    };
    let role = if advisor.is_some() { "agent" } else { "administrator" };
    let name = advisor.as_ref().map_or_else(|| "Administrator".to_owned(), full_name);
    let email = advisor.as_ref().map(|advisor| advisor.email.clone()).unwrap_or_default();
    ApiResponse::ok(&Profile {
        id: advisor.map(|advisor| advisor.id.0),
        display_name: name.clone(),
        available_name: name.clone(),
        name,
        uid: email.clone(),
        email,
        account_id: account.id.0,
        role,
        confirmed: true,
        avatar_url: "",
        provider: "email",
        accounts: [Account {
            id: account.id.0,
            name: account.name,
            status: "active",
            role,
            permissions: [role],
        }],
    })
}
