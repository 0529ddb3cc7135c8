//! Entitlements: which advisor may use which network.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::codes;
use crate::federation::directory::PermissionDto;
use crate::federation::dto::{AdvisorPage, EntitlementDto, EntitlementPage};
use crate::federation::errors::{ApiError, ItemError};
use crate::federation::paging::{Pagination, fetch_page};
use crate::federation::params::{self, contact_at};
use crate::input::JsonFields;
use cardex::directory::AdvisorKey;
use cardex::entitlements::{NewEntitlement, Permission};
use cardex::{AdvisorId, ContactId, Network};

/// `listEntitledAdvisors`: with permissions on request only.
pub(super) fn advisors(call: &Call) -> Result<ApiResponse, ApiError> {
    let network = params::network(call.value(0))?;
    let permissions = call.query.flag("listPermissions")?.unwrap_or(false);
    let page = fetch_page!(call, call.session.entitlements().list(&network));
    let shape = |entitlement| EntitlementDto::from_entitlement(entitlement, permissions);
    let entitlements = page.items.iter().map(shape).collect();
    ApiResponse::ok(&EntitlementPage { entitlements, pagination: Pagination::from(&page) })
}

/// `findAdvisorsv2`: those of a contact.
pub(super) fn of_contact(call: &Call) -> Result<ApiResponse, ApiError> {
    let page = fetch_page!(call, call.session.entitlements().of(contact_at(call, 0)?));
    let advisors =
        page.items.iter().map(|entitlement| EntitlementDto::from_entitlement(entitlement, true)).collect();
    ApiResponse::ok(&AdvisorPage { advisors, pagination: Pagination::from(&page) })
}

/// The advisor and the network of a request. The id has precedence over the e-mail address.
pub(super) fn advisor_and_network(call: &Call) -> Result<(AdvisorKey, Network), ApiError> {
    let id = call.query.single("advisorSymphonyId")?;
    let email = call.query.single("advisorEmailAddress")?;
    let network = params::network(call.query.required("externalNetwork")?)?;
    let who = match (id, email) {
        (Some(id), _) => params::advisor("advisorSymphonyId", id)?.into(),
        (None, Some(email)) => email.into(),
        (None, None) => return Err(codes::ADVISOR_NOT_NAMED.into()),
    };
    Ok((who, network))
}

/// `getCustomerEntitlement`: one advisor's grant.
pub(super) fn get(call: &Call) -> Result<ApiResponse, ApiError> {
    let (who, network) = advisor_and_network(call)?;
    ApiResponse::ok(&EntitlementDto::from_entitlement(&call.session.entitlements().get(who, &network)?, true))
}

/// `deleteCustomerEntitlement`: withdraws the grant.
pub(super) fn withdraw(call: &Call) -> Result<ApiResponse, ApiError> {
    let (who, network) = advisor_and_network(call)?;
    call.session.entitlements().withdraw(who, &network)?;
    Ok(ApiResponse::empty(200))
}

/// `getCustomerEntitlementBySymphonyId`: advisor and network are in the path.
pub(super) fn get_by_path(call: &Call) -> Result<ApiResponse, ApiError> {
    let (advisor, network) = path_advisor_and_network(call)?;
    ApiResponse::ok(&EntitlementDto::from_entitlement(
        &call.session.entitlements().get(advisor, &network)?,
        true,
    ))
}

/// `deleteCustomerEntitlementBySymphonyId`
pub(super) fn withdraw_by_path(call: &Call) -> Result<ApiResponse, ApiError> {
    let (advisor, network) = path_advisor_and_network(call)?;
    call.session.entitlements().withdraw(advisor, &network)?;
    Ok(ApiResponse::empty(200))
}

/// An advisor without an id has no entitlement.
fn path_advisor_and_network(call: &Call) -> Result<(AdvisorId, Network), ApiError> {
    let advisor = params::advisor_at(call, 0).map_err(|_| codes::ENTITLEMENT_NOT_FOUND)?;
    Ok((advisor, params::network(call.value(1))?))
}

/// `addEntitlement`: opens a network for an advisor, or for a future advisor.
pub(super) fn add(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape<'a> {
        #[serde(flatten)]
        entitlement: EntitlementDto<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        own_contact_id: Option<ContactId>,
        permissions: Vec<PermissionOutcome>,
    }
    let body = JsonFields::parse(&call.body)?;
    let mut new = NewEntitlement::new(params::network(body.required("externalNetwork")?)?);
    if let Some(email) = body.text("advisorEmailAddress")? {
        new = new.email(email);
    }
    if let Some(id) = body.text("symphonyId")? {
        new = new.advisor(params::advisor("symphonyId", id)?);
    }
    if let Some(phone) = body.text("advisorPhoneNumber")? {
        new = new.phone(phone);
    }
    if let Some(group) = body.text("federationGroupId")? {
        new = new.group(params::group(group)?);
    }
    let mut unknown = Vec::new();
    for name in body.list("permissions")?.into_iter().flatten() {
        let name = name.text()?;
        match name.parse::<Permission>() {
            Ok(permission) => new = new.permissions([permission]),
            Err(_) => unknown.push(PermissionOutcome::Unknown {
                status: codes::PERMISSION_NOT_FOUND.status,
                error: ItemError::new(name, codes::PERMISSION_NOT_FOUND.problem()),
            }),
        }
    }
    let given = call.session.entitlements().add(new)?;
    let permissions =
        given.permissions.iter().map(|held| PermissionOutcome::Known { status: 201, response: held.into() });
    let permissions = permissions.chain(unknown).collect();
    let own_contact_id = given.own_contact;
    let entitlement = EntitlementDto::from_entitlement(&given, false);
    ApiResponse::with_status(201, &Shape { entitlement, own_contact_id, permissions })
}

/// A granted permission, or a requested name that is not a permission.
#[derive(Serialize)]
#[serde(untagged)]
enum PermissionOutcome {
    Known { status: u16, response: PermissionDto },
    Unknown { status: u16, error: ItemError },
}
