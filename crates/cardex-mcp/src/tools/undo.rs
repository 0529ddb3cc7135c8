//! A deletion or a merge is undone.

use cardex::contacts::MergeId;
use cardex::{ContactId, Session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arguments::parse_text;
use crate::contact::ContactRecord;
use crate::error::ToolError;
use crate::tool::{DirectTool, Effect, ToolType};

pub(super) struct Undo;

/// What is undone.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Undoable {
    /// A contact that was deleted is restored: id is that of the contact.
    Delete,
    /// Two contacts that were merged are separated: id is that of the merge.
    Merge,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// As the member undo of a result of `delete_contact` or `merge_contacts` says.
    action: Undoable,
    /// As the member undo says.
    #[schemars(regex(pattern = "^[0-9]{1,16}$"))]
    id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    /// The restored contact, or the two contacts that were merged.
    contacts: Vec<ContactRecord>,
}

impl ToolType for Undo {
    const NAME: &'static str = "undo";
    const TITLE: &'static str = "Undo";
    const DESCRIPTION: &'static str = "Undoes a deletion or a merge, with the member undo of its result.";
    const EFFECT: Effect = Effect::Add;
    type Input = Input;
    type Output = Output;
}

impl DirectTool for Undo {
    fn run(session: &Session, input: Input) -> Result<Output, ToolError> {
        let contacts = match input.action {
            Undoable::Delete => vec![session.restore(parse_text::<ContactId>("id", &input.id)?)?],
            Undoable::Merge => {
                let result = session.unmerge(parse_text::<MergeId>("id", &input.id)?)?;
                vec![result.survivor, result.separated]
            }
        };
        let contacts = contacts.into_iter().map(|contact| ContactRecord::read(session, contact));
        Ok(Output { contacts: contacts.collect::<Result<_, _>>()? })
    }
}
