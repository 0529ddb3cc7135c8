//! Blocked numbers of advisors.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::errors::{ApiError, ItemError};
use crate::federation::params::advisor_at;
use crate::input::JsonFields;
use crate::input::ParamError;
use cardex::blocking::{BlockOutcome, BlockReason, BlockedNumber, NewBlockedNumber, UnblockOutcome};
use cardex::{Error, limits};

const COUNT_RULE: &str = "must have 1 to 100 items";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NumberList<T> {
    phone_numbers: Vec<T>,
}

/// What became of one number.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockResult {
    phone_number: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ItemError>,
}

impl BlockResult {
    fn done(phone_number: String) -> Self {
        Self { phone_number, status: 200, error: None }
    }

    fn rejected(phone_number: String, error: Error) -> Self {
        let problem = ApiError::from(error).problem(&[]);
        let status = problem.status();
        let error = Some(ItemError::new(&phone_number, problem));
        Self { phone_number, status, error }
    }

    fn not_blocked(phone_number: String) -> Self {
        let error = ItemError::untyped(&phone_number, 404, "The number is not blocked");
        Self { phone_number, status: 404, error: Some(error) }
    }
}

/// A reason by its name in the API.
fn parse_reason(name: &str) -> Result<BlockReason, ParamError> {
    let param_error = || ParamError::new("reason", "one of SPAM, ABUSE, COMPLIANCE, OTHER");
    serde_json::from_value(name.into()).map_err(|_| param_error())
}

/// `blockPhoneNumbersv2`
pub(super) fn add(call: &Call) -> Result<ApiResponse, ApiError> {
    let advisor = advisor_at(call, 0)?;
    let body = JsonFields::parse(&call.body)?;
    let (mut phones, mut blocks) = (Vec::new(), Vec::new());
    for item in body.list_of("phoneNumbers", 1..=limits::BLOCKED_NUMBERS, COUNT_RULE)? {
        let item = item.fields()?;
        let phone = item.required("phoneNumber")?;
        let block = NewBlockedNumber::new(phone, parse_reason(item.required("reason")?)?);
        blocks.push(block.comment(item.text("comment")?.unwrap_or_default()));
        phones.push(phone.to_owned());
    }
    let outcomes = call.session.blocked_numbers().block(advisor, blocks)?;
    let line = |(phone, outcome)| match outcome {
        BlockOutcome::Rejected(error) => BlockResult::rejected(phone, error),
        _ => BlockResult::done(phone),
    };
    ApiResponse::ok(&NumberList { phone_numbers: phones.into_iter().zip(outcomes).map(line).collect() })
}

/// `unblockPhoneNumbersv2`
pub(super) fn remove(call: &Call) -> Result<ApiResponse, ApiError> {
    let advisor = advisor_at(call, 0)?;
    let phones: Vec<String> = call.query.all("phoneNumbers").map(restore_plus).collect();
    if !(1..=limits::BLOCKED_NUMBERS).contains(&phones.len()) {
        return Err(ParamError::new("phoneNumbers", COUNT_RULE).into());
    }
    let outcomes = call.session.blocked_numbers().unblock(advisor, phones.clone())?;
    let line = |(phone, outcome)| match outcome {
        UnblockOutcome::NotBlocked => BlockResult::not_blocked(phone),
        UnblockOutcome::Rejected(error) => BlockResult::rejected(phone, error),
        _ => BlockResult::done(phone),
    };
    ApiResponse::ok(&NumberList { phone_numbers: phones.into_iter().zip(outcomes).map(line).collect() })
}

/// A number of a query, with the plus that is a space there.
fn restore_plus(phone: &str) -> String {
    phone.strip_prefix(' ').map_or_else(|| phone.to_owned(), |rest| format!("+{rest}"))
}

/// `getBlockPhoneNumbersv2`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        phone_number: String,
        reason: BlockReason,
        #[serde(skip_serializing_if = "String::is_empty")]
        comment: String,
    }
    let blocked = call.session.blocked_numbers().of_advisor(advisor_at(call, 0)?)?;
    let shape = |block: BlockedNumber| Shape {
        phone_number: block.phone,
        reason: block.reason,
        comment: block.comment,
    };
    ApiResponse::ok(&NumberList { phone_numbers: blocked.into_iter().map(shape).collect() })
}
