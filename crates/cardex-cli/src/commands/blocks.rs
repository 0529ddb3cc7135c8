//! `blocks`: numbers that an advisor or the tenant blocks.

use cardex::Error;
use cardex::blocking::{BlockOutcome, BlockReason, BlockedNumber, NewBlockedNumber, UnblockOutcome};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::args::{AdvisorArg, Global};
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// List, block or unblock numbers
#[derive(Debug, Args)]
pub(crate) struct Blocks {
    /// The advisor, by id or e-mail address, or "tenant" for all advisors of the tenant
    #[arg(value_name = "ADVISOR", value_parser = parse_block_owner)]
    owner: BlockOwner,
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Debug, Clone)]
enum BlockOwner {
    Advisor(AdvisorArg),
    Tenant,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Block numbers
    Add(Add),
    /// Unblock numbers
    Remove(Remove),
}

#[derive(Debug, Args)]
struct Add {
    /// The numbers, in any notation
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    /// The reason
    #[arg(long, value_name = "REASON", default_value = "other")]
    reason: Reason,
    /// A comment
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

#[derive(Debug, Args)]
struct Remove {
    /// The numbers, in any notation
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Reason {
    Spam,
    Abuse,
    Compliance,
    Other,
}

impl From<Reason> for BlockReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Spam => Self::Spam,
            Reason::Abuse => Self::Abuse,
            Reason::Compliance => Self::Compliance,
            Reason::Other => Self::Other,
        }
    }
}

fn parse_block_owner(text: &str) -> Result<BlockOwner, String> {
    if text == "tenant" {
        return Ok(BlockOwner::Tenant);
    }
    text.parse().map(BlockOwner::Advisor).map_err(|error| format!("{error}, or \"tenant\""))
}

impl Blocks {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match (self.owner, self.command) {
            (BlockOwner::Advisor(advisor), None) => {
                print(&session.blocked_numbers().of_advisor(advisor.resolve(&session)?)?, out)
            }
            (BlockOwner::Advisor(advisor), Some(Verb::Add(add))) => {
                let comment = add.comment.unwrap_or_default();
                let new =
                    |number: &String| NewBlockedNumber::new(number, add.reason.into()).comment(&comment);
                let outcomes = session
                    .blocked_numbers()
                    .block(advisor.resolve(&session)?, add.numbers.iter().map(new).collect::<Vec<_>>())?;
                let results = outcomes.into_iter().map(|outcome| match outcome {
                    BlockOutcome::Blocked => Ok("blocked"),
                    BlockOutcome::Updated => Ok("updated"),
                    BlockOutcome::Rejected(error) => Err(error),
                    _ => Ok("done"),
                });
                report_outcomes(&add.numbers, results, out)
            }
            (BlockOwner::Advisor(advisor), Some(Verb::Remove(Remove { numbers }))) => {
                let outcomes =
                    session.blocked_numbers().unblock(advisor.resolve(&session)?, numbers.clone())?;
                let results = outcomes.into_iter().map(|outcome| match outcome {
                    UnblockOutcome::Unblocked => Ok("unblocked"),
                    UnblockOutcome::NotBlocked => Ok("not blocked"),
                    UnblockOutcome::Rejected(error) => Err(error),
                    _ => Ok("done"),
                });
                report_outcomes(&numbers, results, out)
            }
            (BlockOwner::Tenant, None) => print(&session.blocked_numbers().of_tenant()?, out),
            (BlockOwner::Tenant, Some(command)) => {
                let (numbers, blocked) = match command {
                    Verb::Add(add) => (add.numbers, true),
                    Verb::Remove(remove) => (remove.numbers, false),
                };
                let words = if blocked { ["blocked", "updated"] } else { ["unblocked", "not blocked"] };
                let results = numbers.iter().map(|number| {
                    let [done, unchanged] = words;
                    session
                        .blocked_numbers()
                        .set_for_tenant(number, blocked)
                        .map(|changed| if changed { done } else { unchanged })
                });
                report_outcomes(&numbers, results, out)
            }
        }
    }
}

/// Reports the result for each number. After all are reported, the command fails if one was rejected.
fn report_outcomes(
    numbers: &[String],
    outcomes: impl Iterator<Item = Result<&'static str, Error>>,
    out: &mut Output,
) -> CommandResult {
    let mut rejection = None;
    for (number, outcome) in numbers.iter().zip(outcomes) {
        match outcome {
            Ok(word) => {
                out.write_result(&json!({ "phone": number, "done": word }), &format!("{word} {number}"))?;
            }
            Err(error) if error.is_client_error() => {
                if let Some(earlier) = rejection.replace(Failure::from(error)) {
                    out.flush()?;
                    earlier.report(out.is_json());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    rejection.map_or(Ok(()), Err)
}

fn print(blocks: &[BlockedNumber], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(blocks.iter().try_for_each(|block| out.write_json_line(&json!({ "block": block })))?);
    }
    let row = |block: &BlockedNumber| {
        let reason = serde_json::to_value(block.reason).ok();
        let reason = reason.as_ref().and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let (phone, comment) = (block.phone.as_str(), block.comment.as_str());
        vec![phone.into(), reason.into(), comment.into(), block.created_at.to_string().into()]
    };
    Ok(out.write_table(&["phone", "reason", "comment", "at"], blocks.iter().map(row).collect())?)
}
