//! From a contact to the texts of its keys.

pub(crate) mod contact_methods;

use std::cell::OnceCell;
use std::ops::Range;

use crate::index::key::Shelf;
use crate::model::{Contact, Field, limits};
use crate::text::fold::{Form, Variants, fold, is_plain, origin, variants};
use crate::text::readings::{Part, joined as joined_readings, sound};
use crate::text::words::{Word, words};

/// The text of a key: where it stands, what it is, and [`Posting::hidden`](crate::index::segment::postings::Posting).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyText {
    pub(super) shelf: Shelf,
    pub(super) text: String,
    pub(super) hidden: u8,
}

/// The texts of a contact's keys, in any scope, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts(pub(super) Vec<KeyText>);

/// The shelves of which a contact is shown under one key only, best first.
const RANKED: [Shelf; 7] =
    [Shelf::First, Shelf::Last, Shelf::Display, Shelf::Word, Shelf::Initials, Shelf::Sound, Shelf::Point];

impl Texts {
    pub(crate) fn of(contact: &Contact) -> Self {
        let card = Card::of(contact);
        let mut found: Vec<(Shelf, String)> = Vec::with_capacity(24);
        for shelf in RANKED {
            let start = found.len();
            found.extend(card.texts(shelf).into_iter().map(|text| (shelf, text)));
            found.get_mut(start..).unwrap_or_default().sort_unstable();
        }
        found.dedup();
        let mut better: Vec<&str> = Vec::with_capacity(found.len());
        let mut hidden: Vec<u8> = Vec::with_capacity(found.len());
        for (_, text) in &found {
            let at = better.partition_point(|other| *other < text.as_str());
            hidden.push(shared(&better, at, text));
            better.insert(at, text);
        }
        let text = |((shelf, text), hidden)| KeyText { shelf, text, hidden };
        let mut texts: Vec<KeyText> = found.into_iter().zip(hidden).map(text).collect();
        let mut lead = card.texts(Shelf::Lead);
        lead.sort_unstable();
        lead.dedup();
        texts.extend(lead.into_iter().map(|text| KeyText { shelf: Shelf::Lead, text, hidden: 0 }));
        for shelf in [Shelf::Member, Shelf::Company] {
            texts.extend(card.texts(shelf).into_iter().map(|text| KeyText { shelf, text, hidden: 0 }));
        }
        texts.sort_unstable();
        Self(texts)
    }

    /// Whether a text is among these, hidden as far as it may.
    pub(super) fn has_key(&self, text: &KeyText) -> bool {
        let key = (text.shelf, &text.text);
        self.0.binary_search_by(|other| (other.shelf, &other.text).cmp(&key)).is_ok()
    }
}

/// How many first bytes, plus one, a text shares with its neighbours among the better ones, sorted, between which it belongs
/// at `at`; 0 if there are none.
fn shared(better: &[&str], at: usize, text: &str) -> u8 {
    let before = at.checked_sub(1).and_then(|at| better.get(at));
    let after = better.get(at);
    let shared = |other: &&str| other.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    let most = before.into_iter().chain(after).map(|other| shared(other).saturating_add(1)).max();
    u8::try_from(most.unwrap_or_default()).unwrap_or(u8::MAX)
}

/// A field, and bytes of it as it is written.
type Place = (Field, Range<usize>);

/// A word of a contact, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct CardWord {
    pub(super) field: Field,
    pub(super) word: Word,
    /// A reading of two fields together, such as a Chinese family and given name, takes all of this one too.
    pub(super) also: Option<Place>,
}

impl CardWord {
    /// Whether two words share letters of the name.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let places = |word: &Self| {
            std::iter::once((word.field, word.word.span.clone())).chain(word.also.clone()).collect::<Vec<_>>()
        };
        let others = places(other);
        places(self).iter().any(|(field, span)| {
            others.iter().any(|(f, s)| field == f && span.start < s.end && s.start < span.end)
        })
    }
}

/// A contact as the index sees it: its folded names, made once for all its keys.
#[derive(Debug)]
pub(super) struct Card<'a> {
    pub(super) contact: &'a Contact,
    /// Whether first and last name are folded by the case of their letters alone.
    is_plain: bool,
    first: OnceCell<Variants>,
    last: OnceCell<Variants>,
    words: OnceCell<Vec<CardWord>>,
    /// The texts of the shelves of whole names.
    names: OnceCell<Vec<String>>,
}

impl<'a> Card<'a> {
    pub(super) fn of(contact: &'a Contact) -> Self {
        let is_plain = is_plain(&contact.first_name) && is_plain(&contact.last_name);
        let (first, last, words, names) =
            (OnceCell::new(), OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { contact, is_plain, first, last, words, names }
    }

    fn first(&self) -> &Variants {
        self.first.get_or_init(|| variants(&self.contact.first_name))
    }

    fn last(&self) -> &Variants {
        self.last.get_or_init(|| variants(&self.contact.last_name))
    }

    /// The texts of the contact's keys on a shelf, in no order, some perhaps twice.
    pub(super) fn texts(&self, shelf: Shelf) -> Vec<String> {
        match shelf {
            Shelf::First => all_forms(self.first(), Some(self.last())),
            Shelf::Last => all_forms(self.last(), Some(self.first())),
            Shelf::Display => self.display(),
            Shelf::Word | Shelf::Lead => {
                let shelves = [Shelf::First, Shelf::Last, Shelf::Display];
                let names = self.names.get_or_init(|| shelves.map(|shelf| self.texts(shelf)).concat());
                let leads = |text: &&String| names.iter().any(|name| name.starts_with(text.as_str()));
                let texts = self.words().iter().map(|word| &word.word.text);
                texts.filter(|text| leads(text) == (shelf == Shelf::Lead)).cloned().collect()
            }
            Shelf::Initials => self.initials().into_iter().map(|(text, _)| text).collect(),
            Shelf::Sound => self.words().iter().flat_map(|word| sound(&word.word.text)).collect(),
            Shelf::Point => contact_methods::texts(self.contact).map(|point| point.text).collect(),
            Shelf::Member => vec![String::new()],
            Shelf::Company => {
                let company = company_text(&self.contact.company);
                if company.is_empty() { Vec::new() } else { vec![company] }
            }
            // Not a contact's: see `dictionary.rs`.
            Shelf::Dictionary => Vec::new(),
        }
    }

    /// The text of a shelf of whole names, where it has one key and no more.
    pub(super) fn only(&self, shelf: Shelf) -> Option<Only<'_>> {
        let (first, last) = if self.is_plain {
            (self.contact.first_name.as_str(), self.contact.last_name.as_str())
        } else if self.first().is_plain() && self.last().is_plain() {
            (self.first().form(Form::Primary), self.last().form(Form::Primary))
        } else {
            return None;
        };
        let (leading, rest) = match shelf {
            Shelf::First => (first, last),
            Shelf::Last => (last, first),
            _ => return None,
        };
        let is_whole = leading.len().saturating_add(rest.len()) < limits::KEY_TEXT;
        (is_whole && !leading.is_empty()).then_some(Only { leading, rest })
    }

    fn display(&self) -> Vec<String> {
        let has_name = |name: &Variants| !name.form(Form::Primary).is_empty();
        if self.is_made()
            && (self.only(Shelf::First).is_some() || has_name(self.first()) || has_name(self.last()))
        {
            return Vec::new(); // of first and last name, as most are
        }
        let mut texts = all_forms(&variants(&self.contact.display_name), None);
        let better = [self.texts(Shelf::First), self.texts(Shelf::Last)].concat();
        // A name of nothing but signs has an empty key: no text finds it, but it is among everybody.
        if texts.is_empty() && better.is_empty() {
            return vec![String::new()];
        }
        texts.retain(|text| !better.contains(text));
        texts
    }

    /// Whether the display name is first and last name and nothing else.
    fn is_made(&self) -> bool {
        let Contact { display_name, first_name, last_name, .. } = self.contact;
        let rest = display_name.strip_prefix(first_name.as_str()).and_then(|rest| rest.strip_prefix(' '));
        rest == Some(last_name.as_str())
    }

    /// A field as it is written.
    pub(super) fn written(&self, field: Field) -> &'a str {
        match field {
            Field::FirstName => &self.contact.first_name,
            Field::LastName => &self.contact.last_name,
            Field::DisplayName => &self.contact.display_name,
            Field::Nickname => &self.contact.nickname,
            Field::Company => &self.contact.company,
            _ => "",
        }
    }

    /// The words of first name, last name, nickname and company; and those of the display name that are not among them.
    pub(super) fn words(&self) -> &[CardWord] {
        self.words.get_or_init(|| {
            let mut found: Vec<CardWord> = Vec::new();
            let fields = [
                (Field::FirstName, Part::Given),
                (Field::LastName, Part::Family),
                (Field::Nickname, Part::Other),
                (Field::Company, Part::Other),
            ];
            for (field, part) in fields {
                let words = words(self.written(field), part).into_iter();
                found.extend(words.map(|word| CardWord { field, word, also: None }));
            }
            found.extend(self.joined());
            if !self.is_made() {
                let field = Field::DisplayName;
                let words = words(self.written(field), Part::Other).into_iter();
                let new: Vec<_> = words
                    .filter(|word| found.iter().all(|known| known.word.text != word.text))
                    .map(|word| CardWord { field, word, also: None })
                    .collect();
                found.extend(new);
            }
            for word in &mut found {
                cut(&mut word.word.text);
            }
            found
        })
    }

    /// Last and first name as people type them together who write no blank between them.
    fn joined(&self) -> Vec<CardWord> {
        let (last, first) = (self.last().form(Form::Primary), self.first().form(Form::Primary));
        if last.is_ascii() || first.is_ascii() || last.contains(' ') || first.contains(' ') {
            return Vec::new();
        }
        let word = |text| CardWord {
            field: Field::LastName,
            word: Word { span: 0..self.contact.last_name.len(), text, fold: None },
            also: Some((Field::FirstName, 0..self.contact.first_name.len())),
        };
        joined_readings(last, first).into_iter().map(word).collect()
    }

    /// The first letters of first and last name: of all their words, and of the first word and all of the last name. With
    /// each, the words that they begin.
    fn initials(&self) -> Vec<(String, Vec<&CardWord>)> {
        let letters = |field: Field| {
            let own = self.words().iter().filter(move |word| word.field == field && is_primary(word));
            own.filter_map(|word| Some((word.word.text.chars().next()?, word))).collect::<Vec<_>>()
        };
        let (first, last) = (letters(Field::FirstName), letters(Field::LastName));
        let mut found: Vec<(String, Vec<_>)> = Vec::new();
        let outer = first.get(..1).unwrap_or_default();
        for first in [&first[..], outer] {
            let (text, words): (String, Vec<_>) = first.iter().chain(&last).copied().unzip();
            if words.len() > 1 && found.iter().all(|(known, _)| *known != text) {
                found.push((text, words));
            }
        }
        found
    }

    /// Where initials stand.
    pub(super) fn initials_at(&self, text: &str) -> Vec<Place> {
        let found = self.initials().into_iter().find(|(initials, _)| initials == text);
        let place = |(letter, word): (char, &CardWord)| {
            (word.field, word.word.origin(self.written(word.field), letter.len_utf8()))
        };
        found.map(|(_, words)| text.chars().zip(words).map(place).collect()).unwrap_or_default()
    }

    /// The bytes of the names, as they are written, that the first bytes of a text of a shelf of whole names come from.
    pub(super) fn typed(&self, shelf: Shelf, text: &str, mut typed: usize) -> Vec<Place> {
        let form = self.form_of(shelf, text);
        let Contact { first_name, last_name, display_name, .. } = self.contact;
        let (first, last) = ((Field::FirstName, first_name), (Field::LastName, last_name));
        let (fields, is_plain) = match shelf {
            Shelf::First => ([Some(first), Some(last)], self.is_plain),
            Shelf::Last => ([Some(last), Some(first)], self.is_plain),
            _ => ([Some((Field::DisplayName, display_name)), None], false),
        };
        let mut places = Vec::with_capacity(fields.len());
        for (field, name) in fields.into_iter().flatten() {
            let length = match field {
                _ if is_plain => name.len(),
                Field::FirstName => self.first().form(form).len(),
                Field::LastName => self.last().form(form).len(),
                _ => variants(name).form(form).len(),
            };
            if length > 0 && typed > 0 {
                let typed = typed.min(length);
                places.push((field, if is_plain { 0..typed } else { origin(name, form, typed) }));
            }
            if length > 0 {
                typed = typed.saturating_sub(length.saturating_add(1)); // the space between the names
            }
        }
        places
    }

    /// The form in which a text of a shelf of whole names was made.
    fn form_of(&self, shelf: Shelf, text: &str) -> Form {
        if self.only(shelf).is_some() {
            return Form::Primary;
        }
        let is = |form: &Form| match shelf {
            Shelf::First => joined(self.first().form(*form), self.last().form(*form)) == text,
            Shelf::Last => joined(self.last().form(*form), self.first().form(*form)) == text,
            _ => joined(variants(&self.contact.display_name).form(*form), "") == text,
        };
        Form::ALL.into_iter().find(is).unwrap_or(Form::Primary)
    }
}

fn is_primary(word: &CardWord) -> bool {
    matches!(word.word.fold, Some((Form::Primary, _)))
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

/// The fold of two names as [`joined`] makes them one text, without making it. Where they are ASCII, their case is as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Only<'c> {
    leading: &'c str,
    rest: &'c str,
}

impl Only<'_> {
    pub(super) fn starts_with(self, prefix: &str) -> bool {
        let Some((leading, rest)) = prefix.split_at_checked(self.leading.len()) else {
            return starts(self.leading, prefix);
        };
        let rest = rest.strip_prefix(' ').map_or(rest.is_empty(), |rest| starts(self.rest, rest));
        rest && is_fold(self.leading, leading)
    }

    pub(super) fn is(self, text: &str) -> bool {
        let Some((leading, rest)) = text.split_at_checked(self.leading.len()) else { return false };
        let alone = rest.is_empty() && self.rest.is_empty();
        let rest = rest.strip_prefix(' ').map_or(alone, |rest| is_fold(self.rest, rest));
        rest && is_fold(self.leading, leading)
    }
}

/// Whether the fold of a name of that kind starts so.
fn starts(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| is_fold(start, prefix))
}

fn is_fold(name: &str, folded: &str) -> bool {
    let mut bytes = name.bytes().zip(folded.bytes());
    name.len() == folded.len() && bytes.all(|(name, folded)| name.to_ascii_lowercase() == folded)
}

/// Two texts as one, cut to what a key may hold.
fn joined(one: &str, two: &str) -> String {
    let mut text =
        if one.is_empty() || two.is_empty() { [one, two].concat() } else { [one, " ", two].concat() };
    cut(&mut text);
    text
}

/// A company as its key has it.
pub(crate) fn company_text(company: &str) -> String {
    let mut text = fold(company);
    cut(&mut text);
    text
}

/// Cuts a text to what a key may hold, at a character.
pub(super) fn cut(text: &mut String) {
    if text.len() > limits::KEY_TEXT {
        let end = (0..=limits::KEY_TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
    }
}
