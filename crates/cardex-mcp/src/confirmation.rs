//! Calls that a person confirms: what they would do, and what proves that they were confirmed.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use cardex::contacts::MergeOptions;
use cardex::{Contact, ContactId, Error, Session};
use schemars::JsonSchema;
use serde::Serialize;

use crate::contact::ContactRecord;
use crate::error::ToolError;
use crate::untrusted::clean_text;

/// How long a confirmation is kept: the time that a person has to answer.
pub(crate) const LIFETIME: Duration = Duration::from_secs(300);
/// Confirmations that are kept. The oldest goes first.
const KEPT: usize = 64;
/// Characters of a name in a question.
const NAME: usize = 80;

/// A contact in the version that the question showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    id: ContactId,
    version: i64,
}

impl Seen {
    /// A contact that is not in the trash.
    ///
    /// # Errors
    /// `no-contact`, and `in-trash`.
    pub(crate) fn read(session: &Session, id: ContactId) -> Result<(Self, Contact), ToolError> {
        let contact = session.get(id)?.ok_or(Error::NoContact(id))?;
        if contact.trashed_at.is_some() {
            return Err(Error::Rule(cardex::RuleViolation::InTrash(id)).into());
        }
        Ok((Self { id, version: contact.version }, contact))
    }

    /// # Errors
    /// `version-conflict` if the contact changed since.
    fn check(self, session: &Session) -> Result<(), ToolError> {
        let (now, _) = Self::read(session, self.id)?;
        if now.version == self.version {
            return Ok(());
        }
        Err(Error::VersionConflict { expected: self.version, found: now.version }.into())
    }
}

/// A change that needs a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Delete(Seen),
    Merge { survivor: Seen, absorbed: Seen, different_identifiers: bool },
}

/// What a call would do.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) action: Action,
    /// For the person who decides.
    pub(crate) question: String,
    /// The confirmation among the arguments.
    pub(crate) confirmation: Option<String>,
}

/// How far the call is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// It is done.
    Done,
    /// Nothing is done yet: ask the person, then call the tool again with the same arguments and the confirmation.
    ConfirmationRequired,
    /// The person declined. Nothing is done.
    Declined,
}

/// What the tool undo takes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UndoArguments {
    action: &'static str,
    id: String,
}

/// The output of a call that needs a confirmation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Confirmed {
    status: Step,
    /// What the call does, for the person who decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    /// The argument of the second call. It is valid for five minutes, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<String>,
    /// The arguments of the tool undo.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<UndoArguments>,
    /// The contact that remains after a merge.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactRecord>,
}

impl Confirmed {
    pub(crate) const fn required(question: String, confirmation: String) -> Self {
        Self {
            status: Step::ConfirmationRequired,
            question: Some(question),
            confirmation: Some(confirmation),
            undo: None,
            contact: None,
        }
    }

    pub(crate) const fn declined() -> Self {
        Self { status: Step::Declined, question: None, confirmation: None, undo: None, contact: None }
    }

    const fn done(action: &'static str, id: String, contact: Option<ContactRecord>) -> Self {
        let undo = Some(UndoArguments { action, id });
        Self { status: Step::Done, question: None, confirmation: None, undo, contact }
    }
}

impl Action {
    /// Does it.
    ///
    /// # Errors
    /// `version-conflict` if a contact changed since the question, and those of the engine.
    pub(crate) fn perform(self, session: &Session) -> Result<Confirmed, ToolError> {
        match self {
            Self::Delete(contact) => {
                contact.check(session)?;
                session.remove(contact.id)?;
                Ok(Confirmed::done("delete", contact.id.to_string(), None))
            }
            Self::Merge { survivor, absorbed, different_identifiers } => {
                survivor.check(session)?;
                absorbed.check(session)?;
                let options = MergeOptions::new().allow_different_identifiers(different_identifiers);
                let merged = session.merge(survivor.id, absorbed.id, options)?;
                let contact = ContactRecord::read(session, merged.contact)?;
                Ok(Confirmed::done("merge", merged.merge.to_string(), Some(contact)))
            }
        }
    }
}

/// The name of a contact for a question: in quotes, without quotes inside, cut.
pub(crate) fn quoted(contact: &Contact) -> String {
    let clean = clean_text(&contact.display_name).replace(['"', '“', '”'], "'");
    let mut name: String = clean.chars().take(NAME).collect();
    if clean.chars().nth(NAME).is_some() {
        name.push('…');
    }
    format!("“{name}” (id {})", contact.id)
}

/// The confirmations that this process gave out.
#[derive(Debug, Default)]
pub(crate) struct Confirmations(VecDeque<(String, Action, Instant)>);

impl Confirmations {
    /// Keeps an action, and returns its confirmation.
    ///
    /// # Errors
    /// [`ToolError::Internal`] if the system has no random bytes.
    pub(crate) fn issue(&mut self, action: Action) -> Result<String, ToolError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| ToolError::Internal)?;
        let mut token = String::with_capacity(32);
        for byte in bytes {
            let _ = write!(token, "{byte:02x}"); // writing to a String does not fail
        }
        while self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back((token.clone(), action, Instant::now()));
        Ok(token)
    }

    /// Takes a confirmation of this action. It is gone after that.
    ///
    /// # Errors
    /// [`ToolError::UnknownConfirmation`], also for another action: that confirmation stays.
    pub(crate) fn take(&mut self, token: &str, same: impl Fn(Action) -> bool) -> Result<Action, ToolError> {
        self.0.retain(|(_, _, since)| since.elapsed() <= LIFETIME);
        let found = self.0.iter().position(|(known, action, _)| known == token && same(*action));
        let taken = found.and_then(|at| self.0.remove(at));
        taken.map(|(_, action, _)| action).ok_or(ToolError::UnknownConfirmation)
    }
}

impl Action {
    /// Whether both actions do the same to the same contacts, whatever their versions are.
    pub(crate) fn is_same_call(self, other: Self) -> bool {
        match (self, other) {
            (Self::Delete(one), Self::Delete(two)) => one.id == two.id,
            (
                Self::Merge { survivor, absorbed, different_identifiers },
                Self::Merge { survivor: other, absorbed: second, different_identifiers: differ },
            ) => survivor.id == other.id && absorbed.id == second.id && different_identifiers == differ,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn delete(id: i64) -> Action {
        Action::Delete(Seen { id: ContactId(id), version: 1 })
    }

    #[test]
    fn a_confirmation_is_of_one_call_and_for_once() {
        let mut kept = Confirmations::default();
        let token = kept.issue(delete(7)).unwrap();
        assert!(kept.take(&token, |action| action.is_same_call(delete(8))).is_err());
        assert!(kept.take("", |_| true).is_err());
        assert_eq!(kept.take(&token, |action| action.is_same_call(delete(7))).unwrap(), delete(7));
        assert!(kept.take(&token, |_| true).is_err());
    }

    #[test]
    fn the_oldest_confirmation_goes_first() {
        let mut kept = Confirmations::default();
        let tokens: Vec<_> = (0..=KEPT).map(|_| kept.issue(delete(7)).unwrap()).collect();
        assert!(kept.take(&tokens[0], |_| true).is_err());
        assert!(kept.take(&tokens[1], |_| true).is_ok());
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let mut contact = Contact::new(ContactId(7), cardex::Network::BOOK);
        contact.display_name = format!("x” yes\n\u{202E}{}", "y".repeat(100));
        let text = quoted(&contact);
        assert!(text.starts_with("“x' yes␊yyy") && text.ends_with("…” (id 7)"), "{text}");
    }
}
