//! The contacts that conditions leave as a set, from the sets that are kept and from ranges of indexes.

use std::cell::OnceCell;

use super::Sieve;
use super::test::{Test, Values, Verb};
use crate::db::members::{self, Set};
use crate::db::{self, IdSet, Owner, Read, Scope, criteria, sorts};
use crate::error::Result;
use crate::model::{Sort, TextField, TimeField};

/// So few that no other condition is looked up.
const ENOUGH: usize = 64;

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
    /// Entries that are read of one range of an index, at most.
    most: usize,
    everybody: OnceCell<IdSet>,
}

impl Sieve {
    /// The contacts that can meet the conditions, if anything tells; of a range of an index, up to `most` contacts are read.
    pub(in crate::query) fn known(&self, db: &Read<'_>, most: usize) -> Result<Option<Known>> {
        let last = db::contact::last_id(db)?;
        Look { sieve: self, db, last, most, everybody: OnceCell::new() }.at(&self.test)
    }
}

/// Everybody who is in some lists that are not an advisor's.
pub(in crate::query) fn listed(db: &Read<'_>, scopes: &[Scope]) -> Result<IdSet> {
    let mut ids = IdSet::up_to(db::contact::last_id(db)?);
    let networks = db::directory::network_ids(db)?.len();
    for owner in owners(scopes) {
        let own = scopes.iter().filter(|scope| scope.owner == owner);
        if own.clone().count() == networks {
            members::add_to(db, Set::List(owner, None), &mut ids)?;
        } else {
            for scope in own {
                members::add_to(db, Set::List(owner, Some(scope.network)), &mut ids)?;
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
    fn at(&self, test: &Test) -> Result<Option<Known>> {
        let exactly = |ids| Ok(Some(Known { ids, exact: true }));
        match test {
            Test::All(all) => self.all(all),
            Test::Any(all) => {
                let mut either = Known { ids: self.nobody(), exact: true };
                for test in all {
                    let Some(known) = self.at(test)? else { return Ok(None) };
                    either.ids.add(&known.ids);
                    either.exact &= known.exact;
                }
                Ok(Some(either))
            }
            Test::Not(inner) => match self.at(inner)? {
                Some(Known { ids, exact: true }) => exactly(self.everybody()?.without(&ids)),
                _ => Ok(None),
            },
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
                        Ok(criteria::with_attribute(self.db, def, Some((least, most)), self.fetch())?)
                    };
                    if let Some(ids) = self.gathered(pairs.map(range))? {
                        return exactly(ids);
                    }
                }
                let ids = self.sets(defs.iter().map(|def| Set::Attribute(*def)))?;
                Ok(Some(Known { ids, exact: matches!(values, Values::Any) }))
            }
            Test::Time(field @ (TimeField::Created | TimeField::Active), least, greatest) => {
                let sort = if *field == TimeField::Created { Sort::Created } else { Sort::Activity };
                let end = [&sorts::time_key(*greatest)[..], &[0]].concat();
                let ids = self.sieve.sorted(self.db, sort, &sorts::time_key(*least), &end, self.fetch())?;
                Ok(self.gathered([Ok(ids)].into_iter())?.map(|ids| Known { ids, exact: true }))
            }
            Test::Text(field, verb, wanted) => {
                let field_and_verb = (*field, *verb);
                let mut all = Vec::new();
                for wanted in wanted {
                    let Some(ids) = self.sieve.text(self.db, field_and_verb, wanted, self.fetch())? else {
                        return Ok(None);
                    };
                    all.push(Ok(ids));
                }
                let keyed = matches!(field, TextField::Company | TextField::City | TextField::Country);
                let exact = keyed && wanted.iter().all(|wanted| wanted.text.len() <= UNCUT);
                let ids = if *verb == Verb::Present { None } else { self.gathered(all.into_iter())? };
                Ok(ids.map(|ids| Known { ids, exact }))
            }
            Test::Status(_) | Test::Ids(_) | Test::Blocked => {
                let ids = self.sieve.within(self.db, test, self.most)?;
                Ok(ids.map(|ids| Known { ids: IdSet::of(&ids, self.last), exact: false }))
            }
            Test::Tags(None) | Test::Time(TimeField::Updated, ..) => Ok(None),
        }
    }

    /// Those that are in all sets that are known. What is kept as a set is cheaper than a range, and comes first.
    fn all(&self, all: &[Test]) -> Result<Option<Known>> {
        let (mut sets, ranges): (Vec<&Test>, Vec<&Test>) = all.iter().partition(|test| is_kept(test));
        sets.extend(ranges);
        let mut both: Option<IdSet> = None;
        let mut exact = true;
        for test in sets {
            if both.as_ref().is_some_and(|both| both.len() <= ENOUGH) {
                exact = false;
                break;
            }
            match self.at(test)? {
                None => exact = false,
                Some(known) => {
                    exact &= known.exact;
                    both = Some(both.map_or_else(|| known.ids.clone(), |both| both.and(&known.ids)));
                }
            }
        }
        if all.is_empty() {
            both = Some(self.everybody()?.clone());
        }
        Ok(both.map(|ids| Known { exact: exact || ids.len() == 0, ids }))
    }

    /// All of what several give, if it is not too much.
    fn gathered(&self, all: impl Iterator<Item = Result<Vec<i64>>>) -> Result<Option<IdSet>> {
        let mut ids = self.nobody();
        let mut count = 0_usize;
        for found in all {
            let found = found?;
            count = count.saturating_add(found.len());
            if count > self.most {
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
            members::add_to(self.db, set, &mut ids)?;
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

    fn fetch(&self) -> i64 {
        i64::try_from(self.most.saturating_add(1)).unwrap_or(i64::MAX)
    }
}

/// Whether a condition is answered by sets alone.
fn is_kept(test: &Test) -> bool {
    match test {
        Test::All(all) | Test::Any(all) => all.iter().all(is_kept),
        Test::Not(inner) => is_kept(inner),
        Test::Tags(Some(_)) | Test::Network(_) | Test::Values(_, Values::Any | Values::Contains(_)) => true,
        _ => false,
    }
}
