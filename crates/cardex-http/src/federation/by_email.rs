//! The deprecated forms of operations: advisors and contacts by e-mail address, and first versions of paths.

use crate::call::{ApiResponse, Call};
use crate::federation::dto::{ContactDto, EntitlementDto};
use crate::federation::errors::ApiError;
use crate::federation::{codes, contacts, entitlements, offboarding, params, permissions};
use cardex::{AdvisorId, Contact, EntityKind, Error, RuleViolation};

/// The call with other values in its path.
fn with_values(call: &Call, values: Vec<String>) -> Call {
    Call { values, ..call.clone() }
}

/// The advisor with an e-mail address.
fn advisor_of(call: &Call, email: &str) -> Result<AdvisorId, ApiError> {
    match call.session.directory().advisor(email) {
        Err(error @ Error::NotFound(EntityKind::Tenant, _)) => Err(error.into()),
        Err(error) if error.is_not_found() => Err(codes::ADVISOR_NOT_FOUND.into()),
        advisor => Ok(advisor?.id),
    }
}

/// The contact with an e-mail address on a network.
fn contact_of(call: &Call, email: &str, network: &str) -> Result<Contact, ApiError> {
    let list = call.session.contacts().network(params::network(network)?).email(email);
    match list.limit(1).page() {
        Err(Error::Invalid { .. }) => Err(codes::CONTACT_NOT_FOUND.into()),
        page => Ok(page?.items.pop().ok_or(codes::CONTACT_NOT_FOUND)?),
    }
}

/// The call with the id of the advisor in the place of the e-mail address, which is the first value.
fn with_advisor(call: &Call) -> Result<Call, ApiError> {
    let id = advisor_of(call, call.value(0))?.to_string();
    let rest = call.values.iter().skip(1).cloned();
    Ok(with_values(call, std::iter::once(id).chain(rest).collect()))
}

/// `findContacts`
pub(super) fn find_contact(call: &Call) -> Result<ApiResponse, ApiError> {
    let network = call.query.required("externalNetwork")?;
    let contact = contact_of(call, call.query.required("emailAddress")?, network)?;
    ApiResponse::ok(&ContactDto::from_contact(&contact, contacts::advisors_of(call, &contact)?))
}

/// `deleteContact`
pub(super) fn offboard_link(call: &Call) -> Result<ApiResponse, ApiError> {
    // The operation has no error for an unknown advisor: the contact is not linked to them.
    let advisor = advisor_of(call, call.value(0)).map_err(|_| codes::CONTACT_NOT_FOUND)?;
    let contact = contact_of(call, call.value(1), call.value(2))?.id;
    offboarding::offboard_link(&with_values(call, vec![contact.to_string(), advisor.to_string()]))
}

/// `findAdvisors`
pub(super) fn advisors_of_contact(call: &Call) -> Result<ApiResponse, ApiError> {
    let contact = contact_of(call, call.value(0), call.value(1))?.id;
    entitlements::of_contact(&with_values(call, vec![contact.to_string()]))
}

/// `findContactsOfAdvisor`
pub(super) fn contacts_of_advisor(call: &Call) -> Result<ApiResponse, ApiError> {
    contacts::contacts_of(&with_advisor(call)?)
}

/// `findAdvisor`: the grant of an advisor. Without a grant, the operation finds no advisor.
pub(super) fn find_advisor(call: &Call) -> Result<ApiResponse, ApiError> {
    let (who, network) = entitlements::advisor_and_network(call)?;
    match call.session.entitlements().get(who, &network) {
        Err(Error::Rule(RuleViolation::NoEntitlement)) => Err(codes::ADVISOR_NOT_FOUND.into()),
        grant => ApiResponse::ok(&EntitlementDto::from_entitlement(&grant?, true)),
    }
}

/// `listAdvisorPermissionsByEmail`
pub(super) fn permissions(call: &Call) -> Result<ApiResponse, ApiError> {
    permissions::list(&with_advisor(call)?)
}

/// `addPermissionByEmail`
pub(super) fn add_permission(call: &Call) -> Result<ApiResponse, ApiError> {
    permissions::add(&with_advisor(call)?)
}

/// `removePermissionByEmail`: its success is 200.
pub(super) fn remove_permission(call: &Call) -> Result<ApiResponse, ApiError> {
    permissions::remove(&with_advisor(call)?).map(|_| ApiResponse::empty(200))
}
