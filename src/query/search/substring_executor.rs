//! One search for substrings in one snapshot: by the index of grams, or contact by contact.

use std::cell::OnceCell;

use crate::db::contact::{StoredContact, batch_after, batch_before, many};
use crate::db::{self, Bitmap, Owner, Read, Scope};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::host::tuning::QueryTuning;
use crate::index::{Highlight, Match, MatchKind};
use crate::query::filter::{BlockFilter, contacts_of_scopes, is_in_scopes};
use crate::query::page::{Cursor, Page, decode_number_key, encode_number_key, truncate_page};
use crate::query::search::hits::Hit;
use crate::text::fold::FOLD_VERSION;
use crate::text::substring::{Needle, SubstringField};

/// Queries of the substring index that one page makes.
const MAX_INDEX_QUERIES: usize = 64;

/// Contacts read at a time: at first, and at most.
const BATCH_SIZES: (usize, usize) = (32, 512);

/// The greatest local id that the index has; 0 if it was built with another fold version.
fn indexed_through(db: &Read<'_>) -> Result<i64> {
    let (fold_version, _) = db::metadata::unindexed(db)?;
    Ok(if fold_version == FOLD_VERSION { db::substring::indexed_through(db)?.unwrap_or(0) } else { 0 })
}

/// A position among the hits: the field that contains the text, then the local id.
type RankedId = (SubstringField, i64);

/// The key of a cursor: the local id (8 bytes, big-endian) and the number of the field.
pub(super) fn encode_rank_key((field, id): RankedId) -> Vec<u8> {
    encode_number_key(id, &[field.number()])
}

/// Decodes the key of a cursor.
///
/// # Errors
/// [`Error::BadCursor`].
pub(super) fn decode_rank_key(key: &[u8]) -> Result<RankedId> {
    let (id, rest) = decode_number_key(key)?;
    let [field] = rest else { return Err(Error::BadCursor) };
    Ok((SubstringField::from_number(*field).ok_or(Error::BadCursor)?, id))
}

/// The index terms that restrict candidates to the searched lists. A contact must have one term of each group.
fn scope_terms(db: &Read<'_>, scopes: &[Scope], is_one_network: bool) -> Result<Vec<Vec<String>>> {
    let mut owners: Vec<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let tenants = db::tenants::tenant_ids(db)?.into_iter().map(Owner::Tenant);
    let is_whole_book = std::iter::once(Owner::Shared).chain(tenants).all(|owner| owners.contains(&owner));
    let mut groups = Vec::new();
    if !is_whole_book {
        groups.push(owners.into_iter().map(db::substring::owner_token).collect());
    }
    if let Some(scope) = scopes.first().filter(|_| is_one_network) {
        groups.push(vec![db::substring::network_token(scope.network)]);
    }
    Ok(groups)
}

/// What a call may still read.
struct SubstringBudget {
    rows: usize,
    index_queries: usize,
    batch_size: usize,
}

impl SubstringBudget {
    fn new(tuning: &QueryTuning) -> Self {
        Self { rows: tuning.substring_max_rows, index_queries: MAX_INDEX_QUERIES, batch_size: BATCH_SIZES.0 }
    }

    fn is_spent(&self) -> bool {
        self.rows == 0 || self.index_queries == 0
    }
}

/// Contacts of an id range, and the last id of the range.
struct CandidateBatch {
    rows: Vec<StoredContact>,
    end_id: i64,
}

/// Hits in the direction in which they were read, and the last position that was considered, if the work limit was reached.
struct SubstringScanResult {
    hits: Vec<(RankedId, Hit)>,
    stopped_at: Option<RankedId>,
}

/// One search in one snapshot.
pub(super) struct SubstringExecutor<'a> {
    db: &'a Read<'a>,
    cancel_token: CancelToken,
    needle: &'a Needle,
    scopes: Vec<Scope>,
    block_filter: Option<BlockFilter>,
    /// See [`scope_terms`].
    scope_terms: Vec<Vec<String>>,
    /// The index has the contacts with ids up to this.
    indexed_through: i64,
    /// The greatest id of the book.
    max_id: i64,
    /// The contacts of the lists, read at first use; `None` if their index is damaged.
    listed: OnceCell<Option<Bitmap>>,
    tuning: QueryTuning,
}

impl<'a> SubstringExecutor<'a> {
    /// A search in some lists, which may be all of one network.
    pub(super) fn new(
        db: &'a Read<'a>,
        cancel_token: CancelToken,
        needle: &'a Needle,
        block_filter: Option<BlockFilter>,
        (scopes, is_one_network): (Vec<Scope>, bool),
    ) -> Result<Self> {
        Ok(Self {
            db,
            cancel_token,
            scope_terms: scope_terms(db, &scopes, is_one_network)?,
            indexed_through: indexed_through(db)?,
            max_id: db::contact::last_id(db)?,
            listed: OnceCell::new(),
            needle,
            block_filter,
            scopes,
            tuning: db.tuning().query,
        })
    }

    /// One page; `cursor_at` makes a cursor of a position.
    pub(super) fn page(
        &mut self,
        from: Option<RankedId>,
        back: bool,
        limit: usize,
        cursor_at: impl Fn(RankedId, bool) -> Cursor,
    ) -> Result<Page<Hit>> {
        let SubstringScanResult { mut hits, stopped_at } =
            self.read_hits(from, back, limit.saturating_add(1))?;
        let has_more = truncate_page(&mut hits, limit);
        // If the work limit was reached, the page may be short, with a cursor to continue from where reading stopped.
        let ahead = if has_more { hits.last().map(|(position, _)| *position) } else { stopped_at };
        let behind = match (from, hits.first()) {
            (None, _) => None,
            (Some(_), Some((first, _))) => Some(*first),
            // No hits: the start itself must be found from the other side.
            (Some((field, id)), None) => {
                Some((field, if back { id.saturating_sub(1) } else { id.saturating_add(1) }))
            }
        };
        let behind = match behind {
            Some(position) => {
                let other = self.read_hits(Some(position), !back, 1)?;
                Some(position).filter(|_| other.stopped_at.is_some() || !other.hits.is_empty())
            }
            None => None,
        };
        if back {
            hits.reverse();
        }
        let (before, after) = if back { (ahead, behind) } else { (behind, ahead) };
        Ok(Page {
            items: hits.into_iter().map(|(_, hit)| hit).collect(),
            before: before.map(|position| cursor_at(position, true)),
            after: after.map(|position| cursor_at(position, false)),
            incomplete: stopped_at.is_some(), // reading does not stop if the page is full
        })
    }

    /// Up to `limit` hits from a position on (exclusive).
    fn read_hits(&mut self, from: Option<RankedId>, back: bool, limit: usize) -> Result<SubstringScanResult> {
        let mut fields = SubstringField::ALL;
        if back {
            fields.reverse();
        }
        let mut budget = SubstringBudget::new(&self.tuning);
        let mut hits = Vec::new();
        for field in fields {
            let (mut first, mut last) = (1, self.max_id);
            match from {
                Some((of, _)) if of != field && (of > field) != back => continue, // before the start
                Some((of, id)) if of == field && back => last = last.min(id.saturating_sub(1)),
                Some((of, id)) if of == field => first = first.max(id.saturating_add(1)),
                _ => {}
            }
            let Some(grams) = self.needle.grams(field) else { continue };
            let groups =
                [self.scope_terms.clone(), grams.into_iter().map(|gram| vec![gram]).collect()].concat();
            let query = db::substring::match_query(&groups);
            while first <= last {
                if budget.is_spent() {
                    let at = if back { last.saturating_add(1) } else { first.saturating_sub(1) };
                    return Ok(SubstringScanResult { hits, stopped_at: Some((field, at)) });
                }
                self.cancel_token.check()?;
                let CandidateBatch { rows, end_id } =
                    self.next_batch(&query, (first, last), back, &mut budget)?;
                for row in rows {
                    let position = (field, row.id);
                    if let Some(hit) = self.verify_hit(field, row)? {
                        hits.push((position, hit));
                        if hits.len() >= limit {
                            return Ok(SubstringScanResult { hits, stopped_at: None });
                        }
                    }
                }
                if back {
                    last = end_id.saturating_sub(1);
                } else {
                    first = end_id.saturating_add(1);
                }
            }
        }
        Ok(SubstringScanResult { hits, stopped_at: None })
    }

    /// The next contacts that may be hits, from one end of an id range.
    fn next_batch(
        &mut self,
        query: &str,
        ids: (i64, i64),
        back: bool,
        budget: &mut SubstringBudget,
    ) -> Result<CandidateBatch> {
        let (first, last) = ids;
        let limit = budget.batch_size.min(budget.rows);
        let max_span = self.tuning.substring_max_id_span;
        budget.batch_size = budget.batch_size.saturating_mul(2).min(BATCH_SIZES.1);
        let is_indexed = if back { last <= self.indexed_through } else { first <= self.indexed_through };
        let batch = if is_indexed {
            budget.index_queries = budget.index_queries.saturating_sub(1);
            let span = if back {
                (first.max(last.saturating_sub(max_span)), last)
            } else {
                (first, last.min(self.indexed_through).min(first.saturating_add(max_span)))
            };
            match db::substring::candidates(self.db, query, span, back, limit).map_err(Error::from) {
                Err(Error::Damaged { .. }) => {
                    self.indexed_through = 0; // the index is damaged, so all contacts are read from their rows
                    self.unindexed_batch(ids, back, limit)?
                }
                found => self.load_batch(&found?, span, back, limit)?,
            }
        } else {
            let span =
                if back { (first.max(self.indexed_through.saturating_add(1)), last) } else { (first, last) };
            self.unindexed_batch(span, back, limit)?
        };
        // A query of an index that finds nothing takes time too.
        let least = usize::from(is_indexed || !matches!(self.listed.get(), Some(Some(_))));
        budget.rows = budget.rows.saturating_sub(batch.rows.len().max(least));
        Ok(batch)
    }

    /// Loads the contacts that were selected from an id range. Fewer than `limit` ids mean that the range is exhausted.
    fn load_batch(
        &self,
        ids: &[i64],
        (first, last): (i64, i64),
        back: bool,
        limit: usize,
    ) -> Result<CandidateBatch> {
        let end = if back { first } else { last };
        let end_id = if ids.len() < limit { end } else { ids.last().copied().unwrap_or(end) };
        Ok(CandidateBatch { rows: many(self.db, ids)?, end_id })
    }

    /// Contacts that the index does not have: those of the searched lists, or all contacts of the range if the index of lists is damaged.
    fn unindexed_batch(
        &mut self,
        (first, last): (i64, i64),
        back: bool,
        limit: usize,
    ) -> Result<CandidateBatch> {
        if self.listed.get().is_none() {
            let _ = self.listed.set(contacts_of_scopes(self.db, &self.scopes)?);
        }
        if let Some(Some(listed)) = self.listed.get() {
            // One more than the batch has, so that the end of the lists is known: contacts of other lists behind it must not count.
            let most = limit.saturating_add(1);
            let mut ids = listed.ids_between(first.saturating_sub(1), last, back, most);
            let end_id = if ids.len() == most {
                ids.truncate(limit);
                ids.last().copied()
            } else {
                None
            };
            let end = if back { first } else { last };
            return Ok(CandidateBatch { rows: many(self.db, &ids)?, end_id: end_id.unwrap_or(end) });
        }
        let fetch = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = if back {
            batch_before(self.db, last.saturating_add(1), fetch)?
        } else {
            batch_after(self.db, first.saturating_sub(1), fetch)?
        };
        let is_full = rows.len() >= limit;
        let end = if back { first } else { last };
        let last_read = rows.last().map_or(end, |row| row.id);
        rows.retain(|row| (first..=last).contains(&row.id));
        let is_inside = is_full && (first..=last).contains(&last_read);
        Ok(CandidateBatch { rows, end_id: if is_inside { last_read } else { end } })
    }

    /// Verifies a candidate against its row: a hit, if this field is the best that contains the text, and a searched list has the contact.
    fn verify_hit(&self, field: SubstringField, row: StoredContact) -> Result<Option<Hit>> {
        if row.contact.trashed_at.is_some() {
            return Ok(None);
        }
        let matched = self.needle.find(&row.contact).filter(|(best, _)| *best == field);
        let Some((_, matched)) = matched else { return Ok(None) };
        let is_selected = match &self.block_filter {
            Some(block_filter) => block_filter.matches(self.db, &row)?,
            None => true,
        };
        if !is_selected || !is_in_scopes(self.db, &row, &self.scopes)? {
            return Ok(None);
        }
        let item = matched.item;
        let ranges = matched.ranges.into_iter().map(|(field, bytes)| Highlight { field, item, bytes });
        let matched =
            Match { kind: MatchKind::Substring, field: matched.field, distance: 0, ranges: ranges.collect() };
        Ok(Some(Hit { contact: row.contact, matched }))
    }
}
