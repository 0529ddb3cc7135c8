//! What advisors may do on a network.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::codes;
use crate::federation::codes::Problem;
use crate::federation::directory::PermissionDto;
use crate::federation::errors::{ApiError, common_code};
use crate::federation::params::{self, advisor_at};
use crate::input::JsonFields;
use cardex::entitlements::Permission;
use cardex::{AdvisorId, Error, Network, RuleViolation};

/// An advisor on a network.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdvisorOnNetwork<'a> {
    advisor_symphony_id: AdvisorId,
    external_network: &'a Network,
}

fn parse_permission(name: &str) -> Result<Permission, ApiError> {
    name.parse().map_err(|_| codes::PERMISSION_NOT_FOUND.into())
}

/// `listAdvisorPermissionsBySymphonyId`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Shape<'a> {
        #[serde(flatten)]
        place: AdvisorOnNetwork<'a>,
        permissions: Vec<PermissionDto>,
    }
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let permissions = call.session.entitlements().permissions(advisor, &network)?;
    let permissions = permissions.iter().map(PermissionDto::from).collect();
    let place = AdvisorOnNetwork { advisor_symphony_id: advisor, external_network: &network };
    ApiResponse::ok(&Shape { place, permissions })
}

/// `addPermissionBySymphonyId`
pub(super) fn add(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Shape<'a> {
        #[serde(flatten)]
        place: AdvisorOnNetwork<'a>,
        permission: PermissionDto,
    }
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let permission = parse_permission(JsonFields::parse(&call.body)?.required("permissionName")?)?;
    call.session.entitlements().grant(advisor, &network, permission)?;
    let place = AdvisorOnNetwork { advisor_symphony_id: advisor, external_network: &network };
    ApiResponse::ok(&Shape { place, permission: permission.into() })
}

/// `removePermissionBySymphonyIdv2`
pub(super) fn remove(call: &Call) -> Result<ApiResponse, ApiError> {
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let permission = parse_permission(call.value(2))?;
    match call.session.entitlements().revoke(advisor, &network, permission) {
        // An advisor without entitlement has no permission.
        Err(Error::Rule(RuleViolation::NoEntitlement)) => Err(RuleViolation::PermissionNotHeld.into()),
        done => Ok(done.map(|()| ApiResponse::empty(204))?),
    }
}

/// `addPermissionToMultipleAdvisor`: a line for each advisor. If they are all refused for one reason, the call is.
pub(super) fn add_to_many(call: &Call) -> Result<ApiResponse, ApiError> {
    let body = JsonFields::parse(&call.body)?;
    let network = params::network(body.required("externalNetwork")?)?;
    let permission = parse_permission(body.required("permissionName")?)?;
    let (mut asked, mut advisors) = (Vec::new(), Vec::new());
    for id in body.list_of("advisorSymphonyIds", 0..=usize::MAX, "any number")? {
        let id = id.text()?;
        let advisor = match params::advisor("advisorSymphonyIds", id) {
            Ok(advisor) => Some(advisor),
            Err(ApiError::Code(_)) => None,
            Err(error) => return Err(error),
        };
        advisors.extend(advisor);
        asked.push((id.to_owned(), advisor));
    }
    let mut done = call.session.entitlements().grant_to_many(&advisors, &network, permission)?.into_iter();
    let done = asked.into_iter().map(|(id, advisor)| match advisor.and_then(|_| done.next()) {
        Some((advisor, granted)) => (id, Some(advisor), granted.map_err(ApiError::from)),
        None => (id, None, Err(ApiError::Code(codes::ADVISOR_NOT_FOUND))),
    });
    let done: Vec<_> = done.collect();
    if let Some(error) = common_code(done.iter().map(|(.., granted)| granted)) {
        return Err(error.into());
    }
    let lines = done
        .iter()
        .map(|(id, advisor, granted)| grant_result(call, (id, *advisor), &network, permission, granted));
    ApiResponse::ok(&GrantReport { advisors_permissions: lines.collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GrantReport<'a> {
    advisors_permissions: Vec<GrantResult<'a>>,
}

#[derive(Serialize)]
struct GrantResult<'a> {
    status: u16,
    response: GrantedPermission<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<GrantError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GrantedPermission<'a> {
    advisor_symphony_id: String,
    external_network: &'a Network,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    permission: PermissionName,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PermissionName {
    permission_name: Permission,
}

#[derive(Serialize)]
struct GrantError {
    title: &'static str,
    detail: String,
}

fn grant_result<'a>(
    call: &Call,
    (id, advisor): (&str, Option<AdvisorId>),
    network: &'a Network,
    permission: Permission,
    granted: &Result<(), ApiError>,
) -> GrantResult<'a> {
    let problem = granted.as_ref().err().map(|error| error.problem(&[]));
    let known = advisor.and_then(|advisor| call.session.directory().advisor(advisor).ok());
    let response = GrantedPermission {
        advisor_symphony_id: id.to_owned(),
        external_network: network,
        email: known.map(|advisor| advisor.email).filter(|email| !email.is_empty()),
        permission: PermissionName { permission_name: permission },
    };
    let status = problem.as_ref().map_or(200, Problem::status);
    let error =
        problem.map(|problem| GrantError { title: problem.type_name(), detail: problem.into_title() });
    GrantResult { status, response, error }
}
