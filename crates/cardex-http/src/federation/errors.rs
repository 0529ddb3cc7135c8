//! How a refusal of the library is told in the contract's words.

use serde::Serialize;

use crate::fault::{self, Misdirected, Stranger};
use crate::federation::codes::{self, Code};
use crate::front::Answer;
use cardex::{Error, Field, Refusal, Thing};

/// Why a call has no answer.
pub(super) type Fault = fault::Fault<Code>;

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::Said(code)
    }
}

impl fault::Word for Code {
    fn stranger(why: Stranger) -> Self {
        match why {
            Stranger::Missing | Stranger::Rejected => codes::UNAUTHORIZED,
            Stranger::Forbidden => codes::FORBIDDEN,
            Stranger::WrongUser => codes::USER_ID_MISMATCH,
        }
    }

    fn misdirected(what: Misdirected) -> Self {
        match what {
            Misdirected::UnknownPath => codes::NO_SUCH_PATH,
            Misdirected::WrongMethod => codes::WRONG_METHOD,
            Misdirected::TooLarge => codes::TOO_LARGE,
        }
    }

    fn unwritten() -> Self {
        codes::INTERNAL
    }
}

/// The body of an error.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    r#type: &'static str,
    title: String,
    status: u16,
}

impl Problem {
    pub(super) fn new(code: Code, title: impl Into<String>) -> Self {
        Self { r#type: code.word, title: title.into(), status: code.status }
    }

    pub(super) const fn status(&self) -> u16 {
        self.status
    }

    /// Its `type`.
    pub(super) const fn word(&self) -> &'static str {
        self.r#type
    }

    pub(super) fn into_title(self) -> String {
        self.title
    }

    pub(super) fn answer(&self) -> Answer {
        Answer::error(self.status, self)
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

    /// One that the contract has no word for.
    pub(super) fn untyped(item: &str, status_code: u16, title: &str) -> Self {
        Self { item_id: item.to_owned(), r#type: "about:blank", title: title.to_owned(), status_code }
    }
}

/// The code that all items of a call were refused with, if it is one and there is any.
pub(super) fn common<'a>(done: impl IntoIterator<Item = &'a Result<(), Fault>>) -> Option<Code> {
    let mut common = None;
    for done in done {
        let code = done.as_ref().err()?.codes().first().copied()?;
        if *common.get_or_insert(code) != code {
            return None;
        }
    }
    common
}

impl Fault {
    /// The error that an operation which declares these answers with.
    pub(super) fn problem(&self, declared: &[Code]) -> Problem {
        let wanted = self.codes();
        let code = wanted.iter().copied().find(|code| declared.contains(code));
        let code = code.or_else(|| nearest(&wanted, declared));
        // What fails in the store is called by each operation's own word, the last one being nobody's.
        let failure = wanted.first().is_some_and(|code| code.status >= 500);
        let own = if failure { wanted.last() } else { wanted.first() };
        let code = code.or(own.copied()).unwrap_or(codes::INTERNAL);
        match self {
            // These name the field, and no value.
            Self::Flaw(flaw) => Problem::new(code, flaw.to_string()),
            Self::Book(error @ Error::Invalid { .. }) => Problem::new(code, error.to_string()),
            _ => code.problem(),
        }
    }

    /// What it is, best word first.
    fn codes(&self) -> Vec<Code> {
        match self {
            Self::Said(code) => vec![*code],
            Self::Flaw(flaw) => match flaw.field.as_str() {
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
            Self::Book(error) => of_error(error),
        }
    }
}

/// The declared error that is nearest to one that is not.
fn nearest(wanted: &[Code], declared: &[Code]) -> Option<Code> {
    let with = |status: u16| declared.iter().copied().find(|code| code.status == status);
    wanted.first().and_then(|code| match code.status {
        403 => with(403).or_else(|| with(401)).or_else(|| with(404)),
        409 => with(409).or_else(|| with(400)),
        500 | 503 => None,
        status => with(status),
    })
}

fn of_error(error: &Error) -> Vec<Code> {
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
        Error::Taken { .. } | Error::Exists(_) | Error::VersionConflict { .. } => {
            vec![codes::USER_ALREADY_EXISTS]
        }
        Error::NoContact(_) | Error::Merged { .. } => vec![codes::CONTACT_NOT_FOUND],
        Error::NoAdvisor(_) | Error::NoAdvisorWithEmail => {
            let nobody =
                [codes::ADVISOR_NOT_FOUND, codes::SYMPHONY_USER_NOT_FOUND, codes::ENTITLEMENT_NOT_FOUND];
            [&nobody[..], &[codes::ONBOARDING_FORBIDDEN_ADVISOR]].concat()
        }
        Error::NoSuch(Thing::Group, _) => vec![codes::GROUP_NOT_FOUND],
        Error::NoSuch(..) => vec![codes::TENANT_CONFIGURATION_NOT_FOUND, codes::TENANT_NOT_FOUND],
        Error::Forbidden(_) => vec![codes::FORBIDDEN],
        Error::Refused(refusal) => of_refusal(refusal),
        Error::BadCursor | Error::CursorMismatch => vec![codes::INVALID_PAGE_CURSOR],
        failure if failure.is_retryable() => [&codes::FAILED[..], &[codes::UNAVAILABLE]].concat(),
        _ => [&codes::FAILED[..], &[codes::INTERNAL]].concat(),
    }
}

fn of_refusal(refusal: &Refusal) -> Vec<Code> {
    let code = match refusal {
        Refusal::NetworkClosed => codes::FORBIDDEN_ENTITLEMENT_TYPE,
        Refusal::AdvisorNotEntitled(_) => codes::ONBOARDING_FORBIDDEN_ADVISOR,
        Refusal::NotTheOnboarder => codes::USER_ID_MISMATCH,
        Refusal::OnboarderNotEntitled => codes::ONBOARDING_FORBIDDEN_ONBOARDER,
        Refusal::ForeignNumber => codes::PHONE_INTERNATIONAL_FORBIDDEN,
        Refusal::LanguageNotSupported => codes::PREFERRED_LANGUAGE_NOT_SUPPORTED,
        Refusal::AlreadyOnboarded(_) => codes::USER_ALREADY_ONBOARDED,
        Refusal::AlreadyExists(_) => codes::USER_ALREADY_EXISTS,
        Refusal::SharedContact => codes::SHARED_CONTACT,
        Refusal::OwnContactEmail => codes::OWN_CONTACT_EMAIL,
        Refusal::PhoneFixed => codes::UPDATE_FORBIDDEN_CONTACT,
        Refusal::NotTheirContact => codes::UPDATE_FORBIDDEN_ADVISOR,
        Refusal::CopyNotSupported => codes::COPY_NOT_SUPPORTED,
        Refusal::InChat => codes::COPY_IN_CHAT,
        Refusal::AlreadyCopied => codes::ALREADY_COPIED,
        Refusal::InviteConfirmed => codes::INVITE_ALREADY_CONFIRMED,
        Refusal::NoInvitations => codes::INVITES_NOT_CONFIGURED,
        Refusal::NotDirect => codes::NOT_ENTITLED_ON_DIRECT,
        Refusal::EntitlementExists => codes::ENTITLEMENT_ALREADY_EXISTS,
        Refusal::NoEntitlement => {
            return vec![codes::ENTITLEMENT_NOT_FOUND, codes::FORBIDDEN, codes::ADVISOR_NOT_FOUND];
        }
        Refusal::NobodyNamed => codes::ADVISOR_NOT_NAMED,
        Refusal::NumberNotSupported => codes::ADVISOR_PHONE_NOT_SUPPORTED,
        Refusal::NumberRequired => codes::ADVISOR_PHONE_REQUIRED,
        Refusal::NumberTaken => codes::ADVISOR_PHONE_USED,
        Refusal::NumberMismatch => codes::PRE_ENTITLEMENT_MISMATCH,
        Refusal::NumberNotAvailable => codes::NUMBER_NOT_AVAILABLE,
        Refusal::NoNumberLeft => codes::NO_AVAILABLE_NUMBER,
        Refusal::NoPermissionsYet => codes::PRE_ENTITLEMENT_PERMISSIONS,
        Refusal::PermissionHeld => codes::PERMISSION_ASSIGNED,
        Refusal::NoPermission => codes::PERMISSION_NOT_FOUND,
        Refusal::GroupClosed => codes::GROUP_CLOSED,
        // Rules of which no route of this contract has a code: conversations, events, jobs, merges.
        _ => codes::INVALID_USER_INFORMATION,
    };
    vec![code]
}
