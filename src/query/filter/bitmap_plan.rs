//! The contacts that conditions leave as a set, from the sets that are kept and from ranges of indexes.

use std::cell::OnceCell;

use crate::db::list::bitmap_index::{self, BitmapKey, ContactMethodKind};
use crate::db::list::{filter_lookup, sort_index};
use crate::db::{self, Bitmap, Owner, Read, Scope};
use crate::error::Result;
use crate::model::{SortField, TextField, TimeField, limits};
use crate::query::filter::eval::{Predicate, TextOperator, ValueOperator};
use crate::query::filter::{CompiledFilter, ConditionStats, MAX_CANDIDATE_BITMAP};

/// So few that no other condition is looked up.
const STOP_THRESHOLD: usize = if cfg!(test) { 2 } else { 64 };

/// Entries of a range that are read to spare a row that would be held against the condition: for a count, where all would be, and for a
/// page; and those that are read in any case.
const RANGE_ENTRIES_PER_ROW: usize = 32;
const RANGE_ENTRIES_PER_PAGE_ROW: usize = 4;
pub(in crate::query) const QUICK_RANGE_LIMIT: usize = if cfg!(test) { 6 } else { 2_048 };

/// Contacts held against a condition that tell something about how many meet it, and how many at most are counted.
const MIN_SAMPLE: usize = if cfg!(test) { 3 } else { 24 };
pub(super) const MAX_SAMPLE: usize = 2 * MIN_SAMPLE;

/// Bytes of a folded text that are certainly not cut in a key.
const MAX_UNTRUNCATED_TEXT: usize = 110;

/// Contacts among which all are that meet conditions, as far as they are in the lists asked for.
#[derive(Debug)]
pub(in crate::query) struct CandidateBitmap {
    pub(in crate::query) ids: Bitmap,
    /// Whether they all do: nobody has to be held against the conditions.
    pub(in crate::query) exact: bool,
}

/// One look.
struct BitmapPlanner<'a> {
    filter: &'a CompiledFilter,
    db: &'a Read<'a>,
    max_id: i64,
    all_ids: OnceCell<Bitmap>,
}

impl CompiledFilter {
    /// The contacts that can meet the conditions, if anything tells; of a range of an index, up to `most` contacts are read.
    pub(in crate::query) fn candidate_bitmap(
        &self,
        db: &Read<'_>,
        most: usize,
    ) -> Result<Option<CandidateBitmap>> {
        let last = db::contact::last_id(db)?;
        let look = BitmapPlanner { filter: self, db, max_id: last, all_ids: OnceCell::new() };
        match look.plan(&self.predicate, most)? {
            None if most > QUICK_RANGE_LIMIT => look.plan_by_presence(&self.predicate),
            known => Ok(known),
        }
    }
}

/// Everybody who is in some lists that are not an advisor's.
pub(in crate::query) fn scopes_bitmap(db: &Read<'_>, scopes: &[Scope]) -> Result<Bitmap> {
    let mut ids = Bitmap::with_max_id(db::contact::last_id(db)?);
    let networks = db::directory::network_ids(db)?.len();
    for owner in distinct_owners(scopes) {
        let own = scopes.iter().filter(|scope| scope.owner == owner);
        if own.clone().count() == networks {
            bitmap_index::union_into(db, BitmapKey::List(owner, None), &mut ids)?;
        } else {
            for scope in own {
                bitmap_index::union_into(db, BitmapKey::List(owner, Some(scope.network)), &mut ids)?;
            }
        }
    }
    Ok(ids)
}

fn distinct_owners(scopes: &[Scope]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

impl BitmapPlanner<'_> {
    /// The contacts that can meet conditions; of a range, up to `most` are read.
    fn plan(&self, test: &Predicate, most: usize) -> Result<Option<CandidateBitmap>> {
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let exactly = |ids| Ok(Some(CandidateBitmap { ids, exact: true }));
        match test {
            Predicate::All(all) => self.plan_all(all, most),
            Predicate::Any(all) => {
                let mut either = CandidateBitmap { ids: self.empty_bitmap(), exact: true };
                for test in all {
                    let Some(known) = self.plan(test, most)? else { return Ok(None) };
                    either.ids.union_with(&known.ids);
                    either.exact &= known.exact;
                }
                Ok(Some(either))
            }
            Predicate::Not(inner) => {
                if let Predicate::Text(field, TextOperator::Present, _) = **inner
                    && let Some(point) = contact_method_of(field)
                {
                    return exactly(self.contacts_without(point)?);
                }
                match self.plan(inner, most)? {
                    Some(CandidateBitmap { ids, exact: true }) => {
                        exactly(self.all_contacts()?.difference(&ids))
                    }
                    _ => Ok(None),
                }
            }
            Predicate::Tags(Some(tags)) => {
                exactly(self.union_of(tags.iter().map(|tag| BitmapKey::Tag(*tag)))?)
            }
            Predicate::Network(wanted) => {
                let owners = distinct_owners(&self.filter.covering_scopes);
                let lists = wanted.iter().flat_map(|(network, _)| {
                    owners.iter().map(|owner| BitmapKey::List(*owner, Some(*network)))
                });
                exactly(self.union_of(lists)?)
            }
            Predicate::Attributes(defs, values) => {
                if let ValueOperator::Between(ranges) = values {
                    let pairs = defs.iter().flat_map(|def| ranges.iter().map(move |range| (*def, range)));
                    let range = |(def, (least, most)): (i64, &(_, _))| {
                        Ok(filter_lookup::contacts_with_attribute(self.db, def, Some((least, most)), fetch)?)
                    };
                    let ids = self.collect_ids(pairs.map(range), most)?;
                    return Ok(ids.map(|ids| CandidateBitmap { ids, exact: true }));
                }
                let ids = self.union_of(defs.iter().map(|def| BitmapKey::Attribute(*def)))?;
                Ok(Some(CandidateBitmap { ids, exact: matches!(values, ValueOperator::Present) }))
            }
            Predicate::Time(field @ (TimeField::Created | TimeField::Active), least, greatest) => {
                let sort =
                    if *field == TimeField::Created { SortField::Created } else { SortField::Activity };
                let end = [&sort_index::time_key(*greatest)[..], &[0]].concat();
                let ids = self.filter.range_candidates(
                    self.db,
                    sort,
                    &sort_index::time_key(*least),
                    &end,
                    fetch,
                )?;
                Ok(self
                    .collect_ids([Ok(ids)].into_iter(), most)?
                    .map(|ids| CandidateBitmap { ids, exact: true }))
            }
            Predicate::Text(field, TextOperator::Present, _) => self.plan_present(*field, most),
            Predicate::Text(
                field @ (TextField::Email | TextField::Phone),
                TextOperator::Contains,
                wanted,
            ) => {
                // All of them are looked at, so it is not done for a page.
                if i64::try_from(most).is_ok_and(|most| most < self.max_id) || most <= MAX_CANDIDATE_BITMAP {
                    return Ok(None);
                }
                let phones = *field == TextField::Phone;
                let found = wanted.iter().map(|wanted| {
                    Ok(filter_lookup::contacts_with_method_containing(self.db, phones, &wanted.text)?)
                });
                Ok(self.collect_ids(found, usize::MAX)?.map(|ids| CandidateBitmap { ids, exact: true }))
            }
            Predicate::Text(field, verb, wanted) => {
                let field_and_verb = (*field, *verb);
                let mut all = Vec::new();
                for wanted in wanted {
                    let Some(ids) = self.filter.text_candidates(self.db, field_and_verb, wanted, fetch)?
                    else {
                        return Ok(None);
                    };
                    all.push(Ok(ids));
                }
                let keyed = matches!(field, TextField::Company | TextField::City | TextField::Country);
                let exact = keyed && wanted.iter().all(|wanted| wanted.text.len() <= MAX_UNTRUNCATED_TEXT);
                let ids = self.collect_ids(all.into_iter(), most)?;
                Ok(ids.map(|ids| CandidateBitmap { ids, exact }))
            }
            Predicate::Status(_) | Predicate::Ids(_) | Predicate::Blocked => {
                let ids = self.filter.candidate_ids_of(self.db, test, most)?;
                Ok(ids.map(|ids| CandidateBitmap { ids: Bitmap::from_ids(&ids, self.max_id), exact: false }))
            }
            Predicate::Tags(None) | Predicate::Time(TimeField::Updated, ..) => Ok(None),
        }
    }

    /// Those who have a value at all of what is asked for, where a range of values is too long to be read.
    fn plan_by_presence(&self, test: &Predicate) -> Result<Option<CandidateBitmap>> {
        match test {
            Predicate::Attributes(defs, ValueOperator::Between(_)) => {
                let ids = self.union_of(defs.iter().map(|def| BitmapKey::Attribute(*def)))?;
                Ok(Some(CandidateBitmap { ids, exact: false }))
            }
            Predicate::Any(all) => {
                let mut either = CandidateBitmap { ids: self.empty_bitmap(), exact: false };
                for test in all {
                    let known = if is_bitmap_backed(test) {
                        self.plan(test, 0)?
                    } else {
                        self.plan_by_presence(test)?
                    };
                    let Some(known) = known else { return Ok(None) };
                    either.ids.union_with(&known.ids);
                }
                Ok(Some(either))
            }
            _ => Ok(None),
        }
    }

    /// Those that are in all sets that are known. What is kept as a set is cheaper than a range, and comes first; then come ranges that
    /// are short.
    fn plan_all(&self, all: &[Predicate], most: usize) -> Result<Option<CandidateBitmap>> {
        let (sets, ranges): (Vec<&Predicate>, Vec<&Predicate>) =
            all.iter().partition(|test| is_bitmap_backed(test));
        let mut both: Option<Bitmap> = None;
        let mut exact = true;
        let mut meet = |both: &mut Option<Bitmap>, known: CandidateBitmap| {
            exact &= known.exact;
            *both = Some(both.take().map_or_else(|| known.ids.clone(), |both| both.intersection(&known.ids)));
        };
        let (mut long, mut left_out, whole) = (Vec::new(), false, most > QUICK_RANGE_LIMIT);
        for test in sets.into_iter().chain(ranges) {
            if both.as_ref().is_some_and(|both| both.len() <= STOP_THRESHOLD) {
                left_out = true;
                break;
            }
            let soon = if is_bitmap_backed(test) { most } else { most.min(QUICK_RANGE_LIMIT) };
            let is_long = !is_bitmap_backed(test)
                && (self.filter.stats_of(test).has_long_range || self.is_long_range(test, soon));
            let known = if is_long { None } else { self.plan(test, soon)? };
            if let Some(known) = known {
                meet(&mut both, known);
            } else {
                self.filter.mark_long_range(test);
                long.push(test);
            }
        }
        for test in long {
            let left = both.as_ref().map(Bitmap::len).filter(|left| *left <= limits::COUNT_SCAN_ROWS);
            // Few are sooner read than a range that is much longer.
            let spares =
                if most > MAX_CANDIDATE_BITMAP { RANGE_ENTRIES_PER_ROW } else { RANGE_ENTRIES_PER_PAGE_ROW };
            let most = left.map_or(most, |left| most.min(left.saturating_mul(spares)));
            // Of a page's, those who have something in a field are read in a short range only.
            let is_short =
                most <= MAX_CANDIDATE_BITMAP && matches!(test, Predicate::Text(_, TextOperator::Present, _));
            let is_read = most > QUICK_RANGE_LIMIT && !is_short && !self.is_long_range(test, most);
            let mut known = if is_read { self.plan(test, most)? } else { None };
            if known.is_none() {
                left_out = true;
                known = if whole { self.plan_by_presence(test)? } else { None };
            }
            if let Some(known) = known {
                meet(&mut both, known);
            }
        }
        if all.is_empty() {
            both = Some(self.all_contacts()?.clone());
        }
        let exact = exact && !left_out;
        Ok(both.map(|ids| CandidateBitmap { exact: exact || ids.len() == 0, ids }))
    }

    /// Whether a range is certainly much longer than what may be read of it, by the contacts that have been held against it.
    fn is_long_range(&self, test: &Predicate, most: usize) -> bool {
        let ConditionStats { tested: held, matched: met, .. } = self.filter.stats_of(test);
        if held < MIN_SAMPLE {
            return false;
        }
        let unmet = held.saturating_sub(met);
        let part = match test {
            Predicate::Not(_) => unmet,
            Predicate::Text(_, TextOperator::Present, _) => met.min(unmet),
            _ => met,
        };
        let all = usize::try_from(self.max_id).unwrap_or_default().saturating_mul(part);
        part > 1 && all.checked_div(held).unwrap_or_default() > most.saturating_mul(2)
    }

    /// Those who have something in a field, from those who lack it or from those who have it, whoever are fewer.
    fn plan_present(&self, field: TextField, most: usize) -> Result<Option<CandidateBitmap>> {
        let sort = match field {
            TextField::Company => SortField::Company,
            TextField::City => SortField::City,
            TextField::Country => SortField::Country,
            _ => {
                let Some(point) = contact_method_of(field) else { return Ok(None) };
                let ids = self.all_contacts()?.difference(&self.contacts_without(point)?);
                return Ok(Some(CandidateBitmap { ids, exact: true }));
            }
        };
        if !self.filter.is_fold_current {
            return Ok(None);
        }
        let most = if most > MAX_CANDIDATE_BITMAP { most } else { most.min(QUICK_RANGE_LIMIT) };
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        // The key of those who lack it is empty.
        let found = self.filter.range_candidates(self.db, sort, &[], &[0], fetch)?;
        if let Some(lacking) = self.collect_ids([Ok(found)].into_iter(), most)? {
            return Ok(Some(CandidateBitmap { ids: self.all_contacts()?.difference(&lacking), exact: true }));
        }
        let found = self.filter.range_candidates(self.db, sort, &[0], &[0xFF], fetch)?;
        Ok(self.collect_ids([Ok(found)].into_iter(), most)?.map(|ids| CandidateBitmap { ids, exact: true }))
    }

    /// Those who lack a point.
    fn contacts_without(&self, point: ContactMethodKind) -> Result<Bitmap> {
        let owners = distinct_owners(&self.filter.covering_scopes);
        self.union_of(owners.into_iter().map(|owner| BitmapKey::WithoutMethod(owner, point)))
    }

    /// All of what several give, if it is not too much.
    fn collect_ids(
        &self,
        all: impl Iterator<Item = Result<Vec<i64>>>,
        most: usize,
    ) -> Result<Option<Bitmap>> {
        let mut ids = self.empty_bitmap();
        let mut count = 0_usize;
        for found in all {
            let found = found?;
            count = count.saturating_add(found.len());
            if count > most {
                return Ok(None);
            }
            for id in found {
                ids.insert(id);
            }
        }
        Ok(Some(ids))
    }

    fn union_of(&self, sets: impl Iterator<Item = BitmapKey>) -> Result<Bitmap> {
        let mut ids = self.empty_bitmap();
        for set in sets {
            bitmap_index::union_into(self.db, set, &mut ids)?;
        }
        Ok(ids)
    }

    fn empty_bitmap(&self) -> Bitmap {
        Bitmap::with_max_id(self.max_id)
    }

    /// Everybody in the lists asked for, on whatever network.
    fn all_contacts(&self) -> Result<&Bitmap> {
        if let Some(known) = self.all_ids.get() {
            return Ok(known);
        }
        let owners = distinct_owners(&self.filter.covering_scopes);
        let ids = self.union_of(owners.into_iter().map(|owner| BitmapKey::List(owner, None)))?;
        Ok(self.all_ids.get_or_init(|| ids))
    }
}

/// The point that a field is about, if who lacks it is kept.
fn contact_method_of(field: TextField) -> Option<ContactMethodKind> {
    match field {
        TextField::Email => Some(ContactMethodKind::Email),
        TextField::Phone => Some(ContactMethodKind::Phone),
        _ => None,
    }
}

/// Whether a condition is answered by sets alone.
fn is_bitmap_backed(test: &Predicate) -> bool {
    match test {
        Predicate::All(all) | Predicate::Any(all) => all.iter().all(is_bitmap_backed),
        Predicate::Not(inner) => is_bitmap_backed(inner),
        Predicate::Tags(Some(_))
        | Predicate::Network(_)
        | Predicate::Attributes(_, ValueOperator::Present | ValueOperator::Contains(_)) => true,
        Predicate::Text(field, TextOperator::Present, _) => contact_method_of(*field).is_some(),
        _ => false,
    }
}

/// Whether sets alone tell just who meets a condition.
pub(super) fn is_exact_by_bitmaps(test: &Predicate) -> bool {
    match test {
        Predicate::All(all) | Predicate::Any(all) => all.iter().all(is_exact_by_bitmaps),
        Predicate::Not(inner) => is_exact_by_bitmaps(inner),
        Predicate::Attributes(_, values) => matches!(values, ValueOperator::Present),
        _ => is_bitmap_backed(test),
    }
}

#[cfg(test)]
#[path = "bitmap_plan_tests.rs"]
mod tests;
