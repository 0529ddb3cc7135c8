//! Routes of the deprecated forms.

use crate::federation::codes as c;
use crate::federation::{Federation, blocks, by_email, entitlements};
use crate::operation::{Route, declaring_errors, delete, get, post};

const PERMISSIONS: &str = "/api/v1/customer/advisors/advisorEmailAddress/{advisorEmailAddress}/externalNetwork/{externalNetwork}/permissions";
const ENTITLEMENT: &str = "/api/v1/customer/entitlements/{symphonyId}/entitlementType/{entitlementType}";
const BLOCKED: &str = "/api/v1/customer/advisors/{advisorSymphonyId}/blockedPhoneNumbers";

/// In the order of the OpenAPI file.
pub(super) const ROUTES: [Route<Federation>; 13] = [
    declaring_errors(
        get("/api/v1/customer/contacts", by_email::find_contact),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        delete(
            "/api/v1/customer/contacts/advisorEmailAddress/{advisorEmailAddress}/contactEmailAddress/{contactEmailAddress}/externalNetwork/{externalNetwork}",
            by_email::offboard_link,
        ),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        get(
            "/api/v1/customer/contacts/contactEmailAddress/{contactEmailAddress}/externalNetwork/{externalNetwork}/advisors",
            by_email::advisors_of_contact,
        ),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        get(
            "/api/v1/customer/advisors/advisorEmailAddress/{advisorEmailAddress}/externalNetwork/{externalNetwork}/contacts",
            by_email::contacts_of_advisor,
        ),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        get("/api/v1/customer/advisors", by_email::find_advisor),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        get(PERMISSIONS, by_email::permissions),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        post(PERMISSIONS, by_email::add_permission),
        &[
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::TENANT_CONFIGURATION_NOT_FOUND,
            c::ADVISOR_NOT_FOUND,
            c::PERMISSION_NOT_FOUND,
            c::PERMISSION_ASSIGNED,
        ],
    ),
    declaring_errors(
        delete(
            "/api/v1/customer/advisors/advisorEmailAddress/{advisorEmailAddress}/externalNetwork/{externalNetwork}/permissions/{permissionName}",
            by_email::remove_permission,
        ),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND, c::PERMISSION_NOT_FOUND],
    ),
    declaring_errors(
        get(ENTITLEMENT, entitlements::get_by_path),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ENTITLEMENT_NOT_FOUND],
    ),
    declaring_errors(
        delete(ENTITLEMENT, entitlements::withdraw_by_path),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ENTITLEMENT_NOT_FOUND],
    ),
    declaring_errors(post(BLOCKED, blocks::add), &[c::NOT_ENTITLED_ON_DIRECT, c::ADVISOR_NOT_FOUND]),
    declaring_errors(get(BLOCKED, blocks::list), &[c::NOT_ENTITLED_ON_DIRECT, c::ADVISOR_NOT_FOUND]),
    declaring_errors(delete(BLOCKED, blocks::remove), &[c::NOT_ENTITLED_ON_DIRECT, c::ADVISOR_NOT_FOUND]),
];
