//! `outbox`: what the host has to bring about.

use cardex::Pending;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::commands::Done;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::Out;

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
    Ack(Number),
    /// Count a try
    Tried(Number),
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
struct Number {
    /// The number that `list` shows
    seq: i64,
}

impl Outbox {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match self.verb.unwrap_or(Verb::List(List { since: 0, limit: 100 })) {
            Verb::List(List { since, limit }) => print(&session.outbox_after(since, limit)?, limit, out),
            Verb::Ack(Number { seq }) => told(seq, session.acknowledge(seq)?, "acknowledged", out),
            Verb::Tried(Number { seq }) => told(seq, session.attempted(seq)?, "counted", out),
        }
    }
}

fn told(seq: i64, known: bool, word: &str, out: &mut Out) -> Done {
    if !known {
        return Err(Failure::found("not-found", format!("nothing with number {seq} is in the outbox")));
    }
    Ok(out.done(&json!({ "seq": seq, "done": word }), &format!("{word} {seq}"))?)
}

fn print(pending: &[Pending], limit: usize, out: &mut Out) -> Done {
    if out.json() {
        return Ok(pending.iter().try_for_each(|pending| out.item(pending))?);
    }
    let row = |pending: &Pending| {
        let mut fields = serde_json::to_value(&pending.effect).unwrap_or_default();
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
    out.table(&["seq", "at", "tries", "effect", "details"], pending.iter().map(row).collect())?;
    if let Some(last) = pending.last().filter(|_| pending.len() == limit) {
        out.note(&format!("more with outbox list --since {}", last.seq))?;
    }
    Ok(())
}
