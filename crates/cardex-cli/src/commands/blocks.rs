//! `blocks`: numbers that an advisor, or the tenant, does not talk to.

use cardex::{Block, BlockOutcome, BlockReason, Error, NewBlock, UnblockOutcome};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::args::{Global, Named};
use crate::commands::Done;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::Out;

/// List, block or unblock numbers of an advisor or of the tenant
#[derive(Debug, Args)]
pub(crate) struct Blocks {
    /// The advisor, by id or e-mail address, or "tenant" for the tenant as a whole
    #[arg(value_name = "ADVISOR", value_parser = whose)]
    whose: Whose,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Clone)]
enum Whose {
    Advisor(Named),
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

fn whose(text: &str) -> Result<Whose, String> {
    if text == "tenant" {
        return Ok(Whose::Tenant);
    }
    text.parse().map(Whose::Advisor).map_err(|error| format!("{error}, or \"tenant\""))
}

impl Blocks {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match (self.whose, self.verb) {
            (Whose::Advisor(advisor), None) => print(&session.blocked(advisor.id(&session)?)?, out),
            (Whose::Advisor(advisor), Some(Verb::Add(add))) => {
                let comment = add.comment.unwrap_or_default();
                let new = |number: &String| NewBlock::new(number, add.reason.into()).comment(&comment);
                let outcomes =
                    session.block(advisor.id(&session)?, add.numbers.iter().map(new).collect::<Vec<_>>())?;
                let told = outcomes.into_iter().map(|outcome| match outcome {
                    BlockOutcome::Blocked => Ok("blocked"),
                    BlockOutcome::Updated => Ok("updated"),
                    BlockOutcome::Refused(error) => Err(error),
                    _ => Ok("done"),
                });
                tell(&add.numbers, told, out)
            }
            (Whose::Advisor(advisor), Some(Verb::Remove(Remove { numbers }))) => {
                let outcomes = session.unblock(advisor.id(&session)?, numbers.clone())?;
                let told = outcomes.into_iter().map(|outcome| match outcome {
                    UnblockOutcome::Unblocked => Ok("unblocked"),
                    UnblockOutcome::NotBlocked => Ok("not blocked"),
                    UnblockOutcome::Refused(error) => Err(error),
                    _ => Ok("done"),
                });
                tell(&numbers, told, out)
            }
            (Whose::Tenant, None) => print(&session.blocked_by_tenant()?, out),
            (Whose::Tenant, Some(verb)) => {
                let (numbers, on) = match verb {
                    Verb::Add(add) => (add.numbers, true),
                    Verb::Remove(remove) => (remove.numbers, false),
                };
                let words = if on { ["blocked", "updated"] } else { ["unblocked", "not blocked"] };
                let told = numbers.iter().map(|number| {
                    let [done, idle] = words;
                    session.block_for_tenant(number, on).map(|changed| if changed { done } else { idle })
                });
                tell(&numbers, told, out)
            }
        }
    }
}

/// Tells what became of each number. One that was refused makes the command fail, after all others were told.
fn tell(
    numbers: &[String],
    outcomes: impl Iterator<Item = Result<&'static str, Error>>,
    out: &mut Out,
) -> Done {
    let mut refused = None;
    for (number, outcome) in numbers.iter().zip(outcomes) {
        match outcome {
            Ok(word) => out.done(&json!({ "phone": number, "done": word }), &format!("{word} {number}"))?,
            Err(error) if error.is_refusal() => {
                if let Some(earlier) = refused.replace(Failure::from(error)) {
                    out.finish()?;
                    earlier.report(out.json());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    refused.map_or(Ok(()), Err)
}

fn print(blocks: &[Block], out: &mut Out) -> Done {
    if out.json() {
        return Ok(blocks.iter().try_for_each(|block| out.item(&json!({ "block": block })))?);
    }
    let row = |block: &Block| {
        let reason = serde_json::to_value(block.reason).ok();
        let reason = reason.as_ref().and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let (phone, comment) = (block.phone.as_str(), block.comment.as_str());
        vec![phone.into(), reason.into(), comment.into(), block.created_at.to_string().into()]
    };
    Ok(out.table(&["phone", "reason", "comment", "at"], blocks.iter().map(row).collect())?)
}
