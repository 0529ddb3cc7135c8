//! `onboard`, `update`, `invite`, `confirm`, `offboard` and `companies`.

use cardex::onboarding::{NewOnboarding, OffboardResult, OffboardStatus, OnboardingDetails};
use cardex::{ContactId, Network};
use clap::Args;
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::{CommandResult, contact_output};
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// Who a contact is, as an onboarding says it.
#[derive(Debug, Args)]
struct PersonArgs {
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
    person: PersonArgs,
    /// The advisor who brings the contact: an id or an e-mail address
    #[arg(long, value_name = "WHO")]
    onboarder: AdvisorArg,
    /// An advisor to link instead of the onboarder: an id or an e-mail address; may be given several times
    #[arg(long = "advisor", value_name = "WHO")]
    advisors: Vec<AdvisorArg>,
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
    advisor: AdvisorArg,
    #[command(flatten)]
    person: PersonArgs,
}

/// Invite a contact again, with a new code
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The contact
    contact: ContactId,
    /// The advisor on whose behalf, by id or e-mail address
    advisor: AdvisorArg,
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
    advisor: Option<AdvisorArg>,
    /// A contact and an advisor; may be given several times
    #[arg(long = "pair", value_name = "CONTACT:ADVISOR", value_parser = parse_pair)]
    pairs: Vec<(ContactId, AdvisorArg)>,
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

impl PersonArgs {
    fn into_details(self) -> OnboardingDetails {
        let mut details = OnboardingDetails::new(self.first, self.last, self.phone).company(self.company);
        if let Some(email) = self.email {
            details = details.email(email);
        }
        if let Some(language) = self.language {
            details = details.language(language);
        }
        details
    }
}

fn parse_pair(text: &str) -> Result<(ContactId, AdvisorArg), String> {
    let (contact, advisor) =
        text.split_once(':').ok_or("a contact and an advisor with a colon between them")?;
    let contact = contact.parse().map_err(|error: cardex::ParseIdError| error.to_string())?;
    Ok((contact, advisor.parse()?))
}

impl Onboard {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut new =
            NewOnboarding::from_details(self.network, self.person.into_details(), self.onboarder.to_key());
        for advisor in &self.advisors {
            new = new.advisor(advisor.to_key());
        }
        if let Some(room) = self.room {
            new = new.create_conversation(room);
        }
        let done = OpenStore::open(global)?.session.onboarding().onboard(&new)?;
        Ok(contact_output::print(&[done.contact], out)?)
    }
}

impl Update {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let advisor = self.advisor.resolve(&session)?;
        let updated = session.onboarding().edit(self.contact, advisor, &self.person.into_details())?;
        Ok(contact_output::print(&[updated], out)?)
    }
}

impl Invite {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let invitation =
            session.onboarding().resend_invitation(self.contact, self.advisor.resolve(&session)?)?;
        let message = format!("{} until {}", invitation.code, invitation.expires_at);
        Ok(out.write_result(&json!({ "contact": self.contact, "invitation": invitation }), &message)?)
    }
}

impl Confirm {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let confirmed = OpenStore::open(global)?.session.onboarding().confirm_invitation(&self.code)?;
        Ok(contact_output::print(&[confirmed], out)?)
    }
}

impl Offboard {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let report = match (self.contact, self.advisor) {
            (Some(contact), _) => session.onboarding().offboard_contact(contact),
            (_, Some(advisor)) => session.onboarding().offboard_advisor(advisor.resolve(&session)?),
            _ => {
                let pair =
                    |(contact, advisor): &(ContactId, AdvisorArg)| Ok((*contact, advisor.resolve(&session)?));
                session
                    .onboarding()
                    .offboard(&self.pairs.iter().map(pair).collect::<cardex::Result<Vec<_>>>()?)
            }
        }?;
        let word = |removal: &OffboardResult| match removal.status {
            OffboardStatus::Success => "unlinked",
            OffboardStatus::NotFound => "no such link",
            _ => "not allowed",
        };
        if out.is_json() {
            for removal in &report {
                let item = json!({ "contact": removal.contact, "advisor": removal.advisor, "status": removal.status });
                out.write_json_line(&item)?;
            }
        } else {
            let row = |removal: &OffboardResult| {
                let ids = [removal.contact.to_string(), removal.advisor.to_string()];
                ids.into_iter().map(Cell::from).chain([Cell::from(word(removal))]).collect()
            };
            out.write_table(&["contact", "advisor", ""], report.iter().map(row).collect())?;
        }
        if report.iter().all(|removal| removal.status == OffboardStatus::Success) {
            return Ok(());
        }
        Err(Failure::new("partly", "some links were not cut"))
    }
}

impl Companies {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let names = OpenStore::open(global)?.session.companies(&self.text, self.limit)?;
        if out.is_json() {
            return Ok(names
                .iter()
                .try_for_each(|name| out.write_json_line(&json!({ "companyName": name })))?);
        }
        Ok(out.write_table(&["company"], names.into_iter().map(|name| vec![name.into()]).collect())?)
    }
}
