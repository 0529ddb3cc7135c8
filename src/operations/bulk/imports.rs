//! Imports that are recorded: begin, list, undo, delete.

use serde::{Deserialize, Serialize};

use crate::access::rights::{ActorKind, Rights};
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::metadata::IdRange;
use crate::db::record::import_run::ImportRow;
use crate::db::record::job::Requester;
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, ValidationError};
use crate::error_report::ErrorReport;
use crate::feed::page_limit;
use crate::model::{ContactId, Field, ImportId, ImportState, Permission, limits};
use crate::operations::bulk::import_journal::EarlierContact;
use crate::operations::bulk::job_progress::contact_outcomes;
use crate::operations::contact::draft::Normalizer;
use crate::operations::contact::edit::update_contact;
use crate::operations::contact::links::set_link;
use crate::operations::contact::trash::move_to_trash;
use crate::operations::context::{WriteContext, log_extra_edit};
use crate::operations::directory::permissions::per_item;
use crate::operations::directory::tenants::check_name;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::ListOrders;
use crate::operations::record::attributes::ValueRules;
use crate::operations::record::tags::tenant_or_home;
use crate::query::{ImportList, ImportRun, import_from_row, visible_import};

/// Imports that are recorded. See [`Session::imports`].
///
/// An advisor sees and undoes their own. An administrator sees those of the tenant, except the system's. The system sees all.
#[derive(Debug, Clone, Copy)]
pub struct Imports<'s> {
    session: &'s Session,
}

/// The progress of undoing an import. With the reports of errors in their place, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "E: Serialize", deserialize = "E: Deserialize<'de>"))]
#[non_exhaustive]
pub struct UndoProgress<E = Error> {
    /// The import after the batch.
    pub import: ImportRun,
    /// The contacts of this batch with their outcomes. Contacts that were purged since are not among them.
    #[serde(with = "contact_outcomes")]
    pub outcomes: Vec<(ContactId, UndoOutcome<E>)>,
}

/// What undoing an import did with one contact. With the report of an error in the place of the error, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum UndoOutcome<E = Error> {
    /// The import had added the contact: it is in the trash now.
    Trashed,
    /// The import had changed the contact: it has its earlier fields, card, tags, attribute values and links again.
    Restored,
    /// The contact changed after the import, or is in the trash: it stays as it is.
    Changed,
    /// A rule or a permission prevents it. Nothing was written.
    Rejected(E),
}

impl UndoOutcome {
    /// The outcome with the report of its error.
    #[must_use]
    pub fn to_report(&self) -> UndoOutcome<ErrorReport> {
        match self {
            Self::Trashed => UndoOutcome::Trashed,
            Self::Restored => UndoOutcome::Restored,
            Self::Changed => UndoOutcome::Changed,
            Self::Rejected(error) => UndoOutcome::Rejected(error.into()),
        }
    }
}

impl UndoProgress {
    /// The progress with the reports of its errors.
    #[must_use]
    pub fn to_report(&self) -> UndoProgress<ErrorReport> {
        let outcomes = self.outcomes.iter().map(|(contact, outcome)| (*contact, outcome.to_report()));
        UndoProgress { import: self.import.clone(), outcomes: outcomes.collect() }
    }
}

impl<E> UndoProgress<E> {
    /// Whether nothing is left to undo.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.import.state == ImportState::Undone
    }
}

impl<'s> Imports<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Begins an import, so that what [`Session::add_many`] records in it can be undone. The name is the host's, for example that of the
    /// file. The newest [`limits::IMPORTS`] imports of an actor are kept.
    ///
    /// ```
    /// use cardex::contacts::AddManyOptions;
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let import = session.imports().begin("people.vcf")?.id;
    /// let people = ["Ada", "Grace"].map(|name| NewContact::new(Network::BOOK, name, ""));
    /// session.add_many(people, AddManyOptions::new().record_in(import), |_, _| ())?;
    /// while !session.imports().undo_batch(import, 100)?.is_over() {}
    /// assert!(session.contacts().page()?.items.is_empty());
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long name; [`Error::Forbidden`] for an agent.
    pub fn begin(&self, name: &str) -> Result<ImportRun> {
        let (name, origin) = (check_name(name)?, self.session.origin_name()?.to_owned());
        let most = i64::try_from(limits::IMPORTS).unwrap_or(i64::MAX);
        loop {
            let begun = self.session.write(|db| {
                let rights = self.session.rights(db)?;
                rights.require_bulk()?;
                let requested_by = match rights.kind() {
                    ActorKind::System => Requester::System,
                    ActorKind::Administrator => Requester::Administrator,
                    ActorKind::Advisor(advisor) | ActorKind::Agent(advisor) => Requester::Advisor(advisor),
                };
                let kept = db::import_run::newest(db, rights.tenant(), requested_by, most)?;
                if let Some(oldest) = kept.get(limits::IMPORTS.saturating_sub(1)) {
                    delete_batch(db, *oldest)?;
                    return Ok(None);
                }
                let now = self.session.engine.now();
                let mut row = ImportRow {
                    id: 0,
                    tenant: rights.tenant(),
                    requested_by,
                    name: name.clone(),
                    state: ImportState::Recorded,
                    added: 0,
                    updated: 0,
                    removed_to: 0,
                    restored_to: 0,
                    origin: origin.clone(),
                    created_at: now,
                    updated_at: now,
                };
                row.id = db::import_run::insert(db, &row)?;
                import_from_row(db, &row).map(Some)
            })?;
            if let Some(begun) = begun {
                return Ok(begun);
            }
        }
    }

    /// Lists imports, newest first, in pages.
    pub fn list(&self) -> ImportList<'s> {
        ImportList::new(self.session)
    }

    /// An import.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for an import that the actor may not see.
    pub fn get(&self, id: ImportId) -> Result<ImportRun> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            import_from_row(db, &visible_import(db, &self.session.rights(db)?, id)?)
        })
    }

    /// Undoes the next part of an import in one transaction: at most `most` contacts, up to [`limits::UNDO_BATCH`]. Repeat it until
    /// nothing is left. Contacts that it added go to the trash, then those that it changed get their earlier state. A contact that
    /// changed since stays as it is. The progress is stored in the same transaction. After the last part the call does nothing.
    ///
    /// The permissions are those of the actor that undoes. Tags and attributes that the import created stay.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for `most` out of range; [`Error::Forbidden`] for an agent. Errors of the store.
    pub fn undo_batch(&self, id: ImportId, most: usize) -> Result<UndoProgress> {
        let limit = i64::try_from(limits::UNDO_BATCH).unwrap_or(i64::MAX);
        let most = page_limit(most).ok().filter(|most| *most <= limit);
        let most = most.ok_or_else(|| {
            Error::invalid(Field::Limit, ValidationError::OutOfRange { min: 1, max: limit })
        })?;
        let origin = self.session.origin_name()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_bulk()?;
            let mut run = visible_import(db, &rights, id)?;
            let mut outcomes = Vec::new();
            if run.state != ImportState::Undone {
                let list_orders = ListOrders::for_writing(&self.session.engine, db)?;
                let context = WriteContext { now: self.session.engine.now(), origin };
                let undo = UndoBatch { session: self.session, db, context, rights, list_orders };
                outcomes = undo.run(&mut run, most)?;
                run.updated_at = context.now;
                db::import_run::update(db, &run)?;
            }
            Ok(UndoProgress { import: import_from_row(db, &run)?, outcomes })
        })
    }

    /// Deletes the record of an import. It cannot be undone any more. The contacts stay.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn delete(&self, id: ImportId) -> Result<()> {
        while !self.session.write(|db| {
            let run = visible_import(db, &self.session.rights(db)?, id)?;
            delete_batch(db, run.id)
        })? {}
        Ok(())
    }
}

/// Deletes a part of the record of an import; true if it is gone.
fn delete_batch(db: &Write<'_>, run: i64) -> Result<bool> {
    let most = db.tuning().operations.failure_delete_batch;
    if let Some(last) = db::import_run::items(db, run, 0, most)?.last() {
        db::import_run::delete_items(db, run, last.contact)?;
        return Ok(false);
    }
    db::import_run::delete(db, run)?;
    Ok(true)
}

/// One batch of undoing.
struct UndoBatch<'a, 'c> {
    session: &'a Session,
    db: &'a Write<'c>,
    context: WriteContext<'a>,
    rights: Rights,
    list_orders: ListOrders,
}

impl UndoBatch<'_, '_> {
    fn run(&self, run: &mut ImportRow, most: i64) -> Result<Vec<(ContactId, UndoOutcome)>> {
        let mut outcomes = Vec::new();
        run.state = ImportState::PartlyUndone;
        let (added, position, is_last) = next_added(self.db, run, most)?;
        run.removed_to = position;
        for id in added {
            // A later record of the same import may have changed it.
            let version = db::import_run::item(self.db, run.id, id)?.map_or(1, |item| item.version);
            let done = self.of_contact(id, version, |stored| {
                move_to_trash(self.db, self.context, self.rights, &self.list_orders, stored)?;
                Ok(UndoOutcome::Trashed)
            })?;
            outcomes.push((ContactId(id), done));
        }
        let left = most.saturating_sub(i64::try_from(outcomes.len()).unwrap_or(i64::MAX));
        if !is_last || left == 0 {
            return Ok(outcomes);
        }
        let items = db::import_run::items(self.db, run.id, run.restored_to, left)?;
        let is_last = i64::try_from(items.len()).is_ok_and(|count| count < left);
        for item in items {
            run.restored_to = item.contact;
            let range = db::import_run::next_range(self.db, run.id, item.contact.saturating_sub(1))?;
            if range.is_some_and(|(first, _)| first <= item.contact) {
                continue; // it was added by the same import
            }
            let done = self.of_contact(item.contact, item.version, |stored| {
                self.restore(stored, EarlierContact::parse(&item.earlier)?)
            })?;
            outcomes.push((ContactId(item.contact), done));
        }
        if is_last {
            run.state = ImportState::Undone;
        }
        Ok(outcomes)
    }

    /// Undoes one contact, if it has this version. After an error of the contact nothing of it is written.
    fn of_contact(
        &self,
        id: i64,
        version: i64,
        work: impl FnOnce(StoredContact) -> Result<UndoOutcome>,
    ) -> Result<UndoOutcome> {
        let done = self.db.run_in_savepoint(true, || {
            // Merged contacts are changed, whoever sees them.
            let stored = db::contact::one(self.db, id)?.ok_or(Error::NoContact(ContactId(id)))?;
            if !self.rights.can_see(self.db, &stored)? {
                return Err(Error::NoContact(ContactId(id)));
            }
            if stored.contact.version != version || stored.contact.trashed_at.is_some() {
                return Ok(UndoOutcome::Changed);
            }
            work(stored)
        })?;
        Ok(per_item(done)?
            .unwrap_or_else(|error| UndoOutcome::Rejected(self.session.visible_error(self.db, error))))
    }

    /// Gives a contact its earlier state.
    fn restore(&self, stored: StoredContact, earlier: EarlierContact) -> Result<UndoOutcome> {
        let (db, context, engine) = (self.db, self.context, &self.session.engine);
        self.rights.require_edit(db, &stored, Permission::EditContact)?;
        let (_, policy) = db::directory::network(db, &stored.contact.network)?;
        let EarlierContact { mut fields, card, tags, values, advisors, .. } = earlier;
        fields.card = card;
        let normalizer =
            Normalizer { accept_any_phone: true, ..engine.normalizer(&self.list_orders.collator) };
        let draft = normalizer.normalize(fields, &policy, &stored.contact.phones)?;
        if draft.stored.contact.emails != stored.contact.emails {
            self.rights.require(db, Permission::EditContactEmail, stored.network)?;
        }
        let mut counts = ListCounts::default();
        let (stored, _) =
            update_contact(db, context, &self.list_orders, stored, draft, &policy, &mut counts)?;
        let mut extra = Vec::new();
        for tag in tags {
            if db::tag::set(db, stored.id, tag, false, true)? {
                extra.push(Field::Tags);
            }
        }
        let of = (tenant_or_home(db, &self.rights, &stored)?, stored.id);
        let rules = ValueRules { checked: false, declared_only: false };
        for (space, key, value) in &values {
            if engine.set_value(db, of, (*space, key, value.as_ref()), rules)? {
                extra.push(Field::Attributes);
            }
        }
        if !extra.is_empty() {
            log_extra_edit(db, context, &stored, &extra)?;
        }
        for advisor in advisors {
            set_link(db, context, &self.list_orders, &stored, advisor, false, &mut counts)?;
        }
        counts.flush(db, &self.list_orders)?;
        Ok(UndoOutcome::Restored)
    }
}

/// The next added contacts of an import that are still in the book, the position behind them, and whether they are the last ones.
fn next_added(db: &Read<'_>, run: &ImportRow, most: i64) -> Result<(Vec<i64>, i64, bool)> {
    let (mut ids, mut at) = (Vec::new(), run.removed_to);
    for _ in 0..most {
        let Some((first, last)) = db::import_run::next_range(db, run.id, at)? else {
            return Ok((ids, at, true));
        };
        let left = most.saturating_sub(i64::try_from(ids.len()).unwrap_or(i64::MAX));
        let after = at.max(first.saturating_sub(1));
        let found = db::contact::ids_in_range(db, IdRange { after, last }, false, left)?;
        let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= left);
        at = if is_full { found.last().copied().unwrap_or(last) } else { last };
        ids.extend(found);
        if is_full {
            break;
        }
    }
    Ok((ids, at, false))
}
