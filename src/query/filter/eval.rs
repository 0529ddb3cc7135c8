//! Whether a contact meets conditions.

use crate::db::contact::StoredContact;
use crate::db::list::filter_lookup::FilterValue;
use crate::db::list::sort_index::FilterRow;
use crate::model::{Contact, ContactId, Network, SortField, Status, TextField, TimeField, fold_email};
use crate::query::filter::FilterInputs;
use crate::text::fold::fold;

/// A filter made ready.
#[derive(Debug)]
pub(super) enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Text(TextField, TextOperator, Vec<TextOperand>),
    /// From one moment to another, both included.
    Time(TimeField, i64, i64),
    /// Tags by local id; any at all.
    Tags(Option<Vec<i64>>),
    /// Attributes by local id.
    Attributes(Vec<i64>, ValueOperator),
    Status(Option<Vec<Status>>),
    Network(Vec<(i64, Network)>),
    Ids(Vec<ContactId>),
    Blocked,
}

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextOperator {
    Present,
    Equals,
    Contains,
    StartsWith,
}

/// What is asked of the value of an attribute.
#[derive(Debug)]
pub(super) enum ValueOperator {
    Present,
    /// One of these ranges, both ends included.
    Between(Vec<(FilterValue, FilterValue)>),
    /// One of these, in lower case, stands in it.
    Contains(Vec<String>),
}

/// A text to compare with.
#[derive(Debug)]
pub(super) struct TextOperand {
    /// As the field's texts are compared: folded, or in the form of numbers and addresses.
    pub(super) text: String,
    /// In lower case, for a text of which the fold leaves nothing.
    pub(super) lowercase: String,
    /// Other forms that are equal: of a phone.
    pub(super) phone_forms: Vec<String>,
}

impl Predicate {
    /// The attributes that are asked for, by local id.
    pub(super) fn collect_attribute_ids(&self, defs: &mut Vec<i64>) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|test| test.collect_attribute_ids(defs)),
            Self::Not(inner) => inner.collect_attribute_ids(defs),
            Self::Attributes(own, _) => {
                defs.extend(own);
                defs.sort_unstable();
                defs.dedup();
            }
            _ => {}
        }
    }

    /// Whether nothing but tags and attributes is asked for.
    pub(super) fn uses_only_tags_and_attributes(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().all(Self::uses_only_tags_and_attributes),
            Self::Not(inner) => inner.uses_only_tags_and_attributes(),
            Self::Tags(_) | Self::Attributes(..) => true,
            _ => false,
        }
    }

    /// Whether a contact meets the conditions; `None` if that cannot be told without its row, or without knowing whether it is blocked.
    pub(super) fn evaluate(
        &self,
        id: i64,
        row: Option<&StoredContact>,
        facts: &FilterInputs,
        blocked: Option<bool>,
    ) -> Option<bool> {
        let contact = row.map(|row| &row.contact);
        match self {
            Self::All(all) => and_all(all.iter().map(|test| test.evaluate(id, row, facts, blocked))),
            Self::Any(all) => {
                let opposite =
                    all.iter().map(|test| test.evaluate(id, row, facts, blocked).map(|held| !held));
                and_all(opposite).map(|none| !none)
            }
            Self::Not(inner) => inner.evaluate(id, row, facts, blocked).map(|held| !held),
            Self::Text(field, verb, wanted) => match contact {
                Some(contact) => Some(text_matches(*field, *verb, wanted, contact)),
                None => filter_row_matches(*field, *verb, wanted, facts.filter_rows.get(&id)?),
            },
            Self::Time(field, least, most) => {
                let at = match (contact, field) {
                    (Some(contact), TimeField::Created) => Some(contact.created_at.0),
                    (Some(contact), TimeField::Updated) => Some(contact.updated_at.0),
                    (Some(contact), TimeField::Active) => contact.active_at.map(|at| at.0),
                    (None, TimeField::Created) => Some(facts.filter_rows.get(&id)?.created),
                    (None, TimeField::Active) => facts.filter_rows.get(&id)?.active,
                    (None, TimeField::Updated) => return None,
                };
                Some(at.is_some_and(|at| *least <= at && at <= *most))
            }
            Self::Tags(wanted) => {
                let own = facts.tags.get(&id).map(Vec::as_slice).unwrap_or_default();
                let has = |tags: &Vec<i64>| own.iter().any(|tag| tags.contains(tag));
                Some(wanted.as_ref().map_or(!own.is_empty(), has))
            }
            Self::Attributes(defs, values) => {
                let own = facts.attributes.get(&id).map(Vec::as_slice).unwrap_or_default();
                Some(own.iter().any(|(def, norm)| defs.contains(def) && values.matches(norm)))
            }
            Self::Status(wanted) => contact.map(|contact| match (contact.status, wanted) {
                (Some(status), Some(wanted)) => wanted.contains(&status),
                (status, None) => status.is_some(),
                (None, Some(_)) => false,
            }),
            Self::Network(wanted) => row.map(|row| wanted.iter().any(|(id, _)| *id == row.network)),
            Self::Ids(ids) => contact.map(|contact| ids.contains(&contact.id)),
            Self::Blocked => blocked,
        }
    }
}

/// Whether all hold, as far as it can be told.
fn and_all(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for each in all {
        match each {
            Some(false) => return Some(false),
            None => known = None,
            Some(true) => {}
        }
    }
    known
}

impl ValueOperator {
    fn matches(&self, norm: &FilterValue) -> bool {
        match self {
            Self::Present => *norm != FilterValue::Null,
            Self::Between(ranges) => ranges.iter().any(|range| match (norm, range) {
                (FilterValue::Text(value), (FilterValue::Text(least), FilterValue::Text(most))) => {
                    least <= value && value <= most
                }
                (FilterValue::Number(value), (FilterValue::Number(least), FilterValue::Number(most))) => {
                    least <= value && value <= most
                }
                (FilterValue::Integer(value), (FilterValue::Integer(least), FilterValue::Integer(most))) => {
                    least <= value && value <= most
                }
                _ => false,
            }),
            Self::Contains(parts) => {
                matches!(norm, FilterValue::Text(text) if parts.iter().any(|part| text.contains(part.as_str())))
            }
        }
    }
}

/// The same by what is kept folded; `None` if that does not tell.
fn filter_row_matches(
    field: TextField,
    verb: TextOperator,
    wanted: &[TextOperand],
    brief: &FilterRow,
) -> Option<bool> {
    let sort = match field {
        TextField::Company => SortField::Company,
        TextField::City => SortField::City,
        TextField::Country => SortField::Country,
        _ => return None,
    };
    let (is_there, folded) = brief.text(sort)?;
    if verb == TextOperator::Present {
        return Some(is_there);
    }
    let is_folded = wanted.iter().all(|wanted| !wanted.text.is_empty());
    is_folded.then(|| wanted.iter().any(|wanted| verb.matches(folded, &wanted.text)))
}

fn text_matches(field: TextField, verb: TextOperator, wanted: &[TextOperand], contact: &Contact) -> bool {
    let one = |text: &str| {
        if verb == TextOperator::Present {
            return !text.trim().is_empty();
        }
        let folded = fold(text);
        wanted.iter().any(|wanted| {
            if wanted.text.is_empty() {
                verb.matches(&text.trim().to_lowercase(), &wanted.lowercase)
            } else {
                verb.matches(&folded, &wanted.text)
            }
        })
    };
    match field {
        TextField::FirstName => one(&contact.first_name),
        TextField::LastName => one(&contact.last_name),
        TextField::DisplayName => one(&contact.display_name),
        TextField::Nickname => one(&contact.nickname),
        TextField::Company => one(&contact.company),
        TextField::Language => one(&contact.language),
        TextField::City => one(&contact.city),
        TextField::Country => one(&contact.country),
        TextField::Email => contact.emails.iter().any(|email| {
            let text = fold_email(&email.text);
            verb == TextOperator::Present || wanted.iter().any(|wanted| verb.matches(&text, &wanted.text))
        }),
        TextField::Identifier => contact.identifiers.iter().any(|identifier| {
            verb == TextOperator::Present
                || wanted.iter().any(|wanted| verb.matches(&identifier.value, &wanted.text))
        }),
        TextField::Phone => contact.phones.iter().any(|phone| {
            let bare = phone.normalized.trim_start_matches('+');
            let like = |wanted: &TextOperand| {
                let text = if wanted.text.starts_with('+') { phone.normalized.as_str() } else { bare };
                if verb == TextOperator::Equals {
                    wanted.phone_forms.contains(&phone.normalized)
                } else {
                    verb.matches(text, &wanted.text)
                }
            };
            verb == TextOperator::Present || wanted.iter().any(like)
        }),
    }
}

impl TextOperator {
    fn matches(self, text: &str, wanted: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Equals => text == wanted,
            Self::Contains => text.contains(wanted),
            Self::StartsWith => text.starts_with(wanted),
        }
    }
}
