//! Search for substrings: a mode of its own, by an index of grams or contact by contact.

use crate::access::session::Session;
use crate::db::contact::{StoredContact, batch_after, batch_before, many};
use crate::db::{self, Owner, Read, Scope};
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::host::interrupt::CancelToken;
use crate::index::{Highlight, Match, MatchKind};
use crate::model::{AdvisorId, Network};
use crate::query::filter::block_filter::{BlockFilter, matches};
use crate::query::{
    Cursor, Hit, Page, Start, decode_number_key, encode_number_key, encode_optional_bool, is_in_scopes,
    page_setters, query_fingerprint, scope_setters,
};
use crate::text::fold::FOLD_VERSION;
use crate::text::substring::{Needle, SubstringField};

/// A search for substrings being put together; see [`Session::containing`].
#[derive(Clone)]
#[must_use]
pub struct SubstringSearch<'s> {
    session: &'s Session,
    text: String,
    network: Option<Network>,
    advisor: Option<AdvisorId>,
    blocked: Option<bool>,
    limit: usize,
    start: Start,
}

impl Session {
    /// Searches for a text anywhere in a contact. Hits come by what contains it, best first: display name or "first last";
    /// nickname or company; an e-mail address; a phone; an identifier. Within each, in the order contacts were added.
    ///
    /// Names, nickname and company are compared as in [`Session::search`], without regard to case, accents, width and
    /// punctuation ("r-m" is "r m", "o'n" is "on"); e-mail addresses without regard to case; identifiers exactly. A text of
    /// digits, and what people part them with, is looked for among the digits of the phones; with a plus in front, from
    /// their start. No character stands for others. Blanks at the ends of the text do not count.
    ///
    /// The work of a call is bounded, so a page may have fewer hits than asked for, or none, and a cursor to go on: the last
    /// page is the one without. With [`Session::index_substrings`] that is rare; without it, calls read a few thousand
    /// contacts each.
    ///
    /// ```
    /// use cardex::{Actor, Field, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").email("jd@example.com"))?;
    /// let page = desk.search_substring("hn d").network(Network::SMS_DIRECT).page()?;
    /// assert_eq!(page.items[0].matched.ranges[0].bytes, 2..6);
    /// let page = desk.search_substring("D@EX").page()?;
    /// assert_eq!(page.items[0].matched.field, Field::Email);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn search_substring(&self, text: impl Into<String>) -> SubstringSearch<'_> {
        SubstringSearch {
            session: self,
            text: text.into(),
            network: None,
            advisor: None,
            blocked: None,
            limit: 20,
            start: Start::First,
        }
    }
}

impl std::fmt::Debug for SubstringSearch<'_> {
    /// Not the text: it may well be a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, limit, .. } = self;
        f.debug_struct("Containing")
            .field("network", network)
            .field("advisor", advisor)
            .field("limit", limit)
            .finish_non_exhaustive()
    }
}

impl<'s> SubstringSearch<'s> {
    page_setters!(Hit, 20);
    scope_setters!();

    /// Those whose first phone is blocked, or those whose is not; see [`Search::blocked`](crate::Search::blocked).
    pub fn blocked(mut self, yes: bool) -> Self {
        self.blocked = Some(yes);
        self
    }

    /// One page of hits.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is blank or too long and for a limit out of bounds; [`Error::BadCursor`],
    /// [`Error::CursorMismatch`]; [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`].
    pub fn page(&self) -> Result<Page<Hit>> {
        page_limit(self.limit)?;
        let needle = Needle::new(&self.text)?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let scopes = rights.scopes(db, self.network.as_ref(), self.advisor)?;
            let sum = query_fingerprint(&self.session.engine, "containing", &scopes)
                .add_number(FOLD_VERSION.into());
            let sum = SubstringField::ALL
                .iter()
                .fold(sum, |sum, rank| sum.add_text(needle.text_for(*rank).unwrap_or("\0")));
            let sum = sum.add_number(encode_optional_bool(self.blocked)).finish();
            let from = self.start.key(sum)?.map(|key| decode_rank_key(&key)).transpose()?;
            let mut run = SubstringExecutor {
                db,
                watch: self.session.cancel_token(),
                scope_terms: scope_terms(db, &scopes, self.network.is_some())?,
                indexed_through: indexed_through(db)?,
                max_id: db::contact::last_id(db)?,
                scope_contacts: ScopeContacts::Unknown,
                needle: &needle,
                blocked: BlockFilter::build(db, &rights, &scopes, self.blocked)?,
                scopes,
            };
            run.page(from, self.start.is_back(), self.limit, |place, before| {
                Cursor::encode(sum, before, &encode_number_key(place.1, &[place.0.number()]))
            })
        })
    }
}

/// Up to which local id the index has contacts; none if another fold has made it.
fn indexed_through(db: &Read<'_>) -> Result<i64> {
    let (fold, _) = db::metadata::unindexed(db)?;
    Ok(if fold == FOLD_VERSION { db::substring::indexed_through(db)?.unwrap_or(0) } else { 0 })
}

/// A place in the answer: rank, then local id.
type RankedId = (SubstringField, i64);

fn decode_rank_key(key: &[u8]) -> Result<RankedId> {
    let (id, rest) = decode_number_key(key)?;
    let [rank] = rest else { return Err(Error::BadCursor) };
    Ok((SubstringField::from_number(*rank).ok_or(Error::BadCursor)?, id))
}

/// The words that contacts of some lists have: of each group, one.
fn scope_terms(db: &Read<'_>, scopes: &[Scope], one_network: bool) -> Result<Vec<Vec<String>>> {
    let mut owners: Vec<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let everybody = db::tenants::tenant_ids(db)?.into_iter().map(Owner::Tenant);
    let is_everybody = std::iter::once(Owner::Shared).chain(everybody).all(|owner| owners.contains(&owner));
    let mut groups = Vec::new();
    if !is_everybody {
        groups.push(owners.into_iter().map(db::substring::owner_token).collect());
    }
    if let Some(scope) = scopes.first().filter(|_| one_network) {
        groups.push(vec![db::substring::network_token(scope.network)]);
    }
    Ok(groups)
}

/// Contacts read for one page, and looks into the index.
const MAX_ROWS_PER_PAGE: usize = if cfg!(test) { 12 } else { 2_000 };
const MAX_INDEX_QUERIES: usize = 64;
/// Contacts that one look into the index passes over at most: it cannot be stopped half way.
const MAX_ID_SPAN: i64 = if cfg!(test) { 5 } else { 1 << 20 };
/// Contacts read at a time: at first, and at most.
const BATCH_SIZES: (usize, usize) = (32, 512);
/// The most entries of lists that are read instead of all contacts.
const MAX_LISTED_CONTACTS: usize = if cfg!(test) { 6 } else { 5_000 };

/// What a call may still do.
struct SubstringBudget {
    rows: usize,
    index_queries: usize,
    batch_size: usize,
}

impl SubstringBudget {
    fn new() -> Self {
        Self { rows: MAX_ROWS_PER_PAGE, index_queries: MAX_INDEX_QUERIES, batch_size: BATCH_SIZES.0 }
    }

    fn is_spent(&self) -> bool {
        self.rows == 0 || self.index_queries == 0
    }
}

/// Contacts of a stretch of ids, and where that ends, itself included.
struct CandidateBatch {
    rows: Vec<StoredContact>,
    end_id: i64,
}

/// Hits in the direction they were read, and the place up to which contacts were looked at, if work ran out before the end.
struct SubstringScanResult {
    hits: Vec<(RankedId, Hit)>,
    stopped_at: Option<RankedId>,
}

/// One search in one snapshot.
struct SubstringExecutor<'a> {
    db: &'a Read<'a>,
    watch: CancelToken,
    needle: &'a Needle,
    scopes: Vec<Scope>,
    blocked: Option<BlockFilter>,
    /// The scopes in the words of the index.
    scope_terms: Vec<Vec<String>>,
    /// The contacts that the index has: those with ids up to this.
    indexed_through: i64,
    /// The greatest id.
    max_id: i64,
    scope_contacts: ScopeContacts,
}

impl SubstringExecutor<'_> {
    fn page(
        &mut self,
        from: Option<RankedId>,
        back: bool,
        limit: usize,
        cursor: impl Fn(RankedId, bool) -> Cursor,
    ) -> Result<Page<Hit>> {
        let SubstringScanResult { mut hits, stopped_at: stopped } =
            self.read_hits(from, back, limit.saturating_add(1))?;
        let more = hits.len() > limit;
        hits.truncate(limit);
        // A page that work ran out on: shorter than it could be, with a cursor to go on from where it stopped.
        let ahead = if more { hits.last().map(|(place, _)| *place) } else { stopped };
        let behind = match (from, hits.first()) {
            (None, _) => None,
            (Some(_), Some((first, _))) => Some(*first),
            // Nothing found: the place itself must be found again from the other side.
            (Some((rank, id)), None) => {
                Some((rank, if back { id.saturating_sub(1) } else { id.saturating_add(1) }))
            }
        };
        let behind = match behind {
            Some(place) => {
                let other = self.read_hits(Some(place), !back, 1)?;
                Some(place).filter(|_| other.stopped_at.is_some() || !other.hits.is_empty())
            }
            None => None,
        };
        if back {
            hits.reverse();
        }
        let (before, after) = if back { (ahead, behind) } else { (behind, ahead) };
        Ok(Page {
            items: hits.into_iter().map(|(_, hit)| hit).collect(),
            before: before.map(|place| cursor(place, true)),
            after: after.map(|place| cursor(place, false)),
            incomplete: stopped.is_some(), // what has found enough has not stopped
        })
    }

    /// Up to `most` hits from a place on.
    fn read_hits(&mut self, from: Option<RankedId>, back: bool, most: usize) -> Result<SubstringScanResult> {
        let mut ranks = SubstringField::ALL;
        if back {
            ranks.reverse();
        }
        let mut budget = SubstringBudget::new();
        let mut hits = Vec::new();
        for rank in ranks {
            let (mut first, mut last) = (1, self.max_id);
            match from {
                Some((of, _)) if of != rank && (of > rank) != back => continue, // lies behind
                Some((of, id)) if of == rank && back => last = last.min(id.saturating_sub(1)),
                Some((of, id)) if of == rank => first = first.max(id.saturating_add(1)),
                _ => {}
            }
            let Some(grams) = self.needle.grams(rank) else { continue };
            let groups =
                [self.scope_terms.clone(), grams.into_iter().map(|gram| vec![gram]).collect()].concat();
            let query = db::substring::match_query(&groups);
            while first <= last {
                if budget.is_spent() {
                    let at = if back { last.saturating_add(1) } else { first.saturating_sub(1) };
                    return Ok(SubstringScanResult { hits, stopped_at: Some((rank, at)) });
                }
                self.watch.check()?;
                let CandidateBatch { rows, end_id: reached } =
                    self.next_batch(&query, (first, last), back, &mut budget)?;
                for row in rows {
                    let place = (rank, row.id);
                    if let Some(hit) = self.verify_hit(rank, row)? {
                        hits.push((place, hit));
                        if hits.len() >= most {
                            return Ok(SubstringScanResult { hits, stopped_at: None });
                        }
                    }
                }
                if back {
                    last = reached.saturating_sub(1);
                } else {
                    first = reached.saturating_add(1);
                }
            }
        }
        Ok(SubstringScanResult { hits, stopped_at: None })
    }

    /// The next contacts that may be hits, from one end of a stretch of ids.
    fn next_batch(
        &mut self,
        query: &str,
        ids: (i64, i64),
        back: bool,
        budget: &mut SubstringBudget,
    ) -> Result<CandidateBatch> {
        let (first, last) = ids;
        let most = budget.batch_size.min(budget.rows);
        budget.batch_size = budget.batch_size.saturating_mul(2).min(BATCH_SIZES.1);
        budget.index_queries = budget.index_queries.saturating_sub(1);
        let indexed = if back { last <= self.indexed_through } else { first <= self.indexed_through };
        let batch = if indexed {
            let part = if back {
                (first.max(last.saturating_sub(MAX_ID_SPAN)), last)
            } else {
                (first, last.min(self.indexed_through).min(first.saturating_add(MAX_ID_SPAN)))
            };
            match db::substring::candidates(self.db, query, part, back, most).map_err(Error::from) {
                Err(Error::Damaged { .. }) => {
                    self.indexed_through = 0; // the index is lost: by the rows, then
                    self.unindexed_batch(ids, back, most)?
                }
                found => self.load_batch(&found?, part, back, most)?,
            }
        } else {
            let part =
                if back { (first.max(self.indexed_through.saturating_add(1)), last) } else { (first, last) };
            self.unindexed_batch(part, back, most)?
        };
        budget.rows = budget.rows.saturating_sub(batch.rows.len().max(1));
        Ok(batch)
    }

    /// The contacts with ids that were chosen from a stretch.
    fn load_batch(
        &self,
        ids: &[i64],
        (first, last): (i64, i64),
        back: bool,
        most: usize,
    ) -> Result<CandidateBatch> {
        let end = if back { first } else { last };
        let reached = if ids.len() < most { end } else { ids.last().copied().unwrap_or(end) };
        Ok(CandidateBatch { rows: many(self.db, ids)?, end_id: reached })
    }

    /// Contacts that the index does not have: those of the lists if these are short, else all.
    fn unindexed_batch(
        &mut self,
        (first, last): (i64, i64),
        back: bool,
        most: usize,
    ) -> Result<CandidateBatch> {
        if matches!(self.scope_contacts, ScopeContacts::Unknown) {
            self.scope_contacts = scope_contacts(self.db, &self.scopes)?;
        }
        if let ScopeContacts::Ids(listed) = &self.scope_contacts {
            let inside = listed.iter().copied().filter(|id| (first..=last).contains(id));
            let ids: Vec<i64> =
                if back { inside.rev().take(most).collect() } else { inside.take(most).collect() };
            return self.load_batch(&ids, (first, last), back, most);
        }
        let fetch = i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows = if back {
            batch_before(self.db, last.saturating_add(1), fetch)?
        } else {
            batch_after(self.db, first.saturating_sub(1), fetch)?
        };
        let full = rows.len() >= most;
        let end = if back { first } else { last };
        let reached = rows.last().map_or(end, |row| row.id);
        rows.retain(|row| (first..=last).contains(&row.id));
        let inside = full && (first..=last).contains(&reached);
        Ok(CandidateBatch { rows, end_id: if inside { reached } else { end } })
    }

    /// The contact as a hit, if this rank is its best and it is in one of the lists: the index proposes, the row disposes.
    fn verify_hit(&self, rank: SubstringField, row: StoredContact) -> Result<Option<Hit>> {
        if row.contact.trashed_at.is_some() {
            return Ok(None);
        }
        let matched = self.needle.find(&row.contact).filter(|(best, _)| *best == rank);
        let Some((_, matched)) = matched else { return Ok(None) };
        if !matches(self.blocked.as_ref(), self.db, &row)? || !is_in_scopes(self.db, &row, &self.scopes)? {
            return Ok(None);
        }
        let item = matched.item;
        let ranges = matched.ranges.into_iter().map(|(field, bytes)| Highlight { field, item, bytes });
        let (class, field) = (MatchKind::Substring, matched.field);
        let matched = Match { kind: class, field, distance: 0, ranges: ranges.collect() };
        Ok(Some(Hit { contact: row.contact, matched }))
    }
}

/// The contacts of the lists of a search.
pub(crate) enum ScopeContacts {
    /// Not looked at yet.
    Unknown,
    /// By local id.
    Ids(Vec<i64>),
    TooMany,
}

pub(crate) fn scope_contacts(db: &Read<'_>, scopes: &[Scope]) -> Result<ScopeContacts> {
    let generation = db::metadata::read(db)?.generation;
    let mut ids = Vec::new();
    for scope in scopes {
        let most = MAX_LISTED_CONTACTS.saturating_sub(ids.len()).saturating_add(1);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        ids.extend(
            db::entries::entries(db, scope.in_generation(generation), None, false, most)?
                .into_iter()
                .map(|(_, id)| id),
        );
        if ids.len() > MAX_LISTED_CONTACTS {
            return Ok(ScopeContacts::TooMany);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ScopeContacts::Ids(ids))
}
