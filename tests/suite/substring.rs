//! Substring search equals a look at every field of every row, with its index, without it, and while it is built. The
//! binary `small` runs this file too, with sizes that a dozen rows exceed.

#![allow(clippy::arithmetic_side_effects)] // the unit tests of the library take this too

use std::collections::BTreeSet;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{
    Actor, AdvisorId, Contact, ContactId, ContactPatch, Hit, Network, NewAdvisor, NewContact, Page, Session,
    Store, TenantId,
};
use proptest::prelude::*;

use crate::support::{Random, To, cases, options};

/// Letters with and without marks that the fold removes, and operators of FTS5 and LIKE.
const LETTERS: [&str; 18] =
    ["a", "b", "A", "á", "B", "a", "b", "1", "2", " ", " ", "-", "'", "%", "_", "\"", "*", "王"];
const SIGNS: [&str; 12] = ["%", "_", "\"", "*", "^", "(", "NEAR", " AND ", ":", "+", "\0", "😀"];
const NETWORKS: [Network; 2] = [Network::SMS_DIRECT, Network::WHATSAPP_DIRECT];

fn text(random: &mut Random, most: usize) -> String {
    (0..random.below(most + 1)).map(|_| LETTERS[random.below(LETTERS.len())]).collect()
}

/// The readings of apostrophe and hyphen: the text that replaces each.
const READINGS: [(&str, &str); 3] = [("", " "), ("", ""), (" ", " ")];

fn read_as(text: &str, (apostrophe, hyphen): (&str, &str)) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\'' => apostrophe.to_owned(),
            '-' | '_' | '.' => hyphen.to_owned(),
            'á' | 'Á' => "a".to_owned(),
            '\0' => String::new(),
            c if c.is_alphanumeric() || "@+😀".contains(c) => c.to_lowercase().collect(),
            _ => " ".to_owned(),
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The actor and the list of a search.
#[derive(Debug, Clone, Copy)]
enum Viewer {
    System,
    Administrator(usize),
    Advisor(usize),
    AdvisorList(usize),
}

struct Person {
    contact: Contact,
    tenant: Option<usize>,
    network: usize,
    advisors: BTreeSet<usize>,
    trashed: bool,
}

impl Person {
    fn seen(&self, viewer: Viewer, network: Option<usize>) -> bool {
        let own = match viewer {
            Viewer::System => true,
            Viewer::Administrator(tenant) => self.tenant.is_none_or(|own| own == tenant),
            Viewer::Advisor(advisor) | Viewer::AdvisorList(advisor) => self.advisors.contains(&advisor),
        };
        !self.trashed && own && network.is_none_or(|network| network == self.network)
    }

    /// The best kind of field that contains the text.
    fn rank(&self, text: &str) -> Option<usize> {
        let c = &self.contact;
        let query = read_as(text, READINGS[0]);
        let named = |names: &[&str]| {
            let in_one =
                |name: &&str| READINGS.iter().any(|reading| read_as(name, *reading).contains(&query));
            !query.is_empty() && names.iter().any(in_one)
        };
        let full = format!("{} {}", c.first_name, c.last_name);
        if named(&[&c.display_name, &full]) {
            return Some(0);
        }
        if named(&[&c.nickname, &c.company]) {
            return Some(1);
        }
        let low = text.trim().to_lowercase();
        if c.emails.iter().any(|email| email.text.to_lowercase().contains(&low)) {
            return Some(2);
        }
        let number = |text: &str| -> String {
            text.trim()
                .char_indices()
                .filter(|(at, c)| c.is_ascii_digit() || (*c == '+' && *at == 0))
                .map(|(_, c)| c)
                .collect()
        };
        let digits = number(text);
        let only =
            text.trim().char_indices().all(|(at, c)| "0123456789 -.()/".contains(c) || (c == '+' && at == 0));
        let in_phone = |phone: &cardex::Phone| {
            phone.normalized.contains(&digits) || number(&phone.text).contains(&digits)
        };
        if only && !digits.is_empty() && c.phones.iter().any(in_phone) {
            return Some(3);
        }
        c.identifiers.iter().any(|known| known.value.contains(text.trim())).then_some(4)
    }
}

struct Book {
    store: Store,
    tenants: Vec<TenantId>,
    advisors: Vec<AdvisorId>,
    people: Vec<Person>,
    number: usize,
    /// A placeholder until the contact is added.
    blank: Contact,
}

impl Book {
    fn new() -> Self {
        let store = options(1).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        session.directory().add_tenant("second").unwrap();
        let tenants: Vec<_> =
            session.directory().tenants().unwrap().into_iter().map(|tenant| tenant.id).collect();
        let advisor = |tenant| {
            session
                .clone()
                .in_tenant(tenant)
                .directory()
                .add_advisor(NewAdvisor::new("Advisor", ""))
                .unwrap()
                .id
        };
        let advisors = [tenants[0], tenants[0], tenants[1]].map(advisor).to_vec();
        let blank = session.add(NewContact::new(Network::SMS_DIRECT, "blank", "")).unwrap();
        session.purge(blank.id).unwrap();
        Self { store, tenants, advisors, people: Vec::new(), number: 0, blank }
    }

    fn session(&self) -> Session {
        self.store.session(Actor::System)
    }

    fn draft(&mut self, random: &mut Random) -> (NewContact, usize, Person) {
        self.number += 1;
        let network = random.below(NETWORKS.len());
        let shared = random.below(8) == 0;
        let tenant = random.below(2);
        let mut new = NewContact::new(NETWORKS[network].clone(), text(random, 4), text(random, 5));
        if random.below(4) == 0 {
            new = new.display_name(text(random, 6));
        }
        if random.below(4) == 0 {
            new = new.nickname(text(random, 3)).company(text(random, 6));
        }
        for _ in 0..random.below(3) {
            let part = |random: &mut Random| -> String {
                text(random, 4).chars().filter(|c| !c.is_whitespace()).chain(['b']).collect()
            };
            new = new.email(format!("{}@{}", part(random), part(random)));
        }
        if random.below(2) == 0 || network == 1 {
            let gap = ["", " ", "-", " / "][random.below(4)];
            let plus = ["+49", "+49 ", "0"][random.below(3)];
            new = new.phone(format!("{plus}301{gap}{:05}", 12_000 + self.number));
        }
        if random.below(4) == 0 {
            new = new.identifier("", format!("{}{}x", text(random, 4), self.number));
        }
        let mut advisors = BTreeSet::new();
        for advisor in 0..3 {
            if random.below(4) == 0 && (shared || usize::from(advisor == 2) == tenant) {
                new = new.advisor(self.advisors[advisor]);
                advisors.insert(advisor);
            }
        }
        if shared {
            new = new.shared();
        }
        // The contact is set after its addition.
        let contact = self.blank.clone();
        (
            new,
            tenant,
            Person { contact, tenant: (!shared).then_some(tenant), network, advisors, trashed: false },
        )
    }

    fn apply(&mut self, seed: u64) {
        let random = &mut Random::new(seed);
        let session = self.session();
        let at = random.below(self.people.len());
        let id = self.people.get(at).map(|person| person.contact.id);
        match (random.below(20), id) {
            (0..=5, _) | (_, None) => {
                let (new, tenant, mut person) = self.draft(random);
                if let Ok(contact) = session.in_tenant(self.tenants[tenant]).add(new) {
                    person.contact = contact;
                    self.people.push(person);
                }
            }
            (6 | 7, _) => self.add_many(random),
            (8..=10, Some(id)) => {
                let mut patch = ContactPatch::new();
                match random.below(4) {
                    0 => patch = patch.first_name(text(random, 4)),
                    1 => patch = patch.display_name(text(random, 5)).company(text(random, 5)),
                    2 => patch = patch.emails(["1@b.a", "a_b@1"].map(cardex::NewEmail::new)),
                    _ => patch = patch.last_name(text(random, 4)).nickname("b a"),
                }
                if let Ok(contact) = session.edit(id, patch) {
                    self.people[at].contact = contact;
                }
            }
            (11, Some(id)) => {
                session.remove(id).unwrap();
                self.people[at].trashed = true;
            }
            (12, Some(id)) => {
                if session.restore(id).is_ok() {
                    self.people[at].trashed = false;
                }
            }
            (13, Some(id)) => {
                session.purge(id).unwrap();
                self.people.remove(at);
            }
            (14 | 15 | 19, Some(id)) if random.below(4) > 0 => {
                let advisor = random.below(3);
                let fits = self.people[at].tenant.is_none_or(|tenant| tenant == usize::from(advisor == 2));
                if random.below(3) > 0 && fits {
                    session.link(id, self.advisors[advisor]).unwrap();
                    self.people[at].advisors.insert(advisor);
                } else if fits {
                    session.unlink(id, self.advisors[advisor]).unwrap();
                    self.people[at].advisors.remove(&advisor);
                }
            }
            (16 | 17, _) => {
                session.substring_index().build([0, 1, 4, 1_000][random.below(4)]).unwrap();
            }
            (18, _) if random.below(3) == 0 => session.substring_index().drop().unwrap(),
            (18, _) => self.store.optimize().unwrap(),
            _ => self.store.rebuild_index().unwrap(),
        }
    }

    fn add_many(&mut self, random: &mut Random) {
        let (mut news, mut people) = (Vec::new(), Vec::new());
        for _ in 0..random.below(5) {
            let (new, _, person) = self.draft(random);
            if person.tenant == Some(0) {
                news.push(new);
                people.push(Some(person));
            }
        }
        let mut added: Vec<(Person, ContactId)> = Vec::new();
        let bulk = AddManyOptions::new().batch(2);
        self.session()
            .add_many(news, bulk, |at, outcome| {
                if let ImportOutcome::Added(id) = outcome {
                    added.push((people[at].take().unwrap(), id));
                }
            })
            .unwrap();
        for (mut person, id) in added {
            person.contact = self.session().get(id).unwrap().unwrap();
            self.people.push(person);
        }
    }

    fn query(&self, random: &mut Random) -> String {
        let length = 1 + random.below(6);
        let from_someone = self.people.get(random.below(self.people.len())).filter(|_| random.below(3) > 0);
        let Some(Person { contact, .. }) = from_someone else {
            return match random.below(3) {
                0 => SIGNS[random.below(SIGNS.len())].to_owned() + &text(random, 2),
                _ => (0..length).map(|_| LETTERS[random.below(LETTERS.len())]).collect(),
            };
        };
        let mut fields =
            vec![contact.display_name.clone(), contact.company.clone(), contact.nickname.clone()];
        fields.push(format!("{} {}", contact.first_name, contact.last_name));
        fields.extend(contact.emails.iter().map(|email| email.text.clone()));
        fields.extend(contact.phones.iter().flat_map(|phone| [phone.text.clone(), phone.normalized.clone()]));
        fields.extend(contact.identifiers.iter().map(|known| known.value.clone()));
        let field: Vec<char> = fields[random.below(fields.len())].chars().collect();
        let from = random.below(field.len());
        field.iter().skip(from).take(length).collect()
    }

    fn look(&self, random: &mut Random) {
        let viewer = match random.below(5) {
            0 | 1 => Viewer::System,
            2 => Viewer::Administrator(random.below(2)),
            3 => Viewer::Advisor(random.below(3)),
            _ => Viewer::AdvisorList(random.below(3)),
        };
        let network = [None, Some(0), Some(1)][random.below(3)];
        let query = self.query(random);
        let session = match viewer {
            Viewer::System | Viewer::AdvisorList(_) => self.session(),
            Viewer::Administrator(tenant) => self.store.session(Actor::Administrator(self.tenants[tenant])),
            Viewer::Advisor(advisor) => self.store.session(Actor::Advisor(self.advisors[advisor])),
        };
        let limit = [1, 2, 3, 7, 1_000][random.below(5)];
        let page = |to: To| {
            let mut search = session.search_substring(query.as_str()).limit(limit);
            if let Viewer::AdvisorList(advisor) = viewer {
                search = search.advisor(self.advisors[advisor]);
            }
            if let Some(network) = network {
                search = search.network(NETWORKS[network].clone());
            }
            match to {
                To::First => search.page(),
                To::After(cursor) => search.after(cursor).page(),
                To::Before(cursor) => search.before(cursor).page(),
            }
        };
        let context = format!("{query:?} as {viewer:?} on {network:?}, pages of {limit}");
        if query.trim().is_empty() {
            assert_eq!(page(To::First).unwrap_err().code(), "invalid", "{context}");
            return;
        }
        let mut expected: Vec<_> = self
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.seen(viewer, network))
            .filter_map(|(at, person)| Some((person.rank(&query)?, at, person.contact.id)))
            .collect();
        expected.sort_unstable();
        let expected: Vec<_> = expected.into_iter().map(|(_, _, id)| id).collect();
        let (there, back) = walk(limit, &page);
        assert_eq!(there, expected, "{context}");
        assert_eq!(back, expected, "{context}, backwards");
    }
}

/// All hits forwards, and backwards from the last page. Pages can be incomplete; a page without a cursor ends the walk.
fn walk(limit: usize, page: &impl Fn(To) -> cardex::Result<Page<Hit>>) -> (Vec<ContactId>, Vec<ContactId>) {
    let ids = |page: &Page<Hit>| {
        assert!(page.items.len() <= limit, "a page holds at most what was asked for");
        page.items.iter().map(|hit| hit.contact.id).collect::<Vec<_>>()
    };
    let first = page(To::First).unwrap();
    assert!(first.before.is_none(), "nothing is before the first page");
    let mut there = vec![ids(&first)];
    let mut last = first;
    while let Some(cursor) = last.after.clone() {
        last = page(To::After(cursor)).unwrap();
        let found: usize = there.iter().map(Vec::len).sum();
        assert!(found == 0 || last.before.is_some(), "there is something before this page");
        there.push(ids(&last));
        assert!(there.len() < 10_000, "the walk ends");
    }
    let mut back = vec![ids(&last)];
    while let Some(cursor) = last.before.clone() {
        last = page(To::Before(cursor)).unwrap();
        back.push(ids(&last));
        assert!(back.len() < 10_000, "the walk back ends");
    }
    (there.concat(), back.into_iter().rev().flatten().collect())
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn substrings_are_found_where_they_are(steps in prop::collection::vec(any::<u64>(), 1..60)) {
        let mut book = Book::new();
        for step in steps {
            book.apply(step);
            let random = &mut Random::new(step ^ 7);
            for _ in 0..3 {
                book.look(random);
            }
        }
        let report = book.store.check().unwrap();
        prop_assert!(report.is_ok(), "{report:?}");
        while !book.session().substring_index().build(5).unwrap() {}
        for seed in 0..20 {
            book.look(&mut Random::new(seed));
        }
        let report = book.store.check().unwrap();
        prop_assert!(report.is_ok(), "{report:?}");
    }
}
