//! `list`: contacts in an order, by conditions.

use cardex::{ContactId, Filter, Network, SortOrder};
use clap::Args;
use serde_json::json;

use crate::args::{AdvisorArg, BlockFilterArgs, Global, PageArgs, apply_paging};
use crate::commands::{CommandResult, contact_output};
use crate::open_store::OpenStore;
use crate::output::{Output, PagePosition};

/// List contacts, by name or in another order
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filters: Filters,
    /// List the letters instead, with the number of contacts under each
    #[arg(long, conflicts_with_all = ["section", "position", "limit", "after", "before"])]
    sections: bool,
    /// Start at this letter, as --sections writes it
    #[arg(long, value_name = "LETTER", conflicts_with_all = ["after", "before"])]
    section: Option<String>,
    /// What to sort by: name, email, phone, activity, created, company, city or country, with a minus in front for downwards
    #[arg(long, value_name = "ORDER", default_value = "name", allow_hyphen_values = true)]
    sort: SortOrder,
    /// Tell how many contacts there are instead
    #[arg(long, conflicts_with_all = ["sections", "section", "position", "limit", "after", "before"])]
    count: bool,
    /// Tell where in the whole list the page stands
    #[arg(long)]
    position: bool,
    #[command(flatten)]
    paging: PageArgs,
}

/// Which contacts.
#[derive(Debug, Clone, Args)]
pub(crate) struct Filters {
    /// On this network only
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Among the contacts of this advisor only, by id or e-mail address
    #[arg(long, value_name = "WHO")]
    advisor: Option<AdvisorArg>,
    /// With this e-mail address only
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// With this phone only, in whatever form it is written
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// With this id only
    #[arg(long, value_name = "ID")]
    id: Option<ContactId>,
    /// Who meets these conditions only, such as `company = Acme and (tag = vip or @plan != gold) and created > 2026-01-01`
    #[arg(long = "where", value_name = "CONDITIONS")]
    filter: Option<Filter>,
    /// What is in the trash
    #[arg(long, conflicts_with = "advisor")]
    trash: bool,
    #[command(flatten)]
    block_filter: BlockFilterArgs,
}

impl Filters {
    /// The contacts, as the session lists them.
    pub(super) fn list(self, desk: &OpenStore) -> cardex::Result<cardex::ContactList<'_>> {
        let mut list = desk.session.contacts();
        if let Some(network) = self.network {
            list = list.network(network);
        }
        if let Some(advisor) = self.advisor {
            list = list.advisor(advisor.resolve(&desk.session)?);
        }
        if let Some(email) = self.email {
            list = list.email(email);
        }
        if let Some(phone) = self.phone {
            list = list.phone(phone);
        }
        if let Some(id) = self.id {
            list = list.id(id);
        }
        if let Some(blocked) = self.block_filter.selected() {
            list = list.blocked(blocked);
        }
        if let Some(filter) = self.filter {
            list = list.filter(filter);
        }
        Ok(if self.trash { list.trash() } else { list })
    }
}

impl List {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let desk = OpenStore::open(global)?;
        let list = self.filters.list(&desk)?.order(self.sort);
        if self.count {
            return count(&list, out);
        }
        if self.sections {
            return sections(&list, out);
        }
        let mut from = apply_paging!(list.clone(), self.paging);
        if let Some(label) = self.section {
            from = from.from_section(label);
        }
        let page = from.page()?;
        contact_output::print(&page.items, out)?;
        let place = if self.position {
            let first = page.before.as_ref().map_or(Ok(0), |before| list.position(before))?;
            Some(PagePosition { first, shown: page.items.len(), total: list.total()? })
        } else {
            None
        };
        Ok(out.end_page(&page, place)?)
    }
}

fn count(list: &cardex::ContactList<'_>, out: &mut Output) -> CommandResult {
    let total = list.count()?;
    if out.is_json() {
        return Ok(out.write_json_line(&total)?);
    }
    let least = if total.exact { "" } else { "at least " };
    Ok(out.write_table(&["contacts"], vec![vec![format!("{least}{}", total.count).into()]])?)
}

fn sections(list: &cardex::ContactList<'_>, out: &mut Output) -> CommandResult {
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
