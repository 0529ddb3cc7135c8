//! Terms of contact methods: e-mail addresses, phones, identifiers. Also queries for them.

use std::ops::Range;

use crate::index::index_key::{minimal_prefixes, truncate_to_key};
use crate::index::match_kind::Highlight;
use crate::model::{Contact, Field, fold_email};
use crate::text::phone::{PartialPhone, ascii_digit, national_number};

/// Starts a term of reversed digits. No other term starts with it.
const REVERSED_MARKER: char = '\u{1}';

/// Starts the term of the national number of an E.164 number.
const NATIONAL_MARKER: char = '\u{2}';

/// What a term is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MethodTermKind {
    Email,
    Domain,
    /// All digits of an E.164 number.
    E164Digits,
    /// The national number of an E.164 number.
    NationalNumber,
    /// The digits of a number without a country code.
    LocalDigits,
    /// The digits of either kind of number, from the last to the first.
    ReversedDigits,
    Identifier,
}

/// A term, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct ContactMethodTerm {
    pub(crate) text: String,
    kind: MethodTermKind,
    /// Position among the e-mail addresses, phones or identifiers of the contact.
    item: usize,
}

/// All contact method terms of a contact.
pub(crate) fn terms(contact: &Contact) -> impl Iterator<Item = ContactMethodTerm> {
    let term = |kind, item| {
        move |mut text: String| {
            truncate_to_key(&mut text);
            ContactMethodTerm { text, kind, item }
        }
    };
    let emails = contact.emails.iter().enumerate().flat_map(move |(item, email)| {
        let text = fold_email(&email.text);
        let domain = text.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        std::iter::once(term(MethodTermKind::Email, item)(text))
            .chain(domain.map(term(MethodTermKind::Domain, item)))
    });
    let phones = contact.phones.iter().enumerate().flat_map(move |(item, phone)| {
        let (kind, digits) = match phone.normalized.strip_prefix('+') {
            Some(digits) => (MethodTermKind::E164Digits, digits),
            None => (MethodTermKind::LocalDigits, phone.normalized.as_str()),
        };
        let national = national_number(digits).filter(|_| kind == MethodTermKind::E164Digits);
        let national = national
            .map(|number| term(MethodTermKind::NationalNumber, item)(format!("{NATIONAL_MARKER}{number}")));
        [
            term(kind, item)(digits.to_owned()),
            term(MethodTermKind::ReversedDigits, item)(reversed_digits(digits)),
        ]
        .into_iter()
        .chain(national)
    });
    let identifiers = contact.identifiers.iter().enumerate();
    let identifiers = identifiers
        .map(move |(item, identifier)| term(MethodTermKind::Identifier, item)(fold_email(&identifier.value)));
    emails.chain(phones).chain(identifiers)
}

fn reversed_digits(digits: &str) -> String {
    std::iter::once(REVERSED_MARKER).chain(digits.chars().rev()).collect()
}

/// A query for contact methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContactMethodQuery {
    /// The text in lower case.
    lowercase: String,
    phone: Option<PartialPhone>,
    number_prefixes: Vec<String>,
    national_number_prefixes: Vec<String>,
    reversed_suffix: Option<String>,
}

impl ContactMethodQuery {
    /// `None` if the text is empty, or only at signs.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let lowercase = fold_email(text);
        if lowercase.trim_start_matches('@').is_empty() {
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
                        .map(|number| format!("{NATIONAL_MARKER}{number}"))
                        .collect()
                })
                .unwrap_or_default(),
            reversed_suffix: typed.and_then(PartialPhone::suffix).map(reversed_digits),
            lowercase,
            phone,
        })
    }

    /// The text in lower case.
    pub(crate) fn lowercase(&self) -> &str {
        &self.lowercase
    }

    /// Whether the text is a phone number or a part of one.
    pub(crate) fn is_phone(&self) -> bool {
        self.phone.is_some()
    }

    /// The prefixes of matching terms, sorted; none starts with another.
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

    fn matches(&self, contact: &Contact, term: &ContactMethodTerm) -> bool {
        let has_prefix = |prefix: &String| term.text.starts_with(prefix.as_str());
        match term.kind {
            MethodTermKind::Email | MethodTermKind::Identifier => has_prefix(&self.lowercase),
            MethodTermKind::Domain => {
                term.text.starts_with(self.lowercase.strip_prefix('@').unwrap_or(&self.lowercase))
            }
            MethodTermKind::NationalNumber => {
                let number =
                    contact.phones.get(term.item).and_then(|phone| phone.normalized.strip_prefix('+'));
                self.phone.as_ref().zip(number).is_some_and(|(typed, number)| typed.may_dial(number))
            }
            MethodTermKind::E164Digits | MethodTermKind::LocalDigits => {
                self.number_prefixes.iter().any(has_prefix)
            }
            MethodTermKind::ReversedDigits => self.reversed_suffix.as_ref().is_some_and(has_prefix),
        }
    }

    /// The least term of a contact that the query matches.
    pub(crate) fn best_term(&self, contact: &Contact) -> Option<ContactMethodTerm> {
        terms(contact).filter(|term| self.matches(contact, term)).min_by(|a, b| a.text.cmp(&b.text))
    }

    /// The field of a matching term, and which of its bytes match.
    pub(crate) fn explain(&self, contact: &Contact, term: &ContactMethodTerm) -> (Field, Highlight) {
        let item = term.item;
        let (field, written) = match term.kind {
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
        let bytes = match term.kind {
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

    /// The range of the text in an address or an identifier: at its start, else at the start of the domain. All of it if the text is at
    /// neither.
    fn typed_range(&self, written: &str) -> Range<usize> {
        let lower = written.to_lowercase();
        let typed = self.lowercase.strip_prefix('@').unwrap_or(&self.lowercase);
        let start = written.len().saturating_sub(written.trim_start().len());
        let domain = written.rfind('@').map(|at| at.saturating_add(1));
        let starts = [Some(start).filter(|_| !self.lowercase.starts_with('@')), domain];
        // Beyond ASCII, lower case may have another length than the text as written.
        starts
            .into_iter()
            .flatten()
            .filter(|_| lower.len() == written.len())
            .find(|at| lower.get(*at..).is_some_and(|rest| rest.starts_with(typed)))
            .map(|at| at..at.saturating_add(typed.len()))
            .filter(|range| written.get(range.clone()).is_some())
            .unwrap_or(0..written.len())
    }

    /// The range of the digits in a number as written. All of it if the number does not contain them: the country code may be missing
    /// there.
    fn digits_range(&self, written: &str) -> Range<usize> {
        let digit_offsets: Vec<(usize, char)> =
            written.char_indices().filter_map(|(at, c)| Some((at, ascii_digit(c)?))).collect();
        let digits: String = digit_offsets.iter().map(|(_, digit)| *digit).collect();
        let typed = self.phone.as_ref().map_or("", |phone| phone.digits.as_str());
        let without_zeros = typed.trim_start_matches('0');
        let found = [typed, without_zeros].into_iter().filter(|typed| !typed.is_empty()).find_map(|typed| {
            let at = if self.reversed_suffix.is_some() { digits.rfind(typed) } else { digits.find(typed) }?;
            let last = digit_offsets.get(at.saturating_add(typed.len()).checked_sub(1)?)?;
            let (start, _) = digit_offsets.get(at)?;
            let end = written.get(last.0..)?.chars().next()?.len_utf8();
            Some(*start..last.0.saturating_add(end))
        });
        found.unwrap_or(0..written.len())
    }
}
