//! What an actor does not see changes no answer: two books that differ in that only give the same answers, apart from ids and times.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{ManualClock, SMS, START, To, cases, new, options};
use crate::unseen_reads::READS;
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::channels::ChannelId;
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::TenantPolicy;
use cardex::events::NewEvent;
use cardex::jobs::{JobAction, NewJob};
use cardex::tags::{TagId, TagPatch};
use cardex::{
    Actor, AdvisorId, ContactId, Network, NewAdvisor, NewContact, Page, Result, Session, Store, TenantId,
};
use proptest::prelude::*;

pub(crate) const FILTERS: [&str; 12] = [
    "",
    "tag = red",
    "not tag = red",
    "tag present and company present",
    "company starts a",
    "city = a",
    "name contains b",
    "email contains 1",
    "name contains zz",
    "phone starts +3361",
    "blocked",
    "created >= 2025-01-01T00:00:03Z",
];

/// A contact and its records.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    first: String,
    last: String,
    company: String,
    city: String,
    tag: usize,
    records: bool,
}

fn person() -> impl Strategy<Value = Person> {
    ("[abc]{1,2}", "[abc]{0,2}", "[ab]{0,2}", "[ab]{0,1}", 0..3_usize, any::<bool>()).prop_map(
        |(first, last, company, city, tag, records)| Person { first, last, company, city, tag, records },
    )
}

/// Whose an unseen contact is.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Colleague,
    OtherTenant,
    Shared,
    Trash,
    Merged,
}

fn whose() -> impl Strategy<Value = Whose> {
    prop_oneof![
        4 => Just(Whose::Colleague),
        2 => Just(Whose::OtherTenant),
        1 => Just(Whose::Shared),
        1 => Just(Whose::Trash),
        1 => Just(Whose::Merged),
    ]
}

/// An unseen contact, and the seen contact before which it is added.
type Unseen = (usize, Whose, Person);

/// A book, as one actor sees it.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) actor: Actor,
    pub(crate) me: AdvisorId,
    pub(crate) tags: [TagId; 3],
    pub(crate) channel: ChannelId,
    /// The seen contacts, in the order in which they were added.
    pub(crate) seen: Vec<ContactId>,
    labels: HashMap<ContactId, usize>,
    clock: ManualClock,
    system: Session,
    colleague: AdvisorId,
    other_tenant: TenantId,
    unseen: Vec<ContactId>,
}

impl World {
    fn build(administrator: bool, seen: &[Person], unseen: &[Unseen]) -> Self {
        let clock = ManualClock::new();
        let store = options(7).clock(clock.clone()).open_in_memory().unwrap();
        let system = store.session(Actor::System);
        let directory = system.directory();
        let tenant = directory.tenants().unwrap()[0].id;
        let other_tenant = directory.add_tenant("other").unwrap().id;
        directory.set_tenant_policy(&TenantPolicy::new()).unwrap();
        let [me, colleague] = ["Me", "Colleague"].map(|name| {
            directory.add_advisor(NewAdvisor::new(name, "").email(format!("{name}@x"))).unwrap().id
        });
        let permissions = cardex::entitlements::NewEntitlement::new(SMS).advisor(me).phone("+33611111111");
        system.entitlements().add(permissions).unwrap();
        let list = cardex::entitlements::Permission::ListCustomers;
        let _ = system.entitlements().revoke(me, &SMS, list);
        let tags =
            ["red", "green", "blue"].map(|name| system.tags().add(TagPatch::new().name(name)).unwrap().id);
        let attribute = NewAttribute::new(AttributeNamespace::Custom, "size", AttributeKind::Text);
        system.attributes().add(attribute).unwrap();
        system.events().declare("Paid").unwrap();
        system.funnels().add("f", "Funnel").unwrap();
        let channel = system.channels().add("telegram", "T").unwrap().id;
        let actor = if administrator { Actor::Administrator(tenant) } else { Actor::Advisor(me) };
        let mut world = Self {
            store,
            actor,
            me,
            tags,
            channel,
            seen: Vec::new(),
            labels: HashMap::new(),
            clock,
            system,
            colleague,
            other_tenant,
            unseen: Vec::new(),
        };
        for (at, person) in seen.iter().enumerate() {
            world.clock.0.store(START + i64::try_from(at).unwrap() * 1_000, Ordering::Relaxed);
            for (_, whose, person) in unseen.iter().filter(|(before, ..)| before % seen.len() == at) {
                world.add_unseen(*whose, person);
            }
            let contact = NewContact::new(SMS, person.first.as_str(), person.last.as_str());
            let id = world.add(contact.advisor(me), person, at, 1);
            world.labels.insert(id, at);
            world.seen.push(id);
        }
        world.clock.0.store(START + 1_000_000, Ordering::Relaxed);
        world.add_conversations();
        world
    }

    /// The session of the actor.
    pub(crate) fn session(&self) -> Session {
        self.store.session(self.actor)
    }

    fn is_advisor(&self) -> bool {
        matches!(self.actor, Actor::Advisor(_))
    }

    fn add(&self, contact: NewContact, person: &Person, number: usize, series: usize) -> ContactId {
        let phone = format!("+336{series}000{number:04}");
        let contact = contact
            .company(person.company.as_str())
            .city(person.city.as_str())
            .phone(phone)
            .email(format!("e{series}x{number}@{}.org", person.first))
            .identifier("crm", format!("{series}-{number}"));
        self.system.add(contact).unwrap().id
    }

    fn add_records(&self, session: &Session, id: ContactId, person: &Person, number: usize) {
        session.tags().attach(id, self.tags[person.tag]).unwrap();
        if person.records {
            session.notes(id).add(&format!("note {number}")).unwrap();
            session.events().fire(id, NewEvent::new("Paid")).unwrap();
            session.funnels().join(id, "f").unwrap();
            session.channels().find_or_create_identity(self.channel, &format!("@{number}"), id).unwrap();
        }
    }

    fn add_unseen(&mut self, whose: Whose, person: &Person) {
        let number = self.unseen.len();
        let contact = new(&person.first, &person.last);
        let id = match whose {
            Whose::OtherTenant => {
                let elsewhere = self.system.clone().in_tenant(self.other_tenant);
                let contact = contact.company(person.company.as_str()).phone(format!("+33680{number:06}"));
                elsewhere.add(contact).unwrap().id
            }
            // An administrator sees all contacts of the tenant.
            _ if !self.is_advisor() => return,
            Whose::Shared => self.add(contact.shared(), person, number, 5),
            _ => self.add(contact.advisor(self.colleague), person, number, 7),
        };
        if matches!(whose, Whose::Colleague | Whose::Trash | Whose::Merged) {
            self.add_records(&self.system, id, person, 1_000 + number);
        }
        match whose {
            Whose::Trash => self.system.remove(id).unwrap(),
            Whose::Merged => {
                if let Some(into) = self.unseen.last() {
                    let _ = self.system.merge(*into, id, cardex::contacts::MergeOptions::new());
                }
            }
            _ => {}
        }
        self.unseen.push(id);
    }

    /// Records of the seen contacts, and work of others on unseen ones.
    fn add_conversations(&self) {
        for (at, id) in self.seen.iter().enumerate() {
            let person = Person {
                first: String::new(),
                last: String::new(),
                company: String::new(),
                city: String::new(),
                tag: at % 3,
                records: at % 2 == 0,
            };
            self.add_records(&self.system, *id, &person, at);
        }
        let room = NewConversation::new("room", ConversationKind::MultiParty, SMS).advisor(self.me);
        let room = self.seen.iter().take(2).fold(room, |room, id| room.member(*id));
        self.system.conversations().add(&room).unwrap();
        if !self.is_advisor() {
            return;
        }
        for (number, id) in self.unseen.iter().enumerate() {
            let _ = self.system.conversations().add_member("room", *id);
            let own = NewConversation::new(format!("hidden{number}"), ConversationKind::MultiParty, SMS);
            let _ = self.system.conversations().add(&own.member(*id));
        }
        if !self.unseen.is_empty() {
            let red = JobAction::Tag { tag: self.tags[0] };
            let job = NewJob::new(red, "name = nobody".parse().unwrap());
            let job = self.store.session(Actor::Advisor(self.colleague)).jobs().create(job).unwrap();
            self.system.jobs().run_batch(job.id, 5).unwrap();
        }
    }

    /// The label of a contact: its number among the seen ones.
    pub(crate) fn label(&self, id: ContactId) -> usize {
        *self.labels.get(&id).expect("an unseen contact is in an answer")
    }
}

/// The answers of one actor, in words that are the same in every book.
pub(crate) struct Answers<'w> {
    pub(crate) world: &'w World,
    pub(crate) session: Session,
    lines: Vec<String>,
}

impl Answers<'_> {
    pub(crate) fn say(&mut self, what: impl Debug, answer: impl Debug) {
        self.lines.push(format!("{what:?}: {answer:?}"));
    }

    /// An answer, or the code of its error.
    pub(crate) fn result<T>(
        &mut self,
        what: impl Debug,
        answer: Result<T>,
        say: impl Fn(&World, T) -> String,
    ) {
        let answer = match answer {
            Ok(answer) => say(self.world, answer),
            Err(error) => error.code().to_owned(),
        };
        self.lines.push(format!("{what:?}: {answer}"));
    }

    /// All pages of a list, in both directions.
    pub(crate) fn pages<T>(
        &mut self,
        what: impl Debug,
        page: impl Fn(&Session, To) -> Result<Page<T>>,
        item: impl Fn(&World, &T) -> String,
    ) {
        let mut to = To::First;
        let mut last = None;
        for number in 0..200 {
            let got = match page(&self.session, to) {
                Ok(got) => got,
                Err(error) => return self.say((&what, number), error.code()),
            };
            self.say((&what, number), self.page_words(&got, &item));
            last.clone_from(&got.before);
            let Some(after) = got.after else { break };
            to = To::After(after);
        }
        for number in 0..200 {
            let Some(before) = last else { return };
            let got = page(&self.session, To::Before(before)).unwrap();
            self.say((&what, "back", number), self.page_words(&got, &item));
            last = got.before;
        }
        panic!("a walk without an end: {what:?}");
    }

    fn page_words<T>(&self, page: &Page<T>, item: impl Fn(&World, &T) -> String) -> String {
        let items: Vec<_> = page.items.iter().map(|one| item(self.world, one)).collect();
        let ends = (page.before.is_some(), page.after.is_some(), page.incomplete);
        format!("{items:?} {ends:?}")
    }
}

fn answers(world: &World) -> Vec<String> {
    let mut all = Answers { world, session: world.session(), lines: Vec::new() };
    for (operation, read) in READS {
        all.say("operation", operation);
        read(&mut all);
    }
    all.lines
}

/// How many answers are compared so far, over all cases: the last line of `--nocapture` has the sum.
static COMPARED: AtomicUsize = AtomicUsize::new(0);

#[allow(clippy::print_stdout)] // the number of compared answers
fn assert_same(administrator: bool, seen: &[Person], unseen: [&[Unseen]; 2]) {
    let [one, other] = unseen.map(|unseen| World::build(administrator, seen, unseen));
    let (one, other) = (answers(&one), answers(&other));
    for (a, b) in one.iter().zip(&other) {
        assert_eq!(a, b);
    }
    assert_eq!(one.len(), other.len());
    let before = COMPARED.fetch_add(one.len(), Ordering::Relaxed);
    println!("compared {} answers, {} in all", one.len(), before + one.len());
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 40, ..cases(6) })]

    #[test]
    fn unseen_contacts_change_no_answer(
        seen in prop::collection::vec(person(), 1..14),
        unseen in prop::collection::vec((any::<usize>(), whose(), person()), 0..40),
        fewer in prop::collection::vec((any::<usize>(), whose(), person()), 0..6),
        administrator in any::<bool>(),
    ) {
        assert_same(administrator, &seen, [&unseen, &fewer]);
    }
}

/// An error names the holder of a value only to those who see it.
#[test]
fn a_duplicate_names_no_unseen_contact() {
    let store = options(3).open_in_memory().unwrap();
    let system = store.session(Actor::System);
    let policy = TenantPolicy::new();
    system.directory().set_tenant_policy(&policy).unwrap();
    let [me, other] =
        ["a", "b"].map(|name| system.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id);
    let list = cardex::entitlements::NewEntitlement::new(Network::WHATSAPP).advisor(me);
    system.entitlements().add(list).unwrap();
    let contact = |first: &str| NewContact::new(Network::WHATSAPP, first, "X").company("Acme");
    let full = |first: &str, id: &str| {
        contact(first).phone("+33612345678").email(format!("{id}@x.org")).identifier("crm", id)
    };
    let holder = system.add(full("Vic", "1").advisor(other)).unwrap().id;
    let own = store.session(Actor::Advisor(me));
    let duplicate = |result: Result<()>| match result.unwrap_err() {
        cardex::Error::Duplicate { holder, .. } => holder,
        other => panic!("{other:?}"),
    };
    assert_eq!(duplicate(system.add(full("Bea", "2")).map(drop)), Some(holder));
    assert_eq!(duplicate(own.add(full("Bea", "2")).map(drop)), None);
    let mut outcomes = Vec::new();
    own.add_many([full("Bea", "2")], cardex::contacts::AddManyOptions::new(), |_, outcome| {
        outcomes.push(outcome);
    })
    .unwrap();
    assert!(
        matches!(
            &outcomes[..],
            [cardex::contacts::ImportOutcome::Rejected(cardex::Error::Duplicate { holder: None, .. })]
        ),
        "{outcomes:?}"
    );
}

/// The event of an unseen contact is like an event that does not exist.
#[test]
fn an_unseen_event_does_not_exist() {
    let store = options(3).open_in_memory().unwrap();
    let system = store.session(Actor::System);
    let me = system.directory().add_advisor(NewAdvisor::new("a", "")).unwrap().id;
    system.events().declare("Paid").unwrap();
    let id = system.add(new("Vic", "X")).unwrap().id;
    let seq = system.events().fire(id, NewEvent::new("Paid")).unwrap().seq;
    let own = store.session(Actor::Advisor(me));
    for seq in [seq, seq + 100] {
        assert_eq!(own.events().get(seq).unwrap_err().code(), "not-found");
    }
}
