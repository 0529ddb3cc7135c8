//! Which contacts can meet conditions, where tables tell of few.

use crate::db::list::filter_lookup::{self, FilterValue};
use crate::db::list::sort_index::{self, SortedList};
use crate::db::{self, Read};
use crate::error::Result;
use crate::model::{SortField, Status, TextField, TimeField};
use crate::query::filter::block_filter;
use crate::query::filter::eval::{Predicate, TextOperand, TextOperator, ValueOperator};
use crate::query::filter::{CompiledFilter, MAX_CANDIDATE_IDS};

/// So few that no other condition is looked up.
const STOP_THRESHOLD: usize = 64;

impl CompiledFilter {
    /// Contacts among which all are that meet the conditions, in the order of their ids; `None` if no table tells, or of more than
    /// [`FEW`]. They may be in other lists than those asked for.
    pub(in crate::query) fn candidate_ids(&self, db: &Read<'_>) -> Result<Option<Vec<i64>>> {
        let mut ids = self.candidate_ids_of(db, &self.predicate, MAX_CANDIDATE_IDS)?;
        if let Some(ids) = &mut ids {
            ids.sort_unstable();
            ids.dedup();
        }
        Ok(ids)
    }

    pub(super) fn candidate_ids_of(
        &self,
        db: &Read<'_>,
        test: &Predicate,
        most: usize,
    ) -> Result<Option<Vec<i64>>> {
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let found = match test {
            Predicate::All(all) => {
                let mut best: Option<Vec<i64>> = None;
                for test in all {
                    let Some(ids) = self.candidate_ids_of(db, test, most)? else { continue };
                    if best.as_ref().is_none_or(|best| ids.len() < best.len()) {
                        best = Some(ids);
                    }
                    if best.as_ref().is_some_and(|best| best.len() <= STOP_THRESHOLD) {
                        break;
                    }
                }
                best
            }
            Predicate::Any(all) => {
                union_ids(all.iter().map(|test| self.candidate_ids_of(db, test, most)), most)?
            }
            Predicate::Text(field, verb, wanted) => union_ids(
                wanted.iter().map(|wanted| self.text_candidates(db, (*field, *verb), wanted, fetch)),
                most,
            )?
            .filter(|_| *verb != TextOperator::Present),
            Predicate::Time(field, least, greatest) => {
                let sort = match field {
                    TimeField::Created => SortField::Created,
                    TimeField::Active => SortField::Activity,
                    TimeField::Updated => return Ok(None),
                };
                let end = [&sort_index::time_key(*greatest)[..], &[0]].concat();
                Some(self.range_candidates(db, sort, &sort_index::time_key(*least), &end, fetch)?)
            }
            Predicate::Tags(Some(tags)) => union_ids(
                tags.iter().map(|tag| Ok(Some(filter_lookup::contacts_with_tag(db, *tag, fetch)?))),
                most,
            )?,
            Predicate::Attributes(defs, values) => {
                let range = |def: &i64, range| {
                    Ok(Some(filter_lookup::contacts_with_attribute(db, *def, range, fetch)?))
                };
                match values {
                    ValueOperator::Between(ranges) => {
                        let pairs = defs.iter().flat_map(|def| ranges.iter().map(move |range| (def, range)));
                        union_ids(pairs.map(|(def, (a, b))| range(def, Some((a, b)))), most)?
                    }
                    ValueOperator::Present | ValueOperator::Contains(_) => union_ids(
                        defs.iter().map(|def| range(def, None::<(&FilterValue, &FilterValue)>)),
                        most,
                    )?,
                }
            }
            Predicate::Status(Some(statuses)) => {
                let one = |status: &Status| Ok(Some(db::contact::with_status(db, *status, fetch)?));
                union_ids(statuses.iter().map(one), most)?
            }
            Predicate::Ids(ids) => {
                let found = ids.iter().map(|id| db::contact::local_id(db, *id));
                Some(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
            }
            Predicate::Blocked => self.block_filter.as_ref().map_or(Ok(None), |blocked| {
                blocked.candidate_ids(db, most.min(block_filter::MAX_BLOCKED_CANDIDATES))
            })?,
            Predicate::Not(_) | Predicate::Tags(None) | Predicate::Status(None) | Predicate::Network(_) => {
                None
            }
        };
        Ok(found.filter(|ids| ids.len() <= most))
    }

    pub(super) fn text_candidates(
        &self,
        db: &Read<'_>,
        (field, verb): (TextField, TextOperator),
        wanted: &TextOperand,
        fetch: i64,
    ) -> Result<Option<Vec<i64>>> {
        let sort = match field {
            TextField::Company => SortField::Company,
            TextField::City => SortField::City,
            TextField::Country => SortField::Country,
            TextField::Email | TextField::Phone => {
                return contact_method_candidates(db, field == TextField::Phone, verb, wanted, fetch);
            }
            _ => return Ok(None),
        };
        if !self.is_fold_current || wanted.text.is_empty() {
            return Ok(None);
        }
        let key = sort_index::truncate_key(&wanted.text).as_bytes();
        let end = match verb {
            // A text that is cut stands for all that begin with it.
            TextOperator::Equals if key.len() == wanted.text.len() => [key, &[0]].concat(),
            TextOperator::Equals | TextOperator::StartsWith => [key, &[0xFF]].concat(),
            TextOperator::Present | TextOperator::Contains => return Ok(None),
        };
        self.range_candidates(db, sort, key, &end, fetch).map(Some)
    }

    pub(super) fn range_candidates(
        &self,
        db: &Read<'_>,
        sort: SortField,
        least: &[u8],
        end: &[u8],
        fetch: i64,
    ) -> Result<Vec<i64>> {
        let mut ids = Vec::new();
        for scope in &self.covering_scopes {
            let list = SortedList { sort, scope: *scope };
            ids.extend(sort_index::contacts_in_key_range(db, list, least, end, fetch)?);
            if i64::try_from(ids.len()).is_ok_and(|len| len >= fetch) {
                break;
            }
        }
        Ok(ids)
    }
}

/// Who has a phone or an e-mail address; one of several is enough.
fn contact_method_candidates(
    db: &Read<'_>,
    phones: bool,
    verb: TextOperator,
    wanted: &TextOperand,
    fetch: i64,
) -> Result<Option<Vec<i64>>> {
    let mut ids = Vec::new();
    let mut add = |least: &str, end: &str| -> Result<()> {
        ids.extend(filter_lookup::contacts_with_method_in_range(db, phones, least, end, fetch)?);
        Ok(())
    };
    match verb {
        TextOperator::Equals if phones => {
            wanted.phone_forms.iter().try_for_each(|form| add(form, &format!("{form}\u{1}")))?;
        }
        TextOperator::Equals => add(&wanted.text, &format!("{}\u{1}", wanted.text))?,
        TextOperator::StartsWith => {
            let other = (phones && !wanted.text.starts_with('+')).then(|| format!("+{}", wanted.text));
            for least in other.iter().chain([&wanted.text]) {
                add(least, &format!("{least}{}", char::MAX))?;
            }
        }
        TextOperator::Present | TextOperator::Contains => return Ok(None),
    }
    Ok(Some(ids))
}

/// All of what several give, if each gives something and it is not too much.
fn union_ids(all: impl Iterator<Item = Result<Option<Vec<i64>>>>, most: usize) -> Result<Option<Vec<i64>>> {
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
