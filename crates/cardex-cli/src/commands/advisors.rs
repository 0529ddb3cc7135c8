//! `advisors`: the advisors of the tenant or of a contact; adds advisors.

use cardex::{Advisor, AdvisorId, ContactId, NewAdvisor};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// List or add advisors
#[derive(Debug, Args)]
pub(crate) struct Advisors {
    #[command(subcommand)]
    command: Option<Verb>,
    /// Only advisors that this contact is linked to
    #[arg(long, value_name = "CONTACT")]
    of: Option<ContactId>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add an advisor
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    /// First name
    first: String,
    /// Last name
    last: String,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The id that the advisor has in another system; the default is a new id
    #[arg(long, value_name = "ID")]
    id: Option<AdvisorId>,
}

impl Advisors {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        if let Some(Verb::Add(add)) = self.command {
            return add.run(global, out);
        }
        let book = OpenStore::open(global)?;
        let list = match self.of {
            Some(contact) => book.session.directory().advisors_of(contact),
            None => book.session.directory().advisors(),
        };
        let page = apply_paging!(list, self.paging).page()?;
        print(&page.items, out)?;
        Ok(out.end_page(&page, None)?)
    }
}

impl Add {
    fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut new = NewAdvisor::new(self.first, self.last).email(self.email.unwrap_or_default());
        if let Some(id) = self.id {
            new = new.id(id);
        }
        let book = OpenStore::open_or_create(global)?;
        let added = book.session.directory().add_advisor(new)?;
        Ok(print(&[added], out)?)
    }
}

fn print(advisors: &[Advisor], out: &mut Output) -> std::io::Result<()> {
    if out.is_json() {
        return advisors.iter().try_for_each(|advisor| out.write_json_line(&json!({ "advisor": advisor })));
    }
    let row = |advisor: &Advisor| {
        let name = format!("{} {}", advisor.first_name, advisor.last_name);
        vec![name.trim().into(), advisor.email.as_str().into(), advisor.id.to_string().into()]
    };
    out.write_table(&["name", "e-mail", "id"], advisors.iter().map(row).collect())
}
