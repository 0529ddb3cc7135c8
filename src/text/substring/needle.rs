//! The text of a substring search, and where a contact contains it.

use std::ops::Range;

use super::field::{
    SubstringField, full_name, lowercase_chars, phone_char_filter, phone_chars, phone_letters,
};
use crate::error::{Error, Result, ValidationError};
use crate::model::{Contact, Field, PlainField, limits};
use crate::text::fold::{find_folded, fold};
use crate::text::phone::is_separator;

/// Where a contact contains the search text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubstringMatch {
    pub(crate) field: Field,
    /// The index of the e-mail address, phone or identifier; 0 for other fields.
    pub(crate) item: usize,
    /// Byte ranges in the original fields, on character boundaries. Empty if only the normalized form of a phone number contains the
    /// text, for example a country code that is not written.
    pub(crate) ranges: Vec<(Field, Range<usize>)>,
}

/// A search text, in the form for each field group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needle {
    /// As given, without white space at the ends.
    exact: String,
    folded: String,
    lower: String,
    /// Digits, perhaps with a leading plus; in lower case, if the text has something else.
    phone: String,
}

impl Needle {
    /// A search text.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the text is blank or longer than [`limits::QUERY`].
    pub(crate) fn new(text: &str) -> Result<Self> {
        if text.chars().nth(limits::QUERY).is_some() {
            return Err(Error::invalid(Field::Query, ValidationError::TooLong { limit: limits::QUERY }));
        }
        let exact = text.trim();
        if exact.is_empty() {
            return Err(Error::invalid(Field::Query, ValidationError::Required { network: None }));
        }
        let lower = lowercase_chars(exact);
        let phone = partial_phone(exact).unwrap_or_else(|| lower.clone());
        Ok(Self { exact: exact.to_owned(), folded: fold(exact), lower, phone })
    }

    /// The search text for a field group; `None` if nothing there can match.
    pub(crate) fn text_for(&self, field: SubstringField) -> Option<&str> {
        let text = match field {
            SubstringField::Name | SubstringField::Company => &self.folded,
            SubstringField::Email => &self.lower,
            SubstringField::Phone => &self.phone,
            SubstringField::Identifier => &self.exact,
        };
        (!text.is_empty()).then_some(text)
    }

    /// The first field group in which the contact contains the text, and where.
    pub(crate) fn find(&self, contact: &Contact) -> Option<(SubstringField, SubstringMatch)> {
        SubstringField::ALL.into_iter().find_map(|field| Some((field, self.find_in(field, contact)?)))
    }

    fn find_in(&self, field: SubstringField, contact: &Contact) -> Option<SubstringMatch> {
        let text = self.text_for(field)?;
        match field {
            SubstringField::Name => find_in_names(contact, text),
            SubstringField::Company => {
                let mut fields = PlainField::searchable_by_words();
                fields.find_map(|field| {
                    Some(single_range(field.field(), 0, find_folded(contact.text(field), text)?))
                })
            }
            SubstringField::Email => contact.emails.iter().enumerate().find_map(|(item, email)| {
                let at = lowercase_chars(&email.text).find(text)?;
                let range =
                    original_range(&email.text, char::to_lowercase, at..at.saturating_add(text.len()));
                Some(single_range(Field::Email, item, range))
            }),
            SubstringField::Phone => contact.phones.iter().enumerate().find_map(|(item, phone)| {
                if let Some(at) = phone_chars(&phone.text).find(text) {
                    let range =
                        original_range(&phone.text, phone_char_filter(), at..at.saturating_add(text.len()));
                    return Some(single_range(Field::Phone, item, range));
                }
                if let Some(at) = phone_letters(&phone.text).and_then(|lower| lower.find(text)) {
                    let range =
                        original_range(&phone.text, char::to_lowercase, at..at.saturating_add(text.len()));
                    return Some(single_range(Field::Phone, item, range));
                }
                let hidden = SubstringMatch { field: Field::Phone, item, ranges: Vec::new() };
                phone.normalized.contains(text).then_some(hidden)
            }),
            SubstringField::Identifier => {
                contact.identifiers.iter().enumerate().find_map(|(item, identifier)| {
                    let at = identifier.value.find(text)?;
                    Some(single_range(Field::Identifier, item, at..at.saturating_add(text.len())))
                })
            }
        }
    }
}

fn single_range(field: Field, item: usize, range: Range<usize>) -> SubstringMatch {
    SubstringMatch { field, item, ranges: vec![(field, range)] }
}

fn find_in_names(contact: &Contact, folded: &str) -> Option<SubstringMatch> {
    if let Some(range) = find_folded(&contact.display_name, folded) {
        return Some(single_range(Field::DisplayName, 0, range));
    }
    let full = full_name(contact);
    if full == contact.display_name {
        return None;
    }
    let range = find_folded(&full, folded)?;
    let first = contact.first_name.len();
    let begin = full.len().saturating_sub(contact.last_name.len());
    let mut ranges = Vec::new();
    if range.start < first {
        ranges.push((Field::FirstName, range.start..range.end.min(first)));
    }
    if range.end > begin {
        let start = range.start.saturating_sub(begin);
        ranges.push((Field::LastName, start..range.end.saturating_sub(begin)));
    }
    let field = ranges.first().map_or(Field::FirstName, |(field, _)| *field);
    Some(SubstringMatch { field, item: 0, ranges })
}

/// The digits of a text that may be part of a number: it has only digits and separators.
fn partial_phone(text: &str) -> Option<String> {
    let mut keep = phone_char_filter();
    let mut part = String::new();
    for c in text.chars() {
        match keep(c) {
            Some(kept) => part.push(kept),
            None if is_separator(c) => {}
            None => return None,
        }
    }
    Some(part)
}

/// The byte range of a text for a byte range of its mapped form.
fn original_range<I: IntoIterator<Item = char>>(
    text: &str,
    mut map: impl FnMut(char) -> I,
    mapped: Range<usize>,
) -> Range<usize> {
    let mut begin = 0_usize;
    let mut found: Option<Range<usize>> = None;
    for (at, c) in text.char_indices() {
        let end = map(c).into_iter().fold(begin, |end, c| end.saturating_add(c.len_utf8()));
        if begin < end && begin < mapped.end && mapped.start < end {
            found = Some(found.map_or(at, |found| found.start)..at.saturating_add(c.len_utf8()));
        }
        begin = end;
    }
    found.unwrap_or_default()
}
