//! Candidates as a bitmap: the contacts that may match, from stored bitmaps and from ranges of indexes.

use std::cell::OnceCell;

use crate::db::list::bitmap_index::{self, BitmapKey, ContactMethodKind};
use crate::db::list::{filter_lookup, sort_index};
use crate::db::{self, Bitmap, Read};
use crate::error::Result;
use crate::host::tuning::QueryTuning;
use crate::model::{SortField, TextField, TimeField};
use crate::query::cost;
use crate::query::filter::compiled_filter::{CompiledFilter, ConditionStats};
use crate::query::filter::eval::{Predicate, TextOperand, TextOperator, ValueOperator, contact_method_of};
use crate::query::filter::scopes::distinct_owners;

/// A folded text of up to so many bytes is never truncated in a sort key.
const MAX_UNTRUNCATED_TEXT: usize = 110;

/// Contacts that include all that match, as far as they are in the searched lists.
#[derive(Debug)]
pub(in crate::query) struct CandidateBitmap {
    pub(in crate::query) ids: Bitmap,
    /// Whether all candidates match, so that no test is necessary.
    pub(in crate::query) exact: bool,
}

/// One attempt to build a bitmap of candidates.
struct BitmapPlanner<'a> {
    filter: &'a CompiledFilter,
    db: &'a Read<'a>,
    max_id: i64,
    /// See [`BitmapPlanner::all_contacts`].
    all_ids: OnceCell<Bitmap>,
    tuning: QueryTuning,
}

impl CompiledFilter {
    /// The contacts that may match; `None` if no bitmap or range lists them. Up to `limit` entries of each index range are read.
    pub(in crate::query) fn candidate_bitmap(
        &self,
        db: &Read<'_>,
        limit: usize,
    ) -> Result<Option<CandidateBitmap>> {
        let max_id = db::contact::last_id(db)?;
        let planner =
            BitmapPlanner { filter: self, db, max_id, all_ids: OnceCell::new(), tuning: self.tuning };
        match planner.plan(&self.predicate, limit)? {
            None if limit > self.tuning.filter_quick_range => planner.plan_by_presence(&self.predicate),
            planned => Ok(planned),
        }
    }
}

/// Candidates that several conditions have in common so far.
struct Intersection {
    /// `None` before the first condition.
    ids: Option<Bitmap>,
    /// Whether every condition is included exactly.
    exact: bool,
}

impl Intersection {
    fn len(&self) -> Option<usize> {
        self.ids.as_ref().map(Bitmap::len)
    }

    fn intersect(&mut self, planned: CandidateBitmap) {
        self.exact &= planned.exact;
        self.ids = Some(match self.ids.take() {
            Some(ids) => ids.intersection(&planned.ids),
            None => planned.ids,
        });
    }
}

impl BitmapPlanner<'_> {
    /// The contacts that may match a condition; up to `limit` entries of each index range are read.
    fn plan(&self, condition: &Predicate, limit: usize) -> Result<Option<CandidateBitmap>> {
        let fetch = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        let exactly = |ids: Option<Bitmap>| Ok(ids.map(|ids| CandidateBitmap { ids, exact: true }));
        match condition {
            Predicate::All(all) => self.plan_all(all, limit),
            Predicate::Any(all) => {
                let mut union = CandidateBitmap { ids: self.empty_bitmap(), exact: true };
                for each in all {
                    let Some(planned) = self.plan(each, limit)? else { return Ok(None) };
                    union.ids.union_with(&planned.ids);
                    union.exact &= planned.exact;
                }
                Ok(Some(union))
            }
            Predicate::Not(negated) => self.plan_not(negated, limit),
            Predicate::Tags(Some(tags)) => {
                exactly(Some(self.union_of(tags.iter().map(|tag| BitmapKey::Tag(*tag)))?))
            }
            Predicate::Network(networks) => {
                let owners = distinct_owners(&self.filter.covering_scopes);
                let lists = networks.iter().flat_map(|(network, _)| {
                    owners.iter().map(|owner| BitmapKey::List(*owner, Some(*network)))
                });
                exactly(Some(self.union_of(lists)?))
            }
            Predicate::Attributes(attributes, ValueOperator::Between(ranges)) => {
                let pairs = attributes
                    .iter()
                    .flat_map(|attribute| ranges.iter().map(move |range| (*attribute, range)));
                let in_range = |(attribute, (first, last)): (i64, &(_, _))| {
                    let range = Some((first, last));
                    Ok(filter_lookup::contacts_with_attribute(self.db, attribute, range, fetch)?)
                };
                exactly(self.collect_ids(pairs.map(in_range), limit)?)
            }
            Predicate::Attributes(attributes, values) => {
                let ids = self.union_of(attributes.iter().map(|id| BitmapKey::Attribute(*id)))?;
                Ok(Some(CandidateBitmap { ids, exact: matches!(values, ValueOperator::Present) }))
            }
            Predicate::Time(field @ (TimeField::Created | TimeField::Active), first, last) => {
                let sort =
                    if *field == TimeField::Created { SortField::Created } else { SortField::Activity };
                let (first, last) = (sort_index::time_key(*first), sort_index::time_key(*last));
                let end = [&last[..], &[0]].concat();
                let ids = self.filter.range_candidates(self.db, sort, &first, &end, fetch)?;
                exactly(self.collect_ids([Ok(ids)].into_iter(), limit)?)
            }
            Predicate::Text(field, TextOperator::Present, _) => self.plan_present(*field, limit),
            Predicate::Text(
                field @ (TextField::Email | TextField::Phone),
                TextOperator::Contains,
                operands,
            ) => match self.plan_text((*field, TextOperator::Contains), operands, limit)? {
                None => self.plan_method_containing(*field, operands, limit),
                planned => Ok(planned),
            },
            Predicate::Text(field, operator, operands) => {
                self.plan_text((*field, *operator), operands, limit)
            }
            Predicate::Status(_) | Predicate::Ids(_) | Predicate::Blocked => {
                let ids = self.filter.candidate_ids_of(self.db, condition, limit)?;
                Ok(ids.map(|ids| CandidateBitmap { ids: Bitmap::from_ids(&ids, self.max_id), exact: false }))
            }
            Predicate::Tags(None) | Predicate::Time(TimeField::Updated, ..) => Ok(None),
        }
    }

    /// The contacts that may not match a condition: all others, if its candidates are exact.
    fn plan_not(&self, negated: &Predicate, limit: usize) -> Result<Option<CandidateBitmap>> {
        if let Predicate::Text(field, TextOperator::Present, _) = negated
            && let Some(method) = contact_method_of(*field)
        {
            return Ok(Some(CandidateBitmap { ids: self.contacts_without(method)?, exact: true }));
        }
        match self.plan(negated, limit)? {
            Some(CandidateBitmap { ids, exact: true }) => {
                Ok(Some(CandidateBitmap { ids: self.all_contacts()?.difference(&ids), exact: true }))
            }
            _ => Ok(None),
        }
    }

    /// The contacts of which a phone or an e-mail address contains a text. This reads the whole table, so it is worth it for a count only.
    fn plan_method_containing(
        &self,
        field: TextField,
        operands: &[TextOperand],
        limit: usize,
    ) -> Result<Option<CandidateBitmap>> {
        let is_below_book = i64::try_from(limit).is_ok_and(|limit| limit < self.max_id);
        if is_below_book || cost::is_page_limit(&self.tuning, limit) {
            return Ok(None);
        }
        let is_phone = field == TextField::Phone;
        let found = operands.iter().map(|operand| {
            Ok(filter_lookup::contacts_with_method_containing(self.db, is_phone, &operand.text)?)
        });
        Ok(self.collect_ids(found, usize::MAX)?.map(|ids| CandidateBitmap { ids, exact: true }))
    }

    /// The contacts of which a field compares as given, by the index of the field.
    fn plan_text(
        &self,
        comparison: (TextField, TextOperator),
        operands: &[TextOperand],
        limit: usize,
    ) -> Result<Option<CandidateBitmap>> {
        let fetch = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        let mut all = Vec::new();
        for operand in operands {
            let ids = self.filter.text_candidates(self.db, comparison, operand, fetch)?;
            let Some(ids) = ids else { return Ok(None) };
            all.push(Ok(ids));
        }
        let has_sort_key = matches!(comparison.0, TextField::Company | TextField::City | TextField::Country);
        let exact = has_sort_key && operands.iter().all(|operand| operand.text.len() <= MAX_UNTRUNCATED_TEXT);
        let ids = self.collect_ids(all.into_iter(), limit)?;
        Ok(ids.map(|ids| CandidateBitmap { ids, exact }))
    }

    /// Where a range of values is too long to be read: the contacts that have any value of the attribute.
    fn plan_by_presence(&self, condition: &Predicate) -> Result<Option<CandidateBitmap>> {
        match condition {
            Predicate::Attributes(attributes, ValueOperator::Between(_)) => {
                let ids = self.union_of(attributes.iter().map(|id| BitmapKey::Attribute(*id)))?;
                Ok(Some(CandidateBitmap { ids, exact: false }))
            }
            Predicate::Any(all) => {
                let mut union = CandidateBitmap { ids: self.empty_bitmap(), exact: false };
                for each in all {
                    let planned = if each.is_bitmap_backed() {
                        self.plan(each, 0)?
                    } else {
                        self.plan_by_presence(each)?
                    };
                    let Some(planned) = planned else { return Ok(None) };
                    union.ids.union_with(&planned.ids);
                }
                Ok(Some(union))
            }
            _ => Ok(None),
        }
    }

    /// The contacts that are in the candidates of every condition. Stored bitmaps cost less than ranges and come first, then short
    /// ranges, then long ranges as far as they save rows.
    fn plan_all(&self, all: &[Predicate], limit: usize) -> Result<Option<CandidateBitmap>> {
        let (with_bitmap, with_range): (Vec<&Predicate>, Vec<&Predicate>) =
            all.iter().partition(|condition| condition.is_bitmap_backed());
        let mut common = Intersection { ids: None, exact: true };
        let mut long_ranges = Vec::new();
        for condition in with_bitmap.into_iter().chain(with_range) {
            if common.len().is_some_and(|len| len <= self.tuning.filter_few_candidates) {
                common.exact = false;
                break;
            }
            let backed = condition.is_bitmap_backed();
            let limit = if backed { limit } else { limit.min(self.tuning.filter_quick_range) };
            let is_long = !backed
                && (self.filter.stats_of(condition).has_long_range || self.is_long_range(condition, limit));
            let planned = if is_long { None } else { self.plan(condition, limit)? };
            if let Some(planned) = planned {
                common.intersect(planned);
            } else {
                self.filter.mark_long_range(condition);
                long_ranges.push(condition);
            }
        }
        for condition in long_ranges {
            self.intersect_long_range(&mut common, condition, limit)?;
        }
        if all.is_empty() {
            common.ids = Some(self.all_contacts()?.clone());
        }
        let exact = common.exact;
        Ok(common.ids.map(|ids| CandidateBitmap { exact: exact || ids.len() == 0, ids }))
    }

    /// Narrows candidates by a condition whose range is longer than a short one, if reading the range saves rows.
    fn intersect_long_range(
        &self,
        common: &mut Intersection,
        condition: &Predicate,
        limit: usize,
    ) -> Result<()> {
        let is_count = limit > self.tuning.filter_quick_range;
        let limit = cost::range_limit(&self.tuning, limit, common.len());
        // For a page, the contacts that have a text in a field are read only if their range is short.
        let only_short = cost::is_page_limit(&self.tuning, limit)
            && matches!(condition, Predicate::Text(_, TextOperator::Present, _));
        let is_read =
            limit > self.tuning.filter_quick_range && !only_short && !self.is_long_range(condition, limit);
        let mut planned = if is_read { self.plan(condition, limit)? } else { None };
        if planned.is_none() {
            common.exact = false;
            planned = if is_count { self.plan_by_presence(condition)? } else { None };
        }
        if let Some(planned) = planned {
            common.intersect(planned);
        }
        Ok(())
    }

    /// Whether a range is certainly much longer than `limit` entries, by the contacts that were tested so far.
    fn is_long_range(&self, condition: &Predicate, limit: usize) -> bool {
        let ConditionStats { tested, matched, .. } = self.filter.stats_of(condition);
        let unmatched = tested.saturating_sub(matched);
        let in_range = match condition {
            Predicate::Not(_) => unmatched,
            // Either side of the range gives the other.
            Predicate::Text(_, TextOperator::Present, _) => matched.min(unmatched),
            _ => matched,
        };
        cost::is_long_range(&self.tuning, (tested, in_range), self.max_id, limit)
    }

    /// The contacts that have a text in a field: from the range of those that lack it, or of those that have it, whichever is short.
    fn plan_present(&self, field: TextField, limit: usize) -> Result<Option<CandidateBitmap>> {
        let sort = match field {
            TextField::Company => SortField::Company,
            TextField::City => SortField::City,
            TextField::Country => SortField::Country,
            _ => {
                let Some(method) = contact_method_of(field) else { return Ok(None) };
                let ids = self.all_contacts()?.difference(&self.contacts_without(method)?);
                return Ok(Some(CandidateBitmap { ids, exact: true }));
            }
        };
        if !self.filter.is_fold_current {
            return Ok(None);
        }
        let is_page = cost::is_page_limit(&self.tuning, limit);
        let limit = if is_page { limit.min(self.tuning.filter_quick_range) } else { limit };
        let fetch = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        // Contacts without the text have an empty key.
        let found = self.filter.range_candidates(self.db, sort, &[], &[0], fetch)?;
        if let Some(lacking) = self.collect_ids([Ok(found)].into_iter(), limit)? {
            return Ok(Some(CandidateBitmap { ids: self.all_contacts()?.difference(&lacking), exact: true }));
        }
        let found = self.filter.range_candidates(self.db, sort, &[0], &[0xFF], fetch)?;
        Ok(self.collect_ids([Ok(found)].into_iter(), limit)?.map(|ids| CandidateBitmap { ids, exact: true }))
    }

    /// The contacts that lack a contact method.
    fn contacts_without(&self, method: ContactMethodKind) -> Result<Bitmap> {
        let owners = distinct_owners(&self.filter.covering_scopes);
        self.union_of(owners.into_iter().map(|owner| BitmapKey::WithoutMethod(owner, method)))
    }

    /// The union of several id lists; `None` if they have more than `limit` ids together.
    fn collect_ids(
        &self,
        all: impl Iterator<Item = Result<Vec<i64>>>,
        limit: usize,
    ) -> Result<Option<Bitmap>> {
        let mut ids = self.empty_bitmap();
        let mut count = 0_usize;
        for found in all {
            let found = found?;
            count = count.saturating_add(found.len());
            if count > limit {
                return Ok(None);
            }
            for id in found {
                ids.insert(id);
            }
        }
        Ok(Some(ids))
    }

    /// The union of stored bitmaps.
    fn union_of(&self, keys: impl Iterator<Item = BitmapKey>) -> Result<Bitmap> {
        let mut ids = self.empty_bitmap();
        for key in keys {
            bitmap_index::union_into(self.db, key, &mut ids)?;
        }
        Ok(ids)
    }

    fn empty_bitmap(&self) -> Bitmap {
        Bitmap::with_max_id(self.max_id)
    }

    /// All contacts of the owners of the covering lists, on any network.
    fn all_contacts(&self) -> Result<&Bitmap> {
        if let Some(ids) = self.all_ids.get() {
            return Ok(ids);
        }
        let owners = distinct_owners(&self.filter.covering_scopes);
        let ids = self.union_of(owners.into_iter().map(|owner| BitmapKey::List(owner, None)))?;
        Ok(self.all_ids.get_or_init(|| ids))
    }
}
