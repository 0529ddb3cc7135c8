//! `outbox`: what the host has to bring about.

use cardex::outbox::OutboxMessage;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Show what is to be brought about outside of the book, and say what was
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// What is left to do, oldest first
    List(List),
    /// Say that something was brought about: it leaves the outbox
    Ack(MessageArg),
    /// Count a try
    Tried(MessageArg),
}

#[derive(Debug, Args)]
struct List {
    /// What came after this number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    since: i64,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

#[derive(Debug, Args)]
struct MessageArg {
    /// The number that `list` shows
    seq: i64,
}

impl Outbox {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb.unwrap_or(Verb::List(List { since: 0, limit: 100 })) {
            Verb::List(List { since, limit }) => {
                print(&session.outbox().pending_after(since, limit)?, limit, out)
            }
            Verb::Ack(MessageArg { seq }) => {
                report_change(seq, session.outbox().acknowledge(seq)?, "acknowledged", out)
            }
            Verb::Tried(MessageArg { seq }) => {
                report_change(seq, session.outbox().record_attempt(seq)?, "counted", out)
            }
        }
    }
}

fn report_change(seq: i64, known: bool, word: &str, out: &mut Output) -> CommandResult {
    if !known {
        return Err(Failure::new("not-found", format!("nothing with number {seq} is in the outbox")));
    }
    Ok(out.write_result(&json!({ "seq": seq, "done": word }), &format!("{word} {seq}"))?)
}

fn print(pending: &[OutboxMessage], limit: usize, out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(pending.iter().try_for_each(|pending| out.write_json_line(pending))?);
    }
    let row = |pending: &OutboxMessage| {
        let mut fields = serde_json::to_value(&pending.event).unwrap_or_default();
        let fields = fields.as_object_mut().map(std::mem::take).unwrap_or_default();
        let text = |value: &serde_json::Value| value.as_str().map_or(value.to_string(), ToOwned::to_owned);
        let effect = fields.get("effect").map(text).unwrap_or_default();
        let rest = fields.iter().filter(|(name, _)| *name != "effect");
        let rest: Vec<String> = rest.map(|(name, value)| format!("{name}={}", text(value))).collect();
        vec![
            pending.seq.to_string().into(),
            pending.created_at.to_string().into(),
            pending.attempts.to_string().into(),
            effect.into(),
            rest.join(" ").into(),
        ]
    };
    out.write_table(&["seq", "at", "tries", "effect", "details"], pending.iter().map(row).collect())?;
    if let Some(last) = pending.last().filter(|_| pending.len() == limit) {
        out.write_message(&format!("more with outbox list --since {}", last.seq))?;
    }
    Ok(())
}
