//! Numbers an advisor does not want to hear from.

use serde::Serialize;

use crate::federation::errors::{Fault, ItemError};
use crate::federation::params::advisor_at;
use crate::federation::{Answer, Call, Flaw};
use crate::input::Fields;
use cardex::{Block, BlockOutcome, BlockReason, Error, NewBlock, UnblockOutcome, limits};

const COUNT: &str = "must have 1 to 100 items";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Numbers<T> {
    phone_numbers: Vec<T>,
}

/// What became of one number.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    phone_number: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ItemError>,
}

impl Line {
    fn done(phone_number: String) -> Self {
        Self { phone_number, status: 200, error: None }
    }

    fn refused(phone_number: String, error: Error) -> Self {
        let problem = Fault::from(error).problem(&[]);
        let status = problem.status();
        let error = Some(ItemError::new(&phone_number, problem));
        Self { phone_number, status, error }
    }

    fn unknown(phone_number: String) -> Self {
        let error = ItemError::untyped(&phone_number, 404, "The number is not blocked");
        Self { phone_number, status: 404, error: Some(error) }
    }
}

/// A reason by its name in the contract.
fn reason(name: &str) -> Result<BlockReason, Flaw> {
    let flaw = || Flaw::new("reason", "one of SPAM, ABUSE, COMPLIANCE, OTHER");
    serde_json::from_value(name.into()).map_err(|_| flaw())
}

/// `blockPhoneNumbersv2`
pub(super) fn add(call: &Call) -> Result<Answer, Fault> {
    let advisor = advisor_at(call, 0)?;
    let body = Fields::parse(&call.body)?;
    let (mut phones, mut blocks) = (Vec::new(), Vec::new());
    for item in body.list_of("phoneNumbers", 1..=limits::BLOCKS, COUNT)? {
        let item = item.fields()?;
        let phone = item.needed("phoneNumber")?;
        let block = NewBlock::new(phone, reason(item.needed("reason")?)?);
        blocks.push(block.comment(item.text("comment")?.unwrap_or_default()));
        phones.push(phone.to_owned());
    }
    let outcomes = call.session.block(advisor, blocks)?;
    let line = |(phone, outcome)| match outcome {
        BlockOutcome::Refused(error) => Line::refused(phone, error),
        _ => Line::done(phone),
    };
    Answer::ok(&Numbers { phone_numbers: phones.into_iter().zip(outcomes).map(line).collect() })
}

/// `unblockPhoneNumbersv2`
pub(super) fn remove(call: &Call) -> Result<Answer, Fault> {
    let advisor = advisor_at(call, 0)?;
    let phones: Vec<String> = call.query.all("phoneNumbers").map(sent).collect();
    if !(1..=limits::BLOCKS).contains(&phones.len()) {
        return Err(Flaw::new("phoneNumbers", COUNT).into());
    }
    let outcomes = call.session.unblock(advisor, phones.clone())?;
    let line = |(phone, outcome)| match outcome {
        UnblockOutcome::NotBlocked => Line::unknown(phone),
        UnblockOutcome::Refused(error) => Line::refused(phone, error),
        _ => Line::done(phone),
    };
    Answer::ok(&Numbers { phone_numbers: phones.into_iter().zip(outcomes).map(line).collect() })
}

/// A number of a query, with the plus that is a space there.
fn sent(phone: &str) -> String {
    phone.strip_prefix(' ').map_or_else(|| phone.to_owned(), |rest| format!("+{rest}"))
}

/// `getBlockPhoneNumbersv2`
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        phone_number: String,
        reason: BlockReason,
        #[serde(skip_serializing_if = "String::is_empty")]
        comment: String,
    }
    let blocked = call.session.blocked(advisor_at(call, 0)?)?;
    let shape =
        |block: Block| Shape { phone_number: block.phone, reason: block.reason, comment: block.comment };
    Answer::ok(&Numbers { phone_numbers: blocked.into_iter().map(shape).collect() })
}
