//! The operations of the API: where each is, what answers it, and which errors it declares.

use http::Method;

use crate::auth::TokenLocation;
use crate::call::ApiResponse;
use crate::federation::codes as c;
use crate::federation::codes::FederationCode;
use crate::federation::errors::ApiError;
use crate::federation::{
    Federation, blocks, contacts, deprecated_routes, directory, entitlements, groups, offboarding,
    onboarding, permissions, search,
};
use crate::form;
use crate::operation::{ProductApi, Route, declaring_errors, delete, get, post, put};

impl ProductApi for Federation {
    type Error = FederationCode;
    type DeclaredError = FederationCode;
    const TOKEN: TokenLocation = TokenLocation::Bearer;

    fn routes() -> &'static [Route<Self>] {
        static ALL: std::sync::LazyLock<Vec<Route<Federation>>> =
            std::sync::LazyLock::new(|| ROUTES.into_iter().chain(deprecated_routes::ROUTES).collect());
        &ALL
    }

    fn query_names(route: &Route<Self>) -> Option<&'static [&'static str]> {
        let found =
            QUERY_NAMES.iter().find(|(method, path, _)| route.method == *method && route.path == *path);
        Some(found.map_or(&[], |(.., names)| names))
    }

    fn accepts_media(_: &Route<Self>, media_type: &str) -> bool {
        form::is_json(media_type)
    }

    fn error_response(error: &ApiError, declared: &[FederationCode]) -> ApiResponse {
        error.problem(declared).to_response()
    }
}

/// The query parameters, by method and path. Another parameter is 400. The search has cursors, which its OpenAPI file omits.
const QUERY_NAMES: &[(Method, &str, &[&str])] = &[
    (
        Method::GET,
        "/api/v2/customer/contacts",
        &[
            "externalNetwork",
            "emailAddress",
            "phoneNumber",
            "symphonyId",
            "advisorSymphonyId",
            "phoneBlocked",
            "before",
            "after",
        ],
    ),
    (Method::GET, "/api/v2/customer/contact", &["phoneNumber", "externalNetwork", "federationGroupId"]),
    (Method::GET, "/api/v2/customer/contacts/{contactSymphonyId}/advisors", &["before", "after"]),
    (
        Method::GET,
        "/api/v1/customer/advisors/{advisorSymphonyId}/externalNetwork/{externalNetwork}/contacts",
        &["before", "after"],
    ),
    (
        Method::GET,
        "/api/v1/customer/contacts/externalNetwork/{externalNetwork}/search",
        &["query", "before", "after"],
    ),
    (Method::GET, "/api/v1/customer/companies/search", &["query"]),
    (Method::DELETE, "/api/v2/customer/advisors/{advisorSymphonyId}/blockedPhoneNumbers", &["phoneNumbers"]),
    (
        Method::GET,
        "/api/v1/customer/entitlements/externalNetwork/{externalNetwork}/advisors",
        &["before", "after", "listPermissions"],
    ),
    (
        Method::GET,
        "/api/v2/customer/advisor/entitlements",
        &["advisorEmailAddress", "advisorSymphonyId", "externalNetwork"],
    ),
    (
        Method::DELETE,
        "/api/v2/customer/advisor/entitlements",
        &["advisorEmailAddress", "advisorSymphonyId", "externalNetwork"],
    ),
    (Method::GET, "/api/v1/customer/federationGroups", &["before", "after"]),
    (Method::GET, "/api/v1/customer/contacts", &["externalNetwork", "emailAddress"]),
    (
        Method::GET,
        "/api/v1/customer/advisors",
        &["externalNetwork", "advisorEmailAddress", "advisorSymphonyId"],
    ),
    (Method::DELETE, "/api/v1/customer/advisors/{advisorSymphonyId}/blockedPhoneNumbers", &["phoneNumbers"]),
];

/// The current operations, in the order of the OpenAPI file.
const ROUTES: [Route<Federation>; 31] = [
    declaring_errors(
        get("/api/v2/customer/contacts", contacts::list),
        &[
            c::INVALID_PAGE_CURSOR,
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::USER_ID_MISMATCH,
            c::CONTACT_NOT_FOUND,
            c::TENANT_NOT_FOUND,
        ],
    ),
    declaring_errors(
        post("/api/v2/customer/contacts", onboarding::add),
        &[
            // The nearest for a field that is wrong.
            c::INVALID_USER_INFORMATION,
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::PREFERRED_LANGUAGE_NOT_SUPPORTED,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::ONBOARDING_FORBIDDEN_ADVISOR,
            c::ONBOARDING_FORBIDDEN_ONBOARDER,
            c::FORBIDDEN_ENTITLEMENT_TYPE,
            c::USER_ID_MISMATCH,
            c::PHONE_INTERNATIONAL_FORBIDDEN,
            c::TENANT_CONFIGURATION_NOT_FOUND,
            c::USER_ALREADY_ONBOARDED,
            c::USER_ALREADY_EXISTS,
            c::ACCOUNT_CREATION_FAILED,
        ],
    ),
    declaring_errors(
        get("/api/v2/customer/contact", contacts::get),
        &[c::EXTERNAL_NETWORK_NOT_FOUND, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        put("/api/v2/customer/contacts/{contactSymphonyId}", onboarding::update),
        &[
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::PREFERRED_LANGUAGE_NOT_SUPPORTED,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::FORBIDDEN_ENTITLEMENT_TYPE,
            c::UPDATE_FORBIDDEN_ADVISOR,
            c::UPDATE_FORBIDDEN_CONTACT,
            c::SHARED_CONTACT,
            c::OWN_CONTACT_EMAIL,
            c::CONTACT_NOT_FOUND,
            c::ADVISOR_NOT_FOUND,
            c::TENANT_CONFIGURATION_NOT_FOUND,
            c::USER_ALREADY_EXISTS,
            c::ACCOUNT_UPDATE_FAILED,
        ],
    ),
    declaring_errors(
        delete("/api/v2/customer/contacts/{contactSymphonyId}", offboarding::of_contact),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        post("/api/v1/customer/contacts/{contactSymphonyId}/copy", onboarding::copy),
        &[
            c::COPY_NOT_SUPPORTED,
            c::FORBIDDEN_ENTITLEMENT_TYPE,
            c::COPY_IN_CHAT,
            c::CONTACT_NOT_FOUND,
            c::ALREADY_COPIED,
            c::ACCOUNT_COPY_FAILED,
        ],
    ),
    declaring_errors(
        post(
            "/api/v1/customer/contacts/{contactSymphonyId}/advisor/{advisorSymphonyId}/resendInvite",
            onboarding::invite,
        ),
        &[
            c::INVITES_NOT_CONFIGURED,
            c::INVITE_ALREADY_CONFIRMED,
            c::CONTACT_NOT_FOUND,
            c::RESEND_INVITE_FAILED,
        ],
    ),
    declaring_errors(
        delete(
            "/api/v2/customer/contacts/{contactSymphonyId}/advisor/{advisorSymphonyId}",
            offboarding::offboard_link,
        ),
        &[c::UNAUTHORIZED, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        delete("/api/v2/customer/contacts/advisor/{advisorSymphonyId}", offboarding::of_advisor),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND, c::CONTACT_NOT_FOUND],
    ),
    declaring_errors(
        post("/api/v2/customer/contacts/removal", offboarding::offboard_links),
        &[c::UNAUTHORIZED, c::FORBIDDEN],
    ),
    declaring_errors(
        get("/api/v2/customer/contacts/{contactSymphonyId}/advisors", entitlements::of_contact),
        &[
            c::INVALID_PAGE_CURSOR,
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::CONTACT_NOT_FOUND,
        ],
    ),
    declaring_errors(
        get(
            "/api/v1/customer/advisors/{advisorSymphonyId}/externalNetwork/{externalNetwork}/contacts",
            contacts::contacts_of,
        ),
        &[
            c::INVALID_PAGE_CURSOR,
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::ADVISOR_NOT_FOUND,
        ],
    ),
    get("/api/v1/customer/contacts/externalNetwork/{externalNetwork}/search", search::contacts),
    declaring_errors(
        get("/api/v1/customer/companies/search", search::companies),
        &[c::UNAUTHORIZED, c::FORBIDDEN],
    ),
    declaring_errors(
        post("/api/v2/customer/advisors/{advisorSymphonyId}/blockedPhoneNumbers", blocks::add),
        &[c::NOT_ENTITLED_ON_DIRECT, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        get("/api/v2/customer/advisors/{advisorSymphonyId}/blockedPhoneNumbers", blocks::list),
        &[c::NOT_ENTITLED_ON_DIRECT, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        delete("/api/v2/customer/advisors/{advisorSymphonyId}/blockedPhoneNumbers", blocks::remove),
        &[c::NOT_ENTITLED_ON_DIRECT, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        get("/api/v2/customer/entitlements", directory::entitlements),
        &[c::UNAUTHORIZED, c::FORBIDDEN],
    ),
    declaring_errors(
        post("/api/v2/customer/entitlements", entitlements::add),
        &[
            // The nearest for a field that is wrong.
            c::ADVISOR_NOT_NAMED,
            c::ENTITLEMENT_ALREADY_EXISTS,
            c::SYMPHONY_USER_NOT_FOUND,
            c::ENTITLEMENT_TYPE_NOT_FOUND,
            c::ADVISOR_PHONE_NOT_SUPPORTED,
            c::ADVISOR_PHONE_REQUIRED,
            c::PRE_ENTITLEMENT_PERMISSIONS,
            c::UNAUTHORIZED,
            c::FORBIDDEN_ENTITLEMENT_TYPE,
            c::TENANT_CONFIGURATION_NOT_FOUND,
            c::ADVISOR_PHONE_USED,
            c::PRE_ENTITLEMENT_MISMATCH,
            c::NUMBER_NOT_AVAILABLE,
            c::NUMBER_NOT_REGISTRABLE,
            c::NO_AVAILABLE_NUMBER,
        ],
    ),
    declaring_errors(
        get(
            "/api/v1/customer/entitlements/externalNetwork/{externalNetwork}/advisors",
            entitlements::advisors,
        ),
        &[c::EXTERNAL_NETWORK_NOT_FOUND, c::INVALID_PAGE_CURSOR, c::UNAUTHORIZED, c::FORBIDDEN],
    ),
    declaring_errors(
        get("/api/v2/customer/advisor/entitlements", entitlements::get),
        &[
            c::ADVISOR_NOT_NAMED,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::ENTITLEMENT_NOT_FOUND,
            c::NO_AVAILABLE_NUMBER,
        ],
    ),
    declaring_errors(
        delete("/api/v2/customer/advisor/entitlements", entitlements::withdraw),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ENTITLEMENT_NOT_FOUND],
    ),
    declaring_errors(
        get("/api/v1/customer/permissions", directory::permissions),
        &[c::UNAUTHORIZED, c::FORBIDDEN],
    ),
    get("/api/v1/customer/externalNetwork/{externalNetwork}/permissions", directory::network_permissions),
    declaring_errors(
        get(
            "/api/v2/customer/advisors/{advisorSymphonyId}/externalNetwork/{externalNetwork}/permissions",
            permissions::list,
        ),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND],
    ),
    declaring_errors(
        post(
            "/api/v2/customer/advisors/{advisorSymphonyId}/externalNetwork/{externalNetwork}/permissions",
            permissions::add,
        ),
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
            "/api/v2/customer/advisors/{advisorSymphonyId}/externalNetwork/{externalNetwork}/permissions/{permissionName}",
            permissions::remove,
        ),
        &[c::UNAUTHORIZED, c::FORBIDDEN, c::ADVISOR_NOT_FOUND, c::PERMISSION_NOT_FOUND],
    ),
    declaring_errors(
        post("/api/v2/customer/advisors/permissions", permissions::add_to_many),
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
        get("/api/v1/customer/federationGroups", groups::list),
        &[c::INVALID_PAGE_CURSOR, c::EXTERNAL_NETWORK_NOT_FOUND, c::UNAUTHORIZED, c::FORBIDDEN],
    ),
    declaring_errors(
        put(
            "/api/v1/customer/advisors/{advisorSymphonyId}/externalNetwork/{externalNetwork}/federationGroup",
            groups::move_one,
        ),
        &[
            c::GROUP_TARGET_MISSING,
            c::GROUP_TARGET_TWICE,
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::UNAUTHORIZED,
            c::GROUP_CLOSED,
            c::ADVISOR_NOT_FOUND,
            c::GROUP_NOT_FOUND,
        ],
    ),
    declaring_errors(
        post("/api/v1/customer/advisors/federationGroup/bulk", groups::move_many),
        &[
            c::EXTERNAL_NETWORK_NOT_FOUND,
            c::UNAUTHORIZED,
            c::FORBIDDEN,
            c::GROUP_NOT_FOUND,
            c::ADVISOR_NOT_FOUND,
        ],
    ),
];
