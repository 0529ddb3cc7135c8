//! A generator of reproducible books, to try the engine and to measure it.
//!
//! The people are fictional. Names of about thirty languages are drawn by their frequency. E-mail addresses are under the
//! top-level domain that is reserved for examples (RFC 2606). Phone numbers fit the numbering plan of a country, so a
//! number can belong to a real person: do not call it.

mod companies;
mod duplicates;
mod names;
mod people;
mod phones;
mod populations;
mod rng;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::LazyLock;

pub use self::duplicates::KnownContact;
use self::people::Person;
use self::populations::{Population, PopulationSlot, SLOTS_PER_BLOCK};
use self::rng::{Purpose, Rng, mix2, purpose_seed};
use cardex::{AdvisorId, Network, NewAdvisor, NewContact, NewEmail, NewPhone, Status};

/// A generator: the same seed and size give the same book on every machine.
///
/// The distributions are skewed as in real data: a few advisors have most of the contacts (the first one the most), a
/// few names and companies are frequent, and there is a long tail. Phone numbers are unique up to 100 million contacts.
///
/// ```
/// use cardex_demo::Demo;
/// let demo = Demo::new(1, 1_000).with_advisors(10);
/// assert_eq!((demo.advisors().count(), demo.contacts().count()), (10, 1_000));
/// ```
#[derive(Clone)]
pub struct Demo {
    seed: u64,
    contacts: u64,
    /// Cumulative weights of the advisors.
    advisors: Vec<u64>,
    company_count: usize,
}

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demo")
            .field("seed", &self.seed)
            .field("contacts", &self.contacts)
            .field("advisors", &self.advisors.len())
            .finish_non_exhaustive()
    }
}

/// The networks, in the order of [`Population::network_weights`].
static NETWORKS: [Network; 6] = [
    Network::WHATSAPP,
    Network::SMS,
    Network::WECHAT,
    Network::SMS_DIRECT,
    Network::LINE,
    Network::WHATSAPP_DIRECT,
];

static POPULATIONS: LazyLock<(Vec<Population>, Vec<PopulationSlot>)> =
    LazyLock::new(populations::populations);

impl Demo {
    /// The id of the first advisor; the others follow.
    pub const FIRST_ADVISOR: AdvisorId = AdvisorId(10_000_000_000_000);

    /// A book of `contacts` contacts, with one advisor for 200 of them: at least 5 advisors, at most 20,000.
    #[must_use]
    pub fn new(seed: u64, contacts: u64) -> Self {
        let advisors = u32::try_from((contacts / 200).clamp(5, 20_000)).unwrap_or(5);
        let demo = Self { seed, contacts, advisors: Vec::new(), company_count: companies::count(contacts) };
        demo.with_advisors(advisors)
    }

    /// Changes the number of advisors. Without advisors the contacts have no links.
    #[must_use]
    pub fn with_advisors(mut self, advisors: u32) -> Self {
        // Zipf's law without its head: the weight of rank r is 1 / (r + 4), from r = 0.
        let sums = (4..u64::from(advisors).saturating_add(4)).scan(0_u64, |sum, rank| {
            *sum = sum.saturating_add((1_u64 << 40).checked_div(rank).unwrap_or(0));
            Some(*sum)
        });
        self.advisors = sums.collect();
        self
    }

    /// The advisors, with ids from [`Demo::FIRST_ADVISOR`] on. Their e-mail addresses are unique.
    pub fn advisors(&self) -> impl Iterator<Item = NewAdvisor> {
        (0..self.advisors.len()).filter_map(|at| {
            let index = at as u64;
            let seed = purpose_seed(self.seed, Purpose::Advisor);
            let (population, _) = population_slot(seed, index)?;
            let person = Person::new(population, &mut Rng::for_index(seed, index), index, self.company_count);
            let email = person.advisor_email();
            Some(NewAdvisor::new(person.first_name, person.last_name).id(advisor_id(at)).email(email))
        })
    }

    /// The contact at this index. It depends only on the seed, the index and the size given to [`Demo::new`], so that
    /// threads can share the work.
    #[must_use]
    pub fn contact(&self, index: u64) -> NewContact {
        let rng = &mut Rng::for_index(purpose_seed(self.seed, Purpose::Contact), index);
        let person_index = pick_person(rng, index);
        let blocks = purpose_seed(self.seed, Purpose::Block);
        let (Some((own, nth)), Some((population, _))) =
            (population_slot(blocks, index), population_slot(blocks, person_index))
        else {
            return NewContact::new(Network::WHATSAPP, "", ""); // unreachable: every index has a slot
        };
        let network = pick_network(own, rng);
        let direct = matches!(network, 3 | 5);
        let mut contact = NewContact::new(NETWORKS.get(network).unwrap_or(&Network::SMS).clone(), "", "");
        self.phones(&mut contact, own, nth, rng);
        self.link(&mut contact, rng);
        if direct && rng.chance(100) {
            // As if created from an incoming message: only the number is known.
            return contact.status(Status::Incomplete);
        }
        let people = purpose_seed(self.seed, Purpose::Person);
        let person = Person::new(
            population,
            &mut Rng::for_index(people, person_index),
            person_index,
            self.company_count,
        );
        fill_contact(contact, person, network, rng)
    }

    /// The number of the person of a contact.
    fn person_index(&self, index: u64) -> u64 {
        pick_person(&mut Rng::for_index(purpose_seed(self.seed, Purpose::Contact), index), index)
    }

    /// All contacts, in the order of their indexes.
    pub fn contacts(&self) -> impl Iterator<Item = NewContact> {
        (0..self.contacts).map(|index| self.contact(index))
    }

    fn phones(&self, contact: &mut NewContact, population: &Population, nth: u64, rng: &mut Rng) {
        let seed = purpose_seed(self.seed, Purpose::Phone);
        contact.phones.reserve_exact(1);
        let mobile = population.plan.number(&population.plan.mobile, seed, nth);
        contact.phones.push(NewPhone::new(mobile));
        if rng.chance(800) {
            let fixed = population.plan.number(&population.plan.fixed, seed, nth);
            contact.phones.push(NewPhone::new(fixed).label("work"));
        }
    }

    /// Links the contact to one to three advisors.
    fn link(&self, contact: &mut NewContact, rng: &mut Rng) {
        let Some(&total) = self.advisors.last() else { return };
        let links = match rng.below(100) {
            0..85 => 1,
            85..97 => 2,
            _ => 3,
        };
        let count = self.advisors.len();
        contact.advisors.reserve_exact(links);
        for _ in 0..links.min(count) {
            let target = rng.next().checked_rem(total).unwrap_or(0);
            let mut at = self.advisors.partition_point(|&sum| sum <= target);
            while contact.advisors.contains(&advisor_id(at)) {
                at = at.wrapping_add(1).checked_rem(count).unwrap_or(0);
            }
            contact.advisors.push(advisor_id(at));
        }
    }
}

/// One contact in fifty is an earlier person with another number.
fn pick_person(rng: &mut Rng, index: u64) -> u64 {
    if rng.chance(200) { index.saturating_sub(rng.next() % 64) } else { index }
}

fn advisor_id(at: usize) -> AdvisorId {
    let at = i64::try_from(at).unwrap_or(0);
    AdvisorId(Demo::FIRST_ADVISOR.0.saturating_add(at))
}

/// The population at an index, and the rank of the index among all indexes with the same numbering plan.
///
/// Every block of 1024 indexes has the same slots in another order, so that the rank is computed without counting. The
/// rank is unique within the plan.
fn population_slot(seed: u64, index: u64) -> Option<(&'static Population, u64)> {
    let (populations, slots) = &*POPULATIONS;
    let block = index / SLOTS_PER_BLOCK;
    let key = mix2(seed, block);
    let position = (index % SLOTS_PER_BLOCK).wrapping_mul(key | 1).wrapping_add(key >> 32) % SLOTS_PER_BLOCK;
    let slot = slots.get(usize::try_from(position).ok()?)?;
    let population = populations.get(usize::from(slot.population))?;
    let nth = block.wrapping_mul(u64::from(population.plan_slots)).wrapping_add(u64::from(slot.nth));
    Some((population, nth))
}

/// Draws an index into [`NETWORKS`].
fn pick_network(population: &Population, rng: &mut Rng) -> usize {
    let mut left = rng.below(100);
    for (at, weight) in population.network_weights().into_iter().enumerate() {
        match left.checked_sub(weight) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    0
}

/// Fills in the person: always the fields that the network requires, the others in a part of the contacts.
fn fill_contact(mut contact: NewContact, person: Person<'_>, network: usize, rng: &mut Rng) -> NewContact {
    let direct = matches!(network, 3 | 5);
    if !direct || rng.chance(3_500) {
        contact.company = person.company();
    }
    let emails = match rng.below(100) {
        0..45 if direct => 0,
        94.. => 2,
        _ => 1,
    };
    contact.emails.reserve_exact(emails);
    let private_first = rng.chance(4_500);
    for nth in 0..emails {
        let text = if private_first == (nth == 0) { person.private_email(rng) } else { person.work_email() };
        let email = NewEmail::new(text);
        contact.emails.push(if nth == 0 { email } else { email.label("home") });
    }
    if rng.chance(600) {
        contact.nickname = person.nickname(rng);
    }
    if rng.chance(7_000) {
        contact.language = person.population.language.into();
    }
    if let Some(name) = person.display_name(rng) {
        contact.display_name = name;
    }
    contact.status = match (network, rng.below(1_000)) {
        (2 | 4, 0..800) => Some(Status::Confirmed),
        (2 | 4, 800..940) => Some(Status::PendingConfirmation),
        (2 | 4, 940..985) => Some(Status::InviteExpired),
        (2 | 4, _) => Some(Status::Canceled),
        (0, 0..8) => Some(Status::Unavailable),
        _ => None,
    };
    contact.first_name = person.first_name;
    contact.last_name = person.last_name;
    contact
}
