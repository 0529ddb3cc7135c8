//! Contacts that may be the same person.

use cardex::duplicates::{DuplicateGroup, DuplicatePair};
use cardex::{Cursor, Session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::Limit;
use crate::contact::{Summary, cursor_text};
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct FindDuplicates;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Only pairs with at least this score. The default is 0.8. Below 0.7, many are different people.
    #[schemars(range(min = 0.0, max = 1.0))]
    min_score: Option<f64>,
    /// Groups of a page. The default is 20.
    #[serde(default)]
    limit: Limit,
    /// The member next of a result with the same other arguments.
    after: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    groups: Vec<Group>,
    /// The argument after of the next page. It is absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Whether the call stopped early. Continue with next.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

/// Contacts that may be the same person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Group {
    /// The oldest first.
    contacts: Vec<Summary>,
    pairs: Vec<Pair>,
}

/// Two contacts of a group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Pair {
    first: String,
    second: String,
    /// How likely they are the same person, 0 to 1.
    score: f64,
    /// What agrees.
    evidence: Vec<String>,
    /// The fields that disagree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<String>,
}

impl From<DuplicatePair> for Pair {
    fn from(pair: DuplicatePair) -> Self {
        let kind = |kind| serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        Self {
            first: pair.first.to_string(),
            second: pair.second.to_string(),
            score: pair.score,
            evidence: pair.evidence.iter().filter_map(|evidence| kind(evidence.kind)).collect(),
            conflicts: pair.conflicts.iter().map(|field| field.as_str().to_owned()).collect(),
        }
    }
}

impl From<DuplicateGroup> for Group {
    fn from(group: DuplicateGroup) -> Self {
        Self {
            contacts: group
                .contacts
                .into_iter()
                .map(|contact| cardex::ContactSummary::from(contact).into())
                .collect(),
            pairs: group.pairs.into_iter().map(Pair::from).collect(),
        }
    }
}

impl ToolType for FindDuplicates {
    const NAME: &'static str = "find_duplicates";
    const TITLE: &'static str = "Find duplicates";
    const DESCRIPTION: &'static str = "Proposes contacts that may be the same person, with what agrees and what disagrees. Nothing is \
        merged: look at both contacts, then use merge_contacts for a pair that a person wants to merge.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for FindDuplicates {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let mut list = session.duplicates().limit(input.limit.get());
        if let Some(score) = input.min_score {
            list = list.min_score(score);
        }
        if let Some(after) = &input.after {
            list = list.after(after.parse::<Cursor>()?);
        }
        let page = list.page()?;
        Ok(Output {
            groups: page.items.into_iter().map(Group::from).collect(),
            next: cursor_text(page.after),
            incomplete: page.incomplete,
        })
    }
}
