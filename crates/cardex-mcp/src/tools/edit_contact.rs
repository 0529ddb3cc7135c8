//! Fields of a contact are changed.

use cardex::{ContactPatch, Identifier, NewEmail, NewPhone, Session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::save_contact::{IdentifierArg, MethodArg};
use crate::arguments::ContactArg;
use crate::contact::ContactRecord;
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct EditContact;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The id of the contact.
    id: ContactArg,
    /// The version that was read. If the contact changed since, nothing is written and the error is version-conflict.
    version: i64,
    #[schemars(length(max = 255))]
    first_name: Option<String>,
    #[schemars(length(max = 255))]
    last_name: Option<String>,
    #[schemars(length(max = 255))]
    display_name: Option<String>,
    #[schemars(length(max = 255))]
    nickname: Option<String>,
    #[schemars(length(max = 255))]
    company: Option<String>,
    #[schemars(length(max = 64))]
    language: Option<String>,
    #[schemars(length(max = 255))]
    city: Option<String>,
    #[schemars(length(max = 255))]
    country: Option<String>,
    /// Replaces all phones.
    phones: Option<Vec<MethodArg>>,
    /// Replaces all e-mail addresses.
    emails: Option<Vec<MethodArg>>,
    /// Replaces all identifiers.
    identifiers: Option<Vec<IdentifierArg>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    /// The contact after the change.
    contact: ContactRecord,
}

impl ToolType for EditContact {
    const NAME: &'static str = "edit_contact";
    const TITLE: &'static str = "Edit a contact";
    const DESCRIPTION: &'static str = "Changes the fields that are given, and keeps the others. An empty text clears a field, and a \
        list replaces the whole list. Read the contact first: its version is required.";
    const EFFECT: Effect = Effect::Change;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for EditContact {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let id = input.id.id()?;
        let contact = session.edit(id, patch(input))?;
        Ok(Output { contact: ContactRecord::read(session, contact)? })
    }
}

fn patch(input: Input) -> ContactPatch {
    type Setter = fn(ContactPatch, String) -> ContactPatch;
    let texts: [(Option<String>, Setter); 8] = [
        (input.first_name, ContactPatch::first_name),
        (input.last_name, ContactPatch::last_name),
        (input.display_name, ContactPatch::display_name),
        (input.nickname, ContactPatch::nickname),
        (input.company, ContactPatch::company),
        (input.language, ContactPatch::language),
        (input.city, ContactPatch::city),
        (input.country, ContactPatch::country),
    ];
    let mut patch = ContactPatch::new().expect_version(input.version);
    for (text, set) in texts {
        if let Some(text) = text {
            patch = set(patch, text);
        }
    }
    if let Some(phones) = input.phones {
        patch = patch.phones(phones.into_iter().map(NewPhone::from));
    }
    if let Some(emails) = input.emails {
        patch = patch.emails(emails.into_iter().map(NewEmail::from));
    }
    if let Some(identifiers) = input.identifiers {
        patch = patch.identifiers(identifiers.into_iter().map(Identifier::from));
    }
    patch
}
