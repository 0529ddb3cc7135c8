//! Contacts leave advisors.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::codes;
use crate::federation::errors::ApiError;
use crate::federation::params::{self, advisor_at, contact_at};
use crate::input::JsonFields;
use cardex::onboarding::{OffboardResult, OffboardStatus};
use cardex::{AdvisorId, Network};

/// What happened to each link.
#[derive(Serialize)]
struct OffboardReport<T> {
    report: Vec<OffboardLine<T>>,
}

#[derive(Serialize)]
struct OffboardLine<T> {
    contact: T,
    status: OffboardStatus,
}

/// The report of a call that selects its links itself. Without links the result is an error.
fn offboard_response<T: Serialize>(
    removals: &[OffboardResult],
    link: impl Fn(&OffboardResult) -> T,
) -> Result<ApiResponse, ApiError> {
    // A link that somebody else cut since it was found is no line of these reports.
    let cut = removals.iter().filter(|removal| removal.status != OffboardStatus::NotFound);
    let report: Vec<_> =
        cut.map(|removal| OffboardLine { contact: link(removal), status: removal.status }).collect();
    if report.is_empty() {
        return Err(codes::CONTACT_NOT_FOUND.into());
    }
    ApiResponse::ok(&OffboardReport { report })
}

/// `deleteContactv2`: cuts one link.
pub(super) fn offboard_link(call: &Call) -> Result<ApiResponse, ApiError> {
    let contact = contact_at(call, 0)?;
    let advisor = advisor_at(call, 1)?;
    if call.session.unlink(contact, advisor)? {
        Ok(ApiResponse::empty(204))
    } else {
        Err(codes::CONTACT_NOT_FOUND.into())
    }
}

/// `deleteContactsBySymphonyIdAndExternalNetworkv2`: a contact leaves all advisors of the tenant.
pub(super) fn of_contact(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Link {
        advisor_symphony_id: AdvisorId,
    }
    let removals = call.session.onboarding().offboard_contact(contact_at(call, 0)?)?;
    offboard_response(&removals, |removal| Link { advisor_symphony_id: removal.advisor })
}

/// `deleteAdvisorContactsv2`: all contacts leave an advisor. Those on no messaging network too, without a line.
pub(super) fn of_advisor(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Link {
        advisor_symphony_id: AdvisorId,
        phone_number: String,
        external_network: Option<Network>,
    }
    let mut removals = call.session.onboarding().offboard_advisor(advisor_at(call, 0)?)?;
    removals.retain(|removal| removal.network.as_ref() != Some(&Network::BOOK));
    offboard_response(&removals, |removal| Link {
        advisor_symphony_id: removal.advisor,
        phone_number: removal.phone.as_ref().map_or_else(String::new, |phone| phone.text.clone()),
        external_network: removal.network.clone(),
    })
}

/// `deleteContactsv2`: cuts many links, each with a line of its own.
pub(super) fn offboard_links(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Link {
        advisor_symphony_id: String,
        contact_symphony_id: String,
    }
    let body = JsonFields::parse(&call.body)?;
    let (mut links, mut pairs) = (Vec::new(), Vec::new());
    for item in body.list("contacts")?.into_iter().flatten() {
        let item = item.fields()?;
        let (advisor, contact) = (item.required("advisorSymphonyId")?, item.required("contactSymphonyId")?);
        let pair = match (
            params::contact("contactSymphonyId", contact),
            params::advisor("advisorSymphonyId", advisor),
        ) {
            (Ok(contact), Ok(advisor)) => params::is_shown(call, contact)?.then_some((contact, advisor)),
            (Err(ApiError::Param(param_error)), _) | (_, Err(ApiError::Param(param_error))) => {
                return Err(param_error.into());
            }
            // The id is numeric, but no record has it.
            _ => None,
        };
        pairs.extend(pair);
        let link = Link { advisor_symphony_id: advisor.to_owned(), contact_symphony_id: contact.to_owned() };
        links.push((link, pair.is_some()));
    }
    let mut cut = call.session.onboarding().offboard(&pairs)?.into_iter();
    let report = links.into_iter().map(|(contact, asked)| {
        let removal = if asked { cut.next() } else { None };
        OffboardLine { contact, status: removal.map_or(OffboardStatus::NotFound, |removal| removal.status) }
    });
    let report: Vec<_> = report.collect();
    // A caller who may cut none of the links lacks the permission.
    let has = |status| report.iter().any(|line| line.status == status);
    if has(OffboardStatus::Failure) && !has(OffboardStatus::Success) {
        return Err(codes::FORBIDDEN.into());
    }
    ApiResponse::ok(&OffboardReport { report })
}
