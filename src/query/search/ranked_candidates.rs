//! Contacts held against a query without the index: a few that a condition leaves, or all of them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::db::contact::{StoredContact, many};
use crate::db::{self, Bitmap};
use crate::error::Result;
use crate::index::{Candidate, Direction};
use crate::query::filter::{FilterInputs, MAX_CANDIDATE_BITMAP, MAX_CANDIDATE_IDS};
use crate::query::is_in_scopes;
use crate::query::search::search_executor::SearchExecutor;

/// Rows read at a time.
const ROW_BATCH: i64 = 1_000;

/// Contacts that several words have in common, up to which they are read instead of looked for.
pub(crate) const MAX_INTERSECTION: usize = if cfg!(test) { 4 } else { 64 };

impl SearchExecutor<'_, '_> {
    /// Finds out whether a condition leaves so few contacts that they are read first.
    pub(crate) fn find_candidates(&mut self) -> Result<()> {
        let db = &self.snapshot.db;
        let Some(sieve) = &self.filter else { return Ok(()) };
        let ids = match sieve.candidate_ids(db)? {
            Some(ids) => ids,
            None => match sieve.candidate_bitmap(db, MAX_CANDIDATE_BITMAP)? {
                Some(known) if known.ids.len() <= MAX_CANDIDATE_IDS => known.ids.iter().collect(),
                known => {
                    self.allowed_ids = known.map(|known| known.ids);
                    return Ok(());
                }
            },
        };
        let mut listed = self.rank_contacts(&ids, |_| true)?;
        listed.sort_unstable();
        self.ranked_candidates = Some(listed);
        Ok(())
    }

    /// What conditions ask of contacts besides their rows.
    pub(crate) fn load_filter_inputs(&self, ids: &[i64]) -> Result<FilterInputs> {
        self.filter
            .as_ref()
            .map_or_else(|| Ok(FilterInputs::default()), |sieve| sieve.load_inputs(&self.snapshot.db, ids))
    }

    /// Whether a contact may meet the conditions, before it is looked for blocks.
    pub(crate) fn may_match(&self, stored: &StoredContact, facts: &FilterInputs) -> bool {
        self.filter.as_ref().is_none_or(|sieve| sieve.may_match(stored, facts))
    }

    /// Whether a contact meets the conditions.
    pub(crate) fn matches(&self, stored: &StoredContact, facts: &FilterInputs) -> Result<bool> {
        self.filter.as_ref().map_or(Ok(true), |sieve| sieve.matches(&self.snapshot.db, stored, facts))
    }

    /// Where contacts stand among the hits, of those that meet all conditions.
    pub(crate) fn rank_contacts(&self, ids: &[i64], wanted: impl Fn(u8) -> bool) -> Result<Vec<Candidate>> {
        let watch = self.session.cancel_token();
        let mut places = Vec::new();
        for ids in ids.chunks(usize::try_from(ROW_BATCH).unwrap_or(usize::MAX)) {
            watch.check()?;
            let facts = self.load_filter_inputs(ids)?;
            for stored in many(&self.snapshot.db, ids)? {
                if !self.may_match(&stored, &facts)
                    || !is_in_scopes(&self.snapshot.db, &stored, &self.scopes)?
                {
                    continue;
                }
                let place = self.rank(&stored).filter(|(stage, _)| wanted(*stage));
                let Some((stage, text)) = place else { continue };
                if self.matches(&stored, &facts)? {
                    places.push(Candidate { stage, text, contact: stored.id });
                    if ids.len() <= MAX_INTERSECTION {
                        self.loaded_rows.borrow_mut().insert(stored.id, stored);
                    }
                }
            }
        }
        Ok(places)
    }

    /// All hits of the query from the rows: slow, and right whatever state the index is in.
    pub(crate) fn rank_all_rows(&self) -> Result<Vec<Candidate>> {
        let db = &self.snapshot.db;
        let generation = db::metadata::read(db)?.generation;
        let mut found = Vec::new();
        for scope in &self.scopes {
            let mut at = None;
            loop {
                let entries =
                    db::entries::entries(db, scope.in_generation(generation), at.as_ref(), false, ROW_BATCH)?;
                let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
                found.extend(self.rank_contacts(&ids, |_| true)?);
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
pub(crate) fn small_intersection(sets: &[Arc<Bitmap>]) -> Option<Vec<i64>> {
    let (first, rest) = sets.split_first()?;
    let common =
        rest.iter().fold(Cow::Borrowed(&**first), |common, set| Cow::Owned(common.intersection(set)));
    (common.len() <= MAX_INTERSECTION).then(|| common.iter().collect())
}

/// The part of sorted candidates that lies beyond a place, in a direction.
pub(crate) fn candidates_beyond(
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
