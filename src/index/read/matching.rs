//! Holding contacts against a query: by which stage a contact is found, and why.

use crate::index::analyzer::{Card, CardWord};
use crate::index::key::Shelf;
use crate::index::match_kind::{Class, Highlight, Match};
use crate::index::plan::{Query, QueryWord, Stage};
use crate::index::read::candidate_stream::Candidate;
use crate::index::read::fuzzy;
use crate::model::{Contact, Field};
use crate::text::readings::sound;

/// Steps after which words are not tried in yet another order. Only texts made for it have that many.
const STEPS: usize = 20_000;

/// A word of the contact that a word of the query means: which one, how many letters are mistyped, and how many of its bytes
/// are typed.
#[derive(Debug, Clone)]
struct Meant {
    word: usize,
    /// The text of the key by which the stage finds the word.
    key: String,
    distance: u8,
    typed: usize,
}

impl Query {
    /// The contact's place among the hits: the first stage that finds it, and its least text there.
    pub(crate) fn place(&self, contact: &Contact) -> Option<(u8, String)> {
        let card = Card::of(contact);
        (0_u8..).zip(&self.stages).find_map(|(number, stage)| Some((number, self.best(stage, &card)?)))
    }

    /// Holds a candidate against its contact: why it is a hit, or `None` if it is not to be shown here, because the contact
    /// has a better place, or not this one.
    pub(crate) fn verify(&self, contact: &Contact, candidate: &Candidate) -> Option<Match> {
        let card = Card::of(contact);
        let stages = self.stages.get(..=usize::from(candidate.stage))?;
        let (stage, better) = stages.split_last()?;
        if better.iter().any(|stage| self.finds(stage, &card)) {
            return None;
        }
        let text = &candidate.text;
        self.finds_best_by(stage, &card, text).then(|| self.explain(stage, &card, text))
    }

    /// Whether a stage finds a contact.
    fn finds(&self, stage: &Stage, card: &Card<'_>) -> bool {
        match stage.names().map(|shelf| card.only(shelf)) {
            Some(Some(only)) => only.starts_with(&self.folded),
            _ => self.best(stage, card).is_some(),
        }
    }

    /// Whether a text is the least by which a stage finds a contact.
    fn finds_best_by(&self, stage: &Stage, card: &Card<'_>, text: &str) -> bool {
        match stage.names().map(|shelf| card.only(shelf)) {
            Some(Some(only)) => text.starts_with(&self.folded) && only.is(text),
            _ => self.best(stage, card).is_some_and(|best| best == text),
        }
    }

    /// The least text by which a stage finds a contact.
    fn best(&self, stage: &Stage, card: &Card<'_>) -> Option<String> {
        if self.is_digits() && stage.class != Class::Points && !may_have_digits(card.contact) {
            return None;
        }
        let starting =
            |shelf| card.texts(shelf).into_iter().filter(|text| text.starts_with(&self.folded)).min();
        if let Some(shelf) = stage.names() {
            return starting(shelf);
        }
        match stage.class {
            Class::Initials => starting(Shelf::Initials),
            Class::Points => Some(self.points.as_ref()?.best(card.contact)?.text),
            Class::Words | Class::Sound | Class::Typo => {
                let mut meant = self.meant(stage, card)?;
                Some(std::mem::take(&mut meant.get_mut(self.driver)?.key))
            }
            // Whole names, above; and a mode of its own.
            Class::FirstName | Class::LastName | Class::DisplayName | Class::Substring => None,
        }
    }

    /// Which word of the contact each word of the query means, with the least text for the driver; `None` if some mean none.
    fn meant(&self, stage: &Stage, card: &Card<'_>) -> Option<Vec<Meant>> {
        let words = card.words();
        let mut choices: Vec<Vec<Meant>> = Vec::with_capacity(self.words.len());
        for asked in &self.words {
            let mut found: Vec<Meant> =
                (0..).zip(words).filter_map(|(at, word)| meaning(stage, asked, word, at)).collect();
            found.sort_by(|a, b| (&a.key, a.distance).cmp(&(&b.key, b.distance)));
            if found.is_empty() {
                return None;
            }
            choices.push(found);
        }
        // The driver first, in the order of its texts: the first way that works is the one that is shown.
        let mut order: Vec<usize> = (0..choices.len()).collect();
        order.sort_by_key(|at| (*at != self.driver, choices.get(*at).map_or(0, Vec::len)));
        let mut search =
            Assignment { words, choices: &choices, order: &order, steps: STEPS, taken: Vec::new() };
        if !search.go_on(stage.distance) {
            return None;
        }
        let taken = search.taken;
        (0..choices.len())
            .map(|at| order.iter().position(|o| *o == at).and_then(|o| taken.get(o)).cloned())
            .collect()
    }

    fn explain(&self, stage: &Stage, card: &Card<'_>, text: &str) -> Match {
        let mut explained = Match {
            class: stage.class,
            field: Field::DisplayName,
            distance: stage.distance,
            ranges: Vec::new(),
        };
        if let Some(shelf) = stage.names() {
            let typed = card.typed(shelf, text, self.folded.len()).into_iter();
            explained.ranges = typed.map(|(field, bytes)| Highlight::new(field, bytes)).collect();
            explained.field = match shelf {
                Shelf::First => Field::FirstName,
                Shelf::Last => Field::LastName,
                _ => Field::DisplayName,
            };
        } else if stage.class == Class::Initials {
            let typed = card.initials_at(text).into_iter().take(self.folded.chars().count());
            explained.ranges = typed.map(|(field, bytes)| Highlight::new(field, bytes)).collect();
            explained.field = explained.ranges.first().map_or(Field::DisplayName, |range| range.field);
        } else if let Some(points) = self.points.as_ref().filter(|_| stage.class == Class::Points) {
            if let Some(point) = points.best(card.contact) {
                let (field, range) = points.explain(card.contact, &point);
                (explained.field, explained.ranges) = (field, vec![range]);
            }
        } else if let Some(meant) = self.meant(stage, card) {
            for (at, meant) in meant.iter().enumerate() {
                let Some(word) = card.words().get(meant.word) else { continue };
                if at == self.driver {
                    explained.field = word.field;
                }
                let bytes = word.word.origin(card.written(word.field), meant.typed);
                explained.ranges.push(Highlight::new(word.field, bytes));
                explained.ranges.extend(word.also.clone().map(|(field, bytes)| Highlight::new(field, bytes)));
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
fn meaning(stage: &Stage, asked: &QueryWord, word: &CardWord, at: usize) -> Option<Meant> {
    let text = word.word.text.as_str();
    let exact = asked.forms().iter().find(|form| text.starts_with(form.as_str()));
    match stage.class {
        Class::Sound => {
            let heard = |sound: &String| asked.sounds().iter().any(|heard| sound.starts_with(heard.as_str()));
            let key = sound(text).into_iter().filter(heard).min()?;
            Some(Meant { word: at, key, distance: 0, typed: text.len() })
        }
        Class::Typo if exact.is_none() => {
            let (distance, typed) = fuzzy::distance(asked.folded(), text, asked.typos.min(stage.distance))?;
            Some(Meant { word: at, key: text.to_owned(), distance, typed })
        }
        _ => exact.map(|form| Meant { word: at, key: text.to_owned(), distance: 0, typed: form.len() }),
    }
}

/// The search for a way to give each word of a query a word of the contact, no letter twice.
struct Assignment<'a> {
    words: &'a [CardWord],
    choices: &'a [Vec<Meant>],
    order: &'a [usize],
    steps: usize,
    taken: Vec<Meant>,
}

impl Assignment<'_> {
    /// Goes on with the next word of the query; `left` letters may still be mistyped.
    fn go_on(&mut self, left: u8) -> bool {
        let Some(asked) = self.order.get(self.taken.len()) else { return true };
        for meant in self.choices.get(*asked).into_iter().flatten() {
            let Some(steps) = self.steps.checked_sub(1) else { return false };
            self.steps = steps;
            let Some(left) = left.checked_sub(meant.distance) else { continue };
            let word = self.words.get(meant.word);
            let clashes = |other: &Meant| {
                let other = self.words.get(other.word);
                word.zip(other).is_some_and(|(word, other)| word.overlaps(other))
            };
            if self.taken.iter().any(clashes) {
                continue;
            }
            self.taken.push(meant.clone());
            if self.go_on(left) {
                return true;
            }
            self.taken.pop();
        }
        false
    }
}
