//! Search as people type.

use cardex::{Cursor, Filter, Session, SummaryHit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::Limit;
use crate::contact::{Summary, cursor_text};
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct SearchContacts;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Starts of words of a name, company, e-mail address, phone number or identifier, in any order.
    #[schemars(length(max = 256))]
    text: String,
    /// Also find words with typing errors.
    #[serde(default)]
    fuzzy: bool,
    /// Only contacts that match; see `list_contacts` for the syntax.
    #[schemars(length(max = 8192))]
    filter: Option<String>,
    /// Hits of a page. The default is 20.
    #[serde(default)]
    limit: Limit,
    /// The member next of a result with the same other arguments.
    after: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    /// Best first.
    hits: Vec<Hit>,
    /// The argument after of the next page. It is absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Whether the search stopped early. Continue with next, or use a narrower text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Hit {
    #[serde(flatten)]
    contact: Summary,
    /// The field that matched.
    matched: String,
    /// The number of typing errors.
    #[serde(skip_serializing_if = "is_zero")]
    errors: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u8) -> bool {
    *number == 0
}

impl From<SummaryHit> for Hit {
    fn from(hit: SummaryHit) -> Self {
        let matched = hit.matched.field.as_str().to_owned();
        Self { contact: hit.summary.into(), matched, errors: hit.matched.distance }
    }
}

impl ToolType for SearchContacts {
    const NAME: &'static str = "search_contacts";
    const TITLE: &'static str = "Search contacts";
    const DESCRIPTION: &'static str = "Finds contacts by the starts of words, best first: names, company, e-mail address, phone number. \
        Use it to find a person. get_contact reads the rest of a hit.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for SearchContacts {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let mut search = session.search(input.text).fuzzy(input.fuzzy).limit(input.limit.get());
        if let Some(filter) = &input.filter {
            search = search.filter(filter.parse::<Filter>()?);
        }
        if let Some(after) = &input.after {
            search = search.after(after.parse::<Cursor>()?);
        }
        let page = search.summaries()?;
        Ok(Output {
            hits: page.items.into_iter().map(Hit::from).collect(),
            next: cursor_text(page.after),
            incomplete: page.incomplete,
        })
    }
}
