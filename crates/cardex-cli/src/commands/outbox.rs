//! `outbox`: messages that the host application has to deliver.

use cardex::outbox::OutboxMessage;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// List undelivered outbox messages, or report a delivery
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List undelivered messages, oldest first
    List(List),
    /// Acknowledge a delivered message: it leaves the outbox
    Ack(MessageArg),
    /// Count a delivery attempt
    Attempt(MessageArg),
}

#[derive(Debug, Args)]
struct List {
    /// Messages after this number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    since: i64,
    /// The maximum number of messages
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

#[derive(Debug, Args)]
struct MessageArg {
    /// The number that `list` shows
    seq: i64,
}

impl Outbox {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command.unwrap_or(Verb::List(List { since: 0, limit: 100 })) {
            Verb::List(List { since, limit }) => {
                print(&session.outbox().pending_after(since, limit)?, limit, out)
            }
            Verb::Ack(MessageArg { seq }) => {
                report_change(seq, session.outbox().acknowledge(seq)?, "acknowledged", out)
            }
            Verb::Attempt(MessageArg { seq }) => {
                report_change(seq, session.outbox().record_attempt(seq)?, "counted", out)
            }
        }
    }
}

fn report_change(seq: i64, known: bool, word: &str, out: &mut Output) -> CommandResult {
    if !known {
        return Err(Failure::new("not-found", format!("there is no message {seq} in the outbox")));
    }
    Ok(out.write_result(&json!({ "seq": seq, "done": word }), &format!("{word} {seq}"))?)
}

fn print(messages: &[OutboxMessage], limit: usize, out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(messages.iter().try_for_each(|message| out.write_json_line(message))?);
    }
    let row = |message: &OutboxMessage| {
        let mut fields = serde_json::to_value(&message.event).unwrap_or_default();
        let fields = fields.as_object_mut().map(std::mem::take).unwrap_or_default();
        let text = |value: &serde_json::Value| value.as_str().map_or(value.to_string(), ToOwned::to_owned);
        let effect = fields.get("effect").map(text).unwrap_or_default();
        let details = fields.iter().filter(|(name, _)| *name != "effect");
        let details: Vec<String> = details.map(|(name, value)| format!("{name}={}", text(value))).collect();
        vec![
            message.seq.to_string().into(),
            message.created_at.to_string().into(),
            message.attempts.to_string().into(),
            effect.into(),
            details.join(" ").into(),
        ]
    };
    out.write_table(&["seq", "at", "attempts", "event", "details"], messages.iter().map(row).collect())?;
    if let Some(last) = messages.last().filter(|_| messages.len() == limit) {
        out.write_message(&format!("more with outbox list --since {}", last.seq))?;
    }
    Ok(())
}
