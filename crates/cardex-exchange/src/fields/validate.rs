//! Decides which phones and e-mail addresses the fields accept.

use crate::fields::contact_fields::{ContactMethod, IsPhone};
use cardex::{Error, ValidationError};
use cardex::{Field, NewEmail, limits};

/// Values of a record that the fields rejected for the same reason. The card of the record keeps them, unless it has too many properties.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The field of the values; [`Field::Card`] for lines of a card that are not properties, and for properties beyond the 4,096th.
    pub field: Field,
    /// The rule that it violates.
    pub reason: ValidationError,
    /// How many values of the record violate it.
    pub count: u64,
}

/// Accepts phones and e-mail addresses that the model allows, and records a warning for each other one.
pub(crate) struct FieldValidator<'a> {
    pub(crate) is_phone: IsPhone<'a>,
    pub(crate) warnings: Vec<Warning>,
    /// The rejected values, for formats that keep them elsewhere.
    pub(crate) rejected: Vec<ContactMethod>,
}

impl<'a> FieldValidator<'a> {
    pub(crate) fn new(is_phone: IsPhone<'a>) -> Self {
        Self { is_phone, warnings: Vec::new(), rejected: Vec::new() }
    }

    pub(crate) fn phones(&mut self, methods: Vec<ContactMethod>) -> Vec<ContactMethod> {
        let is_phone = self.is_phone;
        self.accept_valid(Field::Phone, methods, |method| phone_problem(&method.text, is_phone))
    }

    pub(crate) fn emails(&mut self, methods: Vec<ContactMethod>) -> Vec<ContactMethod> {
        self.accept_valid(Field::Email, methods, |method| email_problem(&method.text))
    }

    pub(crate) fn warn(&mut self, field: Field, reason: ValidationError) {
        self.warn_often(field, reason, 1);
    }

    /// Adds to the warning about a rule, or records the first one; nothing for a count of 0.
    pub(crate) fn warn_often(&mut self, field: Field, reason: ValidationError, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        match self.warnings.iter_mut().find(|known| known.field == field && known.reason == reason) {
            Some(known) => known.count = known.count.saturating_add(count),
            None if count > 0 => self.warnings.push(Warning { field, reason, count }),
            None => {}
        }
    }

    fn accept_valid(
        &mut self,
        field: Field,
        methods: Vec<ContactMethod>,
        problem: impl Fn(&ContactMethod) -> Option<ValidationError>,
    ) -> Vec<ContactMethod> {
        let mut kept = Vec::with_capacity(methods.len());
        for mut method in methods {
            if method.text.is_empty() {
                continue;
            }
            let full = kept.len() >= limits::CONTACT_METHODS;
            let problem = problem(&method)
                .or(full.then_some(ValidationError::TooMany { limit: limits::CONTACT_METHODS }));
            if let Some(problem) = problem {
                self.warn(field, problem);
                self.rejected.push(method);
                continue;
            }
            if method.label.chars().count() > limits::NAME {
                self.warn(field, ValidationError::TooLong { limit: limits::NAME });
                method.label = String::new();
            }
            kept.push(method);
        }
        kept
    }
}

/// The reason why a text cannot be a phone of a contact.
pub(super) fn phone_problem(text: &str, is_phone: IsPhone<'_>) -> Option<ValidationError> {
    if text.chars().count() > limits::PHONE {
        Some(ValidationError::TooLong { limit: limits::PHONE })
    } else if is_phone(text) {
        None
    } else {
        Some(ValidationError::NotAPhone)
    }
}

/// The reason why a text cannot be an e-mail address of a contact.
pub(super) fn email_problem(text: &str) -> Option<ValidationError> {
    match NewEmail::new(text).check() {
        Err(Error::Invalid { reason: problem, .. }) => Some(problem),
        _ => None,
    }
}

/// The default check: the text has at least two digits. The session of a store checks by numbering plans instead.
pub(crate) fn looks_like_phone(text: &str) -> bool {
    text.chars().filter(|c| c.is_numeric()).count() >= 2
}
