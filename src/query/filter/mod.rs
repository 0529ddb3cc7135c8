//! Conditions made ready for one call: names looked up, texts folded, moments known.
//!
//! Two things are asked of them. `propose.rs`: which contacts can meet them, if tables say so and they are few. `test.rs`: whether one does,
//! by its row, its tags and its attributes, of which the last two are read for many at a time and often decide alone.

mod bitmap_plan;
pub(crate) mod block_filter;
mod candidates;
mod compile;
mod eval;
mod scan;

use std::cell::RefCell;
use std::collections::HashMap;

use crate::access::rights::Rights;
use crate::db::contact::{StoredContact, many};
use crate::db::list::filter_lookup::{self, FilterValue};
use crate::db::list::sort_index::{self, FilterRow};
use crate::db::{self, Owner, Read, Scope};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::index;
use crate::model::{Condition, Filter, FilterNode, TextField, TimeField, TimeTest, Timestamp};
pub(in crate::query) use crate::query::filter::bitmap_plan::{
    CandidateBitmap, QUICK_RANGE_LIMIT, scopes_bitmap,
};
use crate::query::filter::block_filter::BlockFilter;
use crate::query::filter::eval::Predicate;
pub(crate) use crate::query::filter::scan::{FilterScan, reject_unknown_names, scan_filtered};

/// Contacts that a condition may single out: fewer are read and held against the query, more are not worth it.
pub(super) const MAX_CANDIDATE_IDS: usize = if cfg!(test) { 4 } else { 512 };

/// Contacts that conditions may leave to be kept as a set.
pub(super) const MAX_CANDIDATE_BITMAP: usize = if cfg!(test) { 8 } else { 16_384 };

/// A filter made ready for one call.
#[derive(Debug)]
pub(super) struct CompiledFilter {
    predicate: Predicate,
    block_filter: Option<BlockFilter>,
    uses_tags: bool,
    /// The attributes that count, by local id; `None` if none does.
    attribute_ids: Option<Vec<i64>>,
    /// Whether something counts that the shortest look at a row tells.
    uses_filter_row: bool,
    /// The lists that have everybody who can be among those asked for.
    covering_scopes: Vec<Scope>,
    /// Whether the folded texts of all contacts are this library's.
    is_fold_current: bool,
    /// What has been seen of each of the conditions that all must hold.
    stats: RefCell<Vec<ConditionStats>>,
}

/// What has been seen of a condition.
#[derive(Debug, Clone, Copy, Default)]
struct ConditionStats {
    /// Contacts that were held against it, and how many of them met it.
    tested: usize,
    matched: usize,
    /// The index has more for it than a short range.
    has_long_range: bool,
}

/// What is known of some contacts besides their rows.
#[derive(Debug, Default)]
pub(super) struct FilterInputs {
    tags: HashMap<i64, Vec<i64>>,
    attributes: HashMap<i64, Vec<(i64, FilterValue)>>,
    /// Of contacts whose rows were not read.
    filter_rows: HashMap<i64, FilterRow>,
}

impl CompiledFilter {
    /// Makes a filter ready; `None` for one that everybody meets.
    ///
    /// # Errors
    /// What the filter itself has wrong; [`Error::NoNetwork`].
    pub(super) fn compile(
        inner: &Engine,
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        filter: &Filter,
    ) -> Result<Option<Self>> {
        Self::compile_at(inner, db, rights, scopes, filter, db.now())
    }

    /// The same, with days counted from a moment.
    pub(super) fn compile_at(
        inner: &Engine,
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
        let (mut tags, mut attributes, mut blocks, mut brief) = (false, false, false, false);
        filter.visit_conditions(&mut |condition| {
            brief |= reads_filter_row(condition);
            tags |= matches!(condition, Condition::Tag(_));
            attributes |= matches!(condition, Condition::Attribute(..));
            blocks |= matches!(condition, Condition::Blocked);
        });
        let wide = covering_scopes(db, scopes)?;
        let maker = compile::FilterCompiler {
            phones: &inner.phones,
            db,
            tenants: filter_tenants(db, rights, scopes)?,
            now,
        };
        let test = maker.compile(filter)?;
        let attributes = attributes.then(|| {
            let mut defs = Vec::new();
            test.collect_attribute_ids(&mut defs);
            defs
        });
        let folded = index::unindexed(db)?.is_empty();
        Ok(Some(Self {
            predicate: test,
            block_filter: BlockFilter::build(db, rights, scopes, blocks.then_some(true))?,
            uses_tags: tags,
            attribute_ids: attributes,
            uses_filter_row: brief && folded,
            covering_scopes: wide,
            is_fold_current: folded,
            stats: RefCell::default(),
        }))
    }

    /// Whether sets alone tell who meets the conditions.
    pub(super) fn is_exact_by_bitmaps(&self) -> bool {
        bitmap_plan::is_exact_by_bitmaps(&self.predicate)
    }

    /// What is to be known of contacts besides their rows.
    pub(super) fn load_inputs(&self, db: &Read<'_>, ids: &[i64]) -> Result<FilterInputs> {
        let mut facts = FilterInputs::default();
        if self.uses_tags {
            for (contact, tag) in filter_lookup::tags_of(db, ids)? {
                facts.tags.entry(contact).or_default().push(tag);
            }
        }
        if let Some(defs) = &self.attribute_ids {
            for (contact, def, norm) in filter_lookup::attributes_of(db, ids, defs)? {
                facts.attributes.entry(contact).or_default().push((def, norm));
            }
        }
        Ok(facts)
    }

    /// Whether a contact may meet the conditions, by what can be told without looking for blocks.
    pub(super) fn may_match(&self, stored: &StoredContact, facts: &FilterInputs) -> bool {
        self.predicate.evaluate(stored.id, Some(stored), facts, None) != Some(false)
    }

    /// Whether a contact meets the conditions.
    pub(super) fn matches(
        &self,
        db: &Read<'_>,
        stored: &StoredContact,
        facts: &FilterInputs,
    ) -> Result<bool> {
        let known = self.predicate.evaluate(stored.id, Some(stored), facts, None);
        let Some(blocked) = self.block_filter.as_ref().filter(|_| known.is_none()) else {
            return Ok(known == Some(true));
        };
        let is_blocked = blocked.matches(db, stored)?;
        Ok(self.predicate.evaluate(stored.id, Some(stored), facts, Some(is_blocked)) == Some(true))
    }

    /// Those of some contacts that meet the conditions, in their order, with their rows where these had to be read, which takes from
    /// `rows`.
    pub(super) fn filter_ids(
        &self,
        db: &Read<'_>,
        ids: &[i64],
        rows: &mut usize,
    ) -> Result<Vec<(i64, Option<StoredContact>)>> {
        let mut facts = self.load_inputs(db, ids)?;
        let mut judged = Vec::with_capacity(ids.len());
        for id in ids {
            let known = self.predicate.evaluate(*id, None, &facts, None);
            if known != Some(false) {
                judged.push((*id, known));
            }
        }
        let open = |judged: &[(i64, Option<bool>)]| -> Vec<i64> {
            judged.iter().filter(|(_, known)| known.is_none()).map(|(id, _)| *id).collect()
        };
        let mut unread = open(&judged);
        *rows = rows.saturating_sub(unread.len());
        if self.uses_filter_row && !unread.is_empty() {
            facts.filter_rows = sort_index::filter_rows(db, &unread)?.into_iter().collect();
            for (id, known) in judged.iter_mut().filter(|(_, known)| known.is_none()) {
                *known = self.predicate.evaluate(*id, None, &facts, None);
                if known.is_some() {
                    self.record_stats(*id, None, &facts);
                }
            }
            judged.retain(|(_, known)| *known != Some(false));
            unread = open(&judged);
        }
        let mut read = many(db, &unread)?;
        if read.len() != unread.len() {
            return Err(Error::Damaged { what: "a list names a contact that is not there", source: None });
        }
        read.reverse();
        let mut left = Vec::with_capacity(judged.len());
        for (id, known) in judged {
            if known.is_some() {
                left.push((id, None));
            } else if let Some(row) = read.pop() {
                self.record_stats(id, Some(&row), &facts);
                if self.matches(db, &row, &facts)? {
                    left.push((id, Some(row)));
                }
            }
        }
        Ok(left)
    }

    /// The conditions that all must hold.
    fn conjuncts(&self) -> &[Predicate] {
        match &self.predicate {
            Predicate::All(all) => all,
            test => std::slice::from_ref(test),
        }
    }

    /// Counts which conditions a contact meets, for some contacts. Those that tags and attributes tell are left out: rows are read
    /// of contacts that may meet these.
    fn record_stats(&self, id: i64, row: Option<&StoredContact>, facts: &FilterInputs) {
        let tests = self.conjuncts();
        let mut all = self.stats.borrow_mut();
        all.resize(tests.len(), ConditionStats::default());
        for (test, seen) in tests.iter().zip(all.iter_mut()) {
            if seen.tested < bitmap_plan::MAX_SAMPLE
                && !test.uses_only_tags_and_attributes()
                && let Some(yes) = test.evaluate(id, row, facts, None)
            {
                seen.tested = seen.tested.saturating_add(1);
                seen.matched = seen.matched.saturating_add(usize::from(yes));
            }
        }
    }

    /// What has been seen of one of the conditions that all must hold.
    fn stats_of(&self, test: &Predicate) -> ConditionStats {
        let at = self.conjuncts().iter().position(|own| std::ptr::eq(own, test));
        at.and_then(|at| self.stats.borrow().get(at).copied()).unwrap_or_default()
    }

    /// Notes that the index has more for a condition than a short range.
    fn mark_long_range(&self, test: &Predicate) {
        let tests = self.conjuncts();
        let mut all = self.stats.borrow_mut();
        all.resize(tests.len(), ConditionStats::default());
        if let Some((_, seen)) = tests.iter().zip(all.iter_mut()).find(|(own, _)| std::ptr::eq(*own, test)) {
            seen.has_long_range = true;
        }
    }

    /// Whether rows are read of most contacts, and not of enough yet to tell by them how long ranges are.
    pub(super) fn needs_more_stats(&self) -> bool {
        let seen = self.stats.borrow();
        seen.iter().any(|seen| (bitmap_plan::MAX_SAMPLE / 4..bitmap_plan::MAX_SAMPLE).contains(&seen.tested))
    }
}

/// Whether the shortest look at a row tells a condition, unless a text is very long.
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

/// Whether something counts that is not in the log of changes.
pub(super) fn depends_on_unlogged_data(filter: &Filter) -> bool {
    let mut beyond = false;
    filter.visit_conditions(&mut |condition| {
        beyond |= match condition {
            Condition::Time(field, test) => {
                *field == crate::model::TimeField::Active
                    || matches!(test, TimeTest::Compares(_, crate::model::TimeValue::DaysAgo(_)))
            }
            Condition::Tag(_)
            | Condition::Attribute(..)
            | Condition::Status(_)
            | Condition::Blocked
            | Condition::Online => true,
            Condition::Text(..) | Condition::Network(_) | Condition::Id(_) => false,
        };
    });
    beyond
}

/// The lists of everybody that have the contacts of some lists: those of the tenant for an advisor's.
pub(super) fn covering_scopes(db: &Read<'_>, scopes: &[Scope]) -> Result<Vec<Scope>> {
    let mut wide = Vec::new();
    for scope in scopes {
        if let Owner::Advisor(advisor) = scope.owner {
            // Whom an advisor is linked to belongs to the same tenant, or to all.
            let tenant = Owner::Tenant(db::directory::advisor_tenant(db, advisor)?);
            wide.extend([Owner::Shared, tenant].map(|owner| owner.on_network(scope.network)));
        } else {
            wide.push(*scope);
        }
    }
    Ok(wide)
}

/// The tenants whose tags and attributes count.
fn filter_tenants(db: &Read<'_>, rights: &Rights, scopes: &[Scope]) -> Result<Vec<i64>> {
    for scope in scopes {
        if let Owner::Advisor(advisor) = scope.owner {
            return Ok(vec![db::directory::advisor_tenant(db, advisor)?]);
        }
    }
    rights.visible_tenants(db)
}
