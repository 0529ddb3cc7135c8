//! One search in one snapshot: the index proposes, the row disposes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::metadata::IdRange;
use crate::db::{Bitmap, Scope};
use crate::engine::Snapshot;
use crate::error::{Error, Result};
use crate::index::{
    Candidate, CandidateFilter, CandidateStream, Direction, IndexReader, LazyDocSet, MatchKind, NO_DEDUP,
    PrefixRanges, Query, Stage, TermField, TermMatch, WORD_FIELDS, collect_contacts, expand_fuzzy,
};
use crate::query::filter::CompiledFilter;
use crate::query::search::advisor_filter::{AdvisorFilter, AdvisorPlan};
use crate::query::search::hits::{HitCollector, RankedHit, SearchBudget};
use crate::query::search::ranked_candidates::{MAX_INTERSECTION, candidates_beyond, small_intersection};
use crate::query::{Cursor, PageRead, truncate_page};

/// Rows that one call may read in vain before it asks for a narrower query.
const MAX_ROWS_PER_CALL: usize = if cfg!(test) { 64 } else { 2_000 };

/// Candidates that one call may look at without reading their rows.
const MAX_CANDIDATES_PER_CALL: usize = if cfg!(test) { 256 } else { 200_000 };

/// One search in one snapshot.
pub(crate) struct SearchExecutor<'a, 'c> {
    pub(crate) session: &'a Session,
    pub(crate) snapshot: &'a Snapshot<'c>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) query: &'a Query,
    pub(crate) filter: Option<CompiledFilter>,
    /// All candidates, in order, where a condition leaves few, or the index has turned out to be damaged.
    pub(crate) ranked_candidates: Option<Vec<Candidate>>,
    /// Contacts outside of this set meet some condition not.
    pub(crate) allowed_ids: Option<Bitmap>,
    /// The contacts without search keys of the walk.
    pub(crate) unindexed: IdRange,
    /// Whose lists are searched, if they are an advisor's.
    pub(crate) advisor_filter: AdvisorFilter,
    /// Rows that were read to find out where their contacts stand, by local id.
    pub(crate) loaded_rows: RefCell<HashMap<i64, StoredContact>>,
    /// The beginnings that the index has near a word, by word and letters mistyped.
    fuzzy_cache: RefCell<HashMap<(String, u8), Vec<String>>>,
    pub(crate) budget: SearchBudget,
}

impl<'a, 'c> SearchExecutor<'a, 'c> {
    pub(crate) fn new(
        session: &'a Session,
        snapshot: &'a Snapshot<'c>,
        scopes: Vec<Scope>,
        query: &'a Query,
        sieve: Option<CompiledFilter>,
    ) -> Result<Self> {
        Ok(Self {
            advisor_filter: AdvisorFilter::build(&snapshot.db, &scopes)?,
            session,
            snapshot,
            scopes,
            query,
            filter: sieve,
            ranked_candidates: None,
            allowed_ids: None,
            unindexed: IdRange::default(),
            loaded_rows: RefCell::default(),
            fuzzy_cache: RefCell::default(),
            budget: SearchBudget::new(MAX_ROWS_PER_CALL, MAX_CANDIDATES_PER_CALL),
        })
    }

    pub(crate) fn index(&self) -> IndexReader<'a> {
        let snapshot = self.snapshot;
        IndexReader { db: &snapshot.db, cache: &self.session.engine.block_cache, state: &*snapshot.view }
    }

    /// One page; `seal` makes a cursor of a place.
    pub(crate) fn page(
        &mut self,
        from: Option<&Candidate>,
        back: bool,
        limit: usize,
        seal: impl Fn(&Candidate, bool) -> Cursor,
    ) -> Result<PageRead<RankedHit>> {
        if self.ranked_candidates.is_none() {
            self.find_candidates()?;
        }
        let direction = if back { Direction::Backward } else { Direction::Forward };
        let (mut hits, stopped) = self.read_hits(from, direction, limit)?;
        let more = truncate_page(&mut hits.hits, limit) || hits.has_more;
        let items = hits.hits;
        let behind = match (from, items.first()) {
            (Some(_), Some(first)) => {
                let (other, stopped) = self.read_hits(Some(&first.candidate), direction.reversed(), 0)?;
                // Whoever was on the page before may be gone; without a closer look there is somebody.
                stopped.is_some() || other.is_full()
            }
            (Some(_), None) => stopped.is_some(),
            (None, _) => false,
        };
        let stopped = stopped.map(|candidate| seal(&candidate, back));
        Ok(PageRead { items, has_more: more, back, has_items_behind: behind, stopped_at: stopped })
    }

    pub(crate) fn use_all_rows(&mut self) -> Result<()> {
        self.ranked_candidates = Some(self.rank_all_rows()?);
        Ok(())
    }

    /// A page of hits from a place on, by the index; by the rows if that is damaged. And where the reading stopped, if
    /// there was too much to read.
    fn read_hits(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        limit: usize,
    ) -> Result<(HitCollector, Option<Candidate>)> {
        self.budget = SearchBudget::new(
            MAX_ROWS_PER_CALL.max(limit.saturating_add(1).saturating_mul(4)),
            MAX_CANDIDATES_PER_CALL,
        );
        if self.ranked_candidates.is_none() {
            match self.read_hits_from_index(from, direction, limit) {
                Err(Error::Damaged { .. }) => self.use_all_rows()?,
                done => return done,
            }
        }
        let listed = self.ranked_candidates.take().unwrap_or_default();
        let mut rest = candidates_beyond(&listed, from, direction);
        let mut hits = HitCollector::new(limit);
        self.budget = SearchBudget::new(usize::MAX, usize::MAX);
        let done = self.collect_hits(&mut hits, || Ok(rest.next()));
        self.ranked_candidates = Some(listed);
        done.map(|_| (hits, None))
    }

    fn read_hits_from_index(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        limit: usize,
    ) -> Result<(HitCollector, Option<Candidate>)> {
        let mut stages: Vec<_> = self
            .stages()
            .filter(|(number, _)| match (from, direction) {
                (None, _) => true,
                (Some(from), Direction::Forward) => *number >= from.stage,
                (Some(from), Direction::Backward) => *number <= from.stage,
            })
            .collect();
        if direction == Direction::Backward {
            stages.reverse();
        }
        let mut hits = HitCollector::new(limit);
        for (number, stage) in stages {
            if self.budget.rows == 0 || self.budget.candidates == 0 {
                return Ok((hits, self.budget.last_candidate.take()));
            }
            let from = from.filter(|from| from.stage == number);
            let stopped = match stage {
                Some(stage) => self.read_stage((number, stage), from, direction, &mut hits)?,
                None => self.read_unindexed(from, direction, &mut hits)?,
            };
            if stopped || hits.is_full() {
                return Ok((hits, self.budget.last_candidate.take().filter(|_| stopped)));
            }
        }
        Ok((hits, None))
    }

    /// Reads one stage; true if there was too much to read.
    fn read_stage(
        &mut self,
        (number, stage): (u8, &Stage),
        from: Option<&Candidate>,
        direction: Direction,
        hits: &mut HitCollector,
    ) -> Result<bool> {
        let typos = self.fuzzy_ranges(stage)?;
        let reach = typos.as_ref().unwrap_or(self.query.prefix_ranges(stage));
        let (few, words) = self.word_filters(stage)?;
        let (mut sets, mut walk) = (Vec::from_iter(few.map(Arc::new)), None);
        let wide = self.advisor_filter.is_active() && !stage.is_name_stage();
        if wide {
            match self.plan_advisor_stage(stage, reach)? {
                AdvisorPlan::Ranked(places) => {
                    let places: Vec<_> = places.into_iter().filter(|place| place.stage == number).collect();
                    let mut rest = candidates_beyond(&places, from, direction);
                    return self.collect_hits(hits, || Ok(rest.next()));
                }
                AdvisorPlan::FilterWalk(found) if sets.is_empty() => walk = Some(found),
                AdvisorPlan::FilterWalk(found) | AdvisorPlan::Intersect(found) => sets.push(found),
            }
        }
        if let Some(common) = small_intersection(&sets) {
            let mut places = self.rank_contacts(&common, |place| place == number)?;
            places.sort_unstable();
            let mut rest = candidates_beyond(&places, from, direction);
            return self.collect_hits(hits, || Ok(rest.next()));
        }
        let (index, plain) = (self.index(), self.query.dedup_text(stage));
        let scopes = if wide { &self.advisor_filter.covering_scopes } else { &self.scopes };
        let only = self.allowed_ids.take();
        let known = sets.iter().chain(&walk).map(Arc::as_ref).chain(&only).map(CandidateFilter::Set);
        let among: Vec<CandidateFilter<'_>> = known.chain(words.iter().map(CandidateFilter::Lazy)).collect();
        let mut stream =
            CandidateStream::new(index, scopes, (number, reach), (plain, &among), from, direction)?;
        let mut left = self.budget.candidates;
        // The last one looked at in vain since one was handed on.
        let (mut passed, mut too_many) = (None, false);
        let (query, unkeyed) = (self.query, self.unindexed);
        let next = || {
            while let Some(candidate) = stream.next()? {
                too_many = left == 0;
                if too_many {
                    return Ok(None);
                }
                left = left.saturating_sub(stream.take_skipped().saturating_add(1));
                if stream.accepts(&candidate)?
                    && !unkeyed.contains(candidate.contact)
                    && query.may_match_fuzzy(stage, &candidate.text)
                {
                    passed = None;
                    return Ok(Some(candidate));
                }
                passed = Some(candidate);
            }
            Ok(None)
        };
        let stopped = if number == 0 && self.is_unfiltered() && query.is_dedup_exact() {
            self.collect_certain_hits(hits, next)
        } else {
            self.collect_hits(hits, next)
        };
        self.allowed_ids = only;
        self.budget.candidates = left;
        self.budget.last_candidate = passed.or(self.budget.last_candidate.take());
        Ok(stopped? || too_many)
    }

    /// For a stage of mistyped words: where the index has such words.
    fn fuzzy_ranges(&self, stage: &Stage) -> Result<Option<PrefixRanges>> {
        if stage.kind != MatchKind::Fuzzy {
            return Ok(None);
        }
        let (word, most) = self.query.fuzzy_word(stage);
        let prefixes = self.expand_fuzzy(word, most)?;
        Ok(Some(WORD_FIELDS.map(|shelf| (shelf, prefixes.clone())).to_vec()))
    }

    /// The beginnings that the index has near a word of the query. A page may ask for them several times: for the order of its
    /// hits, for what they have in common, and for what lies on its other side.
    fn expand_fuzzy(&self, word: &str, most: u8) -> Result<Vec<String>> {
        let key = (word.to_owned(), most);
        if let Some(known) = self.fuzzy_cache.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = expand_fuzzy(self.index(), &self.advisor_filter.covering_scopes, word, most)?;
        self.fuzzy_cache.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// For a stage in which several words must be met: whom the index has for a word that few have, or else for each word but the one
    /// whose keys are gone through.
    fn word_filters(&self, stage: &Stage) -> Result<(Option<Bitmap>, Vec<LazyDocSet<'a>>)> {
        let shelves = match stage.kind {
            MatchKind::Words | MatchKind::Fuzzy => &WORD_FIELDS[..],
            MatchKind::Phonetic => &[TermField::Phonetic],
            _ => return Ok((None, Vec::new())),
        };
        let mut words = Vec::new();
        for word in self.query.word_expansions(stage) {
            let mut prefixes = word.texts.to_vec();
            if stage.kind == MatchKind::Fuzzy && word.max_typos > 0 {
                let folded = word.texts.first().map_or("", String::as_str);
                prefixes.extend(self.expand_fuzzy(folded, word.max_typos.min(stage.distance))?);
            }
            let reach: PrefixRanges = shelves.iter().map(|shelf| (*shelf, prefixes.clone())).collect();
            let wide = &self.advisor_filter.covering_scopes;
            let (set, whole) =
                collect_contacts(self.index(), wide, &reach, TermMatch::Prefix, NO_DEDUP, MAX_INTERSECTION)?;
            if whole {
                return Ok((Some(set), Vec::new()));
            }
            if !word.is_driving {
                words.push(LazyDocSet::new(self.index(), wide, &reach)?);
            }
        }
        Ok((None, words))
    }

    /// Whether nothing is asked of contacts but what was typed, and all that are found have keys.
    fn is_unfiltered(&self) -> bool {
        self.filter.is_none() && self.unindexed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Network, NewAdvisor, NewContact};
    use crate::{Actor, Options};

    /// Work ran out among contacts that were read as a set: the cursor stood at the end of the stage before, and the hits of the
    /// set came again on the next page.
    #[test]
    fn hits_of_a_bitmap_come_once_when_the_budget_ends_among_them() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let ada = desk.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
        let new = |name: &str| NewContact::new(Network::SMS_DIRECT, name, "").advisor(ada);
        // Names that are looked at in vain, so that two rows are left of the work of a call.
        for n in 0..super::MAX_ROWS_PER_CALL - 2 {
            desk.add(new(&format!("Axel{n:02}"))).unwrap();
        }
        for n in 0..4 {
            desk.add(new(&format!("Zoe{n}")).nickname("Axe").phone(format!("+3361234567{n}"))).unwrap();
        }
        let search = desk.search("axe").advisor(ada).has_phone(true).limit(7);
        let hits: Vec<_> = search.iter().map(|hit| hit.unwrap().contact.display_name).collect();
        assert_eq!(hits, ["Zoe0", "Zoe1", "Zoe2", "Zoe3"]);
    }
}
