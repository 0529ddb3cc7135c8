//! Keys of what a contact is reached by: e-mail addresses, phones, identifiers.

use std::ops::Range;

use crate::index::analyzer::truncate_to_key;
use crate::index::index_key::minimal_prefixes;
use crate::index::match_kind::Highlight;
use crate::model::{Contact, Field, fold_email};
use crate::text::phone::{PartialPhone, ascii_digit, national_number};

/// What comes before the digits of a number written from its end: no other text begins with it.
const REVERSED_MARKER: char = '\u{1}';

/// What comes before the national number of an E.164 number.
const NATIONAL_MARKER: char = '\u{2}';

/// What a text of the shelf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MethodTermKind {
    Email,
    Domain,
    /// The digits of an E.164 number.
    E164Digits,
    /// Its national number.
    NationalNumber,
    /// The digits of a number without a country.
    LocalDigits,
    /// The digits of either, from the last to the first.
    ReversedDigits,
    Identifier,
}

/// One text of the shelf, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct ContactMethodTerm {
    pub(crate) text: String,
    kind: MethodTermKind,
    item: usize,
}

/// All texts of a contact on the shelf.
pub(crate) fn terms(contact: &Contact) -> impl Iterator<Item = ContactMethodTerm> {
    let point = |kind, item| {
        move |mut text: String| {
            truncate_to_key(&mut text);
            ContactMethodTerm { text, kind, item }
        }
    };
    let emails = contact.emails.iter().enumerate().flat_map(move |(item, email)| {
        let text = fold_email(&email.text);
        let domain = text.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        std::iter::once(point(MethodTermKind::Email, item)(text))
            .chain(domain.map(point(MethodTermKind::Domain, item)))
    });
    let phones = contact.phones.iter().enumerate().flat_map(move |(item, phone)| {
        let (kind, digits) = match phone.normalized.strip_prefix('+') {
            Some(digits) => (MethodTermKind::E164Digits, digits),
            None => (MethodTermKind::LocalDigits, phone.normalized.as_str()),
        };
        let inside = national_number(digits).filter(|_| kind == MethodTermKind::E164Digits);
        let inside = inside.map(|national| {
            point(MethodTermKind::NationalNumber, item)(format!("{NATIONAL_MARKER}{national}"))
        });
        [
            point(kind, item)(digits.to_owned()),
            point(MethodTermKind::ReversedDigits, item)(reversed_digits(digits)),
        ]
        .into_iter()
        .chain(inside)
    });
    let identifiers = contact.identifiers.iter().enumerate();
    let identifiers = identifiers.map(move |(item, identifier)| {
        point(MethodTermKind::Identifier, item)(fold_email(&identifier.value))
    });
    emails.chain(phones).chain(identifiers)
}

fn reversed_digits(digits: &str) -> String {
    std::iter::once(REVERSED_MARKER).chain(digits.chars().rev()).collect()
}

/// A query for points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContactMethodQuery {
    /// The text as typed, in lower case.
    lowercase: String,
    phone: Option<PartialPhone>,
    number_prefixes: Vec<String>,
    national_number_prefixes: Vec<String>,
    reversed_suffix: Option<String>,
}

impl ContactMethodQuery {
    /// None if there is nothing to look for.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let raw = fold_email(text);
        if raw.trim_start_matches('@').is_empty() {
            return None;
        }
        let phone = PartialPhone::parse(text);
        let typed = phone.as_ref();
        Some(Self {
            number_prefixes: typed.map(PartialPhone::number_prefixes).unwrap_or_default(),
            national_number_prefixes: typed
                .map(|typed| {
                    typed
                        .national_number_prefixes()
                        .iter()
                        .map(|rest| format!("{NATIONAL_MARKER}{rest}"))
                        .collect()
                })
                .unwrap_or_default(),
            reversed_suffix: typed.and_then(PartialPhone::suffix).map(reversed_digits),
            lowercase: raw,
            phone,
        })
    }

    /// What was typed, as it is compared.
    pub(crate) fn lowercase(&self) -> &str {
        &self.lowercase
    }

    /// Whether nothing but a number was typed.
    pub(crate) fn is_phone(&self) -> bool {
        self.phone.is_some()
    }

    /// What texts of the shelf must begin with, in order, none inside another.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        let mut all = vec![self.lowercase.clone()];
        all.extend(self.lowercase.strip_prefix('@').map(str::to_owned));
        all.extend(
            self.number_prefixes
                .iter()
                .chain(&self.national_number_prefixes)
                .chain(&self.reversed_suffix)
                .cloned(),
        );
        minimal_prefixes(all)
    }

    fn matches(&self, contact: &Contact, point: &ContactMethodTerm) -> bool {
        let begins = |prefix: &String| point.text.starts_with(prefix.as_str());
        match point.kind {
            MethodTermKind::Email | MethodTermKind::Identifier => begins(&self.lowercase),
            MethodTermKind::Domain => {
                point.text.starts_with(self.lowercase.strip_prefix('@').unwrap_or(&self.lowercase))
            }
            MethodTermKind::NationalNumber => {
                let number =
                    contact.phones.get(point.item).and_then(|phone| phone.normalized.strip_prefix('+'));
                self.phone.as_ref().zip(number).is_some_and(|(typed, number)| typed.may_dial(number))
            }
            MethodTermKind::E164Digits | MethodTermKind::LocalDigits => {
                self.number_prefixes.iter().any(begins)
            }
            MethodTermKind::ReversedDigits => self.reversed_suffix.as_ref().is_some_and(begins),
        }
    }

    /// The least text of a contact that was asked for.
    pub(crate) fn best_term(&self, contact: &Contact) -> Option<ContactMethodTerm> {
        terms(contact).filter(|point| self.matches(contact, point)).min_by(|a, b| a.text.cmp(&b.text))
    }

    /// The field of a point that was asked for, and what of it was typed.
    pub(crate) fn explain(&self, contact: &Contact, point: &ContactMethodTerm) -> (Field, Highlight) {
        let item = point.item;
        let (field, written) = match point.kind {
            MethodTermKind::Email | MethodTermKind::Domain => {
                (Field::Email, contact.emails.get(item).map_or("", |email| email.text.as_str()))
            }
            MethodTermKind::E164Digits
            | MethodTermKind::NationalNumber
            | MethodTermKind::LocalDigits
            | MethodTermKind::ReversedDigits => {
                (Field::Phone, contact.phones.get(item).map_or("", |phone| phone.text.as_str()))
            }
            MethodTermKind::Identifier => {
                (Field::Identifier, contact.identifiers.get(item).map_or("", |id| id.value.as_str()))
            }
        };
        let bytes = match point.kind {
            MethodTermKind::E164Digits
            | MethodTermKind::NationalNumber
            | MethodTermKind::LocalDigits
            | MethodTermKind::ReversedDigits => self.digits_range(written),
            MethodTermKind::Email | MethodTermKind::Domain | MethodTermKind::Identifier => {
                self.typed_range(written)
            }
        };
        (field, Highlight { field, item, bytes })
    }

    /// Where the text stands in an address or an identifier: in the domain of an address if it is not its beginning.
    fn typed_range(&self, written: &str) -> Range<usize> {
        let lower = written.to_lowercase();
        let typed = self.lowercase.strip_prefix('@').unwrap_or(&self.lowercase);
        let blanks = written.len().saturating_sub(written.trim_start().len());
        let domain = written.rfind('@').map(|at| at.saturating_add(1));
        let starts = [Some(blanks).filter(|_| !self.lowercase.starts_with('@')), domain];
        // Lower case may be longer or shorter than what was written, beyond ASCII.
        starts
            .into_iter()
            .flatten()
            .filter(|_| lower.len() == written.len())
            .find(|at| lower.get(*at..).is_some_and(|rest| rest.starts_with(typed)))
            .map(|at| at..at.saturating_add(typed.len()))
            .filter(|range| written.get(range.clone()).is_some())
            .unwrap_or(0..written.len())
    }

    /// Where the digits stand in a number as it is written; all of it if they are not in it as such (the country of a number
    /// that is written without one).
    fn digits_range(&self, written: &str) -> Range<usize> {
        let places: Vec<(usize, char)> =
            written.char_indices().filter_map(|(at, c)| Some((at, ascii_digit(c)?))).collect();
        let digits: String = places.iter().map(|(_, digit)| *digit).collect();
        let typed = self.phone.as_ref().map_or("", |phone| phone.digits.as_str());
        let bare = typed.trim_start_matches('0');
        let found = [typed, bare].into_iter().filter(|typed| !typed.is_empty()).find_map(|typed| {
            let at = if self.reversed_suffix.is_some() { digits.rfind(typed) } else { digits.find(typed) }?;
            let last = places.get(at.saturating_add(typed.len()).checked_sub(1)?)?;
            let (start, _) = places.get(at)?;
            let end = written.get(last.0..)?.chars().next()?.len_utf8();
            Some(*start..last.0.saturating_add(end))
        });
        found.unwrap_or(0..written.len())
    }
}
