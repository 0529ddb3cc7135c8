//! Holding contacts against a query: by which stage a contact is found, and why.

use crate::index::analyzer::{AnalyzedContact, ContactToken};
use crate::index::index_key::TermField;
use crate::index::match_kind::{Highlight, Match, MatchKind};
use crate::index::plan::{Query, QueryWord, Stage};
use crate::index::read::candidate_stream::Candidate;
use crate::index::read::fuzzy;
use crate::model::{Contact, Field};
use crate::text::readings::phonetic_keys;

/// Steps after which words are not tried in yet another order. Only texts made for it have that many.
const MAX_ASSIGNMENT_STEPS: usize = 20_000;

/// A word of the contact that a word of the query means: which one, how many letters are mistyped, and how many of its bytes
/// are typed.
#[derive(Debug, Clone)]
struct WordMatch {
    token: usize,
    /// The text of the key by which the stage finds the word.
    term: String,
    distance: u8,
    typed_len: usize,
}

impl Query {
    /// The contact's place among the hits: the first stage that finds it, and its least text there.
    pub(crate) fn sort_position(&self, contact: &Contact) -> Option<(u8, String)> {
        let card = AnalyzedContact::analyze(contact);
        (0_u8..).zip(&self.stages).find_map(|(number, stage)| Some((number, self.best_term(stage, &card)?)))
    }

    /// Holds a candidate against its contact: why it is a hit, or `None` if it is not to be shown here, because the contact
    /// has a better place, or not this one.
    pub(crate) fn verify(&self, contact: &Contact, candidate: &Candidate) -> Option<Match> {
        let card = AnalyzedContact::analyze(contact);
        let stages = self.stages.get(..=usize::from(candidate.stage))?;
        let (stage, better) = stages.split_last()?;
        if better.iter().any(|stage| self.matches_stage(stage, &card)) {
            return None;
        }
        let text = &candidate.text;
        self.is_best_term(stage, &card, text).then(|| self.explain(stage, &card, text))
    }

    /// Whether a stage finds a contact.
    fn matches_stage(&self, stage: &Stage, card: &AnalyzedContact<'_>) -> bool {
        match stage.name_field().map(|shelf| card.plain_name(shelf)) {
            Some(Some(only)) => only.starts_with_folded(&self.folded),
            _ => self.best_term(stage, card).is_some(),
        }
    }

    /// Whether a text is the least by which a stage finds a contact.
    fn is_best_term(&self, stage: &Stage, card: &AnalyzedContact<'_>, text: &str) -> bool {
        match stage.name_field().map(|shelf| card.plain_name(shelf)) {
            Some(Some(only)) => text.starts_with(&self.folded) && only.equals_folded(text),
            _ => self.best_term(stage, card).is_some_and(|best| best == text),
        }
    }

    /// The least text by which a stage finds a contact.
    fn best_term(&self, stage: &Stage, card: &AnalyzedContact<'_>) -> Option<String> {
        if self.is_digits() && stage.kind != MatchKind::ContactMethod && !may_have_digits(card.contact) {
            return None;
        }
        let starting =
            |shelf| card.terms(shelf).into_iter().filter(|text| text.starts_with(&self.folded)).min();
        if let Some(shelf) = stage.name_field() {
            return starting(shelf);
        }
        match stage.kind {
            MatchKind::Initials => starting(TermField::Initials),
            MatchKind::ContactMethod => Some(self.contact_methods.as_ref()?.best_term(card.contact)?.text),
            MatchKind::Words | MatchKind::Phonetic | MatchKind::Fuzzy => {
                let mut meant = self.match_words(stage, card)?;
                Some(std::mem::take(&mut meant.get_mut(self.driving_word)?.term))
            }
            // Whole names, above; and a mode of its own.
            MatchKind::FirstName | MatchKind::LastName | MatchKind::DisplayName | MatchKind::Substring => {
                None
            }
        }
    }

    /// Which word of the contact each word of the query means, with the least text for the driver; `None` if some mean none.
    fn match_words(&self, stage: &Stage, card: &AnalyzedContact<'_>) -> Option<Vec<WordMatch>> {
        let words = card.tokens();
        let mut choices: Vec<Vec<WordMatch>> = Vec::with_capacity(self.words.len());
        for asked in &self.words {
            let mut found: Vec<WordMatch> =
                (0..).zip(words).filter_map(|(at, word)| match_word(stage, asked, word, at)).collect();
            found.sort_by(|a, b| (&a.term, a.distance).cmp(&(&b.term, b.distance)));
            if found.is_empty() {
                return None;
            }
            choices.push(found);
        }
        // The driver first, in the order of its texts: the first way that works is the one that is shown.
        let mut order: Vec<usize> = (0..choices.len()).collect();
        order.sort_by_key(|at| (*at != self.driving_word, choices.get(*at).map_or(0, Vec::len)));
        let mut search = Assignment {
            tokens: words,
            choices: &choices,
            order: &order,
            steps_left: MAX_ASSIGNMENT_STEPS,
            assigned: Vec::new(),
        };
        if !search.assign_next(stage.distance) {
            return None;
        }
        let taken = search.assigned;
        (0..choices.len())
            .map(|at| order.iter().position(|o| *o == at).and_then(|o| taken.get(o)).cloned())
            .collect()
    }

    fn explain(&self, stage: &Stage, card: &AnalyzedContact<'_>, text: &str) -> Match {
        let mut explained = Match {
            kind: stage.kind,
            field: Field::DisplayName,
            distance: stage.distance,
            ranges: Vec::new(),
        };
        if let Some(shelf) = stage.name_field() {
            let typed = card.typed_ranges(shelf, text, self.folded.len()).into_iter();
            explained.ranges = typed.map(|(field, bytes)| Highlight::new(field, bytes)).collect();
            explained.field = match shelf {
                TermField::FirstName => Field::FirstName,
                TermField::LastName => Field::LastName,
                _ => Field::DisplayName,
            };
        } else if stage.kind == MatchKind::Initials {
            let typed = card.initial_ranges(text).into_iter().take(self.folded.chars().count());
            explained.ranges = typed.map(|(field, bytes)| Highlight::new(field, bytes)).collect();
            explained.field = explained.ranges.first().map_or(Field::DisplayName, |range| range.field);
        } else if let Some(points) =
            self.contact_methods.as_ref().filter(|_| stage.kind == MatchKind::ContactMethod)
        {
            if let Some(point) = points.best_term(card.contact) {
                let (field, range) = points.explain(card.contact, &point);
                (explained.field, explained.ranges) = (field, vec![range]);
            }
        } else if let Some(meant) = self.match_words(stage, card) {
            for (at, meant) in meant.iter().enumerate() {
                let Some(word) = card.tokens().get(meant.token) else { continue };
                if at == self.driving_word {
                    explained.field = word.field;
                }
                let bytes = word.token.original_range(card.field_text(word.field), meant.typed_len);
                explained.ranges.push(Highlight::new(word.field, bytes));
                explained
                    .ranges
                    .extend(word.second_range.clone().map(|(field, bytes)| Highlight::new(field, bytes)));
            }
        }
        explained
    }
}

/// Whether some text of a contact's names may have a digit of ours. Letters of no script become one; other signs may.
fn may_have_digits(contact: &Contact) -> bool {
    let Contact { first_name, last_name, display_name, nickname, company, .. } = contact;
    let is_harmless = |c: char| if c.is_ascii() { !c.is_ascii_digit() } else { c.is_alphabetic() };
    [first_name, last_name, display_name, nickname, company].iter().any(|text| !text.chars().all(is_harmless))
}

/// Whether a word of the query may mean a word of the contact, in a stage.
fn match_word(stage: &Stage, asked: &QueryWord, word: &ContactToken, at: usize) -> Option<WordMatch> {
    let text = word.token.text.as_str();
    let exact = asked.forms().iter().find(|form| text.starts_with(form.as_str()));
    match stage.kind {
        MatchKind::Phonetic => {
            let heard =
                |sound: &String| asked.phonetic_keys().iter().any(|heard| sound.starts_with(heard.as_str()));
            let key = phonetic_keys(text).into_iter().filter(heard).min()?;
            Some(WordMatch { token: at, term: key, distance: 0, typed_len: text.len() })
        }
        MatchKind::Fuzzy if exact.is_none() => {
            let (distance, typed) =
                fuzzy::prefix_distance(asked.folded(), text, asked.max_typos.min(stage.distance))?;
            Some(WordMatch { token: at, term: text.to_owned(), distance, typed_len: typed })
        }
        _ => exact.map(|form| WordMatch {
            token: at,
            term: text.to_owned(),
            distance: 0,
            typed_len: form.len(),
        }),
    }
}

/// The search for a way to give each word of a query a word of the contact, no letter twice.
struct Assignment<'a> {
    tokens: &'a [ContactToken],
    choices: &'a [Vec<WordMatch>],
    order: &'a [usize],
    steps_left: usize,
    assigned: Vec<WordMatch>,
}

impl Assignment<'_> {
    /// Goes on with the next word of the query; `left` letters may still be mistyped.
    fn assign_next(&mut self, left: u8) -> bool {
        let Some(asked) = self.order.get(self.assigned.len()) else { return true };
        for meant in self.choices.get(*asked).into_iter().flatten() {
            let Some(steps) = self.steps_left.checked_sub(1) else { return false };
            self.steps_left = steps;
            let Some(left) = left.checked_sub(meant.distance) else { continue };
            let word = self.tokens.get(meant.token);
            let clashes = |other: &WordMatch| {
                let other = self.tokens.get(other.token);
                word.zip(other).is_some_and(|(word, other)| word.overlaps(other))
            };
            if self.assigned.iter().any(clashes) {
                continue;
            }
            self.assigned.push(meant.clone());
            if self.assign_next(left) {
                return true;
            }
            self.assigned.pop();
        }
        false
    }
}
