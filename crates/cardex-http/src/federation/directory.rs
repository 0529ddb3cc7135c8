//! What a tenant and its networks have.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::errors::ApiError;
use crate::federation::params;
use cardex::Network;
use cardex::entitlements::Permission;

#[derive(Serialize)]
struct PermissionList<T> {
    permissions: Vec<T>,
}

/// A permission with its number: its position in the list of all permissions, from 1.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PermissionDto {
    permission_name: Permission,
    permission_id: String,
}

impl From<Permission> for PermissionDto {
    fn from(permission: Permission) -> Self {
        let place = Permission::ALL.iter().take_while(|known| **known != permission).count();
        Self { permission_name: permission, permission_id: place.saturating_add(1).to_string() }
    }
}

/// `listPermissions`: the names of all of them.
pub(super) fn permissions(_: &Call) -> Result<ApiResponse, ApiError> {
    ApiResponse::ok(&PermissionList { permissions: Permission::ALL.to_vec() })
}

/// `listEmpPermissions`: whether an entitlement on a network includes them.
pub(super) fn network_permissions(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        #[serde(flatten)]
        permission: PermissionDto,
        is_default: bool,
    }
    let policy = params::policy_at(call, 0)?;
    let shape = |permission: Permission| Shape {
        permission: permission.into(),
        is_default: policy.default_permissions.contains(permission),
    };
    ApiResponse::ok(&PermissionList { permissions: Permission::ALL.map(shape).into() })
}

/// `listEntitlements`: the networks the tenant may use.
pub(super) fn entitlements(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Shape {
        entitlements: Vec<Network>,
    }
    let mut entitlements = call.session.directory().tenant_networks()?;
    entitlements.retain(|network| *network != Network::BOOK);
    ApiResponse::ok(&Shape { entitlements })
}
