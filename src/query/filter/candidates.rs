//! Candidates by id: the contacts that may match, where a table lists few of them.

use crate::db::list::filter_lookup;
use crate::db::list::sort_index::{self, SortedList};
use crate::db::normalized_value::NormalizedValue;
use crate::db::{self, Owner, Read, Scope};
use crate::error::{Error, Result};
use crate::model::{SortField, Status, TextField, TimeField};
use crate::query::filter::compiled_filter::CompiledFilter;
use crate::query::filter::eval::{Predicate, TextOperand, TextOperator, ValueOperator};
use crate::text::substring::{Needle, SubstringField};

/// With so few candidates, no other condition is looked up.
const STOP_THRESHOLD: usize = 64;

impl CompiledFilter {
    /// Contacts that include all that match, in the order of their ids; `None` if no table lists them, or if there are more than
    /// [`filter_max_ids`](crate::host::tuning::QueryTuning). They may be in other lists than the searched ones.
    pub(in crate::query) fn candidate_ids(&self, db: &Read<'_>) -> Result<Option<Vec<i64>>> {
        let mut ids = self.candidate_ids_of(db, &self.predicate, self.tuning.filter_max_ids)?;
        if let Some(ids) = &mut ids {
            ids.sort_unstable();
            ids.dedup();
        }
        Ok(ids)
    }

    /// Contacts that include all that match one condition; `None` if no table lists them, or if there are more than `limit`.
    pub(super) fn candidate_ids_of(
        &self,
        db: &Read<'_>,
        condition: &Predicate,
        limit: usize,
    ) -> Result<Option<Vec<i64>>> {
        let fetch = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        let found = match condition {
            Predicate::All(all) => {
                let mut best: Option<Vec<i64>> = None;
                for each in all {
                    let Some(ids) = self.candidate_ids_of(db, each, limit)? else { continue };
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
                union_ids(all.iter().map(|each| self.candidate_ids_of(db, each, limit)), limit)?
            }
            Predicate::Text(field, operator, operands) => union_ids(
                operands.iter().map(|operand| self.text_candidates(db, (*field, *operator), operand, fetch)),
                limit,
            )?
            .filter(|_| *operator != TextOperator::Present),
            Predicate::Time(field, first, last) => {
                let sort = match field {
                    TimeField::Created => SortField::Created,
                    TimeField::Active => SortField::Activity,
                    TimeField::Updated => return Ok(None),
                };
                let end = [&sort_index::time_key(*last)[..], &[0]].concat();
                Some(self.range_candidates(db, sort, &sort_index::time_key(*first), &end, fetch)?)
            }
            Predicate::Tags(Some(tags)) => union_ids(
                tags.iter().map(|tag| Ok(Some(filter_lookup::contacts_with_tag(db, *tag, fetch)?))),
                limit,
            )?,
            Predicate::Attributes(attributes, values) => attribute_candidates(db, attributes, values, limit)?,
            Predicate::Status(Some(statuses)) => {
                let with_status = |status: &Status| Ok(Some(db::contact::with_status(db, *status, fetch)?));
                union_ids(statuses.iter().map(with_status), limit)?
            }
            Predicate::Ids(ids) => {
                let mut found = Vec::with_capacity(ids.len());
                for id in ids {
                    if db::contact::exists(db, *id)? {
                        found.push(id.0);
                    }
                }
                Some(found)
            }
            Predicate::Blocked => self.block_filter.as_ref().map_or(Ok(None), |block_filter| {
                block_filter.candidate_ids(db, limit.min(self.tuning.filter_max_blocked))
            })?,
            Predicate::Not(_) | Predicate::Tags(None) | Predicate::Status(None) | Predicate::Network(_) => {
                None
            }
        };
        Ok(found.filter(|ids| ids.len() <= limit))
    }

    /// Contacts that include all whose field compares as given, up to `fetch`; `None` if no index of the field can be used.
    pub(super) fn text_candidates(
        &self,
        db: &Read<'_>,
        (field, operator): (TextField, TextOperator),
        operand: &TextOperand,
        fetch: i64,
    ) -> Result<Option<Vec<i64>>> {
        let sort = match field {
            _ if operator == TextOperator::Contains => {
                return self.substring_candidates(db, field, operand, fetch);
            }
            TextField::Company => SortField::Company,
            TextField::City => SortField::City,
            TextField::Country => SortField::Country,
            TextField::Email | TextField::Phone => {
                let is_phone = field == TextField::Phone;
                return contact_method_candidates(db, is_phone, operator, operand, fetch);
            }
            _ => return self.substring_candidates(db, field, operand, fetch),
        };
        if !self.is_fold_current || operand.text.is_empty() {
            return Ok(None);
        }
        let key = sort_index::truncate_key(&operand.text).as_bytes();
        let end = match operator {
            // A truncated key is equal for all texts that begin with it.
            TextOperator::Equals if key.len() == operand.text.len() => [key, &[0]].concat(),
            TextOperator::Equals | TextOperator::StartsWith => [key, &[0xFF]].concat(),
            TextOperator::Present | TextOperator::Contains => return Ok(None), // handled above
        };
        self.range_candidates(db, sort, key, &end, fetch).map(Some)
    }

    /// Contacts that include all whose field contains a text, up to `fetch`, by the substring index; `None` if it does not have all
    /// contacts, or not the field.
    fn substring_candidates(
        &self,
        db: &Read<'_>,
        field: TextField,
        operand: &TextOperand,
        fetch: i64,
    ) -> Result<Option<Vec<i64>>> {
        let is_trash = |scope: &Scope| matches!(scope.owner, Owner::Trash(_));
        let group = match field {
            TextField::FirstName | TextField::LastName | TextField::DisplayName => SubstringField::Name,
            TextField::Nickname | TextField::Company => SubstringField::Company,
            // The index has letters in lower case one by one, a filter all together. That is the same for ASCII only.
            TextField::Email if operand.text.is_ascii() => SubstringField::Email,
            TextField::Phone => SubstringField::Phone,
            TextField::Identifier => SubstringField::Identifier,
            TextField::Email | TextField::Language | TextField::City | TextField::Country => return Ok(None),
        };
        let is_indexed = self.is_fold_current && !self.covering_scopes.iter().any(is_trash);
        let Some(grams) = Needle::new(&operand.text).ok().and_then(|needle| needle.grams(group)) else {
            return Ok(None);
        };
        if !is_indexed || db::substring::indexed_through(db)? != Some(i64::MAX) {
            return Ok(None);
        }
        let query = db::substring::match_query(&grams.into_iter().map(|gram| vec![gram]).collect::<Vec<_>>());
        let most = usize::try_from(fetch).unwrap_or(usize::MAX);
        match db::substring::candidates(db, &query, (1, i64::MAX), false, most).map_err(Error::from) {
            Err(Error::Damaged { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Contacts of the covering lists whose sort key is at least `first` and below `end`, up to about `fetch`.
    pub(super) fn range_candidates(
        &self,
        db: &Read<'_>,
        sort: SortField,
        first: &[u8],
        end: &[u8],
        fetch: i64,
    ) -> Result<Vec<i64>> {
        let mut ids = Vec::new();
        for scope in &self.covering_scopes {
            let list = SortedList { sort, scope: *scope };
            ids.extend(sort_index::contacts_in_key_range(db, list, first, end, fetch)?);
            if i64::try_from(ids.len()).is_ok_and(|len| len >= fetch) {
                break;
            }
        }
        Ok(ids)
    }
}

/// Contacts that include all with a matching value of one of the attributes; `None` if there are more than `limit`.
fn attribute_candidates(
    db: &Read<'_>,
    attributes: &[i64],
    values: &ValueOperator,
    limit: usize,
) -> Result<Option<Vec<i64>>> {
    let fetch = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let with_value = |attribute: i64, range: Option<(&NormalizedValue, &NormalizedValue)>| {
        Ok(Some(filter_lookup::contacts_with_attribute(db, attribute, range, fetch)?))
    };
    match values {
        ValueOperator::Between(ranges) => {
            let pairs =
                attributes.iter().flat_map(|attribute| ranges.iter().map(move |range| (*attribute, range)));
            union_ids(
                pairs.map(|(attribute, (first, last))| with_value(attribute, Some((first, last)))),
                limit,
            )
        }
        ValueOperator::Present | ValueOperator::Contains(_) => {
            union_ids(attributes.iter().map(|attribute| with_value(*attribute, None)), limit)
        }
    }
}

/// Contacts of which a phone or an e-mail address compares as given, up to `fetch` for each range.
fn contact_method_candidates(
    db: &Read<'_>,
    is_phone: bool,
    operator: TextOperator,
    operand: &TextOperand,
    fetch: i64,
) -> Result<Option<Vec<i64>>> {
    let mut ids = Vec::new();
    let mut add = |first: &str, end: &str| -> Result<()> {
        ids.extend(filter_lookup::contacts_with_method_in_range(db, is_phone, first, end, fetch)?);
        Ok(())
    };
    match operator {
        TextOperator::Equals if is_phone => {
            operand.phone_forms.iter().try_for_each(|form| add(form, &format!("{form}\u{1}")))?;
        }
        TextOperator::Equals => add(&operand.text, &format!("{}\u{1}", operand.text))?,
        TextOperator::StartsWith => {
            let with_plus =
                (is_phone && !operand.text.starts_with('+')).then(|| format!("+{}", operand.text));
            for first in with_plus.iter().chain([&operand.text]) {
                add(first, &format!("{first}{}", char::MAX))?;
            }
        }
        TextOperator::Present | TextOperator::Contains => return Ok(None),
    }
    Ok(Some(ids))
}

/// The union of several candidate lists; `None` if one is `None`, or if there are more than `limit` ids.
fn union_ids(all: impl Iterator<Item = Result<Option<Vec<i64>>>>, limit: usize) -> Result<Option<Vec<i64>>> {
    let mut ids = Vec::new();
    for found in all {
        let Some(found) = found? else { return Ok(None) };
        ids.extend(found);
        if ids.len() > limit {
            return Ok(None);
        }
    }
    Ok(Some(ids))
}
