//! `onboard`, `update`, `invite`, `confirm`, `offboard` and `companies`.

use cardex::onboarding::{NewOnboarding, OffboardResult, OffboardStatus, OnboardingDetails};
use cardex::{ContactId, Network};
use clap::Args;
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::contact_output;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// The data of a contact in an onboarding.
#[derive(Debug, Args)]
struct PersonArgs {
    /// First name
    #[arg(long, value_name = "NAME")]
    first: String,
    /// Last name
    #[arg(long, value_name = "NAME")]
    last: String,
    /// Phone, with its country code
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

/// Add a contact by the rules of its network
///
/// A contact that exists already is linked to the advisors instead.
#[derive(Debug, Args)]
pub(crate) struct Onboard {
    /// The network
    #[arg(long, value_name = "CODE")]
    network: Network,
    #[command(flatten)]
    person: PersonArgs,
    /// The advisor who onboards the contact, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    onboarder: AdvisorArg,
    /// An advisor to link instead of the onboarder, by id or e-mail address; may be given several times
    #[arg(long = "advisor", value_name = "ADVISOR")]
    advisors: Vec<AdvisorArg>,
    /// Whether to open a conversation; only for networks with this choice
    #[arg(long, alias = "room", value_name = "BOOL")]
    conversation: Option<bool>,
}

/// Change an onboarded contact
///
/// All data is given again; the phone cannot change.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The contact
    contact: ContactId,
    /// An advisor of the contact, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    advisor: AdvisorArg,
    #[command(flatten)]
    person: PersonArgs,
}

/// Invite a contact again
///
/// The contact gets a new code; the old one is no longer valid.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The contact
    contact: ContactId,
    /// The inviting advisor, by id or e-mail address
    advisor: AdvisorArg,
}

/// Confirm an invitation by its code
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// The code
    code: String,
}

/// Remove links between contacts and advisors
///
/// All links of a contact, all links of an advisor, or the links of given pairs.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Offboard {
    /// Unlink this contact from all advisors of the tenant
    #[arg(long, value_name = "ID")]
    contact: Option<ContactId>,
    /// Unlink all contacts of this advisor, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// Unlink this contact and advisor; may be given several times
    #[arg(long = "pair", value_name = "CONTACT:ADVISOR", value_parser = parse_pair)]
    pairs: Vec<(ContactId, AdvisorArg)>,
}

/// List companies by the start of their names
#[derive(Debug, Args)]
pub(crate) struct Companies {
    /// The start of the name
    text: String,
    /// The maximum number of companies
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
    let (contact, advisor) = text.split_once(':').ok_or("expected CONTACT:ADVISOR")?;
    let contact = contact.parse().map_err(|error: cardex::ParseIdError| error.to_string())?;
    Ok((contact, advisor.parse()?))
}

impl Onboard {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut new =
            NewOnboarding::from_details(self.network, self.person.into_details(), self.onboarder.to_key());
        for advisor in &self.advisors {
            new = new.advisor(advisor.to_key());
        }
        if let Some(create) = self.conversation {
            new = new.create_conversation(create);
        }
        let done = OpenStore::open(global)?.session.onboarding().onboard(&new)?;
        Ok(contact_output::print(&[done.contact], out)?)
    }
}

impl Update {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let advisor = self.advisor.resolve(&session)?;
        let updated = session.onboarding().edit(self.contact, advisor, &self.person.into_details())?;
        Ok(contact_output::print(&[updated], out)?)
    }
}

impl Invite {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let invitation =
            session.onboarding().resend_invitation(self.contact, self.advisor.resolve(&session)?)?;
        let message = format!("{} until {}", invitation.code, invitation.expires_at);
        Ok(out.write_result(&json!({ "contact": self.contact, "invitation": invitation }), &message)?)
    }
}

impl Confirm {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let confirmed = OpenStore::open(global)?.session.onboarding().confirm_invitation(&self.code)?;
        Ok(contact_output::print(&[confirmed], out)?)
    }
}

impl Offboard {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
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
        let word = |result: &OffboardResult| match result.status {
            OffboardStatus::Success => "unlinked",
            OffboardStatus::NotFound => "no such link",
            _ => "not allowed",
        };
        if out.is_json() {
            for result in &report {
                let item =
                    json!({ "contact": result.contact, "advisor": result.advisor, "status": result.status });
                out.write_json_line(&item)?;
            }
        } else {
            let row = |result: &OffboardResult| {
                let ids = [result.contact.to_string(), result.advisor.to_string()];
                ids.into_iter().map(Cell::from).chain([Cell::from(word(result))]).collect()
            };
            out.write_table(&["contact", "advisor", "result"], report.iter().map(row).collect())?;
        }
        if report.iter().all(|result| result.status == OffboardStatus::Success) {
            return Ok(());
        }
        Err(Failure::new("partly", "some links were not removed"))
    }
}

impl Companies {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let names = OpenStore::open(global)?.session.companies(&self.text, self.limit)?;
        if out.is_json() {
            return Ok(names
                .iter()
                .try_for_each(|name| out.write_json_line(&json!({ "companyName": name })))?);
        }
        Ok(out.write_table(&["company"], names.into_iter().map(|name| vec![name.into()]).collect())?)
    }
}
