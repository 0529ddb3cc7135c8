//! `add`, `find-or-create` and `edit`.

use cardex::channels::ChannelId;
use cardex::directory::GroupId;
use cardex::{ContactId, ContactPatch, Identifier, Network, NewContact, ParseIdError, Session};
use clap::Args;

use crate::args::{AdvisorArg, Global, parse_identifier};
use crate::commands::contact_output;
use crate::commands::plain_field_args::PlainFieldArgs;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Add a contact
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The network of the contact
    #[arg(long, value_name = "CODE")]
    network: Network,
    #[command(flatten)]
    fields: FieldArgs,
    /// An advisor to link it to, by id or e-mail address; may be given several times
    #[arg(long = "advisor", value_name = "ADVISOR")]
    advisors: Vec<AdvisorArg>,
    /// The federation group of the contact
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
    /// Share the contact between all tenants; only for --as system
    #[arg(long, conflicts_with = "group")]
    shared: bool,
}

/// Find a contact by identity, identifier, e-mail address or phone, or add it
#[derive(Debug, Args)]
pub(crate) struct FindOrCreate {
    #[command(flatten)]
    add: Add,
    /// A channel identity; may be given several times
    #[arg(long = "identity", value_name = "CHANNEL:IDENTIFIER", value_parser = parse_identity)]
    identities: Vec<(ChannelId, String)>,
}

/// Change a contact
///
/// Fields that are not given stay as they are.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The contact
    id: ContactId,
    #[command(flatten)]
    fields: FieldArgs,
    /// Reject the edit if the contact has another version
    #[arg(long, value_name = "N")]
    expect_version: Option<i64>,
}

/// The fields of a contact. In an edit a list replaces the list of the contact; one empty value clears it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Fields")]
struct FieldArgs {
    #[command(flatten)]
    texts: PlainFieldArgs,
    /// Phone; may be given several times, the first one is the address on the network
    #[arg(long = "phone", value_name = "NUMBER")]
    phones: Vec<String>,
    /// E-mail address; may be given several times, the main one first
    #[arg(long = "email", value_name = "ADDRESS")]
    emails: Vec<String>,
    /// Id in another system; may be given several times
    #[arg(long = "identifier", value_name = "NAMESPACE:VALUE")]
    identifiers: Vec<String>,
}

impl FieldArgs {
    fn into_contact(self, network: Network) -> NewContact {
        let mut new = NewContact::new(network, "", "");
        for (field, text) in self.texts.0 {
            new = new.with_text(field, text);
        }
        new = self.phones.into_iter().fold(new, NewContact::phone);
        new = self.emails.into_iter().fold(new, NewContact::email);
        for Identifier { namespace, value, .. } in self.identifiers.iter().map(|text| parse_identifier(text))
        {
            new = new.identifier(namespace, value);
        }
        new
    }

    fn into_patch(self) -> ContactPatch {
        fn set<T>(
            patch: ContactPatch,
            value: Option<T>,
            setter: fn(ContactPatch, T) -> ContactPatch,
        ) -> ContactPatch {
            match value {
                Some(value) => setter(patch, value),
                None => patch,
            }
        }
        let mut patch = ContactPatch::new();
        for (field, text) in self.texts.0 {
            patch = patch.with_text(field, text);
        }
        patch = set(patch, list_replacement(self.phones), ContactPatch::phones);
        patch = set(patch, list_replacement(self.emails), ContactPatch::emails);
        let identifiers = list_replacement(self.identifiers);
        let identifiers =
            identifiers.map(|list| list.iter().map(|text| parse_identifier(text)).collect::<Vec<_>>());
        set(patch, identifiers, ContactPatch::identifiers)
    }
}

/// The list that replaces the list of the contact; `None` if the option was not given.
fn list_replacement(mut given: Vec<String>) -> Option<Vec<String>> {
    if given.is_empty() {
        return None;
    }
    if given.iter().all(String::is_empty) {
        given.clear();
    }
    Some(given)
}

impl Add {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open_or_create(global)?;
        let added = book.session.add(self.into_contact(&book.session)?)?;
        Ok(contact_output::print(&[added], out)?)
    }

    fn into_contact(self, session: &Session) -> cardex::Result<NewContact> {
        let mut new = self.fields.into_contact(self.network);
        new = AdvisorArg::resolve_all(&self.advisors, session)?.into_iter().fold(new, NewContact::advisor);
        if let Some(group) = self.group {
            new = new.group(group);
        }
        Ok(if self.shared { new.shared() } else { new })
    }
}

impl FindOrCreate {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open_or_create(global)?.session;
        let new = self.add.into_contact(&session)?;
        let new = self
            .identities
            .into_iter()
            .fold(new, |new, (channel, identifier)| new.channel_identity(channel, identifier));
        let result = session.find_or_create(new)?;
        if out.is_json() {
            return Ok(out.write_json_line(&result)?);
        }
        contact_output::print(&[result.contact], out)?;
        let message = result.found_by.map_or("added".to_owned(), |field| format!("found by {field}"));
        Ok(out.write_message(&message)?)
    }
}

/// Parses `CHANNEL:IDENTIFIER`.
fn parse_identity(text: &str) -> Result<(ChannelId, String), String> {
    let (channel, identifier) = text.split_once(':').ok_or("expected CHANNEL:IDENTIFIER")?;
    Ok((channel.parse().map_err(|error: ParseIdError| error.to_string())?, identifier.to_owned()))
}

impl Edit {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut patch = self.fields.into_patch();
        if let Some(version) = self.expect_version {
            patch = patch.expect_version(version);
        }
        let book = OpenStore::open(global)?;
        let edited = book.session.edit(self.id, patch)?;
        Ok(contact_output::print(&[edited], out)?)
    }
}
