//! A contact is added, or found.

use cardex::{Identifier, Network, NewContact, NewEmail, NewPhone, Session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contact::ContactRecord;
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct SaveContact;

/// What happens to a contact that exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    /// Return the contact that has one of the identifiers, e-mail addresses or phones, unchanged; add a contact only if there is none.
    #[default]
    FindOrCreate,
    /// Add a contact always.
    Add,
}

/// A phone number or an e-mail address to store.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct MethodArg {
    pub(super) text: String,
    /// Such as work or home.
    #[serde(default)]
    pub(super) label: String,
}

impl From<MethodArg> for NewPhone {
    fn from(method: MethodArg) -> Self {
        Self::new(method.text).label(method.label)
    }
}

impl From<MethodArg> for NewEmail {
    fn from(method: MethodArg) -> Self {
        Self::new(method.text).label(method.label)
    }
}

/// The id of the contact in another system.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct IdentifierArg {
    /// The system.
    #[serde(default)]
    pub(super) namespace: String,
    pub(super) value: String,
}

impl From<IdentifierArg> for Identifier {
    fn from(identifier: IdentifierArg) -> Self {
        Self::new(identifier.namespace, identifier.value)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    #[serde(default)]
    mode: Mode,
    /// The code of a messaging network. The default is BOOK: the address book only.
    #[schemars(length(max = 32))]
    network: Option<String>,
    #[serde(default)]
    #[schemars(length(max = 255))]
    first_name: String,
    #[serde(default)]
    #[schemars(length(max = 255))]
    last_name: String,
    /// If it differs from first and last name.
    #[serde(default)]
    #[schemars(length(max = 255))]
    display_name: String,
    #[serde(default)]
    #[schemars(length(max = 255))]
    nickname: String,
    #[serde(default)]
    #[schemars(length(max = 255))]
    company: String,
    #[serde(default)]
    #[schemars(length(max = 255))]
    city: String,
    #[serde(default)]
    #[schemars(length(max = 255))]
    country: String,
    /// The first is the primary one. With the calling code, such as +33.
    #[serde(default)]
    phones: Vec<MethodArg>,
    /// The first is the primary one.
    #[serde(default)]
    emails: Vec<MethodArg>,
    #[serde(default)]
    identifiers: Vec<IdentifierArg>,
    /// Names of tags. Unknown tags are created.
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    /// Whether the contact was added. If not, it is unchanged.
    added: bool,
    /// The field by which it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    found_by: Option<String>,
    contact: ContactRecord,
}

impl ToolType for SaveContact {
    const NAME: &'static str = "save_contact";
    const TITLE: &'static str = "Save a contact";
    const DESCRIPTION: &'static str = "Adds a contact, unless one has the same identifier, e-mail address or phone: then that one is \
        returned, unchanged. This mode needs at least one of the three; the mode add does not look for others.";
    const EFFECT: Effect = Effect::Add;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for SaveContact {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let mode = input.mode;
        let new = new_contact(input)?;
        let (contact, found_by) = match mode {
            Mode::Add => (session.add(new)?, None),
            Mode::FindOrCreate => {
                let result = session.find_or_create(new)?;
                (result.contact, result.found_by)
            }
        };
        Ok(Output {
            added: found_by.is_none(),
            found_by: found_by.map(|field| field.as_str().to_owned()),
            contact: ContactRecord::read(session, contact)?,
        })
    }
}

fn new_contact(input: Input) -> Result<NewContact, ToolError> {
    let network = input.network.map_or(Ok(Network::BOOK), |code| Network::new(&code))?;
    let mut new = NewContact::new(network, input.first_name, input.last_name)
        .display_name(input.display_name)
        .nickname(input.nickname)
        .company(input.company)
        .city(input.city)
        .country(input.country);
    new.phones = input.phones.into_iter().map(NewPhone::from).collect();
    new.emails = input.emails.into_iter().map(NewEmail::from).collect();
    new.identifiers = input.identifiers.into_iter().map(Identifier::from).collect();
    new.tags = input.tags;
    Ok(new)
}
