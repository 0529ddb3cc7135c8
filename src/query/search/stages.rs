//! Reading the stages of a search from the index, and a page of hits from them.

use std::sync::Arc;

use crate::db::Bitmap;
use crate::error::{Error, Result};
use crate::index::{
    Candidate, CandidateFilter, CandidateStream, Direction, LazyDocSet, MatchKind, NO_DEDUP, PostingScan,
    PrefixRanges, Stage, TermField, WORD_FIELDS,
};
use crate::query::page::{Cursor, PageRead, truncate_page};
use crate::query::search::advisor_plan::AdvisorPlan;
use crate::query::search::executor::SearchExecutor;
use crate::query::search::hits::{HitCollector, RankedHit, SearchBudget};
use crate::query::search::ranked_candidates::{candidates_beyond, small_intersection};

/// What restricts the candidates of a stage.
struct StageFilters<'a> {
    /// Contacts that are common to several words or to an advisor; if their intersection is small, it is ranked instead.
    bitmaps: Vec<Arc<Bitmap>>,
    /// The advisor's contacts, where a walk is cheaper than an intersection.
    walk: Option<Arc<Bitmap>>,
    /// The contacts of further words, looked up as the walk goes on.
    words: Vec<LazyDocSet<'a>>,
}

impl<'a> SearchExecutor<'a, '_> {
    /// One page; `cursor_at` makes a cursor of a position.
    pub(super) fn page(
        &mut self,
        from: Option<&Candidate>,
        back: bool,
        limit: usize,
        cursor_at: impl Fn(&Candidate, bool) -> Cursor,
    ) -> Result<PageRead<RankedHit>> {
        if self.ranked_candidates.is_none() {
            self.find_candidates()?;
        }
        let direction = if back { Direction::Backward } else { Direction::Forward };
        let (mut hits, stopped_at) = self.read_hits(from, direction, limit)?;
        let has_more = truncate_page(&mut hits.hits, limit) || hits.has_more;
        let items = hits.hits;
        let has_items_behind = match (from, items.first()) {
            (Some(_), Some(first)) => {
                let (other, stopped_at) = self.read_hits(Some(&first.candidate), direction.reversed(), 0)?;
                // If the work limit was reached, there may be hits. The contacts of the previous page may have been removed.
                stopped_at.is_some() || other.is_full()
            }
            (Some(_), None) => stopped_at.is_some(),
            (None, _) => false,
        };
        let stopped_at = stopped_at.map(|candidate| cursor_at(&candidate, back));
        Ok(PageRead { items, has_more, back, has_items_behind, stopped_at })
    }

    /// Answers the search from the rows, without the index.
    pub(super) fn use_all_rows(&mut self) -> Result<()> {
        self.ranked_candidates = Some(self.rank_all_rows()?);
        Ok(())
    }

    /// The hits from a position on, by the index, or by the rows if the index is damaged. The second value is where reading stopped, if
    /// the work limit was reached.
    fn read_hits(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        limit: usize,
    ) -> Result<(HitCollector, Option<Candidate>)> {
        self.budget = SearchBudget::new(
            self.tuning.search_max_rows.max(limit.saturating_add(1).saturating_mul(4)),
            self.tuning.search_max_candidates,
        );
        if self.ranked_candidates.is_none() {
            match self.read_hits_from_index(from, direction, limit) {
                Err(Error::Damaged { .. }) => self.use_all_rows()?,
                Ok((_, Some(stopped_at))) if !self.may_stop_at(&stopped_at)? => self.use_all_rows()?,
                done => return done,
            }
        }
        let ranked = self.ranked_candidates.take().unwrap_or_default();
        let mut rest = candidates_beyond(&ranked, from, direction);
        let mut hits = HitCollector::new(limit);
        self.budget = SearchBudget::new(usize::MAX, usize::MAX);
        let done = self.collect_hits(&mut hits, || Ok(rest.next()));
        self.ranked_candidates = Some(ranked);
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
        self.budget.only_first_names = from.is_none() && direction == Direction::Forward;
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

    /// Reads one stage. Returns true if the work limit was reached.
    fn read_stage(
        &mut self,
        (number, stage): (u8, &Stage),
        from: Option<&Candidate>,
        direction: Direction,
        hits: &mut HitCollector,
    ) -> Result<bool> {
        let fuzzy = self.fuzzy_ranges(stage)?;
        let ranges = fuzzy.as_ref().unwrap_or(self.query.prefix_ranges(stage));
        let (few, words) = self.word_filters(stage)?;
        let mut filters =
            StageFilters { bitmaps: few.map(Arc::new).into_iter().collect(), walk: None, words };
        if self.uses_tenant_keys(stage) {
            match self.plan_advisor_stage(stage, ranges)? {
                AdvisorPlan::Ranked(mut ranked) => {
                    ranked.retain(|candidate| candidate.stage == number);
                    let mut rest = candidates_beyond(&ranked, from, direction);
                    return self.collect_hits(hits, || Ok(rest.next()));
                }
                AdvisorPlan::FilterWalk(ids) if filters.bitmaps.is_empty() => filters.walk = Some(ids),
                AdvisorPlan::FilterWalk(ids) | AdvisorPlan::Intersect(ids) => filters.bitmaps.push(ids),
            }
        }
        if let Some(common) = small_intersection(&self.tuning, &filters.bitmaps) {
            let mut ranked = self.rank_contacts(&common, |own| own == number)?;
            ranked.sort_unstable();
            let mut rest = candidates_beyond(&ranked, from, direction);
            return self.collect_hits(hits, || Ok(rest.next()));
        }
        self.walk_stage((number, stage), ranges, &filters, (from, direction), hits)
    }

    /// Whether an advisor's search reads the tenant's keys for a stage, because the index has none for the advisor.
    fn uses_tenant_keys(&self, stage: &Stage) -> bool {
        self.advisor_filter.is_active() && !stage.is_name_stage()
    }

    /// Walks the candidates of a stage in order. Returns true if the work limit was reached.
    fn walk_stage(
        &mut self,
        (number, stage): (u8, &Stage),
        ranges: &PrefixRanges,
        filters: &StageFilters<'_>,
        (from, direction): (Option<&Candidate>, Direction),
        hits: &mut HitCollector,
    ) -> Result<bool> {
        let (index, dedup_text) = (self.index(), self.query.dedup_text(stage));
        let scopes =
            if self.uses_tenant_keys(stage) { &self.advisor_filter.covering_scopes } else { &self.scopes };
        let allowed_ids = self.allowed_ids.take();
        let bitmaps = filters.bitmaps.iter().chain(&filters.walk).map(Arc::as_ref).chain(&allowed_ids);
        let lazy = filters.words.iter().map(CandidateFilter::Lazy);
        let restrict: Vec<CandidateFilter<'_>> = bitmaps.map(CandidateFilter::Set).chain(lazy).collect();
        let mut stream = CandidateStream::new(
            index,
            scopes,
            (number, stage.part, ranges),
            (dedup_text, &restrict),
            from,
            direction,
        )?;
        let mut left = self.budget.candidates;
        // The last candidate that was rejected since one was accepted.
        let (mut rejected, mut is_spent, mut is_empty) = (None, false, true);
        let (query, unindexed) = (self.query, self.unindexed);
        let next = || {
            while let Some(candidate) = stream.next()? {
                is_empty = false;
                is_spent = left == 0;
                if is_spent {
                    return Ok(None);
                }
                left = left.saturating_sub(stream.take_skipped().saturating_add(1));
                if stream.accepts(&candidate)?
                    && !unindexed.contains(candidate.contact)
                    && query.may_match_fuzzy(stage, &candidate.text)
                {
                    rejected = None;
                    return Ok(Some(candidate));
                }
                rejected = Some(candidate);
            }
            Ok(None)
        };
        let is_first_name = stage.kind == MatchKind::FirstName;
        let is_certain = is_first_name && (number == 0 || self.budget.only_first_names);
        let stopped = if is_certain && self.is_unfiltered() && query.is_dedup_exact() {
            self.collect_certain_hits(hits, next)
        } else {
            self.collect_hits(hits, next)
        };
        self.allowed_ids = allowed_ids;
        self.budget.candidates = left;
        self.budget.only_first_names &= is_first_name || is_empty;
        self.budget.last_candidate = rejected.or(self.budget.last_candidate.take());
        Ok(stopped? || is_spent)
    }

    /// For a fuzzy stage: the ranges of the index words that are similar to the word of the query.
    fn fuzzy_ranges(&self, stage: &Stage) -> Result<Option<PrefixRanges>> {
        if stage.kind != MatchKind::Fuzzy {
            return Ok(None);
        }
        let (word, typos) = self.query.fuzzy_word(stage);
        let prefixes = self.expand_fuzzy(word, typos)?;
        Ok(Some(WORD_FIELDS.map(|field| (field, prefixes.clone())).to_vec()))
    }

    /// For a stage of several words: the contacts of the first word that few contacts have. Without such a word: a lazy set for each
    /// word but the one whose keys are walked.
    fn word_filters(&self, stage: &Stage) -> Result<(Option<Bitmap>, Vec<LazyDocSet<'a>>)> {
        let fields = match stage.kind {
            MatchKind::Words | MatchKind::Expansion | MatchKind::Fuzzy => &WORD_FIELDS[..],
            MatchKind::Phonetic => &[TermField::Phonetic],
            _ => return Ok((None, Vec::new())),
        };
        let limit = self.tuning.search_max_intersection;
        let mut words = Vec::new();
        for word in self.query.word_expansions(stage) {
            let mut prefixes = word.texts.to_vec();
            if stage.kind == MatchKind::Fuzzy && word.max_typos > 0 {
                let folded = word.texts.first().map_or("", String::as_str);
                prefixes.extend(self.expand_fuzzy(folded, word.max_typos.min(stage.distance))?);
            }
            let ranges: PrefixRanges = fields.iter().map(|field| (*field, prefixes.clone())).collect();
            let scopes = &self.advisor_filter.covering_scopes;
            let scan = PostingScan::plan(self.index(), scopes, &ranges)?;
            if !scan.exceeds(limit) {
                let (contacts, is_complete) = scan.collect(self.index(), NO_DEDUP, limit)?;
                if is_complete {
                    return Ok((Some(contacts), Vec::new()));
                }
            }
            if !word.is_driving {
                words.push(LazyDocSet::new(self.index(), scan)?);
            }
        }
        Ok((None, words))
    }
}

#[cfg(test)]
mod tests {
    use crate::host::tuning::QueryTuning;
    use crate::host::tuning::Tuning;
    use crate::model::{Network, NewAdvisor, NewContact};
    use crate::{Actor, Options};

    /// The budget ended among contacts that were ranked as a bitmap. The cursor then was at the end of the previous stage, and the hits
    /// of the bitmap were returned again on the next page.
    #[test]
    fn hits_of_a_bitmap_come_once_when_the_budget_ends_among_them() {
        let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
        let new = |name: &str| NewContact::new(Network::SMS_DIRECT, name, "").advisor(ada);
        // Names whose rows are read but are no hits, so that two rows of the budget are left.
        for n in 0..QueryTuning::SMALL.search_max_rows - 2 {
            session.add(new(&format!("Axel{n:02}"))).unwrap();
        }
        for n in 0..4 {
            session.add(new(&format!("Zoe{n}")).nickname("Axe").phone(format!("+3361234567{n}"))).unwrap();
        }
        let search = session.search("axe").advisor(ada).has_phone(true).limit(7);
        let hits: Vec<_> = search.iter().map(|hit| hit.unwrap().contact.display_name).collect();
        assert_eq!(hits, ["Zoe0", "Zoe1", "Zoe2", "Zoe3"]);
    }
}
