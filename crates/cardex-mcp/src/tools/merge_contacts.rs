//! Two contacts of one person become one.

use cardex::{RuleViolation, Session};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::arguments::ContactArg;
use crate::confirmation::{Action, Confirmed, Proposal, Seen, quoted};
use crate::error::ToolError;
use crate::tool::{ConfirmedTool, Effect, ToolType};

pub(super) struct MergeContacts;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The id of the contact that remains. Its own values win.
    survivor: ContactArg,
    /// The id of the contact that is merged into it, and is in no list after that.
    absorbed: ContactArg,
    /// Also merge contacts that have different identifiers in the same system.
    #[serde(default)]
    allow_different_identifiers: bool,
    /// The confirmation of an earlier call, after the person agreed.
    confirmation: Option<String>,
}

impl ToolType for MergeContacts {
    const NAME: &'static str = "merge_contacts";
    const TITLE: &'static str = "Merge two contacts";
    const DESCRIPTION: &'static str = "Merges two contacts of the same person, after a person agreed. The client asks the person, or \
        the first call returns a question and a confirmation, and the second call has the confirmation. The tool undo separates them \
        again.";
    const EFFECT: Effect = Effect::Change;
    type Input = Input;
    type Output = Confirmed;
}

impl ConfirmedTool for MergeContacts {
    fn propose(session: &Session, input: Input) -> Result<Proposal, ToolError> {
        let (survivor, absorbed) = (input.survivor.id()?, input.absorbed.id()?);
        if survivor == absorbed {
            return Err(cardex::Error::Rule(RuleViolation::SameContact).into());
        }
        let (survivor, kept) = Seen::read(session, survivor)?;
        let (absorbed, gone) = Seen::read(session, absorbed)?;
        Ok(Proposal {
            action: Action::Merge {
                survivor,
                absorbed,
                different_identifiers: input.allow_different_identifiers,
            },
            question: format!("Merge the contact {} into {}?", quoted(&gone), quoted(&kept)),
            confirmation: input.confirmation,
        })
    }
}
