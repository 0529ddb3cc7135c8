//! A contact is moved to the trash.

use cardex::Session;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::arguments::ContactArg;
use crate::confirmation::{Action, Confirmed, Proposal, Seen, quoted};
use crate::error::ToolError;
use crate::tool::{ConfirmedTool, Effect, ToolType};

pub(super) struct DeleteContact;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The id of the contact.
    id: ContactArg,
    /// The confirmation of an earlier call, after the person agreed.
    confirmation: Option<String>,
}

impl ToolType for DeleteContact {
    const NAME: &'static str = "delete_contact";
    const TITLE: &'static str = "Delete a contact";
    const DESCRIPTION: &'static str = "Moves a contact to the trash, after a person agreed. The client asks the person, or the first \
        call returns a question and a confirmation, and the second call has the confirmation. The tool undo restores the contact.";
    const EFFECT: Effect = Effect::Change;
    type Input = Input;
    type Output = Confirmed;
}

impl ConfirmedTool for DeleteContact {
    fn propose(session: &Session, input: Input) -> Result<Proposal, ToolError> {
        let (seen, contact) = Seen::read(session, input.id.id()?)?;
        Ok(Proposal {
            action: Action::Delete(seen),
            question: format!("Delete the contact {}? It goes to the trash.", quoted(&contact)),
            confirmation: input.confirmation,
        })
    }
}
