//! A book and its model, changed together.

use std::path::PathBuf;
use std::time::Duration;

use cardex::blocking::{BlockOutcome, BlockReason, NewBlockedNumber, UnblockOutcome};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{
    Actor, AdvisorId, ContactId, ContactPatch, Network, NewAdvisor, NewContact, SearchFields, Session, Store,
    TenantId,
};
use proptest::prelude::*;

use super::finder::Asked;
use super::labels::{Labels, SCORES, TAGS};
use super::model::{ADVISORS, ALPHABET, Eye, LETTERS, Model, NETWORKS, Person, TENANTS, Which, tenant_of};
use super::{Dice, To, backwards, forwards, options};

/// A change, in numbers that are brought into range where it is made.
#[derive(Debug, Clone)]
pub enum Op {
    Add(Draft),
    AddMany(Vec<Draft>),
    Edit(usize, Draft),
    Link(usize, usize),
    Unlink(usize, usize),
    /// Blocks a phone, or unblocks it: for one advisor, or for the tenant of that advisor.
    Block(usize, usize, bool, bool),
    Remove(usize),
    Restore(usize),
    Purge(usize),
    Merge(usize, usize),
    Unmerge(usize),
    /// Gives a tag, or takes it; all that the contact has together, or this one.
    Tag(usize, usize, bool, bool),
    Score(usize, Option<i64>),
    /// Links (or unlinks) an advisor and whoever has a company on a network.
    Job(usize, usize, bool),
    Optimize,
    Reopen,
    /// Opens the book anew with another order of capitals.
    Reorder(bool),
    Maintain,
    /// Opens the book anew, as if another fold had made its search keys.
    Refold,
    Rebuild,
    Look(u64),
}

/// A contact to be.
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

/// Changes, each by one of the two handles.
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

/// The order that has them first.
const CAPITALS_FIRST: &str = "und-u-kf-upper";

/// A book in a file, open twice, and what it should hold.
pub struct World {
    folder: tempfile::TempDir,
    stores: [Option<Store>; 2],
    opened: u64,
    /// Drafts prepared so far.
    made: usize,
    pub model: Model,
    pub tenants: Vec<TenantId>,
    pub advisors: Vec<AdvisorId>,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self {
            folder,
            stores: [None, None],
            opened: 0,
            made: 0,
            model: Model::default(),
            tenants: Vec::new(),
            advisors: Vec::new(),
        };
        let desk = world.store(0).session(Actor::System);
        desk.directory().add_tenant("second").unwrap();
        world.tenants = desk.directory().tenants().unwrap().into_iter().map(|tenant| tenant.id).collect();
        for advisor in 0..ADVISORS {
            let desk = desk.clone().in_tenant(world.tenants[tenant_of(advisor)]);
            world.advisors.push(desk.directory().add_advisor(NewAdvisor::new("Advisor", "")).unwrap().id);
        }
        world
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("book.cardex")
    }

    /// One of the two handles, opened when it is first asked for.
    pub fn store(&mut self, handle: usize) -> Store {
        let path = self.path();
        if self.stores[handle].is_none() {
            self.opened += 1;
            // Power loss is not what is tested here, and waiting for the disk takes most of the time.
            let options = options(self.opened).durability(cardex::Durability::Checkpoint);
            self.stores[handle] = Some(options.open(path).unwrap());
        }
        self.stores[handle].clone().unwrap()
    }

    /// Opens the book anew, to have capitals first in its lists or not.
    pub fn reorder(&mut self, handle: usize, capitals_first: bool) {
        self.close(handle);
        self.opened += 1;
        let options = options(self.opened).durability(cardex::Durability::Checkpoint);
        let options = options.locale(if capitals_first { CAPITALS_FIRST } else { "" });
        self.stores[handle] = Some(options.open(self.path()).unwrap());
    }

    /// Opens the book anew, as if another fold had made its search keys.
    pub fn refold(&mut self, handle: usize) {
        self.store(handle);
        self.close(handle);
        let book = rusqlite::Connection::open(self.path()).unwrap();
        book.execute("UPDATE metadata SET fold_version = fold_version + 1", []).unwrap();
        drop(book);
        self.store(handle);
    }

    /// Who has no search keys is up to the book, and told by its row.
    fn look_up_unkeyed(&mut self) {
        let book = rusqlite::Connection::open(self.path()).unwrap();
        let mut contacts = book
            .prepare("SELECT contact.public_id FROM contact, metadata WHERE contact.id > unindexed_after AND contact.id <= unindexed_last")
            .unwrap();
        let ids = contacts.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let ids = ids.map(|id| ContactId(id.unwrap()));
        self.model.unkeyed = ids.collect();
    }

    /// Which order answers is up to the book, and told by it.
    fn look_up_order(&mut self, handle: usize) {
        let stats = self.session(handle, Eye::System).stats().unwrap();
        self.model.capitals_first = stats.locale == CAPITALS_FIRST && cfg!(feature = "locale");
    }

    pub fn close(&mut self, handle: usize) {
        self.stores[handle] = None;
    }

    pub fn session(&mut self, handle: usize, eye: Eye) -> Session {
        let actor = match eye {
            Eye::System | Eye::Over(_) => Actor::System,
            Eye::Administrator(tenant) => Actor::Administrator(self.tenants[tenant]),
            Eye::Advisor(advisor) => Actor::Advisor(self.advisors[advisor]),
        };
        self.store(handle).session(actor)
    }

    /// The draft as input and as a person of the model; `None` if it says nothing.
    fn prepare(&mut self, draft: &Draft) -> Option<(NewContact, Person)> {
        self.made += 1;
        // Nobody else has these.
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
        person.is_anyone().then_some((new, person))
    }

    fn desk(&mut self, handle: usize, tenant: usize, shared: bool) -> Session {
        let desk = self.session(handle, Eye::System);
        // Advisors of all tenants can be linked to a shared contact.
        if shared { desk } else { desk.in_tenant(self.tenants[tenant]) }
    }

    /// Changes book and model.
    pub fn apply(&mut self, handle: usize, op: &Op) {
        let there: Vec<usize> =
            (0..self.model.people.len()).filter(|at| !self.model.people[*at].merged).collect();
        let pick = |who: usize| there.get(who % there.len().max(1)).copied();
        match op {
            Op::Add(draft) => {
                let Some((new, mut person)) = self.prepare(draft) else { return };
                person.id = Some(self.desk(handle, draft.tenant, draft.shared).add(new).unwrap().id);
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
                if person.is_anyone() {
                    let patch = ContactPatch::new()
                        .first_name(draft.first.as_str())
                        .last_name(draft.last.as_str())
                        .display_name(draft.display.as_str())
                        .nickname(draft.nickname.as_str())
                        .company(draft.company.as_str());
                    self.session(handle, Eye::System).edit(person.id.unwrap(), patch).unwrap();
                    self.model.people[at] = person;
                }
            }
            Op::Link(who, advisor) | Op::Unlink(who, advisor) => {
                let Some(at) = pick(*who) else { return };
                let desk = self.session(handle, Eye::System);
                let person = &mut self.model.people[at];
                let on = matches!(op, Op::Link(..));
                if person.tenant.is_some_and(|tenant| tenant != tenant_of(*advisor)) {
                    return;
                }
                let (id, own) = (self.advisors[*advisor], person.id.unwrap());
                let (done, expected) = if on {
                    (desk.link(own, id).unwrap(), person.advisors.insert(*advisor))
                } else {
                    (desk.unlink(own, id).unwrap(), person.advisors.remove(advisor))
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
                let desk = self.session(handle, Eye::System);
                let person = &mut self.model.people[at];
                person.trashed = matches!(op, Op::Remove(_));
                if person.trashed {
                    desk.remove(person.id.unwrap()).unwrap();
                } else {
                    desk.restore(person.id.unwrap()).unwrap();
                }
            }
            Op::Purge(who) => {
                let Some(at) = pick(*who) else { return };
                let desk = self.session(handle, Eye::System);
                let id = self.model.people[at].id.unwrap();
                desk.purge(id).unwrap();
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
        let desk = self.session(handle, Eye::Administrator(tenant));
        let (id, number) = (self.advisors[advisor], format!("+{phone}"));
        let changed = match (all, on) {
            (true, _) => desk.blocked_numbers().set_for_tenant(&number, on).unwrap(),
            (false, true) => {
                let told = desk
                    .blocked_numbers()
                    .block(id, [NewBlockedNumber::new(number, BlockReason::Spam)])
                    .unwrap();
                matches!(told[..], [BlockOutcome::Blocked])
            }
            (false, false) => {
                matches!(
                    desk.blocked_numbers().unblock(id, [number]).unwrap()[..],
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
        let desk = self.desk(handle, tenant, shared);
        let mut told = 0;
        desk.add_many(new, AddManyOptions::new().batch(5), |at, outcome| {
            let ImportOutcome::Added(id) = outcome else { panic!("added, not {outcome:?}") };
            people[at].id = Some(id);
            assert_eq!(at, told);
            told += 1;
        })
        .unwrap();
        assert_eq!(told, people.len());
        self.model.people.extend(people);
    }

    /// Holds some of the book's answers against the model's: which ones, `seed` says.
    pub fn look(&mut self, handle: usize, seed: u64, looks: usize) {
        let mut dice = Dice::new(seed);
        for _ in 0..looks {
            let eye = match dice.below(6) {
                0 | 1 => Eye::System,
                2 => Eye::Administrator(dice.below(TENANTS)),
                3 => Eye::Over(dice.below(ADVISORS)),
                _ => Eye::Advisor(dice.below(ADVISORS)),
            };
            let network = [None, Some(0), Some(1)][dice.below(3)];
            let asked = self.asked(&mut dice, eye);
            self.compare_search(handle, eye, network, &asked);
            self.compare_list(handle, eye, network, false);
            let blocked = [Some(true), Some(false)][dice.below(2)];
            let trash = dice.below(8) == 0 && matches!(eye, Eye::System | Eye::Administrator(_));
            self.compare_list_of(handle, eye, network, (trash, blocked));
        }
        self.compare_labels(handle);
    }

    fn asked(&self, dice: &mut Dice, eye: Eye) -> Asked {
        let maybe = |dice: &mut Dice| [None, None, None, Some(true), Some(false)][dice.below(5)];
        let company =
            self.model.people.get(dice.below(self.model.people.len())).map(|person| person.company.clone());
        Asked {
            text: self.query(dice),
            within: [2, 2, 2, 1, 0][dice.below(5)],
            typos: dice.below(2) == 0,
            has_phone: maybe(dice),
            has_email: maybe(dice),
            company: company.filter(|_| dice.below(5) == 0),
            trash: dice.below(8) == 0 && matches!(eye, Eye::System | Eye::Administrator(_)),
            blocked: maybe(dice),
        }
    }

    fn query(&self, dice: &mut Dice) -> String {
        let letters =
            |dice: &mut Dice, n| (0..n).map(|_| ALPHABET[dice.below(ALPHABET.len())]).collect::<String>();
        let Some(person) = self.model.people.get(dice.below(self.model.people.len())) else {
            return "a".to_owned();
        };
        let texts = [
            format!("{} {}", person.first, person.last),
            format!("{} {}", person.last, person.first),
            person.display_name(),
        ];
        let words = [&person.first, &person.last, &person.nickname, &person.company];
        let word = |dice: &mut Dice| {
            let words: Vec<&str> = words[dice.below(4)].split([' ', '-']).collect();
            words[dice.below(words.len())].chars().take(1 + dice.below(4)).collect::<String>()
        };
        match dice.below(12) {
            0 => String::new(),
            1 => letters(dice, 1),
            2 => letters(dice, 2),
            3 | 4 => {
                let text = &texts[dice.below(3)];
                text.chars().take(dice.below(8)).collect()
            }
            5 | 6 => format!("{} {}", word(dice), word(dice)),
            7 => format!("{} {} {}", word(dice), word(dice), word(dice)),
            8 => person.email.chars().skip(dice.below(5)).take(1 + dice.below(6)).collect(),
            9 => {
                let phone = person.phone.as_str();
                let forms = [
                    format!("+{phone}"),
                    format!("00{phone}"),
                    format!("0{}", phone.get(2..).unwrap_or_default()),
                    phone.get(phone.len().saturating_sub(4 + dice.below(4))..).unwrap_or_default().to_owned(),
                ];
                let form = &forms[dice.below(4)];
                form.chars().take(1 + dice.below(form.len())).collect()
            }
            10 => person.identifier.chars().take(1 + dice.below(4)).collect(),
            _ => {
                // A letter mistyped, or two.
                let mut text: Vec<char> = texts[dice.below(3)].chars().collect();
                for _ in 0..=dice.below(2) {
                    let at = dice.below(text.len() + 1);
                    match dice.below(3) {
                        0 => text.insert(at, ALPHABET[dice.below(ALPHABET.len())]),
                        1 if at < text.len() => drop(text.remove(at)),
                        _ if at + 1 < text.len() => text.swap(at, at + 1),
                        _ => {}
                    }
                }
                text.into_iter().collect()
            }
        }
    }

    pub fn compare_search(&mut self, handle: usize, eye: Eye, network: Option<usize>, asked: &Asked) {
        self.look_up_unkeyed();
        let expected = self.model.search(eye, network, asked);
        let session = self.session(handle, eye);
        let story = format!("search {asked:?} as {eye:?} on {network:?}");
        for limit in sizes(expected.len()) {
            let page = |to: To| {
                let within =
                    [SearchFields::Names, SearchFields::Words, SearchFields::Everything][asked.within];
                let mut search =
                    session.search(asked.text.as_str()).fields(within).fuzzy(asked.typos).limit(limit);
                if let Some(has) = asked.has_phone {
                    search = search.has_phone(has);
                }
                if let Some(has) = asked.has_email {
                    search = search.has_email(has);
                }
                if let Some(company) = &asked.company {
                    search = search.company(company);
                }
                if asked.trash {
                    search = search.trash();
                }
                if let Some(blocked) = asked.blocked {
                    search = search.blocked(blocked);
                }
                if let Eye::Over(advisor) = eye {
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
            assert_eq!(ids, expected, "{story}, pages of {limit}");
            let back: Vec<_> = backwards(limit, last, &page).iter().map(|hit| hit.contact.id).collect();
            assert_eq!(back, expected, "{story}, pages of {limit}, backwards");
        }
    }

    /// Walks through the hits of a query and back, with a piece of work that was left for later between any two pages: all come once,
    /// in the order of the moment at which the walk began. `work` is done first, and once the walk is under way.
    pub fn walk_during(&mut self, eye: Eye, query: &str, limit: usize, mut work: impl FnMut(&mut Self)) {
        work(self);
        self.look_up_unkeyed();
        let expected = self.model.search(eye, None, &everything(query));
        let mut session = self.session(0, eye);
        let mut search = |world: &mut Self, to: To| {
            if !matches!(to, To::First) {
                world.store(1).maintain(Duration::ZERO).unwrap();
            }
            session = world.session(0, eye);
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
        assert_eq!(found, expected, "{query:?} as {eye:?}, pages of {limit}");
        let mut back: Vec<_> = last.items.iter().rev().map(|hit| hit.contact.id).collect();
        while let Some(cursor) = last.before.clone() {
            last = search(self, To::Before(cursor));
            back.extend(last.items.iter().rev().map(|hit| hit.contact.id));
        }
        back.reverse();
        assert_eq!(back, expected, "{query:?} as {eye:?}, pages of {limit}, backwards");
    }

    pub fn compare_list(&mut self, handle: usize, eye: Eye, network: Option<usize>, trash: bool) {
        self.compare_list_of(handle, eye, network, (trash, None));
    }

    fn compare_list_of(&mut self, handle: usize, eye: Eye, network: Option<usize>, which: Which) {
        self.look_up_order(handle);
        let expected = self.model.list(eye, network, which);
        let letters = self.model.letters(eye, network, which);
        let session = self.session(handle, eye);
        let (trash, blocked) = which;
        let story = format!("list (trash {trash}, blocked {blocked:?}) as {eye:?} on {network:?}");
        let mut list = session.contacts();
        if let Eye::Over(advisor) = eye {
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
            assert_eq!(ids, expected, "{story}, pages of {limit}");
            let back: Vec<_> = backwards(limit, end, &page).iter().map(|contact| contact.id).collect();
            assert_eq!(back, expected, "{story}, pages of {limit}, backwards");
        }
        assert_eq!(list.total().unwrap(), expected.len() as u64, "{story}: total");
        let told = list.sections().unwrap().into_iter().map(|section| (section.label, section.contacts));
        let counts = LETTERS.iter().zip(letters).filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(label, count)| ((*label).to_owned(), count as u64)).collect();
        assert_eq!(told.collect::<Vec<_>>(), counts, "{story}: letters");
        let mut at = 0;
        for (label, count) in LETTERS.iter().zip(letters) {
            for limit in [1, 3] {
                let page = list.clone().from_section(*label).limit(limit).page().unwrap();
                let shown = at..expected.len().min(at + limit);
                let ids: Vec<_> = page.items.iter().map(|contact| contact.id).collect();
                if page.incomplete {
                    assert!(expected[shown].starts_with(&ids), "{story}: from {label}");
                    continue;
                }
                assert_eq!(ids, expected[shown.clone()], "{story}: from {label}");
                if blocked.is_none() {
                    check_ends(&page, &shown, expected.len());
                }
                check_place(&list, &page, &shown);
            }
            at += count;
        }
    }

    /// What the model knows, through both handles.
    pub fn compare_all(&mut self) {
        for (eye, query) in
            [(Eye::System, ""), (Eye::Administrator(1), "a"), (Eye::Advisor(0), ""), (Eye::Over(2), "b")]
        {
            self.compare_search(0, eye, None, &everything(query));
            self.compare_list(0, eye, None, false);
            for blocked in [Some(true), Some(false)] {
                self.compare_list_of(1, eye, None, (false, blocked));
            }
        }
        self.compare_search(1, Eye::System, None, &everything("a"));
        self.compare_list(1, Eye::System, None, true);
        self.compare_list(1, Eye::Administrator(0), Some(0), true);
        for handle in [0, 1] {
            self.compare_labels(handle);
            let health = self.store(handle).check().unwrap();
            assert!(health.is_ok(), "{health:?}");
        }
    }
}

/// A query for whatever there is.
fn everything(text: &str) -> Asked {
    Asked { text: text.to_owned(), within: 2, ..Asked::default() }
}

/// A page has a cursor each way if, and only if, there is something. (Where a condition left too many out to look at, it may have
/// one that leads to nobody.)
fn check_ends<T>(page: &cardex::Page<T>, shown: &std::ops::Range<usize>, total: usize) {
    assert_eq!(page.before.is_some(), shown.start > 0);
    assert_eq!(page.after.is_some(), shown.end < total);
}

/// Holds the places that the cursors of a page mark against where it stands.
fn check_place<T>(list: &cardex::ContactList<'_>, page: &cardex::Page<T>, shown: &std::ops::Range<usize>) {
    for (cursor, place) in [(&page.before, shown.start), (&page.after, shown.end)] {
        if let Some(cursor) = cursor {
            assert_eq!(list.position(cursor).unwrap(), place as u64);
        }
    }
}

/// Page sizes at which a walk over `n` items ends differently; a few of them for a long walk.
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
