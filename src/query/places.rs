//! Contacts held against a query without the index: a few that a condition leaves, or all of them.

use super::filter::FEW;
use super::run::{Run, SET, WORDS};
use super::{blocked, is_in};
use crate::db;
use crate::db::contact::{Stored, many};
use crate::error::{Error, Result};
use crate::index::{Candidate, Direction, Fit, IdSet, NEVER, Reach, collect};

/// Rows read at a time.
const SLICE: i64 = 1_000;

/// Contacts that several words have in common, up to which they are read instead of looked for.
const COMMON: usize = if cfg!(test) { 4 } else { 64 };

impl Run<'_, '_> {
    /// Finds out whether a condition leaves so few contacts that they are read first.
    pub(super) fn narrow(&mut self) -> Result<()> {
        let mut few = self.filter.few(&self.snapshot.db)?;
        if let Some(condition) = self.blocked.as_ref().filter(|blocked| blocked.wanted) {
            let found = condition.contacts(&self.snapshot.db, blocked::FEW)?;
            few = [few, found].into_iter().flatten().min_by_key(Vec::len);
        }
        let company = self.filter.company.as_deref().filter(|company| !company.is_empty());
        if let Some(company) = company.filter(|_| self.unkeyed.is_empty()) {
            let sets = company.split(' ').map(|word| {
                let reach: Reach = WORDS.map(|shelf| (shelf, vec![word.to_owned()])).to_vec();
                collect(self.index(), &self.members.wide, &reach, Fit::Whole, NEVER, SET)
            });
            let sets = sets.collect::<Result<Vec<_>>>();
            let sets = match sets {
                Err(Error::Damaged { .. }) => return self.list_all(),
                sets => sets?,
            };
            let whole = sets.into_iter().filter(|(_, whole)| *whole).map(|(set, _)| set);
            let least = whole.min_by_key(IdSet::len);
            if let Some(set) = least {
                if few.as_ref().is_none_or(|few| set.len() < few.len()) && set.len() <= FEW {
                    few = Some(set.iter().collect());
                }
                self.only = Some(set);
            }
        }
        if let Some(ids) = few {
            let mut listed = self.places(&ids, |_| true)?;
            listed.sort_unstable();
            self.listed = Some(listed);
        }
        Ok(())
    }

    /// Whether a contact meets the condition that its row does not tell of.
    pub(super) fn admits(&self, stored: &Stored) -> Result<bool> {
        blocked::admits(self.blocked.as_ref(), &self.snapshot.db, stored)
    }

    /// Where contacts stand among the hits, of those that meet all conditions.
    pub(super) fn places(&self, ids: &[i64], wanted: impl Fn(u8) -> bool) -> Result<Vec<Candidate>> {
        let watch = self.session.watch();
        let mut places = Vec::new();
        for ids in ids.chunks(usize::try_from(SLICE).unwrap_or(usize::MAX)) {
            watch.check()?;
            for stored in many(&self.snapshot.db, ids)? {
                if !self.filter.admits(&stored) || !is_in(&self.snapshot.db, &stored, &self.scopes)? {
                    continue;
                }
                let place = self.place(&stored).filter(|(stage, _)| wanted(*stage));
                let Some((stage, text)) = place else { continue };
                if self.admits(&stored)? {
                    places.push(Candidate { stage, text, contact: stored.id });
                }
            }
        }
        Ok(places)
    }

    /// All hits of the query from the rows: slow, and right whatever state the index is in.
    pub(super) fn scan(&self) -> Result<Vec<Candidate>> {
        let db = &self.snapshot.db;
        let generation = db::book::read(db)?.generation;
        let mut found = Vec::new();
        for scope in &self.scopes {
            let mut at = None;
            loop {
                let entries = db::lists::entries(db, scope.of(generation), at.as_ref(), false, SLICE)?;
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

/// What the known sets have in common, if it is little; `None` too if no set is known.
pub(super) fn common(sets: &[Option<IdSet>]) -> Option<Vec<i64>> {
    let least = sets.iter().flatten().min_by_key(|set| set.len())?;
    let in_all = |id: &i64| sets.iter().flatten().all(|set| set.contains(*id));
    let common: Vec<i64> = least.iter().filter(in_all).take(COMMON.saturating_add(1)).collect();
    (common.len() <= COMMON).then_some(common)
}

/// The part of sorted candidates that lies beyond a place, in a direction.
pub(super) fn beyond(
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
