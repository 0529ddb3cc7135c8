//! One list in one snapshot, and pages of it.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::db::contact::{StoredContact, many};
use crate::db::list::sort_index;
use crate::db::list::sort_index::SortPosition;
use crate::db::metadata::Metadata;
use crate::db::scope::EntryKey;
use crate::db::{self, Owner, Read, Scope};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::{Contact, SortField, SortOrder};
use crate::query::filter::CompiledFilter;
use crate::query::list::list_scan::{ListCandidates, ListScanResult, ScanBudget};
use crate::query::list::merge_walk::compare_entries;
use crate::query::{
    Cursor, Page, PageRead as Found, Start, decode_number_key, encode_number_key, truncate_page,
};

/// Contacts of an advisor up to which they are all sorted, instead of looked for among the tenant's.
const MAX_SORTED_ADVISOR_CONTACTS: i64 = if cfg!(test) { 3 } else { 2_048 };

pub(crate) fn decode_list_key(key: &[u8]) -> Result<EntryKey> {
    let (contact, sort_key) = decode_number_key(key)?;
    Ok((sort_key.to_vec(), contact))
}

/// One list in one snapshot.
pub(crate) struct ListExecutor<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) db: &'a Read<'a>,
    pub(crate) metadata: Metadata,
    /// The fingerprint of the query.
    pub(crate) fingerprint: u64,
    pub(crate) order: SortOrder,
    /// What the actor sees, in parts that have no contact in common.
    pub(crate) scopes: Vec<Scope>,
    /// What is walked: the same, or the tenant's lists if an advisor's are not kept in this order.
    pub(crate) scan_scopes: Vec<Scope>,
    /// Whether those who are walked are to be held against the advisor's lists.
    filter_by_advisor: bool,
    pub(crate) filter: Option<CompiledFilter>,
    /// The contacts that conditions may leave, in the order of the list, if they are few.
    pub(crate) sorted_candidates: Option<Vec<EntryKey>>,
    /// What else is known of them, once it has been asked for: by sets and short ranges, and by all.
    pub(crate) quick_candidates: OnceCell<ListCandidates>,
    pub(crate) full_candidates: OnceCell<ListCandidates>,
    pub(crate) count_method: crate::query::list::section::CountMethod,
}

impl<'a> ListExecutor<'a> {
    #[allow(clippy::too_many_arguments)] // what a call knows when it begins
    pub(crate) fn new(
        inner: &'a Engine,
        db: &'a Read<'a>,
        book: Metadata,
        (sum, order): (u64, SortOrder),
        scopes: Vec<Scope>,
        sieve: Option<CompiledFilter>,
        counting: crate::query::list::section::CountMethod,
    ) -> Result<Self> {
        let advisors = scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)));
        let sift_members = advisors && order.field != SortField::Name;
        let walked =
            if sift_members { crate::query::filter::covering_scopes(db, &scopes)? } else { scopes.clone() };
        let mut run = Self {
            engine: inner,
            db,
            metadata: book,
            fingerprint: sum,
            order,
            scopes,
            scan_scopes: walked,
            filter_by_advisor: sift_members,
            filter: sieve,
            sorted_candidates: None,
            quick_candidates: OnceCell::new(),
            full_candidates: OnceCell::new(),
            count_method: counting,
        };
        run.find_sorted_candidates()?;
        Ok(run)
    }

    /// Finds out whether conditions, or the list itself, leave few.
    fn find_sorted_candidates(&mut self) -> Result<()> {
        let proposed = self.filter.as_ref().map_or(Ok(None), |sieve| sieve.candidate_ids(self.db))?;
        if let Some(ids) = proposed {
            self.sorted_candidates =
                Some(self.locate_entries(&ids)?.into_iter().map(|(_, entry)| entry).collect());
            return Ok(());
        }
        if self.filter_by_advisor {
            let lists = || self.scopes.iter().map(|scope| scope.in_generation(self.metadata.generation));
            let mut total = 0_i64;
            for list in lists() {
                total = total.saturating_add(db::bucket::total(self.db, list)?);
            }
            if total <= MAX_SORTED_ADVISOR_CONTACTS {
                let mut ids = Vec::new();
                for list in lists() {
                    let entries =
                        db::entries::entries(self.db, list, None, false, MAX_SORTED_ADVISOR_CONTACTS)?;
                    ids.extend(entries.into_iter().map(|(_, id)| id));
                }
                self.sorted_candidates =
                    Some(self.locate_entries(&ids)?.into_iter().map(|(_, entry)| entry).collect());
            }
        }
        Ok(())
    }

    pub(crate) fn page(
        &self,
        from: Option<&EntryKey>,
        back: bool,
        limit: usize,
    ) -> Result<Found<(EntryKey, StoredContact)>> {
        let most = limit.saturating_add(1);
        let ListScanResult { mut found, stopped_at: stopped } =
            self.scan(from, back, most, ScanBudget::for_page(most))?;
        let more = truncate_page(&mut found, limit);
        let items = self.load_contacts(found)?;
        let behind = match (from, items.first()) {
            (Some(_), Some((first, _))) => self.has_entry_beyond(first, !back)?,
            _ => false,
        };
        let stopped = stopped.map(|entry| self.encode_cursor(&entry, back));
        Ok(Found { items, has_more: more, back, has_items_behind: behind, stopped_at: stopped })
    }

    /// Whether a contact that was walked past is in an advisor's list, if that is what is asked for.
    pub(crate) fn is_in_advisor_list(&self, id: i64, few: bool) -> Result<bool> {
        if !self.filter_by_advisor || few {
            return Ok(true);
        }
        for scope in &self.scopes {
            if let Owner::Advisor(advisor) = scope.owner {
                return Ok(db::entries::is_linked(self.db, id, advisor)?);
            }
        }
        Ok(true)
    }

    /// Gives a page without contacts the cursor to those it came from: a letter behind the last one, or conditions that left
    /// nobody.
    pub(crate) fn set_return_cursor(
        &self,
        page: &mut Page<Contact>,
        (key, id): EntryKey,
        start: &Start,
    ) -> Result<()> {
        // The place of a cursor is itself on the page that it came from.
        let step = if self.order.descending { -1 } else { 1 };
        let at = match start {
            Start::First => (key, id),
            Start::After(_) => (key, id.saturating_add(step)),
            Start::Before(_) => (key, id.saturating_sub(step)),
        };
        let back = !start.is_back();
        if self.has_entry_beyond(&at, back)? {
            let cursor = Some(self.encode_cursor(&at, back));
            if back { page.before = cursor } else { page.after = cursor }
        }
        Ok(())
    }

    /// Entries with their contacts.
    pub(crate) fn load_contacts(
        &self,
        found: Vec<(EntryKey, Option<StoredContact>)>,
    ) -> Result<Vec<(EntryKey, StoredContact)>> {
        let missing = found.iter().filter(|(_, row)| row.is_none());
        let ids: Vec<i64> = missing.map(|((_, id), _)| *id).collect();
        let mut rows = many(self.db, &ids)?.into_iter();
        let mut items = Vec::with_capacity(found.len());
        for (entry, row) in found {
            let row = row.or_else(|| rows.next()).filter(|row| row.id == entry.1);
            let none = Error::Damaged { what: "a list names a contact that is not there", source: None };
            items.push((entry, row.ok_or(none)?));
        }
        Ok(items)
    }

    /// Whether a contact that meets the conditions stands beyond a place, as far as one call looks; if there are too many to
    /// look at, there is.
    fn has_entry_beyond(&self, at: &EntryKey, back: bool) -> Result<bool> {
        let ListScanResult { found, stopped_at: stopped } =
            self.scan(Some(at), back, 1, ScanBudget::for_page(1))?;
        Ok(stopped.is_some() || !found.is_empty())
    }

    /// Where those of some contacts stand that are in the lists asked for, in the order of the list, and in which one.
    pub(crate) fn locate_entries(&self, ids: &[i64]) -> Result<Vec<(Scope, EntryKey)>> {
        let wanted: HashSet<Scope> = self.scopes.iter().copied().collect();
        let mut placed = Vec::new();
        for SortPosition { id, scope: own, key } in
            sort_index::positions(self.db, self.order.field, self.metadata.generation, ids)?
        {
            let scope = if wanted.contains(&own) { Some(own) } else { self.advisor_scope_of(id, own)? };
            placed.extend(scope.map(|scope| (scope, (key, id))));
        }
        placed.sort_by(|(_, a), (_, b)| compare_entries(self.order, false, a, b));
        Ok(placed)
    }

    /// The advisor's list that a contact is in, if that is one of those asked for.
    fn advisor_scope_of(&self, id: i64, own: Scope) -> Result<Option<Scope>> {
        if matches!(own.owner, Owner::Trash(_)) {
            return Ok(None);
        }
        for scope in self.scopes.iter().filter(|scope| scope.network == own.network) {
            if let Owner::Advisor(advisor) = scope.owner
                && db::entries::is_linked(self.db, id, advisor)?
            {
                return Ok(Some(*scope));
            }
        }
        Ok(None)
    }

    /// Whether those who are walked are held against an advisor's lists.
    pub(crate) fn is_filtered_by_advisor(&self) -> bool {
        self.filter_by_advisor
    }

    /// Whether an advisor's lists are asked for.
    pub(crate) fn has_advisor_scope(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)))
    }

    pub(crate) fn encode_cursor(&self, entry: &EntryKey, before: bool) -> Cursor {
        Cursor::encode(self.fingerprint, before, &encode_number_key(entry.1, &entry.0))
    }
}
