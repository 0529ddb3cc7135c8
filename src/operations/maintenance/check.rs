//! Is everything that is derived what the rows say?

use std::collections::HashMap;

use crate::db::contact::{Place, Stored};
use crate::db::list::bucket::Bucket;
use crate::db::metadata::Gap;
use crate::db::{self, Generation, Listing, Read, Scope};
use crate::engine::{Inner, Snapshot};
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::index;
use crate::model::{ContactId, NetworkPolicy};
use crate::operations::contact::draft::claims;
use crate::operations::list::order::{Orders, sort_key};
use crate::operations::maintenance::admin::Contacts;
use crate::operations::maintenance::index_audit::KeyAudit;
use crate::operations::maintenance::substring_index::{Audit, Keeper};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Health {
    /// Contacts looked at, the trash included.
    pub contacts: u64,
    /// Complaints of SQLite about the file: pages, indexes, references.
    pub file: Vec<String>,
    /// Contacts that are not what was written: the row, the card, a note, a value of an attribute or a tag has another checksum.
    pub altered: u64,
    /// The first twenty of those, where the row still has an id.
    pub altered_contacts: Vec<ContactId>,
    /// Whether such a row cannot be read at all; what is derived from contacts was not looked at then.
    pub unreadable: bool,
    /// Entries that a list lacks, or has at the wrong place.
    pub missing_entries: u64,
    /// Entries of lists that no contact accounts for.
    pub stray_entries: u64,
    /// Runs of a list (all contacts under a letter, or some hundreds of them) whose count is wrong.
    pub wrong_sections: u64,
    /// Where the first twenty of those are, with both counts.
    pub sections: Vec<String>,
    /// Phones and e-mail addresses that a contact is not found by, or is found by and does not have.
    pub wrong_points: u64,
    /// Values that nobody else may have, and nobody holds although a contact has them, or that are held by none that has them: an
    /// address could be given twice, or be refused to everybody.
    pub wrong_unique: u64,
    /// Search keys that a contact should have and the index lacks.
    pub missing_keys: u64,
    /// Search keys in the index that no contact accounts for.
    pub stray_keys: u64,
    /// The first twenty contacts whose search keys are wrong. Keys of contacts that are not there have none.
    pub wrong_keys_of: Vec<ContactId>,
    /// Contacts of which the index of substrings says other things than their rows; 0 if the book keeps none.
    pub wrong_substrings: u64,
    /// Tags whose count of contacts is wrong.
    pub wrong_tags: u64,
    /// Pieces of the sets of contacts (who has a tag, who has an attribute, who is in a list) that are wrong.
    pub wrong_sets: u64,
    /// Whether a part of an index cannot be read; its counts above are 0 then.
    pub index_damaged: bool,
    /// Files in the book's folder whose names end in `.part`: a copy, or a new book, that somebody is making, or died over. If nobody is, they
    /// can be deleted. A book is sound with them.
    pub partials: Vec<String>,
}

impl Health {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let clean = Self { contacts: self.contacts, partials: self.partials.clone(), ..Self::default() };
        *self == clean
    }
}

/// See [`Store::check`](crate::Store::check).
pub(crate) fn check(inner: &Inner) -> Result<Health> {
    inner.read(&Watch::default(), |snapshot| {
        let index_damaged = match snapshot.refresh() {
            Err(Error::Damaged { .. }) => true,
            done => done.map(|()| false)?,
        };
        let db = &snapshot.db;
        db::substring::refresh(db);
        let file = db::metadata::complaints(db, 20)?;
        let altered = db::row_checksum::broken(db)?;
        let contacts: Vec<_> = altered.values().flatten().copied().take(TOLD).collect();
        let altered = u64::try_from(altered.len()).unwrap_or(u64::MAX);
        let partials = inner.partials()?;
        let seen = Health {
            file,
            index_damaged,
            altered,
            altered_contacts: contacts,
            partials,
            ..Health::default()
        };
        match derived(inner, snapshot, seen.clone()) {
            Err(Error::Damaged { .. }) if altered > 0 => Ok(Health { unreadable: true, ..seen }),
            looked => looked,
        }
    })
}

/// Holds what is derived against the contacts, and adds what it finds.
fn derived(inner: &Inner, snapshot: &Snapshot<'_>, mut health: Health) -> Result<Health> {
    let db = &snapshot.db;
    health.wrong_tags = db::tag::wrong(db)?;
    health.wrong_sets = db::bitmap_index::wrong(db)?;
    let orders = Orders::of(inner, &db::metadata::read(db)?)?;
    let policies = db::directory::networks(db)?.into_iter().collect();
    let mut census = Census { policies, ..Census::default() };
    let mut contacts = Contacts::new(db);
    let keeper = Keeper::of(db)?;
    let unkeyed = index::unkeyed(db)?;
    let mut substrings = Audit::default();
    while let Some((stored, scopes)) = contacts.next()? {
        health.contacts = health.contacts.saturating_add(1);
        census.points(db, &stored)?;
        census.unique(db, &stored)?;
        census.entries(db, &orders, &stored, &scopes)?;
        census.sorted(db, &stored, !unkeyed.has(stored.id))?;
        substrings.expect(keeper, &stored, &db::entries::advisors_of(db, stored.id)?);
        if !unkeyed.has(stored.id) {
            census.keys.expect(&stored, &scopes);
        }
    }
    match substrings.wrong(db) {
        // What another fold has made is not looked at: searches do not ask it either.
        _ if unkeyed == Gap::ALL => {}
        Err(Error::Damaged { .. }) => health.index_damaged = true,
        wrong => health.wrong_substrings = wrong?,
    }
    census.report(inner, snapshot, &orders, unkeyed, &mut health)?;
    Ok(health)
}

/// What lists, counts and keys should be, from the rows.
#[derive(Debug, Default)]
struct Census {
    found: u64,
    missing: u64,
    found_sorted: u64,
    found_points: u64,
    lost_points: u64,
    found_unique: u64,
    lost_unique: u64,
    /// By the networks' local ids.
    policies: HashMap<i64, NetworkPolicy>,
    keys: KeyAudit,
}

impl Census {
    /// In each generation the contact should be in: has it the right key, and is it in every list?
    fn entries(&mut self, db: &Read<'_>, orders: &Orders, stored: &Stored, scopes: &[Scope]) -> Result<()> {
        let place = orders.place(db, stored.id)?;
        let mut look = |generation: Generation, place: &Place| -> Result<()> {
            let key = place.key(generation);
            let wanted = orders.order(generation).map(|order| sort_key(order, &stored.contact));
            let right = key.is_some() && wanted.as_deref().is_none_or(|wanted| key == Some(wanted));
            for scope in scopes {
                let listed =
                    db::entries::has_entry(db, scope.of(generation), key.unwrap_or_default(), stored.id)?;
                let count = if listed { &mut self.found } else { &mut self.missing };
                *count = count.saturating_add(1);
                if listed && !right {
                    self.missing = self.missing.saturating_add(1);
                }
            }
            Ok(())
        };
        look(orders.generation, &place)?;
        let other = orders.generation.other();
        if orders.is_in_both(stored.id) || place.key(other).is_some() {
            look(other, &place)?;
        }
        Ok(())
    }

    /// Is it where it should be in the other orders?
    fn sorted(&mut self, db: &Read<'_>, stored: &Stored, folded: bool) -> Result<()> {
        let (wanted, found) = db::sort_index::audit(db, stored, folded)?;
        self.missing = self.missing.saturating_add(wanted.saturating_sub(found));
        self.found_sorted = self.found_sorted.saturating_add(found);
        Ok(())
    }

    fn points(&mut self, db: &Read<'_>, stored: &Stored) -> Result<()> {
        let (wanted, found) = db::contact_methods::audit(db, stored.id, &stored.contact)?;
        self.lost_points = self.lost_points.saturating_add(wanted.saturating_sub(found));
        self.found_points = self.found_points.saturating_add(found);
        Ok(())
    }

    /// Who is in the trash holds nothing.
    fn unique(&mut self, db: &Read<'_>, stored: &Stored) -> Result<()> {
        let policy = self.policies.get(&stored.network).filter(|_| stored.contact.trashed_at.is_none());
        let Some(policy) = policy else { return Ok(()) };
        let keys = claims(&stored.contact, policy, stored.network, stored.group);
        let (free, held) = db::unique_values::audit(db, stored.tenant, stored.id, &keys)?;
        self.lost_unique = self.lost_unique.saturating_add(free);
        self.found_unique = self.found_unique.saturating_add(held);
        Ok(())
    }

    fn report(
        self,
        inner: &Inner,
        snapshot: &Snapshot<'_>,
        orders: &Orders,
        unkeyed: Gap,
        health: &mut Health,
    ) -> Result<()> {
        let db = &snapshot.db;
        health.missing_entries = self.missing;
        let mut entries = count_runs(db, orders, orders.generation, health)?;
        if orders.is_making() {
            entries = entries.saturating_add(count_runs(db, orders, orders.generation.other(), health)?);
        }
        let stray = db::sort_index::count(db)?.saturating_sub(self.found_sorted);
        health.stray_entries = entries.saturating_sub(self.found).saturating_add(stray);
        let stray = db::contact_methods::count(db)?.saturating_sub(self.found_points);
        health.wrong_points = self.lost_points.saturating_add(stray);
        let stray = db::unique_values::count(db)?.saturating_sub(self.found_unique);
        health.wrong_unique = self.lost_unique.saturating_add(stray);
        if health.index_damaged || unkeyed == Gap::ALL {
            return Ok(());
        }
        match self.keys.judge(inner, snapshot, unkeyed, health) {
            Err(Error::Damaged { .. }) => health.index_damaged = true,
            done => done?,
        }
        Ok(())
    }
}

/// Holds the counts of a generation against its entries; gives the number of entries.
fn count_runs(db: &Read<'_>, orders: &Orders, generation: Generation, health: &mut Health) -> Result<u64> {
    let order = orders.order(generation);
    let mut runs = db::bucket::all(db, generation)?.into_iter().peekable();
    let mut at: Option<(Listing, Bucket)> = None;
    let (mut entries, mut here, mut misplaced) = (0_u64, 0_i64, false);
    db::entries::each_entry(db, generation, |list, key, contact| {
        entries = entries.saturating_add(1);
        let begun = |(run_list, run): &(Listing, Bucket)| {
            (*run_list, run.start.0.as_slice(), run.start.1) <= (list, key, contact)
        };
        while let Some(next) = runs.next_if(begun) {
            health.judge(at.replace(next).as_ref(), here, misplaced);
            (here, misplaced) = (0, false);
        }
        here = here.saturating_add(1);
        let section = order.map(|order| order.section(key).label);
        misplaced |= match &at {
            Some((run_list, run)) => *run_list != list || section.is_some_and(|it| it != run.section),
            None => true,
        };
        Ok(())
    })?;
    health.judge(at.as_ref(), here, misplaced);
    for rest in runs {
        health.judge(Some(&rest), 0, false);
    }
    Ok(entries)
}

impl Health {
    /// Takes down a run whose count is not the number of its entries, or that has entries of another list or letter.
    fn judge(&mut self, run: Option<&(Listing, Bucket)>, found: i64, misplaced: bool) {
        let told = match run {
            Some((_, run)) if run.contacts == found && !misplaced => return,
            None if found == 0 => return,
            Some((list, run)) => format!(
                "{:?}, network {}, letter {}: {} counted, {found} there{}",
                list.scope.owner,
                list.scope.network,
                run.section,
                run.contacts,
                if misplaced { ", some of them elsewhere" } else { "" },
            ),
            None => format!("before all counts: {found} there"),
        };
        self.wrong_sections = self.wrong_sections.saturating_add(1);
        if self.sections.len() < TOLD {
            self.sections.push(told);
        }
    }
}

/// So many complaints of one kind are told.
pub(crate) const TOLD: usize = 20;
