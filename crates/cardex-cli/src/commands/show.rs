//! `show`: one contact with all its fields.

use cardex::contacts::PlainField;
use cardex::directory::GroupId;
use cardex::{Advisor, Contact, ContactId, Network, limits};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::args::Global;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// Show one contact
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The contact
    #[arg(required_unless_present = "phone")]
    id: Option<ContactId>,
    /// Find the contact by its address on a network instead
    #[arg(long, value_name = "NUMBER", requires = "network", conflicts_with = "id")]
    phone: Option<String>,
    /// The network of the phone
    #[arg(long, value_name = "CODE", requires = "phone")]
    network: Option<Network>,
    /// The federation group of the phone
    #[arg(long, value_name = "ID", requires = "phone")]
    group: Option<GroupId>,
    /// Also show the card that it was imported from
    #[arg(long)]
    card: bool,
}

/// A contact with its advisors and its card, as JSON.
#[derive(Serialize)]
struct ContactDetails {
    contact: Contact,
    advisors: Vec<Advisor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Value>,
}

impl Show {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        let contact = self.find(&book)?;
        let advisors = book.session.directory().advisors_of(contact.id).limit(limits::PAGE).iter();
        let advisors = advisors.collect::<cardex::Result<Vec<_>>>()?;
        let card = if self.card { Some(book.session.card(contact.id)?) } else { None };
        if out.is_json() {
            // The library stores valid JSON only; a damaged card is shown as text.
            let value = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
            let card = card.map(|card| card.map_or(Value::Null, value));
            return Ok(out.write_json_line(&ContactDetails { contact, advisors, card })?);
        }
        let mut pairs = fields(&contact);
        for advisor in advisors {
            let name = format!("{} {}", advisor.first_name, advisor.last_name);
            pairs.push(("advisor", format!("{} ({})", name.trim(), advisor.id).into()));
        }
        pairs.extend(card.flatten().map(|card| ("card", card.into())));
        Ok(out.write_pairs(pairs)?)
    }

    fn find(&self, book: &OpenStore) -> Result<Contact, Failure> {
        match (self.id, &self.phone, &self.network) {
            (Some(id), ..) => Ok(book.session.get(id)?.ok_or(cardex::Error::NoContact(id))?),
            (None, Some(phone), Some(network)) => {
                let found = book.session.find_by_phone(network, phone, self.group)?;
                found.ok_or_else(|| Failure::new("no-contact", "no contact has this phone as its address"))
            }
            _ => Err(Failure::new("usage", "give an id, or a phone and its network")),
        }
    }
}

/// The fields of a contact that are not empty, as names and values.
fn fields(contact: &Contact) -> Vec<(&'static str, Cell)> {
    let labelled = |text: &str, label: &str| match label {
        "" => text.to_owned(),
        label => format!("{text} ({label})"),
    };
    let optional = |name, value: Option<String>| value.into_iter().map(move |value| (name, value));
    let text = |name, value: &str| (name, value.to_owned());
    let status = contact.status.and_then(|status| serde_json::to_value(status).ok());
    let status = status.and_then(|status| status.as_str().map(ToOwned::to_owned));
    let mut fields = vec![
        text("id", &contact.id.to_string()),
        text("network", contact.network.as_str()),
        text("name", &contact.display_name),
    ];
    let plain = PlainField::ALL.into_iter().filter(|field| *field != PlainField::DisplayName);
    fields.extend(plain.map(|field| text(field.label(), contact.text(field))));
    fields.extend(optional("status", status));
    fields.extend(optional(
        "invitation",
        contact.invitation.as_ref().map(|it| format!("{} until {}", it.code, it.expires_at)),
    ));
    fields.extend(contact.phones.iter().map(|phone| ("phone", labelled(&phone.text, &phone.label))));
    fields.extend(contact.emails.iter().map(|email| ("e-mail", labelled(&email.text, &email.label))));
    for identifier in &contact.identifiers {
        fields.push(("identifier", format!("{}:{}", identifier.namespace, identifier.value)));
    }
    fields.extend(optional("tenant", contact.tenant.map(|id| id.to_string())));
    fields.extend(optional("group", contact.group.map(|id| id.to_string())));
    fields.push(text("version", &contact.version.to_string()));
    fields.push(text("created", &contact.created_at.to_string()));
    fields.push(text("updated", &contact.updated_at.to_string()));
    fields.extend(optional("trashed", contact.trashed_at.map(|at| at.to_string())));
    fields.retain(|(_, value)| !value.is_empty());
    fields.into_iter().map(|(name, value)| (name, value.into())).collect()
}
