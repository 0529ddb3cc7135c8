//! A parsed query and its stages.

use crate::error::{Error, Result, ValidationError};
use crate::index::analyzer::contact_methods::ContactMethodQuery;
use crate::index::index_key::{TermField, WORD_FIELDS, minimal_prefixes};
use crate::index::key_range::{PrefixRanges, TermPart};
use crate::index::match_kind::MatchKind;
use crate::index::plan::edit_distance;
use crate::index::plan::expansion::{equivalents, fallbacks};
use crate::index::plan::query_word::{QueryWord, query_words};
use crate::index::plan::search_fields::{SearchFields, SearchOrder};
use crate::index::plan::stage::Stage;
use crate::model::{Field, fold_email, limits};
use crate::text::fold::fold;
use crate::text::phone::PhoneParser;

/// A parsed query: its folded text, its words and its stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// The text in lower case, with its accents.
    lowercase: String,
    pub(crate) folded: String,
    pub(crate) words: Vec<QueryWord>,
    /// Position of the word whose terms a query of several words reads: the longest, the first of several. Its terms order the
    /// hits.
    pub(crate) driving_word: usize,
    pub(crate) contact_methods: Option<ContactMethodQuery>,
    pub(crate) stages: Vec<Stage>,
}

/// Typos that are allowed in a query.
const MAX_TYPOS: u8 = 2;

/// A `dedup_text` that skips no posting. It is longer than any [`Posting::dedup_prefix_len`], and no term starts with it.
///
/// [`Posting::dedup_prefix_len`]: crate::index::segment::posting::Posting::dedup_prefix_len
pub(crate) const NO_DEDUP: &str = match std::str::from_utf8(&[0x7F; 256]) {
    Ok(text) => text,
    Err(_) => "",
};

impl Query {
    /// # Errors
    /// [`Error::Invalid`] if the text is longer than [`limits::QUERY`].
    pub(crate) fn new(text: &str, fields: SearchFields, fuzzy: bool, phones: &PhoneParser) -> Result<Self> {
        let too_long = |limit| Err(Error::invalid(Field::Query, ValidationError::TooLong { limit }));
        if text.chars().nth(limits::QUERY).is_some() {
            return too_long(limits::QUERY);
        }
        let folded = fold(text);
        if folded.len() > limits::INDEX_KEY_BYTES {
            return too_long(limits::QUERY);
        }
        let mut query = Self {
            lowercase: fold_email(text),
            words: if fields == SearchFields::Names { Vec::new() } else { query_words(text, &folded) },
            driving_word: 0,
            contact_methods: if fields == SearchFields::Everything {
                ContactMethodQuery::new(text, phones)
            } else {
                None
            },
            stages: Vec::new(),
            folded,
        };
        query.driving_word = driving_word(&query.words);
        query.plan(text, fields, fuzzy);
        Ok(query)
    }

    /// The same query with its hits in another order.
    pub(crate) fn in_order(mut self, order: SearchOrder) -> Self {
        let starts_with_whole = self.stages.first().is_some_and(|stage| stage.part == TermPart::WholeWord);
        if order == SearchOrder::Fields && starts_with_whole {
            self.stages.retain(|stage| stage.part != TermPart::WholeWord);
            self.stages.iter_mut().for_each(|stage| stage.part = TermPart::All);
        }
        self
    }

    fn plan(&mut self, text: &str, fields: SearchFields, fuzzy: bool) {
        if self.folded.is_empty() && !text.trim().is_empty() {
            // Only punctuation: no name contains it, but an e-mail address may.
            return self.plan_contact_methods();
        }
        let parts: &[TermPart] = if self.may_be_whole_word() {
            &[TermPart::WholeWord, TermPart::LongerWord]
        } else {
            &[TermPart::All]
        };
        for part in parts {
            for (kind, field) in [
                (MatchKind::FirstName, TermField::FirstName),
                (MatchKind::LastName, TermField::LastName),
                (MatchKind::DisplayName, TermField::DisplayName),
            ] {
                let ranges = Some(vec![(field, vec![self.folded.clone()])]);
                self.stages.push(Stage { part: *part, ..Stage::new(kind, 0, ranges) });
            }
        }
        if self.words.is_empty() {
            return self.plan_contact_methods();
        }
        self.push_stage(MatchKind::Words, 0, None);
        if self.words.len() == 1 && self.folded.chars().nth(1).is_some() {
            let ranges = vec![(TermField::Initials, vec![self.folded.clone()])];
            self.push_stage(MatchKind::Initials, 0, Some(ranges));
        }
        self.push_stage(MatchKind::Phonetic, 0, None);
        if fields == SearchFields::Everything {
            self.plan_contact_methods();
        }
        let is_phone = self.contact_methods.as_ref().is_some_and(ContactMethodQuery::is_phone);
        let max_typos = self.words.iter().map(|word| word.max_typos).fold(0_u8, u8::saturating_add);
        if fuzzy && !is_phone {
            for distance in 1..=max_typos.min(MAX_TYPOS) {
                self.push_stage(MatchKind::Fuzzy, distance, None);
            }
        }
    }

    /// Whether names with this text as a whole word come before names with longer words: so for one word. One Latin letter starts too
    /// many names to be one.
    fn may_be_whole_word(&self) -> bool {
        !self.folded.contains(' ') && (self.folded.len() > 1)
    }

    /// The same query with the other names and spellings of its words, which come before words with typos.
    pub(crate) fn with_equivalents(mut self) -> Self {
        if let Some(words) = equivalents(&self.words) {
            let fuzzy = self.stages.iter().position(|stage| stage.kind == MatchKind::Fuzzy);
            let stage = Stage { words, ..Stage::new(MatchKind::Expansion, 0, None) };
            self.stages.insert(fuzzy.unwrap_or(self.stages.len()), stage);
        }
        self
    }

    /// The query to use if this one has no hits: its stages, then stages of what its text may mean besides. `None` if it means nothing
    /// else.
    pub(crate) fn fallback(&self, text: &str) -> Option<Self> {
        if self.words.is_empty() {
            return None;
        }
        let mut query = self.clone();
        for words in fallbacks(text, &self.folded, &self.words) {
            query.stages.push(Stage { words, ..Stage::new(MatchKind::Expansion, 0, None) });
        }
        (query.stages.len() > self.stages.len()).then_some(query)
    }

    /// The words that a stage looks for.
    pub(crate) fn words_of<'s>(&'s self, stage: &'s Stage) -> &'s [QueryWord] {
        if stage.kind == MatchKind::Expansion { &stage.words } else { &self.words }
    }

    /// Position of the word whose terms order the hits of a stage.
    pub(crate) fn driving_word_of(&self, stage: &Stage) -> usize {
        if stage.kind == MatchKind::Expansion { driving_word(&stage.words) } else { self.driving_word }
    }

    fn plan_contact_methods(&mut self) {
        if let Some(contact_methods) = &self.contact_methods {
            let ranges = vec![(TermField::ContactMethod, contact_methods.prefixes())];
            self.push_stage(MatchKind::ContactMethod, 0, Some(ranges));
        }
    }

    fn push_stage(&mut self, kind: MatchKind, distance: u8, ranges: Option<PrefixRanges>) {
        self.stages.push(Stage::new(kind, distance, ranges));
    }

    /// The key prefixes of a stage. None for a fuzzy stage: those come from the index.
    pub(crate) fn prefix_ranges<'s>(&self, stage: &'s Stage) -> &'s PrefixRanges {
        stage.prefix_ranges.get_or_init(|| {
            let words = self.words_of(stage);
            let Some(driver) = words.get(self.driving_word_of(stage)) else { return Vec::new() };
            let mut ranges = match stage.kind {
                MatchKind::Words => {
                    // The name stages have found a lone word among the leading words already. Forms in capitals are approximate, and
                    // no name starts with them.
                    let skipped = usize::from(self.words.len() == 1);
                    let leading = driver.forms().iter().skip(skipped);
                    let leading = leading.filter(|form| !form.starts_with(char::is_uppercase)).cloned();
                    vec![
                        (TermField::Word, minimal_prefixes(driver.forms().to_vec())),
                        (TermField::LeadingWord, minimal_prefixes(leading.collect())),
                    ]
                }
                MatchKind::Phonetic if self.words.iter().all(|word| !word.phonetic_keys().is_empty()) => {
                    vec![(TermField::Phonetic, minimal_prefixes(driver.phonetic_keys().to_vec()))]
                }
                MatchKind::Expansion => {
                    let prefixes = minimal_prefixes(driver.forms().to_vec());
                    WORD_FIELDS.map(|field| (field, prefixes.clone())).to_vec()
                }
                _ => Vec::new(),
            };
            ranges.retain(|(_, prefixes)| !prefixes.is_empty());
            ranges
        })
    }

    /// The text that the better stages look for. A posting of this stage is skipped if they find its contact.
    pub(crate) fn dedup_text(&self, stage: &Stage) -> &str {
        match (&self.contact_methods, stage.kind) {
            // A better contact method of the contact may not match this query.
            (Some(query), MatchKind::ContactMethod) if query.lowercase() != self.folded => NO_DEDUP,
            // The better stages do not look for the words that these stages find.
            (_, MatchKind::Fuzzy | MatchKind::Expansion) => NO_DEDUP,
            // A first name that is longer than this text is a better key, but its stage comes later.
            (_, MatchKind::LastName | MatchKind::DisplayName) if stage.part == TermPart::WholeWord => {
                NO_DEDUP
            }
            _ => &self.folded,
        }
    }

    /// Whether the query consists of digits and blanks.
    pub(crate) fn is_digits(&self) -> bool {
        let bytes = self.folded.bytes();
        !self.folded.is_empty() && bytes.into_iter().all(|byte| byte.is_ascii_digit() || byte == b' ')
    }

    /// Whether every posting is skipped whose contact a better stage finds. Not so for a long query: the stored prefix length is one
    /// byte.
    pub(crate) fn is_dedup_exact(&self) -> bool {
        self.folded.len() < usize::from(u8::MAX)
    }

    /// Whether the hits of this query are all hits of `older`, an earlier query with the same settings. True if the text only grew,
    /// with exceptions: a phone is found by its last digits once enough are typed, and a longer word may have more typos or other
    /// phonetic keys.
    pub(crate) fn narrows(&self, older: &Self) -> bool {
        let has_grown = |new: &[String], old: &[String]| {
            new.iter().all(|new| old.iter().any(|old| new.starts_with(old.as_str())))
        };
        let word_has_grown = |(new, old): (&QueryWord, &QueryWord)| {
            has_grown(new.forms(), old.forms()) && has_grown(new.phonetic_keys(), old.phonetic_keys())
        };
        let contact_methods_narrow = match (&self.contact_methods, &older.contact_methods) {
            (Some(new), Some(old)) => !new.is_phone() && new.lowercase().starts_with(old.lowercase()),
            (new, old) => new.is_some() == old.is_some(),
        };
        let is_fuzzy = |query: &Self| query.stages.iter().any(|stage| stage.kind == MatchKind::Fuzzy);
        // A longer word may be a nickname.
        let is_expanded = self.stages.iter().any(|stage| stage.kind == MatchKind::Expansion);
        contact_methods_narrow
            && !is_fuzzy(self)
            && !is_expanded
            && !is_fuzzy(older)
            && !older.folded.is_empty()
            && self.folded.starts_with(&older.folded)
            && self.words.len() >= older.words.len()
            && self.words.iter().zip(&older.words).all(word_has_grown)
            && (older.words.is_empty() == self.words.is_empty())
    }

    /// The texts that identify the query. A cursor is bound to them.
    pub(crate) fn identity(&self) -> impl Iterator<Item = &str> {
        [self.folded.as_str(), self.lowercase.as_str()].into_iter()
    }

    /// The word that a fuzzy stage expands, and the typos it allows.
    pub(crate) fn fuzzy_word(&self, stage: &Stage) -> (&str, u8) {
        let driver = self.words.get(self.driving_word);
        driver.map_or(("", 0), |word| (word.folded(), word.max_typos.min(stage.distance)))
    }

    /// The words of a query of several words, longest first: the fewest contacts have the longest. None for a query of one word.
    pub(crate) fn word_expansions<'s>(
        &'s self,
        stage: &'s Stage,
    ) -> impl Iterator<Item = WordExpansion<'s>> + use<'s> {
        let words = self.words_of(stage);
        let several = words.get(1).and(Some(words)).unwrap_or_default();
        let driving_word = self.driving_word_of(stage);
        let is_phonetic = stage.kind == MatchKind::Phonetic;
        let mut words: Vec<(usize, &QueryWord)> = several.iter().enumerate().collect();
        words.sort_by_key(|(_, word)| std::cmp::Reverse(word.folded().len()));
        words.into_iter().map(move |(at, word)| WordExpansion {
            texts: if is_phonetic { word.phonetic_keys() } else { word.forms() },
            max_typos: word.max_typos,
            is_driving: at == driving_word,
        })
    }

    /// Whether a term may be a hit of a stage. A fuzzy stage with one word only takes terms at exactly its distance.
    pub(crate) fn may_match_fuzzy(&self, stage: &Stage, term: &str) -> bool {
        if stage.kind != MatchKind::Fuzzy || self.words.len() != 1 {
            return true;
        }
        let (word, max_typos) = self.fuzzy_word(stage);
        let found = edit_distance::prefix_distance(word, term, max_typos);
        found.is_some_and(|(distance, _)| distance == stage.distance)
    }
}

/// Position of the longest word, the first of several.
fn driving_word(words: &[QueryWord]) -> usize {
    let length = |word: &QueryWord| word.folded().chars().count();
    let longest = words.iter().map(length).max();
    words.iter().position(|word| Some(length(word)) == longest).unwrap_or_default()
}

/// What a stage looks for instead of a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordExpansion<'q> {
    /// Prefixes of terms; one of them must match.
    pub(crate) texts: &'q [String],
    /// Typos that are allowed in the word.
    pub(crate) max_typos: u8,
    /// Whether the terms of this word order the hits.
    pub(crate) is_driving: bool,
}
