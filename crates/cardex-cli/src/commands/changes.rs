//! `changes`: the change log, and with `--follow` new changes and events.

use std::time::Duration;

use cardex::Field;
use cardex::changes::Change;
use clap::Args;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Show the change log
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Changes after this number
    #[arg(long, alias = "since", value_name = "SEQ", default_value_t = 0)]
    after: i64,
    /// The maximum number of changes
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// Leave out changes with this origin
    #[arg(long, value_name = "ORIGIN")]
    not_origin: Option<String>,
    /// Then wait for new changes and events, until interrupted
    #[arg(long)]
    follow: bool,
}

const HEADER: [&str; 6] = ["seq", "at", "kind", "contact", "fields", "origin"];

impl Changes {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let mut after = self.after;
        // Subscribe before reading the log: no event in between is lost.
        let mut subscription = session.subscribe()?;
        loop {
            let mut changes = session.changes().after(after).limit(self.limit);
            if let Some(origin) = &self.not_origin {
                changes = changes.exclude_origin(origin);
            }
            let page = changes.page()?;
            after = page.next;
            if page.items.is_empty() && page.more {
                continue; // all changes that were scanned have the excluded origin
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
        // The next change may take long: do not hold back the output until then.
        out.flush()?;
        let (_, event) = subscription.position();
        subscription = subscription.after(after, event);
        if let Some(origin) = self.not_origin {
            subscription = subscription.exclude_origin(origin);
        }
        loop {
            let batch = subscription.wait(Duration::from_secs(60))?;
            print(&batch.changes, out)?;
            for event in &batch.events {
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

/// The name of the kind, as in JSON.
fn kind_name(change: &Change) -> String {
    let word = serde_json::to_value(change.kind).ok();
    word.and_then(|word| word.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}
