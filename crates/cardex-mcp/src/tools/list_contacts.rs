//! Lists with conditions, in an order.

use cardex::{Count, Cursor, Filter, Session, SortOrder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::Limit;
use crate::contact::{Summary, cursor_text};
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct ListContacts;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Only contacts that match.
    #[schemars(length(max = 8192))]
    filter: Option<String>,
    /// name, email, phone, activity, created, company, city or country; - before it for descending. The default is name.
    sort: Option<String>,
    /// Contacts of a page. The default is 20.
    #[serde(default)]
    limit: Limit,
    /// The member next of a result with the same other arguments.
    after: Option<String>,
    /// Also count all contacts that match.
    #[serde(default)]
    count: bool,
    /// List the trash instead.
    #[serde(default)]
    trash: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    contacts: Vec<Summary>,
    /// The argument after of the next page. It is absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Whether the list stopped early. Continue with next, or use a narrower filter.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
    /// How many contacts match.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<Counted>,
}

/// How many contacts match.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Counted {
    contacts: u64,
    /// Whether it is the number. Otherwise there can be more.
    exact: bool,
}

impl From<Count> for Counted {
    fn from(count: Count) -> Self {
        match count {
            Count::AtLeast(contacts) => Self { contacts, exact: false },
            count => Self { contacts: count.exact().unwrap_or_default(), exact: true },
        }
    }
}

impl ToolType for ListContacts {
    const NAME: &'static str = "list_contacts";
    const TITLE: &'static str = "List contacts";
    const DESCRIPTION: &'static str = "Lists contacts in an order, all or those that match a filter. \
        A filter has conditions with and, or, not and brackets: \
        FIELD = VALUE, != VALUE, contains VALUE, starts VALUE, in (A, B), present, absent, where FIELD is first, last, name, nickname, \
        company, language, city, country, email, phone, identifier, or @KEY for an attribute; \
        created, updated or active with <, <=, > or >= and a day such as 2026-01-31, or \"7 days ago\" without quotes; \
        tag = NAME, tag present; network = CODE; blocked; online. A value with blanks, brackets or commas needs double quotes. \
        Example: company = \"Acme Corp\" and not tag = vip and updated >= 7 days ago";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for ListContacts {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let mut list = session.contacts().limit(input.limit.get());
        if let Some(filter) = &input.filter {
            list = list.filter(filter.parse::<Filter>()?);
        }
        if let Some(sort) = &input.sort {
            list = list.order(sort.parse::<SortOrder>()?);
        }
        if input.trash {
            list = list.trash();
        }
        let count = if input.count { Some(list.count()?.into()) } else { None };
        if let Some(after) = &input.after {
            list = list.after(after.parse::<Cursor>()?);
        }
        let page = list.summaries()?;
        Ok(Output {
            contacts: page.items.into_iter().map(Summary::from).collect(),
            next: cursor_text(page.after),
            incomplete: page.incomplete,
            count,
        })
    }
}
