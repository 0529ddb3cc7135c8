//! Adds many contacts: one thread checks and normalizes, another writes in large transactions.

use std::any::Any;
use std::collections::HashMap;
use std::sync::mpsc::sync_channel;

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::space::LargeCache;
use crate::db::{self, ListKey, Owner, Write};
use crate::error::{Error, Result};
use crate::index::{BulkIndexer, CompactionGoal};
use crate::model::{Field, NetworkPolicy, NewContact};
use crate::operations::bulk::add_many_options::{AddManyOptions, ImportOutcome};
use crate::operations::bulk::import_matching::{
    SeenIds, fill_gaps, may_update, may_update_again, same_full_name, same_person,
};
use crate::operations::bulk::prepare::{NetworksByCode, PreparedContact};
use crate::operations::bulk::queue::Queue;
use crate::operations::bulk::tags_and_values::TagAndAttributeCache;
use crate::operations::contact::add::{CreationContext, Target, insert_contact};
use crate::operations::contact::draft::{Draft, phone_key, uid_form, uid_key};
use crate::operations::contact::edit::update_contact;
use crate::operations::contact::links::set_link;
use crate::operations::context::WriteContext;
use crate::operations::directory::permissions::per_item;
use crate::operations::list::list_counts::{ListCounts, listings_of};
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::operations::maintenance::substring_index::SubstringWriter;

impl Session {
    /// Adds many contacts. Reports each outcome, in order, after its commit. A rejected contact does not stop the rest.
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
    /// [`Error::Forbidden`] for an agent.
    pub fn add_many<I>(
        &self,
        contacts: I,
        options: AddManyOptions,
        mut each: impl FnMut(usize, ImportOutcome),
    ) -> Result<()>
    where
        I: IntoIterator<Item = NewContact>,
        I::IntoIter: Send,
    {
        let (networks, collator, substrings) = self.read(|snapshot| {
            self.rights(&snapshot.db)?.require_bulk()?;
            let known = db::directory::networks(&snapshot.db)?;
            let known = known.into_iter().map(|(id, policy)| (policy.network.clone(), (id, policy)));
            let collator = self.engine.collators.get(&db::metadata::read(&snapshot.db)?.locale)?;
            let substrings = SubstringWriter::load(&snapshot.db)?.is_complete();
            Ok((known.collect::<NetworksByCode>(), collator, substrings))
        })?;
        let contacts = contacts.into_iter();
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
struct ImportBatch<'a, 'c> {
    session: &'a Session,
    db: &'a Write<'c>,
    context: WriteContext<'a>,
    creation: CreationContext,
    cache: TagAndAttributeCache,
    networks: &'a NetworksByCode,
    substring_writer: SubstringWriter,
    list_orders: ListOrders,
    list_counts: ListCounts,
    /// List entries and search keys of this transaction that are not written yet, and the first of their contacts.
    entries: Vec<(ListKey, Vec<u8>, i64)>,
    sort_entries: Vec<db::sort_index::NewEntry>,
    keys: BulkIndexer,
    first_new: Option<i64>,
    /// The contacts without written list entries, by tenant, network and sort key of the name.
    pending_names: HashMap<(i64, i64, Vec<u8>), Vec<i64>>,
    /// The contacts that earlier records of this run matched.
    seen: &'a mut SeenIds,
}

impl ImportBatch<'_, '_> {
    fn write_contact(&mut self, prepared: PreparedContact, options: AddManyOptions) -> Result<ImportOutcome> {
        let PreparedContact { mut draft, texts, grams, target } = prepared;
        let no_network = || Error::NoNetwork(target.network.clone());
        let (network, policy) = self.networks.get(&target.network).ok_or_else(no_network)?;
        let target = Target::resolve(self.db, &mut self.creation, &target, *network)?;
        let known =
            if options.update { self.find_existing(&draft, &target, *network, policy)? } else { None };
        if let Some(old) = known {
            if self.seen.insert(old.id) && !may_update_again(&old.contact, &draft.stored.contact) {
                return Err(Error::Duplicate { field: Field::Phone, holder: Some(old.contact.id) });
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

    /// The existing contact that a record describes, if the actor may see it.
    fn find_existing(
        &mut self,
        draft: &Draft,
        target: &Target,
        network: i64,
        policy: &NetworkPolicy,
    ) -> Result<Option<StoredContact>> {
        let contact = &draft.stored.contact;
        let tenant = target.tenant().unwrap_or(0);
        if !contact.uid.is_empty() {
            let holder = db::unique_values::holder(self.db, tenant, &uid_key(&contact.uid, network))?;
            if let Some(found) = self.load_visible(holder)? {
                return Ok(Some(found));
            }
        }
        let other_uid = |found: &StoredContact| {
            let uid = &found.given_uid;
            !uid.is_empty() && !contact.uid.is_empty() && uid_form(uid) != uid_form(&contact.uid)
        };
        let address = contact.phones.first().filter(|phone| policy.unique_phone && phone.e164().is_some());
        if let Some(phone) = address {
            let key = phone_key(&phone.normalized, network, target.group());
            let found = self.load_visible(db::unique_values::holder(self.db, tenant, &key)?)?;
            return Ok(found.filter(|found| !other_uid(found)));
        }
        let list =
            Owner::for_tenant(target.tenant()).on_network(network).in_generation(self.list_orders.generation);
        let start = (draft.current_sort_key(&self.list_orders), 0);
        let stored = db::entries::entries(self.db, list, Some(&start), false, MAX_NAMESAKES)?;
        let stored = stored.into_iter().take_while(|(sort_key, _)| *sort_key == start.0);
        let mut ids: Vec<i64> = stored.map(|(_, id)| id).collect();
        // The entries of contacts of this transaction are not written yet.
        if let Some(pending) = self.pending_names.get(&(tenant, network, start.0)) {
            ids.extend(pending);
            ids.sort_unstable();
        }
        for id in ids.into_iter().take(usize::try_from(MAX_NAMESAKES).unwrap_or_default()) {
            let found = self.load_visible(Some(id))?;
            let same = |found: &StoredContact| !other_uid(found) && same_person(&found.contact, contact);
            if let Some(found) = found.filter(same) {
                return Ok(Some(found));
            }
        }
        let is_here = |found: &StoredContact| {
            found.network == network && found.tenant == target.tenant() && found.contact.trashed_at.is_none()
        };
        for id in db::contact_methods::with_first_methods(self.db, contact, MAX_SHARERS)? {
            let found = self.load_visible(Some(id))?;
            let same = |found: &StoredContact| {
                is_here(found) && !other_uid(found) && same_full_name(&found.contact, contact)
            };
            if let Some(found) = found.filter(same) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn load_visible(&self, id: Option<i64>) -> Result<Option<StoredContact>> {
        let found = id.map(|id| db::contact::one(self.db, id)).transpose()?.flatten();
        found.map_or(Ok(None), |found| Ok(self.creation.rights.can_see(self.db, &found)?.then_some(found)))
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
        if let (Some(reconcile), Some(card)) = (options.merge_card, draft.card.take()) {
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
        let Self { list_orders, list_counts: counts, .. } = self;
        let (stored, mut changed) = update_contact(db, context, list_orders, old, draft, policy, counts)?;
        changed |= give(&stored)?;
        for advisor in target.advisors() {
            changed |= set_link(db, context, list_orders, &stored, *advisor, true, counts)?;
        }
        Ok(if changed { ImportOutcome::Updated(id) } else { ImportOutcome::Unchanged(id) })
    }
}

/// The number of list entries from which a second thread saves time.
const ENTRIES_PER_THREAD: usize = 1_000;

fn panicked() -> Error {
    Error::Storage("a thread of the import has panicked".into())
}

/// The largest number of contacts with one phone or e-mail address that are compared with a record.
const MAX_SHARERS: i64 = 100;

/// The largest number of contacts with equal names that are compared with a record without UID and address.
const MAX_NAMESAKES: i64 = 1_000;
