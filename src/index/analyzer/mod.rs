//! From a contact to the texts of its keys.

pub(crate) mod contact_methods;

use std::cell::OnceCell;
use std::ops::Range;

use crate::index::index_key::TermField;
use crate::model::{Contact, Field, limits};
use crate::text::fold::{Form, Variants, fold, is_case_only, original_range, variants};
use crate::text::readings::{NamePart, joined_name_readings as joined_readings, phonetic_keys};
use crate::text::tokenizer::{Token, tokenize};

/// The text of a key: where it stands, what it is, and [`Posting::hidden`](crate::index::segment::postings::Posting).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Term {
    pub(super) field: TermField,
    pub(super) text: String,
    pub(super) dedup_prefix_len: u8,
}

/// The texts of a contact's keys, in any scope, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContactTerms(pub(super) Vec<Term>);

/// The shelves of which a contact is shown under one key only, best first.
const RANKED_FIELDS: [TermField; 7] = [
    TermField::FirstName,
    TermField::LastName,
    TermField::DisplayName,
    TermField::Word,
    TermField::Initials,
    TermField::Phonetic,
    TermField::ContactMethod,
];

impl ContactTerms {
    pub(crate) fn analyze(contact: &Contact) -> Self {
        let card = AnalyzedContact::analyze(contact);
        let mut found: Vec<(TermField, String)> = Vec::with_capacity(24);
        for shelf in RANKED_FIELDS {
            let start = found.len();
            found.extend(card.terms(shelf).into_iter().map(|text| (shelf, text)));
            found.get_mut(start..).unwrap_or_default().sort_unstable();
        }
        found.dedup();
        let mut better: Vec<&str> = Vec::with_capacity(found.len());
        let mut hidden: Vec<u8> = Vec::with_capacity(found.len());
        for (_, text) in &found {
            let at = better.partition_point(|other| *other < text.as_str());
            hidden.push(dedup_prefix_len(&better, at, text));
            better.insert(at, text);
        }
        let text = |((shelf, text), hidden)| Term { field: shelf, text, dedup_prefix_len: hidden };
        let mut texts: Vec<Term> = found.into_iter().zip(hidden).map(text).collect();
        let mut lead = card.terms(TermField::LeadingWord);
        lead.sort_unstable();
        lead.dedup();
        texts.extend(lead.into_iter().map(|text| Term {
            field: TermField::LeadingWord,
            text,
            dedup_prefix_len: 0,
        }));
        for shelf in [TermField::Member, TermField::Company] {
            texts.extend(card.terms(shelf).into_iter().map(|text| Term {
                field: shelf,
                text,
                dedup_prefix_len: 0,
            }));
        }
        texts.sort_unstable();
        Self(texts)
    }

    /// Whether a text is among these, hidden as far as it may.
    pub(super) fn contains_term(&self, text: &Term) -> bool {
        let key = (text.field, &text.text);
        self.0.binary_search_by(|other| (other.field, &other.text).cmp(&key)).is_ok()
    }
}

/// How many first bytes, plus one, a text shares with its neighbours among the better ones, sorted, between which it belongs
/// at `at`; 0 if there are none.
fn dedup_prefix_len(better: &[&str], at: usize, text: &str) -> u8 {
    let before = at.checked_sub(1).and_then(|at| better.get(at));
    let after = better.get(at);
    let shared = |other: &&str| other.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    let most = before.into_iter().chain(after).map(|other| shared(other).saturating_add(1)).max();
    u8::try_from(most.unwrap_or_default()).unwrap_or(u8::MAX)
}

/// A field, and bytes of it as it is written.
type FieldRange = (Field, Range<usize>);

/// A word of a contact, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct ContactToken {
    pub(super) field: Field,
    pub(super) token: Token,
    /// A reading of two fields together, such as a Chinese family and given name, takes all of this one too.
    pub(super) second_range: Option<FieldRange>,
}

impl ContactToken {
    /// Whether two words share letters of the name.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let places = |word: &Self| {
            std::iter::once((word.field, word.token.span.clone()))
                .chain(word.second_range.clone())
                .collect::<Vec<_>>()
        };
        let others = places(other);
        places(self).iter().any(|(field, span)| {
            others.iter().any(|(f, s)| field == f && span.start < s.end && s.start < span.end)
        })
    }
}

/// A contact as the index sees it: its folded names, made once for all its keys.
#[derive(Debug)]
pub(super) struct AnalyzedContact<'a> {
    pub(super) contact: &'a Contact,
    /// Whether first and last name are folded by the case of their letters alone.
    is_case_only: bool,
    first: OnceCell<Variants>,
    last: OnceCell<Variants>,
    tokens: OnceCell<Vec<ContactToken>>,
    /// The texts of the shelves of whole names.
    name_terms: OnceCell<Vec<String>>,
}

impl<'a> AnalyzedContact<'a> {
    pub(super) fn analyze(contact: &'a Contact) -> Self {
        let is_plain = is_case_only(&contact.first_name) && is_case_only(&contact.last_name);
        let (first, last, words, names) =
            (OnceCell::new(), OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { contact, is_case_only: is_plain, first, last, tokens: words, name_terms: names }
    }

    fn first(&self) -> &Variants {
        self.first.get_or_init(|| variants(&self.contact.first_name))
    }

    fn last(&self) -> &Variants {
        self.last.get_or_init(|| variants(&self.contact.last_name))
    }

    /// The texts of the contact's keys on a shelf, in no order, some perhaps twice.
    pub(super) fn terms(&self, shelf: TermField) -> Vec<String> {
        match shelf {
            TermField::FirstName => all_forms(self.first(), Some(self.last())),
            TermField::LastName => all_forms(self.last(), Some(self.first())),
            TermField::DisplayName => self.display_name_terms(),
            TermField::Word | TermField::LeadingWord => {
                let shelves = [TermField::FirstName, TermField::LastName, TermField::DisplayName];
                let names = self.name_terms.get_or_init(|| shelves.map(|shelf| self.terms(shelf)).concat());
                let leads = |text: &&String| names.iter().any(|name| name.starts_with(text.as_str()));
                let texts = self.tokens().iter().map(|word| &word.token.text);
                texts.filter(|text| leads(text) == (shelf == TermField::LeadingWord)).cloned().collect()
            }
            TermField::Initials => self.initials_with_tokens().into_iter().map(|(text, _)| text).collect(),
            TermField::Phonetic => {
                self.tokens().iter().flat_map(|word| phonetic_keys(&word.token.text)).collect()
            }
            TermField::ContactMethod => {
                contact_methods::terms(self.contact).map(|point| point.text).collect()
            }
            TermField::Member => vec![String::new()],
            TermField::Company => {
                let company = company_term(&self.contact.company);
                if company.is_empty() { Vec::new() } else { vec![company] }
            }
            // Not a contact's: see `dictionary.rs`.
            TermField::Dictionary => Vec::new(),
        }
    }

    /// The text of a shelf of whole names, where it has one key and no more.
    pub(super) fn plain_name(&self, shelf: TermField) -> Option<PlainName<'_>> {
        let (first, last) = if self.is_case_only {
            (self.contact.first_name.as_str(), self.contact.last_name.as_str())
        } else if self.first().has_one_form() && self.last().has_one_form() {
            (self.first().form(Form::Primary), self.last().form(Form::Primary))
        } else {
            return None;
        };
        let (leading, rest) = match shelf {
            TermField::FirstName => (first, last),
            TermField::LastName => (last, first),
            _ => return None,
        };
        let is_whole = leading.len().saturating_add(rest.len()) < limits::INDEX_KEY_BYTES;
        (is_whole && !leading.is_empty()).then_some(PlainName { leading, rest })
    }

    fn display_name_terms(&self) -> Vec<String> {
        let has_name = |name: &Variants| !name.form(Form::Primary).is_empty();
        if self.is_default_display_name()
            && (self.plain_name(TermField::FirstName).is_some()
                || has_name(self.first())
                || has_name(self.last()))
        {
            return Vec::new(); // of first and last name, as most are
        }
        let mut texts = all_forms(&variants(&self.contact.display_name), None);
        let better = [self.terms(TermField::FirstName), self.terms(TermField::LastName)].concat();
        // A name of nothing but signs has an empty key: no text finds it, but it is among everybody.
        if texts.is_empty() && better.is_empty() {
            return vec![String::new()];
        }
        texts.retain(|text| !better.contains(text));
        texts
    }

    /// Whether the display name is first and last name and nothing else.
    fn is_default_display_name(&self) -> bool {
        let Contact { display_name, first_name, last_name, .. } = self.contact;
        let rest = display_name.strip_prefix(first_name.as_str()).and_then(|rest| rest.strip_prefix(' '));
        rest == Some(last_name.as_str())
    }

    /// A field as it is written.
    pub(super) fn field_text(&self, field: Field) -> &'a str {
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
    pub(super) fn tokens(&self) -> &[ContactToken] {
        self.tokens.get_or_init(|| {
            let mut found: Vec<ContactToken> = Vec::new();
            let fields = [
                (Field::FirstName, NamePart::Given),
                (Field::LastName, NamePart::Family),
                (Field::Nickname, NamePart::Other),
                (Field::Company, NamePart::Other),
            ];
            for (field, part) in fields {
                let words = tokenize(self.field_text(field), part).into_iter();
                found.extend(words.map(|word| ContactToken { field, token: word, second_range: None }));
            }
            found.extend(self.joined_tokens());
            if !self.is_default_display_name() {
                let field = Field::DisplayName;
                let words = tokenize(self.field_text(field), NamePart::Other).into_iter();
                let new: Vec<_> = words
                    .filter(|word| found.iter().all(|known| known.token.text != word.text))
                    .map(|word| ContactToken { field, token: word, second_range: None })
                    .collect();
                found.extend(new);
            }
            for word in &mut found {
                truncate_to_key(&mut word.token.text);
            }
            found
        })
    }

    /// Last and first name as people type them together who write no blank between them.
    fn joined_tokens(&self) -> Vec<ContactToken> {
        let (last, first) = (self.last().form(Form::Primary), self.first().form(Form::Primary));
        if last.is_ascii() || first.is_ascii() || last.contains(' ') || first.contains(' ') {
            return Vec::new();
        }
        let word = |text| ContactToken {
            field: Field::LastName,
            token: Token { span: 0..self.contact.last_name.len(), text, fold_position: None },
            second_range: Some((Field::FirstName, 0..self.contact.first_name.len())),
        };
        joined_readings(last, first).into_iter().map(word).collect()
    }

    /// The first letters of first and last name: of all their words, and of the first word and all of the last name. With
    /// each, the words that they begin.
    fn initials_with_tokens(&self) -> Vec<(String, Vec<&ContactToken>)> {
        let letters = |field: Field| {
            let own = self.tokens().iter().filter(move |word| word.field == field && is_primary_form(word));
            own.filter_map(|word| Some((word.token.text.chars().next()?, word))).collect::<Vec<_>>()
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
    pub(super) fn initial_ranges(&self, text: &str) -> Vec<FieldRange> {
        let found = self.initials_with_tokens().into_iter().find(|(initials, _)| initials == text);
        let place = |(letter, word): (char, &ContactToken)| {
            (word.field, word.token.original_range(self.field_text(word.field), letter.len_utf8()))
        };
        found.map(|(_, words)| text.chars().zip(words).map(place).collect()).unwrap_or_default()
    }

    /// The bytes of the names, as they are written, that the first bytes of a text of a shelf of whole names come from.
    pub(super) fn typed_ranges(&self, shelf: TermField, text: &str, mut typed: usize) -> Vec<FieldRange> {
        let form = self.form_of(shelf, text);
        let Contact { first_name, last_name, display_name, .. } = self.contact;
        let (first, last) = ((Field::FirstName, first_name), (Field::LastName, last_name));
        let (fields, is_plain) = match shelf {
            TermField::FirstName => ([Some(first), Some(last)], self.is_case_only),
            TermField::LastName => ([Some(last), Some(first)], self.is_case_only),
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
                places.push((field, if is_plain { 0..typed } else { original_range(name, form, typed) }));
            }
            if length > 0 {
                typed = typed.saturating_sub(length.saturating_add(1)); // the space between the names
            }
        }
        places
    }

    /// The form in which a text of a shelf of whole names was made.
    fn form_of(&self, shelf: TermField, text: &str) -> Form {
        if self.plain_name(shelf).is_some() {
            return Form::Primary;
        }
        let is = |form: &Form| match shelf {
            TermField::FirstName => join_names(self.first().form(*form), self.last().form(*form)) == text,
            TermField::LastName => join_names(self.last().form(*form), self.first().form(*form)) == text,
            _ => join_names(variants(&self.contact.display_name).form(*form), "") == text,
        };
        Form::ALL.into_iter().find(is).unwrap_or(Form::Primary)
    }
}

fn is_primary_form(word: &ContactToken) -> bool {
    matches!(word.token.fold_position, Some((Form::Primary, _)))
}

fn all_forms(leading: &Variants, other: Option<&Variants>) -> Vec<String> {
    let form = |form| join_names(leading.form(form), other.map_or("", |other| other.form(form)));
    if leading.form(Form::Primary).is_empty() {
        return Vec::new(); // what leads the key is not there
    }
    if leading.has_one_form() && other.is_none_or(Variants::has_one_form) {
        return vec![form(Form::Primary)];
    }
    let mut texts = Form::ALL.map(form).to_vec();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The fold of two names as [`joined`] makes them one text, without making it. Where they are ASCII, their case is as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainName<'c> {
    leading: &'c str,
    rest: &'c str,
}

impl PlainName<'_> {
    pub(super) fn starts_with_folded(self, prefix: &str) -> bool {
        let Some((leading, rest)) = prefix.split_at_checked(self.leading.len()) else {
            return starts_with_folded(self.leading, prefix);
        };
        let rest = rest.strip_prefix(' ').map_or(rest.is_empty(), |rest| starts_with_folded(self.rest, rest));
        rest && folds_to(self.leading, leading)
    }

    pub(super) fn equals_folded(self, text: &str) -> bool {
        let Some((leading, rest)) = text.split_at_checked(self.leading.len()) else { return false };
        let alone = rest.is_empty() && self.rest.is_empty();
        let rest = rest.strip_prefix(' ').map_or(alone, |rest| folds_to(self.rest, rest));
        rest && folds_to(self.leading, leading)
    }
}

/// Whether the fold of a name of that kind starts so.
fn starts_with_folded(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| folds_to(start, prefix))
}

fn folds_to(name: &str, folded: &str) -> bool {
    let mut bytes = name.bytes().zip(folded.bytes());
    name.len() == folded.len() && bytes.all(|(name, folded)| name.to_ascii_lowercase() == folded)
}

/// Two texts as one, cut to what a key may hold.
fn join_names(one: &str, two: &str) -> String {
    let mut text =
        if one.is_empty() || two.is_empty() { [one, two].concat() } else { [one, " ", two].concat() };
    truncate_to_key(&mut text);
    text
}

/// A company as its key has it.
pub(crate) fn company_term(company: &str) -> String {
    let mut text = fold(company);
    truncate_to_key(&mut text);
    text
}

/// Cuts a text to what a key may hold, at a character.
pub(super) fn truncate_to_key(text: &mut String) {
    if text.len() > limits::INDEX_KEY_BYTES {
        let end =
            (0..=limits::INDEX_KEY_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
    }
}
