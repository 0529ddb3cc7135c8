//! The filter options of `list` and `export`.

use cardex::{ContactId, ContactList, Filter, Network};
use clap::Args;

use crate::args::{AdvisorArg, BlockFilterArgs};
use crate::open_store::OpenStore;

/// Which contacts to list.
#[derive(Debug, Clone, Args)]
pub(super) struct ContactFilters {
    /// Only contacts on this network
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Only contacts of this advisor, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// Only contacts with this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Only contacts with this phone, in any notation
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Only the contact with this id
    #[arg(long, value_name = "ID")]
    id: Option<ContactId>,
    /// Only contacts that match this filter, such as `company = Acme and (tag = vip or @plan != gold) and created > 2026-01-01`
    #[arg(long = "where", value_name = "FILTER")]
    filter: Option<Filter>,
    /// The contacts in the trash instead
    #[arg(long, conflicts_with = "advisor")]
    trash: bool,
    #[command(flatten)]
    block_filter: BlockFilterArgs,
}

impl ContactFilters {
    /// The list of contacts with these filters.
    pub(super) fn list(self, book: &OpenStore) -> cardex::Result<ContactList<'_>> {
        let mut list = book.session.contacts();
        if let Some(network) = self.network {
            list = list.network(network);
        }
        if let Some(advisor) = self.advisor {
            list = list.advisor(advisor.resolve(&book.session)?);
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
