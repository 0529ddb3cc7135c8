//! Users of an account: its advisors.

use serde::Serialize;

use crate::chatwoot::errors::ApiError;
use cardex::{Advisor, AdvisorId, Error, Session, TenantId};

/// An advisor of the account.
#[derive(Debug, Clone, Serialize)]
pub(super) struct User {
    id: i64,
    account_id: i64,
    name: String,
    available_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    email: String,
    role: &'static str,
    thumbnail: &'static str,
}

impl User {
    /// The user; `None` if the caller may not see that advisor.
    pub(super) fn find(
        session: &Session,
        account: TenantId,
        id: AdvisorId,
    ) -> Result<Option<Self>, ApiError> {
        match session.directory().advisor(id) {
            Ok(advisor) => Ok(Some(Self::from_advisor(account, &advisor))),
            Err(Error::NoAdvisor(_) | Error::Forbidden(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn from_advisor(account: TenantId, advisor: &Advisor) -> Self {
        let name = full_name(advisor);
        let email = advisor.email.clone();
        let (id, account_id) = (advisor.id.0, account.0);
        Self { id, account_id, available_name: name.clone(), name, email, role: "agent", thumbnail: "" }
    }
}

/// The first and the last name.
pub(super) fn full_name(advisor: &Advisor) -> String {
    format!("{} {}", advisor.first_name, advisor.last_name).trim().to_owned()
}
