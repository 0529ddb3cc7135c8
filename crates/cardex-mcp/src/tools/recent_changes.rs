//! The newest entries of the change log.

use std::collections::HashMap;

use cardex::changes::{Change, ChangePage};
use cardex::{ContactId, Error, Filter, Session, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::{Limit, parse_text};
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct RecentChanges;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The member next of an earlier result: only changes after it. Without it, the newest changes.
    after: Option<String>,
    /// Changes of a page. The default is 20.
    #[serde(default)]
    limit: Limit,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    /// Oldest first.
    changes: Vec<Entry>,
    /// The argument after for later changes.
    next: String,
    /// Whether there are later changes already.
    more: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry {
    at: String,
    /// add, edit, link, unlink, trash, restore, purge, merge, absorbed, unmerge or separated.
    kind: String,
    /// The id of the contact.
    contact: String,
    /// Its name now. It is absent if the contact is in no list any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// The fields that changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// For merges, the id of the other contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<String>,
    /// The program that made the change.
    #[serde(skip_serializing_if = "String::is_empty")]
    origin: String,
}

impl ToolType for RecentChanges {
    const NAME: &'static str = "recent_changes";
    const TITLE: &'static str = "Read recent changes";
    const DESCRIPTION: &'static str =
        "Reads what happened to contacts: the newest changes, or those after an earlier result.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for RecentChanges {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let limit = input.limit.get();
        let page = match &input.after {
            Some(after) => session.changes().after(parse_text("after", after)?).limit(limit).page()?,
            None => newest(session, limit)?,
        };
        let names = names(session, &page.items)?;
        let entry = |change: Change| Entry {
            at: change.at.to_string(),
            kind: serde_json::to_value(change.kind)
                .ok()
                .and_then(|kind| kind.as_str().map(str::to_owned))
                .unwrap_or_default(),
            contact: change.contact.to_string(),
            display_name: names.get(&change.contact).cloned(),
            fields: change.fields.iter().map(|field| field.as_str().to_owned()).collect(),
            other: change.other.map(|id| id.to_string()),
            origin: change.origin,
        };
        Ok(Output {
            next: page.next.to_string(),
            more: page.more,
            changes: page.items.into_iter().map(entry).collect(),
        })
    }
}

/// The last changes. Some can be missing where others of the log are of other tenants, or are pruned.
fn newest(session: &Session, limit: usize) -> Result<ChangePage, ToolError> {
    let (last, _) = session.subscribe()?.position();
    let from = last.saturating_sub(i64::try_from(limit).unwrap_or(i64::MAX)).max(0);
    match session.changes().after(from).limit(limit).page() {
        Err(Error::Pruned { resume_after }) => {
            Ok(session.changes().after(resume_after).limit(limit).page()?)
        }
        page => Ok(page?),
    }
}

/// The names of the contacts that are in a list.
fn names(session: &Session, changes: &[Change]) -> Result<HashMap<ContactId, String>, ToolError> {
    let mut ids: Vec<ContactId> = changes.iter().map(|change| change.contact).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut names = HashMap::new();
    for ids in ids.chunks(limits::FILTER_VALUES) {
        let list = session.contacts().filter(Filter::id(ids.iter().copied())).limit(limits::FILTER_VALUES);
        names.extend(list.summaries()?.items.into_iter().map(|contact| (contact.id, contact.display_name)));
    }
    Ok(names)
}
