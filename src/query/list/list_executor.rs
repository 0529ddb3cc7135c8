//! The state of one list in one snapshot, and where contacts are in it.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::db::contact::sort_values::{SortPosition, positions};
use crate::db::metadata::Metadata;
use crate::db::scope::EntryKey;
use crate::db::{self, ListKey, Owner, Read, Scope};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::tuning::QueryTuning;
use crate::model::{SortField, SortOrder};
use crate::query::cost;
use crate::query::filter::{BlockFilter, CandidateBitmap, CompiledFilter, covering_scopes};
use crate::query::list::merge_walk::compare_entries;
use crate::query::page::{BoundQuery, Cursor, decode_number_key, encode_number_key};

/// How the contacts of a list are counted.
#[derive(Debug)]
pub(super) enum CountMethod {
    /// There is no filter: by stored counts.
    All,
    /// The filter is whether contacts are blocked: by stored counts and the blocked contacts.
    Blocked(Option<BlockFilter>),
    /// The filter is a tag: by its stored counts. The names, and the tenants whose tags have them.
    Tags(Vec<String>, Vec<i64>),
    /// Any other filter: by candidates and tests.
    Filter,
}

/// The contacts of a list that may match the filter.
pub(super) enum ListCandidates {
    /// In the order of the list.
    Sorted(Vec<EntryKey>),
    /// As a bitmap.
    Bitmap(CandidateBitmap),
    /// No index lists them.
    Unknown,
}

/// One list in one snapshot.
pub(super) struct ListExecutor<'a> {
    pub(super) engine: &'a Engine,
    pub(super) db: &'a Read<'a>,
    pub(super) metadata: Metadata,
    /// What cursors are bound to.
    pub(super) query: BoundQuery<'a>,
    pub(super) order: SortOrder,
    /// What the actor sees, as lists that have no contact in common.
    pub(super) scopes: Vec<Scope>,
    /// The lists that are walked: the same, or the covering lists if an advisor's lists are not kept in this order.
    pub(super) scan_scopes: Vec<Scope>,
    /// Whether walked contacts must be tested against the advisor's lists.
    pub(super) filter_by_advisor: bool,
    /// The number of contacts of the advisor, if an advisor's lists are read and contacts may be passed over.
    own_contacts: Option<i64>,
    pub(super) filter: Option<CompiledFilter>,
    /// The contacts that may match, in the order of the list, if they are few.
    pub(super) sorted_candidates: Option<Vec<EntryKey>>,
    /// The candidates that bitmaps and short ranges give; determined at first use.
    pub(super) quick_candidates: OnceCell<ListCandidates>,
    /// The candidates that bitmaps and all ranges give; determined at first use.
    pub(super) full_candidates: OnceCell<ListCandidates>,
    pub(super) count_method: CountMethod,
    pub(super) tuning: QueryTuning,
}

/// What a list reads.
pub(super) struct ListSpec<'a> {
    pub(super) query: BoundQuery<'a>,
    pub(super) order: SortOrder,
    pub(super) scopes: Vec<Scope>,
    pub(super) filter: Option<CompiledFilter>,
    pub(super) count_method: CountMethod,
}

impl<'a> ListExecutor<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        db: &'a Read<'a>,
        metadata: Metadata,
        spec: ListSpec<'a>,
    ) -> Result<Self> {
        let ListSpec { query, order, scopes, filter, count_method } = spec;
        let has_advisor = scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)));
        let filter_by_advisor = has_advisor && order.field != SortField::Name;
        let scan_scopes = if filter_by_advisor { covering_scopes(db, &scopes)? } else { scopes.clone() };
        let mut executor = Self {
            engine,
            db,
            metadata,
            query,
            order,
            scopes,
            scan_scopes,
            filter_by_advisor,
            own_contacts: None,
            filter,
            sorted_candidates: None,
            quick_candidates: OnceCell::new(),
            full_candidates: OnceCell::new(),
            count_method,
            tuning: db.tuning().query,
        };
        // A list by name without a filter passes over no entry, so it needs no count.
        if has_advisor && (filter_by_advisor || executor.filter.is_some()) {
            executor.own_contacts = Some(executor.count_own_contacts()?);
        }
        executor.find_sorted_candidates()?;
        Ok(executor)
    }

    /// Determines the candidates if the filter, or the list itself, has few.
    fn find_sorted_candidates(&mut self) -> Result<()> {
        let ids = self.filter.as_ref().map_or(Ok(None), |filter| filter.candidate_ids(self.db))?;
        if let Some(ids) = ids {
            self.sorted_candidates = Some(self.sorted_entries(&ids)?);
            return Ok(());
        }
        let sorts_all = |own| self.filter_by_advisor && cost::sorts_advisor_list(&self.tuning, own);
        if self.own_contacts.is_some_and(sorts_all) {
            self.sorted_candidates = Some(self.sorted_own_entries()?);
        }
        Ok(())
    }

    /// The number of contacts in the lists that are read, by stored counts.
    fn count_own_contacts(&self) -> Result<i64> {
        let mut total = 0_i64;
        for list in self.list_keys() {
            total = total.saturating_add(db::bucket::total(self.db, list)?);
        }
        Ok(total)
    }

    /// All entries of the advisor's lists, in the order of the list.
    pub(super) fn sorted_own_entries(&self) -> Result<Vec<EntryKey>> {
        let mut ids = Vec::new();
        for list in self.list_keys() {
            let entries = db::entries::entries(self.db, list, None, false, i64::MAX)?;
            ids.extend(entries.into_iter().map(|(_, id)| id));
        }
        self.sorted_entries(&ids)
    }

    /// Whether an advisor's lists are read that are so short that a page reads all of them if it must. Then no answer depends on how many
    /// other contacts there are.
    pub(super) fn has_short_own_lists(&self) -> bool {
        self.own_contacts.is_some_and(|own| cost::reads_all_of_advisor(&self.tuning, own))
    }

    /// The lists by name that the actor sees.
    pub(super) fn list_keys(&self) -> impl Iterator<Item = ListKey> {
        self.scopes.iter().map(|scope| scope.in_generation(self.metadata.generation))
    }

    /// Whether an advisor's lists are read.
    pub(super) fn has_advisor_scope(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)))
    }

    /// The entries of contacts that are in the list, in its order.
    pub(super) fn sorted_entries(&self, ids: &[i64]) -> Result<Vec<EntryKey>> {
        Ok(self.locate_entries(ids)?.into_iter().map(|(_, entry)| entry).collect())
    }

    /// The entries of contacts that are in the list, in its order, each with the scope it is in.
    pub(super) fn locate_entries(&self, ids: &[i64]) -> Result<Vec<(Scope, EntryKey)>> {
        let listed: HashSet<Scope> = self.scopes.iter().copied().collect();
        let mut located = Vec::new();
        let positions = positions(self.db, self.order.field, self.metadata.generation, ids)?;
        for SortPosition { id, scope: own, key } in positions {
            let scope = if listed.contains(&own) { Some(own) } else { self.advisor_scope_of(id, own)? };
            located.extend(scope.map(|scope| (scope, (key, id))));
        }
        located.sort_by(|(_, a), (_, b)| compare_entries(self.order, false, a, b));
        Ok(located)
    }

    /// The advisor's list that a contact is in, if it is one of the lists that are read.
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

    /// Whether a walked contact is in the advisor's list; true if the walk does not need this test.
    pub(super) fn is_in_advisor_list(&self, id: i64) -> Result<bool> {
        if !self.filter_by_advisor {
            return Ok(true);
        }
        for scope in &self.scopes {
            if let Owner::Advisor(advisor) = scope.owner {
                return Ok(db::entries::is_linked(self.db, id, advisor)?);
            }
        }
        Ok(true)
    }

    /// The cursor of a position.
    pub(super) fn encode_cursor(&self, entry: &EntryKey, before: bool) -> Cursor {
        Cursor::encode(self.query, before, &encode_number_key(entry.1, &entry.0))
    }
}

/// The position of a cursor's key: the local id (8 bytes, big-endian), then the sort key.
///
/// # Errors
/// [`Error::BadCursor`].
pub(super) fn decode_list_key(key: &[u8]) -> Result<EntryKey> {
    let (contact, sort_key) = decode_number_key(key)?;
    Ok((sort_key.to_vec(), contact))
}

/// The error of a list that has a contact without a row.
pub(super) fn missing_contact() -> Error {
    Error::Damaged { what: "a list has a contact that does not exist", source: None }
}
