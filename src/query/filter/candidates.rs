//! Which contacts can meet conditions, where tables tell of few.

use crate::db::list::filter_lookup::{self, Norm};
use crate::db::list::sort_index::{self, Sorted};
use crate::db::{self, Read};
use crate::error::Result;
use crate::model::{Sort, Status, TextField, TimeField};
use crate::query::filter::blocked;
use crate::query::filter::eval::{Test, Values, Verb, Wanted};
use crate::query::filter::{FEW, Sieve};

/// So few that no other condition is looked up.
const ENOUGH: usize = 64;

impl Sieve {
    /// Contacts among which all are that meet the conditions, in the order of their ids; `None` if no table tells, or of more than
    /// [`FEW`]. They may be in other lists than those asked for.
    pub(in crate::query) fn proposed(&self, db: &Read<'_>) -> Result<Option<Vec<i64>>> {
        let mut ids = self.within(db, &self.test, FEW)?;
        if let Some(ids) = &mut ids {
            ids.sort_unstable();
            ids.dedup();
        }
        Ok(ids)
    }

    pub(super) fn within(&self, db: &Read<'_>, test: &Test, most: usize) -> Result<Option<Vec<i64>>> {
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let found = match test {
            Test::All(all) => {
                let mut best: Option<Vec<i64>> = None;
                for test in all {
                    let Some(ids) = self.within(db, test, most)? else { continue };
                    if best.as_ref().is_none_or(|best| ids.len() < best.len()) {
                        best = Some(ids);
                    }
                    if best.as_ref().is_some_and(|best| best.len() <= ENOUGH) {
                        break;
                    }
                }
                best
            }
            Test::Any(all) => each(all.iter().map(|test| self.within(db, test, most)), most)?,
            Test::Text(field, verb, wanted) => {
                each(wanted.iter().map(|wanted| self.text(db, (*field, *verb), wanted, fetch)), most)?
                    .filter(|_| *verb != Verb::Present)
            }
            Test::Time(field, least, greatest) => {
                let sort = match field {
                    TimeField::Created => Sort::Created,
                    TimeField::Active => Sort::Activity,
                    TimeField::Updated => return Ok(None),
                };
                let end = [&sort_index::time_key(*greatest)[..], &[0]].concat();
                Some(self.sorted(db, sort, &sort_index::time_key(*least), &end, fetch)?)
            }
            Test::Tags(Some(tags)) => {
                each(tags.iter().map(|tag| Ok(Some(filter_lookup::tagged(db, *tag, fetch)?))), most)?
            }
            Test::Values(defs, values) => {
                let range =
                    |def: &i64, range| Ok(Some(filter_lookup::with_attribute(db, *def, range, fetch)?));
                match values {
                    Values::Between(ranges) => {
                        let pairs = defs.iter().flat_map(|def| ranges.iter().map(move |range| (def, range)));
                        each(pairs.map(|(def, (a, b))| range(def, Some((a, b)))), most)?
                    }
                    Values::Any | Values::Contains(_) => {
                        each(defs.iter().map(|def| range(def, None::<(&Norm, &Norm)>)), most)?
                    }
                }
            }
            Test::Status(Some(statuses)) => {
                let one = |status: &Status| Ok(Some(db::contact::with_status(db, *status, fetch)?));
                each(statuses.iter().map(one), most)?
            }
            Test::Ids(ids) => {
                let found = ids.iter().map(|id| db::contact::local_id(db, *id));
                Some(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
            }
            Test::Blocked => self
                .blocked
                .as_ref()
                .map_or(Ok(None), |blocked| blocked.contacts(db, most.min(blocked::FEW)))?,
            Test::Not(_) | Test::Tags(None) | Test::Status(None) | Test::Network(_) => None,
        };
        Ok(found.filter(|ids| ids.len() <= most))
    }

    pub(super) fn text(
        &self,
        db: &Read<'_>,
        (field, verb): (TextField, Verb),
        wanted: &Wanted,
        fetch: i64,
    ) -> Result<Option<Vec<i64>>> {
        let sort = match field {
            TextField::Company => Sort::Company,
            TextField::City => Sort::City,
            TextField::Country => Sort::Country,
            TextField::Email | TextField::Phone => {
                return points(db, field == TextField::Phone, verb, wanted, fetch);
            }
            _ => return Ok(None),
        };
        if !self.folded || wanted.text.is_empty() {
            return Ok(None);
        }
        let key = sort_index::cut(&wanted.text).as_bytes();
        let end = match verb {
            // A text that is cut stands for all that begin with it.
            Verb::Equals if key.len() == wanted.text.len() => [key, &[0]].concat(),
            Verb::Equals | Verb::Starts => [key, &[0xFF]].concat(),
            Verb::Present | Verb::Contains => return Ok(None),
        };
        self.sorted(db, sort, key, &end, fetch).map(Some)
    }

    pub(super) fn sorted(
        &self,
        db: &Read<'_>,
        sort: Sort,
        least: &[u8],
        end: &[u8],
        fetch: i64,
    ) -> Result<Vec<i64>> {
        let mut ids = Vec::new();
        for scope in &self.wide {
            let list = Sorted { sort, scope: *scope };
            ids.extend(sort_index::between(db, list, least, end, fetch)?);
            if i64::try_from(ids.len()).is_ok_and(|len| len >= fetch) {
                break;
            }
        }
        Ok(ids)
    }
}

/// Who has a phone or an e-mail address; one of several is enough.
fn points(db: &Read<'_>, phones: bool, verb: Verb, wanted: &Wanted, fetch: i64) -> Result<Option<Vec<i64>>> {
    let mut ids = Vec::new();
    let mut add = |least: &str, end: &str| -> Result<()> {
        ids.extend(filter_lookup::with_points(db, phones, least, end, fetch)?);
        Ok(())
    };
    match verb {
        Verb::Equals if phones => {
            wanted.forms.iter().try_for_each(|form| add(form, &format!("{form}\u{1}")))?;
        }
        Verb::Equals => add(&wanted.text, &format!("{}\u{1}", wanted.text))?,
        Verb::Starts => {
            let other = (phones && !wanted.text.starts_with('+')).then(|| format!("+{}", wanted.text));
            for least in other.iter().chain([&wanted.text]) {
                add(least, &format!("{least}{}", char::MAX))?;
            }
        }
        Verb::Present | Verb::Contains => return Ok(None),
    }
    Ok(Some(ids))
}

/// All of what several give, if each gives something and it is not too much.
fn each(all: impl Iterator<Item = Result<Option<Vec<i64>>>>, most: usize) -> Result<Option<Vec<i64>>> {
    let mut ids = Vec::new();
    for found in all {
        let Some(found) = found? else { return Ok(None) };
        ids.extend(found);
        if ids.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(ids))
}
