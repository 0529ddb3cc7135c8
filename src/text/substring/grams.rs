//! Grams as tokens of the full-text index.
//!
//! A token is a letter for the field group and a gram. Of the ASCII characters, it contains only letters and digits: other ASCII
//! characters move up by 128. So no character of a text is syntax of the full-text index, or ends a token. Two grams may share
//! a token. Then the index produces a needless candidate, but never misses one.

use super::field::{SubstringField, full_name, lowercase_chars, phone_chars, phone_letters};
use super::needle::Needle;
use crate::model::{Contact, PlainField};
use crate::text::fold::{Form, variants};

/// Characters in the longest gram.
const MAX_GRAM_LEN: usize = 3;

/// The most tokens in a query. More tokens would cost more index reads than they save row reads.
const MAX_QUERY_GRAMS: usize = 12;

/// All tokens of a contact, each once.
pub(crate) fn grams(contact: &Contact) -> Vec<String> {
    let mut tokens = Vec::new();
    for field in SubstringField::ALL {
        for text in field_texts(contact, field) {
            add_grams(&mut tokens, field, &text);
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

impl Needle {
    /// Tokens that every contact with this text in the field group has; `None` if nothing there can match.
    pub(crate) fn grams(&self, field: SubstringField) -> Option<Vec<String>> {
        let text: Vec<char> = self.text_for(field)?.chars().map(fts_char).collect();
        let windows = text.len().saturating_sub(MAX_GRAM_LEN).saturating_add(1);
        let count = windows.min(MAX_QUERY_GRAMS);
        let mut tokens: Vec<String> = (0..count)
            .filter_map(|number| {
                // Distributed over the text, with the first and the last gram.
                let last = count.saturating_sub(1).max(1);
                let at = number.saturating_mul(windows.saturating_sub(1)).checked_div(last)?;
                let end = at.saturating_add(MAX_GRAM_LEN).min(text.len());
                Some(gram_token(field, text.get(at..end)?))
            })
            .collect();
        tokens.sort_unstable();
        tokens.dedup();
        Some(tokens)
    }
}

/// All texts of a field group.
fn field_texts(contact: &Contact, field: SubstringField) -> Vec<String> {
    let forms = |texts: &[&str]| {
        let mut all: Vec<String> = Vec::new();
        for text in texts.iter().filter(|text| !text.is_empty()) {
            let variants = variants(text);
            for form in Form::ALL.map(|form| variants.form(form)) {
                if !all.iter().any(|known| known == form) {
                    all.push(form.to_owned());
                }
            }
        }
        all
    };
    match field {
        SubstringField::Name => {
            let full = full_name(contact);
            let other = if full == contact.display_name { "" } else { full.as_str() };
            forms(&[&contact.display_name, other])
        }
        SubstringField::Company => {
            let words = PlainField::searchable_by_words();
            forms(&words.map(|field| contact.text(field)).collect::<Vec<_>>())
        }
        SubstringField::Email => contact.emails.iter().map(|email| lowercase_chars(&email.text)).collect(),
        SubstringField::Phone => contact
            .phones
            .iter()
            .flat_map(|phone| {
                let letters = phone_letters(&phone.text);
                [phone.normalized.clone(), phone_chars(&phone.text)].into_iter().chain(letters)
            })
            .collect(),
        SubstringField::Identifier => {
            contact.identifiers.iter().map(|identifier| identifier.value.clone()).collect()
        }
    }
}

fn add_grams(tokens: &mut Vec<String>, field: SubstringField, text: &str) {
    let text: Vec<char> = text.chars().map(fts_char).collect();
    for length in 1..=MAX_GRAM_LEN {
        tokens.extend(text.windows(length).map(|gram| gram_token(field, gram)));
    }
}

fn gram_token(field: SubstringField, gram: &[char]) -> String {
    let letter = match field {
        SubstringField::Name => 'n',
        SubstringField::Company => 'c',
        SubstringField::Email => 'e',
        SubstringField::Phone => 'p',
        SubstringField::Identifier => 'i',
    };
    std::iter::once(&letter).chain(gram).collect()
}

/// The form of a character in tokens.
fn fts_char(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(), // the index ignores case
        '0'..='9' | 'a'..='z' => c,
        '\0'..='\u{7f}' => char::from_u32(u32::from(c).saturating_add(128)).unwrap_or(c),
        _ => c,
    }
}
