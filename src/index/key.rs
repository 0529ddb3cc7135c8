//! From a contact to its keys, and from a query to what it matches.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::db::Scope;
use crate::error::{Error, Problem, Result};
use crate::model::{Contact, Field, limits};
use crate::text::fold::{Form, Variants, fold, origin, variants};

/// Bytes of a key before its text: owner kind (1), owner (4), network (2), class (1), all big-endian.
pub(super) const HEAD: usize = 8;

/// What the text of a key is made of, best first: hits come in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// First name, then last name.
    FirstName,
    /// Last name, then first name.
    LastName,
    /// The name as displayed, if it is neither of the above.
    DisplayName,
}

impl Class {
    /// All classes, best first.
    pub const ALL: [Self; 3] = [Self::FirstName, Self::LastName, Self::DisplayName];

    /// The class as a number, from 0.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::FirstName => 0,
            Self::LastName => 1,
            Self::DisplayName => 2,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }
}

/// A key of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key;

impl Key {
    /// The start of every key of a scope and class.
    pub(super) fn head(scope: Scope, class: Class) -> [u8; HEAD] {
        let (kind, owner) = scope.owner.columns();
        // Local ids count from 1 and are never that many; a wrap could only lose a hit to the check against the row.
        let owner = u32::try_from(owner).unwrap_or(u32::MAX).to_be_bytes();
        let network = u16::try_from(scope.network).unwrap_or(u16::MAX).to_be_bytes();
        let kind = u8::try_from(kind).unwrap_or(u8::MAX);
        let [o0, o1, o2, o3] = owner;
        let [n0, n1] = network;
        [kind, o0, o1, o2, o3, n0, n1, class.number()]
    }

    /// The whole key: head ‖ text ‖ 0x00 ‖ contact, as its length in bytes and its significant bytes.
    pub(crate) fn encode(scope: Scope, class: Class, text: &str, contact: i64) -> Vec<u8> {
        let bytes = contact.to_be_bytes();
        let short =
            bytes.iter().position(|byte| *byte != 0).and_then(|at| bytes.get(at..)).unwrap_or_default();
        let mut key =
            Vec::with_capacity(HEAD.saturating_add(text.len()).saturating_add(short.len()).saturating_add(2));
        key.extend_from_slice(&Self::head(scope, class));
        key.extend_from_slice(text.as_bytes());
        key.push(0);
        key.push(u8::try_from(short.len()).unwrap_or(u8::MAX));
        key.extend_from_slice(short);
        key
    }

    /// Takes a whole key apart: head ‖ text, and contact.
    pub(super) fn split(key: &[u8]) -> Result<(&[u8], i64)> {
        let parts = || {
            // Folded text has no zero byte, so the first one after the head ends it.
            let end = key.get(HEAD..)?.iter().position(|byte| *byte == 0)?.checked_add(HEAD)?;
            let (length, short) = key.get(end.checked_add(1)?..)?.split_first()?;
            if usize::from(*length) != short.len() || short.len() > 8 {
                return None;
            }
            let contact = short.iter().fold(0_i64, |id, byte| id << 8 | i64::from(*byte));
            Some((key.get(..end)?, contact))
        };
        parts().ok_or(Error::Damaged { what: "a key of the search index", source: None })
    }
}

/// A contact that the index proposes for a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) class: Class,
    pub(crate) text: String,
    pub(crate) contact: i64,
}

/// A folded query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    folded: String,
    /// The text had something in it, but nothing to look for, such as `--`.
    nothing: bool,
}

impl Query {
    /// # Errors
    /// [`Error::Invalid`] if the text is longer than [`limits::QUERY`].
    pub(crate) fn new(text: &str) -> Result<Self> {
        let too_long = |limit| Err(Error::invalid(Field::Query, Problem::TooLong { limit }));
        if text.chars().nth(limits::QUERY).is_some() {
            return too_long(limits::QUERY);
        }
        let folded = fold(text);
        if folded.len() > limits::KEY_TEXT {
            return too_long(limits::QUERY);
        }
        Ok(Self { nothing: folded.is_empty() && !text.trim().is_empty(), folded })
    }

    /// What keys must start with; `None` if no key can match.
    pub(crate) fn prefix(&self) -> Option<&str> {
        (!self.nothing).then_some(self.folded.as_str())
    }

    /// The best of the contact's keys that match: the one under which the contact is shown.
    pub(crate) fn best(&self, contact: &Contact) -> Option<(Class, String)> {
        self.best_of(&Names::of(contact))
    }

    fn best_of(&self, names: &Names<'_>) -> Option<(Class, String)> {
        let prefix = self.prefix()?;
        Class::ALL.into_iter().find_map(|class| {
            let texts = names.texts(class).into_iter().filter(|text| text.starts_with(prefix));
            texts.min().map(|text| (class, text))
        })
    }

    /// Holds a candidate against its contact: where the query stands in it, or `None` if it is not to be shown here,
    /// because the contact has a better key, or not this one.
    pub(crate) fn verify(&self, contact: &Contact, candidate: &Candidate) -> Option<Match> {
        let names = Names::of(contact);
        let (class, text) = self.best_of(&names)?;
        (class == candidate.class && text == candidate.text).then(|| self.explain(&names, class, &text))
    }

    fn explain(&self, names: &Names<'_>, class: Class, text: &str) -> Match {
        let form = names.form_of(class, text);
        let mut ranges = Vec::new();
        let mut rest = self.folded.len();
        for (field, original, length) in names.parts(class, form) {
            if length == 0 {
                continue;
            }
            if rest > 0 {
                ranges.push((field, origin(original, form, rest.min(length))));
            }
            rest = rest.saturating_sub(length.saturating_add(1)); // the space between the parts
        }
        let field = match class {
            Class::FirstName => Field::FirstName,
            Class::LastName => Field::LastName,
            Class::DisplayName => Field::DisplayName,
        };
        Match { class, field, ranges }
    }
}

/// Why a contact is a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Match {
    /// The class of the key it was found by.
    pub class: Class,
    /// The field whose start was typed.
    pub field: Field,
    /// What was typed, in the fields as they are written: byte ranges on character boundaries.
    pub ranges: Vec<(Field, Range<usize>)>,
}

/// The folded names of a contact, made once for all its keys.
struct Names<'a> {
    contact: &'a Contact,
    first: Variants,
    last: Variants,
}

impl<'a> Names<'a> {
    fn of(contact: &'a Contact) -> Self {
        Self { contact, first: variants(&contact.first_name), last: variants(&contact.last_name) }
    }

    /// The texts of the contact's keys in a class: none, one, or one for each way to write an apostrophe or a hyphen.
    fn texts(&self, class: Class) -> Vec<String> {
        match class {
            Class::FirstName => all_forms(&self.first, Some(&self.last)),
            Class::LastName => all_forms(&self.last, Some(&self.first)),
            Class::DisplayName => {
                let better = [self.texts(Class::FirstName), self.texts(Class::LastName)].concat();
                let mut texts = if self.is_made() {
                    Vec::new() // of first and last name, as most are
                } else {
                    all_forms(&variants(&self.contact.display_name), None)
                };
                // A name of nothing but signs has an empty key: no text finds it, but it is among everybody.
                if texts.is_empty() && better.is_empty() {
                    return vec![String::new()];
                }
                texts.retain(|text| !better.contains(text));
                texts
            }
        }
    }

    /// Whether the display name is first and last name and nothing else.
    fn is_made(&self) -> bool {
        let Contact { display_name, first_name, last_name, .. } = self.contact;
        let rest = display_name.strip_prefix(first_name.as_str()).and_then(|rest| rest.strip_prefix(' '));
        rest == Some(last_name.as_str())
    }

    /// The fields a class is made of, in its order: name, text as written, and length of its fold.
    fn parts(&self, class: Class, form: Form) -> Vec<(Field, &str, usize)> {
        let first = (Field::FirstName, self.contact.first_name.as_str(), self.first.form(form).len());
        let last = (Field::LastName, self.contact.last_name.as_str(), self.last.form(form).len());
        match class {
            Class::FirstName => vec![first, last],
            Class::LastName => vec![last, first],
            Class::DisplayName => {
                let name = self.contact.display_name.as_str();
                vec![(Field::DisplayName, name, variants(name).form(form).len())]
            }
        }
    }

    /// The form in which a text was made.
    fn form_of(&self, class: Class, text: &str) -> Form {
        if class != Class::DisplayName && self.first.is_plain() && self.last.is_plain() {
            return Form::Primary;
        }
        let is = |form: &Form| match class {
            Class::FirstName => joined(self.first.form(*form), self.last.form(*form)) == text,
            Class::LastName => joined(self.last.form(*form), self.first.form(*form)) == text,
            Class::DisplayName => joined(variants(&self.contact.display_name).form(*form), "") == text,
        };
        Form::ALL.into_iter().find(is).unwrap_or(Form::Primary)
    }
}

fn all_forms(leading: &Variants, other: Option<&Variants>) -> Vec<String> {
    let form = |form| joined(leading.form(form), other.map_or("", |other| other.form(form)));
    if leading.form(Form::Primary).is_empty() {
        return Vec::new(); // what leads the key is not there
    }
    if leading.is_plain() && other.is_none_or(Variants::is_plain) {
        return vec![form(Form::Primary)];
    }
    let mut texts = Form::ALL.map(form).to_vec();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// Two texts as one, cut to what a key may hold, at a character.
fn joined(one: &str, two: &str) -> String {
    let mut text =
        if one.is_empty() || two.is_empty() { [one, two].concat() } else { [one, " ", two].concat() };
    if text.len() > limits::KEY_TEXT {
        let end = (0..=limits::KEY_TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
    }
    text
}

/// All keys of a contact without their scope: class and text.
pub(super) fn all_texts(contact: &Contact) -> Vec<(Class, String)> {
    let names = Names::of(contact);
    let of = |class| names.texts(class).into_iter().map(move |text| (class, text));
    Class::ALL.into_iter().flat_map(of).collect()
}

/// All keys of a contact in some scopes.
pub(crate) fn keys_of(id: i64, contact: &Contact, scopes: &[Scope]) -> BTreeSet<Vec<u8>> {
    let texts = all_texts(contact);
    let each = |scope: &Scope| {
        texts.iter().map(|(class, text)| Key::encode(*scope, *class, text, id)).collect::<Vec<_>>()
    };
    scopes.iter().flat_map(each).collect()
}
