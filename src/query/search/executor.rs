//! The state of one search in one snapshot, and what is known of a single contact.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::access::session::Session;
use crate::db::contact::{StoredContact, many, summaries};
use crate::db::metadata::IdRange;
use crate::db::{self, Bitmap, Scope};
use crate::engine::Snapshot;
use crate::error::Result;
use crate::host::tuning::QueryTuning;
use crate::index::{Candidate, IndexReader, Match, MatchKind, Query, Stage, expand_fuzzy};
use crate::query::cost;
use crate::query::filter::{CompiledFilter, FilterInputs, is_in_scopes};
use crate::query::search::advisor_filter::AdvisorFilter;
use crate::query::search::candidate_key::UNINDEXED_STAGE;
use crate::query::search::hits::SearchBudget;

/// One search in one snapshot.
pub(super) struct SearchExecutor<'a, 'c> {
    pub(super) session: &'a Session,
    pub(super) snapshot: &'a Snapshot<'c>,
    pub(super) scopes: Vec<Scope>,
    pub(super) query: &'a Query,
    pub(super) filter: Option<CompiledFilter>,
    /// Whether the hits are summaries.
    pub(super) is_summary: bool,
    /// All candidates, in order, if the filter leaves few of them, or if the index is damaged.
    pub(super) ranked_candidates: Option<Vec<Candidate>>,
    /// Contacts outside of this bitmap do not match the filter.
    pub(super) allowed_ids: Option<Bitmap>,
    /// The contacts without search keys at the start of the walk.
    pub(super) unindexed: IdRange,
    pub(super) advisor_filter: AdvisorFilter,
    /// Rows that were read to rank their contacts, by local id.
    pub(super) loaded_rows: RefCell<HashMap<i64, StoredContact>>,
    /// The index words similar to a word, by word and number of typos.
    fuzzy_cache: RefCell<HashMap<(String, u8), Vec<String>>>,
    pub(super) budget: SearchBudget,
    pub(super) tuning: QueryTuning,
}

impl<'a, 'c> SearchExecutor<'a, 'c> {
    pub(super) fn new(
        session: &'a Session,
        snapshot: &'a Snapshot<'c>,
        scopes: Vec<Scope>,
        query: &'a Query,
        filter: Option<CompiledFilter>,
    ) -> Result<Self> {
        let tuning = snapshot.db.tuning().query;
        Ok(Self {
            advisor_filter: AdvisorFilter::build(&snapshot.db, &scopes)?,
            session,
            snapshot,
            scopes,
            query,
            filter,
            is_summary: false,
            ranked_candidates: None,
            allowed_ids: None,
            unindexed: IdRange::default(),
            loaded_rows: RefCell::default(),
            fuzzy_cache: RefCell::default(),
            budget: SearchBudget::new(tuning.search_max_rows, tuning.search_max_candidates),
            tuning,
        })
    }

    /// The index of the snapshot.
    pub(super) fn index(&self) -> IndexReader<'a> {
        let snapshot = self.snapshot;
        IndexReader { db: &snapshot.db, cache: &self.session.engine.block_cache, state: &*snapshot.view }
    }

    /// The stages with their numbers, and the stage of unindexed contacts if there are any.
    pub(super) fn stages(&self) -> impl DoubleEndedIterator<Item = (u8, Option<&'a Stage>)> + use<'a> {
        let unindexed = (!self.unindexed.is_empty()).then_some((UNINDEXED_STAGE, None));
        let stages: Vec<_> = (0_u8..).zip(self.query.stages.iter().map(Some)).chain(unindexed).collect();
        stages.into_iter()
    }

    /// Whether a stage finds whole names. Their keys exist for each advisor.
    pub(super) fn is_name_stage(&self, stage: u8) -> bool {
        self.query.stages.get(usize::from(stage)).is_some_and(Stage::is_name_stage)
    }

    /// The position of a contact among the hits; `None` if the query does not find it.
    pub(super) fn rank(&self, stored: &StoredContact) -> Option<(u8, String)> {
        let position = self.query.sort_position(&stored.contact)?;
        let is_unindexed = self.unindexed.contains(stored.id);
        Some(if is_unindexed { (UNINDEXED_STAGE, String::new()) } else { position })
    }

    /// What of a contact matches at a position; `None` if the contact is no hit at this position.
    pub(super) fn match_at(&self, stored: &StoredContact, at: &Candidate) -> Result<Option<Match>> {
        if at.stage != UNINDEXED_STAGE {
            let matched = self.query.verify(&stored.contact, at);
            // Candidates of the tenant's keys were tested against the index's copy of the advisor's list, which may have stale entries.
            let is_in_list =
                matched.is_none() || !self.advisor_filter.is_active() || self.is_name_stage(at.stage);
            let is_in_list = is_in_list || is_in_scopes(&self.snapshot.db, stored, &self.scopes)?;
            return Ok(matched.filter(|_| is_in_list));
        }
        let Some((stage, text)) = self.query.sort_position(&stored.contact) else { return Ok(None) };
        if !is_in_scopes(&self.snapshot.db, stored, &self.scopes)? {
            return Ok(None);
        }
        Ok(self.query.verify(&stored.contact, &Candidate { stage, text, contact: stored.id }))
    }

    /// Whether a search may stop at a position because of its work limit. In an advisor's lists, the position must be that of a contact in
    /// them. If the lists are short, the search does not stop: what it reads before the limit depends on other contacts too.
    pub(super) fn may_stop_at(&self, position: &Candidate) -> Result<bool> {
        if !self.advisor_filter.is_active() {
            return Ok(true);
        }
        let db = &self.snapshot.db;
        let generation = db::metadata::read(db)?.generation;
        let mut own = 0_i64;
        for scope in &self.scopes {
            own = own.saturating_add(db::bucket::total(db, scope.in_generation(generation))?);
        }
        if cost::reads_all_of_advisor(&self.tuning, own) {
            return Ok(false);
        }
        let stored = db::contact::one(db, position.contact)?;
        stored.map_or(Ok(false), |stored| is_in_scopes(db, &stored, &self.scopes))
    }

    /// What the filter reads of contacts besides their rows.
    pub(super) fn load_filter_inputs(&self, ids: &[i64]) -> Result<FilterInputs> {
        let Some(filter) = &self.filter else { return Ok(FilterInputs::default()) };
        filter.load_inputs(&self.snapshot.db, ids)
    }

    /// Whether a contact may match the filter, without looking up whether it is blocked.
    pub(super) fn may_match(&self, stored: &StoredContact, inputs: &FilterInputs) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.may_match(stored, inputs))
    }

    /// Whether a contact matches the filter.
    pub(super) fn matches(&self, stored: &StoredContact, inputs: &FilterInputs) -> Result<bool> {
        self.filter.as_ref().map_or(Ok(true), |filter| filter.matches(&self.snapshot.db, stored, inputs))
    }

    /// The rows of some contacts, in the order of `ids`, for the stages up to `last_stage`. Of a summary, what these stages compare; a filter
    /// may need any column.
    pub(super) fn rows(&self, ids: &[i64], last_stage: u8) -> Result<Vec<StoredContact>> {
        let db = &self.snapshot.db;
        if !self.is_summary || self.filter.is_some() {
            return Ok(many(db, ids)?);
        }
        let mut compared = self.query.stages.iter().take(usize::from(last_stage).saturating_add(1));
        let compares_methods = compared.any(|stage| stage.kind == MatchKind::ContactMethod);
        Ok(summaries(db, ids, compares_methods)?)
    }

    /// Whether the search has no filter, and all contacts are indexed.
    pub(super) fn is_unfiltered(&self) -> bool {
        self.filter.is_none() && self.unindexed.is_empty()
    }

    /// The index words similar to a word of the query. They are cached: a page may need them for the order of its hits, for the contacts
    /// that words have in common, and for the page on its other side.
    pub(super) fn expand_fuzzy(&self, word: &str, typos: u8) -> Result<Vec<String>> {
        let key = (word.to_owned(), typos);
        if let Some(cached) = self.fuzzy_cache.borrow().get(&key) {
            return Ok(cached.clone());
        }
        let similar = expand_fuzzy(self.index(), &self.advisor_filter.covering_scopes, word, typos)?;
        self.fuzzy_cache.borrow_mut().insert(key, similar.clone());
        Ok(similar)
    }
}
