//! Search as you type.

use super::{Cursor, Page, Read as PageRead, Start, fingerprint, number_key, paged, split_number_key};
use crate::db::contact::{Stored, many};
use crate::db::{self, Scope};
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::index::{Candidate, Class, Direction, Match, Query, Stream};
use crate::model::{AdvisorId, Contact, Network};
use crate::session::Session;
use crate::store::Snapshot;
use crate::text::fold::FOLD_VERSION;

/// A contact found, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hit {
    /// The contact.
    pub contact: Contact,
    /// What of it matched.
    pub matched: Match,
}

/// A search being put together; see [`Session::search`].
#[derive(Clone)]
#[must_use]
pub struct Search<'s> {
    session: &'s Session,
    text: String,
    network: Option<Network>,
    advisor: Option<AdvisorId>,
    limit: usize,
    start: Start,
}

impl Session {
    /// Searches names from their start: first name, then last name, then display name, each with what follows it ("john d",
    /// "doe jo"). Case, accents, width and punctuation do not matter. An empty text finds everybody; a text of nothing but
    /// punctuation, nobody.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// desk.add(NewContact::new(Network::SMS_DIRECT, "Zoë", "Müller"))?;
    /// let page = desk.search("zoe m").network(Network::SMS_DIRECT).limit(20).page()?;
    /// assert_eq!(page.items[0].contact.display_name, "Zoë Müller");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn search(&self, text: impl Into<String>) -> Search<'_> {
        Search {
            session: self,
            text: text.into(),
            network: None,
            advisor: None,
            limit: 20,
            start: Start::First,
        }
    }
}

impl std::fmt::Debug for Search<'_> {
    /// Not the text: it may well be a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, limit, .. } = self;
        f.debug_struct("Search")
            .field("network", network)
            .field("advisor", advisor)
            .field("limit", limit)
            .finish_non_exhaustive()
    }
}

impl<'s> Search<'s> {
    paged!(Hit, 20);

    /// On this network only.
    pub fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// Among this advisor's contacts only.
    pub fn advisor(mut self, advisor: AdvisorId) -> Self {
        self.advisor = Some(advisor);
        self
    }

    /// One page of hits.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text or limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`];
    /// [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`].
    pub fn page(&self) -> Result<Page<Hit>> {
        page_limit(self.limit)?;
        let query = Query::new(&self.text)?;
        self.session.inner.read(&self.session.watch(), |snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            let scopes = rights.scopes(&snapshot.db, self.network.as_ref(), self.advisor)?;
            let sum = fingerprint(&self.session.inner, "search", &scopes)
                .text(query.prefix().unwrap_or("\0"))
                .number(FOLD_VERSION.into())
                .finish();
            let from = self.start.key(sum)?.map(|key| decode(&key)).transpose()?;
            // A cursor can be forged: what lies outside the query's keys is no place to start from.
            let inside =
                |from: &Candidate| query.prefix().is_some_and(|prefix| from.text.starts_with(prefix));
            if from.as_ref().is_some_and(|from| !inside(from)) {
                return Err(Error::BadCursor);
            }
            let fresh = snapshot.refresh();
            let mut run = Run { session: self.session, snapshot, scopes, query: &query, scanned: None };
            match fresh {
                Err(Error::Damaged { .. }) => run.scanned = Some(run.scan()?),
                done => done?,
            }
            let found = run.page(from.as_ref(), self.start.is_back(), self.limit)?;
            let at = |found: &Found, before| Cursor::seal(sum, before, &encode(&found.candidate));
            Ok(found.into_page(at, |found| found.hit))
        })
    }
}

fn encode(candidate: &Candidate) -> Vec<u8> {
    number_key(candidate.contact, &[&[candidate.class.number()], candidate.text.as_bytes()].concat())
}

fn decode(key: &[u8]) -> Result<Candidate> {
    let (contact, rest) = split_number_key(key)?;
    let (class, text) = rest.split_first().ok_or(Error::BadCursor)?;
    let class = Class::from_number(*class).ok_or(Error::BadCursor)?;
    let text = String::from_utf8(text.to_vec()).map_err(|_| Error::BadCursor)?;
    Ok(Candidate { class, text, contact })
}

/// A hit and its place in the order.
struct Found {
    candidate: Candidate,
    hit: Hit,
}

/// One search in one snapshot.
struct Run<'a, 'c> {
    session: &'a Session,
    snapshot: &'a Snapshot<'c>,
    scopes: Vec<Scope>,
    query: &'a Query,
    /// All candidates, in order, once the index has turned out to be damaged.
    scanned: Option<Vec<Candidate>>,
}

impl Run<'_, '_> {
    fn page(&mut self, from: Option<&Candidate>, back: bool, limit: usize) -> Result<PageRead<Found>> {
        if self.query.prefix().is_none() {
            return Ok(PageRead { items: Vec::new(), limit, back, behind: false });
        }
        let items = self.read(from, back, limit.saturating_add(1))?;
        let behind = match (from, items.first()) {
            (Some(_), Some(first)) => !self.read(Some(&first.candidate), !back, 1)?.is_empty(),
            _ => false,
        };
        Ok(PageRead { items, limit, back, behind })
    }

    /// Up to `most` hits from a place on, by the index; by the rows if that is damaged.
    fn read(&mut self, from: Option<&Candidate>, back: bool, most: usize) -> Result<Vec<Found>> {
        let direction = if back { Direction::Backward } else { Direction::Forward };
        if self.scanned.is_none() {
            match self.read_index(from, direction, most) {
                Err(Error::Damaged { .. }) => self.scanned = Some(self.scan()?),
                done => return done,
            }
        }
        let scanned = self.scanned.as_deref().unwrap_or_default();
        let place = |candidate: &Candidate| (candidate.class, candidate.text.clone(), candidate.contact);
        let rest: Vec<_> = match (from.map(place), direction) {
            (None, Direction::Forward) => scanned.iter().collect(),
            (None, Direction::Backward) => scanned.iter().rev().collect(),
            (Some(from), Direction::Forward) => scanned.iter().filter(|c| place(c) > from).collect(),
            (Some(from), Direction::Backward) => scanned.iter().rev().filter(|c| place(c) < from).collect(),
        };
        let mut rest = rest.into_iter().cloned();
        self.hits(most, || Ok(rest.next()))
    }

    fn read_index(&self, from: Option<&Candidate>, direction: Direction, most: usize) -> Result<Vec<Found>> {
        let Some(prefix) = self.query.prefix() else { return Ok(Vec::new()) };
        let index = (&self.snapshot.db, &self.session.inner.cache, &*self.snapshot.view);
        let mut stream = Stream::new(index, self.scopes.clone(), &Class::ALL, prefix, from, direction)?;
        self.hits(most, || stream.next())
    }

    /// Reads the candidates' rows and keeps those that are hits: the index proposes, the row disposes.
    fn hits(&self, most: usize, mut next: impl FnMut() -> Result<Option<Candidate>>) -> Result<Vec<Found>> {
        let mut hits = Vec::with_capacity(most);
        let watch = self.session.watch();
        while hits.len() < most {
            let mut candidates = Vec::with_capacity(most);
            while candidates.len() < most.saturating_sub(hits.len()) {
                let Some(candidate) = next()? else { break };
                candidates.push(candidate);
            }
            if candidates.is_empty() {
                break;
            }
            watch.check()?;
            let ids: Vec<i64> = candidates.iter().map(|candidate| candidate.contact).collect();
            let mut rows: Vec<Option<Stored>> =
                many(&self.snapshot.db, &ids)?.into_iter().map(Some).collect();
            for (at, candidate) in candidates.into_iter().enumerate() {
                let is_its =
                    |row: &Option<Stored>| row.as_ref().is_some_and(|row| row.id == candidate.contact);
                // Rows come in the order of the candidates, unless one is missing.
                let at = Some(at).filter(|at| rows.get(*at).is_some_and(is_its));
                let Some(row) = at.or_else(|| rows.iter().position(is_its)).and_then(|at| rows.get_mut(at))
                else {
                    continue;
                };
                // Shown under its best key only, and under no key that its row does not have.
                let matched = row.as_ref().and_then(|row| self.query.verify(&row.contact, &candidate));
                if let (Some(matched), Some(Stored { contact, .. })) = (matched, row.take()) {
                    hits.push(Found { candidate, hit: Hit { contact, matched } });
                }
            }
        }
        Ok(hits)
    }

    /// All hits of the query from the rows: slow, and right whatever state the index is in.
    fn scan(&self) -> Result<Vec<Candidate>> {
        let db = &self.snapshot.db;
        let watch = self.session.watch();
        let mut found = Vec::new();
        let generation = db::book::read(db)?.generation;
        for scope in &self.scopes {
            let mut at = None;
            loop {
                watch.check()?;
                let entries = db::lists::entries(db, scope.of(generation), at.as_ref(), false, SLICE)?;
                let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
                for stored in many(db, &ids)? {
                    if let Some((class, text)) = self.query.best(&stored.contact) {
                        found.push(Candidate { class, text, contact: stored.id });
                    }
                }
                at = entries.into_iter().next_back();
                if at.is_none() {
                    break;
                }
            }
        }
        found.sort_unstable_by(|a, b| (a.class, &a.text, a.contact).cmp(&(b.class, &b.text, b.contact)));
        found.dedup();
        Ok(found)
    }
}

/// Rows read at a time by a scan.
const SLICE: i64 = 1_000;
