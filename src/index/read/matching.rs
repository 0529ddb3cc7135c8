//! Verifies contacts against a query: which stage finds a contact, by which term, and which bytes match.

use crate::index::analyzer::{AnalyzedContact, ContactToken};
use crate::index::index_key::TermField;
use crate::index::match_kind::{Highlight, Match, MatchKind};
use crate::index::plan::{Query, QueryWord, Stage, edit_distance};
use crate::index::read::candidate_stream::Candidate;
use crate::model::{Contact, Field, PlainField, SearchableAs};
use crate::text::readings::{is_letter, phonetic_keys};

/// Steps after which the search for an assignment stops. Only texts made for that purpose need so many.
const MAX_ASSIGNMENT_STEPS: usize = 20_000;

/// A word of the contact that matches a word of the query.
#[derive(Debug, Clone)]
struct WordMatch {
    /// Position among the words of the contact.
    token: usize,
    /// The term by which the stage finds the word.
    term: String,
    /// Number of typos.
    distance: u8,
    /// Bytes of the word's text that match.
    typed_len: usize,
}

impl Query {
    /// The contact's position among the hits: the first stage that finds it, and its least term there.
    pub(crate) fn sort_position(&self, contact: &Contact) -> Option<(u8, String)> {
        let analyzed = AnalyzedContact::analyze(contact);
        (0_u8..)
            .zip(&self.stages)
            .find_map(|(number, stage)| Some((number, self.best_term(stage, &analyzed)?)))
    }

    /// Verifies a candidate against its contact: the match, or `None` if this is not the contact's position among the hits. The
    /// contact may have a better position, or may no longer match.
    pub(crate) fn verify(&self, contact: &Contact, candidate: &Candidate) -> Option<Match> {
        let analyzed = AnalyzedContact::analyze(contact);
        let stages = self.stages.get(..=usize::from(candidate.stage))?;
        let (stage, better) = stages.split_last()?;
        if better.iter().any(|stage| self.matches_stage(stage, &analyzed)) {
            return None;
        }
        let text = &candidate.text;
        self.is_best_term(stage, &analyzed, text).then(|| self.explain(stage, &analyzed, text))
    }

    /// Whether a stage finds a contact.
    fn matches_stage(&self, stage: &Stage, analyzed: &AnalyzedContact<'_>) -> bool {
        match stage.name_field().map(|field| analyzed.plain_name(field)) {
            Some(Some(plain)) => plain.starts_with_folded(&self.folded, stage.part),
            _ => self.best_term(stage, analyzed).is_some(),
        }
    }

    /// Whether a term is the least by which a stage finds a contact.
    fn is_best_term(&self, stage: &Stage, analyzed: &AnalyzedContact<'_>, text: &str) -> bool {
        match stage.name_field().map(|field| analyzed.plain_name(field)) {
            Some(Some(plain)) => {
                text.starts_with(&self.folded)
                    && stage.part.contains(text, &self.folded)
                    && plain.equals_folded(text)
            }
            _ => self.best_term(stage, analyzed).is_some_and(|best| best == text),
        }
    }

    /// The least term by which a stage finds a contact.
    fn best_term(&self, stage: &Stage, analyzed: &AnalyzedContact<'_>) -> Option<String> {
        if self.is_digits() && stage.kind != MatchKind::ContactMethod && !may_have_digits(analyzed.contact) {
            return None;
        }
        let is_match =
            |term: &String| term.starts_with(&self.folded) && stage.part.contains(term, &self.folded);
        let least_term = |field| analyzed.terms(field).into_iter().filter(is_match).min();
        if let Some(field) = stage.name_field() {
            return least_term(field);
        }
        match stage.kind {
            MatchKind::Initials => least_term(TermField::Initials),
            MatchKind::ContactMethod => {
                Some(self.contact_methods.as_ref()?.best_term(analyzed.contact)?.text)
            }
            MatchKind::Words | MatchKind::Phonetic | MatchKind::Expansion | MatchKind::Fuzzy => {
                let mut matches = self.match_words(stage, analyzed)?;
                Some(std::mem::take(&mut matches.get_mut(self.driving_word_of(stage))?.term))
            }
            // Name stages return above, and a substring search has no stages.
            MatchKind::FirstName | MatchKind::LastName | MatchKind::DisplayName | MatchKind::Substring => {
                None
            }
        }
    }

    /// A match for each word of the query, with the least possible term for the driving word; `None` if a word has no match.
    fn match_words(&self, stage: &Stage, analyzed: &AnalyzedContact<'_>) -> Option<Vec<WordMatch>> {
        let tokens = analyzed.tokens();
        let words = self.words_of(stage);
        let driving_word = self.driving_word_of(stage);
        let mut choices: Vec<Vec<WordMatch>> = Vec::with_capacity(words.len());
        for word in words {
            let mut found: Vec<WordMatch> =
                (0..).zip(tokens).filter_map(|(at, token)| match_word(stage, word, token, at)).collect();
            found.sort_by(|a, b| (&a.term, a.distance).cmp(&(&b.term, b.distance)));
            if found.is_empty() {
                return None;
            }
            choices.push(found);
        }
        // The driving word comes first, in the order of its terms: the first complete assignment is then the best one.
        let mut order: Vec<usize> = (0..choices.len()).collect();
        order.sort_by_key(|at| (*at != driving_word, choices.get(*at).map_or(0, Vec::len)));
        let mut assignment = Assignment {
            tokens,
            choices: &choices,
            order: &order,
            steps_left: MAX_ASSIGNMENT_STEPS,
            assigned: Vec::new(),
        };
        if !assignment.assign_next(stage.distance) {
            return None;
        }
        let assigned = assignment.assigned;
        (0..choices.len())
            .map(|at| order.iter().position(|o| *o == at).and_then(|o| assigned.get(o)).cloned())
            .collect()
    }

    fn explain(&self, stage: &Stage, analyzed: &AnalyzedContact<'_>, text: &str) -> Match {
        let mut matched = Match {
            kind: stage.kind,
            field: Field::DisplayName,
            distance: stage.distance,
            ranges: Vec::new(),
        };
        if let Some(field) = stage.name_field() {
            let typed = analyzed.typed_ranges(field, text, self.folded.len()).into_iter();
            matched.ranges = typed.map(|(field, bytes)| Highlight::new(field, bytes)).collect();
            matched.field = match field {
                TermField::FirstName => Field::FirstName,
                TermField::LastName => Field::LastName,
                _ => Field::DisplayName,
            };
        } else if stage.kind == MatchKind::Initials {
            let typed = analyzed.initial_ranges(text).into_iter().take(self.folded.chars().count());
            matched.ranges = typed.map(|(field, bytes)| Highlight::new(field, bytes)).collect();
            matched.field = matched.ranges.first().map_or(Field::DisplayName, |range| range.field);
        } else if let Some(query) =
            self.contact_methods.as_ref().filter(|_| stage.kind == MatchKind::ContactMethod)
        {
            if let Some(term) = query.best_term(analyzed.contact) {
                let (field, range) = query.explain(analyzed.contact, &term);
                (matched.field, matched.ranges) = (field, vec![range]);
            }
        } else if let Some(word_matches) = self.match_words(stage, analyzed) {
            for (at, word_match) in word_matches.iter().enumerate() {
                let Some(word) = analyzed.tokens().get(word_match.token) else { continue };
                if at == self.driving_word_of(stage) {
                    matched.field = word.field;
                }
                let bytes = word.token.original_range(analyzed.field_text(word.field), word_match.typed_len);
                matched.ranges.push(Highlight::new(word.field, bytes));
                matched
                    .ranges
                    .extend(word.second_range.clone().map(|(field, bytes)| Highlight::new(field, bytes)));
            }
        }
        matched
    }
}

/// Whether a term of the contact's names may have an ASCII digit. Folding turns no letter into a digit, but some signs.
fn may_have_digits(contact: &Contact) -> bool {
    let has_no_digit = |c: char| if c.is_ascii() { !c.is_ascii_digit() } else { is_letter(c) };
    PlainField::ALL
        .into_iter()
        .filter(|field| field.searchable_as() != SearchableAs::Nothing)
        .any(|field| !contact.text(field).chars().all(has_no_digit))
}

/// The match of a word of the query with a word of the contact, in a stage.
fn match_word(stage: &Stage, word: &QueryWord, token: &ContactToken, at: usize) -> Option<WordMatch> {
    let text = token.token.text.as_str();
    let exact = word.forms().iter().find(|form| text.starts_with(form.as_str()));
    match stage.kind {
        MatchKind::Phonetic => {
            let keys = word.phonetic_keys();
            let is_match = |key: &String| keys.iter().any(|prefix| key.starts_with(prefix.as_str()));
            let key = phonetic_keys(text).into_iter().filter(is_match).min()?;
            Some(WordMatch { token: at, term: key, distance: 0, typed_len: text.len() })
        }
        MatchKind::Fuzzy if exact.is_none() => {
            let max_distance = word.max_typos.min(stage.distance);
            let (distance, typed_len) = edit_distance::prefix_distance(word.folded(), text, max_distance)?;
            Some(WordMatch { token: at, term: text.to_owned(), distance, typed_len })
        }
        _ => exact.map(|form| WordMatch {
            token: at,
            term: text.to_owned(),
            distance: 0,
            typed_len: form.len(),
        }),
    }
}

/// Assigns a word of the contact to each word of the query, so that no letter is used twice. Backtracks.
struct Assignment<'a> {
    tokens: &'a [ContactToken],
    /// The possible matches of each word of the query.
    choices: &'a [Vec<WordMatch>],
    /// The order in which the words of the query are assigned.
    order: &'a [usize],
    steps_left: usize,
    assigned: Vec<WordMatch>,
}

impl Assignment<'_> {
    /// Assigns the remaining words of the query, with at most `typos_left` typos. False if that is impossible.
    fn assign_next(&mut self, typos_left: u8) -> bool {
        let Some(word) = self.order.get(self.assigned.len()) else { return true };
        for choice in self.choices.get(*word).into_iter().flatten() {
            let Some(steps) = self.steps_left.checked_sub(1) else { return false };
            self.steps_left = steps;
            let Some(typos_left) = typos_left.checked_sub(choice.distance) else { continue };
            let token = self.tokens.get(choice.token);
            let overlaps = |other: &WordMatch| {
                let other = self.tokens.get(other.token);
                token.zip(other).is_some_and(|(token, other)| token.overlaps(other))
            };
            if self.assigned.iter().any(overlaps) {
                continue;
            }
            self.assigned.push(choice.clone());
            if self.assign_next(typos_left) {
                return true;
            }
            self.assigned.pop();
        }
        false
    }
}
