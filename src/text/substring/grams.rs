//! Grams: the words of the index.
//!
//! A word is a letter for the rank and a gram. It has letters and digits only as far as ASCII goes: everything else there is
//! moved up by 128, so that no character of a text means anything to the full-text index or ends a word. Two grams may share
//! a word by that; a contact is then proposed for nothing, never lost.

use super::field::{SubstringField, full_name, lowercase_chars, phone_chars};
use super::needle::Needle;
use crate::model::Contact;
use crate::text::fold::{Form, variants};

/// Characters in the longest gram.
const MAX_GRAM_LEN: usize = 3;

/// Words that a query asks for at most. More make the index work more than they spare rows.
const MAX_QUERY_GRAMS: usize = 12;

/// All words of a contact, each once.
pub(crate) fn grams(contact: &Contact) -> Vec<String> {
    let mut words = Vec::new();
    for rank in SubstringField::ALL {
        for text in field_texts(contact, rank) {
            add_grams(&mut words, rank, &text);
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

impl Needle {
    /// The words that everything has in which this text is contained; `None` if nothing can be found in the rank.
    pub(crate) fn grams(&self, rank: SubstringField) -> Option<Vec<String>> {
        let text: Vec<char> = self.text_for(rank)?.chars().map(fts_char).collect();
        let windows = text.len().saturating_sub(MAX_GRAM_LEN).saturating_add(1);
        let wanted = windows.min(MAX_QUERY_GRAMS);
        let mut words: Vec<String> = (0..wanted)
            .filter_map(|number| {
                // Spread over the text, its first and its last gram among them.
                let last = wanted.saturating_sub(1).max(1);
                let at = number.saturating_mul(windows.saturating_sub(1)).checked_div(last)?;
                let end = at.saturating_add(MAX_GRAM_LEN).min(text.len());
                Some(gram_token(rank, text.get(at..end)?))
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        Some(words)
    }
}

/// Every text of a rank.
fn field_texts(contact: &Contact, rank: SubstringField) -> Vec<String> {
    let forms = |texts: [&str; 2]| {
        let mut all: Vec<String> = Vec::new();
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            let variants = variants(text);
            for form in Form::ALL.map(|form| variants.form(form)) {
                if !all.iter().any(|known| known == form) {
                    all.push(form.to_owned());
                }
            }
        }
        all
    };
    match rank {
        SubstringField::Name => {
            let full = full_name(contact);
            let other = if full == contact.display_name { "" } else { full.as_str() };
            forms([&contact.display_name, other])
        }
        SubstringField::Company => forms([&contact.nickname, &contact.company]),
        SubstringField::Email => contact.emails.iter().map(|email| lowercase_chars(&email.text)).collect(),
        SubstringField::Phone => contact
            .phones
            .iter()
            .flat_map(|phone| [phone.normalized.clone(), phone_chars(&phone.text)])
            .collect(),
        SubstringField::Identifier => contact.identifiers.iter().map(|known| known.value.clone()).collect(),
    }
}

fn add_grams(words: &mut Vec<String>, rank: SubstringField, text: &str) {
    let text: Vec<char> = text.chars().map(fts_char).collect();
    for length in 1..=MAX_GRAM_LEN {
        words.extend(text.windows(length).map(|gram| gram_token(rank, gram)));
    }
}

fn gram_token(rank: SubstringField, gram: &[char]) -> String {
    let letter = match rank {
        SubstringField::Name => 'n',
        SubstringField::Company => 'c',
        SubstringField::Email => 'e',
        SubstringField::Phone => 'p',
        SubstringField::Identifier => 'i',
    };
    std::iter::once(&letter).chain(gram).collect()
}

/// A character as words have it.
fn fts_char(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(), // the index does not tell them apart
        '0'..='9' | 'a'..='z' => c,
        '\0'..='\u{7f}' => char::from_u32(u32::from(c).saturating_add(128)).unwrap_or(c),
        _ => c,
    }
}
