//! A search as its caller builds it, and how a page of it is read.

use crate::access::session::Session;
use crate::db::metadata::IdRange;
use crate::db::{self, Scope};
use crate::engine::Snapshot;
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::index::{self, Candidate, Query, SearchFields, SearchOrder};
use crate::model::{AdvisorId, Filter, Network, Status, TextField, TimeField, Timestamp};
use crate::query::filter::{CompiledFilter, depends_on_unlogged_data};
use crate::query::page::{
    BoundQuery, Cursor, Page, QueryFingerprint, Start, page_setters, query_fingerprint, scope_setters,
};
use crate::query::search::cached_hits::CachedHits;
use crate::query::search::candidate_key::{decode_candidate_key, encode_candidate_key};
use crate::query::search::executor::SearchExecutor;
use crate::query::search::hits::{Hit, RankedHit, SummaryHit};
use crate::text::fold::FOLD_VERSION;

/// A search that is being built; see [`Session::search`].
#[derive(Clone)]
#[must_use]
pub struct Search<'s> {
    session: &'s Session,
    text: String,
    network: Option<Network>,
    advisor: Option<AdvisorId>,
    fields: SearchFields,
    fuzzy: bool,
    order: SearchOrder,
    expand: bool,
    trash: bool,
    filters: SearchFilters,
    limit: usize,
    start: Start,
}

/// The conditions on hits, besides the text.
#[derive(Clone, Default)]
struct SearchFilters {
    has_phone: Option<bool>,
    has_email: Option<bool>,
    company: Option<String>,
    status: Option<Status>,
    created_since: Option<Timestamp>,
    active_since: Option<Timestamp>,
    blocked: Option<bool>,
    filter: Option<Filter>,
}

/// What one page of a query is read with.
struct SearchWork<'w> {
    scopes: &'w [Scope],
    compiled: Option<CompiledFilter>,
    from: Option<&'w Candidate>,
    /// The contacts without search keys at the start of the walk, and now.
    walk: IdRange,
    unindexed: IdRange,
    kind: PageKind,
}

/// What a page has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PageKind {
    /// Whole contacts.
    Contacts,
    /// Contacts with the members of a summary only.
    Summaries,
    /// Whole contacts of a first page, from the cached hits of a shorter text if possible.
    First,
}

impl SearchFilters {
    /// All conditions as one filter.
    fn to_filter(&self) -> Filter {
        let expect = |expected, filter| if expected { filter } else { Filter::not(filter) };
        let has = |field, expected: Option<bool>| {
            expected.map(|expected| expect(expected, Filter::field(field).present()))
        };
        let company = self.company.as_ref().map(|company| {
            let field = Filter::field(TextField::Company);
            if company.trim().is_empty() {
                Filter::not(field.present())
            } else {
                field.equals(company.as_str())
            }
        });
        let since = |field, at: Option<Timestamp>| at.map(|at| Filter::time(field).since(at));
        let all = [
            has(TextField::Phone, self.has_phone),
            has(TextField::Email, self.has_email),
            company,
            self.status.map(|status| Filter::status([status])),
            since(TimeField::Created, self.created_since),
            since(TimeField::Active, self.active_since),
            self.blocked.map(|expected| expect(expected, Filter::blocked())),
            self.filter.clone(),
        ];
        Filter::all(all.into_iter().flatten())
    }
}

impl Session {
    /// Searches contacts by what a user types, best hits first. These are found, in this order:
    ///
    /// 1. the first name, the last name and the display name, from their start and with what follows ("john d", "doe jo"); if the text is
    ///    one word, names that begin with the whole word come first;
    /// 2. any words of the names, the nickname and the company, from their start and in any order;
    /// 3. initials;
    /// 4. e-mail addresses, phones and identifiers.
    ///
    /// A contact is returned once, at its best position. See [`MatchKind`](crate::MatchKind).
    ///
    /// Case, accents, width and punctuation are ignored. Names of most scripts are also found as they are typed on a Latin keyboard. An
    /// empty text finds all contacts; a text of punctuation only finds none. No character is a wildcard. A text of more than twelve
    /// words is searched as one text.
    ///
    /// During reindexing ([`Store::maintain`](crate::Store::maintain), [`Store::rebuild_index`](crate::Store::rebuild_index)), contacts
    /// without search keys are found by their rows. They follow the other hits, in the order in which they were added; a call reads
    /// about 2,000 of them. A walk that has begun in this order continues in it.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// session.add(NewContact::new(Network::SMS_DIRECT, "Zoë", "Müller"))?;
    /// let page = session.search("zoe m").network(Network::SMS_DIRECT).limit(20).page()?;
    /// assert_eq!(page.items[0].contact.display_name, "Zoë Müller");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn search(&self, text: impl Into<String>) -> Search<'_> {
        Search {
            session: self,
            text: text.into(),
            network: None,
            advisor: None,
            fields: SearchFields::default(),
            fuzzy: false,
            order: SearchOrder::default(),
            expand: true,
            trash: false,
            filters: SearchFilters::default(),
            limit: 20,
            start: Start::First,
        }
    }
}

impl std::fmt::Debug for Search<'_> {
    /// Without the text: it may be a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, fields, fuzzy, order, trash, limit, .. } = self;
        f.debug_struct("Search")
            .field("network", network)
            .field("advisor", advisor)
            .field("fields", fields)
            .field("fuzzy", fuzzy)
            .field("order", order)
            .field("trash", trash)
            .field("limit", limit)
            .finish_non_exhaustive()
    }
}

impl<'s> Search<'s> {
    page_setters!(Hit, 20);
    scope_setters!();

    /// The fields to search. The default is [`SearchFields::Everything`].
    pub fn fields(mut self, fields: SearchFields) -> Self {
        self.fields = fields;
        self
    }

    /// Whether words with typos are found too, after all other hits: one typo in words of four to seven letters, two in longer ones. A
    /// swap of adjacent letters counts as one. The default is no. Numbers are never found with typos.
    pub fn fuzzy(mut self, yes: bool) -> Self {
        self.fuzzy = yes;
        self
    }

    /// Whether other names and spellings of the words are searched too: nicknames (William for "bill") and variant characters, after
    /// e-mail addresses, phones and identifiers. If the text then has no hit, it is read as words typed together or apart ("jsmith",
    /// "maryann", "mc donald") and as typed on another keyboard layout (Russian, Korean). The default is yes. Not with
    /// [`SearchFields::Names`], and not during reindexing.
    pub fn expand(mut self, yes: bool) -> Self {
        self.expand = yes;
        self
    }

    /// The order of the hits. The default is [`SearchOrder::WholeWords`].
    pub fn order(mut self, order: SearchOrder) -> Self {
        self.order = order;
        self
    }

    /// Contacts that have a phone, or contacts that have none.
    pub fn has_phone(mut self, yes: bool) -> Self {
        self.filters.has_phone = Some(yes);
        self
    }

    /// Contacts that have an e-mail address, or contacts that have none.
    pub fn has_email(mut self, yes: bool) -> Self {
        self.filters.has_email = Some(yes);
        self
    }

    /// Contacts of a company; case and accents are ignored. With an empty text: contacts without a company.
    pub fn company(mut self, company: impl AsRef<str>) -> Self {
        self.filters.company = Some(company.as_ref().to_owned());
        self
    }

    /// Contacts with this status on their network.
    pub fn status(mut self, status: Status) -> Self {
        self.filters.status = Some(status);
        self
    }

    /// Contacts added at this time or later.
    pub fn created_since(mut self, time: Timestamp) -> Self {
        self.filters.created_since = Some(time);
        self
    }

    /// Contacts active at this time or later; see [`Session::mark_active`].
    pub fn active_since(mut self, time: Timestamp) -> Self {
        self.filters.active_since = Some(time);
        self
    }

    /// Contacts whose first phone is blocked, or contacts whose first phone is not. In an advisor's list, the blocks of the tenant and of
    /// that advisor count; elsewhere, those of the tenant and of all its advisors.
    pub fn blocked(mut self, yes: bool) -> Self {
        self.filters.blocked = Some(yes);
        self
    }

    /// Contacts that match this filter, in addition to the other conditions. A condition that few contacts match is looked up first; its
    /// cost does not grow with the book.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.filter = Some(filter);
        self
    }

    /// Searches the trash instead. For administrators and the system; without an advisor.
    pub fn trash(mut self) -> Self {
        self.trash = true;
        self
    }

    /// One page of hits. A call reads about 2,000 rows at most. If too few of them match the filter, the page has fewer hits than the
    /// limit, and [`Page::incomplete`] is set.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text or limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`];
    /// [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`].
    pub fn page(&self) -> Result<Page<Hit>> {
        self.read_page(PageKind::Contacts, None).map(|(page, _)| page)
    }

    /// One page of hits with what a list shows of each contact. A page takes less time than [`Search::page`], because some columns are not
    /// read. Hits, order and cursors are the same.
    ///
    /// # Errors
    /// Those of [`Search::page`].
    pub fn summaries(&self) -> Result<Page<SummaryHit>> {
        self.read_page(PageKind::Summaries, None).map(|(page, _)| page.map(SummaryHit::from))
    }

    /// The first page, from the hits of a shorter text if possible; and all hits of this text, if they fit on one page.
    pub(super) fn first_page(&self, cached: Option<CachedHits>) -> Result<(Page<Hit>, Option<CachedHits>)> {
        self.read_page(PageKind::First, cached)
    }

    /// One page; and all hits of this query, if that is requested and they fit on it.
    fn read_page(
        &self,
        kind: PageKind,
        cached: Option<CachedHits>,
    ) -> Result<(Page<Hit>, Option<CachedHits>)> {
        page_limit(self.limit)?;
        if self.trash && self.advisor.is_some() {
            return Err(Error::Forbidden("the trash is the tenant's, not an advisor's"));
        }
        let query = Query::new(&self.text, self.fields, self.fuzzy, &self.session.engine.phones)?
            .in_order(self.order);
        let query = if self.expand { query.with_equivalents() } else { query };
        let filter = self.filters.to_filter();
        filter.check()?;
        self.session.read(|snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            let scopes = if self.trash {
                rights.trash_scopes(&snapshot.db, self.network.as_ref())?
            } else {
                rights.scopes(&snapshot.db, self.network.as_ref(), self.advisor)?
            };
            let fingerprint = self.fingerprint(&query, &filter, &scopes);
            let (query, from) = self.decode_start(query, fingerprint)?;
            let unindexed = index::unindexed(&snapshot.db)?;
            let (from, of_walk): (_, Option<IdRange>) = from.unzip();
            let caches = kind == PageKind::First
                && self.start == Start::First
                && !depends_on_unlogged_data(&filter)
                && unindexed.is_empty();
            let change_seq = if caches { db::changes::last(&snapshot.db)? } else { 0 };
            let cached = cached.filter(|cached| {
                caches && cached.can_answer(&query, (&scopes, &filter, self.limit), change_seq)
            });
            if let Some(cached) = cached {
                let (page, rest) = cached.narrow(query.clone());
                if !page.items.is_empty() {
                    return Ok((page, Some(rest)));
                }
            }
            let walk = of_walk.unwrap_or(unindexed);
            let mut run = |query: &Query, walk: IdRange| {
                let compiled =
                    CompiledFilter::compile(&self.session.engine, &snapshot.db, &rights, &scopes, &filter)?;
                let work =
                    SearchWork { scopes: &scopes, compiled, from: from.as_ref(), walk, unindexed, kind };
                self.run(snapshot, query, fingerprint, work)
            };
            let (mut page, ids) = run(&query, walk)?;
            let mut has_all_hits = caches && page.before.is_none() && page.after.is_none();
            if page.items.is_empty()
                && unindexed.is_empty()
                && !page.incomplete
                && self.expand
                && self.start == Start::First
                && let Some(fallback) = query.fallback(&self.text)
            {
                (page, _) = run(&fallback, IdRange::default())?;
                has_all_hits = false;
            }
            let contacts = page.items.iter().map(|hit| hit.contact.clone());
            let contacts = || ids.into_iter().zip(contacts).collect();
            let cache =
                has_all_hits.then(|| CachedHits { query, scopes, filter, change_seq, contacts: contacts() });
            Ok((page, cache))
        })
    }

    /// The position of the cursor. A walk that began with a fallback continues with it.
    fn decode_start(
        &self,
        query: Query,
        fingerprint: BoundQuery<'_>,
    ) -> Result<(Query, Option<(Candidate, IdRange)>)> {
        let Some(key) = self.start.key(fingerprint)? else { return Ok((query, None)) };
        match (decode_candidate_key(&key, &query), self.expand) {
            (Err(Error::BadCursor), true) => {
                let fallback = query.fallback(&self.text).ok_or(Error::BadCursor)?;
                let from = decode_candidate_key(&key, &fallback)?;
                Ok((fallback, Some(from)))
            }
            (from, _) => Ok((query, Some(from?))),
        }
    }

    /// One page of a query, and the local ids of its contacts.
    fn run(
        &self,
        snapshot: &mut Snapshot<'_>,
        query: &Query,
        fingerprint: BoundQuery<'_>,
        work: SearchWork<'_>,
    ) -> Result<(Page<Hit>, Vec<i64>)> {
        let SearchWork { scopes, compiled, from, walk, unindexed, kind } = work;
        let refreshed = snapshot.refresh();
        let mut executor = SearchExecutor::new(self.session, snapshot, scopes.to_vec(), query, compiled)?;
        executor.unindexed = walk;
        executor.is_summary = kind == PageKind::Summaries;
        match refreshed {
            Err(Error::Damaged { .. }) => executor.use_all_rows()?,
            // A walk continues by the rows if all keys were removed after it began.
            Ok(()) if !walk.covers(unindexed) => executor.use_all_rows()?,
            done => done?,
        }
        let cursor_at = |candidate: &Candidate, before| {
            Cursor::encode(fingerprint, before, &encode_candidate_key(candidate, walk))
        };
        let read = executor.page(from, self.start.is_back(), self.limit, cursor_at)?;
        let ids: Vec<i64> = read.items.iter().map(|hit| hit.candidate.contact).collect();
        let page =
            read.into_page(|hit: &RankedHit, before| cursor_at(&hit.candidate, before), |ranked| ranked.hit);
        Ok((page, ids))
    }

    fn fingerprint(&self, query: &Query, filter: &Filter, scopes: &[Scope]) -> BoundQuery<'_> {
        let kinds = query.stages.iter().fold(0, |sum, stage| sum << 4 | i64::from(stage.kind.rank()));
        let start = query_fingerprint(&self.session.engine, "search", scopes)
            .add_number(FOLD_VERSION.into())
            .add_number(kinds)
            .add_text(&filter.to_string());
        query.identity().fold(start, QueryFingerprint::add_text).finish()
    }
}
