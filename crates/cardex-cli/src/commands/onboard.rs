//! `onboard`, `update`, `invite`, `confirm`, `offboard` and `companies`.

use cardex::{ContactId, Details, Network, Onboarding, Removal, Removed};
use clap::Args;
use serde_json::json;

use crate::args::{Global, Named};
use crate::commands::{Done, contact};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::{Cell, Out};

/// Who a contact is, as an onboarding says it.
#[derive(Debug, Args)]
struct Person {
    /// First name
    #[arg(long, value_name = "NAME")]
    first: String,
    /// Last name
    #[arg(long, value_name = "NAME")]
    last: String,
    /// Phone, with its country
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// Company
    #[arg(long, value_name = "NAME", default_value = "")]
    company: String,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Preferred language, such as FRENCH
    #[arg(long, value_name = "NAME")]
    language: Option<String>,
}

/// Create a contact for advisors, or link more advisors to it, by the rules of its network
#[derive(Debug, Args)]
pub(crate) struct Onboard {
    /// The network
    #[arg(long, value_name = "CODE")]
    network: Network,
    #[command(flatten)]
    person: Person,
    /// The advisor who brings the contact: an id or an e-mail address
    #[arg(long, value_name = "WHO")]
    onboarder: Named,
    /// An advisor to link instead of the onboarder: an id or an e-mail address; may be given several times
    #[arg(long = "advisor", value_name = "WHO")]
    advisors: Vec<Named>,
    /// Whether a room is opened, on a network where that can be said
    #[arg(long, value_name = "BOOL")]
    room: Option<bool>,
}

/// Change a contact that was onboarded: everything is sent again, the phone stays
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The contact
    contact: ContactId,
    /// An advisor who has it, by id or e-mail address
    #[arg(long, value_name = "WHO")]
    advisor: Named,
    #[command(flatten)]
    person: Person,
}

/// Invite a contact again, with a new code
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The contact
    contact: ContactId,
    /// The advisor on whose behalf, by id or e-mail address
    advisor: Named,
}

/// Take a contact's answer to its invitation
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// The code
    code: String,
}

/// Cut links: of a contact to all advisors, of an advisor to all contacts, or of pairs
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Offboard {
    /// From all advisors of the tenant
    #[arg(long, value_name = "ID")]
    contact: Option<ContactId>,
    /// All contacts of this advisor: an id or an e-mail address
    #[arg(long, value_name = "WHO")]
    advisor: Option<Named>,
    /// A contact and an advisor; may be given several times
    #[arg(long = "pair", value_name = "CONTACT:ADVISOR", value_parser = pair)]
    pairs: Vec<(ContactId, Named)>,
}

/// List the companies whose names begin with a text
#[derive(Debug, Args)]
pub(crate) struct Companies {
    /// The beginning of the name
    text: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

impl Person {
    fn details(self) -> Details {
        let mut details = Details::new(self.first, self.last, self.phone).company(self.company);
        if let Some(email) = self.email {
            details = details.email(email);
        }
        if let Some(language) = self.language {
            details = details.language(language);
        }
        details
    }
}

fn pair(text: &str) -> Result<(ContactId, Named), String> {
    let (contact, advisor) =
        text.split_once(':').ok_or("a contact and an advisor with a colon between them")?;
    let contact = contact.parse().map_err(|error: cardex::ParseIdError| error.to_string())?;
    Ok((contact, advisor.parse()?))
}

impl Onboard {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let mut new = Onboarding::with(self.network, self.person.details(), self.onboarder.key());
        for advisor in &self.advisors {
            new = new.advisor(advisor.key());
        }
        if let Some(room) = self.room {
            new = new.create_room(room);
        }
        let done = Desk::open(global)?.session.onboard(&new)?;
        Ok(contact::print(&[done.contact], out)?)
    }
}

impl Update {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        let advisor = self.advisor.id(&session)?;
        let updated = session.update_onboarded(self.contact, advisor, &self.person.details())?;
        Ok(contact::print(&[updated], out)?)
    }
}

impl Invite {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        let invitation = session.resend_invitation(self.contact, self.advisor.id(&session)?)?;
        let message = format!("{} until {}", invitation.code, invitation.expires_at);
        Ok(out.done(&json!({ "contact": self.contact, "invitation": invitation }), &message)?)
    }
}

impl Confirm {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let confirmed = Desk::open(global)?.session.confirm_invitation(&self.code)?;
        Ok(contact::print(&[confirmed], out)?)
    }
}

impl Offboard {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        let report = match (self.contact, self.advisor) {
            (Some(contact), _) => session.offboard_contact(contact),
            (_, Some(advisor)) => session.offboard_advisor(advisor.id(&session)?),
            _ => {
                let pair = |(contact, advisor): &(ContactId, Named)| Ok((*contact, advisor.id(&session)?));
                session.offboard(&self.pairs.iter().map(pair).collect::<cardex::Result<Vec<_>>>()?)
            }
        }?;
        let word = |removal: &Removal| match removal.status {
            Removed::Success => "unlinked",
            Removed::NotFound => "no such link",
            _ => "not allowed",
        };
        if out.json() {
            for removal in &report {
                let item = json!({ "contact": removal.contact, "advisor": removal.advisor, "status": removal.status });
                out.item(&item)?;
            }
        } else {
            let row = |removal: &Removal| {
                let ids = [removal.contact.to_string(), removal.advisor.to_string()];
                ids.into_iter().map(Cell::from).chain([Cell::from(word(removal))]).collect()
            };
            out.table(&["contact", "advisor", ""], report.iter().map(row).collect())?;
        }
        if report.iter().all(|removal| removal.status == Removed::Success) {
            return Ok(());
        }
        Err(Failure::found("partly", "some links were not cut"))
    }
}

impl Companies {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let names = Desk::open(global)?.session.companies(&self.text, self.limit)?;
        if out.json() {
            return Ok(names.iter().try_for_each(|name| out.item(&json!({ "companyName": name })))?);
        }
        Ok(out.table(&["company"], names.into_iter().map(|name| vec![name.into()]).collect())?)
    }
}
