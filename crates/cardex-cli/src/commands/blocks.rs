//! `blocks`: numbers that an advisor, or the tenant, does not talk to.

use cardex::Error;
use cardex::blocking::{BlockOutcome, BlockReason, BlockedNumber, NewBlockedNumber, UnblockOutcome};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::args::{AdvisorArg, Global};
use crate::commands::CommandResult;
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// List, block or unblock numbers of an advisor or of the tenant
#[derive(Debug, Args)]
pub(crate) struct Blocks {
    /// The advisor, by id or e-mail address, or "tenant" for the tenant as a whole
    #[arg(value_name = "ADVISOR", value_parser = parse_block_owner)]
    owner: BlockOwner,
    #[command(subcommand)]
    verb: Option<Verb>,
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
    /// The numbers, in whatever form
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    /// Why
    #[arg(long, value_name = "REASON", default_value = "other")]
    reason: Reason,
    /// A note
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

#[derive(Debug, Args)]
struct Remove {
    /// The numbers, in whatever form
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
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match (self.owner, self.verb) {
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
                let told = outcomes.into_iter().map(|outcome| match outcome {
                    BlockOutcome::Blocked => Ok("blocked"),
                    BlockOutcome::Updated => Ok("updated"),
                    BlockOutcome::Rejected(error) => Err(error),
                    _ => Ok("done"),
                });
                report_outcomes(&add.numbers, told, out)
            }
            (BlockOwner::Advisor(advisor), Some(Verb::Remove(Remove { numbers }))) => {
                let outcomes =
                    session.blocked_numbers().unblock(advisor.resolve(&session)?, numbers.clone())?;
                let told = outcomes.into_iter().map(|outcome| match outcome {
                    UnblockOutcome::Unblocked => Ok("unblocked"),
                    UnblockOutcome::NotBlocked => Ok("not blocked"),
                    UnblockOutcome::Rejected(error) => Err(error),
                    _ => Ok("done"),
                });
                report_outcomes(&numbers, told, out)
            }
            (BlockOwner::Tenant, None) => print(&session.blocked_numbers().of_tenant()?, out),
            (BlockOwner::Tenant, Some(verb)) => {
                let (numbers, on) = match verb {
                    Verb::Add(add) => (add.numbers, true),
                    Verb::Remove(remove) => (remove.numbers, false),
                };
                let words = if on { ["blocked", "updated"] } else { ["unblocked", "not blocked"] };
                let told = numbers.iter().map(|number| {
                    let [done, idle] = words;
                    session
                        .blocked_numbers()
                        .set_for_tenant(number, on)
                        .map(|changed| if changed { done } else { idle })
                });
                report_outcomes(&numbers, told, out)
            }
        }
    }
}

/// Tells what became of each number. One that was refused makes the command fail, after all others were told.
fn report_outcomes(
    numbers: &[String],
    outcomes: impl Iterator<Item = Result<&'static str, Error>>,
    out: &mut Output,
) -> CommandResult {
    let mut refused = None;
    for (number, outcome) in numbers.iter().zip(outcomes) {
        match outcome {
            Ok(word) => {
                out.write_result(&json!({ "phone": number, "done": word }), &format!("{word} {number}"))?
            }
            Err(error) if error.is_client_error() => {
                if let Some(earlier) = refused.replace(Failure::from(error)) {
                    out.flush()?;
                    earlier.report(out.is_json());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    refused.map_or(Ok(()), Err)
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
