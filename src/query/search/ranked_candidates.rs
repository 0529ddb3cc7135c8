//! Contacts held against a query without the index: a few that a condition leaves, or all of them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::db::contact::{Stored, many};
use crate::db::{self, IdSet};
use crate::error::Result;
use crate::index::{Candidate, Direction};
use crate::query::filter::{FEW, Facts, SET};
use crate::query::is_in;
use crate::query::search::executor::Run;

/// Rows read at a time.
const SLICE: i64 = 1_000;

/// Contacts that several words have in common, up to which they are read instead of looked for.
pub(crate) const COMMON: usize = if cfg!(test) { 4 } else { 64 };

impl Run<'_, '_> {
    /// Finds out whether a condition leaves so few contacts that they are read first.
    pub(crate) fn narrow(&mut self) -> Result<()> {
        let db = &self.snapshot.db;
        let Some(sieve) = &self.sieve else { return Ok(()) };
        let ids = match sieve.proposed(db)? {
            Some(ids) => ids,
            None => match sieve.known(db, SET)? {
                Some(known) if known.ids.len() <= FEW => known.ids.iter().collect(),
                known => {
                    self.only = known.map(|known| known.ids);
                    return Ok(());
                }
            },
        };
        let mut listed = self.places(&ids, |_| true)?;
        listed.sort_unstable();
        self.listed = Some(listed);
        Ok(())
    }

    /// What conditions ask of contacts besides their rows.
    pub(crate) fn facts(&self, ids: &[i64]) -> Result<Facts> {
        self.sieve.as_ref().map_or_else(|| Ok(Facts::default()), |sieve| sieve.facts(&self.snapshot.db, ids))
    }

    /// Whether a contact may meet the conditions, before it is looked for blocks.
    pub(crate) fn may_admit(&self, stored: &Stored, facts: &Facts) -> bool {
        self.sieve.as_ref().is_none_or(|sieve| sieve.may_admit(stored, facts))
    }

    /// Whether a contact meets the conditions.
    pub(crate) fn admits(&self, stored: &Stored, facts: &Facts) -> Result<bool> {
        self.sieve.as_ref().map_or(Ok(true), |sieve| sieve.admits(&self.snapshot.db, stored, facts))
    }

    /// Where contacts stand among the hits, of those that meet all conditions.
    pub(crate) fn places(&self, ids: &[i64], wanted: impl Fn(u8) -> bool) -> Result<Vec<Candidate>> {
        let watch = self.session.watch();
        let mut places = Vec::new();
        for ids in ids.chunks(usize::try_from(SLICE).unwrap_or(usize::MAX)) {
            watch.check()?;
            let facts = self.facts(ids)?;
            for stored in many(&self.snapshot.db, ids)? {
                if !self.may_admit(&stored, &facts) || !is_in(&self.snapshot.db, &stored, &self.scopes)? {
                    continue;
                }
                let place = self.place(&stored).filter(|(stage, _)| wanted(*stage));
                let Some((stage, text)) = place else { continue };
                if self.admits(&stored, &facts)? {
                    places.push(Candidate { stage, text, contact: stored.id });
                    if ids.len() <= COMMON {
                        self.known.borrow_mut().insert(stored.id, stored);
                    }
                }
            }
        }
        Ok(places)
    }

    /// All hits of the query from the rows: slow, and right whatever state the index is in.
    pub(crate) fn scan(&self) -> Result<Vec<Candidate>> {
        let db = &self.snapshot.db;
        let generation = db::metadata::read(db)?.generation;
        let mut found = Vec::new();
        for scope in &self.scopes {
            let mut at = None;
            loop {
                let entries = db::entries::entries(db, scope.of(generation), at.as_ref(), false, SLICE)?;
                let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
                found.extend(self.places(&ids, |_| true)?);
                at = entries.into_iter().next_back();
                if at.is_none() {
                    break;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// What sets have in common, if it is little; `None` too if there is no set.
pub(crate) fn common(sets: &[Arc<IdSet>]) -> Option<Vec<i64>> {
    let (first, rest) = sets.split_first()?;
    let common = rest.iter().fold(Cow::Borrowed(&**first), |common, set| Cow::Owned(common.and(set)));
    (common.len() <= COMMON).then(|| common.iter().collect())
}

/// The part of sorted candidates that lies beyond a place, in a direction.
pub(crate) fn beyond(
    listed: &[Candidate],
    from: Option<&Candidate>,
    direction: Direction,
) -> Box<dyn Iterator<Item = Candidate>> {
    let rest: Vec<Candidate> = match (from, direction) {
        (None, _) => listed.to_vec(),
        (Some(from), Direction::Forward) => listed.iter().filter(|c| *c > from).cloned().collect(),
        (Some(from), Direction::Backward) => listed.iter().filter(|c| *c < from).cloned().collect(),
    };
    match direction {
        Direction::Forward => Box::new(rest.into_iter()),
        Direction::Backward => Box::new(rest.into_iter().rev()),
    }
}
