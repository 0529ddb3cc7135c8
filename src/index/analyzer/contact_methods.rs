//! Keys of what a contact is reached by: e-mail addresses, phones, identifiers.

use std::ops::Range;

use crate::index::analyzer::cut;
use crate::index::key::disjoint;
use crate::index::match_kind::Highlight;
use crate::model::{Contact, Field, fold_email};
use crate::text::phone::{TypedPhone, digit, national};

/// What comes before the digits of a number written from its end: no other text begins with it.
const END: char = '\u{1}';

/// What comes before the national number of an E.164 number.
const INSIDE: char = '\u{2}';

/// What a text of the shelf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Email,
    Domain,
    /// The digits of an E.164 number.
    Number,
    /// Its national number.
    National,
    /// The digits of a number without a country.
    Local,
    /// The digits of either, from the last to the first.
    End,
    Identifier,
}

/// One text of the shelf, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) text: String,
    kind: Kind,
    item: usize,
}

/// All texts of a contact on the shelf.
pub(crate) fn texts(contact: &Contact) -> impl Iterator<Item = Point> {
    let point = |kind, item| {
        move |mut text: String| {
            cut(&mut text);
            Point { text, kind, item }
        }
    };
    let emails = contact.emails.iter().enumerate().flat_map(move |(item, email)| {
        let text = fold_email(&email.text);
        let domain = text.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        std::iter::once(point(Kind::Email, item)(text)).chain(domain.map(point(Kind::Domain, item)))
    });
    let phones = contact.phones.iter().enumerate().flat_map(move |(item, phone)| {
        let (kind, digits) = match phone.normal.strip_prefix('+') {
            Some(digits) => (Kind::Number, digits),
            None => (Kind::Local, phone.normal.as_str()),
        };
        let inside = national(digits).filter(|_| kind == Kind::Number);
        let inside = inside.map(|national| point(Kind::National, item)(format!("{INSIDE}{national}")));
        [point(kind, item)(digits.to_owned()), point(Kind::End, item)(from_end(digits))]
            .into_iter()
            .chain(inside)
    });
    let identifiers = contact.identifiers.iter().enumerate();
    let identifiers = identifiers
        .map(move |(item, identifier)| point(Kind::Identifier, item)(fold_email(&identifier.value)));
    emails.chain(phones).chain(identifiers)
}

fn from_end(digits: &str) -> String {
    std::iter::once(END).chain(digits.chars().rev()).collect()
}

/// A query for points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PointQuery {
    /// The text as typed, in lower case.
    raw: String,
    phone: Option<TypedPhone>,
    beginnings: Vec<String>,
    inside: Vec<String>,
    end: Option<String>,
}

impl PointQuery {
    /// None if there is nothing to look for.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let raw = fold_email(text);
        if raw.trim_start_matches('@').is_empty() {
            return None;
        }
        let phone = TypedPhone::read(text);
        let typed = phone.as_ref();
        Some(Self {
            beginnings: typed.map(TypedPhone::beginnings).unwrap_or_default(),
            inside: typed
                .map(|typed| typed.inside().iter().map(|rest| format!("{INSIDE}{rest}")).collect())
                .unwrap_or_default(),
            end: typed.and_then(TypedPhone::ending).map(from_end),
            raw,
            phone,
        })
    }

    /// What was typed, as it is compared.
    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether nothing but a number was typed.
    pub(crate) fn is_phone(&self) -> bool {
        self.phone.is_some()
    }

    /// What texts of the shelf must begin with, in order, none inside another.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        let mut all = vec![self.raw.clone()];
        all.extend(self.raw.strip_prefix('@').map(str::to_owned));
        all.extend(self.beginnings.iter().chain(&self.inside).chain(&self.end).cloned());
        disjoint(all)
    }

    fn fits(&self, contact: &Contact, point: &Point) -> bool {
        let begins = |prefix: &String| point.text.starts_with(prefix.as_str());
        match point.kind {
            Kind::Email | Kind::Identifier => begins(&self.raw),
            Kind::Domain => point.text.starts_with(self.raw.strip_prefix('@').unwrap_or(&self.raw)),
            Kind::National => {
                let number = contact.phones.get(point.item).and_then(|phone| phone.normal.strip_prefix('+'));
                self.phone.as_ref().zip(number).is_some_and(|(typed, number)| typed.dials(number))
            }
            Kind::Number | Kind::Local => self.beginnings.iter().any(begins),
            Kind::End => self.end.as_ref().is_some_and(begins),
        }
    }

    /// The least text of a contact that was asked for.
    pub(crate) fn best(&self, contact: &Contact) -> Option<Point> {
        texts(contact).filter(|point| self.fits(contact, point)).min_by(|a, b| a.text.cmp(&b.text))
    }

    /// The field of a point that was asked for, and what of it was typed.
    pub(crate) fn explain(&self, contact: &Contact, point: &Point) -> (Field, Highlight) {
        let item = point.item;
        let (field, written) = match point.kind {
            Kind::Email | Kind::Domain => {
                (Field::Email, contact.emails.get(item).map_or("", |email| email.text.as_str()))
            }
            Kind::Number | Kind::National | Kind::Local | Kind::End => {
                (Field::Phone, contact.phones.get(item).map_or("", |phone| phone.text.as_str()))
            }
            Kind::Identifier => {
                (Field::Identifier, contact.identifiers.get(item).map_or("", |id| id.value.as_str()))
            }
        };
        let bytes = match point.kind {
            Kind::Number | Kind::National | Kind::Local | Kind::End => self.digits_in(written),
            Kind::Email | Kind::Domain | Kind::Identifier => self.typed_in(written),
        };
        (field, Highlight { field, item, bytes })
    }

    /// Where the text stands in an address or an identifier: in the domain of an address if it is not its beginning.
    fn typed_in(&self, written: &str) -> Range<usize> {
        let lower = written.to_lowercase();
        let typed = self.raw.strip_prefix('@').unwrap_or(&self.raw);
        let blanks = written.len().saturating_sub(written.trim_start().len());
        let domain = written.rfind('@').map(|at| at.saturating_add(1));
        let starts = [Some(blanks).filter(|_| !self.raw.starts_with('@')), domain];
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
    fn digits_in(&self, written: &str) -> Range<usize> {
        let places: Vec<(usize, char)> =
            written.char_indices().filter_map(|(at, c)| Some((at, digit(c)?))).collect();
        let digits: String = places.iter().map(|(_, digit)| *digit).collect();
        let typed = self.phone.as_ref().map_or("", |phone| phone.digits.as_str());
        let bare = typed.trim_start_matches('0');
        let found = [typed, bare].into_iter().filter(|typed| !typed.is_empty()).find_map(|typed| {
            let at = if self.end.is_some() { digits.rfind(typed) } else { digits.find(typed) }?;
            let last = places.get(at.saturating_add(typed.len()).checked_sub(1)?)?;
            let (start, _) = places.get(at)?;
            let end = written.get(last.0..)?.chars().next()?.len_utf8();
            Some(*start..last.0.saturating_add(end))
        });
        found.unwrap_or(0..written.len())
    }
}
