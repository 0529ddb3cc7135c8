//! Many contacts at once: checked and normalised on one thread, written on another, in large transactions.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::{self, Listing, Owner, Write};
use crate::error::{Error, Result};
use crate::index::{Bulk, Due, Texts};
use crate::model::{ContactId, Field, Network, NetworkPolicy, NewContact};
use crate::operations::bulk::identity::{
    Reconcile, Told, fill_gaps, may_be_told_again, may_update, same_person,
};
use crate::operations::bulk::labels::Known;
use crate::operations::bulk::queue::Queue;
use crate::operations::contact::add::{Desk, Target, insert};
use crate::operations::contact::draft::{Draft, phone_key, uid_key};
use crate::operations::contact::edit::change;
use crate::operations::contact::links::relink;
use crate::operations::list::list_counts::listings;
use crate::operations::list::order::{Orders, sort_key};
use crate::operations::maintenance::substring_index::Keeper;
use crate::operations::{Context, Tally};
use crate::text::collate::Collator;
use crate::text::substring::grams;

/// How [`Session::add_many`] works.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct BulkOptions {
    update: bool,
    dry_run: bool,
    batch: usize,
    reconcile: Option<Reconcile>,
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl BulkOptions {
    /// Adds only, a hundred thousand contacts a transaction.
    pub const fn new() -> Self {
        Self { update: false, dry_run: false, batch: 100_000, reconcile: None }
    }

    /// Whether a contact that is there already is updated instead of refused. It is the same if it has the same UID; if not
    /// both have one, the same first phone in E.164 form; without that, the same name and e-mail address, or the same name
    /// and first phone where one has no e-mail address. What the new record leaves empty stays. A record that shares its phone with one
    /// of another name before it in the same run is refused: two people with one phone are no update of each other.
    pub const fn update(mut self, yes: bool) -> Self {
        self.update = yes;
        self
    }

    /// Whether everything is tried and nothing kept. Outcomes are as they would be; new ids are not.
    pub const fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self
    }

    /// Decides on the card of a contact that is there; without it, a card that came replaces the other.
    pub const fn reconcile(mut self, with: Reconcile) -> Self {
        self.reconcile = Some(with);
        self
    }

    /// Contacts in one transaction, at least 1. A failure of the store loses the transaction at hand and none before it.
    pub const fn batch(mut self, contacts: usize) -> Self {
        self.batch = if contacts == 0 { 1 } else { contacts };
        self
    }
}

/// What became of one contact of many.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It was added.
    Added(ContactId),
    /// It was there, and was changed.
    Updated(ContactId),
    /// It was there, the same.
    Unchanged(ContactId),
    /// It was refused, and nothing of it was written.
    Refused(Error),
}

impl Session {
    /// Adds many contacts, and tells of each, in order, what became of it, once that is safe on disk. A contact that is
    /// refused does not stop the others.
    ///
    /// ```
    /// use cardex::{Actor, BulkOptions, Network, NewContact, Options, Outcome};
    /// let store = Options::new().open_in_memory()?;
    /// let people = ["Ada", "Grace"].map(|name| NewContact::new(Network::SMS_DIRECT, name, ""));
    /// let mut added = 0;
    /// store.session(Actor::System).add_many(people, BulkOptions::new(), |_, outcome| {
    ///     added += usize::from(matches!(outcome, Outcome::Added(_)));
    /// })?;
    /// assert_eq!(added, 2);
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the store: [`Error::Busy`], [`Error::Full`], [`Error::Interrupted`], …. What was told of before is safe.
    pub fn add_many<I>(
        &self,
        contacts: I,
        options: BulkOptions,
        mut each: impl FnMut(usize, Outcome),
    ) -> Result<()>
    where
        I: IntoIterator<Item = NewContact>,
        I::IntoIter: Send,
    {
        let (networks, collator, substrings) = self.inner.read(&self.watch(), |snapshot| {
            let known = db::directory::networks(&snapshot.db)?;
            let known = known.into_iter().map(|(id, policy)| (policy.network.clone(), (id, policy)));
            let collator = self.inner.collators.get(&db::metadata::read(&snapshot.db)?.locale)?;
            Ok((known.collect::<Networks>(), collator, Keeper::of(&snapshot.db)?.is_whole()))
        })?;
        let contacts = contacts.into_iter();
        std::thread::scope(|scope| {
            // Four chunks ahead keep the writer busy and the memory small.
            let (sender, receiver) = sync_channel(4);
            let networks = &networks;
            scope.spawn(move || self.press_all(contacts, &collator, networks, substrings, &sender));
            let mut first = 0;
            let mut told = Told::default();
            let mut queue = Queue::new(receiver);
            while queue.fill() {
                let outcomes = self.write_batch(&mut queue, &mut told, options, networks)?;
                for (at, outcome) in (first..).zip(outcomes) {
                    each(at, outcome);
                    first = first.saturating_add(1);
                }
            }
            if first > 0 && !options.dry_run {
                match self.inner.merge(&self.watch(), Due::Some) {
                    // Everything is written; what cannot be merged is found from the rows.
                    Ok(()) | Err(Error::Damaged { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    fn press_all(
        &self,
        contacts: impl Iterator<Item = NewContact>,
        collator: &Arc<Collator>,
        networks: &Networks,
        substrings: bool,
        sender: &SyncSender<Vec<Result<Pressed>>>,
    ) {
        let press = |new: NewContact| {
            let (_, policy) =
                networks.get(&new.network).ok_or_else(|| Error::NoNetwork(new.network.clone()))?;
            let target = NewContact {
                advisors: new.advisors.clone(),
                group: new.group,
                shared: new.shared,
                ..NewContact::new(new.network.clone(), "", "")
            };
            let draft = self.inner.press(collator).press(new, policy, &[])?;
            let contact = &draft.stored.contact;
            let grams = substrings.then(|| grams(contact));
            Ok(Pressed { texts: Texts::of(contact), grams, draft, target })
        };
        let mut contacts = contacts.map(press);
        loop {
            let chunk: Vec<_> = contacts.by_ref().take(CHUNK).collect();
            // The writer has gone if it met an error: nobody waits for more.
            if chunk.is_empty() || sender.send(chunk).is_err() {
                return;
            }
        }
    }

    /// Writes one transaction.
    fn write_batch(
        &self,
        queue: &mut Queue<Result<Pressed>>,
        told: &mut Told,
        options: BulkOptions,
        networks: &Networks,
    ) -> Result<Vec<Outcome>> {
        let origin = self.origin_name()?;
        let watch = self.watch();
        self.inner.try_write(&watch, |db| {
            let mut batch = Batch {
                session: self,
                db,
                context: Context { now: self.inner.now(), origin },
                desk: Desk::new(db, self.rights(db)?)?,
                known: Known::default(),
                networks,
                keeper: Keeper::of(db)?,
                orders: Orders::read(&self.inner, db)?,
                tally: Tally::default(),
                entries: Vec::new(),
                sorted: Vec::new(),
                keys: Bulk::default(),
                first_new: None,
                told,
            };
            let mut outcomes = Vec::new();
            let most = if options.dry_run { usize::MAX } else { options.batch };
            while outcomes.len() < most {
                let Some(pressed) = queue.next() else { break };
                watch.check()?;
                outcomes.push(match pressed.and_then(|pressed| batch.put(pressed, options)) {
                    Ok(outcome) => outcome,
                    Err(error) if error.is_refusal() => Outcome::Refused(error),
                    Err(error) => return Err(error),
                });
            }
            batch.settle()?;
            batch.tally.write(db, &batch.orders)?;
            Ok((outcomes, !options.dry_run))
        })
    }
}

/// Contacts handed from one thread to the other at a time.
const CHUNK: usize = 256;

/// The networks of the book by code, with their local ids.
type Networks = HashMap<Network, (i64, NetworkPolicy)>;

/// A contact that has been checked and normalised, and where it is to go.
#[derive(Debug)]
struct Pressed {
    draft: Draft,
    texts: Texts,
    /// If the book keeps an index of substrings.
    grams: Option<Vec<String>>,
    /// Only network, group, advisors and `shared` are set.
    target: NewContact,
}

/// One transaction of many contacts.
struct Batch<'a, 'c> {
    session: &'a Session,
    db: &'a Write<'c>,
    context: Context<'a>,
    desk: Desk,
    known: Known,
    networks: &'a Networks,
    keeper: Keeper,
    orders: Orders,
    tally: Tally,
    /// Entries and search keys of contacts added in this transaction and not yet written, and the first of those contacts.
    entries: Vec<(Listing, Vec<u8>, i64)>,
    sorted: Vec<db::sort_index::NewEntry>,
    keys: Bulk,
    first_new: Option<i64>,
    /// The contacts that earlier records of this run told of.
    told: &'a mut Told,
}

impl Batch<'_, '_> {
    fn put(&mut self, pressed: Pressed, options: BulkOptions) -> Result<Outcome> {
        let Pressed { mut draft, texts, grams, target } = pressed;
        let no_network = || Error::NoNetwork(target.network.clone());
        let (network, policy) = self.networks.get(&target.network).ok_or_else(no_network)?;
        let target = Target::of(self.db, &mut self.desk, &target, *network)?;
        let known = if options.update { self.find(&draft, &target, *network, policy)? } else { None };
        if let Some(old) = known {
            if self.told.insert(old.id) && !may_be_told_again(&old.contact, &draft.stored.contact) {
                return Err(Error::Taken { field: Field::Phone, holder: old.contact.id });
            }
            return self.update(old, draft, &target, policy, options.reconcile);
        }
        let place = draft.place(&self.orders, i64::MAX);
        let inner = &self.session.inner;
        let (tags, values) = (std::mem::take(&mut draft.tags), std::mem::take(&mut draft.values));
        let labels = inner.check_labels(self.db, &mut self.known, target.home(), &tags, values)?;
        let may_fail = draft.blocked || !draft.gates.is_empty();
        let insert = || insert(inner, self.db, self.context, draft, &place, &target, policy);
        // Its gates, or its block, may be refused when the rest has been written.
        let added = if may_fail { self.db.step(true, insert)?? } else { insert()? };
        inner.label(self.db, &mut self.known, target.home(), &added, labels)?;
        let scopes = target.scopes(&added);
        self.entries.extend(listings(&scopes, &place).map(|(list, key)| (list, key.to_vec(), added.id)));
        self.sorted.extend(db::sort_index::entries_of(&added));
        self.keys.add(added.id, texts, &scopes);
        self.keeper.enter(self.db, &added, target.advisors(), grams)?;
        self.first_new.get_or_insert(added.id);
        if options.update {
            self.told.insert(added.id);
        }
        Ok(Outcome::Added(added.contact.id))
    }

    /// Writes the entries and keys in hand.
    fn settle(&mut self) -> Result<()> {
        self.tally.enter_sorted(self.db, std::mem::take(&mut self.entries))?;
        db::sort_index::enter(self.db, std::mem::take(&mut self.sorted))?;
        self.first_new = None;
        self.keys.store(self.db)
    }

    /// The contact that a record is about, if the book has it and the actor may see it.
    fn find(
        &mut self,
        draft: &Draft,
        target: &Target,
        network: i64,
        policy: &NetworkPolicy,
    ) -> Result<Option<Stored>> {
        let contact = &draft.stored.contact;
        let tenant = target.tenant().unwrap_or(0);
        if !contact.uid.is_empty() {
            let holder = db::unique_values::holder(self.db, tenant, &uid_key(&contact.uid, network))?;
            if let Some(found) = self.visible(holder)? {
                return Ok(Some(found));
            }
        }
        let other_uid = |found: &Stored| {
            let uid = &found.contact.uid;
            !uid.is_empty() && !contact.uid.is_empty() && *uid != contact.uid
        };
        let address = contact.phones.first().filter(|phone| policy.unique_phone && phone.e164().is_some());
        if let Some(phone) = address {
            let key = phone_key(&phone.normal, network, target.group());
            let found = self.visible(db::unique_values::holder(self.db, tenant, &key)?)?;
            return Ok(found.filter(|found| !other_uid(found)));
        }
        self.settle()?; // one just added may be the same
        let list = Owner::of(target.tenant()).on(network).of(self.orders.generation);
        let start = (draft.key(&self.orders), 0);
        for (sort_key, id) in db::entries::entries(self.db, list, Some(&start), false, NAMESAKES)? {
            if sort_key != start.0 {
                break;
            }
            let found = self.visible(Some(id))?;
            let same = |found: &Stored| !other_uid(found) && same_person(&found.contact, contact);
            if let Some(found) = found.filter(same) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn visible(&self, id: Option<i64>) -> Result<Option<Stored>> {
        let found = id.map(|id| db::contact::one(self.db, id)).transpose()?.flatten();
        found.map_or(Ok(None), |found| Ok(self.desk.rights.sees(self.db, &found)?.then_some(found)))
    }

    fn update(
        &mut self,
        old: Stored,
        mut draft: Draft,
        target: &Target,
        policy: &NetworkPolicy,
        reconcile: Option<Reconcile>,
    ) -> Result<Outcome> {
        let id = old.contact.id;
        if self.first_new.is_some_and(|first| old.id >= first) {
            // Its entries and keys are still in our hands: they must be there before they can be replaced.
            self.settle()?;
        }
        fill_gaps(&mut draft, &old);
        may_update(self.db, &self.desk.rights, &old, &draft)?;
        if let (Some(reconcile), Some(card)) = (reconcile, draft.card.take()) {
            let kept = db::contact::card(self.db, old.id)?;
            let is_phone = |text: &str| self.session.is_phone(text);
            draft.card = reconcile(&is_phone, &old.contact, kept.as_deref(), card);
        }
        draft.key = sort_key(&draft.collator, &draft.stored.contact);
        let (tags, values) = (std::mem::take(&mut draft.tags), std::mem::take(&mut draft.values));
        let (db, context, inner) = (self.db, self.context, &self.session.inner);
        let give = |stored: &Stored| inner.give_labels(db, context, (target.home(), stored), &tags, &values);
        // Tried first: they may be refused when the rest has been written.
        db.step(false, || give(&old))??;
        let Self { orders, tally, .. } = self;
        let (stored, mut changed) = change(db, context, orders, old, draft, policy, tally)?;
        changed |= give(&stored)?;
        for advisor in target.advisors() {
            changed |= relink(db, context, orders, &stored, *advisor, true, tally)?;
        }
        Ok(if changed { Outcome::Updated(id) } else { Outcome::Unchanged(id) })
    }
}

/// Namesakes looked at for one record without UID and address.
const NAMESAKES: i64 = 1_000;
