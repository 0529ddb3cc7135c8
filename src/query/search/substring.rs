//! A search for substrings as its caller builds it.

use crate::access::session::Session;
use crate::error::Result;
use crate::feed::page_limit;
use crate::model::{AdvisorId, Network};
use crate::query::filter::BlockFilter;
use crate::query::page::{
    Cursor, Page, Start, encode_optional_bool, page_setters, query_fingerprint, scope_setters,
};
use crate::query::search::hits::Hit;
use crate::query::search::substring_executor::{SubstringExecutor, decode_rank_key, encode_rank_key};
use crate::text::fold::FOLD_VERSION;
use crate::text::substring::{Needle, SubstringField};

/// A search for substrings that is being built; see [`Session::search_substring`].
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
    /// Searches for a text anywhere in a contact. Hits are ordered by the field that contains the text: display name or "first last";
    /// nickname or company; an e-mail address; a phone; an identifier. Hits of one field are in the order in which they were added.
    ///
    /// Names, nickname and company are compared as in [`Session::search`]: case, accents, width and punctuation are ignored ("r-m" is
    /// "r m", "o'n" is "on"). E-mail addresses are compared without case, identifiers exactly. A text of digits and their usual
    /// separators is searched in the digits of the phones; with a leading plus sign, from their start. No character is a wildcard.
    /// White space at both ends of the text is ignored.
    ///
    /// The work of a call is limited. So a page may have fewer hits than the limit, or none, and a cursor to continue; the last page is
    /// the one without a cursor. With `substring_index().build` that is rare. Without it, each call reads a few thousand contacts.
    ///
    /// ```
    /// use cardex::{Actor, Field, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").email("jd@example.com"))?;
    /// let page = session.search_substring("hn d").network(Network::SMS_DIRECT).page()?;
    /// assert_eq!(page.items[0].matched.ranges[0].bytes, 2..6);
    /// let page = session.search_substring("D@EX").page()?;
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
    /// Without the text: it may be a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, limit, .. } = self;
        f.debug_struct("SubstringSearch")
            .field("network", network)
            .field("advisor", advisor)
            .field("limit", limit)
            .finish_non_exhaustive()
    }
}

impl<'s> SubstringSearch<'s> {
    page_setters!(Hit, 20);
    scope_setters!();

    /// Contacts whose first phone is blocked, or contacts whose first phone is not; see [`Search::blocked`](crate::Search::blocked).
    pub fn blocked(mut self, yes: bool) -> Self {
        self.blocked = Some(yes);
        self
    }

    /// One page of hits.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a text that is blank or too long, or a limit out of bounds;
    /// [`Error::BadCursor`](crate::Error::BadCursor), [`Error::CursorMismatch`](crate::Error::CursorMismatch);
    /// [`Error::NoNetwork`](crate::Error::NoNetwork), [`Error::NoAdvisor`](crate::Error::NoAdvisor),
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub fn page(&self) -> Result<Page<Hit>> {
        page_limit(self.limit)?;
        let needle = Needle::new(&self.text)?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let scopes = rights.scopes(db, self.network.as_ref(), self.advisor)?;
            // This name is part of stored cursors, so it does not follow the name of the method.
            let start = query_fingerprint(&self.session.engine, "containing", &scopes)
                .add_number(FOLD_VERSION.into());
            let fingerprint = SubstringField::ALL
                .iter()
                .fold(start, |sum, field| sum.add_text(needle.text_for(*field).unwrap_or("\0")))
                .add_number(encode_optional_bool(self.blocked))
                .finish();
            let from = self.start.key(fingerprint)?.map(|key| decode_rank_key(&key)).transpose()?;
            let block_filter = BlockFilter::build(db, &rights, &scopes, self.blocked)?;
            let is_one_network = self.network.is_some();
            let cancel_token = self.session.cancel_token();
            let mut executor =
                SubstringExecutor::new(db, cancel_token, &needle, block_filter, (scopes, is_one_network))?;
            executor.page(from, self.start.is_back(), self.limit, |position, before| {
                Cursor::encode(fingerprint, before, &encode_rank_key(position))
            })
        })
    }
}
