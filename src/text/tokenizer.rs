//! Splits a name into words, each with its folded form, its readings and its range in the original text.

use std::ops::Range;

use super::fold::{Folded, Form, fold_case_only};
use super::readings::{NamePart, name_readings, word_parts};

/// One searchable form of a word. Words may overlap: O'Neill has oneill, o and neill; Lee王力 has lee and 王力 too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The byte range in the original text.
    pub(crate) span: Range<usize>,
    /// The search text: folded, without spaces, never empty.
    pub(crate) text: String,
    /// The form that contains the word, and the byte offset there; `None` for a reading.
    pub(crate) fold_position: Option<(Form, usize)>,
}

impl Token {
    /// The byte range in the original text for the first `typed` bytes of the word. For a reading it is the whole range, because its
    /// letters are not letters of the text.
    pub(crate) fn original_range(&self, text: &str, typed: usize) -> Range<usize> {
        match self.fold_position {
            Some((form, at)) if typed < self.text.len() => {
                Folded::new(text, form).original_range(at..at.saturating_add(typed))
            }
            _ => self.span.clone(),
        }
    }
}

/// All words of a text, in order, each with its forms and readings.
pub(crate) fn tokenize(text: &str, part: NamePart) -> Vec<Token> {
    let mut found = Vec::new();
    if let Some(folded) = fold_case_only(text) {
        for span in word_ranges(&folded) {
            let fold_position = Some((Form::Primary, span.start));
            let text = folded.get(span.clone()).unwrap_or_default().to_owned();
            let parts = word_parts(&text).into_iter().filter_map(|part| {
                let start = span.start.saturating_add(part.start);
                let text = text.get(part)?.to_owned();
                let span = start..start.saturating_add(text.len());
                Some(Token { span, text, fold_position: Some((Form::Primary, start)) })
            });
            let parts: Vec<Token> = parts.collect();
            found.push(Token { span, text, fold_position });
            for part in parts {
                push_unique(&mut found, part);
            }
        }
        return found;
    }
    for folded in Folded::all(text) {
        for range in word_ranges(folded.text()) {
            let word = folded.text().get(range.clone()).unwrap_or_default();
            push_word(&mut found, &folded, text, range.clone(), part);
            for inner in word_parts(word) {
                let (start, end) = (inner.start, inner.end);
                let inner = range.start.saturating_add(start)..range.start.saturating_add(end);
                push_word(&mut found, &folded, text, inner, part);
            }
        }
    }
    found
}

/// Adds a range of a folded text as a word, with its readings.
fn push_word(found: &mut Vec<Token>, folded: &Folded, text: &str, range: Range<usize>, part: NamePart) {
    let word = folded.text().get(range.clone()).unwrap_or_default();
    let span = folded.original_range(range.clone());
    if folded.form == Form::Primary && !text.is_ascii() {
        let written = text.get(span.clone()).unwrap_or_default();
        for reading in name_readings(written, word, part) {
            let (start, end) = (reading.span.start, reading.span.end);
            let read = range.start.saturating_add(start)..range.start.saturating_add(end);
            let span = folded.original_range(read);
            push_unique(found, Token { span, text: reading.text, fold_position: None });
        }
    }
    let fold_position = Some((folded.form, range.start));
    push_unique(found, Token { span, text: word.to_owned(), fold_position });
}

/// The byte ranges of the words of a folded text.
pub(crate) fn word_ranges(folded: &str) -> impl Iterator<Item = Range<usize>> {
    folded
        .split(' ')
        .scan(0_usize, |next, word| {
            let start = *next;
            let end = start.saturating_add(word.len());
            *next = end.saturating_add(1);
            Some(start..end)
        })
        .filter(|range| !range.is_empty())
}

fn push_unique(found: &mut Vec<Token>, word: Token) {
    if !word.text.is_empty()
        && found.iter().all(|known| (&known.span, &known.text) != (&word.span, &word.text))
    {
        found.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Vec<(String, String)> {
        let written = |word: &Token| text.get(word.span.clone()).unwrap().to_owned();
        tokenize(text, NamePart::Other).iter().map(|word| (word.text.clone(), written(word))).collect()
    }

    #[track_caller]
    fn has(text: &str, expected: &[(&str, &str)]) {
        let found = table(text);
        for (word, written) in expected {
            assert!(
                found.contains(&((*word).to_owned(), (*written).to_owned())),
                "{word} in {text}: {found:?}"
            );
        }
    }

    #[test]
    fn tokens_have_their_ranges() {
        assert_eq!(table("John Paul"), [("john".into(), "John".into()), ("paul".into(), "Paul".into())]);
        has("  Acme,  Inc.", &[("acme", "Acme"), ("inc", "Inc")]);
        has("Zoë Brontë", &[("zoe", "Zoë"), ("bronte", "Brontë")]);
        assert!(table("").is_empty() && table("--").is_empty() && table(" ' ").is_empty());
    }

    #[test]
    fn apostrophes_and_hyphens_are_joined_and_split() {
        has("O'Neill", &[("oneill", "O'Neill"), ("o", "O"), ("neill", "Neill")]);
        has("Jean-Luc", &[("jean", "Jean"), ("luc", "Luc"), ("jeanluc", "Jean-Luc")]);
        has(
            "Müller-Lüdenscheidt",
            &[("mullerludenscheidt", "Müller-Lüdenscheidt"), ("ludenscheidt", "Lüdenscheidt")],
        );
    }

    #[test]
    fn typed_prefix_has_its_original_range() {
        let text = "d’Été Été-Luc";
        let all = tokenize(text, NamePart::Given);
        let original = |word: &str, typed: usize| {
            let word = all.iter().find(|found| found.text == word).unwrap();
            text.get(word.original_range(text, typed)).unwrap()
        };
        assert_eq!(original("ete", 2), "Ét");
        assert_eq!(original("dete", 2), "d’É");
        assert_eq!(original("eteluc", 4), "Été-L");
        assert_eq!(original("luc", 3), "Luc");
    }
}
