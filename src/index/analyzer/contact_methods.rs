//! Terms of contact methods: e-mail addresses, phones, identifiers. Also queries for them.

use std::ops::Range;

use crate::index::index_key::{minimal_prefixes, truncate_to_key};
use crate::index::match_kind::Highlight;
use crate::model::{Contact, Field, fold_email};
use crate::text::fold::fold;
use crate::text::phone::{PartialPhone, PhoneParser, ascii_digit, national_number};

/// Starts a term of reversed digits. No other term starts with it.
const REVERSED_MARKER: char = '\u{1}';

/// Starts the term of the national number of an E.164 number.
const NATIONAL_MARKER: char = '\u{2}';

/// What a term is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MethodTermKind {
    Email,
    /// An address from a word inside it on.
    EmailPart {
        at: usize,
    },
    /// An address in the letters that people type, from one of its words on.
    PlainEmail,
    /// All digits of an E.164 number.
    E164Digits,
    /// The national number of an E.164 number.
    NationalNumber,
    /// The digits of a number without a country code.
    LocalDigits,
    /// The digits of either kind of number, from the last to the first.
    ReversedDigits,
    /// A phone that is not a number, as it is written.
    WrittenPhone,
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
        let mut found: Vec<_> = inner_starts(&text)
            .into_iter()
            .filter_map(|at| Some((at, text.get(at..)?.to_owned())))
            .map(|(at, rest)| term(MethodTermKind::EmailPart { at }, item)(rest))
            .collect();
        if let Some(plain) = plain_letters(&text) {
            let starts = inner_starts(&plain).into_iter().chain([0]);
            let rests: Vec<String> = starts.filter_map(|at| Some(plain.get(at..)?.to_owned())).collect();
            found.extend(rests.into_iter().map(term(MethodTermKind::PlainEmail, item)));
        }
        found.push(term(MethodTermKind::Email, item)(text));
        found
    });
    let phones = contact.phones.iter().enumerate().flat_map(move |(item, phone)| {
        let is_number = phone.normalized.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#'));
        let written_text =
            (!is_number).then(|| term(MethodTermKind::WrittenPhone, item)(phone.normalized.clone()));
        let text_digits: String = phone.text.chars().filter(|_| !is_number).filter_map(ascii_digit).collect();
        let (kind, digits) = match phone.normalized.strip_prefix('+') {
            Some(digits) => (MethodTermKind::E164Digits, digits),
            None if is_number => (MethodTermKind::LocalDigits, phone.normalized.as_str()),
            None => (MethodTermKind::LocalDigits, text_digits.as_str()),
        };
        let national = national_number(digits).filter(|_| kind == MethodTermKind::E164Digits);
        let national = national
            .map(|number| term(MethodTermKind::NationalNumber, item)(format!("{NATIONAL_MARKER}{number}")));
        let written = written_digits(&phone.text, digits).map(term(MethodTermKind::LocalDigits, item));
        let own = [
            term(kind, item)(digits.to_owned()),
            term(MethodTermKind::ReversedDigits, item)(reversed_digits(digits)),
        ];
        let has_digits = is_number || !digits.is_empty();
        own.into_iter().filter(move |_| has_digits).chain(national).chain(written).chain(written_text)
    });
    let identifiers = contact.identifiers.iter().enumerate();
    let identifiers = identifiers
        .map(move |(item, identifier)| term(MethodTermKind::Identifier, item)(fold_email(&identifier.value)));
    emails.chain(phones).chain(identifiers)
}

/// Where words of an address start, but for the first one: each word of the part before the at sign, the domain and its parent domains
/// of at least two names.
fn inner_starts(address: &str) -> Vec<usize> {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let is_sign = |c: char| !c.is_alphanumeric();
    let mut starts: Vec<usize> = local
        .char_indices()
        .filter(|(_, c)| is_sign(*c))
        .map(|(at, c)| at.saturating_add(c.len_utf8()))
        .collect();
    // Of several signs in sequence, the last one starts a word.
    starts.retain(|at| local.get(*at..).is_some_and(|rest| rest.starts_with(|c| !is_sign(c))));
    let first = local.len().saturating_add(1);
    let is_parent = |at: &usize| domain.get(*at..).is_some_and(|rest| rest.contains('.'));
    let parents = domain.match_indices('.').map(|(at, _)| at.saturating_add(1)).filter(is_parent);
    if !domain.is_empty() {
        starts.extend([0].into_iter().chain(parents).map(|at| first.saturating_add(at)));
    }
    starts
}

/// An address in the letters that people type: folded, and without apostrophes. `None` if it is so already.
fn plain_letters(address: &str) -> Option<String> {
    let is_apostrophe = |byte| matches!(byte, b'\'' | b'`');
    if address.is_ascii() && !address.bytes().any(is_apostrophe) {
        return None; // most addresses
    }
    let mut plain = String::with_capacity(address.len());
    for c in address.chars().filter(|c| !matches!(c, '\'' | '`')) {
        if c.is_ascii() { plain.push(c) } else { plain.push_str(&fold(c.encode_utf8(&mut [0; 4]))) }
    }
    Some(plain)
}

/// The address of a text as it is copied: `mailto:` and a name with the address in angle brackets.
fn bare_address(text: &str) -> &str {
    let inside = text.rsplit_once('<').map(|(_, inside)| inside.trim().trim_end_matches('>'));
    let text = inside.filter(|inside| inside.contains('@')).unwrap_or(text).trim_start();
    let is_mail = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    if is_mail { text.get(7..).unwrap_or_default() } else { text }
}

/// The digits of a number as written, if neither they nor what follows their zeros ends the number: those of `+33 (0)6 12`.
fn written_digits(written: &str, number: &str) -> Option<String> {
    let mut expected = number.chars().rev();
    let mut digits = written.chars().rev().filter_map(ascii_digit);
    let differing = digits.find(|digit| expected.next() != Some(*digit))?;
    let is_end = differing == '0' && digits.all(|digit| digit == '0');
    (!is_end).then(|| written.chars().filter_map(ascii_digit).collect())
}

fn reversed_digits(digits: &str) -> String {
    std::iter::once(REVERSED_MARKER).chain(digits.chars().rev()).collect()
}

/// A query for contact methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContactMethodQuery {
    /// The text in lower case.
    lowercase: String,
    /// The text in the letters of [`MethodTermKind::PlainEmail`].
    plain: String,
    phone: Option<PartialPhone>,
    number_prefixes: Vec<String>,
    national_number_prefixes: Vec<String>,
    reversed_suffix: Option<String>,
}

impl ContactMethodQuery {
    /// `None` if the text is empty, or only at signs.
    pub(crate) fn new(text: &str, phones: &PhoneParser) -> Option<Self> {
        let lowercase = fold_email(bare_address(text));
        if lowercase.trim_start_matches('@').is_empty() {
            return None;
        }
        let typed_address = lowercase.strip_prefix('@').unwrap_or(&lowercase);
        let phone = PartialPhone::parse(text);
        let typed = phone.as_ref();
        let mut number_prefixes = typed.map(PartialPhone::number_prefixes).unwrap_or_default();
        number_prefixes.extend(phones.typed_forms(text));
        Some(Self {
            number_prefixes,
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
            plain: plain_letters(typed_address).unwrap_or_else(|| typed_address.to_owned()),
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
        !self.number_prefixes.is_empty()
    }

    /// The prefixes of matching terms, sorted; none starts with another.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        let mut all = vec![self.lowercase.clone()];
        all.extend(self.lowercase.strip_prefix(['@', '+']).map(str::to_owned));
        all.extend(Some(&self.plain).filter(|plain| !plain.is_empty()).cloned());
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
            MethodTermKind::WrittenPhone => term.text.starts_with(self.lowercase.trim_start_matches('+')),
            MethodTermKind::EmailPart { .. } => {
                term.text.starts_with(self.lowercase.strip_prefix('@').unwrap_or(&self.lowercase))
            }
            MethodTermKind::PlainEmail => !self.plain.is_empty() && has_prefix(&self.plain),
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
            MethodTermKind::Email | MethodTermKind::EmailPart { .. } | MethodTermKind::PlainEmail => {
                (Field::Email, contact.emails.get(item).map_or("", |email| email.text.as_str()))
            }
            MethodTermKind::E164Digits
            | MethodTermKind::NationalNumber
            | MethodTermKind::LocalDigits
            | MethodTermKind::ReversedDigits
            | MethodTermKind::WrittenPhone => {
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
            MethodTermKind::WrittenPhone => 0..written.len(),
            MethodTermKind::EmailPart { at } => self.typed_range(written, at),
            MethodTermKind::Email | MethodTermKind::PlainEmail | MethodTermKind::Identifier => {
                self.typed_range(written, 0)
            }
        };
        (field, Highlight { field, item, bytes })
    }

    /// The range of the text in an address or an identifier, where it starts at this byte. All of it if the text is not there.
    fn typed_range(&self, written: &str, at: usize) -> Range<usize> {
        let lower = written.to_lowercase();
        let domain = self.lowercase.strip_prefix('@').filter(|_| at > 0);
        let typed = domain.unwrap_or(&self.lowercase);
        let start = written.len().saturating_sub(written.trim_start().len()).saturating_add(at);
        // Beyond ASCII, lower case may have another length than the text as written.
        let is_there =
            lower.len() == written.len() && lower.get(start..).is_some_and(|rest| rest.starts_with(typed));
        Some(start..start.saturating_add(typed.len()))
            .filter(|range| is_there && written.get(range.clone()).is_some())
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
