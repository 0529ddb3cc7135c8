//! Tests of the readings, a file a script. What they share: whether a query finds a name.

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
use super::{Part, heard, readings, sound, typed};
use crate::text::fold::{Form, fold, origin, variants};

/// How a query word finds a word of a name, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Met {
    /// By the folded word.
    Word,
    /// By a reading of the name's word, or by what the typed word stands for.
    Reading,
    /// By sound.
    Sound,
}

/// How a query finds a name: the worst of its words, all of which must be found, in any order. `None` if one is not.
pub(super) fn met(fields: &[(Part, &str)], query: &str) -> Option<Met> {
    let words: Vec<_> = fields.iter().flat_map(|(part, field)| name_words(field, *part)).collect();
    let queried = words_of(query, Form::Primary);
    queried
        .iter()
        .map(|(written, folded)| words.iter().filter_map(|word| word.met(written, folded)).min())
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()
}

/// How a query finds a name that is written in one field.
pub(super) fn meets(name: &str, query: &str) -> Option<Met> {
    met(&[(Part::Other, name)], query)
}

/// A word of a name, with all by which it is found.
struct NameWord {
    folded: String,
    readings: Vec<String>,
    sounds: Vec<String>,
}

impl NameWord {
    fn met(&self, written: &str, folded: &str) -> Option<Met> {
        if self.folded.starts_with(folded) {
            return Some(Met::Word);
        }
        let mut other = typed(written, folded);
        other.push(folded.to_owned());
        let read = |query: &String| {
            self.folded.starts_with(query.as_str())
                || self.readings.iter().any(|text| text.starts_with(query.as_str()))
        };
        if other.iter().any(read) {
            return Some(Met::Reading);
        }
        let heard = heard(folded);
        let sounds = |sound: &String| heard.iter().any(|heard| sound.starts_with(heard.as_str()));
        self.sounds.iter().any(sounds).then_some(Met::Sound)
    }
}

fn name_words(field: &str, part: Part) -> Vec<NameWord> {
    let mut words: Vec<(String, String)> = Vec::new();
    for form in Form::ALL {
        if variants(field).form(form) == fold(field) && form != Form::Primary {
            continue;
        }
        words.extend(words_of(field, form));
    }
    let word = |(written, folded): (String, String)| {
        let readings = readings(&written, &folded, part);
        for reading in &readings {
            assert!(folded.get(reading.span.clone()).is_some_and(|part| !part.is_empty()), "{reading:?}");
            let bare = reading.text.strip_prefix('K').unwrap_or(&reading.text); // the mark of a rough form
            assert_eq!(fold(bare), bare, "{written:?}");
            assert!(!reading.text.is_empty() && !reading.text.contains(' '), "{reading:?}");
        }
        let sounds = sound(&folded);
        assert!(sounds.iter().all(|sound| !sound.is_empty()));
        NameWord { folded, readings: readings.into_iter().map(|reading| reading.text).collect(), sounds }
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
        let from = if start == 0 { 0 } else { origin(text, form, start).end };
        words.push((text[from..origin(text, form, end).end].to_owned(), word.to_owned()));
        at = end + 1;
    }
    words
}

/// Every name is found as said by what is typed, and the others not at all.
pub(super) fn check(found: &[(&str, &str, Met)], not: &[(&str, &str)]) {
    let wrong: Vec<_> = found
        .iter()
        .map(|(name, query, how)| (*name, *query, Some(*how)))
        .chain(not.iter().map(|(name, query)| (*name, *query, None)))
        .filter(|(name, query, how)| meets(name, query) != *how)
        .map(|(name, query, how)| {
            let readings = texts(name, Part::Other);
            let (sounds, heard) = (sound(&fold(name)), heard(&fold(query)));
            format!(
                "{name:?} by {query:?}: {how:?}, was {:?}: {readings:?} {sounds:?} {heard:?}",
                meets(name, query)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The readings of a name of one word.
pub(super) fn texts(name: &str, part: Part) -> Vec<String> {
    readings(name, &fold(name), part).into_iter().map(|reading| reading.text).collect()
}
