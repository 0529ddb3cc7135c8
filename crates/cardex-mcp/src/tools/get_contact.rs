//! One contact with everything.

use cardex::{Error, Session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::ContactArg;
use crate::contact::ContactRecord;
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct GetContact;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The id of the contact.
    id: ContactArg,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    contact: ContactRecord,
}

impl ToolType for GetContact {
    const NAME: &'static str = "get_contact";
    const TITLE: &'static str = "Read a contact";
    const DESCRIPTION: &'static str = "Reads a contact by its id, with phones, e-mail addresses, tags, attributes, the ten newest \
        notes and its version. The error merged names the contact that replaces it.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for GetContact {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let id = input.id.id()?;
        let contact = session.get(id)?.ok_or(Error::NoContact(id))?;
        Ok(Output { contact: ContactRecord::read(session, contact)? })
    }
}
