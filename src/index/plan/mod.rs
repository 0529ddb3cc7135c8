//! From a query to its stages: what is looked for, and where, best first.

use std::cell::OnceCell;

use crate::error::{Error, Problem, Result};
use crate::index::analyzer::contact_methods::PointQuery;
use crate::index::key::{Shelf, disjoint};
use crate::index::match_kind::Class;
use crate::index::read::candidate_stream::Reach;
use crate::index::read::fuzzy;
use crate::model::{Field, fold_email, limits};
use crate::text::fold::fold;
use crate::text::readings::{heard, typed};

/// Which keys a search looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Within {
    /// First, last and display name, each from its start.
    Names,
    /// Also every word of the names, the nickname and the company, in any order, initials, and names by their sound.
    Words,
    /// Also e-mail addresses, phones and identifiers.
    #[default]
    Everything,
}

/// One stage of a query. Hits of a stage come before those of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) class: Class,
    /// Letters mistyped.
    pub(crate) distance: u8,
    /// Where its keys are; made when it is needed, since most pages are full before.
    reach: OnceCell<Reach>,
}

impl Stage {
    /// Whether it looks for whole names, which an advisor's list keeps itself.
    pub(crate) fn is_of_names(&self) -> bool {
        self.names().is_some()
    }

    /// The shelf of whole names that is looked at, if it is one.
    pub(super) fn names(&self) -> Option<Shelf> {
        match self.class {
            Class::FirstName => Some(Shelf::First),
            Class::LastName => Some(Shelf::Last),
            Class::DisplayName => Some(Shelf::Display),
            _ => None,
        }
    }
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueryWord {
    written: String,
    folded: String,
    forms: OnceCell<Vec<String>>,
    sounds: OnceCell<Vec<String>>,
    /// Letters that may be mistyped.
    pub(super) typos: u8,
}

impl QueryWord {
    fn new(written: &str, folded: &str) -> Self {
        Self {
            written: written.to_owned(),
            folded: folded.to_owned(),
            forms: OnceCell::new(),
            sounds: OnceCell::new(),
            typos: fuzzy::allowed(folded),
        }
    }

    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    /// The word, folded, and what else it may stand for.
    pub(super) fn forms(&self) -> &[String] {
        self.forms.get_or_init(|| {
            let mut forms = vec![self.folded.clone()];
            for form in typed(&self.written, &self.folded) {
                if !form.is_empty() && !forms.contains(&form) {
                    forms.push(form);
                }
            }
            forms
        })
    }

    /// How it may sound.
    pub(super) fn sounds(&self) -> &[String] {
        self.sounds.get_or_init(|| heard(&self.folded))
    }
}

/// A query, folded and taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// As typed, in lower case, and with its marks.
    text: String,
    pub(super) folded: String,
    pub(super) words: Vec<QueryWord>,
    /// The word by whose texts hits of several words are ordered: the longest, the first of several.
    pub(super) driver: usize,
    pub(super) points: Option<PointQuery>,
    pub(crate) stages: Vec<Stage>,
}

/// Words of a query beyond which it is looked for only as it stands.
pub(super) const WORDS: usize = 12;

impl Query {
    /// # Errors
    /// [`Error::Invalid`] if the text is longer than [`limits::QUERY`].
    pub(crate) fn new(text: &str, within: Within, typos: bool) -> Result<Self> {
        let too_long = |limit| Err(Error::invalid(Field::Query, Problem::TooLong { limit }));
        if text.chars().nth(limits::QUERY).is_some() {
            return too_long(limits::QUERY);
        }
        let folded = fold(text);
        if folded.len() > limits::KEY_TEXT {
            return too_long(limits::QUERY);
        }
        let mut query = Self {
            text: fold_email(text),
            words: if within == Within::Names { Vec::new() } else { query_words(text, &folded) },
            driver: 0,
            points: if within == Within::Everything { PointQuery::new(text) } else { None },
            stages: Vec::new(),
            folded,
        };
        let longest = query.words.iter().map(|word| word.folded().chars().count()).max();
        let is_longest = |word: &QueryWord| Some(word.folded().chars().count()) == longest;
        query.driver = query.words.iter().position(is_longest).unwrap_or_default();
        query.plan(text, within, typos);
        Ok(query)
    }

    fn plan(&mut self, text: &str, within: Within, typos: bool) {
        if self.folded.is_empty() && !text.trim().is_empty() {
            // Nothing but punctuation: no name has it, but an address may.
            return self.plan_points();
        }
        for (class, shelf) in [
            (Class::FirstName, Shelf::First),
            (Class::LastName, Shelf::Last),
            (Class::DisplayName, Shelf::Display),
        ] {
            self.stage(class, 0, Some(vec![(shelf, vec![self.folded.clone()])]));
        }
        if self.words.is_empty() {
            return self.plan_points();
        }
        self.stage(Class::Words, 0, None);
        if self.words.len() == 1 && self.folded.chars().nth(1).is_some() {
            self.stage(Class::Initials, 0, Some(vec![(Shelf::Initials, vec![self.folded.clone()])]));
        }
        self.stage(Class::Sound, 0, None);
        if within == Within::Everything {
            self.plan_points();
        }
        let is_number = self.points.as_ref().is_some_and(PointQuery::is_phone);
        let most = self.words.iter().map(|word| word.typos).fold(0_u8, u8::saturating_add);
        if typos && !is_number {
            for distance in 1..=most.min(MOST_TYPOS) {
                self.stage(Class::Typo, distance, None);
            }
        }
    }

    fn plan_points(&mut self) {
        if let Some(points) = &self.points {
            let reach = vec![(Shelf::Point, points.prefixes())];
            self.stage(Class::Points, 0, Some(reach));
        }
    }

    fn stage(&mut self, class: Class, distance: u8, reach: Option<Reach>) {
        let reach = reach.map_or_else(OnceCell::new, OnceCell::from);
        self.stages.push(Stage { class, distance, reach });
    }

    /// Where the keys of a stage are; nowhere for mistyped words, which the index has to be asked for.
    pub(crate) fn reach<'s>(&self, stage: &'s Stage) -> &'s Reach {
        stage.reach.get_or_init(|| {
            let Some(driver) = self.words.get(self.driver) else { return Vec::new() };
            let mut reach = match stage.class {
                Class::Words => {
                    // What one word as typed finds among the leading words, it has found before. Forms in capitals are
                    // rough ones, which no name starts with.
                    let skipped = usize::from(self.words.len() == 1);
                    let lead = driver.forms().iter().skip(skipped);
                    let lead = lead.filter(|form| !form.starts_with(char::is_uppercase)).cloned();
                    vec![
                        (Shelf::Word, disjoint(driver.forms().to_vec())),
                        (Shelf::Lead, disjoint(lead.collect())),
                    ]
                }
                Class::Sound if self.words.iter().all(|word| !word.sounds().is_empty()) => {
                    vec![(Shelf::Sound, disjoint(driver.sounds().to_vec()))]
                }
                _ => Vec::new(),
            };
            reach.retain(|(_, prefixes)| !prefixes.is_empty());
            reach
        })
    }

    /// The text that hides keys from a stage: what the better stages look for too.
    pub(crate) fn plain(&self, stage: &Stage) -> &str {
        match (&self.points, stage.class) {
            // Among points a key is hidden by points that this query may not ask for.
            (Some(points), Class::Points) if points.raw() != self.folded => NEVER,
            // Mistyped words are hidden by nothing.
            (_, Class::Typo) => NEVER,
            _ => &self.folded,
        }
    }

    /// Whether nothing but digits is looked for.
    pub(super) fn is_digits(&self) -> bool {
        let bytes = self.folded.bytes();
        !self.folded.is_empty() && bytes.into_iter().all(|byte| byte.is_ascii_digit() || byte == b' ')
    }

    /// Whether all keys are passed over by which a contact is found that has a better one: how much of a key is hidden is a byte.
    pub(crate) fn is_hidden_exactly(&self) -> bool {
        self.folded.len() < usize::from(u8::MAX)
    }

    /// Whether whatever this query finds, another one of the same kind that was typed before it has found too. It is so if the
    /// text only grew, with exceptions: a number is found by its end once enough of it is typed, and longer words may be
    /// mistyped in more letters, or sound otherwise.
    pub(crate) fn narrows(&self, older: &Self) -> bool {
        let grown = |new: &[String], old: &[String]| {
            new.iter().all(|new| old.iter().any(|old| new.starts_with(old.as_str())))
        };
        let word = |(new, old): (&QueryWord, &QueryWord)| {
            grown(new.forms(), old.forms()) && grown(new.sounds(), old.sounds())
        };
        let points = match (&self.points, &older.points) {
            (Some(new), Some(old)) => !new.is_phone() && new.raw().starts_with(old.raw()),
            (new, old) => new.is_some() == old.is_some(),
        };
        let same = |query: &Self| query.stages.iter().any(|stage| stage.class == Class::Typo);
        points
            && !same(self)
            && !same(older)
            && !older.folded.is_empty()
            && self.folded.starts_with(&older.folded)
            && self.words.len() >= older.words.len()
            && self.words.iter().zip(&older.words).all(word)
            && (older.words.is_empty() == self.words.is_empty())
    }

    /// What tells queries apart.
    pub(crate) fn identity(&self) -> impl Iterator<Item = &str> {
        [self.folded.as_str(), self.text.as_str()].into_iter()
    }

    /// The word that is looked for when letters may be mistyped, and how many.
    pub(crate) fn mistyped(&self, stage: &Stage) -> (&str, u8) {
        let driver = self.words.get(self.driver);
        driver.map_or(("", 0), |word| (word.folded(), word.typos.min(stage.distance)))
    }

    /// The words of a query of several, as they are looked for in a stage: the longest first, which the fewest contacts have.
    pub(crate) fn word_texts(&self, stage: &Stage) -> impl Iterator<Item = WordTexts<'_>> {
        let several = self.words.get(1).and(Some(self.words.as_slice())).unwrap_or_default();
        let by_sound = stage.class == Class::Sound;
        let mut words: Vec<(usize, &QueryWord)> = several.iter().enumerate().collect();
        words.sort_by_key(|(_, word)| std::cmp::Reverse(word.folded().len()));
        words.into_iter().map(move |(at, word)| WordTexts {
            texts: if by_sound { word.sounds() } else { word.forms() },
            typos: word.typos,
            is_driver: at == self.driver,
        })
    }

    /// Whether a text that the index proposes for a mistyped word is as far from it as the stage says.
    pub(crate) fn may_be(&self, stage: &Stage, text: &str) -> bool {
        if stage.class != Class::Typo || self.words.len() != 1 {
            return true;
        }
        let (word, most) = self.mistyped(stage);
        fuzzy::distance(word, text, most).is_some_and(|(distance, _)| distance == stage.distance)
    }
}

/// What a word is looked for as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordTexts<'q> {
    pub(crate) texts: &'q [String],
    /// Letters that may be mistyped.
    pub(crate) typos: u8,
    /// Whether hits are ordered by its texts.
    pub(crate) is_driver: bool,
}

/// Letters that may be mistyped in a query.
const MOST_TYPOS: u8 = 2;

/// No key starts with this, so that none is hidden from it: a text longer than [`Posting::hidden`](crate::index::segment::postings::Posting) can say.
pub(crate) const NEVER: &str = match std::str::from_utf8(&[0x7F; 256]) {
    Ok(text) => text,
    Err(_) => "",
};

/// The words of a query, each with what it may stand for.
fn query_words(text: &str, folded: &str) -> Vec<QueryWord> {
    let plain: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if plain.len() > WORDS {
        return Vec::new();
    }
    // As written, each word's own letters still have their marks, if both texts have the same words.
    let written: Vec<&str> = text.split_whitespace().collect();
    let word = |(at, folded): (usize, &&str)| {
        let written = if written.len() == plain.len() { written.get(at).copied() } else { None };
        QueryWord::new(written.unwrap_or(folded), folded)
    };
    plain.iter().enumerate().map(word).collect()
}
