//! Maps errors of the engine to codes of Symphony Federation.

use serde::Serialize;

use crate::api_error::{self, AuthFailure, RequestError};
use crate::federation::codes::{self, FederationCode, Problem};
use cardex::{EntityKind, Error, Field, RuleViolation};

/// Why a call has no answer.
pub(super) type ApiError = api_error::ApiError<FederationCode>;

impl From<FederationCode> for ApiError {
    fn from(code: FederationCode) -> Self {
        Self::Code(code)
    }
}

impl api_error::ErrorCode for FederationCode {
    fn auth_failure(why: AuthFailure) -> Self {
        match why {
            AuthFailure::Missing | AuthFailure::Rejected => codes::UNAUTHORIZED,
            AuthFailure::Forbidden => codes::FORBIDDEN,
            AuthFailure::WrongUser => codes::USER_ID_MISMATCH,
        }
    }

    fn request_error(what: RequestError) -> Self {
        match what {
            RequestError::UnknownPath => codes::NO_SUCH_PATH,
            RequestError::WrongMethod => codes::WRONG_METHOD,
            RequestError::TooLarge => codes::TOO_LARGE,
            RequestError::UnsupportedMedia => codes::UNSUPPORTED_MEDIA,
        }
    }

    fn serialization_failed() -> Self {
        codes::INTERNAL
    }
}

/// The error of one item of a bulk call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemError {
    item_id: String,
    r#type: &'static str,
    title: String,
    status_code: u16,
}

impl ItemError {
    pub(super) fn new(item: &str, problem: Problem) -> Self {
        let Problem { r#type, title, status } = problem;
        Self { item_id: item.to_owned(), r#type, title, status_code: status }
    }

    /// One that the API has no word for.
    pub(super) fn untyped(item: &str, status_code: u16, title: &str) -> Self {
        Self { item_id: item.to_owned(), r#type: "about:blank", title: title.to_owned(), status_code }
    }
}

/// The common error code of all items, if all failed with the same code.
pub(super) fn common_code<'a>(
    done: impl IntoIterator<Item = &'a Result<(), ApiError>>,
) -> Option<FederationCode> {
    let mut common = None;
    for done in done {
        let code = done.as_ref().err()?.candidate_codes().first().copied()?;
        if *common.get_or_insert(code) != code {
            return None;
        }
    }
    common
}

impl ApiError {
    /// The error that an operation which declares these answers with.
    pub(super) fn problem(&self, declared: &[FederationCode]) -> Problem {
        let candidates = self.candidate_codes();
        let code = candidates.iter().copied().find(|code| declared.contains(code));
        let code = code.or_else(|| nearest_declared(&candidates, declared));
        // For failures of the store, each operation has its own code. The last candidate is the general code.
        let failure = candidates.first().is_some_and(|code| code.status >= 500);
        let own = if failure { candidates.last() } else { candidates.first() };
        let code = code.or(own.copied()).unwrap_or(codes::INTERNAL);
        match self {
            // These name the field, and no value.
            Self::Param(param_error) => Problem::new(code, param_error.to_string()),
            Self::Engine(error @ Error::Invalid { .. }) => Problem::new(code, error.to_string()),
            _ => code.problem(),
        }
    }

    /// What it is, best word first.
    fn candidate_codes(&self) -> Vec<FederationCode> {
        match self {
            Self::Code(code) => vec![*code],
            Self::Param(param_error) => match param_error.field.as_str() {
                "externalNetwork" => {
                    vec![codes::EXTERNAL_NETWORK_NOT_FOUND, codes::ENTITLEMENT_TYPE_NOT_FOUND]
                }
                "symphonyId" | "advisorEmailAddress" => {
                    vec![codes::INVALID_USER_INFORMATION, codes::SYMPHONY_USER_NOT_FOUND]
                }
                "advisorPhoneNumber" => vec![codes::INVALID_USER_INFORMATION, codes::ADVISOR_PHONE_REQUIRED],
                "before" | "after" => vec![codes::INVALID_PAGE_CURSOR],
                _ => vec![codes::INVALID_USER_INFORMATION],
            },
            Self::Engine(error) => codes_of_error(error),
        }
    }
}

/// The declared error that is nearest to one that is not.
fn nearest_declared(candidates: &[FederationCode], declared: &[FederationCode]) -> Option<FederationCode> {
    let with = |status: u16| declared.iter().copied().find(|code| code.status == status);
    candidates.first().and_then(|code| match code.status {
        403 => with(403).or_else(|| with(401)).or_else(|| with(404)),
        409 => with(409).or_else(|| with(400)),
        500 | 503 => None,
        status => with(status),
    })
}

fn codes_of_error(error: &Error) -> Vec<FederationCode> {
    match error {
        Error::Invalid { field: Field::Network, .. } | Error::NoNetwork(_) => {
            vec![
                codes::EXTERNAL_NETWORK_NOT_FOUND,
                codes::ENTITLEMENT_TYPE_NOT_FOUND,
                codes::ENTITLEMENT_NOT_FOUND,
            ]
        }
        Error::Invalid { field: Field::Phone, .. } => {
            vec![codes::INVALID_USER_INFORMATION, codes::ADVISOR_PHONE_REQUIRED]
        }
        Error::Invalid { field: Field::Email, .. } => {
            vec![codes::INVALID_USER_INFORMATION, codes::SYMPHONY_USER_NOT_FOUND]
        }
        Error::Invalid { field: Field::Language, .. } => {
            vec![codes::PREFERRED_LANGUAGE_NOT_SUPPORTED, codes::INVALID_USER_INFORMATION]
        }
        Error::Invalid { .. } => vec![codes::INVALID_USER_INFORMATION],
        Error::Duplicate { .. } | Error::Exists(_) | Error::VersionConflict { .. } => {
            vec![codes::USER_ALREADY_EXISTS]
        }
        Error::NoContact(_) | Error::Merged { .. } => vec![codes::CONTACT_NOT_FOUND],
        Error::NoAdvisor(_) | Error::NoAdvisorWithEmail => {
            let unknown_advisor =
                [codes::ADVISOR_NOT_FOUND, codes::SYMPHONY_USER_NOT_FOUND, codes::ENTITLEMENT_NOT_FOUND];
            [&unknown_advisor[..], &[codes::ONBOARDING_FORBIDDEN_ADVISOR]].concat()
        }
        Error::NotFound(EntityKind::Group, _) => vec![codes::GROUP_NOT_FOUND],
        Error::NotFound(..) => vec![codes::TENANT_CONFIGURATION_NOT_FOUND, codes::TENANT_NOT_FOUND],
        Error::Forbidden(_) => vec![codes::FORBIDDEN],
        Error::Rule(refusal) => codes_of_violation(refusal),
        Error::BadCursor | Error::CursorMismatch => vec![codes::INVALID_PAGE_CURSOR],
        failure if failure.is_retryable() => [&codes::FAILED[..], &[codes::UNAVAILABLE]].concat(),
        _ => [&codes::FAILED[..], &[codes::INTERNAL]].concat(),
    }
}

fn codes_of_violation(refusal: &RuleViolation) -> Vec<FederationCode> {
    let code = match refusal {
        RuleViolation::NetworkClosed => codes::FORBIDDEN_ENTITLEMENT_TYPE,
        RuleViolation::AdvisorNotEntitled(_) => codes::ONBOARDING_FORBIDDEN_ADVISOR,
        RuleViolation::OnboarderMismatch => codes::USER_ID_MISMATCH,
        RuleViolation::OnboarderNotEntitled => codes::ONBOARDING_FORBIDDEN_ONBOARDER,
        RuleViolation::ForeignNumber => codes::PHONE_INTERNATIONAL_FORBIDDEN,
        RuleViolation::LanguageNotSupported => codes::PREFERRED_LANGUAGE_NOT_SUPPORTED,
        RuleViolation::AlreadyOnboarded(_) => codes::USER_ALREADY_ONBOARDED,
        RuleViolation::PhoneOfAnotherContact(_) => codes::USER_ALREADY_EXISTS,
        RuleViolation::SharedContact => codes::SHARED_CONTACT,
        RuleViolation::OwnContactEmail => codes::OWN_CONTACT_EMAIL,
        RuleViolation::PhoneImmutable => codes::UPDATE_FORBIDDEN_CONTACT,
        RuleViolation::ContactNotLinked => codes::UPDATE_FORBIDDEN_ADVISOR,
        RuleViolation::CopyNotSupported => codes::COPY_NOT_SUPPORTED,
        RuleViolation::InOneToOneConversation => codes::COPY_IN_CHAT,
        RuleViolation::AlreadyCopied => codes::ALREADY_COPIED,
        RuleViolation::InviteConfirmed => codes::INVITE_ALREADY_CONFIRMED,
        RuleViolation::InvitationsNotSupported => codes::INVITES_NOT_CONFIGURED,
        RuleViolation::NoDirectNetwork => codes::NOT_ENTITLED_ON_DIRECT,
        RuleViolation::EntitlementExists => codes::ENTITLEMENT_ALREADY_EXISTS,
        RuleViolation::NoEntitlement => {
            return vec![codes::ENTITLEMENT_NOT_FOUND, codes::FORBIDDEN, codes::ADVISOR_NOT_FOUND];
        }
        RuleViolation::AdvisorRequired => codes::ADVISOR_NOT_NAMED,
        RuleViolation::NumberNotSupported => codes::ADVISOR_PHONE_NOT_SUPPORTED,
        RuleViolation::NumberRequired => codes::ADVISOR_PHONE_REQUIRED,
        RuleViolation::NumberTaken => codes::ADVISOR_PHONE_USED,
        RuleViolation::NumberMismatch => codes::PRE_ENTITLEMENT_MISMATCH,
        RuleViolation::NumberNotAvailable => codes::NUMBER_NOT_AVAILABLE,
        RuleViolation::NumberPoolEmpty => codes::NO_AVAILABLE_NUMBER,
        RuleViolation::PermissionsNotYetAllowed => codes::PRE_ENTITLEMENT_PERMISSIONS,
        RuleViolation::PermissionHeld => codes::PERMISSION_ASSIGNED,
        RuleViolation::PermissionNotHeld => codes::PERMISSION_NOT_FOUND,
        RuleViolation::GroupClosed => codes::GROUP_CLOSED,
        // Rules of which no route of this API has a code: conversations, events, jobs, merges.
        _ => codes::INVALID_USER_INFORMATION,
    };
    vec![code]
}
