//! A store and its model, changed together.

use super::labels::Labels;
use super::model::{ADVISORS, Model, NETWORKS, Person, TENANTS, Viewer, tenant_of};
use super::model_ops::{Draft, Op};
use super::options;
use cardex::blocking::{BlockOutcome, BlockReason, NewBlockedNumber, UnblockOutcome};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{
    Actor, AdvisorId, ContactId, ContactPatch, Network, NewAdvisor, NewContact, Session, Store, TenantId,
};
use std::path::PathBuf;
use std::time::Duration;

/// The networks of the model.
pub const NETWORK: [Network; NETWORKS] = [Network::SMS_DIRECT, Network::WHATSAPP_DIRECT];

/// The locale that sorts capitals first.
pub(super) const CAPITALS_FIRST: &str = "und-u-kf-upper";

/// A store in a file, opened twice, and its model.
pub struct ModelStore {
    pub(super) folder: tempfile::TempDir,
    pub(super) stores: [Option<Store>; 2],
    pub(super) opened: u64,
    /// The number of prepared drafts.
    pub(super) made: usize,
    pub model: Model,
    pub tenants: Vec<TenantId>,
    pub advisors: Vec<AdvisorId>,
}

impl ModelStore {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut model_store = Self {
            folder,
            stores: [None, None],
            opened: 0,
            made: 0,
            model: Model::default(),
            tenants: Vec::new(),
            advisors: Vec::new(),
        };
        let session = model_store.store(0).session(Actor::System);
        session.directory().add_tenant("second").unwrap();
        model_store.tenants =
            session.directory().tenants().unwrap().into_iter().map(|tenant| tenant.id).collect();
        for advisor in 0..ADVISORS {
            let session = session.clone().in_tenant(model_store.tenants[tenant_of(advisor)]);
            model_store
                .advisors
                .push(session.directory().add_advisor(NewAdvisor::new("Advisor", "")).unwrap().id);
        }
        model_store
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("book.cardex")
    }

    /// One of the two handles, opened on first use.
    pub fn store(&mut self, handle: usize) -> Store {
        let path = self.path();
        if self.stores[handle].is_none() {
            self.opened += 1;
            // Power loss is not tested here, and disk flushes would take most of the time.
            let options = options(self.opened).durability(cardex::Durability::Checkpoint);
            self.stores[handle] = Some(options.open(path).unwrap());
        }
        self.stores[handle].clone().unwrap()
    }

    /// Reopens the store with or without capitals first.
    pub fn reorder(&mut self, handle: usize, capitals_first: bool) {
        self.close(handle);
        self.opened += 1;
        let options = options(self.opened).durability(cardex::Durability::Checkpoint);
        let options = options.locale(if capitals_first { CAPITALS_FIRST } else { "" });
        self.stores[handle] = Some(options.open(self.path()).unwrap());
    }

    /// Reopens the store as if another fold version had made its search keys.
    pub fn refold(&mut self, handle: usize) {
        self.store(handle);
        self.close(handle);
        let book = rusqlite::Connection::open(self.path()).unwrap();
        book.execute("UPDATE metadata SET fold_version = fold_version + 1", []).unwrap();
        drop(book);
        self.store(handle);
    }

    /// Reads from the metadata row which contacts are unindexed.
    pub(super) fn load_unindexed(&mut self) {
        let book = rusqlite::Connection::open(self.path()).unwrap();
        let mut contacts = book
            .prepare("SELECT contact.id FROM contact, metadata WHERE contact.id > unindexed_after AND contact.id <= unindexed_last")
            .unwrap();
        let ids = contacts.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let ids = ids.map(|id| ContactId(id.unwrap()));
        self.model.unindexed = ids.collect();
    }

    /// Reads which list order the store uses.
    pub(super) fn load_list_order(&mut self, handle: usize) {
        let stats = self.session(handle, Viewer::System).stats().unwrap();
        self.model.capitals_first = stats.locale == CAPITALS_FIRST && cfg!(feature = "locale");
    }

    pub fn close(&mut self, handle: usize) {
        self.stores[handle] = None;
    }

    pub fn session(&mut self, handle: usize, viewer: Viewer) -> Session {
        let actor = match viewer {
            Viewer::System | Viewer::AdvisorList(_) => Actor::System,
            Viewer::Administrator(tenant) => Actor::Administrator(self.tenants[tenant]),
            Viewer::Advisor(advisor) => Actor::Advisor(self.advisors[advisor]),
        };
        self.store(handle).session(actor)
    }

    /// The draft as input and as a person of the model; `None` without a name.
    pub(super) fn prepare(&mut self, draft: &Draft) -> Option<(NewContact, Person)> {
        self.made += 1;
        // These values are unique.
        let phone = if draft.phone {
            format!("336{:08}", self.made * 1_234_567 % 100_000_000)
        } else {
            String::new()
        };
        let identifier = if draft.identifier.is_empty() {
            String::new()
        } else {
            format!("{}{}", draft.identifier, self.made)
        };
        let tenant = draft.tenant;
        let advisors: Vec<usize> = draft
            .advisors
            .iter()
            .copied()
            .filter(|advisor| draft.shared || tenant_of(*advisor) == tenant)
            .collect();
        let mut new =
            NewContact::new(NETWORK[draft.network].clone(), draft.first.as_str(), draft.last.as_str())
                .display_name(draft.display.as_str())
                .nickname(draft.nickname.as_str())
                .company(draft.company.as_str());
        if !draft.email.is_empty() {
            new = new.email(draft.email.as_str());
        }
        if !phone.is_empty() {
            new = new.phone(format!("+{phone}"));
        }
        if !identifier.is_empty() {
            new = new.identifier("", identifier.as_str());
        }
        for advisor in &advisors {
            new = new.advisor(self.advisors[*advisor]);
        }
        let labels = if draft.shared { Labels::default() } else { draft.labels.clone() };
        new = labels.give(new);
        if draft.shared {
            new = new.shared();
        }
        let person = Person {
            id: None,
            first: draft.first.clone(),
            last: draft.last.clone(),
            display: draft.display.clone(),
            nickname: draft.nickname.clone(),
            company: draft.company.clone(),
            email: draft.email.clone(),
            phone,
            identifier,
            tenant: (!draft.shared).then_some(tenant),
            network: draft.network,
            advisors: advisors.into_iter().collect(),
            labels,
            trashed: false,
            merged: false,
        };
        person.has_name().then_some((new, person))
    }

    pub(super) fn tenant_session(&mut self, handle: usize, tenant: usize, shared: bool) -> Session {
        let session = self.session(handle, Viewer::System);
        // Advisors of all tenants can be linked to a shared contact.
        if shared { session } else { session.in_tenant(self.tenants[tenant]) }
    }

    /// Changes store and model.
    pub fn apply(&mut self, handle: usize, op: &Op) {
        let there: Vec<usize> =
            (0..self.model.people.len()).filter(|at| !self.model.people[*at].merged).collect();
        let pick = |who: usize| there.get(who % there.len().max(1)).copied();
        match op {
            Op::Add(draft) => {
                let Some((new, mut person)) = self.prepare(draft) else { return };
                person.id =
                    Some(self.tenant_session(handle, draft.tenant, draft.shared).add(new).unwrap().id);
                self.model.people.push(person);
            }
            Op::AddMany(drafts) => {
                for tenant in 0..TENANTS {
                    for shared in [false, true] {
                        self.add_many(handle, tenant, shared, drafts);
                    }
                }
            }
            Op::Edit(who, draft) => {
                let Some(at) = pick(*who) else { return };
                let mut person = self.model.people[at].clone();
                (person.first, person.last, person.display) =
                    (draft.first.clone(), draft.last.clone(), draft.display.clone());
                (person.nickname, person.company) = (draft.nickname.clone(), draft.company.clone());
                if person.has_name() {
                    let patch = ContactPatch::new()
                        .first_name(draft.first.as_str())
                        .last_name(draft.last.as_str())
                        .display_name(draft.display.as_str())
                        .nickname(draft.nickname.as_str())
                        .company(draft.company.as_str());
                    self.session(handle, Viewer::System).edit(person.id.unwrap(), patch).unwrap();
                    self.model.people[at] = person;
                }
            }
            Op::Link(who, advisor) | Op::Unlink(who, advisor) => {
                let Some(at) = pick(*who) else { return };
                let session = self.session(handle, Viewer::System);
                let person = &mut self.model.people[at];
                let on = matches!(op, Op::Link(..));
                if person.tenant.is_some_and(|tenant| tenant != tenant_of(*advisor)) {
                    return;
                }
                let (id, own) = (self.advisors[*advisor], person.id.unwrap());
                let (done, expected) = if on {
                    (session.link(own, id).unwrap(), person.advisors.insert(*advisor))
                } else {
                    (session.unlink(own, id).unwrap(), person.advisors.remove(advisor))
                };
                assert_eq!(done, expected);
            }
            Op::Block(who, advisor, all, on) => {
                let Some(at) = pick(*who) else { return };
                let phone = self.model.people[at].phone.clone();
                if !phone.is_empty() {
                    self.block(handle, phone, *advisor, *all, *on);
                }
            }
            Op::Remove(who) | Op::Restore(who) => {
                let Some(at) = pick(*who) else { return };
                let session = self.session(handle, Viewer::System);
                let person = &mut self.model.people[at];
                person.trashed = matches!(op, Op::Remove(_));
                if person.trashed {
                    session.remove(person.id.unwrap()).unwrap();
                } else {
                    session.restore(person.id.unwrap()).unwrap();
                }
            }
            Op::Purge(who) => {
                let Some(at) = pick(*who) else { return };
                let session = self.session(handle, Viewer::System);
                let id = self.model.people[at].id.unwrap();
                session.purge(id).unwrap();
                self.model.purge(id);
            }
            Op::Merge(who, other) => {
                if let Some(at) = pick(*who) {
                    self.merge(handle, at, *other);
                }
            }
            Op::Unmerge(which) => self.unmerge(handle, *which),
            Op::Tag(who, tag, on, whole) => {
                if let Some(at) = pick(*who) {
                    self.tag(handle, at, *tag, (*on, *whole));
                }
            }
            Op::Score(who, score) => {
                if let Some(at) = pick(*who) {
                    self.score(handle, at, *score);
                }
            }
            Op::Job(advisor, network, on) => self.run_job(handle, *advisor, *network, *on),
            Op::Optimize => self.store(handle).optimize().unwrap(),
            Op::Reopen => self.close(handle),
            Op::Reorder(capitals_first) => self.reorder(handle, *capitals_first),
            Op::Maintain => drop(self.store(handle).maintain(Duration::ZERO).unwrap()),
            Op::Refold => self.refold(handle),
            Op::Rebuild => self.store(handle).rebuild_index().unwrap(),
            Op::Look(seed) => self.look(handle, *seed, 3),
        }
    }

    pub(super) fn block(&mut self, handle: usize, phone: String, advisor: usize, all: bool, on: bool) {
        let tenant = tenant_of(advisor);
        let session = self.session(handle, Viewer::Administrator(tenant));
        let (id, number) = (self.advisors[advisor], format!("+{phone}"));
        let changed = match (all, on) {
            (true, _) => session.blocked_numbers().set_for_tenant(&number, on).unwrap(),
            (false, true) => {
                let reported = session
                    .blocked_numbers()
                    .block(id, [NewBlockedNumber::new(number, BlockReason::Spam)])
                    .unwrap();
                matches!(reported[..], [BlockOutcome::Blocked])
            }
            (false, false) => {
                matches!(
                    session.blocked_numbers().unblock(id, [number]).unwrap()[..],
                    [UnblockOutcome::Unblocked]
                )
            }
        };
        let block = (tenant, (!all).then_some(advisor), phone);
        let expected = if on { self.model.blocks.insert(block) } else { self.model.blocks.remove(&block) };
        assert_eq!(changed, expected);
    }

    pub(super) fn add_many(&mut self, handle: usize, tenant: usize, shared: bool, drafts: &[Draft]) {
        let drafts = drafts.iter().filter(|draft| (draft.tenant, draft.shared) == (tenant, shared));
        let (new, mut people): (Vec<_>, Vec<_>) = drafts.filter_map(|draft| self.prepare(draft)).unzip();
        let session = self.tenant_session(handle, tenant, shared);
        let mut reported = 0;
        session
            .add_many(new, AddManyOptions::new().batch(5), |at, outcome| {
                let ImportOutcome::Added(id) = outcome else { panic!("added, not {outcome:?}") };
                people[at].id = Some(id);
                assert_eq!(at, reported);
                reported += 1;
            })
            .unwrap();
        assert_eq!(reported, people.len());
        self.model.people.extend(people);
    }
}
