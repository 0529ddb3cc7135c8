//! Compiled conditions, and whether a contact matches them.

use std::collections::HashMap;

use crate::db::contact::StoredContact;
use crate::db::contact::sort_values::FilterRow;
use crate::db::list::bitmap_index::ContactMethodKind;
use crate::db::normalized_value::NormalizedValue;
use crate::model::{Contact, ContactId, Network, SortField, Status, TextField, TimeField, fold_email};
use crate::text::fold::fold;

/// What a filter reads of contacts besides their rows, by local id.
#[derive(Debug, Default)]
pub(in crate::query) struct FilterInputs {
    /// The tags of each contact, by local id.
    pub(super) tags: HashMap<i64, Vec<i64>>,
    /// The attributes of each contact, by local id, with their normalized values.
    pub(super) attributes: HashMap<i64, Vec<(i64, NormalizedValue)>>,
    /// The short forms of rows, of contacts whose rows are not read.
    pub(super) filter_rows: HashMap<i64, FilterRow>,
}

/// A compiled condition, or several combined.
#[derive(Debug)]
pub(super) enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Text(TextField, TextOperator, Vec<TextOperand>),
    /// From one time to another in milliseconds, both included.
    Time(TimeField, i64, i64),
    /// One of these tags, by local id; any tag for `None`.
    Tags(Option<Vec<i64>>),
    /// A value of one of these attributes, by local id.
    Attributes(Vec<i64>, ValueOperator),
    /// One of these statuses; any status for `None`.
    Status(Option<Vec<Status>>),
    /// One of these networks, with its local id.
    Network(Vec<(i64, Network)>),
    Ids(Vec<ContactId>),
    Blocked,
}

/// How a text is compared with operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextOperator {
    Present,
    Equals,
    Contains,
    StartsWith,
}

/// How the value of an attribute is compared.
#[derive(Debug)]
pub(super) enum ValueOperator {
    Present,
    /// One of these ranges, both ends included.
    Between(Vec<(NormalizedValue, NormalizedValue)>),
    /// The text contains one of these; lowercase.
    Contains(Vec<String>),
}

/// A text that a field is compared with.
#[derive(Debug)]
pub(super) struct TextOperand {
    /// In the form in which the field is compared: folded, or normalized as a phone or an e-mail address.
    pub(super) text: String,
    /// Lowercase, for a text whose fold is empty.
    pub(super) lowercase: String,
    /// For a phone: all stored forms that are equal to it.
    pub(super) phone_forms: Vec<String>,
}

impl Predicate {
    /// Adds the attributes that the conditions read, by local id, without duplicates.
    pub(super) fn collect_attribute_ids(&self, ids: &mut Vec<i64>) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|each| each.collect_attribute_ids(ids)),
            Self::Not(negated) => negated.collect_attribute_ids(ids),
            Self::Attributes(own, _) => {
                ids.extend(own);
                ids.sort_unstable();
                ids.dedup();
            }
            _ => {}
        }
    }

    /// Whether the conditions read only tags and attributes.
    pub(super) fn uses_only_tags_and_attributes(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().all(Self::uses_only_tags_and_attributes),
            Self::Not(negated) => negated.uses_only_tags_and_attributes(),
            Self::Tags(_) | Self::Attributes(..) => true,
            _ => false,
        }
    }

    /// Whether bitmaps hold candidates for the conditions, without reading a range of an index.
    pub(super) fn is_bitmap_backed(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_bitmap_backed),
            Self::Not(negated) => negated.is_bitmap_backed(),
            Self::Tags(Some(_))
            | Self::Network(_)
            | Self::Attributes(_, ValueOperator::Present | ValueOperator::Contains(_)) => true,
            Self::Text(field, TextOperator::Present, _) => contact_method_of(*field).is_some(),
            _ => false,
        }
    }

    /// Whether bitmaps alone decide which contacts match.
    pub(super) fn is_exact_by_bitmaps(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_exact_by_bitmaps),
            Self::Not(negated) => negated.is_exact_by_bitmaps(),
            Self::Attributes(_, values) => matches!(values, ValueOperator::Present),
            _ => self.is_bitmap_backed(),
        }
    }

    /// Whether a contact matches; `None` if the decision needs the contact's row, or whether it is blocked, and these are not given.
    pub(super) fn evaluate(
        &self,
        id: i64,
        row: Option<&StoredContact>,
        inputs: &FilterInputs,
        blocked: Option<bool>,
    ) -> Option<bool> {
        let contact = row.map(|row| &row.contact);
        match self {
            Self::All(all) => and_all(all.iter().map(|each| each.evaluate(id, row, inputs, blocked))),
            Self::Any(all) => {
                let negated =
                    all.iter().map(|each| each.evaluate(id, row, inputs, blocked).map(|is_match| !is_match));
                and_all(negated).map(|none_matches| !none_matches)
            }
            Self::Not(negated) => negated.evaluate(id, row, inputs, blocked).map(|is_match| !is_match),
            Self::Text(field, operator, operands) => match contact {
                Some(contact) => Some(text_matches(*field, *operator, operands, contact)),
                None => filter_row_matches(*field, *operator, operands, inputs.filter_rows.get(&id)?),
            },
            Self::Time(field, first, last) => {
                let at = match (contact, field) {
                    (Some(contact), TimeField::Created) => Some(contact.created_at.0),
                    (Some(contact), TimeField::Updated) => Some(contact.updated_at.0),
                    (Some(contact), TimeField::Active) => contact.active_at.map(|at| at.0),
                    (None, TimeField::Created) => Some(inputs.filter_rows.get(&id)?.created),
                    (None, TimeField::Active) => inputs.filter_rows.get(&id)?.active,
                    (None, TimeField::Updated) => return None,
                };
                Some(at.is_some_and(|at| *first <= at && at <= *last))
            }
            Self::Tags(expected) => {
                let own = inputs.tags.get(&id).map(Vec::as_slice).unwrap_or_default();
                let has = |tags: &Vec<i64>| own.iter().any(|tag| tags.contains(tag));
                Some(expected.as_ref().map_or(!own.is_empty(), has))
            }
            Self::Attributes(attributes, values) => {
                let own = inputs.attributes.get(&id).map(Vec::as_slice).unwrap_or_default();
                Some(
                    own.iter()
                        .any(|(attribute, value)| attributes.contains(attribute) && values.matches(value)),
                )
            }
            Self::Status(expected) => contact.map(|contact| match (contact.status, expected) {
                (Some(status), Some(expected)) => expected.contains(&status),
                (status, None) => status.is_some(),
                (None, Some(_)) => false,
            }),
            Self::Network(expected) => row.map(|row| expected.iter().any(|(id, _)| *id == row.network)),
            Self::Ids(ids) => contact.map(|contact| ids.contains(&contact.id)),
            Self::Blocked => blocked,
        }
    }
}

/// The contact method of a field, if a bitmap has the contacts that lack it.
pub(super) fn contact_method_of(field: TextField) -> Option<ContactMethodKind> {
    match field {
        TextField::Email => Some(ContactMethodKind::Email),
        TextField::Phone => Some(ContactMethodKind::Phone),
        _ => None,
    }
}

/// The conjunction of decisions: false if one is false, else `None` if one is undecided.
fn and_all(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for each in all {
        match each {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

impl ValueOperator {
    fn matches(&self, value: &NormalizedValue) -> bool {
        match self {
            Self::Present => *value != NormalizedValue::Null,
            Self::Between(ranges) => ranges.iter().any(|range| match (value, range) {
                (
                    NormalizedValue::Text(value),
                    (NormalizedValue::Text(least), NormalizedValue::Text(most)),
                ) => least <= value && value <= most,
                (
                    NormalizedValue::Number(value),
                    (NormalizedValue::Number(least), NormalizedValue::Number(most)),
                ) => least <= value && value <= most,
                (
                    NormalizedValue::Integer(value),
                    (NormalizedValue::Integer(least), NormalizedValue::Integer(most)),
                ) => least <= value && value <= most,
                _ => false,
            }),
            Self::Contains(parts) => {
                matches!(value, NormalizedValue::Text(text) if parts.iter().any(|part| text.contains(part.as_str())))
            }
        }
    }
}

/// [`text_matches`] by the short form of a row; `None` if it does not have the field.
fn filter_row_matches(
    field: TextField,
    operator: TextOperator,
    operands: &[TextOperand],
    row: &FilterRow,
) -> Option<bool> {
    let sort = match field {
        TextField::Company => SortField::Company,
        TextField::City => SortField::City,
        TextField::Country => SortField::Country,
        _ => return None,
    };
    let (is_present, folded) = row.text(sort)?;
    if operator == TextOperator::Present {
        return Some(is_present);
    }
    let all_have_fold = operands.iter().all(|operand| !operand.text.is_empty());
    all_have_fold.then(|| operands.iter().any(|operand| operator.matches(folded, &operand.text)))
}

fn text_matches(
    field: TextField,
    operator: TextOperator,
    operands: &[TextOperand],
    contact: &Contact,
) -> bool {
    let matches_text = |text: &str| {
        if operator == TextOperator::Present {
            return !text.trim().is_empty();
        }
        let folded = fold(text);
        operands.iter().any(|operand| {
            if operand.text.is_empty() {
                operator.matches(&text.trim().to_lowercase(), &operand.lowercase)
            } else {
                operator.matches(&folded, &operand.text)
            }
        })
    };
    match field {
        TextField::FirstName => matches_text(&contact.first_name),
        TextField::LastName => matches_text(&contact.last_name),
        TextField::DisplayName => matches_text(&contact.display_name),
        TextField::Nickname => matches_text(&contact.nickname),
        TextField::Company => matches_text(&contact.company),
        TextField::Language => matches_text(&contact.language),
        TextField::City => matches_text(&contact.city),
        TextField::Country => matches_text(&contact.country),
        TextField::Email => contact.emails.iter().any(|email| {
            let text = fold_email(&email.text);
            operator == TextOperator::Present
                || operands.iter().any(|operand| operator.matches(&text, &operand.text))
        }),
        TextField::Identifier => contact.identifiers.iter().any(|identifier| {
            operator == TextOperator::Present
                || operands.iter().any(|operand| operator.matches(&identifier.value, &operand.text))
        }),
        TextField::Phone => contact.phones.iter().any(|phone| {
            let bare = phone.normalized.trim_start_matches('+');
            let matches_phone = |operand: &TextOperand| {
                let text = if operand.text.starts_with('+') { phone.normalized.as_str() } else { bare };
                if operator == TextOperator::Equals {
                    operand.phone_forms.contains(&phone.normalized)
                } else {
                    operator.matches(text, &operand.text)
                }
            };
            operator == TextOperator::Present || operands.iter().any(matches_phone)
        }),
    }
}

impl TextOperator {
    fn matches(self, text: &str, operand: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Equals => text == operand,
            Self::Contains => text.contains(operand),
            Self::StartsWith => text.starts_with(operand),
        }
    }
}
