//! Tests of the readings, one file for each script. This file has the shared matcher of queries and names.

mod arabic;
mod caucasus;
mod cyrillic;
mod east;
mod greek;
mod hebrew;
mod indic;
mod latin;
#[allow(clippy::cast_precision_loss, reason = "small counts")]
mod measure;
mod names;
mod properties;
use super::{NamePart, name_readings, phonetic_keys, query_phonetic_keys, query_readings};
use crate::text::fold::{Form, fold, original_range, variants};

/// How a query word matches a word of a name, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FoundBy {
    /// By the folded word.
    Word,
    /// By a reading of the name's word, or of the query word.
    Reading,
    /// By a phonetic key.
    Phonetic,
}

/// How a query matches a name: the worst match of its words. All words must match, in any order. `None` if one does not.
pub(super) fn find_in_fields(fields: &[(NamePart, &str)], query: &str) -> Option<FoundBy> {
    let words: Vec<_> = fields.iter().flat_map(|(part, field)| name_words(field, *part)).collect();
    let query_words = words_of(query, Form::Primary);
    query_words
        .iter()
        .map(|(written, folded)| words.iter().filter_map(|word| word.match_query(written, folded)).min())
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()
}

/// How a query matches a name in one field.
pub(super) fn find_in_name(name: &str, query: &str) -> Option<FoundBy> {
    find_in_fields(&[(NamePart::Other, name)], query)
}

/// A word of a name, with its readings and phonetic keys.
struct NameWord {
    folded: String,
    readings: Vec<String>,
    phonetic: Vec<String>,
}

impl NameWord {
    fn match_query(&self, written: &str, folded: &str) -> Option<FoundBy> {
        if self.folded.starts_with(folded) {
            return Some(FoundBy::Word);
        }
        let mut queries = query_readings(written, folded);
        queries.push(folded.to_owned());
        let matches = |query: &String| {
            self.folded.starts_with(query.as_str())
                || self.readings.iter().any(|text| text.starts_with(query.as_str()))
        };
        if queries.iter().any(matches) {
            return Some(FoundBy::Reading);
        }
        let query_keys = query_phonetic_keys(folded);
        let matches = |key: &String| query_keys.iter().any(|query| key.starts_with(query.as_str()));
        self.phonetic.iter().any(matches).then_some(FoundBy::Phonetic)
    }
}

fn name_words(field: &str, part: NamePart) -> Vec<NameWord> {
    let mut words: Vec<(String, String)> = Vec::new();
    for form in Form::ALL {
        if variants(field).form(form) == fold(field) && form != Form::Primary {
            continue;
        }
        words.extend(words_of(field, form));
    }
    let word = |(written, folded): (String, String)| {
        let readings = name_readings(&written, &folded, part);
        for reading in &readings {
            assert!(folded.get(reading.span.clone()).is_some_and(|part| !part.is_empty()), "{reading:?}");
            let text = reading.text.strip_prefix('K').unwrap_or(&reading.text); // the marker of a rough form
            assert_eq!(fold(text), text, "{written:?}");
            assert!(!reading.text.is_empty() && !reading.text.contains(' '), "{reading:?}");
        }
        let phonetic = phonetic_keys(&folded);
        assert!(phonetic.iter().all(|key| !key.is_empty()));
        NameWord { folded, readings: readings.into_iter().map(|reading| reading.text).collect(), phonetic }
    };
    words.into_iter().map(word).collect()
}

/// The words of a text in a form, as written and folded.
fn words_of(text: &str, form: Form) -> Vec<(String, String)> {
    let folded = variants(text).form(form).to_owned();
    let mut at = 0;
    let mut words = Vec::new();
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        let (start, end) = (at, at + word.len());
        let from = if start == 0 { 0 } else { original_range(text, form, start).end };
        words.push((text[from..original_range(text, form, end).end].to_owned(), word.to_owned()));
        at = end + 1;
    }
    words
}

/// Checks pairs of a name and a query: that `found` match as given, and that `not_found` do not match.
pub(super) fn check(found: &[(&str, &str, FoundBy)], not_found: &[(&str, &str)]) {
    let wrong: Vec<_> = found
        .iter()
        .map(|(name, query, how)| (*name, *query, Some(*how)))
        .chain(not_found.iter().map(|(name, query)| (*name, *query, None)))
        .filter(|(name, query, how)| find_in_name(name, query) != *how)
        .map(|(name, query, how)| {
            let readings = texts(name, NamePart::Other);
            let (name_keys, query_keys) = (phonetic_keys(&fold(name)), query_phonetic_keys(&fold(query)));
            format!(
                "{name:?} by {query:?}: {how:?}, was {:?}: {readings:?} {name_keys:?} {query_keys:?}",
                find_in_name(name, query)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The readings of a one-word name.
pub(super) fn texts(name: &str, part: NamePart) -> Vec<String> {
    name_readings(name, &fold(name), part).into_iter().map(|reading| reading.text).collect()
}
