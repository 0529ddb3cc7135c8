//! Whether a contact meets conditions.

use crate::db::contact::Stored;
use crate::db::list::filter_lookup::Norm;
use crate::db::list::sort_index::Brief;
use crate::model::{Contact, ContactId, Network, Sort, Status, TextField, TimeField, fold_email};
use crate::query::filter::Facts;
use crate::text::fold::fold;

/// A filter made ready.
#[derive(Debug)]
pub(super) enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Text(TextField, Verb, Vec<Wanted>),
    /// From one moment to another, both included.
    Time(TimeField, i64, i64),
    /// Tags by local id; any at all.
    Tags(Option<Vec<i64>>),
    /// Attributes by local id.
    Values(Vec<i64>, Values),
    Status(Option<Vec<Status>>),
    Network(Vec<(i64, Network)>),
    Ids(Vec<ContactId>),
    Blocked,
}

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Present,
    Equals,
    Contains,
    Starts,
}

/// What is asked of the value of an attribute.
#[derive(Debug)]
pub(super) enum Values {
    Any,
    /// One of these ranges, both ends included.
    Between(Vec<(Norm, Norm)>),
    /// One of these, in lower case, stands in it.
    Contains(Vec<String>),
}

/// A text to compare with.
#[derive(Debug)]
pub(super) struct Wanted {
    /// As the field's texts are compared: folded, or in the form of numbers and addresses.
    pub(super) text: String,
    /// In lower case, for a text of which the fold leaves nothing.
    pub(super) raw: String,
    /// Other forms that are equal: of a phone.
    pub(super) forms: Vec<String>,
}

impl Test {
    /// The attributes that are asked for, by local id.
    pub(super) fn attributes(&self, defs: &mut Vec<i64>) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|test| test.attributes(defs)),
            Self::Not(inner) => inner.attributes(defs),
            Self::Values(own, _) => {
                defs.extend(own);
                defs.sort_unstable();
                defs.dedup();
            }
            _ => {}
        }
    }

    /// Whether nothing but tags and attributes is asked for.
    pub(super) fn is_of_labels(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_of_labels),
            Self::Not(inner) => inner.is_of_labels(),
            Self::Tags(_) | Self::Values(..) => true,
            _ => false,
        }
    }

    /// Whether a contact meets the conditions; `None` if that cannot be told without its row, or without knowing whether it is blocked.
    pub(super) fn holds(
        &self,
        id: i64,
        row: Option<&Stored>,
        facts: &Facts,
        blocked: Option<bool>,
    ) -> Option<bool> {
        let contact = row.map(|row| &row.contact);
        match self {
            Self::All(all) => all_of(all.iter().map(|test| test.holds(id, row, facts, blocked))),
            Self::Any(all) => {
                let opposite = all.iter().map(|test| test.holds(id, row, facts, blocked).map(|held| !held));
                all_of(opposite).map(|none| !none)
            }
            Self::Not(inner) => inner.holds(id, row, facts, blocked).map(|held| !held),
            Self::Text(field, verb, wanted) => match contact {
                Some(contact) => Some(text_holds(*field, *verb, wanted, contact)),
                None => brief_holds(*field, *verb, wanted, facts.briefs.get(&id)?),
            },
            Self::Time(field, least, most) => {
                let at = match (contact, field) {
                    (Some(contact), TimeField::Created) => Some(contact.created_at.0),
                    (Some(contact), TimeField::Updated) => Some(contact.updated_at.0),
                    (Some(contact), TimeField::Active) => contact.active_at.map(|at| at.0),
                    (None, TimeField::Created) => Some(facts.briefs.get(&id)?.created),
                    (None, TimeField::Active) => facts.briefs.get(&id)?.active,
                    (None, TimeField::Updated) => return None,
                };
                Some(at.is_some_and(|at| *least <= at && at <= *most))
            }
            Self::Tags(wanted) => {
                let own = facts.tags.get(&id).map(Vec::as_slice).unwrap_or_default();
                let has = |tags: &Vec<i64>| own.iter().any(|tag| tags.contains(tag));
                Some(wanted.as_ref().map_or(!own.is_empty(), has))
            }
            Self::Values(defs, values) => {
                let own = facts.attributes.get(&id).map(Vec::as_slice).unwrap_or_default();
                Some(own.iter().any(|(def, norm)| defs.contains(def) && values.hold(norm)))
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
fn all_of(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
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

impl Values {
    fn hold(&self, norm: &Norm) -> bool {
        match self {
            Self::Any => *norm != Norm::None,
            Self::Between(ranges) => ranges.iter().any(|range| match (norm, range) {
                (Norm::Text(value), (Norm::Text(least), Norm::Text(most))) => least <= value && value <= most,
                (Norm::Number(value), (Norm::Number(least), Norm::Number(most))) => {
                    least <= value && value <= most
                }
                (Norm::Whole(value), (Norm::Whole(least), Norm::Whole(most))) => {
                    least <= value && value <= most
                }
                _ => false,
            }),
            Self::Contains(parts) => {
                matches!(norm, Norm::Text(text) if parts.iter().any(|part| text.contains(part.as_str())))
            }
        }
    }
}

/// The same by what is kept folded; `None` if that does not tell.
fn brief_holds(field: TextField, verb: Verb, wanted: &[Wanted], brief: &Brief) -> Option<bool> {
    let sort = match field {
        TextField::Company => Sort::Company,
        TextField::City => Sort::City,
        TextField::Country => Sort::Country,
        _ => return None,
    };
    let (is_there, folded) = brief.text(sort)?;
    if verb == Verb::Present {
        return Some(is_there);
    }
    let is_folded = wanted.iter().all(|wanted| !wanted.text.is_empty());
    is_folded.then(|| wanted.iter().any(|wanted| verb.holds(folded, &wanted.text)))
}

fn text_holds(field: TextField, verb: Verb, wanted: &[Wanted], contact: &Contact) -> bool {
    let one = |text: &str| {
        if verb == Verb::Present {
            return !text.trim().is_empty();
        }
        let folded = fold(text);
        wanted.iter().any(|wanted| {
            if wanted.text.is_empty() {
                verb.holds(&text.trim().to_lowercase(), &wanted.raw)
            } else {
                verb.holds(&folded, &wanted.text)
            }
        })
    };
    match field {
        TextField::First => one(&contact.first_name),
        TextField::Last => one(&contact.last_name),
        TextField::Name => one(&contact.display_name),
        TextField::Nickname => one(&contact.nickname),
        TextField::Company => one(&contact.company),
        TextField::Language => one(&contact.language),
        TextField::City => one(&contact.city),
        TextField::Country => one(&contact.country),
        TextField::Email => contact.emails.iter().any(|email| {
            let text = fold_email(&email.text);
            verb == Verb::Present || wanted.iter().any(|wanted| verb.holds(&text, &wanted.text))
        }),
        TextField::Identifier => contact.identifiers.iter().any(|identifier| {
            verb == Verb::Present || wanted.iter().any(|wanted| verb.holds(&identifier.value, &wanted.text))
        }),
        TextField::Phone => contact.phones.iter().any(|phone| {
            let bare = phone.normal.trim_start_matches('+');
            let like = |wanted: &Wanted| {
                let text = if wanted.text.starts_with('+') { phone.normal.as_str() } else { bare };
                if verb == Verb::Equals {
                    wanted.forms.contains(&phone.normal)
                } else {
                    verb.holds(text, &wanted.text)
                }
            };
            verb == Verb::Present || wanted.iter().any(like)
        }),
    }
}

impl Verb {
    fn holds(self, text: &str, wanted: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Equals => text == wanted,
            Self::Contains => text.contains(wanted),
            Self::Starts => text.starts_with(wanted),
        }
    }
}
