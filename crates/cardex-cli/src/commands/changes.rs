//! `changes`: the log.

use std::time::Duration;

use cardex::Field;
use cardex::changes::Change;
use clap::Args;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Show what happened to contacts
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// What came after this number
    #[arg(long, alias = "since", value_name = "SEQ", default_value_t = 0)]
    after: i64,
    /// At most so many changes
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// Leave out what was done under this origin
    #[arg(long, value_name = "ORIGIN")]
    not_origin: Option<String>,
    /// Go on with what happens from now on, until interrupted; events too
    #[arg(long)]
    follow: bool,
}

const HEADER: [&str; 6] = ["seq", "at", "kind", "contact", "fields", "origin"];

impl Changes {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let mut after = self.after;
        // Subscribed before the log is read, so that no event between the two is lost.
        let mut news = session.subscribe()?;
        loop {
            let mut changes = session.changes().after(after).limit(self.limit);
            if let Some(origin) = &self.not_origin {
                changes = changes.exclude_origin(origin);
            }
            let page = changes.page()?;
            after = page.next;
            if page.items.is_empty() && page.more {
                continue; // nothing for us among so many
            }
            print(&page.items, out)?;
            if page.more && self.follow {
                out.flush()?;
                continue;
            }
            if page.more {
                out.write_message(&format!("more with --after {after}"))?;
            }
            break;
        }
        if !self.follow {
            return Ok(());
        }
        // What is held back would be told with what comes next, which may take long.
        out.flush()?;
        let (_, event) = news.position();
        news = news.after(after, event);
        if let Some(origin) = self.not_origin {
            news = news.exclude_origin(origin);
        }
        loop {
            let some = news.wait(Duration::from_secs(60))?;
            print(&some.changes, out)?;
            for event in &some.events {
                if out.is_json() {
                    out.write_json_line(event)?;
                } else {
                    let (seq, at) = (event.seq.to_string(), event.at.to_string());
                    let row = vec![seq, at, "event".into(), event.contact.to_string(), event.name.clone()];
                    let row = row.into_iter().chain([event.origin.clone()]).map(Into::into).collect();
                    out.write_table(&HEADER, vec![row])?;
                }
            }
            out.flush()?;
        }
    }
}

fn print(changes: &[Change], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(changes.iter().try_for_each(|change| out.write_json_line(change))?);
    }
    let row = |change: &Change| {
        let fields: Vec<&str> = change.fields.iter().copied().map(Field::as_str).collect();
        vec![
            change.seq.to_string().into(),
            change.at.to_string().into(),
            kind_name(change).into(),
            change.contact.to_string().into(),
            fields.join(" ").into(),
            change.origin.as_str().into(),
        ]
    };
    Ok(out.write_table(&HEADER, changes.iter().map(row).collect())?)
}

/// The kind as JSON has it.
fn kind_name(change: &Change) -> String {
    let word = serde_json::to_value(change.kind).ok();
    word.and_then(|word| word.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}
