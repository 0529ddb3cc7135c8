//! A store and its model, changed together.

use std::path::PathBuf;
use std::time::Duration;

use cardex::blocking::{BlockOutcome, BlockReason, NewBlockedNumber, UnblockOutcome};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{
    Actor, AdvisorId, ContactId, ContactPatch, Network, NewAdvisor, NewContact, SearchFields, Session, Store,
    TenantId,
};
use proptest::prelude::*;

use super::finder::ModelQuery;
use super::labels::{Labels, SCORES, TAGS};
use super::model::{ADVISORS, ALPHABET, LETTERS, Model, NETWORKS, Person, TENANTS, Viewer, Which, tenant_of};
use super::{Random, To, backwards, forwards, options};

/// A change. Its numbers are reduced to the valid range when it is applied.
#[derive(Debug, Clone)]
pub enum Op {
    Add(Draft),
    AddMany(Vec<Draft>),
    Edit(usize, Draft),
    Link(usize, usize),
    Unlink(usize, usize),
    /// Blocks or unblocks a phone, for one advisor or for the advisor's tenant.
    Block(usize, usize, bool, bool),
    Remove(usize),
    Restore(usize),
    Purge(usize),
    Merge(usize, usize),
    Unmerge(usize),
    /// Adds or removes a tag, alone or by replacing all tags.
    Tag(usize, usize, bool, bool),
    Score(usize, Option<i64>),
    /// Links or unlinks an advisor and all contacts with a company on a network.
    Job(usize, usize, bool),
    Optimize,
    Reopen,
    /// Reopens the store with another order of capitals.
    Reorder(bool),
    Maintain,
    /// Reopens the store as if another fold version had made its search keys.
    Refold,
    Rebuild,
    Look(u64),
}

/// The values of a new contact.
#[derive(Debug, Clone)]
pub struct Draft {
    pub first: String,
    pub last: String,
    pub display: String,
    pub nickname: String,
    pub company: String,
    pub email: String,
    pub phone: bool,
    pub identifier: String,
    pub tenant: usize,
    pub shared: bool,
    pub network: usize,
    pub advisors: Vec<usize>,
    pub labels: Labels,
}

pub fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&ALPHABET[..]), 0..7).prop_map(String::from_iter)
}

fn draft() -> impl Strategy<Value = Draft> {
    let display = prop_oneof![3 => Just(String::new()), 1 => name()];
    let advisors = prop::collection::vec(0..ADVISORS, 0..3);
    let shared = prop::bool::weighted(0.15);
    let rarely = || prop_oneof![2 => Just(String::new()), 1 => name()];
    let email = prop_oneof![1 => Just(String::new()), 1 => "[abc]{1,2}@[abc]{1,2}\\.c"];
    let names = (name(), name(), display, rarely(), rarely());
    let points = (email, any::<bool>(), "[abc]{0,2}");
    let tags = prop::collection::btree_set(0..TAGS.len(), 0..3);
    let labels = (tags, prop::option::of(0..SCORES)).prop_map(|(tags, score)| Labels { tags, score });
    (names, points, 0..TENANTS, shared, 0..NETWORKS, advisors, labels).prop_map(
        |(
            (first, last, display, nickname, company),
            (email, phone, identifier),
            tenant,
            shared,
            network,
            advisors,
            labels,
        )| {
            Draft {
                first,
                last,
                display,
                nickname,
                company,
                email,
                phone,
                identifier,
                tenant,
                shared,
                network,
                advisors,
                labels,
            }
        },
    )
}

/// Changes, each through one of the two handles.
pub fn ops(most: usize) -> impl Strategy<Value = Vec<(bool, Op)>> {
    let who = 0..1_000_usize;
    let op = prop_oneof![
        8 => draft().prop_map(Op::Add),
        3 => prop::collection::vec(draft(), 0..12).prop_map(Op::AddMany),
        6 => (who.clone(), draft()).prop_map(|(who, draft)| Op::Edit(who, draft)),
        3 => (who.clone(), 0..ADVISORS).prop_map(|(who, advisor)| Op::Link(who, advisor)),
        2 => (who.clone(), 0..ADVISORS).prop_map(|(who, advisor)| Op::Unlink(who, advisor)),
        6 => (who.clone(), 0..ADVISORS, prop::bool::weighted(0.3), prop::bool::weighted(0.7))
            .prop_map(|(who, advisor, all, on)| Op::Block(who, advisor, all, on)),
        3 => who.clone().prop_map(Op::Remove),
        2 => who.clone().prop_map(Op::Restore),
        1 => who.clone().prop_map(Op::Purge),
        4 => (who.clone(), who.clone()).prop_map(|(who, other)| Op::Merge(who, other)),
        3 => who.clone().prop_map(Op::Unmerge),
        4 => (who.clone(), 0..TAGS.len(), prop::bool::weighted(0.6), any::<bool>())
            .prop_map(|(who, tag, on, whole)| Op::Tag(who, tag, on, whole)),
        3 => (who, prop::option::weighted(0.7, 0..SCORES)).prop_map(|(who, score)| Op::Score(who, score)),
        1 => (0..ADVISORS, 0..NETWORKS, any::<bool>()).prop_map(|(who, network, on)| Op::Job(who, network, on)),
        1 => Just(Op::Optimize),
        1 => Just(Op::Reopen),
        1 => any::<bool>().prop_map(Op::Reorder),
        2 => Just(Op::Maintain),
        1 => Just(Op::Refold),
        1 => Just(Op::Rebuild),
        3 => any::<u64>().prop_map(Op::Look),
    ];
    prop::collection::vec((any::<bool>(), op), 1..most)
}

/// The networks of the model.
pub const NETWORK: [Network; NETWORKS] = [Network::SMS_DIRECT, Network::WHATSAPP_DIRECT];

/// The locale that sorts capitals first.
const CAPITALS_FIRST: &str = "und-u-kf-upper";

/// A store in a file, opened twice, and its model.
pub struct ModelStore {
    folder: tempfile::TempDir,
    stores: [Option<Store>; 2],
    opened: u64,
    /// The number of prepared drafts.
    made: usize,
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
    fn load_unindexed(&mut self) {
        let book = rusqlite::Connection::open(self.path()).unwrap();
        let mut contacts = book
            .prepare("SELECT contact.public_id FROM contact, metadata WHERE contact.id > unindexed_after AND contact.id <= unindexed_last")
            .unwrap();
        let ids = contacts.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let ids = ids.map(|id| ContactId(id.unwrap()));
        self.model.unindexed = ids.collect();
    }

    /// Reads which list order the store uses.
    fn load_list_order(&mut self, handle: usize) {
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
    fn prepare(&mut self, draft: &Draft) -> Option<(NewContact, Person)> {
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

    fn tenant_session(&mut self, handle: usize, tenant: usize, shared: bool) -> Session {
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

    fn block(&mut self, handle: usize, phone: String, advisor: usize, all: bool, on: bool) {
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

    fn add_many(&mut self, handle: usize, tenant: usize, shared: bool, drafts: &[Draft]) {
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

    /// Compares some answers of the store with the model, chosen by `seed`.
    pub fn look(&mut self, handle: usize, seed: u64, looks: usize) {
        let mut random = Random::new(seed);
        for _ in 0..looks {
            let viewer = match random.below(6) {
                0 | 1 => Viewer::System,
                2 => Viewer::Administrator(random.below(TENANTS)),
                3 => Viewer::AdvisorList(random.below(ADVISORS)),
                _ => Viewer::Advisor(random.below(ADVISORS)),
            };
            let network = [None, Some(0), Some(1)][random.below(3)];
            let query_spec = self.query_spec(&mut random, viewer);
            self.compare_search(handle, viewer, network, &query_spec);
            self.compare_list(handle, viewer, network, false);
            let blocked = [Some(true), Some(false)][random.below(2)];
            let trash = random.below(8) == 0 && matches!(viewer, Viewer::System | Viewer::Administrator(_));
            self.compare_list_of(handle, viewer, network, (trash, blocked));
        }
        self.compare_labels(handle);
    }

    fn query_spec(&self, random: &mut Random, viewer: Viewer) -> ModelQuery {
        let maybe = |random: &mut Random| [None, None, None, Some(true), Some(false)][random.below(5)];
        let company =
            self.model.people.get(random.below(self.model.people.len())).map(|person| person.company.clone());
        ModelQuery {
            text: self.query(random),
            within: [2, 2, 2, 1, 0][random.below(5)],
            typos: random.below(2) == 0,
            has_phone: maybe(random),
            has_email: maybe(random),
            company: company.filter(|_| random.below(5) == 0),
            trash: random.below(8) == 0 && matches!(viewer, Viewer::System | Viewer::Administrator(_)),
            blocked: maybe(random),
        }
    }

    fn query(&self, random: &mut Random) -> String {
        let letters = |random: &mut Random, n| {
            (0..n).map(|_| ALPHABET[random.below(ALPHABET.len())]).collect::<String>()
        };
        let Some(person) = self.model.people.get(random.below(self.model.people.len())) else {
            return "a".to_owned();
        };
        let texts = [
            format!("{} {}", person.first, person.last),
            format!("{} {}", person.last, person.first),
            person.display_name(),
        ];
        let words = [&person.first, &person.last, &person.nickname, &person.company];
        let word = |random: &mut Random| {
            let words: Vec<&str> = words[random.below(4)].split([' ', '-']).collect();
            words[random.below(words.len())].chars().take(1 + random.below(4)).collect::<String>()
        };
        match random.below(12) {
            0 => String::new(),
            1 => letters(random, 1),
            2 => letters(random, 2),
            3 | 4 => {
                let text = &texts[random.below(3)];
                text.chars().take(random.below(8)).collect()
            }
            5 | 6 => format!("{} {}", word(random), word(random)),
            7 => format!("{} {} {}", word(random), word(random), word(random)),
            8 => person.email.chars().skip(random.below(5)).take(1 + random.below(6)).collect(),
            9 => {
                let phone = person.phone.as_str();
                let forms = [
                    format!("+{phone}"),
                    format!("00{phone}"),
                    format!("0{}", phone.get(2..).unwrap_or_default()),
                    phone
                        .get(phone.len().saturating_sub(4 + random.below(4))..)
                        .unwrap_or_default()
                        .to_owned(),
                ];
                let form = &forms[random.below(4)];
                form.chars().take(1 + random.below(form.len())).collect()
            }
            10 => person.identifier.chars().take(1 + random.below(4)).collect(),
            _ => {
                // One or two typing errors.
                let mut text: Vec<char> = texts[random.below(3)].chars().collect();
                for _ in 0..=random.below(2) {
                    let at = random.below(text.len() + 1);
                    match random.below(3) {
                        0 => text.insert(at, ALPHABET[random.below(ALPHABET.len())]),
                        1 if at < text.len() => drop(text.remove(at)),
                        _ if at + 1 < text.len() => text.swap(at, at + 1),
                        _ => {}
                    }
                }
                text.into_iter().collect()
            }
        }
    }

    pub fn compare_search(
        &mut self,
        handle: usize,
        viewer: Viewer,
        network: Option<usize>,
        query_spec: &ModelQuery,
    ) {
        self.load_unindexed();
        let expected = self.model.search(viewer, network, query_spec);
        let session = self.session(handle, viewer);
        let context = format!("search {query_spec:?} as {viewer:?} on {network:?}");
        for limit in sizes(expected.len()) {
            let page = |to: To| {
                let within =
                    [SearchFields::Names, SearchFields::Words, SearchFields::Everything][query_spec.within];
                let mut search = session
                    .search(query_spec.text.as_str())
                    .fields(within)
                    .fuzzy(query_spec.typos)
                    .limit(limit);
                if let Some(has) = query_spec.has_phone {
                    search = search.has_phone(has);
                }
                if let Some(has) = query_spec.has_email {
                    search = search.has_email(has);
                }
                if let Some(company) = &query_spec.company {
                    search = search.company(company);
                }
                if query_spec.trash {
                    search = search.trash();
                }
                if let Some(blocked) = query_spec.blocked {
                    search = search.blocked(blocked);
                }
                if let Viewer::AdvisorList(advisor) = viewer {
                    search = search.advisor(self.advisors[advisor]);
                }
                if let Some(network) = network {
                    search = search.network(NETWORK[network].clone());
                }
                match to {
                    To::First => search.page(),
                    To::After(cursor) => search.after(cursor).page(),
                    To::Before(cursor) => search.before(cursor).page(),
                }
            };
            let (all, last) = forwards(limit, &page);
            let ids: Vec<_> = all.iter().map(|hit| hit.contact.id).collect();
            assert_eq!(ids, expected, "{context}, pages of {limit}");
            let back: Vec<_> = backwards(limit, last, &page).iter().map(|hit| hit.contact.id).collect();
            assert_eq!(back, expected, "{context}, pages of {limit}, backwards");
        }
    }

    /// Walks through the hits of a query and back, with a batch of deferred work between pages. The walk returns every
    /// hit once, in the order at its start. `work` runs before the walk and once during it.
    pub fn walk_during(
        &mut self,
        viewer: Viewer,
        query: &str,
        limit: usize,
        mut work: impl FnMut(&mut Self),
    ) {
        work(self);
        self.load_unindexed();
        let expected = self.model.search(viewer, None, &everything(query));
        let mut session = self.session(0, viewer);
        let mut search = |model_store: &mut Self, to: To| {
            if !matches!(to, To::First) {
                model_store.store(1).maintain(Duration::ZERO).unwrap();
            }
            session = model_store.session(0, viewer);
            super::search_page(&session, query, limit, to).unwrap()
        };
        let (mut found, mut to) = (Vec::new(), To::First);
        let mut last = loop {
            let page = search(self, to);
            let ids = page.items.iter().map(|hit| hit.contact.id);
            found.extend(ids);
            match page.after.clone() {
                Some(cursor) => to = To::After(cursor),
                None => break page,
            }
            if found.len() == limit {
                work(self);
            }
        };
        assert_eq!(found, expected, "{query:?} as {viewer:?}, pages of {limit}");
        let mut back: Vec<_> = last.items.iter().rev().map(|hit| hit.contact.id).collect();
        while let Some(cursor) = last.before.clone() {
            last = search(self, To::Before(cursor));
            back.extend(last.items.iter().rev().map(|hit| hit.contact.id));
        }
        back.reverse();
        assert_eq!(back, expected, "{query:?} as {viewer:?}, pages of {limit}, backwards");
    }

    pub fn compare_list(&mut self, handle: usize, viewer: Viewer, network: Option<usize>, trash: bool) {
        self.compare_list_of(handle, viewer, network, (trash, None));
    }

    fn compare_list_of(&mut self, handle: usize, viewer: Viewer, network: Option<usize>, which: Which) {
        self.load_list_order(handle);
        let expected = self.model.list(viewer, network, which);
        let letters = self.model.letters(viewer, network, which);
        let session = self.session(handle, viewer);
        let (trash, blocked) = which;
        let context = format!("list (trash {trash}, blocked {blocked:?}) as {viewer:?} on {network:?}");
        let mut list = session.contacts();
        if let Viewer::AdvisorList(advisor) = viewer {
            list = list.advisor(self.advisors[advisor]);
        }
        if let Some(network) = network {
            list = list.network(NETWORK[network].clone());
        }
        if trash {
            list = list.trash();
        }
        if let Some(blocked) = blocked {
            list = list.blocked(blocked);
        }
        for limit in sizes(expected.len()) {
            let page = |to: To| match to {
                To::First => list.clone().limit(limit).page(),
                To::After(cursor) => list.clone().limit(limit).after(cursor).page(),
                To::Before(cursor) => list.clone().limit(limit).before(cursor).page(),
            };
            let (all, end) = forwards(limit, &page);
            let ids: Vec<_> = all.iter().map(|contact| contact.id).collect();
            assert_eq!(ids, expected, "{context}, pages of {limit}");
            let back: Vec<_> = backwards(limit, end, &page).iter().map(|contact| contact.id).collect();
            assert_eq!(back, expected, "{context}, pages of {limit}, backwards");
        }
        assert_eq!(list.total().unwrap(), expected.len() as u64, "{context}: total");
        let reported = list.sections().unwrap().into_iter().map(|section| (section.label, section.contacts));
        let counts = LETTERS.iter().zip(letters).filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(label, count)| ((*label).to_owned(), count as u64)).collect();
        assert_eq!(reported.collect::<Vec<_>>(), counts, "{context}: letters");
        let mut at = 0;
        for (label, count) in LETTERS.iter().zip(letters) {
            for limit in [1, 3] {
                let page = list.clone().from_section(*label).limit(limit).page().unwrap();
                let shown = at..expected.len().min(at + limit);
                let ids: Vec<_> = page.items.iter().map(|contact| contact.id).collect();
                if page.incomplete {
                    assert!(expected[shown].starts_with(&ids), "{context}: from {label}");
                    continue;
                }
                assert_eq!(ids, expected[shown.clone()], "{context}: from {label}");
                if blocked.is_none() {
                    check_ends(&page, &shown, expected.len());
                }
                check_place(&list, &page, &shown);
            }
            at += count;
        }
    }

    /// Compares all answers of the model, through both handles.
    pub fn compare_all(&mut self) {
        for (viewer, query) in [
            (Viewer::System, ""),
            (Viewer::Administrator(1), "a"),
            (Viewer::Advisor(0), ""),
            (Viewer::AdvisorList(2), "b"),
        ] {
            self.compare_search(0, viewer, None, &everything(query));
            self.compare_list(0, viewer, None, false);
            for blocked in [Some(true), Some(false)] {
                self.compare_list_of(1, viewer, None, (false, blocked));
            }
        }
        self.compare_search(1, Viewer::System, None, &everything("a"));
        self.compare_list(1, Viewer::System, None, true);
        self.compare_list(1, Viewer::Administrator(0), Some(0), true);
        for handle in [0, 1] {
            self.compare_labels(handle);
            let report = self.store(handle).check().unwrap();
            assert!(report.is_ok(), "{report:?}");
        }
    }
}

/// A query over all fields.
fn everything(text: &str) -> ModelQuery {
    ModelQuery { text: text.to_owned(), within: 2, ..ModelQuery::default() }
}

/// A page has a cursor in each direction exactly if there are more items. (An incomplete page can have a cursor to an
/// empty page.)
fn check_ends<T>(page: &cardex::Page<T>, shown: &std::ops::Range<usize>, total: usize) {
    assert_eq!(page.before.is_some(), shown.start > 0);
    assert_eq!(page.after.is_some(), shown.end < total);
}

/// Compares the positions of a page's cursors with the list.
fn check_place<T>(list: &cardex::ContactList<'_>, page: &cardex::Page<T>, shown: &std::ops::Range<usize>) {
    for (cursor, place) in [(&page.before, shown.start), (&page.after, shown.end)] {
        if let Some(cursor) = cursor {
            assert_eq!(list.position(cursor).unwrap(), place as u64);
        }
    }
}

/// Page sizes for which a walk over `n` items ends differently; fewer for long walks.
fn sizes(n: usize) -> Vec<usize> {
    let around = [n.saturating_sub(1), n, n + 1].map(|size| size.clamp(1, 1_000));
    let small: &[usize] = match n {
        0..=100 => &[1, 2],
        101..=1_000 => &[7],
        _ => &[97],
    };
    let mut sizes = [small, &around].concat();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}
