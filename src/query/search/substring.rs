//! Search for substrings: a mode of its own, by an index of grams or contact by contact.

use crate::access::session::Session;
use crate::db::contact::{Stored, many, slice, slice_back};
use crate::db::{self, Owner, Read, Scope};
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::host::interrupt::Watch;
use crate::index::{Class, Highlight, Match};
use crate::model::{AdvisorId, Network};
use crate::query::filter::blocked::{Blocked, admits};
use crate::query::{
    Cursor, Hit, Page, Start, fingerprint, flag, is_in, number_key, paged, scoped, split_number_key,
};
use crate::text::fold::FOLD_VERSION;
use crate::text::substring::{Needle, Rank};

/// A search for substrings being put together; see [`Session::containing`].
#[derive(Clone)]
#[must_use]
pub struct Containing<'s> {
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
    /// let page = desk.containing("hn d").network(Network::SMS_DIRECT).page()?;
    /// assert_eq!(page.items[0].matched.ranges[0].bytes, 2..6);
    /// let page = desk.containing("D@EX").page()?;
    /// assert_eq!(page.items[0].matched.field, Field::Email);
    /// # Ok::<(), crate::Error>(())
    /// ```
    pub fn containing(&self, text: impl Into<String>) -> Containing<'_> {
        Containing {
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

impl std::fmt::Debug for Containing<'_> {
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

impl<'s> Containing<'s> {
    paged!(Hit, 20);
    scoped!();

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
        self.session.inner.read(&self.session.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let scopes = rights.scopes(db, self.network.as_ref(), self.advisor)?;
            let sum = fingerprint(&self.session.inner, "containing", &scopes).number(FOLD_VERSION.into());
            let sum = Rank::ALL.iter().fold(sum, |sum, rank| sum.text(needle.text(*rank).unwrap_or("\0")));
            let sum = sum.number(flag(self.blocked)).finish();
            let from = self.start.key(sum)?.map(|key| decode(&key)).transpose()?;
            let mut run = Run {
                db,
                watch: self.session.watch(),
                filter: filter(db, &scopes, self.network.is_some())?,
                through: indexed(db)?,
                last: db::contact::last_id(db)?,
                listed: Listed::Unknown,
                needle: &needle,
                blocked: Blocked::of(db, &rights, &scopes, self.blocked)?,
                scopes,
            };
            run.page(from, self.start.is_back(), self.limit, |place, before| {
                Cursor::seal(sum, before, &number_key(place.1, &[place.0.number()]))
            })
        })
    }
}

/// Up to which local id the index has contacts; none if another fold has made it.
fn indexed(db: &Read<'_>) -> Result<i64> {
    let (fold, _) = db::metadata::unkeyed(db)?;
    Ok(if fold == FOLD_VERSION { db::substring::through(db)?.unwrap_or(0) } else { 0 })
}

/// A place in the answer: rank, then local id.
type Place = (Rank, i64);

fn decode(key: &[u8]) -> Result<Place> {
    let (id, rest) = split_number_key(key)?;
    let [rank] = rest else { return Err(Error::BadCursor) };
    Ok((Rank::from_number(*rank).ok_or(Error::BadCursor)?, id))
}

/// The words that contacts of some lists have: of each group, one.
fn filter(db: &Read<'_>, scopes: &[Scope], one_network: bool) -> Result<Vec<Vec<String>>> {
    let mut owners: Vec<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let everybody = db::tenants::tenant_ids(db)?.into_iter().map(Owner::Tenant);
    let is_everybody = std::iter::once(Owner::Shared).chain(everybody).all(|owner| owners.contains(&owner));
    let mut groups = Vec::new();
    if !is_everybody {
        groups.push(owners.into_iter().map(db::substring::owner_word).collect());
    }
    if let Some(scope) = scopes.first().filter(|_| one_network) {
        groups.push(vec![db::substring::network_word(scope.network)]);
    }
    Ok(groups)
}

/// Contacts read for one page, and looks into the index.
const ROWS: usize = if cfg!(test) { 12 } else { 2_000 };
const LOOKS: usize = 64;
/// Contacts that one look into the index passes over at most: it cannot be stopped half way.
const SPAN: i64 = if cfg!(test) { 5 } else { 1 << 20 };
/// Contacts read at a time: at first, and at most.
const BATCH: (usize, usize) = (32, 512);
/// The most entries of lists that are read instead of all contacts.
const LISTED: usize = if cfg!(test) { 6 } else { 5_000 };

/// What a call may still do.
struct Budget {
    rows: usize,
    looks: usize,
    batch: usize,
}

impl Budget {
    fn new() -> Self {
        Self { rows: ROWS, looks: LOOKS, batch: BATCH.0 }
    }

    fn is_spent(&self) -> bool {
        self.rows == 0 || self.looks == 0
    }
}

/// Contacts of a stretch of ids, and where that ends, itself included.
struct Batch {
    rows: Vec<Stored>,
    reached: i64,
}

/// Hits in the direction they were read, and the place up to which contacts were looked at, if work ran out before the end.
struct Stretch {
    hits: Vec<(Place, Hit)>,
    stopped: Option<Place>,
}

/// One search in one snapshot.
struct Run<'a> {
    db: &'a Read<'a>,
    watch: Watch,
    needle: &'a Needle,
    scopes: Vec<Scope>,
    blocked: Option<Blocked>,
    /// The scopes in the words of the index.
    filter: Vec<Vec<String>>,
    /// The contacts that the index has: those with ids up to this.
    through: i64,
    /// The greatest id.
    last: i64,
    listed: Listed,
}

impl Run<'_> {
    fn page(
        &mut self,
        from: Option<Place>,
        back: bool,
        limit: usize,
        cursor: impl Fn(Place, bool) -> Cursor,
    ) -> Result<Page<Hit>> {
        let Stretch { mut hits, stopped } = self.read(from, back, limit.saturating_add(1))?;
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
                let other = self.read(Some(place), !back, 1)?;
                Some(place).filter(|_| other.stopped.is_some() || !other.hits.is_empty())
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
            refine: stopped.is_some(), // what has found enough has not stopped
        })
    }

    /// Up to `most` hits from a place on.
    fn read(&mut self, from: Option<Place>, back: bool, most: usize) -> Result<Stretch> {
        let mut ranks = Rank::ALL;
        if back {
            ranks.reverse();
        }
        let mut budget = Budget::new();
        let mut hits = Vec::new();
        for rank in ranks {
            let (mut first, mut last) = (1, self.last);
            match from {
                Some((of, _)) if of != rank && (of > rank) != back => continue, // lies behind
                Some((of, id)) if of == rank && back => last = last.min(id.saturating_sub(1)),
                Some((of, id)) if of == rank => first = first.max(id.saturating_add(1)),
                _ => {}
            }
            let Some(grams) = self.needle.grams(rank) else { continue };
            let groups = [self.filter.clone(), grams.into_iter().map(|gram| vec![gram]).collect()].concat();
            let query = db::substring::query(&groups);
            while first <= last {
                if budget.is_spent() {
                    let at = if back { last.saturating_add(1) } else { first.saturating_sub(1) };
                    return Ok(Stretch { hits, stopped: Some((rank, at)) });
                }
                self.watch.check()?;
                let Batch { rows, reached } = self.batch(&query, (first, last), back, &mut budget)?;
                for row in rows {
                    let place = (rank, row.id);
                    if let Some(hit) = self.hit(rank, row)? {
                        hits.push((place, hit));
                        if hits.len() >= most {
                            return Ok(Stretch { hits, stopped: None });
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
        Ok(Stretch { hits, stopped: None })
    }

    /// The next contacts that may be hits, from one end of a stretch of ids.
    fn batch(&mut self, query: &str, ids: (i64, i64), back: bool, budget: &mut Budget) -> Result<Batch> {
        let (first, last) = ids;
        let most = budget.batch.min(budget.rows);
        budget.batch = budget.batch.saturating_mul(2).min(BATCH.1);
        budget.looks = budget.looks.saturating_sub(1);
        let indexed = if back { last <= self.through } else { first <= self.through };
        let batch = if indexed {
            let part = if back {
                (first.max(last.saturating_sub(SPAN)), last)
            } else {
                (first, last.min(self.through).min(first.saturating_add(SPAN)))
            };
            match db::substring::proposed(self.db, query, part, back, most).map_err(Error::from) {
                Err(Error::Damaged { .. }) => {
                    self.through = 0; // the index is lost: by the rows, then
                    self.unindexed(ids, back, most)?
                }
                found => self.chosen(&found?, part, back, most)?,
            }
        } else {
            let part = if back { (first.max(self.through.saturating_add(1)), last) } else { (first, last) };
            self.unindexed(part, back, most)?
        };
        budget.rows = budget.rows.saturating_sub(batch.rows.len().max(1));
        Ok(batch)
    }

    /// The contacts with ids that were chosen from a stretch.
    fn chosen(&self, ids: &[i64], (first, last): (i64, i64), back: bool, most: usize) -> Result<Batch> {
        let end = if back { first } else { last };
        let reached = if ids.len() < most { end } else { ids.last().copied().unwrap_or(end) };
        Ok(Batch { rows: many(self.db, ids)?, reached })
    }

    /// Contacts that the index does not have: those of the lists if these are short, else all.
    fn unindexed(&mut self, (first, last): (i64, i64), back: bool, most: usize) -> Result<Batch> {
        if matches!(self.listed, Listed::Unknown) {
            self.listed = listed(self.db, &self.scopes)?;
        }
        if let Listed::Few(listed) = &self.listed {
            let inside = listed.iter().copied().filter(|id| (first..=last).contains(id));
            let ids: Vec<i64> =
                if back { inside.rev().take(most).collect() } else { inside.take(most).collect() };
            return self.chosen(&ids, (first, last), back, most);
        }
        let fetch = i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows = if back {
            slice_back(self.db, last.saturating_add(1), fetch)?
        } else {
            slice(self.db, first.saturating_sub(1), fetch)?
        };
        let full = rows.len() >= most;
        let end = if back { first } else { last };
        let reached = rows.last().map_or(end, |row| row.id);
        rows.retain(|row| (first..=last).contains(&row.id));
        let inside = full && (first..=last).contains(&reached);
        Ok(Batch { rows, reached: if inside { reached } else { end } })
    }

    /// The contact as a hit, if this rank is its best and it is in one of the lists: the index proposes, the row disposes.
    fn hit(&self, rank: Rank, row: Stored) -> Result<Option<Hit>> {
        if row.contact.trashed_at.is_some() {
            return Ok(None);
        }
        let matched = self.needle.find(&row.contact).filter(|(best, _)| *best == rank);
        let Some((_, matched)) = matched else { return Ok(None) };
        if !admits(self.blocked.as_ref(), self.db, &row)? || !is_in(self.db, &row, &self.scopes)? {
            return Ok(None);
        }
        let item = matched.item;
        let ranges = matched.ranges.into_iter().map(|(field, bytes)| Highlight { field, item, bytes });
        let (class, field) = (Class::Substring, matched.field);
        let matched = Match { class, field, distance: 0, ranges: ranges.collect() };
        Ok(Some(Hit { contact: row.contact, matched }))
    }
}

/// The contacts of the lists of a search.
pub(crate) enum Listed {
    /// Not looked at yet.
    Unknown,
    /// By local id.
    Few(Vec<i64>),
    Many,
}

pub(crate) fn listed(db: &Read<'_>, scopes: &[Scope]) -> Result<Listed> {
    let generation = db::metadata::read(db)?.generation;
    let mut ids = Vec::new();
    for scope in scopes {
        let most = LISTED.saturating_sub(ids.len()).saturating_add(1);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        ids.extend(
            db::entries::entries(db, scope.of(generation), None, false, most)?.into_iter().map(|(_, id)| id),
        );
        if ids.len() > LISTED {
            return Ok(Listed::Many);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Listed::Few(ids))
}
