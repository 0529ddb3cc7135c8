//! A filter compiled for one call: names are looked up, texts are folded, times are resolved.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::access::rights::Rights;
use crate::db::Read;
use crate::db::Scope;
use crate::db::contact::sort_values::filter_rows;
use crate::db::contact::{StoredContact, many};
use crate::db::list::filter_lookup;
use crate::db::normalized_value::NormalizedValue;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::tuning::QueryTuning;
use crate::index;
use crate::model::{Condition, Filter, FilterNode, TextField, TimeField, TimeTest, TimeValue, Timestamp};
use crate::query::cost;
use crate::query::filter::block_filter::BlockFilter;
use crate::query::filter::compile::FilterCompiler;
use crate::query::filter::eval::{FilterInputs, Predicate};
use crate::query::filter::scopes::{covering_scopes, filter_tenants};

/// A filter compiled for one call.
#[derive(Debug)]
pub(in crate::query) struct CompiledFilter {
    pub(super) predicate: Predicate,
    pub(super) block_filter: Option<BlockFilter>,
    uses_tags: bool,
    /// The attributes that the filter reads, by local id; `None` if it reads none.
    attribute_ids: Option<Vec<i64>>,
    /// Whether the short form of a row ([`filter_rows`]) can decide a condition.
    uses_filter_row: bool,
    /// Lists that contain all contacts of the searched lists and have every index.
    pub(super) covering_scopes: Vec<Scope>,
    /// Whether the stored folded texts of all contacts have this library's fold.
    pub(super) is_fold_current: bool,
    /// What was observed of each of [`CompiledFilter::conjuncts`].
    stats: RefCell<Vec<ConditionStats>>,
    pub(super) tuning: QueryTuning,
}

/// What was observed of one condition during the call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ConditionStats {
    /// Contacts that were tested, and how many of them matched.
    pub(super) tested: usize,
    pub(super) matched: usize,
    /// The index has more entries for it than a short range.
    pub(super) has_long_range: bool,
}

impl CompiledFilter {
    /// Compiles a filter; `None` for the empty filter, which every contact matches.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an invalid filter; [`Error::NoNetwork`].
    pub(in crate::query) fn compile(
        engine: &Engine,
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        filter: &Filter,
    ) -> Result<Option<Self>> {
        Self::compile_at(engine, db, rights, scopes, filter, db.now())
    }

    /// [`CompiledFilter::compile`] with relative days counted from `now`.
    ///
    /// # Errors
    /// Those of [`CompiledFilter::compile`].
    pub(super) fn compile_at(
        engine: &Engine,
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        filter: &Filter,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        filter.check()?;
        if matches!(filter.node(), FilterNode::All(all) if all.is_empty()) {
            return Ok(None);
        }
        let has = |is_kind: fn(&Condition) -> bool| {
            let mut has = false;
            filter.visit_conditions(&mut |condition| has |= is_kind(condition));
            has
        };
        let covering_scopes = covering_scopes(db, scopes)?;
        let compiler =
            FilterCompiler { phones: &engine.phones, db, tenants: filter_tenants(db, rights, scopes)?, now };
        let predicate = compiler.compile(filter)?;
        let attribute_ids = has(|condition| matches!(condition, Condition::Attribute(..))).then(|| {
            let mut ids = Vec::new();
            predicate.collect_attribute_ids(&mut ids);
            ids
        });
        let reads_blocks = has(|condition| matches!(condition, Condition::Blocked));
        let is_fold_current = index::unindexed(db)?.is_empty();
        Ok(Some(Self {
            predicate,
            block_filter: BlockFilter::build(db, rights, scopes, reads_blocks.then_some(true))?,
            uses_tags: has(|condition| matches!(condition, Condition::Tag(_))),
            attribute_ids,
            uses_filter_row: is_fold_current && has(reads_filter_row),
            covering_scopes,
            is_fold_current,
            stats: RefCell::default(),
            tuning: db.tuning().query,
        }))
    }

    /// Whether bitmaps alone decide which contacts match.
    pub(in crate::query) fn is_exact_by_bitmaps(&self) -> bool {
        self.predicate.is_exact_by_bitmaps()
    }

    /// The tags and attributes of contacts that the filter reads.
    pub(in crate::query) fn load_inputs(&self, db: &Read<'_>, ids: &[i64]) -> Result<FilterInputs> {
        let mut inputs = FilterInputs::default();
        if self.uses_tags {
            for (contact, tag) in filter_lookup::tags_of(db, ids)? {
                inputs.tags.entry(contact).or_default().push(tag);
            }
        }
        if let Some(attribute_ids) = &self.attribute_ids {
            let values: Vec<(i64, i64, NormalizedValue)> =
                filter_lookup::attributes_of(db, ids, attribute_ids)?;
            for (contact, attribute, value) in values {
                inputs.attributes.entry(contact).or_default().push((attribute, value));
            }
        }
        Ok(inputs)
    }

    /// Whether a contact may match, without looking up whether it is blocked.
    pub(in crate::query) fn may_match(&self, stored: &StoredContact, inputs: &FilterInputs) -> bool {
        self.predicate.evaluate(stored.id, Some(stored), inputs, None) != Some(false)
    }

    /// Whether a contact matches.
    pub(in crate::query) fn matches(
        &self,
        db: &Read<'_>,
        stored: &StoredContact,
        inputs: &FilterInputs,
    ) -> Result<bool> {
        let decided = self.predicate.evaluate(stored.id, Some(stored), inputs, None);
        let Some(block_filter) = self.block_filter.as_ref().filter(|_| decided.is_none()) else {
            return Ok(decided == Some(true));
        };
        let is_blocked = block_filter.matches(db, stored)?;
        Ok(self.predicate.evaluate(stored.id, Some(stored), inputs, Some(is_blocked)) == Some(true))
    }

    /// The contacts of `ids` that match, in the given order, each with its row if the row was read. Rows that are read are subtracted
    /// from `rows`.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a contact does not exist.
    pub(in crate::query) fn filter_ids(
        &self,
        db: &Read<'_>,
        ids: &[i64],
        rows: &mut usize,
    ) -> Result<Vec<(i64, Option<StoredContact>)>> {
        let mut inputs = self.load_inputs(db, ids)?;
        // Contacts that are not rejected yet, with `Some(true)` for those that match and `None` for the undecided.
        let mut remaining = Vec::with_capacity(ids.len());
        for id in ids {
            let decided = self.predicate.evaluate(*id, None, &inputs, None);
            if decided != Some(false) {
                remaining.push((*id, decided));
            }
        }
        let undecided = |remaining: &[(i64, Option<bool>)]| -> Vec<i64> {
            remaining.iter().filter(|(_, decided)| decided.is_none()).map(|(id, _)| *id).collect()
        };
        let mut unread = undecided(&remaining);
        *rows = rows.saturating_sub(unread.len());
        if self.uses_filter_row && !unread.is_empty() {
            inputs.filter_rows = HashMap::from_iter(filter_rows(db, &unread)?);
            for (id, decided) in remaining.iter_mut().filter(|(_, decided)| decided.is_none()) {
                *decided = self.predicate.evaluate(*id, None, &inputs, None);
                if decided.is_some() {
                    self.record_stats(*id, None, &inputs);
                }
            }
            remaining.retain(|(_, decided)| *decided != Some(false));
            unread = undecided(&remaining);
        }
        let mut read = many(db, &unread)?;
        if read.len() != unread.len() {
            return Err(Error::Damaged { what: "a list has a contact that does not exist", source: None });
        }
        read.reverse();
        let mut matching = Vec::with_capacity(remaining.len());
        for (id, decided) in remaining {
            if decided.is_some() {
                matching.push((id, None));
            } else if let Some(row) = read.pop() {
                self.record_stats(id, Some(&row), &inputs);
                if self.matches(db, &row, &inputs)? {
                    matching.push((id, Some(row)));
                }
            }
        }
        Ok(matching)
    }

    /// The conditions of which all must match.
    fn conjuncts(&self) -> &[Predicate] {
        match &self.predicate {
            Predicate::All(all) => all,
            single => std::slice::from_ref(single),
        }
    }

    /// Counts which of the conditions a contact matches. Conditions on tags and attributes only are left out: the sample would be biased,
    /// because rows are read of contacts only that these do not reject.
    fn record_stats(&self, id: i64, row: Option<&StoredContact>, inputs: &FilterInputs) {
        let conjuncts = self.conjuncts();
        let mut all = self.stats.borrow_mut();
        all.resize(conjuncts.len(), ConditionStats::default());
        for (condition, stats) in conjuncts.iter().zip(all.iter_mut()) {
            if cost::counts_sample(&self.tuning, stats.tested)
                && !condition.uses_only_tags_and_attributes()
                && let Some(is_match) = condition.evaluate(id, row, inputs, None)
            {
                stats.tested = stats.tested.saturating_add(1);
                stats.matched = stats.matched.saturating_add(usize::from(is_match));
            }
        }
    }

    /// What was observed of one of the conjuncts; zeros for any other condition.
    pub(super) fn stats_of(&self, condition: &Predicate) -> ConditionStats {
        let at = self.conjuncts().iter().position(|own| std::ptr::eq(own, condition));
        at.and_then(|at| self.stats.borrow().get(at).copied()).unwrap_or_default()
    }

    /// Records that the index has more entries for a conjunct than a short range.
    pub(super) fn mark_long_range(&self, condition: &Predicate) {
        let conjuncts = self.conjuncts();
        let mut all = self.stats.borrow_mut();
        all.resize(conjuncts.len(), ConditionStats::default());
        let own = conjuncts.iter().zip(all.iter_mut()).find(|(own, _)| std::ptr::eq(*own, condition));
        if let Some((_, stats)) = own {
            stats.has_long_range = true;
        }
    }

    /// Whether rows of most contacts are read, but not yet of enough to estimate the lengths of ranges.
    pub(in crate::query) fn needs_more_stats(&self) -> bool {
        self.stats.borrow().iter().any(|stats| cost::needs_larger_sample(&self.tuning, stats.tested))
    }
}

/// Whether the short form of a row decides a condition, unless a text is very long.
fn reads_filter_row(condition: &Condition) -> bool {
    match condition {
        Condition::Text(field, _) => {
            matches!(field, TextField::Company | TextField::City | TextField::Country)
        }
        Condition::Time(field, _) => *field != TimeField::Updated,
        Condition::Online => true,
        _ => false,
    }
}

/// Whether the result of a filter can change without an entry in the change log. Hits of such a filter are not cached.
pub(in crate::query) fn depends_on_unlogged_data(filter: &Filter) -> bool {
    let mut unlogged = false;
    filter.visit_conditions(&mut |condition| {
        unlogged |= match condition {
            Condition::Time(field, test) => {
                *field == TimeField::Active || matches!(test, TimeTest::Compares(_, TimeValue::DaysAgo(_)))
            }
            Condition::Tag(_)
            | Condition::Attribute(..)
            | Condition::Status(_)
            | Condition::Blocked
            | Condition::Online => true,
            Condition::Text(..) | Condition::Network(_) | Condition::Id(_) => false,
        };
    });
    unlogged
}
