//! From a query to its stages: what is looked for, and where, best first.

use std::cell::OnceCell;

use crate::error::{Error, Result, ValidationError};
use crate::index::analyzer::contact_methods::ContactMethodQuery;
use crate::index::index_key::{TermField, minimal_prefixes};
use crate::index::match_kind::MatchKind;
use crate::index::read::candidate_stream::PrefixRanges;
use crate::index::read::fuzzy;
use crate::model::{Field, fold_email, limits};
use crate::text::fold::fold;
use crate::text::readings::{query_phonetic_keys, query_readings};

/// Which keys a search looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SearchFields {
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
    pub(crate) kind: MatchKind,
    /// Letters mistyped.
    pub(crate) distance: u8,
    /// Where its keys are; made when it is needed, since most pages are full before.
    prefix_ranges: OnceCell<PrefixRanges>,
}

impl Stage {
    /// Whether it looks for whole names, which an advisor's list keeps itself.
    pub(crate) fn is_name_stage(&self) -> bool {
        self.name_field().is_some()
    }

    /// The shelf of whole names that is looked at, if it is one.
    pub(super) fn name_field(&self) -> Option<TermField> {
        match self.kind {
            MatchKind::FirstName => Some(TermField::FirstName),
            MatchKind::LastName => Some(TermField::LastName),
            MatchKind::DisplayName => Some(TermField::DisplayName),
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
    phonetic_keys: OnceCell<Vec<String>>,
    /// Letters that may be mistyped.
    pub(super) max_typos: u8,
}

impl QueryWord {
    fn new(written: &str, folded: &str) -> Self {
        Self {
            written: written.to_owned(),
            folded: folded.to_owned(),
            forms: OnceCell::new(),
            phonetic_keys: OnceCell::new(),
            max_typos: fuzzy::max_typos(folded),
        }
    }

    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    /// The word, folded, and what else it may stand for.
    pub(super) fn forms(&self) -> &[String] {
        self.forms.get_or_init(|| {
            let mut forms = vec![self.folded.clone()];
            for form in query_readings(&self.written, &self.folded) {
                if !form.is_empty() && !forms.contains(&form) {
                    forms.push(form);
                }
            }
            forms
        })
    }

    /// How it may sound.
    pub(super) fn phonetic_keys(&self) -> &[String] {
        self.phonetic_keys.get_or_init(|| query_phonetic_keys(&self.folded))
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
    pub(super) driving_word: usize,
    pub(super) contact_methods: Option<ContactMethodQuery>,
    pub(crate) stages: Vec<Stage>,
}

/// Words of a query beyond which it is looked for only as it stands.
pub(super) const MAX_QUERY_WORDS: usize = 12;

impl Query {
    /// # Errors
    /// [`Error::Invalid`] if the text is longer than [`limits::QUERY`].
    pub(crate) fn new(text: &str, within: SearchFields, typos: bool) -> Result<Self> {
        let too_long = |limit| Err(Error::invalid(Field::Query, ValidationError::TooLong { limit }));
        if text.chars().nth(limits::QUERY).is_some() {
            return too_long(limits::QUERY);
        }
        let folded = fold(text);
        if folded.len() > limits::INDEX_KEY_BYTES {
            return too_long(limits::QUERY);
        }
        let mut query = Self {
            text: fold_email(text),
            words: if within == SearchFields::Names { Vec::new() } else { query_words(text, &folded) },
            driving_word: 0,
            contact_methods: if within == SearchFields::Everything {
                ContactMethodQuery::new(text)
            } else {
                None
            },
            stages: Vec::new(),
            folded,
        };
        let longest = query.words.iter().map(|word| word.folded().chars().count()).max();
        let is_longest = |word: &QueryWord| Some(word.folded().chars().count()) == longest;
        query.driving_word = query.words.iter().position(is_longest).unwrap_or_default();
        query.plan(text, within, typos);
        Ok(query)
    }

    fn plan(&mut self, text: &str, within: SearchFields, typos: bool) {
        if self.folded.is_empty() && !text.trim().is_empty() {
            // Nothing but punctuation: no name has it, but an address may.
            return self.plan_contact_methods();
        }
        for (class, shelf) in [
            (MatchKind::FirstName, TermField::FirstName),
            (MatchKind::LastName, TermField::LastName),
            (MatchKind::DisplayName, TermField::DisplayName),
        ] {
            self.push_stage(class, 0, Some(vec![(shelf, vec![self.folded.clone()])]));
        }
        if self.words.is_empty() {
            return self.plan_contact_methods();
        }
        self.push_stage(MatchKind::Words, 0, None);
        if self.words.len() == 1 && self.folded.chars().nth(1).is_some() {
            self.push_stage(
                MatchKind::Initials,
                0,
                Some(vec![(TermField::Initials, vec![self.folded.clone()])]),
            );
        }
        self.push_stage(MatchKind::Phonetic, 0, None);
        if within == SearchFields::Everything {
            self.plan_contact_methods();
        }
        let is_number = self.contact_methods.as_ref().is_some_and(ContactMethodQuery::is_phone);
        let most = self.words.iter().map(|word| word.max_typos).fold(0_u8, u8::saturating_add);
        if typos && !is_number {
            for distance in 1..=most.min(MAX_TYPOS) {
                self.push_stage(MatchKind::Fuzzy, distance, None);
            }
        }
    }

    fn plan_contact_methods(&mut self) {
        if let Some(points) = &self.contact_methods {
            let reach = vec![(TermField::ContactMethod, points.prefixes())];
            self.push_stage(MatchKind::ContactMethod, 0, Some(reach));
        }
    }

    fn push_stage(&mut self, class: MatchKind, distance: u8, reach: Option<PrefixRanges>) {
        let reach = reach.map_or_else(OnceCell::new, OnceCell::from);
        self.stages.push(Stage { kind: class, distance, prefix_ranges: reach });
    }

    /// Where the keys of a stage are; nowhere for mistyped words, which the index has to be asked for.
    pub(crate) fn prefix_ranges<'s>(&self, stage: &'s Stage) -> &'s PrefixRanges {
        stage.prefix_ranges.get_or_init(|| {
            let Some(driver) = self.words.get(self.driving_word) else { return Vec::new() };
            let mut reach = match stage.kind {
                MatchKind::Words => {
                    // What one word as typed finds among the leading words, it has found before. Forms in capitals are
                    // rough ones, which no name starts with.
                    let skipped = usize::from(self.words.len() == 1);
                    let lead = driver.forms().iter().skip(skipped);
                    let lead = lead.filter(|form| !form.starts_with(char::is_uppercase)).cloned();
                    vec![
                        (TermField::Word, minimal_prefixes(driver.forms().to_vec())),
                        (TermField::LeadingWord, minimal_prefixes(lead.collect())),
                    ]
                }
                MatchKind::Phonetic if self.words.iter().all(|word| !word.phonetic_keys().is_empty()) => {
                    vec![(TermField::Phonetic, minimal_prefixes(driver.phonetic_keys().to_vec()))]
                }
                _ => Vec::new(),
            };
            reach.retain(|(_, prefixes)| !prefixes.is_empty());
            reach
        })
    }

    /// The text that hides keys from a stage: what the better stages look for too.
    pub(crate) fn dedup_text(&self, stage: &Stage) -> &str {
        match (&self.contact_methods, stage.kind) {
            // Among points a key is hidden by points that this query may not ask for.
            (Some(points), MatchKind::ContactMethod) if points.lowercase() != self.folded => NO_DEDUP,
            // Mistyped words are hidden by nothing.
            (_, MatchKind::Fuzzy) => NO_DEDUP,
            _ => &self.folded,
        }
    }

    /// Whether nothing but digits is looked for.
    pub(super) fn is_digits(&self) -> bool {
        let bytes = self.folded.bytes();
        !self.folded.is_empty() && bytes.into_iter().all(|byte| byte.is_ascii_digit() || byte == b' ')
    }

    /// Whether all keys are passed over by which a contact is found that has a better one: how much of a key is hidden is a byte.
    pub(crate) fn is_dedup_exact(&self) -> bool {
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
            grown(new.forms(), old.forms()) && grown(new.phonetic_keys(), old.phonetic_keys())
        };
        let points = match (&self.contact_methods, &older.contact_methods) {
            (Some(new), Some(old)) => !new.is_phone() && new.lowercase().starts_with(old.lowercase()),
            (new, old) => new.is_some() == old.is_some(),
        };
        let same = |query: &Self| query.stages.iter().any(|stage| stage.kind == MatchKind::Fuzzy);
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
    pub(crate) fn fuzzy_word(&self, stage: &Stage) -> (&str, u8) {
        let driver = self.words.get(self.driving_word);
        driver.map_or(("", 0), |word| (word.folded(), word.max_typos.min(stage.distance)))
    }

    /// The words of a query of several, as they are looked for in a stage: the longest first, which the fewest contacts have.
    pub(crate) fn word_expansions(&self, stage: &Stage) -> impl Iterator<Item = WordExpansion<'_>> {
        let several = self.words.get(1).and(Some(self.words.as_slice())).unwrap_or_default();
        let by_sound = stage.kind == MatchKind::Phonetic;
        let mut words: Vec<(usize, &QueryWord)> = several.iter().enumerate().collect();
        words.sort_by_key(|(_, word)| std::cmp::Reverse(word.folded().len()));
        words.into_iter().map(move |(at, word)| WordExpansion {
            texts: if by_sound { word.phonetic_keys() } else { word.forms() },
            max_typos: word.max_typos,
            is_driving: at == self.driving_word,
        })
    }

    /// Whether a text that the index proposes for a mistyped word is as far from it as the stage says.
    pub(crate) fn may_match_fuzzy(&self, stage: &Stage, text: &str) -> bool {
        if stage.kind != MatchKind::Fuzzy || self.words.len() != 1 {
            return true;
        }
        let (word, most) = self.fuzzy_word(stage);
        fuzzy::prefix_distance(word, text, most).is_some_and(|(distance, _)| distance == stage.distance)
    }
}

/// What a word is looked for as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordExpansion<'q> {
    pub(crate) texts: &'q [String],
    /// Letters that may be mistyped.
    pub(crate) max_typos: u8,
    /// Whether hits are ordered by its texts.
    pub(crate) is_driving: bool,
}

/// Letters that may be mistyped in a query.
const MAX_TYPOS: u8 = 2;

/// No key starts with this, so that none is hidden from it: a text longer than [`Posting::hidden`](crate::index::segment::postings::Posting) can say.
pub(crate) const NO_DEDUP: &str = match std::str::from_utf8(&[0x7F; 256]) {
    Ok(text) => text,
    Err(_) => "",
};

/// The words of a query, each with what it may stand for.
fn query_words(text: &str, folded: &str) -> Vec<QueryWord> {
    let plain: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if plain.len() > MAX_QUERY_WORDS {
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
