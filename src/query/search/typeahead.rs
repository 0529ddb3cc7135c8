//! A search that follows what a user types, key by key.

use crate::access::session::Session;
use crate::error::Result;
use crate::host::interrupt::Interrupt;
use crate::query::page::{Cursor, Page};
use crate::query::search::builder::Search;
use crate::query::search::cached_hits::CachedHits;
use crate::query::search::hits::Hit;

/// A search that follows what a user types. If the text has only grown, and all hits of the shorter text were on one page, the hits are
/// found among those without reading the index.
///
/// Each call reads a snapshot of its own. Between two calls nothing is locked, so writers never wait. Another thread can stop a running
/// call by [`Typeahead::interrupt`]. Every logged change is visible at once; an activity ([`Session::mark_active`]) is not logged.
///
/// ```
/// use cardex::{Actor, Network, NewContact, Options, Typeahead};
/// let store = Options::new().open_in_memory()?;
/// let session = store.session(Actor::System);
/// session.add(NewContact::new(Network::SMS_DIRECT, "Zoë", "Müller"))?;
/// let mut typing = Typeahead::new(&session, |search| search.limit(10));
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
    /// A typeahead in a session; `configure` sets network, conditions and limit of each search.
    #[must_use]
    pub fn new(session: &Session, configure: impl Fn(Search<'_>) -> Search<'_> + Send + 'static) -> Self {
        let interrupt = Interrupt::new();
        let session = session.clone().also_interrupted_by(&interrupt);
        Self { session, interrupt, configure: Box::new(configure), cache: None }
    }

    /// A handle that stops a running call from another thread. The next call runs normally. The interrupt of the session
    /// stops calls too, until it is reset.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// The first page of hits for a text.
    ///
    /// # Errors
    /// Those of [`Search::page`]; [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn page(&mut self, text: &str) -> Result<Page<Hit>> {
        self.interrupt.reset();
        let (page, cache) = (self.configure)(self.session.search(text)).first_page(self.cache.take())?;
        self.cache = cache;
        Ok(page)
    }

    /// The page of hits for a text that follows another page of the same text: `after` is [`Page::after`] of that page.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options, Typeahead};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// for last in ["A", "B", "C"] {
    ///     session.add(NewContact::new(Network::BOOK, "Eve", last))?;
    /// }
    /// let mut typing = Typeahead::new(&session, |search| search.limit(2));
    /// let first = typing.page("eve")?;
    /// let second = typing.page_after("eve", first.after.unwrap())?;
    /// assert_eq!((first.items.len(), second.items.len(), second.after), (2, 1, None));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Search::page`], also [`Error::CursorMismatch`](crate::Error::CursorMismatch) for the cursor of another text;
    /// [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn page_after(&mut self, text: &str, after: Cursor) -> Result<Page<Hit>> {
        self.interrupt.reset();
        (self.configure)(self.session.search(text)).after(after).page()
    }
}
