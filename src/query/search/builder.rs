//! Search as you type.

use crate::access::session::Session;
use crate::db;
use crate::db::metadata::IdRange;
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::index::{self, Candidate, Match, Query, SearchFields};
use crate::model::{AdvisorId, Contact, Filter, Network, Status, TextField, TimeField, Timestamp};
use crate::query::filter::{CompiledFilter, depends_on_unlogged_data};
use crate::query::search::hits::RankedHit;
use crate::query::search::search_executor::SearchExecutor;
use crate::query::search::typeahead::CachedHits;
use crate::query::search::unindexed::{decode_candidate_key, encode_candidate_key};
use crate::query::{Cursor, Page, QueryFingerprint, Start, page_setters, query_fingerprint, scope_setters};
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
    fields: SearchFields,
    fuzzy: bool,
    trash: bool,
    filters: SearchFilters,
    limit: usize,
    start: Start,
}

/// What hits have to be, besides what was typed.
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

impl SearchFilters {
    fn to_filter(&self) -> Filter {
        let turned = |yes, filter| if yes { filter } else { Filter::not(filter) };
        let has = |field, yes: Option<bool>| yes.map(|yes| turned(yes, Filter::field(field).present()));
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
            self.blocked.map(|yes| turned(yes, Filter::blocked())),
            self.filter.clone(),
        ];
        Filter::all(all.into_iter().flatten())
    }
}

impl Session {
    /// Searches contacts by what is typed, best hits first: first name, last name and display name from their start, each with
    /// what follows it ("john d", "doe jo"); any words of the names, the nickname and the company from their start, in any
    /// order; initials; e-mail addresses, phones and identifiers. A contact comes once, at its best place. See [`Class`](crate::Class).
    ///
    /// Case, accents, width and punctuation do not matter, nor the script: names of most scripts are found as they are typed on
    /// a Latin keyboard. An empty text finds everybody; a text of nothing but punctuation, nobody. No character is a wildcard.
    /// A text of more than twelve words is looked for as it stands.
    ///
    /// While search keys are made anew ([`Store::maintain`](crate::Store::maintain), [`Store::rebuild_index`](crate::Store::rebuild_index)),
    /// contacts that have not been given theirs are found too, by their rows: behind the other hits, in the order they were added,
    /// some 2,000 contacts a call. A walk that has begun so stays in that order.
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
            fields: SearchFields::default(),
            fuzzy: false,
            trash: false,
            filters: SearchFilters::default(),
            limit: 20,
            start: Start::First,
        }
    }
}

impl std::fmt::Debug for Search<'_> {
    /// Not the text: it may well be a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, fields: within, fuzzy: typos, trash, limit, .. } = self;
        f.debug_struct("Search")
            .field("network", network)
            .field("advisor", advisor)
            .field("within", within)
            .field("typos", typos)
            .field("trash", trash)
            .field("limit", limit)
            .finish_non_exhaustive()
    }
}

impl<'s> Search<'s> {
    page_setters!(Hit, 20);
    scope_setters!();

    /// What is looked at: [`Within::Everything`] if not said.
    pub fn fields(mut self, within: SearchFields) -> Self {
        self.fields = within;
        self
    }

    /// Whether words with letters mistyped are found too, after everything else: one letter from four, two from eight, a swap
    /// of neighbours counted as one. Not if not said, and never for a number.
    pub fn fuzzy(mut self, yes: bool) -> Self {
        self.fuzzy = yes;
        self
    }

    /// Those with a phone, or without any.
    pub fn has_phone(mut self, yes: bool) -> Self {
        self.filters.has_phone = Some(yes);
        self
    }

    /// Those with an e-mail address, or without any.
    pub fn has_email(mut self, yes: bool) -> Self {
        self.filters.has_email = Some(yes);
        self
    }

    /// Those of a company, whatever its case and accents; with an empty text, those without one.
    pub fn company(mut self, company: impl AsRef<str>) -> Self {
        self.filters.company = Some(company.as_ref().to_owned());
        self
    }

    /// Those that stand so on their network.
    pub fn status(mut self, status: Status) -> Self {
        self.filters.status = Some(status);
        self
    }

    /// Those added at this time or later.
    pub fn created_since(mut self, time: Timestamp) -> Self {
        self.filters.created_since = Some(time);
        self
    }

    /// Those active at this time or later; see [`Session::mark_active`].
    pub fn active_since(mut self, time: Timestamp) -> Self {
        self.filters.active_since = Some(time);
        self
    }

    /// Those whose first phone is blocked, or those whose is not: by the tenant or, in an advisor's list, by that advisor;
    /// elsewhere by any advisor of the tenant too.
    pub fn blocked(mut self, yes: bool) -> Self {
        self.filters.blocked = Some(yes);
        self
    }

    /// Those who meet these conditions, as well as what the other calls ask for. A condition that few contacts meet is looked up first;
    /// its cost does not grow with the book.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.filter = Some(filter);
        self
    }

    /// In the trash instead. For administrators and the system; without an advisor.
    pub fn trash(mut self) -> Self {
        self.trash = true;
        self
    }

    /// One page of hits. The work of a call is bounded, to some 2,000 rows: where conditions leave too little of too much, the
    /// page comes short, with [`Page::refine`] set.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text or limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`];
    /// [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`].
    pub fn page(&self) -> Result<Page<Hit>> {
        self.page_with_cache(false, None).map(|(page, _)| page)
    }

    /// The first page, given all that a shorter text has found; with all that this one has found, if that is one page.
    pub(crate) fn first_page(&self, memory: Option<CachedHits>) -> Result<(Page<Hit>, Option<CachedHits>)> {
        self.page_with_cache(true, memory)
    }

    /// One page; whether all hits are to be remembered; what is known of them.
    fn page_with_cache(
        &self,
        remember: bool,
        known: Option<CachedHits>,
    ) -> Result<(Page<Hit>, Option<CachedHits>)> {
        page_limit(self.limit)?;
        if self.trash && self.advisor.is_some() {
            return Err(Error::Forbidden("the trash is the tenant's, not an advisor's"));
        }
        let query = Query::new(&self.text, self.fields, self.fuzzy)?;
        let filter = self.filters.to_filter();
        filter.check()?;
        self.session.read(|snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            let scopes = if self.trash {
                rights.trash_scopes(&snapshot.db, self.network.as_ref())?
            } else {
                rights.scopes(&snapshot.db, self.network.as_ref(), self.advisor)?
            };
            let sum = query_fingerprint(&self.session.engine, "search", &scopes)
                .add_number(FOLD_VERSION.into())
                .add_number(
                    query.stages.iter().fold(0, |sum, stage| sum << 4 | i64::from(stage.kind.rank())),
                );
            let sum =
                query.identity().fold(sum.add_text(&filter.to_string()), QueryFingerprint::add_text).finish();
            let from = self.start.key(sum)?.map(|key| decode_candidate_key(&key, &query)).transpose()?;
            let unkeyed = index::unindexed(&snapshot.db)?;
            let (from, of_walk): (_, Option<IdRange>) = from.unzip();
            let keep = remember && self.start == Start::First && !depends_on_unlogged_data(&filter);
            let keep = keep && unkeyed.is_empty();
            let now = if keep { db::changes::last(&snapshot.db)? } else { 0 };
            let known =
                known.filter(|known| keep && known.can_answer(&query, (&scopes, &filter, self.limit), now));
            if let Some(known) = known {
                let (page, rest) = known.narrow(query);
                return Ok((page, Some(rest)));
            }
            let sieve =
                CompiledFilter::compile(&self.session.engine, &snapshot.db, &rights, &scopes, &filter)?;
            let fresh = snapshot.refresh();
            let mut run = SearchExecutor::new(self.session, snapshot, scopes, &query, sieve)?;
            let walk = of_walk.unwrap_or(unkeyed);
            run.unindexed = walk;
            match fresh {
                Err(Error::Damaged { .. }) => run.ranked_candidates = Some(run.rank_all_rows()?),
                // A walk that began before all keys were taken away goes on by the rows.
                Ok(()) if !walk.covers(unkeyed) => run.ranked_candidates = Some(run.rank_all_rows()?),
                done => done?,
            }
            let seal =
                |place: &Candidate, before| Cursor::encode(sum, before, &encode_candidate_key(place, walk));
            let found = run.page(from.as_ref(), self.start.is_back(), self.limit, seal)?;
            let ids: Vec<i64> = found.items.iter().map(|found| found.candidate.contact).collect();
            let scopes = run.scopes;
            let page = found
                .into_page(|found: &RankedHit, before| seal(&found.candidate, before), |found| found.hit);
            let whole = keep && page.before.is_none() && page.after.is_none();
            let contacts = page.items.iter().map(|hit| hit.contact.clone());
            let all = || ids.into_iter().zip(contacts).collect();
            let memory =
                whole.then(|| CachedHits { query, scopes, filter, change_seq: now, contacts: all() });
            Ok((page, memory))
        })
    }
}
