//! Phones and e-mail addresses: which of them the columns take.

use crate::Warning;
use crate::fields::{ContactMethod, IsPhone};
use cardex::{Error, ValidationError};
use cardex::{Field, NewEmail, limits};

/// Takes phones and e-mail addresses that hold to the rules of the model and warns of those that do not.
pub(crate) struct FieldValidator<'a> {
    pub(crate) is_phone: IsPhone<'a>,
    pub(crate) warnings: Vec<Warning>,
    /// Texts that were left out, for formats that must keep them elsewhere.
    pub(crate) rejected: Vec<ContactMethod>,
}

impl<'a> FieldValidator<'a> {
    pub(crate) fn new(is_phone: IsPhone<'a>) -> Self {
        Self { is_phone, warnings: Vec::new(), rejected: Vec::new() }
    }

    pub(crate) fn phones(&mut self, points: Vec<ContactMethod>) -> Vec<ContactMethod> {
        let is_phone = self.is_phone;
        self.accept_valid(Field::Phone, points, |point| phone_problem(&point.text, is_phone))
    }

    pub(crate) fn emails(&mut self, points: Vec<ContactMethod>) -> Vec<ContactMethod> {
        self.accept_valid(Field::Email, points, |point| email_problem(&point.text))
    }

    pub(crate) fn warn(&mut self, field: Field, problem: ValidationError) {
        self.warnings.push(Warning { field, reason: problem });
    }

    fn accept_valid(
        &mut self,
        field: Field,
        points: Vec<ContactMethod>,
        problem: impl Fn(&ContactMethod) -> Option<ValidationError>,
    ) -> Vec<ContactMethod> {
        let mut kept = Vec::with_capacity(points.len());
        for mut point in points {
            if point.text.is_empty() {
                continue;
            }
            let full = kept.len() >= limits::CONTACT_METHODS;
            let problem = problem(&point)
                .or(full.then_some(ValidationError::TooMany { limit: limits::CONTACT_METHODS }));
            if let Some(problem) = problem {
                self.warn(field, problem);
                self.rejected.push(point);
                continue;
            }
            if point.label.chars().count() > limits::NAME {
                self.warn(field, ValidationError::TooLong { limit: limits::NAME });
                point.label = String::new();
            }
            kept.push(point);
        }
        kept
    }
}

/// Why a text can be no phone of a contact.
pub(super) fn phone_problem(text: &str, is_phone: IsPhone<'_>) -> Option<ValidationError> {
    if text.chars().count() > limits::PHONE {
        Some(ValidationError::TooLong { limit: limits::PHONE })
    } else if is_phone(text) {
        None
    } else {
        Some(ValidationError::NotAPhone)
    }
}

/// Why a text can be no e-mail address of a contact.
pub(super) fn email_problem(text: &str) -> Option<ValidationError> {
    match NewEmail::new(text).check() {
        Err(Error::Invalid { reason: problem, .. }) => Some(problem),
        _ => None,
    }
}
