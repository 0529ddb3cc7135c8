//! `list`: contacts in an order, with filters; their sections or their count.

use cardex::{ContactList, SortOrder};
use clap::Args;
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::commands::contact_filters::ContactFilters;
use crate::commands::contact_output;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Output, PagePosition};

/// List contacts in an order
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filters: ContactFilters,
    /// Print the sections (first letters) instead, with the number of contacts in each
    #[arg(long, conflicts_with_all = ["section", "position", "limit", "after", "before"])]
    sections: bool,
    /// Start at this section, as --sections prints it
    #[arg(long, value_name = "LETTER", conflicts_with_all = ["after", "before"])]
    section: Option<String>,
    /// The sort key: name, email, phone, activity, created, company, city or country; a minus before it sorts descending
    #[arg(long, value_name = "ORDER", default_value = "name", allow_hyphen_values = true)]
    sort: SortOrder,
    /// Print the number of contacts instead
    #[arg(long, conflicts_with_all = ["sections", "section", "position", "limit", "after", "before"])]
    count: bool,
    /// Print the position of the page in the whole list
    #[arg(long)]
    position: bool,
    #[command(flatten)]
    paging: PageArgs,
}

impl List {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        let list = self.filters.list(&book)?.order(self.sort);
        if self.count {
            return count(&list, out);
        }
        if self.sections {
            return sections(&list, out);
        }
        let mut query = apply_paging!(list.clone(), self.paging);
        if let Some(label) = self.section {
            query = query.from_section(label);
        }
        let page = query.page()?;
        contact_output::print(&page.items, out)?;
        let position = if self.position {
            let first = page.before.as_ref().map_or(Ok(0), |before| list.position(before))?;
            Some(PagePosition { first, shown: page.items.len(), total: list.total()? })
        } else {
            None
        };
        Ok(out.end_page(&page, position)?)
    }
}

fn count(list: &ContactList<'_>, out: &mut Output) -> CommandResult {
    let count = list.count()?;
    if out.is_json() {
        return Ok(out.write_json_line(&count)?);
    }
    Ok(out.write_table(&["contacts"], vec![vec![count.to_string().into()]])?)
}

fn sections(list: &ContactList<'_>, out: &mut Output) -> CommandResult {
    let sections = list.sections()?;
    if out.is_json() {
        for section in sections {
            out.write_json_line(&json!({ "section": section.label, "contacts": section.contacts }))?;
        }
        return Ok(());
    }
    let rows =
        sections.into_iter().map(|section| vec![section.label.into(), section.contacts.to_string().into()]);
    Ok(out.write_table(&["section", "contacts"], rows.collect())?)
}
