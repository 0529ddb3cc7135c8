//! Grams: the words of the index.
//!
//! A word is a letter for the rank and a gram. It has letters and digits only as far as ASCII goes: everything else there is
//! moved up by 128, so that no character of a text means anything to the full-text index or ends a word. Two grams may share
//! a word by that; a contact is then proposed for nothing, never lost.

use super::{Needle, Rank, full_name, lower, written};
use crate::model::Contact;
use crate::text::fold::{Form, variants};

/// Characters in the longest gram.
const LONGEST: usize = 3;

/// Words that a query asks for at most. More make the index work more than they spare rows.
const MOST: usize = 12;

/// All words of a contact, each once.
pub(crate) fn grams(contact: &Contact) -> Vec<String> {
    let mut words = Vec::new();
    for rank in Rank::ALL {
        for text in texts(contact, rank) {
            add(&mut words, rank, &text);
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

impl Needle {
    /// The words that everything has in which this text is contained; `None` if nothing can be found in the rank.
    pub(crate) fn grams(&self, rank: Rank) -> Option<Vec<String>> {
        let text: Vec<char> = self.text(rank)?.chars().map(plain).collect();
        let windows = text.len().saturating_sub(LONGEST).saturating_add(1);
        let wanted = windows.min(MOST);
        let mut words: Vec<String> = (0..wanted)
            .filter_map(|number| {
                // Spread over the text, its first and its last gram among them.
                let last = wanted.saturating_sub(1).max(1);
                let at = number.saturating_mul(windows.saturating_sub(1)).checked_div(last)?;
                let end = at.saturating_add(LONGEST).min(text.len());
                Some(word(rank, text.get(at..end)?))
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        Some(words)
    }
}

/// Every text of a rank.
fn texts(contact: &Contact, rank: Rank) -> Vec<String> {
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
        Rank::Name => {
            let full = full_name(contact);
            let other = if full == contact.display_name { "" } else { full.as_str() };
            forms([&contact.display_name, other])
        }
        Rank::Company => forms([&contact.nickname, &contact.company]),
        Rank::Email => contact.emails.iter().map(|email| lower(&email.text)).collect(),
        Rank::Phone => {
            contact.phones.iter().flat_map(|phone| [phone.normal.clone(), written(&phone.text)]).collect()
        }
        Rank::Identifier => contact.identifiers.iter().map(|known| known.value.clone()).collect(),
    }
}

fn add(words: &mut Vec<String>, rank: Rank, text: &str) {
    let text: Vec<char> = text.chars().map(plain).collect();
    for length in 1..=LONGEST {
        words.extend(text.windows(length).map(|gram| word(rank, gram)));
    }
}

fn word(rank: Rank, gram: &[char]) -> String {
    let letter = match rank {
        Rank::Name => 'n',
        Rank::Company => 'c',
        Rank::Email => 'e',
        Rank::Phone => 'p',
        Rank::Identifier => 'i',
    };
    std::iter::once(&letter).chain(gram).collect()
}

/// A character as words have it.
fn plain(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(), // the index does not tell them apart
        '0'..='9' | 'a'..='z' => c,
        '\0'..='\u{7f}' => char::from_u32(u32::from(c).saturating_add(128)).unwrap_or(c),
        _ => c,
    }
}
