//! Lists with conditions, in every order, compared with a model that looks at every contact. The binary `small` runs
//! this file too, with sizes for which a dozen rows are many.

#![allow(clippy::arithmetic_side_effects)] // the unit tests of the library take this file too

use std::sync::atomic::Ordering;

use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::directory::NetworkPolicy;
use cardex::filters::{TextField, TimeField};
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{
    Actor, ContactId, ContactPatch, ContactUpdate, Error, Filter, Network, NewAdvisor, NewContact, Page,
    Session, SortField, SortOrder, Store, Timestamp, ValidationError,
};
use proptest::prelude::*;

use crate::support::model::fold;
use crate::support::{ManualClock, SMS, START, To, backwards, cases, forwards, new, open_store, options};

/// A contact of the model.
#[derive(Debug, Clone)]
struct Person {
    id: ContactId,
    /// The position in the order of addition.
    number: usize,
    name: String,
    company: String,
    city: String,
    email: String,
    phone: String,
    active: Option<i64>,
    tags: Vec<usize>,
    score: Option<i64>,
    own: bool,
    network: Network,
    trashed: bool,
}

const COMPANIES: [&str; 6] = ["", "Acme", "ÁCME", "Acme Ltd", "Beta", "!!"];
const CITIES: [&str; 4] = ["", "Paris", "paris", "Oslo"];
const TAGS: [&str; 3] = ["vip", "Lead", "old"];
/// A second network without requirements.
fn other() -> Network {
    Network::new("OTHER").unwrap()
}

fn person() -> impl Strategy<Value = Person> {
    let texts = ("[a-d]{1,2}", 0..COMPANIES.len(), 0..CITIES.len());
    let points = (prop::option::of(0..6_usize), prop::option::of(0..60_u32));
    let score = prop::option::weighted(0.8, 0..4_i64);
    let more = (prop::option::of(0..5_i64), (prop::collection::vec(0..TAGS.len(), 0..3), score));
    (texts, points, more, any::<(bool, bool)>(), 0..5_u8).prop_map(
        |((name, company, city), (email, phone), (active, (mut tags, score)), (own, elsewhere), trash)| {
            tags.sort_unstable();
            tags.dedup();
            Person {
                id: "1".parse().unwrap(),
                number: 0,
                name,
                company: COMPANIES[company].to_owned(),
                city: CITIES[city].to_owned(),
                email: email
                    .map_or_else(String::new, |n| format!("{}@X.org", ["b", "A", "c", "Bb", "ab", "ca"][n])),
                phone: phone.map_or_else(String::new, |n| format!("+336123456{n:02}")),
                active,
                tags,
                score,
                own,
                network: if elsewhere { other() } else { SMS },
                trashed: trash == 0,
            }
        },
    )
}

/// A filter of the model.
#[derive(Debug, Clone)]
enum ModelFilter {
    All(Vec<ModelFilter>),
    Any(Vec<ModelFilter>),
    Not(Box<ModelFilter>),
    Company(usize, &'static str),
    City(&'static str),
    Email(usize, &'static str),
    Phone(usize, &'static str),
    HasCompany,
    HasEmail,
    HasPhone,
    Tag(&'static str),
    Tagged,
    Score(usize, i64),
    ScoreIs(i64),
    HasScore,
    Active(usize, i64),
    HasActive,
    /// Added before this number of others.
    Created(usize, usize),
    Network,
    Id(usize),
    Blocked,
}

fn model_filter() -> impl Strategy<Value = ModelFilter> {
    let one = prop_oneof![
        (0..3_usize, prop::sample::select(&["acme", "Acme", "BETA", "a", "ltd", "!!", "zz"][..]))
            .prop_map(|(kind, text)| ModelFilter::Company(kind, text)),
        prop::sample::select(&["paris", "OSLO", "x"][..]).prop_map(ModelFilter::City),
        (0..3_usize, prop::sample::select(&["b@x.org", "A", "@x"][..]))
            .prop_map(|(k, t)| ModelFilter::Email(k, t)),
        (0..3_usize, prop::sample::select(&["+33612345601", "33 6", "+336 1234560", "5601"][..]))
            .prop_map(|(k, t)| ModelFilter::Phone(k, t)),
        Just(ModelFilter::HasCompany),
        Just(ModelFilter::HasEmail),
        Just(ModelFilter::HasPhone),
        prop::sample::select(&["vip", "LEAD", "old", "none"][..]).prop_map(ModelFilter::Tag),
        Just(ModelFilter::Tagged),
        (0..4_usize, 0..4_i64).prop_map(|(kind, score)| ModelFilter::Score(kind, score)),
        (0..4_i64).prop_map(ModelFilter::ScoreIs),
        Just(ModelFilter::HasScore),
        (0..4_usize, 0..5_i64).prop_map(|(kind, at)| ModelFilter::Active(kind, at)),
        Just(ModelFilter::HasActive),
        (0..4_usize, 0..20_usize).prop_map(|(kind, number)| ModelFilter::Created(kind, number)),
        Just(ModelFilter::Network),
        (0..20_usize).prop_map(ModelFilter::Id),
        Just(ModelFilter::Blocked),
    ];
    one.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(ModelFilter::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(ModelFilter::Any),
            inner.prop_map(|model_filter| ModelFilter::Not(Box::new(model_filter))),
        ]
    })
}

const BLOCKED: &str = "+33612345601";

fn compares<T: Ord + Copy>(kind: usize, a: T, b: T) -> bool {
    [a < b, a <= b, a > b, a >= b][kind]
}

fn matches(kind: usize, text: &str, with: &str) -> bool {
    [text == with, text.contains(with), text.starts_with(with)][kind]
}

impl ModelFilter {
    fn holds(&self, who: &Person, all: &[Person]) -> bool {
        match self {
            Self::All(asks) => asks.iter().all(|model_filter| model_filter.holds(who, all)),
            Self::Any(asks) => asks.iter().any(|model_filter| model_filter.holds(who, all)),
            Self::Not(model_filter) => !model_filter.holds(who, all),
            Self::Company(kind, text) if fold(text).is_empty() => matches(*kind, &who.company, text),
            Self::Company(kind, text) => matches(*kind, &fold(&who.company), &fold(text)),
            Self::City(text) => fold(&who.city) == fold(text),
            Self::Email(kind, text) => {
                !who.email.is_empty() && matches(*kind, &who.email.to_lowercase(), &text.to_lowercase())
            }
            Self::Phone(kind, text) => {
                let with: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let own =
                    if with.starts_with('+') { &who.phone[..] } else { who.phone.trim_start_matches('+') };
                !who.phone.is_empty() && matches(*kind, own, &with)
            }
            Self::HasCompany => !who.company.is_empty(),
            Self::HasEmail => !who.email.is_empty(),
            Self::HasPhone => !who.phone.is_empty(),
            Self::Tag(name) => who.tags.iter().any(|tag| TAGS[*tag].to_lowercase() == name.to_lowercase()),
            Self::Tagged => !who.tags.is_empty(),
            Self::Score(kind, score) => who.score.is_some_and(|own| compares(*kind, own, *score)),
            Self::ScoreIs(score) => who.score == Some(*score),
            Self::HasScore => who.score.is_some(),
            Self::Active(kind, at) => who.active.is_some_and(|own| compares(*kind, own, *at)),
            Self::HasActive => who.active.is_some(),
            Self::Created(kind, number) => compares(*kind, who.number, (*number).min(all.len() - 1)),
            Self::Network => who.network == SMS,
            Self::Id(number) => all.get(*number).is_some_and(|other| other.id == who.id),
            Self::Blocked => who.phone == BLOCKED,
        }
    }

    fn filter(&self, all: &[Person], created: &[Timestamp]) -> Filter {
        let text = |field, kind, value: &str| {
            let field = Filter::field(field);
            match kind {
                0 => field.equals(value),
                1 => field.contains(value),
                _ => field.starts_with(value),
            }
        };
        let time = |field, kind, at| {
            let field = Filter::time(field);
            match kind {
                0 => field.before(at),
                1 => field.until(at),
                2 => field.after(at),
                _ => field.since(at),
            }
        };
        match self {
            Self::All(asks) => Filter::all(asks.iter().map(|model_filter| model_filter.filter(all, created))),
            Self::Any(asks) => Filter::any(asks.iter().map(|model_filter| model_filter.filter(all, created))),
            Self::Not(model_filter) => Filter::not(model_filter.filter(all, created)),
            Self::Company(kind, value) => text(TextField::Company, *kind, value),
            Self::City(value) => text(TextField::City, 0, value),
            Self::Email(kind, value) => text(TextField::Email, *kind, value),
            // Equality needs a complete phone number.
            Self::Phone(kind, value) => text(TextField::Phone, *kind, value),
            Self::HasCompany => Filter::field(TextField::Company).present(),
            Self::HasEmail => Filter::field(TextField::Email).present(),
            Self::HasPhone => Filter::field(TextField::Phone).present(),
            Self::Tag(name) => Filter::tag(*name),
            Self::Tagged => Filter::tagged(),
            Self::Score(kind, score) => {
                let (field, score) = (Filter::attribute("score"), score.to_string());
                match kind {
                    0 => field.less(score),
                    1 => field.at_most(score),
                    2 => field.greater(score),
                    _ => field.at_least(score),
                }
            }
            Self::ScoreIs(score) => Filter::attribute("score").equals(score.to_string()),
            Self::HasScore => Filter::attribute("score").present(),
            Self::Active(kind, at) => time(TimeField::Active, *kind, Timestamp(START + at)),
            Self::HasActive => Filter::time(TimeField::Active).present(),
            Self::Created(kind, number) => {
                time(TimeField::Created, *kind, created[(*number).min(created.len() - 1)])
            }
            Self::Network => Filter::network([SMS]),
            Self::Id(number) => Filter::id(all.get(*number).map(|person| person.id)),
            Self::Blocked => Filter::blocked(),
        }
    }
}

/// The owner of the list.
#[derive(Debug, Clone, Copy)]
enum ListOwner {
    All,
    Network,
    Advisor,
    Trash,
}

struct Book {
    store: Store,
    session: Session,
    advisor: cardex::AdvisorId,
    people: Vec<Person>,
    created: Vec<Timestamp>,
}

impl Book {
    fn new(mut people: Vec<Person>, edits: &[(usize, Person)]) -> Self {
        let (store, session) = open_store();
        session.directory().add_network(&NetworkPolicy::new(other())).unwrap();
        let advisor = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
        let tags: Vec<_> =
            TAGS.iter().map(|name| session.tags().add(TagPatch::new().name(*name)).unwrap().id).collect();
        session
            .attributes()
            .add(NewAttribute::new(AttributeNamespace::Custom, "score", AttributeKind::Number))
            .unwrap();
        let mut created = Vec::new();
        for (number, person) in people.iter_mut().enumerate() {
            let make = |phone: &str| {
                let mut new = NewContact::new(person.network.clone(), person.name.as_str(), "")
                    .company(person.company.as_str())
                    .city(person.city.as_str());
                if !person.email.is_empty() {
                    new = new.email(person.email.as_str());
                }
                if !phone.is_empty() {
                    new = new.phone(phone);
                }
                if person.own { new.advisor(advisor) } else { new }
            };
            // Numbers are unique, so this can fail.
            let added = session.add(make(&person.phone));
            let free = added.is_ok();
            let added = added.or_else(|_| session.add(make(""))).unwrap();
            if !free {
                person.phone.clear();
            }
            (person.id, person.number) = (added.id, number);
            created.push(added.created_at);
            for tag in &person.tags {
                session.tags().attach(person.id, tags[*tag]).unwrap();
            }
            if let Some(score) = person.score {
                let score =
                    ContactUpdate::default().set_attribute(AttributeNamespace::Custom, "score", score);
                session.update(person.id, score).unwrap();
            }
            if let Some(at) = person.active {
                session.mark_active(person.id, Timestamp(START + at)).unwrap();
            }
        }
        for (at, other) in edits {
            let at = at % people.len();
            let person = &mut people[at];
            person.company.clone_from(&other.company);
            person.city.clone_from(&other.city);
            person.email.clone_from(&other.email);
            let emails = Some(other.email.as_str()).filter(|email| !email.is_empty());
            let patch =
                ContactPatch::new().company(other.company.as_str()).city(other.city.as_str()).emails(emails);
            person.score = other.score;
            let update = ContactUpdate::new(patch);
            let update = match other.score {
                Some(score) => update.set_attribute(AttributeNamespace::Custom, "score", score),
                None => update.remove_attribute(AttributeNamespace::Custom, "score"),
            };
            session.update(person.id, update).unwrap();
            let later = person.active.max(other.active);
            if let Some(active) = later {
                session.mark_active(person.id, Timestamp(START + active)).unwrap();
            }
            person.active = later;
        }
        for person in people.iter().filter(|person| person.trashed) {
            session.remove(person.id).unwrap();
        }
        session.blocked_numbers().set_for_tenant(BLOCKED, true).unwrap();
        Self { store, session, advisor, people, created }
    }

    fn list(&self, whose: ListOwner, filter: &Filter, order: SortOrder) -> cardex::ContactList<'_> {
        let list = self.session.contacts().filter(filter.clone()).order(order);
        match whose {
            ListOwner::All => list,
            ListOwner::Network => list.network(SMS),
            ListOwner::Advisor => list.advisor(self.advisor),
            ListOwner::Trash => list.trash(),
        }
    }

    /// The expected contacts, in order.
    fn expected(&self, whose: ListOwner, model_filter: &ModelFilter, order: SortOrder) -> Vec<ContactId> {
        let key = |person: &Person| -> Option<Vec<u8>> {
            let text = |text: String| (!text.is_empty()).then(|| text.into_bytes());
            match order.field() {
                SortField::Name => Some(person.name.clone().into_bytes()),
                SortField::Email => text(person.email.to_lowercase()),
                SortField::Phone => text(person.phone.clone()),
                SortField::Activity => person.active.map(|at| at.to_be_bytes().to_vec()),
                SortField::Created => Some(person.number.to_be_bytes().to_vec()),
                SortField::Company if person.company == "!!" => Some(vec![1]),
                SortField::Company => text(fold(&person.company)),
                SortField::City => text(fold(&person.city)),
                _ => None,
            }
        };
        let mut found: Vec<&Person> = self
            .people
            .iter()
            .filter(|person| match whose {
                ListOwner::All => !person.trashed,
                ListOwner::Network => !person.trashed && person.network == SMS,
                ListOwner::Advisor => !person.trashed && person.own,
                ListOwner::Trash => person.trashed,
            })
            .filter(|person| model_filter.holds(person, &self.people))
            .collect();
        found.sort_by(|a, b| {
            let upwards = (key(a), a.number).cmp(&(key(b), b.number));
            let both = if order.is_descending() { upwards.reverse() } else { upwards };
            key(a).is_none().cmp(&key(b).is_none()).then(both)
        });
        found.into_iter().map(|person| person.id).collect()
    }
}

fn ids(items: Vec<cardex::Contact>) -> Vec<ContactId> {
    items.into_iter().map(|contact| contact.id).collect()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn every_order_with_every_filter(
        people in prop::collection::vec(person(), 1..20),
        edits in prop::collection::vec((0..20_usize, person()), 0..6),
        asks in prop::collection::vec(model_filter(), 1..5),
        limit in 1..6_usize,
        which in (0..4_usize, 0..8_usize, any::<bool>()),
    ) {
        let book = Book::new(people, &edits);
        prop_assert!(book.store.check().unwrap().is_ok(), "{:?}", book.store.check().unwrap());
        let whose = [ListOwner::All, ListOwner::Network, ListOwner::Advisor, ListOwner::Trash][which.0];
        for (turn, model_filter) in asks.into_iter().enumerate() {
            let filter = model_filter.filter(&book.people, &book.created);
            let sort = SortField::ALL[(which.1 + turn) % 8];
            let order = if which.2 { sort.descending() } else { sort.into() };
            let expected = book.expected(whose, &model_filter, order);
            let page = |to: To| -> cardex::Result<Page<cardex::Contact>> {
                let list = book.list(whose, &filter, order).limit(limit);
                match to {
                    To::First => list.page(),
                    To::After(cursor) => list.after(cursor).page(),
                    To::Before(cursor) => list.before(cursor).page(),
                }
            };
            let equal_phone = filter.to_string().contains("phone");
            match page(To::First) {
                // "5601" and "33 6" are not complete phone numbers.
                Err(Error::Invalid { reason: ValidationError::NotAPhone, .. }) if equal_phone => continue,
                first => { first.unwrap(); }
            }
            let (all, last) = forwards(limit, &page);
            prop_assert_eq!(ids(all), expected.clone(), "{} {:?} {}", filter, whose, order);
            let back = backwards(limit, last, &page);
            prop_assert_eq!(ids(back), expected.clone(), "backwards: {} {:?} {}", filter, whose, order);
            let total = book.list(whose, &filter, order).count().unwrap();
            prop_assert!(total.exact);
            prop_assert_eq!(total.count, u64::try_from(expected.len()).unwrap(), "count: {} {:?}", filter, whose);
            // From here on, offsets of the unfiltered list are cached. Pages of a filtered list must not use them.
            book.list(whose, &Filter::all([]), order).limit(limit).page_number(2).unwrap();
            for (number, wanted) in (1..).zip(expected.chunks(limit)) {
                let page = book.list(whose, &filter, order).limit(limit).page_number(number).unwrap();
                // With small sizes a page can be incomplete.
                let wanted = if page.incomplete { &wanted[..page.items.len()] } else { wanted };
                prop_assert_eq!(ids(page.items), wanted, "page {}: {} {:?} {}", number, filter, whose, order);
            }
            let by_name = || book.list(whose, &filter, SortField::Name.into()).limit(limit);
            let letters: u64 = by_name().sections().unwrap().iter().map(|section| section.contacts).sum();
            prop_assert_eq!(letters, u64::try_from(expected.len()).unwrap(), "letters: {} {:?}", filter, whose);
            let first = by_name().page().unwrap();
            if let Some(after) = first.after {
                let place = by_name().position(&after).unwrap();
                prop_assert_eq!(place, u64::try_from(first.items.len()).unwrap(), "{} {:?}", filter, whose);
            }
            let all_contacts = book.expected(whose, &ModelFilter::All(Vec::new()), order);
            // From the last page to the first; each page caches the start of the next.
            for (number, wanted) in (1..).zip(all_contacts.chunks(limit)).collect::<Vec<_>>().into_iter().rev() {
                let page = book.list(whose, &Filter::all([]), order).limit(limit).page_number(number).unwrap();
                let wanted = if page.incomplete { &wanted[..page.items.len()] } else { wanted };
                prop_assert_eq!(ids(page.items), wanted, "page {} of all: {:?} {}", number, whose, order);
            }
            if !matches!(whose, ListOwner::Trash) {
                let mut search = book.session.search("").filter(filter.clone()).limit(limit);
                search = match whose {
                    ListOwner::Network => search.network(SMS),
                    ListOwner::Advisor => search.advisor(book.advisor),
                    _ => search,
                };
                let mut hits: Vec<_> = search.iter().map(|hit| hit.unwrap().contact.id).collect();
                let mut wanted = expected;
                hits.sort_unstable();
                wanted.sort_unstable();
                prop_assert_eq!(hits, wanted, "search: {} {:?}", filter, whose);
            }
        }
    }
}

/// Far pages are found by jumps over several lists at once. Some lists are short, some end during the jump, and some
/// have no contact with a value.
#[test]
fn pages_by_number_equal_a_walk() {
    let (_store, session) = open_store();
    session.directory().add_network(&NetworkPolicy::new(other())).unwrap();
    session.directory().add_network(&NetworkPolicy::new(Network::new("THIRD").unwrap())).unwrap();
    let people = (0..600_usize).map(|n| {
        let network = match n % 10 {
            _ if n > 400 => SMS,
            0..6 => SMS,
            6..9 => other(),
            _ => Network::new("THIRD").unwrap(),
        };
        let mut person = NewContact::new(network, format!("{:03}", n * 7_919 % 1_000), "");
        if n % 3 == 0 {
            person = person.company(COMPANIES[n % COMPANIES.len()]);
        }
        if n % 200 == 7 {
            person = person.city("Oslo");
        }
        if n % 7 < 5 { person.email(format!("{}@x.org", n * 31 % 600)) } else { person }
    });
    session
        .add_many(people, AddManyOptions::new(), |_, outcome| {
            assert!(matches!(outcome, ImportOutcome::Added(_)));
        })
        .unwrap();
    for sort in SortField::ALL {
        for order in [SortOrder::from(sort), sort.descending()] {
            for network in [None, Some(SMS)] {
                let list = |limit| {
                    let list = session.contacts().order(order).limit(limit);
                    if let Some(network) = network.clone() { list.network(network) } else { list }
                };
                let walked: Vec<_> = list(1_000).page().unwrap().items;
                let walked = ids(walked);
                for limit in [7, 100] {
                    for (number, wanted) in (1..).zip(walked.chunks(limit)) {
                        let page = list(limit).page_number(number).unwrap();
                        assert_eq!(
                            ids(page.items),
                            wanted,
                            "{order}, page {number} of {limit} on {network:?}"
                        );
                    }
                    let behind = u64::try_from(walked.len() / limit + 2).unwrap();
                    assert!(list(limit).page_number(behind).unwrap().items.is_empty());
                }
            }
        }
    }
}

/// Offsets are cached for each list.
#[test]
fn pages_by_number_of_several_lists_alternate() {
    let (_store, session) = open_store();
    session.directory().add_network(&NetworkPolicy::new(other())).unwrap();
    let people = (0..60).map(|n| {
        let network = if n % 3 == 0 { other() } else { SMS };
        NewContact::new(network, format!("P{:02}", n * 7 % 60), "").email(format!("{:02}@x.org", n * 11 % 60))
    });
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    let list = |(order, network): (SortField, Option<Network>)| {
        let list = session.contacts().order(order);
        if let Some(network) = network { list.network(network) } else { list }
    };
    let lists = [
        (SortField::Email, None),
        (SortField::Email, Some(other())),
        (SortField::Created, None),
        (SortField::Email, Some(SMS)),
    ];
    for number in [2, 5, 4, 3, 6, 2, 4] {
        for query_spec in &lists {
            let all = ids(list(query_spec.clone()).limit(1_000).page().unwrap().items);
            let page = list(query_spec.clone()).limit(4).page_number(number as u64).unwrap();
            let wanted = all.chunks(4).nth(number - 1).unwrap_or_default();
            assert_eq!(ids(page.items), wanted, "{query_spec:?}, page {number}");
        }
    }
}

/// Offsets of a filtered list are not offsets of the unfiltered list.
#[test]
fn pages_by_number_of_filtered_and_unfiltered_lists_alternate() {
    let (_store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let people = (0..60).map(|n| {
        let person = new(&format!("P{:02}", n * 7 % 60), "").email(format!("{:02}@x.org", n * 11 % 60));
        if n % 2 == 0 { person.advisor(advisor) } else { person }
    });
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    let agree = |(own, filter): (bool, &str), number: usize| {
        let list = || {
            let list = session.contacts().order(SortField::Email);
            let list = if own { list.advisor(advisor) } else { list };
            if filter.is_empty() { list } else { list.filter(filter.parse().unwrap()) }
        };
        let all: Vec<_> = list().iter().map(|contact| contact.unwrap().id).collect();
        let page = list().limit(4).page_number(number as u64).unwrap();
        if page.incomplete && page.items.is_empty() {
            assert!(!filter.is_empty(), "conditions alone are too much to count");
            return;
        }
        let wanted = all.chunks(4).nth(number - 1).unwrap_or_default();
        assert_eq!(ids(page.items), wanted, "own {own}, {filter:?}, page {number}");
    };
    for other in
        [(false, "email contains 1"), (false, "first starts p"), (true, ""), (true, "email contains 1")]
    {
        for number in [2, 3, 4, 2, 3] {
            agree((false, ""), number);
            agree(other, number);
            agree((false, ""), number + 1);
            agree(other, number + 1);
        }
    }
}

/// The start of a page is cached for the next page. The cache is invalid after a write of this or another store, and
/// for another list.
#[test]
fn pages_by_number_are_current_after_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let store = options(1).open(&path).unwrap();
    let (session, other) = (store.session(Actor::System), options(2).open(&path).unwrap());
    let people =
        (0..60).map(|n| new(&format!("P{:02}", n * 7 % 60), "").email(format!("{:02}@x.org", n * 11 % 60)));
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    // Forwards and backwards, near and far, some pages twice.
    let numbers = [20, 2, 3, 4, 3, 9, 8, 1, 15, 16, 14, 20, 21, 7, 7, 19];
    let agree = |when: &str| {
        for sort in [SortField::Name, SortField::Email, SortField::City, SortField::Created] {
            for order in [SortOrder::from(sort), sort.descending()] {
                let list = || session.contacts().order(order);
                let all = ids(list().limit(1_000).page().unwrap().items);
                for number in numbers {
                    let page = list().limit(3).page_number(number).unwrap();
                    let skip = 3 * (usize::try_from(number).unwrap() - 1);
                    let wanted: Vec<_> = all.iter().skip(skip).take(3).copied().collect();
                    assert_eq!(ids(page.items), wanted, "{when}: {order}, page {number}");
                    assert_eq!(page.before.is_some(), number > 1 && !wanted.is_empty(), "{when}: {order}");
                    assert_eq!(page.after.is_some(), skip + 3 < all.len(), "{when}: {order}, page {number}");
                }
            }
        }
    };
    agree("at first");
    agree("again");
    let first = session.contacts().order(SortField::Email).page().unwrap().items.remove(0).id;
    session.remove(first).unwrap();
    agree("after one was removed");
    let new = new("A", "").email("00@x.org").city("Oslo");
    let added = other.session(Actor::System).add(new).unwrap().id;
    agree("after another store added one");
    other.session(Actor::System).mark_active(added, Timestamp(START)).unwrap();
    other.session(Actor::System).edit(added, ContactPatch::new().emails(["99@x.org"])).unwrap();
    agree("after it was edited");
}

#[test]
fn a_cursor_is_bound_to_its_filter_and_order() {
    let (_store, session) = open_store();
    for name in ["A", "B", "C"] {
        session.add(NewContact::new(SMS, name, "").company("Acme")).unwrap();
    }
    let acme: Filter = "company = acme".parse().unwrap();
    let list = || session.contacts().limit(1);
    let after = list().filter(acme.clone()).order(SortField::Company).page().unwrap().after;
    assert!(list().filter(acme.clone()).order(SortField::Company).after(after.clone()).page().is_ok());
    for other in [
        list().order(SortField::Company),
        list().filter(acme.clone()),
        list().filter(acme.clone()).order(SortField::Company.descending()),
        list().filter("company = beta".parse().unwrap()).order(SortField::Company),
    ] {
        assert_eq!(other.after(after.clone()).page().unwrap_err().code(), "cursor-mismatch");
    }
}

#[test]
fn invalid_filters_are_refused() {
    let (store, session) = open_store();
    session.add(NewContact::new(SMS, "A", "")).unwrap();
    let problem = |filter: Filter| match session.contacts().filter(filter).page() {
        Err(Error::Invalid { reason: problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(Filter::field(TextField::Company).contains(" ")), ValidationError::Blank);
    assert_eq!(problem(Filter::field(TextField::Phone).equals("x")), ValidationError::NotAPhone);
    let deep = (0..50).fold(Filter::blocked(), |filter, level| {
        if level % 2 == 0 { filter.or(Filter::tag("x")) } else { filter.and(Filter::tag("x")) }
    });
    assert_eq!(problem(deep.clone()), ValidationError::TooDeep { limit: 16 });
    assert_eq!(session.search("a").filter(deep).page().unwrap_err().code(), "invalid");
    assert_eq!(
        problem(Filter::attribute("age").greater("old")).to_string(),
        "must be a number or a date, for <, <=, > and >="
    );
    let unknown = Filter::network(["NOWHERE".parse().unwrap()]);
    assert_eq!(session.contacts().filter(unknown).page().unwrap_err().code(), "no-network");
    // Without a tag of that name the result is empty, not an error.
    assert_eq!(session.contacts().filter(Filter::tag("vip")).count().unwrap().count, 0);
    assert!(session.contacts().order(SortField::Company).sections().is_err());
    assert_eq!(session.contacts().page_number(0).unwrap_err().code(), "invalid");
    for far in [1_000_000_000_000, u64::MAX] {
        for list in [
            session.contacts(),
            session.contacts().filter(Filter::tag("vip")),
            session.contacts().order(SortField::City),
        ] {
            let page = list.page_number(far).unwrap();
            assert!((page.items.is_empty(), page.incomplete) == (true, false), "page {far}");
        }
    }
    for limit in [0, 1_001] {
        assert_eq!(session.contacts().limit(limit).page().unwrap_err().code(), "invalid", "limit {limit}");
        assert_eq!(
            session.contacts().limit(limit).page_number(1).unwrap_err().code(),
            "invalid",
            "limit {limit}"
        );
    }
    assert!(store.check().unwrap().is_ok());
}

/// Bitmaps find the contacts that lack a common value after a walk has started. The walk continues at its position. If
/// a bitmap has more contacts than the candidates, the candidates are tested.
#[test]
fn a_text_that_nearly_all_contacts_have() {
    let (store, session) = open_store();
    for (key, kind) in [("score", AttributeKind::Number), ("word", AttributeKind::Text)] {
        session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, key, kind)).unwrap();
    }
    let people: Vec<ContactId> = (0..30)
        .map(|n| {
            let person = new(&format!("P{n:02}"), "").attribute(
                AttributeNamespace::Custom,
                "word",
                format!("w{}", n % 10),
            );
            let lacks = [0, 1, 12, 29].contains(&n);
            let person = if lacks {
                person
            } else {
                person.attribute(AttributeNamespace::Custom, "score", n).tag("scored")
            };
            session.add(person).unwrap().id
        })
        .collect();
    let trashed = session.add(new("P99", "")).unwrap().id;
    session.remove(trashed).unwrap();
    for (text, wanted) in [
        ("@score absent", vec![0, 1, 12, 29]),
        ("not tag = scored", vec![0, 1, 12, 29]),
        ("@word absent", vec![]),
        ("not (tag = scored or @word absent)", vec![0, 1, 12, 29]),
        ("@word contains 2", vec![2, 12, 22]),
        ("@word contains 2 and @score absent", vec![12]),
        ("@score present and @word = w9", vec![9, 19]),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(|n| people[n]).collect();
        for limit in 1..6 {
            let list = || session.contacts().filter(text.parse().unwrap()).limit(limit);
            let page = |to: To| match to {
                To::First => list().page(),
                To::After(cursor) => list().after(cursor).page(),
                To::Before(cursor) => list().before(cursor).page(),
            };
            let (all, last) = forwards(limit, &page);
            assert_eq!(ids(all), wanted, "{text}, pages of {limit}");
            assert_eq!(ids(backwards(limit, last, &page)), wanted, "{text}, pages of {limit}, backwards");
        }
        let count = session.contacts().filter(text.parse().unwrap()).count().unwrap();
        assert_eq!((count.count, count.exact), (wanted.len() as u64, true), "{text}");
    }
    assert!(store.check().unwrap().is_ok());
}

/// Chatwoot's rule: a contact is online if it was active in the last twenty seconds.
#[test]
fn activity_shows_online_contacts() {
    let hand = ManualClock::new();
    let store = options(1).clock(hand.clone()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let [ada, bea, cid] = ["Ada", "Bea", "Cid"].map(|name| session.add(new(name, "")).unwrap().id);
    session.mark_active(ada, Timestamp(START - 20_000)).unwrap();
    session.mark_active(bea, Timestamp(START - 20_001)).unwrap();
    let list = |text: &str| ids(session.contacts().filter(text.parse().unwrap()).page().unwrap().items);
    assert_eq!(list("online"), [ada]);
    assert_eq!(list("not online"), [bea, cid]);
    assert_eq!(session.contacts().filter(Filter::online()).count().unwrap().count, 1);
    hand.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(list("online"), []);
}

#[test]
fn an_advisor_filters_visible_contacts_only() {
    let (store, session) = open_store();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let tag = session.tags().add(TagPatch::new().name("vip")).unwrap().id;
    let own = session.add(NewContact::new(SMS, "Own", "").company("Acme").advisor(ada)).unwrap().id;
    let other = session.add(NewContact::new(SMS, "Other", "").company("Acme")).unwrap().id;
    for id in [own, other] {
        session.tags().attach(id, tag).unwrap();
    }
    let session = store.session(Actor::Advisor(ada));
    for text in ["tag = vip", "company = acme", "not blocked", &format!("id in ({own}, {other})")] {
        for sort in SortField::ALL {
            let list = session.contacts().filter(text.parse().unwrap()).order(sort);
            assert_eq!(ids(list.page().unwrap().items), [own], "{text} {sort:?}");
            assert_eq!(list.count().unwrap().count, 1, "{text} {sort:?}");
            assert_eq!(ids(list.page_number(1).unwrap().items), [own], "{text} {sort:?}");
        }
        let hits = session.search("").filter(text.parse().unwrap()).page().unwrap().items;
        assert_eq!(hits.into_iter().map(|hit| hit.contact.id).collect::<Vec<_>>(), [own], "{text}");
    }
}

#[test]
fn attributes_are_compared_by_their_type() {
    let (_store, session) = open_store();
    for (key, kind) in [
        ("plan", AttributeKind::Text),
        ("seats", AttributeKind::Number),
        ("renewal", AttributeKind::Date),
        ("paid", AttributeKind::Checkbox),
    ] {
        session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, key, kind)).unwrap();
    }
    let mut people = Vec::new();
    for (plan, seats, renewal, paid) in [
        ("Gold", 5, "2025-03-01", true),
        ("silver", 20, "2024-12-01", false),
        ("golden", 9, "2025-01-01", true),
    ] {
        let id = session.add(new(plan, "")).unwrap().id;
        let update = ContactUpdate::new(ContactPatch::new())
            .set_attribute(AttributeNamespace::Custom, "plan", plan)
            .set_attribute(AttributeNamespace::Custom, "seats", seats)
            .set_attribute(AttributeNamespace::Custom, "renewal", renewal)
            .set_attribute(AttributeNamespace::Custom, "paid", paid);
        session.update(id, update).unwrap();
        people.push(id);
    }
    let unnamed = session.add(new("zero", "")).unwrap().id;
    let [gold, silver, golden] = people[..] else { panic!() };
    for (text, wanted) in [
        ("plan = GOLD", vec![gold]),
        ("plan starts gold", vec![gold, golden]),
        ("plan contains l", vec![gold, golden, silver]),
        ("plan != gold", vec![golden, silver, unnamed]),
        ("plan present and plan != gold", vec![golden, silver]),
        ("@seats > 5", vec![golden, silver]),
        ("@seats >= 5 and @seats < 20", vec![gold, golden]),
        ("@seats = 20", vec![silver]),
        ("@renewal < 2025-01-01", vec![silver]),
        ("@renewal <= 2025-01-01", vec![golden, silver]),
        // Every test starts at 2025-01-01.
        ("@renewal < 10 days ago", vec![silver]),
        ("@paid = true", vec![gold, golden]),
        ("@paid = false", vec![silver]),
        ("@seats absent", vec![unnamed]),
        // No bitmap has the names, so rows are tested.
        ("@seats = 20 or nickname = x", vec![silver]),
        ("(@seats >= 5 and @seats <= 9) or nickname = x", vec![gold, golden]),
        ("@renewal = 2025-01-01 or nickname = x", vec![golden]),
        ("@plan = gold or nickname = x", vec![gold]),
        ("@unheard = of", vec![]),
    ] {
        let list = session.contacts().filter(text.parse().unwrap());
        assert_eq!(ids(list.page().unwrap().items), wanted, "{text}");
        assert_eq!(list.count().unwrap().count, u64::try_from(wanted.len()).unwrap(), "{text}");
    }
    let known = session.add(new("zoe", "").identifier("crm", "Ab-7")).unwrap().id;
    for (value, wanted) in [("Ab-7", vec![known]), ("ab-7", vec![])] {
        let filter = Filter::field(TextField::Identifier).equals(value);
        assert_eq!(
            ids(session.contacts().filter(filter).page().unwrap().items),
            wanted,
            "as it is written: {value}"
        );
    }
    for text in [
        "@seats = many",
        "@seats contains 2",
        "@plan > 3",
        "@renewal < 7",
        "@paid = yes",
        "@seats > 1 days ago",
    ] {
        let error = session.contacts().filter(text.parse().unwrap()).page().unwrap_err();
        assert!(
            matches!(error, Error::Invalid { reason: ValidationError::NotOneOf { .. }, .. }),
            "{text}: {error}"
        );
    }
}

/// The end of a time range is included, whether an order or the rows decide.
#[test]
fn a_time_range_includes_its_end() {
    let (_store, session) = open_store();
    let people: Vec<_> = (0..4).map(|n| session.add(new(&format!("Eva{n}"), "")).unwrap()).collect();
    let first = people[1].created_at;
    for other in [None, Some("nickname = x")] {
        for (filter, wanted) in [
            (Filter::time(TimeField::Created).until(first), 0..2),
            (Filter::time(TimeField::Created).before(first), 0..1),
            (Filter::time(TimeField::Created).since(first), 1..4),
            (Filter::time(TimeField::Updated).until(first), 0..2),
            (Filter::time(TimeField::Updated).since(first), 1..4),
        ] {
            let filter = other.map_or(filter.clone(), |other| filter.clone().or(other.parse().unwrap()));
            let wanted: Vec<_> = people[wanted].iter().map(|contact| contact.id).collect();
            let list = session.contacts().filter(filter.clone());
            assert_eq!(ids(list.page().unwrap().items), wanted, "{filter}");
            assert_eq!(list.count().unwrap().count, u64::try_from(wanted.len()).unwrap(), "{filter}");
        }
    }
}

/// Long texts are truncated in the index, so that it finds candidates only. The truncated texts of these contacts are
/// equal.
#[test]
fn two_conditions_with_one_partial_index() {
    let (_store, session) = open_store();
    let long = "Acme ".repeat(50);
    let mut people = Vec::new();
    for n in 0..40 {
        let company = match n {
            7 => format!("{long}x"),
            8 => format!("{long}y"),
            _ => String::new(),
        };
        let id = session.add(new(&format!("Eva{n:02}"), "").company(company)).unwrap().id;
        let tags: &[&str] = if n == 9 { &["vip"] } else { &[] };
        session.tags().set(id, tags, UnknownTagPolicy::Create).unwrap();
        people.push(id);
    }
    let company = Filter::field(TextField::Company).equals(format!("{long}x"));
    let filter = company.or("tag = vip".parse().unwrap());
    let list = || session.contacts().filter(filter.clone());
    let wanted = [people[7], people[9]];
    assert_eq!(ids(list().page().unwrap().items), wanted);
    assert_eq!(ids(list().page_number(1).unwrap().items), wanted);
    assert_eq!((list().count().unwrap().count, list().total().unwrap()), (2, 2));
}

/// The order of activity is by time, whatever the order of the writes.
#[test]
fn activity_is_ordered_by_time() {
    let (_store, session) = open_store();
    let people = ["A", "B", "C", "D"].map(|name| session.add(new(name, "")).unwrap().id);
    for (id, at) in people.iter().zip([300, 1, 2_000_000]) {
        session.mark_active(*id, Timestamp(START + at)).unwrap();
    }
    let [a, b, c, silent] = people;
    assert_eq!(ids(session.contacts().order(SortField::Activity).page().unwrap().items), [b, a, c, silent]);
    assert_eq!(
        ids(session.contacts().order(SortField::Activity.descending()).page().unwrap().items),
        [c, a, b, silent]
    );
}
