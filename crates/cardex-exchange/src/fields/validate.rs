//! Decides which phones and e-mail addresses the fields accept.

use crate::fields::contact_fields::{ContactMethod, IsPhone};
use crate::vcard::LineNumber;
use cardex::contacts::PlainField;
use cardex::{Error, ValidationError};
use cardex::{Field, NewEmail, limits};

/// A value of a record that the fields do not hold as it is. The card of the record keeps it, unless it has too many properties.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The field of the values; [`Field::Card`] for lines of a card that are not properties, and for properties beyond the 4,096th.
    pub field: Field,
    /// The rule that it violates.
    pub reason: ValidationError,
    /// The value, at most 200 characters of it; empty if it is not one value.
    pub value: String,
    /// The line of the value, from 1; that of the record if the format has no lines for values.
    pub line: u64,
    /// How many values the warning is about: 1, except for the last one of many equal warnings.
    pub count: u64,
}

impl std::fmt::Debug for Warning {
    /// Without the value: names, numbers and addresses stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("Warning");
        text.field("field", &self.field).field("reason", &self.reason).field("line", &self.line);
        text.field("count", &self.count).finish_non_exhaustive()
    }
}

/// Warnings of a record about the same rule, before they are only counted.
const MAX_EQUAL_WARNINGS: usize = 20;
/// Characters of a value in a warning.
const MAX_VALUE: usize = 200;

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

    /// The phones of a contact: first the numbers, then other texts as they are written.
    pub(crate) fn phones(&mut self, methods: Vec<ContactMethod>) -> Vec<ContactMethod> {
        let phones = self.accept_valid(Field::Phone, methods, |method| phone_problem(&method.text));
        let (mut phones, others): (Vec<_>, Vec<_>) =
            phones.into_iter().partition(|phone| (self.is_phone)(&phone.text));
        for other in &others {
            self.warn(Field::Phone, ValidationError::NotAPhone, (other.at, &other.text));
        }
        phones.extend(others);
        phones
    }

    pub(crate) fn emails(&mut self, methods: Vec<ContactMethod>) -> Vec<ContactMethod> {
        self.accept_valid(Field::Email, methods, |method| email_problem(&method.text))
    }

    /// Records a warning about a value on a line.
    pub(crate) fn warn(&mut self, field: Field, reason: ValidationError, value: (LineNumber, &str)) {
        warn(&mut self.warnings, field, reason, value, 1);
    }

    /// Records a warning about a number of values; nothing for 0.
    pub(crate) fn warn_often(&mut self, field: Field, reason: ValidationError, count: usize) {
        if count > 0 {
            warn(&mut self.warnings, field, reason, (LineNumber::default(), ""), count);
        }
    }

    /// A text cut to the limit of its field, with a warning if it is longer.
    pub(crate) fn cut(&mut self, field: PlainField, text: &str, at: LineNumber) -> String {
        let short = cut_text(text, field.limit());
        if short.len() < text.len() {
            let reason = ValidationError::TooLong { limit: field.limit() };
            warn(&mut self.warnings, field.field(), reason, (at, text), 1);
        }
        short.to_owned()
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
                self.warn(field, problem, (method.at, &method.text));
                self.rejected.push(method);
                continue;
            }
            if method.label.chars().count() > limits::NAME {
                let reason = ValidationError::TooLong { limit: limits::NAME };
                self.warn(field, reason, (method.at, &method.label));
                let short = cut_text(&method.label, limits::NAME).len();
                method.label.truncate(short);
            }
            kept.push(method);
        }
        kept
    }
}

/// Adds a warning. After the first few about the same rule, the last one counts the others.
fn warn(
    warnings: &mut Vec<Warning>,
    field: Field,
    reason: ValidationError,
    (at, value): (LineNumber, &str),
    count: usize,
) {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let mut equal = warnings.iter_mut().filter(|known| known.field == field && known.reason == reason);
    if let Some(last) = equal.nth(MAX_EQUAL_WARNINGS) {
        last.count = last.count.saturating_add(count);
        return;
    }
    let is_last = warnings.iter().filter(|known| known.field == field && known.reason == reason).count()
        == MAX_EQUAL_WARNINGS;
    let value = if is_last { "" } else { cut_text(value, MAX_VALUE) };
    warnings.push(Warning { field, reason, value: value.to_owned(), line: at.0, count });
}

/// The first characters of a text.
pub(super) fn cut_text(text: &str, limit: usize) -> &str {
    text.char_indices().nth(limit).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The reason why a text cannot be a phone of a contact.
pub(super) fn phone_problem(text: &str) -> Option<ValidationError> {
    let is_long = text.chars().count() > limits::PHONE;
    is_long.then_some(ValidationError::TooLong { limit: limits::PHONE })
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
