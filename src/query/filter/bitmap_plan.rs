//! The contacts that conditions leave as a set, from the sets that are kept and from ranges of indexes.

use std::cell::OnceCell;

use crate::db::list::bitmap_index::{self, Point, Set};
use crate::db::list::{filter_lookup, sort_index};
use crate::db::{self, IdSet, Owner, Read, Scope};
use crate::error::Result;
use crate::model::{Sort, TextField, TimeField, limits};
use crate::query::filter::eval::{Test, Values, Verb};
use crate::query::filter::{SET, Seen, Sieve};

/// So few that no other condition is looked up.
const ENOUGH: usize = if cfg!(test) { 2 } else { 64 };

/// Entries of a range that are read to spare a row that would be held against the condition: for a count, where all would be, and for a
/// page; and those that are read in any case.
const SPARES: usize = 32;
const SPARES_OF_PAGE: usize = 4;
pub(in crate::query) const SOON: usize = if cfg!(test) { 6 } else { 2_048 };

/// Contacts held against a condition that tell something about how many meet it, and how many at most are counted.
const SAMPLE: usize = if cfg!(test) { 3 } else { 24 };
pub(super) const COUNTED: usize = 2 * SAMPLE;

/// Bytes of a folded text that are certainly not cut in a key.
const UNCUT: usize = 110;

/// Contacts among which all are that meet conditions, as far as they are in the lists asked for.
#[derive(Debug)]
pub(in crate::query) struct Known {
    pub(in crate::query) ids: IdSet,
    /// Whether they all do: nobody has to be held against the conditions.
    pub(in crate::query) exact: bool,
}

/// One look.
struct Look<'a> {
    sieve: &'a Sieve,
    db: &'a Read<'a>,
    last: i64,
    everybody: OnceCell<IdSet>,
}

impl Sieve {
    /// The contacts that can meet the conditions, if anything tells; of a range of an index, up to `most` contacts are read.
    pub(in crate::query) fn known(&self, db: &Read<'_>, most: usize) -> Result<Option<Known>> {
        let last = db::contact::last_id(db)?;
        let look = Look { sieve: self, db, last, everybody: OnceCell::new() };
        match look.at(&self.test, most)? {
            None if most > SOON => look.having(&self.test),
            known => Ok(known),
        }
    }
}

/// Everybody who is in some lists that are not an advisor's.
pub(in crate::query) fn listed(db: &Read<'_>, scopes: &[Scope]) -> Result<IdSet> {
    let mut ids = IdSet::up_to(db::contact::last_id(db)?);
    let networks = db::directory::network_ids(db)?.len();
    for owner in owners(scopes) {
        let own = scopes.iter().filter(|scope| scope.owner == owner);
        if own.clone().count() == networks {
            bitmap_index::add_to(db, Set::List(owner, None), &mut ids)?;
        } else {
            for scope in own {
                bitmap_index::add_to(db, Set::List(owner, Some(scope.network)), &mut ids)?;
            }
        }
    }
    Ok(ids)
}

fn owners(scopes: &[Scope]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

impl Look<'_> {
    /// The contacts that can meet conditions; of a range, up to `most` are read.
    fn at(&self, test: &Test, most: usize) -> Result<Option<Known>> {
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let exactly = |ids| Ok(Some(Known { ids, exact: true }));
        match test {
            Test::All(all) => self.all(all, most),
            Test::Any(all) => {
                let mut either = Known { ids: self.nobody(), exact: true };
                for test in all {
                    let Some(known) = self.at(test, most)? else { return Ok(None) };
                    either.ids.add(&known.ids);
                    either.exact &= known.exact;
                }
                Ok(Some(either))
            }
            Test::Not(inner) => {
                if let Test::Text(field, Verb::Present, _) = **inner
                    && let Some(point) = point_of(field)
                {
                    return exactly(self.lacking(point)?);
                }
                match self.at(inner, most)? {
                    Some(Known { ids, exact: true }) => exactly(self.everybody()?.without(&ids)),
                    _ => Ok(None),
                }
            }
            Test::Tags(Some(tags)) => exactly(self.sets(tags.iter().map(|tag| Set::Tag(*tag)))?),
            Test::Network(wanted) => {
                let owners = owners(&self.sieve.wide);
                let lists = wanted
                    .iter()
                    .flat_map(|(network, _)| owners.iter().map(|owner| Set::List(*owner, Some(*network))));
                exactly(self.sets(lists)?)
            }
            Test::Values(defs, values) => {
                if let Values::Between(ranges) = values {
                    let pairs = defs.iter().flat_map(|def| ranges.iter().map(move |range| (*def, range)));
                    let range = |(def, (least, most)): (i64, &(_, _))| {
                        Ok(filter_lookup::with_attribute(self.db, def, Some((least, most)), fetch)?)
                    };
                    let ids = self.gathered(pairs.map(range), most)?;
                    return Ok(ids.map(|ids| Known { ids, exact: true }));
                }
                let ids = self.sets(defs.iter().map(|def| Set::Attribute(*def)))?;
                Ok(Some(Known { ids, exact: matches!(values, Values::Any) }))
            }
            Test::Time(field @ (TimeField::Created | TimeField::Active), least, greatest) => {
                let sort = if *field == TimeField::Created { Sort::Created } else { Sort::Activity };
                let end = [&sort_index::time_key(*greatest)[..], &[0]].concat();
                let ids = self.sieve.sorted(self.db, sort, &sort_index::time_key(*least), &end, fetch)?;
                Ok(self.gathered([Ok(ids)].into_iter(), most)?.map(|ids| Known { ids, exact: true }))
            }
            Test::Text(field, Verb::Present, _) => self.present(*field, most),
            Test::Text(field @ (TextField::Email | TextField::Phone), Verb::Contains, wanted) => {
                // All of them are looked at, so it is not done for a page.
                if i64::try_from(most).is_ok_and(|most| most < self.last) || most <= SET {
                    return Ok(None);
                }
                let phones = *field == TextField::Phone;
                let found =
                    wanted.iter().map(|wanted| Ok(filter_lookup::with_part(self.db, phones, &wanted.text)?));
                Ok(self.gathered(found, usize::MAX)?.map(|ids| Known { ids, exact: true }))
            }
            Test::Text(field, verb, wanted) => {
                let field_and_verb = (*field, *verb);
                let mut all = Vec::new();
                for wanted in wanted {
                    let Some(ids) = self.sieve.text(self.db, field_and_verb, wanted, fetch)? else {
                        return Ok(None);
                    };
                    all.push(Ok(ids));
                }
                let keyed = matches!(field, TextField::Company | TextField::City | TextField::Country);
                let exact = keyed && wanted.iter().all(|wanted| wanted.text.len() <= UNCUT);
                let ids = self.gathered(all.into_iter(), most)?;
                Ok(ids.map(|ids| Known { ids, exact }))
            }
            Test::Status(_) | Test::Ids(_) | Test::Blocked => {
                let ids = self.sieve.within(self.db, test, most)?;
                Ok(ids.map(|ids| Known { ids: IdSet::of(&ids, self.last), exact: false }))
            }
            Test::Tags(None) | Test::Time(TimeField::Updated, ..) => Ok(None),
        }
    }

    /// Those who have a value at all of what is asked for, where a range of values is too long to be read.
    fn having(&self, test: &Test) -> Result<Option<Known>> {
        match test {
            Test::Values(defs, Values::Between(_)) => {
                let ids = self.sets(defs.iter().map(|def| Set::Attribute(*def)))?;
                Ok(Some(Known { ids, exact: false }))
            }
            Test::Any(all) => {
                let mut either = Known { ids: self.nobody(), exact: false };
                for test in all {
                    let known = if is_kept(test) { self.at(test, 0)? } else { self.having(test)? };
                    let Some(known) = known else { return Ok(None) };
                    either.ids.add(&known.ids);
                }
                Ok(Some(either))
            }
            _ => Ok(None),
        }
    }

    /// Those that are in all sets that are known. What is kept as a set is cheaper than a range, and comes first; then come ranges that
    /// are short.
    fn all(&self, all: &[Test], most: usize) -> Result<Option<Known>> {
        let (sets, ranges): (Vec<&Test>, Vec<&Test>) = all.iter().partition(|test| is_kept(test));
        let mut both: Option<IdSet> = None;
        let mut exact = true;
        let mut meet = |both: &mut Option<IdSet>, known: Known| {
            exact &= known.exact;
            *both = Some(both.take().map_or_else(|| known.ids.clone(), |both| both.and(&known.ids)));
        };
        let (mut long, mut left_out, whole) = (Vec::new(), false, most > SOON);
        for test in sets.into_iter().chain(ranges) {
            if both.as_ref().is_some_and(|both| both.len() <= ENOUGH) {
                left_out = true;
                break;
            }
            let soon = if is_kept(test) { most } else { most.min(SOON) };
            let is_long = !is_kept(test) && (self.sieve.seen(test).long || self.is_wide(test, soon));
            let known = if is_long { None } else { self.at(test, soon)? };
            if let Some(known) = known {
                meet(&mut both, known);
            } else {
                self.sieve.note_long(test);
                long.push(test);
            }
        }
        for test in long {
            let left = both.as_ref().map(IdSet::len).filter(|left| *left <= limits::COUNTED);
            // Few are sooner read than a range that is much longer.
            let spares = if most > SET { SPARES } else { SPARES_OF_PAGE };
            let most = left.map_or(most, |left| most.min(left.saturating_mul(spares)));
            // Of a page's, those who have something in a field are read in a short range only.
            let is_short = most <= SET && matches!(test, Test::Text(_, Verb::Present, _));
            let is_read = most > SOON && !is_short && !self.is_wide(test, most);
            let mut known = if is_read { self.at(test, most)? } else { None };
            if known.is_none() {
                left_out = true;
                known = if whole { self.having(test)? } else { None };
            }
            if let Some(known) = known {
                meet(&mut both, known);
            }
        }
        if all.is_empty() {
            both = Some(self.everybody()?.clone());
        }
        let exact = exact && !left_out;
        Ok(both.map(|ids| Known { exact: exact || ids.len() == 0, ids }))
    }

    /// Whether a range is certainly much longer than what may be read of it, by the contacts that have been held against it.
    fn is_wide(&self, test: &Test, most: usize) -> bool {
        let Seen { held, met, .. } = self.sieve.seen(test);
        if held < SAMPLE {
            return false;
        }
        let unmet = held.saturating_sub(met);
        let part = match test {
            Test::Not(_) => unmet,
            Test::Text(_, Verb::Present, _) => met.min(unmet),
            _ => met,
        };
        let all = usize::try_from(self.last).unwrap_or_default().saturating_mul(part);
        part > 1 && all.checked_div(held).unwrap_or_default() > most.saturating_mul(2)
    }

    /// Those who have something in a field, from those who lack it or from those who have it, whoever are fewer.
    fn present(&self, field: TextField, most: usize) -> Result<Option<Known>> {
        let sort = match field {
            TextField::Company => Sort::Company,
            TextField::City => Sort::City,
            TextField::Country => Sort::Country,
            _ => {
                let Some(point) = point_of(field) else { return Ok(None) };
                let ids = self.everybody()?.without(&self.lacking(point)?);
                return Ok(Some(Known { ids, exact: true }));
            }
        };
        if !self.sieve.folded {
            return Ok(None);
        }
        let most = if most > SET { most } else { most.min(SOON) };
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        // The key of those who lack it is empty.
        let found = self.sieve.sorted(self.db, sort, &[], &[0], fetch)?;
        if let Some(lacking) = self.gathered([Ok(found)].into_iter(), most)? {
            return Ok(Some(Known { ids: self.everybody()?.without(&lacking), exact: true }));
        }
        let found = self.sieve.sorted(self.db, sort, &[0], &[0xFF], fetch)?;
        Ok(self.gathered([Ok(found)].into_iter(), most)?.map(|ids| Known { ids, exact: true }))
    }

    /// Those who lack a point.
    fn lacking(&self, point: Point) -> Result<IdSet> {
        let owners = owners(&self.sieve.wide);
        self.sets(owners.into_iter().map(|owner| Set::Lacking(owner, point)))
    }

    /// All of what several give, if it is not too much.
    fn gathered(&self, all: impl Iterator<Item = Result<Vec<i64>>>, most: usize) -> Result<Option<IdSet>> {
        let mut ids = self.nobody();
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

    fn sets(&self, sets: impl Iterator<Item = Set>) -> Result<IdSet> {
        let mut ids = self.nobody();
        for set in sets {
            bitmap_index::add_to(self.db, set, &mut ids)?;
        }
        Ok(ids)
    }

    fn nobody(&self) -> IdSet {
        IdSet::up_to(self.last)
    }

    /// Everybody in the lists asked for, on whatever network.
    fn everybody(&self) -> Result<&IdSet> {
        if let Some(known) = self.everybody.get() {
            return Ok(known);
        }
        let owners = owners(&self.sieve.wide);
        let ids = self.sets(owners.into_iter().map(|owner| Set::List(owner, None)))?;
        Ok(self.everybody.get_or_init(|| ids))
    }
}

/// The point that a field is about, if who lacks it is kept.
fn point_of(field: TextField) -> Option<Point> {
    match field {
        TextField::Email => Some(Point::Email),
        TextField::Phone => Some(Point::Phone),
        _ => None,
    }
}

/// Whether a condition is answered by sets alone.
fn is_kept(test: &Test) -> bool {
    match test {
        Test::All(all) | Test::Any(all) => all.iter().all(is_kept),
        Test::Not(inner) => is_kept(inner),
        Test::Tags(Some(_)) | Test::Network(_) | Test::Values(_, Values::Any | Values::Contains(_)) => true,
        Test::Text(field, Verb::Present, _) => point_of(*field).is_some(),
        _ => false,
    }
}

/// Whether sets alone tell just who meets a condition.
pub(super) fn is_exact(test: &Test) -> bool {
    match test {
        Test::All(all) | Test::Any(all) => all.iter().all(is_exact),
        Test::Not(inner) => is_exact(inner),
        Test::Values(_, values) => matches!(values, Values::Any),
        _ => is_kept(test),
    }
}

#[cfg(test)]
#[path = "bitmap_plan_tests.rs"]
mod tests;
