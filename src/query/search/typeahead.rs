//! A search that follows what is typed, key by key.

use crate::access::session::Session;
use crate::db::Scope;
use crate::error::Result;
use crate::host::interrupt::Interrupt;
use crate::index::{Candidate, Query};
use crate::model::{Contact, Filter};
use crate::query::Page;
use crate::query::search::builder::{Hit, Search};

/// A search that follows what is typed. When the text has only grown and all hits of the shorter text were on one page, the
/// hits are found among those, without a look at the index.
///
/// It reads, each time on a snapshot of its own, and holds nothing between two calls that a writer could wait for. Another
/// thread can stop a call that runs, by [`Typeahead::interrupt`]. Every change that is logged is seen at once; a sign of life
/// ([`Session::mark_active`]) is none.
///
/// ```
/// use cardex::{Actor, Network, NewContact, Options, Typeahead};
/// let store = Options::new().open_in_memory()?;
/// let desk = store.session(Actor::System);
/// desk.add(NewContact::new(Network::SMS_DIRECT, "Zoë", "Müller"))?;
/// let mut typing = Typeahead::new(&desk, |search| search.limit(10));
/// for text in ["z", "zo", "zoe m"] {
///     assert_eq!(typing.page(text)?.items.len(), 1);
/// }
/// # Ok::<(), cardex::Error>(())
/// ```
pub struct Typeahead {
    session: Session,
    interrupt: Interrupt,
    configure: Box<dyn Fn(Search<'_>) -> Search<'_> + Send>,
    cache: Option<CachedHits>,
}

impl std::fmt::Debug for Typeahead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typeahead").finish_non_exhaustive()
    }
}

impl Typeahead {
    /// Follows what is typed in a session; `shape` sets network, conditions and limit of each search.
    #[must_use]
    pub fn new(session: &Session, shape: impl Fn(Search<'_>) -> Search<'_> + Send + 'static) -> Self {
        let interrupt = Interrupt::new();
        let session = session.clone().interrupted_by(&interrupt);
        Self { session, interrupt, configure: Box::new(shape), cache: None }
    }

    /// A handle that stops a running [`Typeahead::page`] from another thread. The next call goes through again.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// The first page for a text.
    ///
    /// # Errors
    /// Those of [`Search::page`]; [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn page(&mut self, text: &str) -> Result<Page<Hit>> {
        self.interrupt.reset();
        let (page, memory) = (self.configure)(self.session.search(text)).first_page(self.cache.take())?;
        self.cache = memory;
        Ok(page)
    }
}

/// All hits of a query, as they were at some moment.
#[derive(Debug)]
pub(crate) struct CachedHits {
    pub(crate) query: Query,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) filter: Filter,
    /// The last change logged.
    pub(crate) change_seq: i64,
    pub(crate) contacts: Vec<(i64, Contact)>,
}

impl CachedHits {
    /// Whether everything that a query finds now is among these, and fits on a page.
    pub(crate) fn can_answer(&self, query: &Query, asked: (&[Scope], &Filter, usize), now: i64) -> bool {
        let (scopes, filter, limit) = asked;
        let same = self.change_seq == now && self.scopes == scopes && self.filter == *filter;
        same && self.contacts.len() <= limit && query.narrows(&self.query)
    }

    /// The hits of a narrower query, and what is left of these.
    pub(crate) fn narrow(self, query: Query) -> (Page<Hit>, Self) {
        let mut found: Vec<(Candidate, Contact)> = self
            .contacts
            .into_iter()
            .filter_map(|(id, contact)| {
                let (stage, text) = query.sort_position(&contact)?;
                Some((Candidate { stage, text, contact: id }, contact))
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let hit = |(place, contact): &(Candidate, Contact)| {
            let matched = query.verify(contact, place)?;
            Some(Hit { contact: contact.clone(), matched })
        };
        let items = found.iter().filter_map(hit).collect();
        let all = found.into_iter().map(|(place, contact)| (place.contact, contact)).collect();
        (Page { items, before: None, after: None, incomplete: false }, Self { query, contacts: all, ..self })
    }
}
