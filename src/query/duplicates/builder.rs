//! A query of duplicates as its caller builds it, and how a page of it is read.

use std::rc::Rc;

use crate::access::session::Session;
use crate::db::{self, Read, Scope};
use crate::error::Result;
use crate::feed::page_limit;
use crate::model::{AdvisorId, DuplicateGroup, DuplicatePair, EvidenceKind, Network};
use crate::query::duplicates::pairs::{PairLimits, candidate_pairs, connected};
use crate::query::duplicates::profile::Profile;
use crate::query::duplicates::score::compare;
use crate::query::duplicates::value_walk::{SharedValue, ValueWalk};
use crate::query::page::{
    BoundQuery, Cursor, Page, PageRead, Start, page_setters, query_fingerprint, scope_setters, truncate_page,
};

/// The score from which groups are proposed unless the caller sets another one.
const DEFAULT_MIN_SCORE: f64 = 0.8;

/// A query of duplicates that is being built; see [`Session::duplicates`].
#[derive(Debug, Clone)]
#[must_use]
pub struct DuplicateList<'s> {
    session: &'s Session,
    network: Option<Network>,
    advisor: Option<AdvisorId>,
    min_score: f64,
    kinds: Vec<EvidenceKind>,
    across_networks: bool,
    limit: usize,
    start: Start,
}

impl Session {
    /// Proposes contacts that may be the same person, in groups, with the evidence and a score. The contacts are those that
    /// [`Session::contacts`] lists for the actor. Nothing is merged: see [`Session::merge`], [`Session::not_duplicates`] and
    /// [`JobAction::MergeDuplicates`](crate::jobs::JobAction::MergeDuplicates).
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::duplicates::EvidenceKind;
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// for (name, phone) in [("Jon", "+33612345678"), ("John", "+33612345679"), ("Mary", "+33612345680")] {
    ///     session.add(NewContact::new(Network::SMS_DIRECT, name, "Doe").phone(phone).email("doe@example.com"))?;
    /// }
    /// let page = session.duplicates().page()?;
    /// assert_eq!(page.items.len(), 1, "Mary has another first name");
    /// let pair = &page.items[0].pairs[0];
    /// let kinds: Vec<_> = pair.evidence.iter().map(|evidence| evidence.kind).collect();
    /// assert_eq!(kinds, [EvidenceKind::SameEmail, EvidenceKind::SimilarName]);
    /// session.not_duplicates(pair.first, pair.second)?;
    /// assert!(session.duplicates().page()?.items.is_empty());
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// Groups with a common phone come first, then those with a common e-mail address, company, and name. Within a kind they are in the
    /// order of the shared value. A pair of contacts is in one group only, but two groups can have a contact in common.
    pub const fn duplicates(&self) -> DuplicateList<'_> {
        DuplicateList::new(self)
    }
}

impl<'s> DuplicateList<'s> {
    const fn new(session: &'s Session) -> Self {
        Self {
            session,
            network: None,
            advisor: None,
            min_score: DEFAULT_MIN_SCORE,
            kinds: Vec::new(),
            across_networks: false,
            limit: 50,
            start: Start::First,
        }
    }

    page_setters!(DuplicateGroup, 50);
    scope_setters!();

    /// Only pairs with at least this score, from 0 to 1. The default is 0.8. Below 0.7, contacts are proposed that have nothing but their
    /// name in common.
    pub const fn min_score(mut self, score: f64) -> Self {
        self.min_score = if score.is_nan() { DEFAULT_MIN_SCORE } else { score };
        self
    }

    /// Only pairs with one of these kinds of evidence.
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = EvidenceKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self.kinds.sort_unstable();
        self.kinds.dedup();
        self
    }

    /// Also pairs of contacts on different networks that share a phone or an e-mail address. Without it, pairs are on one network: a
    /// merge of two networks needs [`MergeOptions`](crate::contacts::MergeOptions).
    pub const fn across_networks(mut self, yes: bool) -> Self {
        self.across_networks = yes;
        self
    }

    /// One page of groups. If many values are shared by contacts that are not duplicates, a page has fewer groups than the limit, and
    /// [`Page::incomplete`] is set.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of bounds; [`Error::NoNetwork`](crate::Error::NoNetwork),
    /// [`Error::NoAdvisor`](crate::Error::NoAdvisor), [`Error::Forbidden`](crate::Error::Forbidden) as for [`Session::contacts`];
    /// [`Error::BadCursor`](crate::Error::BadCursor), [`Error::CursorMismatch`](crate::Error::CursorMismatch).
    pub fn page(&self) -> Result<Page<DuplicateGroup>> {
        page_limit(self.limit)?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let scopes = self.scopes(db)?;
            let query = self.query(db, &scopes)?;
            let from = self.start.key(query)?.map(|key| SharedValue::decode(&key)).transpose()?;
            let mut walk = ValueWalk::new(db, &scopes, self.min_score)?;
            self.read_page(db, &mut walk, query, from)
        })
    }

    /// The number of shared values that [`DuplicateList::page`] passes over, because more than 10,000 contacts share each: a switchboard,
    /// a placeholder. Reads all shared values.
    ///
    /// # Errors
    /// Those of [`DuplicateList::page`].
    pub fn skipped_values(&self) -> Result<u64> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let scopes = self.scopes(db)?;
            let mut walk = ValueWalk::new(db, &scopes, self.min_score)?;
            let (mut at, mut skipped) = (None, 0_u64);
            while let Some(key) = walk.next(at.as_ref(), false)? {
                let is_skipped = walk.members(&key)?.len() > db.tuning().query.duplicates_max_sharing;
                skipped = skipped.saturating_add(u64::from(is_skipped));
                at = Some(key);
            }
            Ok(skipped)
        })
    }

    fn scopes(&self, db: &Read<'_>) -> Result<Vec<Scope>> {
        let rights = self.session.rights(db)?;
        rights.scopes(db, self.network.as_ref(), self.advisor)
    }

    fn query(&self, db: &Read<'_>, scopes: &[Scope]) -> Result<BoundQuery<'s>> {
        let start = query_fingerprint(&self.session.engine, "duplicates", scopes)
            .add_text(&db::metadata::read(db)?.collation)
            .add_text(&self.min_score.to_string())
            .add_number(i64::from(self.across_networks));
        let query = self.kinds.iter().fold(start, |query, kind| query.add_text(&format!("{kind:?}")));
        Ok(query.finish())
    }

    fn read_page(
        &self,
        db: &Read<'_>,
        walk: &mut ValueWalk<'_>,
        query: BoundQuery<'_>,
        from: Option<(SharedValue, i64)>,
    ) -> Result<Page<DuplicateGroup>> {
        let back = self.start.is_back();
        let start = from.clone();
        let mut rows = db.tuning().query.duplicates_max_rows;
        let mut groups: Vec<(Vec<u8>, DuplicateGroup)> = Vec::new();
        let (mut at, mut behind) = from.map_or((None, None), |(key, contact)| (Some(key), Some(contact)));
        let mut stopped_at = None;
        // The value of the cursor is read again: it may have further groups.
        let mut key = at.clone();
        loop {
            if key.is_none() {
                key = walk.next(at.as_ref(), back)?;
            }
            let Some(value) = key.take() else { break };
            self.add_groups(db, walk, (&value, behind.take()), &mut rows, &mut groups)?;
            if groups.len() > self.limit {
                break;
            }
            if rows == 0 {
                let end = value.encode(if back { i64::MIN } else { i64::MAX });
                stopped_at = Some(Cursor::encode(query, back, &end));
                break;
            }
            at = Some(value);
        }
        let has_more = truncate_page(&mut groups, self.limit);
        let read = PageRead { items: groups, has_more, back, has_items_behind: start.is_some(), stopped_at };
        let mut page =
            read.into_page(|(key, _), before| Cursor::encode(query, before, key), |(_, group)| group);
        if let Some((key, contact)) = start.filter(|_| page.items.is_empty()) {
            // The page is empty, so no group has a cursor back: the position just beyond the start is one.
            let beyond = if back { contact.saturating_sub(1) } else { contact.saturating_add(1) };
            let way_back = Some(Cursor::encode(query, !back, &key.encode(beyond)));
            *(if back { &mut page.after } else { &mut page.before }) = way_back;
        }
        Ok(page)
    }

    /// Adds the groups of a value in the direction of the page, those behind the contact of the cursor only.
    fn add_groups(
        &self,
        db: &Read<'_>,
        walk: &mut ValueWalk<'_>,
        (key, behind): (&SharedValue, Option<i64>),
        rows: &mut usize,
        groups: &mut Vec<(Vec<u8>, DuplicateGroup)>,
    ) -> Result<()> {
        let members = walk.members(key)?;
        if members.len() < 2 || members.len() > db.tuning().query.duplicates_max_sharing {
            return Ok(());
        }
        *rows = rows.saturating_sub(members.len());
        let profiles = walk.profiles(&members)?;
        let pairs = self.pairs(db, walk, key, &profiles)?;
        let positions: Vec<(usize, usize)> = pairs.iter().map(|(at, _)| *at).collect();
        let mut connected = connected(&positions);
        let back = self.start.is_back();
        if back {
            connected.reverse();
        }
        for group in connected {
            let ids: Vec<i64> =
                group.iter().filter_map(|at| profiles.get(*at)).map(|profile| profile.id).collect();
            let first = ids.first().copied().unwrap_or_default();
            if behind.is_some_and(|behind| if back { first >= behind } else { first <= behind }) {
                continue;
            }
            let own = pairs.iter().filter(|((first, _), _)| group.contains(first));
            let pairs: Vec<DuplicatePair> = own.map(|(_, pair)| pair.clone()).collect();
            let score = pairs.iter().map(|pair| pair.score).fold(1.0, f64::min);
            let contacts = db::contact::many(db, &ids)?.into_iter().map(|stored| stored.contact).collect();
            groups.push((key.encode(first), DuplicateGroup { contacts, pairs, score }));
            if groups.len() > self.limit {
                break;
            }
        }
        Ok(())
    }

    /// The pairs of a value that are proposed, with the positions of their contacts.
    fn pairs(
        &self,
        db: &Read<'_>,
        walk: &mut ValueWalk<'_>,
        key: &SharedValue,
        profiles: &[Rc<Profile>],
    ) -> Result<Vec<((usize, usize), DuplicatePair)>> {
        let tuning = db.tuning().query;
        let limits = PairLimits {
            all_pairs: tuning.duplicates_all_pairs,
            same_key: tuning.duplicates_same_key,
            window: tuning.duplicates_window,
        };
        let mut found = Vec::new();
        for (first, second) in candidate_pairs(profiles, limits) {
            let (Some(a), Some(b)) = (profiles.get(first), profiles.get(second)) else { continue };
            if a.tenant != b.tenant || (a.network != b.network && !self.across_networks) {
                continue;
            }
            let mut comparison = compare(a, b);
            if comparison.in_small_company > 0 && walk.is_in_small_company(a)? {
                comparison.score = comparison.score.saturating_add(comparison.in_small_company);
            }
            let is_of_kind = self.kinds.is_empty()
                || comparison.evidence.iter().any(|evidence| self.kinds.contains(&evidence.kind));
            if f64::from(comparison.score) / 100.0 < self.min_score
                || comparison.score == 0
                || !is_of_kind
                || walk.is_in_earlier_value((a, b), key, tuning.duplicates_max_sharing)?
                || db::duplicates::is_not_duplicate(db, a.id, b.id)?
            {
                continue;
            }
            found.push(((first, second), comparison.into_pair(a, b)));
        }
        Ok(found)
    }
}
