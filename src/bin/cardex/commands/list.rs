//! `list`: contacts in the order of names.

use cardex::{AdvisorId, ContactId, Network};
use clap::Args;
use serde_json::json;

use super::{Done, contact};
use crate::args::{Global, Paging, paged};
use crate::desk::Desk;
use crate::out::Out;

/// List contacts by name
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filters: Filters,
    /// List the letters of a network instead, with the number of contacts under each
    #[arg(long, requires = "network", conflicts_with_all = ["filter", "limit", "after", "before"])]
    sections: bool,
    #[command(flatten)]
    paging: Paging,
}

/// Which contacts.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// On this network only
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Among the contacts of this advisor only
    #[arg(long, value_name = "ID", group = "filter")]
    advisor: Option<AdvisorId>,
    /// With this e-mail address only
    #[arg(long, value_name = "ADDRESS", group = "filter")]
    email: Option<String>,
    /// With this phone only, in whatever form it is written
    #[arg(long, value_name = "NUMBER", group = "filter")]
    phone: Option<String>,
    /// With this id only
    #[arg(long, value_name = "ID", group = "filter")]
    id: Option<ContactId>,
    /// What is in the trash
    #[arg(long, conflicts_with = "advisor", group = "filter")]
    trash: bool,
}

impl Filters {
    /// The contacts, as the session lists them.
    pub(super) fn list(self, desk: &Desk) -> cardex::List<'_> {
        let mut list = desk.session.contacts();
        if let Some(network) = self.network {
            list = list.network(network);
        }
        if let Some(advisor) = self.advisor {
            list = list.advisor(advisor);
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
        if self.trash { list.trash() } else { list }
    }
}

impl List {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let desk = Desk::open(global)?;
        if let (true, Some(network)) = (self.sections, &self.filters.network) {
            return sections(&desk, network, out);
        }
        let page = paged!(self.filters.list(&desk), self.paging).page()?;
        contact::print(&page.items, out)?;
        Ok(out.page(&page)?)
    }
}

fn sections(desk: &Desk, network: &Network, out: &mut Out) -> Done {
    let sections = desk.session.sections(network)?;
    if out.json() {
        for (section, contacts) in sections {
            out.item(&json!({ "section": section, "contacts": contacts }))?;
        }
        return Ok(());
    }
    let rows = sections.into_iter().map(|(section, count)| vec![section.into(), count.to_string().into()]);
    Ok(out.table(&["section", "contacts"], rows.collect())?)
}
