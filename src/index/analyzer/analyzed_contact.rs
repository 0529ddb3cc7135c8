//! A contact, with what its terms are made of.

use std::cell::OnceCell;

use crate::index::analyzer::contact_methods;
use crate::index::analyzer::contact_token::{ContactToken, FieldRange};
use crate::index::analyzer::name_term::{PlainName, all_forms, company_term, join_names};
use crate::index::index_key::{TermField, truncate_to_key};
use crate::model::{Contact, Field, PlainField, SearchableAs, limits};
use crate::text::fold::{Folded, Form, Variants, is_case_only, original_range, variants};
use crate::text::readings::{
    NamePart, han_syllable, is_han_or_kana, joined_name_readings, name_readings, phonetic_keys,
};
use crate::text::tokenizer::{Token, tokenize};

/// A contact, with its folded names and words. Each is computed on first use and shared by all terms.
#[derive(Debug)]
pub(crate) struct AnalyzedContact<'a> {
    pub(crate) contact: &'a Contact,
    /// Whether folding changes nothing but the case of ASCII letters of first and last name.
    is_case_only: bool,
    first: OnceCell<Variants>,
    last: OnceCell<Variants>,
    tokens: OnceCell<Vec<ContactToken>>,
    /// The terms of the fields of whole names.
    name_terms: OnceCell<Vec<String>>,
}

impl<'a> AnalyzedContact<'a> {
    pub(crate) fn analyze(contact: &'a Contact) -> Self {
        Self {
            contact,
            is_case_only: is_case_only(&contact.first_name) && is_case_only(&contact.last_name),
            first: OnceCell::new(),
            last: OnceCell::new(),
            tokens: OnceCell::new(),
            name_terms: OnceCell::new(),
        }
    }

    fn first(&self) -> &Variants {
        self.first.get_or_init(|| variants(&self.contact.first_name))
    }

    fn last(&self) -> &Variants {
        self.last.get_or_init(|| variants(&self.contact.last_name))
    }

    /// The terms of a field, unsorted and perhaps with duplicates.
    pub(crate) fn terms(&self, field: TermField) -> Vec<String> {
        match field {
            TermField::FirstName => all_forms(self.first(), Some(self.last())),
            TermField::LastName => all_forms(self.last(), Some(self.first())),
            TermField::DisplayName => self.display_name_terms(),
            TermField::Word | TermField::LeadingWord => {
                let name_fields = [TermField::FirstName, TermField::LastName, TermField::DisplayName];
                let names =
                    self.name_terms.get_or_init(|| name_fields.map(|field| self.terms(field)).concat());
                let is_leading = |word: &&String| names.iter().any(|name| name.starts_with(word.as_str()));
                let words = self.tokens().iter().map(|word| &word.token.text);
                words.filter(|word| is_leading(word) == (field == TermField::LeadingWord)).cloned().collect()
            }
            TermField::Initials => {
                self.initials_with_tokens().into_iter().map(|(initials, _)| initials).collect()
            }
            TermField::Phonetic => {
                self.tokens().iter().flat_map(|word| phonetic_keys(&word.token.text)).collect()
            }
            TermField::ContactMethod => contact_methods::terms(self.contact).map(|term| term.text).collect(),
            TermField::Member => vec![String::new()],
            TermField::Company => {
                let company = company_term(&self.contact.company);
                if company.is_empty() { Vec::new() } else { vec![company] }
            }
        }
    }

    /// The term of a field of whole names, if the field has exactly one.
    pub(crate) fn plain_name(&self, field: TermField) -> Option<PlainName<'_>> {
        let (first, last) = if self.is_case_only {
            (self.contact.first_name.as_str(), self.contact.last_name.as_str())
        } else if self.first().has_one_form() && self.last().has_one_form() {
            (self.first().form(Form::Primary), self.last().form(Form::Primary))
        } else {
            return None;
        };
        let (leading, rest) = match field {
            TermField::FirstName => (first, last),
            TermField::LastName => (last, first),
            _ => return None,
        };
        let fits_key = leading.len().saturating_add(rest.len()) < limits::INDEX_KEY_BYTES;
        (fits_key && !leading.is_empty()).then_some(PlainName { leading, rest })
    }

    fn display_name_terms(&self) -> Vec<String> {
        let has_name = |name: &Variants| !name.form(Form::Primary).is_empty();
        if self.is_default_display_name()
            && (self.plain_name(TermField::FirstName).is_some()
                || has_name(self.first())
                || has_name(self.last()))
        {
            return Vec::new(); // most contacts: the terms of first and last name are enough
        }
        let mut terms = all_forms(&variants(&self.contact.display_name), None);
        let better = [self.terms(TermField::FirstName), self.terms(TermField::LastName)].concat();
        // A name of signs only has an empty term: no text finds it, but the list of all contacts contains it.
        if terms.is_empty() && better.is_empty() {
            return vec![String::new()];
        }
        terms.retain(|term| !better.contains(term));
        terms
    }

    /// Whether the display name is first name, blank, last name.
    fn is_default_display_name(&self) -> bool {
        let Contact { display_name, first_name, last_name, .. } = self.contact;
        let rest = display_name.strip_prefix(first_name.as_str()).and_then(|rest| rest.strip_prefix(' '));
        rest == Some(last_name.as_str())
    }

    /// A field as written.
    pub(crate) fn field_text(&self, field: Field) -> &'a str {
        let plain = PlainField::ALL.into_iter().find(|plain| plain.field() == field);
        plain.map_or("", |plain| self.contact.text(plain))
    }

    /// The words of the searchable fields, and other words of the display name.
    pub(crate) fn tokens(&self) -> &[ContactToken] {
        self.tokens.get_or_init(|| {
            let mut found: Vec<ContactToken> = Vec::new();
            for plain in PlainField::ALL {
                let part = match plain.searchable_as() {
                    SearchableAs::FirstName => NamePart::Given,
                    SearchableAs::LastName => NamePart::Family,
                    SearchableAs::Words => NamePart::Other,
                    SearchableAs::DisplayName | SearchableAs::Nothing => continue,
                };
                let (field, tokens) = (plain.field(), tokenize(self.contact.text(plain), part).into_iter());
                found.extend(tokens.map(|token| ContactToken { field, token, second_range: None }));
            }
            found.extend(self.joined_tokens());
            found.extend(self.lone_name_tokens());
            if !self.is_default_display_name() {
                let field = Field::DisplayName;
                let tokens = tokenize(self.field_text(field), NamePart::Other).into_iter();
                let new: Vec<_> = tokens
                    .filter(|token| found.iter().all(|known| known.token.text != token.text))
                    .map(|token| ContactToken { field, token, second_range: None })
                    .collect();
                found.extend(new);
            }
            for word in &mut found {
                truncate_to_key(&mut word.token.text);
            }
            found
        })
    }

    /// Last and first name as one word. In some scripts people write them without a blank.
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
        joined_name_readings(last, first).into_iter().map(word).collect()
    }

    /// The only name of a contact whose name is in one field.
    fn lone_name(&self) -> Option<(Field, &'a str, NamePart)> {
        let Contact { display_name, first_name, last_name, .. } = self.contact;
        match (first_name.is_empty(), last_name.is_empty()) {
            (true, true) => Some((Field::DisplayName, display_name, NamePart::Other)),
            (false, true) => Some((Field::FirstName, first_name, NamePart::Other)),
            (true, false) => Some((Field::LastName, last_name, NamePart::Other)),
            (false, false) => None,
        }
    }

    /// Family and given name of a name of Han and kana in one field, wherever the one ends and the other begins: each start and each
    /// rest of the name. A blank inside is ignored.
    fn lone_name_tokens(&self) -> Vec<ContactToken> {
        let Some((field, text, part)) = self.lone_name().filter(|(_, text, _)| !text.is_ascii()) else {
            return Vec::new();
        };
        let folded = Folded::new(text, Form::Primary);
        if !folded.text().split(' ').all(is_han_or_kana) {
            return Vec::new();
        }
        let joined = folded.text().replace(' ', "");
        let word = |span, text| ContactToken {
            field,
            token: Token { span, text, fold_position: None },
            second_range: None,
        };
        let mut found = Vec::new();
        if joined.len() < folded.text().len() {
            let readings = name_readings(&joined, &joined, part).into_iter();
            let of_all = readings.filter(|reading| reading.span == (0..joined.len()));
            let texts = of_all.map(|reading| reading.text).chain([joined.clone()]);
            found.extend(texts.map(|joined| word(0..text.len(), joined)));
        }
        if joined.chars().nth(MAX_SPLIT_CHARS).is_some() {
            return found;
        }
        for (at, _) in folded.text().char_indices().skip(1).filter(|(_, c)| *c != ' ') {
            for range in [0..at, at..folded.text().len()] {
                let text = folded.text().get(range.clone()).unwrap_or_default().replace(' ', "");
                found.push(word(folded.original_range(range), text));
            }
        }
        found
    }

    /// The letters of the initials of a field, each with its word. With `syllables`, words of Han have a letter for each syllable.
    fn letters(&self, field: Field, syllables: bool) -> Vec<(char, &ContactToken)> {
        let mut next = 0;
        let mut found = Vec::new();
        for word in self.tokens().iter().filter(|word| word.field == field && is_primary_form(word)) {
            // The parts of a word follow it. The first one begins where the word does.
            if word.token.span.start < next {
                continue;
            }
            next = word.token.span.start.saturating_add(1);
            match syllable_letters(&word.token.text).filter(|_| syllables) {
                Some(letters) => found.extend(letters.into_iter().map(|letter| (letter, word))),
                None => found.extend(word.token.text.chars().next().map(|letter| (letter, word))),
            }
        }
        found
    }

    /// Initials, each with its words. One takes all words of first and last name, the other the first word of the first name and
    /// all words of the last name. A name in one field has its words, also without the first ones, and its first and last word.
    fn initials_with_tokens(&self) -> Vec<(String, Vec<&ContactToken>)> {
        if let Some((field, ..)) = self.lone_name() {
            return initials_of(&self.letters(field, true));
        }
        let (first, last) = (self.letters(Field::FirstName, false), self.letters(Field::LastName, false));
        let mut found: Vec<(String, Vec<_>)> = Vec::new();
        let first_word = first.get(..1).unwrap_or_default();
        for first in [&first[..], first_word] {
            let (initials, words): (String, Vec<_>) = first.iter().chain(&last).copied().unzip();
            if words.len() > 1 && found.iter().all(|(known, _)| *known != initials) {
                found.push((initials, words));
            }
        }
        found
    }

    /// The range of each letter of some initials.
    pub(crate) fn initial_ranges(&self, initials: &str) -> Vec<FieldRange> {
        let found = self.initials_with_tokens().into_iter().find(|(known, _)| known == initials);
        let range = |(letter, word): (char, &ContactToken)| {
            (word.field, word.token.original_range(self.field_text(word.field), letter.len_utf8()))
        };
        let mut ranges: Vec<FieldRange> =
            found.map(|(_, words)| initials.chars().zip(words).map(range).collect()).unwrap_or_default();
        ranges.dedup();
        ranges
    }

    /// The ranges of the names as written that the first `typed` bytes of a term come from. `field` is a field of whole names.
    pub(crate) fn typed_ranges(&self, field: TermField, term: &str, mut typed: usize) -> Vec<FieldRange> {
        let form = self.form_of(field, term);
        let Contact { first_name, last_name, display_name, .. } = self.contact;
        let (first, last) = ((Field::FirstName, first_name), (Field::LastName, last_name));
        let (names, is_plain) = match field {
            TermField::FirstName => ([Some(first), Some(last)], self.is_case_only),
            TermField::LastName => ([Some(last), Some(first)], self.is_case_only),
            _ => ([Some((Field::DisplayName, display_name)), None], false),
        };
        let mut ranges = Vec::with_capacity(names.len());
        for (field, name) in names.into_iter().flatten() {
            let length = match field {
                _ if is_plain => name.len(),
                Field::FirstName => self.first().form(form).len(),
                Field::LastName => self.last().form(form).len(),
                _ => variants(name).form(form).len(),
            };
            if length > 0 && typed > 0 {
                let typed = typed.min(length);
                ranges.push((field, if is_plain { 0..typed } else { original_range(name, form, typed) }));
            }
            if length > 0 {
                typed = typed.saturating_sub(length.saturating_add(1)); // with the blank between the names
            }
        }
        ranges
    }

    /// The form of the names that a term of a field of whole names is made of.
    fn form_of(&self, field: TermField, term: &str) -> Form {
        if self.plain_name(field).is_some() {
            return Form::Primary;
        }
        let has_form = |form: &Form| match field {
            TermField::FirstName => join_names(self.first().form(*form), self.last().form(*form)) == term,
            TermField::LastName => join_names(self.last().form(*form), self.first().form(*form)) == term,
            _ => join_names(variants(&self.contact.display_name).form(*form), "") == term,
        };
        Form::ALL.into_iter().find(has_form).unwrap_or(Form::Primary)
    }
}

/// The initials of a name in one field.
fn initials_of<'t>(letters: &[(char, &'t ContactToken)]) -> Vec<(String, Vec<&'t ContactToken>)> {
    let tails = (0..letters.len()).filter_map(|at| letters.get(at..)).map(<[_]>::to_vec);
    let ends = match letters {
        [first, _, .., last] => Some(vec![*first, *last]),
        _ => None,
    };
    let mut found: Vec<(String, Vec<_>)> = Vec::new();
    for letters in tails.chain(ends).filter(|letters| letters.len() > 1) {
        let (initials, words): (String, Vec<_>) = letters.into_iter().unzip();
        if found.iter().all(|(known, _)| *known != initials) {
            found.push((initials, words));
        }
    }
    found
}

/// The first letter of each syllable of a word of Han; `None` for other words.
fn syllable_letters(word: &str) -> Option<Vec<char>> {
    if word.is_ascii() {
        return None;
    }
    word.chars().map(|c| han_syllable(c)?.chars().next()).collect()
}

/// Characters of a name of Han and kana that is split everywhere.
const MAX_SPLIT_CHARS: usize = 8;

fn is_primary_form(word: &ContactToken) -> bool {
    matches!(word.token.fold_position, Some((Form::Primary, _)))
}
