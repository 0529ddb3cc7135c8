//! The errors of the API, and a few of HTTP that it leaves out.

use serde::Serialize;

use crate::call::ApiResponse;

/// An error a caller can get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FederationCode {
    pub(super) status: u16,
    /// Its `type`.
    pub(super) type_name: &'static str,
    pub(super) title: &'static str,
}

impl FederationCode {
    pub(super) fn problem(self) -> Problem {
        Problem::new(self, self.title)
    }
}

/// The body of an error.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    pub(super) r#type: &'static str,
    pub(super) title: String,
    pub(super) status: u16,
}

impl Problem {
    pub(super) fn new(code: FederationCode, title: impl Into<String>) -> Self {
        Self { r#type: code.type_name, title: title.into(), status: code.status }
    }

    pub(super) const fn status(&self) -> u16 {
        self.status
    }

    /// Its `type`.
    pub(super) const fn type_name(&self) -> &'static str {
        self.r#type
    }

    pub(super) fn into_title(self) -> String {
        self.title
    }

    pub(super) fn to_response(&self) -> ApiResponse {
        ApiResponse::error(self.status, self)
    }
}

macro_rules! define_codes {
    ($($name:ident = $status:literal $word:literal $title:literal;)*) => {
        $(pub(super) const $name: FederationCode = FederationCode { status: $status, type_name: $word, title: $title };)*
    };
}

define_codes! {
    UNAUTHORIZED = 401 "unauthorized" "The token is missing or not known";
    FORBIDDEN = 403 "Forbidden" "The caller may not do this";
    USER_ID_MISMATCH = 403 "user.id.mismatch" "The token is another user's than the one it is used for";
    INVALID_PAGE_CURSOR = 400 "invalid.page.cursor" "The cursor is not one of this list, or cannot be read";
    EXTERNAL_NETWORK_NOT_FOUND = 400 "external.network.not.found" "The external network is not known";
    CONTACT_NOT_FOUND = 404 "contact.not.found" "There is no such contact";
    TENANT_NOT_FOUND = 404 "tenant.not.found" "There is no such tenant";
    TENANT_CONFIGURATION_NOT_FOUND = 404 "tenant.configuration.not.found" "The tenant is not set up";
    ADVISOR_NOT_FOUND = 404 "advisor.not.found" "There is no such advisor";
    INVALID_USER_INFORMATION = 400 "invalid.user.information" "A field is wrong or missing";
    PREFERRED_LANGUAGE_NOT_SUPPORTED = 400 "preferred.language.not.supported" "The preferred language is not supported";
    ONBOARDING_FORBIDDEN_ADVISOR = 403 "onboarding.forbidden.advisor" "An advisor cannot have contacts on this network";
    ONBOARDING_FORBIDDEN_ONBOARDER = 403 "onboarding.forbidden.onboarder" "The onboarder may not create contacts on this network";
    FORBIDDEN_ENTITLEMENT_TYPE = 403 "forbidden.entitlement.type" "The network is not open to the tenant";
    PHONE_INTERNATIONAL_FORBIDDEN = 403 "phone.international.onboarding.forbidden" "Numbers of other countries cannot be onboarded";
    USER_ALREADY_ONBOARDED = 409 "user.already.onboarded" "The contact is onboarded for these advisors already";
    USER_ALREADY_EXISTS = 409 "user.already.exists" "The number or address belongs to another contact";
    ACCOUNT_CREATION_FAILED = 500 "account.creation.failed" "The contact could not be stored";
    UPDATE_FORBIDDEN_ADVISOR = 403 "update.forbidden.advisor" "The advisor may not change this contact";
    UPDATE_FORBIDDEN_CONTACT = 403 "update.forbidden.contact" "This of the contact cannot be changed";
    SHARED_CONTACT = 403 "multi.tenant.federated.user.update.attempt" "The contact is shared between tenants";
    OWN_CONTACT_EMAIL = 403 "cannot.edit.advisor.own.contact.email" "The e-mail address of an advisor's own contact cannot be changed";
    ACCOUNT_UPDATE_FAILED = 500 "account.update.failed" "The contact could not be stored";
    COPY_NOT_SUPPORTED = 400 "user.copy.not.supported.for.network" "Contacts of this network cannot be copied";
    COPY_IN_CHAT = 403 "user.copy.not.own.supported.for.ims" "The contact is still in a one-to-one chat";
    ALREADY_COPIED = 409 "current.tenant.has.own.user.copy" "The tenant has its own copy of this contact";
    ACCOUNT_COPY_FAILED = 500 "account.copy.failed" "The copy could not be stored";
    INVITE_ALREADY_CONFIRMED = 400 "invite.already.confirmed" "The contact has confirmed already";
    INVITES_NOT_CONFIGURED = 400 "invites.not.configured.on.emp" "Contacts of this network are not invited";
    RESEND_INVITE_FAILED = 500 "resend.invite.failed" "The invitation could not be stored";
    NOT_ENTITLED_ON_DIRECT = 403 "not.entitled.on.direct.emp" "The advisor is not entitled on a direct network";
    ENTITLEMENT_ALREADY_EXISTS = 400 "entitlement.already.exists" "The advisor is entitled on this network already";
    SYMPHONY_USER_NOT_FOUND = 400 "symphony.user.not.found" "There is no such user";
    ENTITLEMENT_TYPE_NOT_FOUND = 400 "entitlement.type.not.found" "The external network is not known";
    ADVISOR_NOT_NAMED = 400 "advisor.identifier.not.provided" "The advisor is named neither by id nor by e-mail address";
    ADVISOR_PHONE_NOT_SUPPORTED = 400 "advisor.phone.number.not.supported" "On this network advisors have no number of their own";
    ADVISOR_PHONE_REQUIRED = 400 "advisor.phone.number.is.required" "On this network an advisor needs a number of their own";
    PRE_ENTITLEMENT_PERMISSIONS = 400 "pre.entitlement.permissions.not.supported" "Permissions can be given once the advisor is there";
    ADVISOR_PHONE_USED = 409 "advisor.phone.number.already.used" "Another advisor has this number";
    PRE_ENTITLEMENT_MISMATCH = 409 "pre.entitlement.phone.number.mismatch" "The advisor was promised another number";
    NUMBER_NOT_AVAILABLE = 409 "number.not.available" "The number is not available";
    NUMBER_NOT_REGISTRABLE = 409 "number.registration.not.possible" "The number cannot be registered";
    ENTITLEMENT_NOT_FOUND = 404 "entitlement.not.found" "There is no such entitlement";
    NO_AVAILABLE_NUMBER = 500 "no.available.number" "The tenant has no number left";
    PERMISSION_NOT_FOUND = 404 "permission.not.found" "There is no such permission";
    PERMISSION_ASSIGNED = 409 "permission.already.assigned" "The advisor has this permission already";
    GROUP_TARGET_MISSING = 400 "missing.destination.federation.group" "Name a federation group, or ask for the default";
    GROUP_TARGET_TWICE = 400 "multiple.destination.federation.group" "Name a federation group or ask for the default, not both";
    GROUP_CLOSED = 403 "federation.group.external.network.forbidden" "The network is not active in this federation group";
    GROUP_NOT_FOUND = 404 "federation.group.not.found" "There is no such federation group";

    // The OpenAPI file does not define these codes.
    INTERNAL = 500 "internal.error" "The call failed";
    UNAVAILABLE = 503 "temporarily.unavailable" "The book is busy or full; try again";
    NO_SUCH_PATH = 404 "path.not.found" "There is no such path";
    WRONG_METHOD = 405 "method.not.allowed" "The path does not have this method";
    TOO_LARGE = 413 "request.too.large" "The body is too large";
    UNSUPPORTED_MEDIA = 415 "unsupported.media.type" "The body must be JSON, without a content encoding";
}

/// What fails in the store, by the operation that declares it.
pub(super) const FAILED: [FederationCode; 4] =
    [ACCOUNT_CREATION_FAILED, ACCOUNT_UPDATE_FAILED, ACCOUNT_COPY_FAILED, RESEND_INVITE_FAILED];
