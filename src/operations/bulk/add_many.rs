//! Adds many contacts: one thread checks and normalizes, another writes in large transactions.

use std::any::Any;
use std::collections::HashMap;
use std::sync::mpsc::sync_channel;

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::space::LargeCache;
use crate::db::{self, ListKey, Write};
use crate::error::{Error, Result};
use crate::feed::{ChangeKind, fields_of_mask};
use crate::index::{BulkIndexer, CompactionGoal};
use crate::model::{Field, NetworkPolicy};
use crate::operations::bulk::add_many_options::{AddManyOptions, ImportItem, ImportOutcome, ImportTarget};
use crate::operations::bulk::import_journal::{EarlierContact, Journal};
use crate::operations::bulk::import_matching::{SeenIds, fill_gaps, may_update, may_update_again};
use crate::operations::bulk::prepare::{NetworksByCode, PreparedContact};
use crate::operations::bulk::queue::Queue;
use crate::operations::bulk::tags_and_values::TagAndAttributeCache;
use crate::operations::contact::add::{CreationContext, Target, insert_contact};
use crate::operations::contact::draft::Draft;
use crate::operations::contact::edit::update_contact_unlogged;
use crate::operations::contact::links::set_link;
use crate::operations::context::WriteContext;
use crate::operations::directory::permissions::per_item;
use crate::operations::list::list_counts::{ListCounts, listings_of};
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::operations::maintenance::substring_index::SubstringWriter;

impl Session {
    /// Adds many contacts. Reports each outcome, in order, after its commit. A rejected contact does not stop the rest. An item is a
    /// [`NewContact`](crate::NewContact), or an [`ImportItem`] that says which contact of the book it is.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::contacts::{AddManyOptions, ImportOutcome};
    /// let store = Options::new().open_in_memory()?;
    /// let people = ["Ada", "Grace"].map(|name| NewContact::new(Network::SMS_DIRECT, name, ""));
    /// let mut added = 0;
    /// store.session(Actor::System).add_many(people, AddManyOptions::new(), |_, outcome| {
    ///     added += usize::from(matches!(outcome, ImportOutcome::Added(_)));
    /// })?;
    /// assert_eq!(added, 2);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::DiskFull`], [`Error::Interrupted`], … Contacts with a reported outcome are committed.
    /// [`Error::IteratorPanicked`] with the message of a panic of `contacts`; the contacts before it are committed.
    /// [`Error::Forbidden`] for an agent. [`Error::NotFound`] if the import to record in is not the actor's;
    /// [`RuleViolation::ImportUndone`](crate::RuleViolation::ImportUndone) if undoing it has begun.
    pub fn add_many<I>(
        &self,
        contacts: I,
        options: AddManyOptions,
        mut each: impl FnMut(usize, ImportOutcome),
    ) -> Result<()>
    where
        I: IntoIterator,
        I::Item: Into<ImportItem>,
        I::IntoIter: Send,
    {
        let (networks, collator, substrings) = self.read(|snapshot| {
            let rights = self.rights(&snapshot.db)?;
            rights.require_bulk()?;
            options.journal.map(|id| Journal::open(&snapshot.db, &rights, id)).transpose()?;
            let known = db::directory::networks(&snapshot.db)?;
            let known = known.into_iter().map(|(id, policy)| (policy.network.clone(), (id, policy)));
            let collator = self.engine.collators.get(&db::metadata::read(&snapshot.db)?.locale)?;
            let substrings = SubstringWriter::load(&snapshot.db)?.is_complete();
            Ok((known.collect::<NetworksByCode>(), collator, substrings))
        })?;
        let contacts = contacts.into_iter().map(Into::into);
        std::thread::scope(|scope| {
            // The number of chunks in advance is a compromise of waiting and memory.
            let (sender, receiver) = sync_channel(4);
            let networks = &networks;
            let reader = scope.spawn(move || {
                self.normalize_all(contacts, &collator, networks, substrings, options, &sender);
            });
            let mut first = 0_usize;
            let mut queue = Queue::new(receiver);
            let written = self.write_all(&mut queue, options, networks, |outcome| {
                each(first, outcome);
                first = first.saturating_add(1);
            });
            // The reader stops when its channel has no receiver.
            drop(queue);
            let read =
                reader.join().map_err(|panic| Error::IteratorPanicked { message: panic_message(&*panic) });
            written.and(read)?;
            if first > 0 && !options.dry_run {
                let cancel = self.cancel_token();
                let merged = self.engine.merge_segments(&cancel, CompactionGoal::FewSegments);
                match merged.and_then(|()| self.engine.release_free_pages(&cancel)) {
                    // Everything is written. If compaction finds damage, searches read the rows instead.
                    Ok(()) | Err(Error::Damaged { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    /// Writes all contacts of the queue, transaction by transaction.
    fn write_all(
        &self,
        queue: &mut Queue<Result<PreparedContact>>,
        options: AddManyOptions,
        networks: &NetworksByCode,
        each: impl FnMut(ImportOutcome),
    ) -> Result<()> {
        let (mut seen, mut each) = (SeenIds::default(), each);
        while queue.fill() {
            self.write_batch(queue, &mut seen, options, networks)?.into_iter().for_each(&mut each);
        }
        Ok(())
    }

    /// Writes one transaction.
    fn write_batch(
        &self,
        queue: &mut Queue<Result<PreparedContact>>,
        seen: &mut SeenIds,
        options: AddManyOptions,
        networks: &NetworksByCode,
    ) -> Result<Vec<ImportOutcome>> {
        let origin = self.origin_name()?;
        let cancel = self.cancel_token();
        self.engine.try_write(&cancel, |db| {
            let _cache = LargeCache::new(db)?;
            let mut batch = ImportBatch {
                session: self,
                db,
                context: WriteContext { now: self.engine.now(), origin },
                creation: CreationContext::new(db, self.rights(db)?)?,
                cache: TagAndAttributeCache::default(),
                networks,
                substring_writer: SubstringWriter::load(db)?,
                list_orders: ListOrders::for_writing(&self.engine, db)?,
                list_counts: ListCounts::default(),
                entries: Vec::new(),
                sort_entries: Vec::new(),
                keys: BulkIndexer::new(db.tuning().index),
                first_new: None,
                pending_names: HashMap::new(),
                journal: Journal::begin(db, &self.rights(db)?, options)?,
                seen,
            };
            let mut outcomes = Vec::new();
            let most = if options.dry_run { usize::MAX } else { options.batch };
            let (mut bytes, most_bytes) = (0_usize, if options.dry_run { usize::MAX } else { BATCH_BYTES });
            while outcomes.len() < most && bytes < most_bytes {
                let Some(prepared) = queue.next() else { break };
                cancel.check()?;
                bytes = bytes.saturating_add(prepared.as_ref().map_or(0, PreparedContact::card_bytes));
                let written = prepared.and_then(|prepared| batch.write_contact(prepared, options));
                let rejected = |error| ImportOutcome::Rejected(self.visible_error(db, error));
                outcomes.push(per_item(written)?.unwrap_or_else(rejected));
            }
            batch.flush()?;
            batch.list_counts.flush(db, &batch.list_orders)?;
            batch.journal.map_or(Ok(()), |journal| journal.write(db, batch.context.now))?;
            Ok((outcomes, !options.dry_run))
        })
    }
}

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}

/// Bytes of cards after which a transaction is committed.
const BATCH_BYTES: usize = 64 << 20;

/// One transaction of an import.
pub(super) struct ImportBatch<'a, 'c> {
    session: &'a Session,
    pub(super) db: &'a Write<'c>,
    context: WriteContext<'a>,
    pub(super) creation: CreationContext,
    cache: TagAndAttributeCache,
    networks: &'a NetworksByCode,
    substring_writer: SubstringWriter,
    pub(super) list_orders: ListOrders,
    list_counts: ListCounts,
    /// List entries and search keys of this transaction that are not written yet, and the first of their contacts.
    entries: Vec<(ListKey, Vec<u8>, i64)>,
    sort_entries: Vec<db::sort_index::NewEntry>,
    keys: BulkIndexer,
    first_new: Option<i64>,
    /// The contacts without written list entries, by tenant, network and sort key of the name.
    pub(super) pending_names: HashMap<(i64, i64, Vec<u8>), Vec<i64>>,
    /// What is recorded so that the import can be undone.
    journal: Option<Journal>,
    /// The contacts that earlier records of this run matched.
    seen: &'a mut SeenIds,
}

impl ImportBatch<'_, '_> {
    fn write_contact(&mut self, prepared: PreparedContact, options: AddManyOptions) -> Result<ImportOutcome> {
        let PreparedContact { mut draft, texts, grams, target, expected } = prepared;
        let no_network = || Error::NoNetwork(target.network.clone());
        let (network, policy) = self.networks.get(&target.network).ok_or_else(no_network)?;
        let target = Target::resolve(self.db, &mut self.creation, &target, *network)?;
        let known = match expected {
            ImportTarget::Distinct => None,
            ImportTarget::Contact { id, .. } => Some(self.find_expected(id, *network)?),
            ImportTarget::Any | ImportTarget::New if !options.update => None,
            ImportTarget::Any | ImportTarget::New => self.find_existing(&draft, &target, *network, policy)?,
        };
        if let Some(old) = known {
            if expected == ImportTarget::New {
                return Err(Error::Duplicate { field: Field::Name, holder: Some(old.contact.id) });
            }
            let is_seen = self.seen.insert(old.id);
            if is_seen && !may_update_again(&old.contact, &draft.stored.contact) {
                return Err(Error::Duplicate { field: Field::Phone, holder: Some(old.contact.id) });
            }
            match expected {
                // An earlier record of this run may have changed it.
                ImportTarget::Contact { version, .. } if !is_seen && version != old.contact.version => {
                    return Err(Error::VersionConflict { expected: version, found: old.contact.version });
                }
                _ => {}
            }
            return self.update_existing(old, draft, &target, policy, options);
        }
        self.session.check_distinct_methods(self.db, target.tenant(), &draft.stored.contact, None)?;
        let place = draft.target_sort_keys(&self.list_orders, i64::MAX);
        let name = options.update.then(|| draft.current_sort_key(&self.list_orders));
        let engine = &self.session.engine;
        let (tags, values) = (std::mem::take(&mut draft.tags), std::mem::take(&mut draft.values));
        let labels = engine.check_tags_and_values(self.db, &mut self.cache, target.home(), &tags, values)?;
        let may_fail = draft.blocked || !draft.channel_identities.is_empty();
        let insert = || insert_contact(engine, self.db, self.context, draft, &place, &target, policy);
        // Channel identities and blocks can be rejected after the contact is written.
        let added = if may_fail { self.db.run_in_savepoint(true, insert)?? } else { insert()? };
        engine.write_tags_and_values(self.db, &mut self.cache, target.home(), &added, labels)?;
        let scopes = target.scopes(&added);
        self.entries.extend(listings_of(&scopes, &place).map(|(list, key)| (list, key.to_vec(), added.id)));
        self.sort_entries.extend(db::sort_entries::entries_for_new(&added));
        self.keys.add(added.id, texts, &scopes);
        self.substring_writer.insert(self.db, &added, target.advisors(), grams)?;
        self.first_new.get_or_insert(added.id);
        if let Some(journal) = &mut self.journal {
            journal.note_added(added.id);
        }
        if let Some(name) = name {
            self.seen.insert(added.id);
            let key = (target.tenant().unwrap_or(0), *network, name);
            self.pending_names.entry(key).or_default().push(added.id);
        }
        Ok(ImportOutcome::Added(added.contact.id))
    }

    /// Writes the collected entries and keys. Another thread sorts and builds what is written later.
    fn flush(&mut self) -> Result<()> {
        self.first_new = None;
        self.pending_names.clear();
        let entries = std::mem::take(&mut self.entries);
        let mut sort_entries = std::mem::take(&mut self.sort_entries);
        let keys = std::mem::replace(&mut self.keys, BulkIndexer::new(self.db.tuning().index));
        if entries.len() < ENTRIES_PER_THREAD {
            self.list_counts.insert_sorted(self.db, entries)?;
            db::sort_entries::insert_entries(self.db, sort_entries)?;
            return keys.build()?.store(self.db);
        }
        let keys = std::thread::scope(|scope| {
            let (sender, sorted) = sync_channel(1);
            let builder = scope.spawn(move || {
                sort_entries.sort_unstable();
                // Without a receiver the writer has failed.
                let _ = sender.send(sort_entries);
                keys.build()
            });
            self.list_counts.insert_sorted(self.db, entries)?;
            let sorted = sorted.recv().map_err(|_| panicked())?;
            db::sort_entries::insert_entries(self.db, sorted)?;
            builder.join().map_err(|_| panicked())?
        })?;
        keys.store(self.db)
    }

    fn update_existing(
        &mut self,
        old: StoredContact,
        mut draft: Draft,
        target: &Target,
        policy: &NetworkPolicy,
        options: AddManyOptions,
    ) -> Result<ImportOutcome> {
        let id = old.contact.id;
        if self.first_new.is_some_and(|first| old.id >= first) {
            // Its entries and keys are not written yet, and must exist before they can be replaced.
            self.flush()?;
        }
        fill_gaps(&mut draft, &old, options.clear_missing);
        may_update(self.db, &self.creation.rights, &old, &draft)?;
        if let Some(reconcile) = options.merge_card
            && let Some(card) = draft.card.take()
        {
            let kept = db::contact::card(self.db, old.id)?;
            let is_phone = |text: &str| self.session.is_phone(text);
            draft.card = reconcile(&is_phone, &old.contact, kept.as_deref(), card);
        }
        draft.sort_key = sort_key(&draft.collator, &draft.stored.contact);
        let (tags, values) = (std::mem::take(&mut draft.tags), std::mem::take(&mut draft.values));
        let (db, context, engine) = (self.db, self.context, &self.session.engine);
        let give = |stored: &StoredContact| {
            engine.add_tags_and_values(db, context, (target.home(), stored), &tags, &values)
        };
        // Tags and values can be rejected after the contact is written, so they are tried first.
        db.run_in_savepoint(false, || give(&old))??;
        let has_extras = !tags.is_empty() || !values.is_empty();
        let before = match &self.journal {
            Some(_) => Some(EarlierContact::read(db, &old, draft.card.is_some(), has_extras)?),
            None => None,
        };
        let Self { list_orders, list_counts: counts, .. } = self;
        let (stored, mask) = update_contact_unlogged(db, context, list_orders, old, draft, policy, counts)?;
        if mask != 0 {
            context.log(db, &stored, ChangeKind::Edit, mask)?;
        }
        let mut fields = fields_of_mask(mask);
        fields.extend(give(&stored)?);
        let mut linked = Vec::new();
        for advisor in target.advisors() {
            if set_link(db, context, list_orders, &stored, *advisor, true, counts)? {
                linked.push(*advisor);
            }
        }
        if !linked.is_empty() {
            fields.push(Field::Advisors);
        }
        if fields.is_empty() {
            return Ok(ImportOutcome::Unchanged(id));
        }
        if let (Some(journal), Some(before)) = (&mut self.journal, before) {
            journal.note_updated(db, stored.id, before, linked)?;
        }
        Ok(ImportOutcome::Updated { contact: id, fields })
    }
}

/// The number of list entries from which a second thread saves time.
const ENTRIES_PER_THREAD: usize = 1_000;

fn panicked() -> Error {
    Error::Storage("a thread of the import has panicked".into())
}
