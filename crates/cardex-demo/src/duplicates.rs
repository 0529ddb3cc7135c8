//! Books with known duplicates: contacts that are entered a second time with errors, and different persons that look alike.

use cardex::{NewContact, NewEmail, NewPhone};

use crate::people::Person;
use crate::phones::push_number;
use crate::rng::{Purpose, Rng, purpose_seed};
use crate::{Demo, population_slot};

/// A contact with the number of its person. Contacts with the same number are duplicates, all others are not.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KnownContact {
    /// The person.
    pub person: u64,
    /// The contact.
    pub contact: NewContact,
}

/// First names and what their owners are called.
static NICKNAMES: [(&str, &str); 30] = [
    ("William", "Bill"),
    ("Robert", "Bob"),
    ("Richard", "Dick"),
    ("Margaret", "Peggy"),
    ("Elizabeth", "Liz"),
    ("James", "Jim"),
    ("John", "Jack"),
    ("Katherine", "Kate"),
    ("Michael", "Mike"),
    ("Thomas", "Tom"),
    ("Christopher", "Chris"),
    ("Alexander", "Alex"),
    ("Andrew", "Andy"),
    ("Anthony", "Tony"),
    ("Joseph", "Joe"),
    ("Daniel", "Dan"),
    ("David", "Dave"),
    ("Matthew", "Matt"),
    ("Nicholas", "Nick"),
    ("Patricia", "Pat"),
    ("Johannes", "Hannes"),
    ("Maximilian", "Max"),
    ("Francisco", "Paco"),
    ("José", "Pepe"),
    ("Александр", "Саша"),
    ("Екатерина", "Катя"),
    ("Дмитрий", "Дима"),
    ("Мария", "Маша"),
    ("Giuseppe", "Beppe"),
    ("Guadalupe", "Lupita"),
];

/// An error in a contact that is entered again.
#[derive(Clone, Copy)]
enum Corruption {
    TypoInFirstName,
    TypoInLastName,
    SwappedNames,
    OtherPhone,
    NoPhone,
    OtherEmail,
    NoEmail,
    Nickname,
    Initial,
    NoFirstName,
    NoLastName,
    NoCompany,
    LegalForm,
    OtherScript,
    NoMarks,
    Capitals,
}

/// The errors with their weights.
static CORRUPTIONS: [(Corruption, usize); 16] = [
    (Corruption::TypoInFirstName, 12),
    (Corruption::TypoInLastName, 14),
    (Corruption::SwappedNames, 7),
    (Corruption::OtherPhone, 12),
    (Corruption::NoPhone, 9),
    (Corruption::OtherEmail, 9),
    (Corruption::NoEmail, 9),
    (Corruption::Nickname, 4),
    (Corruption::Initial, 4),
    (Corruption::NoFirstName, 2),
    (Corruption::NoLastName, 3),
    (Corruption::NoCompany, 7),
    (Corruption::LegalForm, 3),
    (Corruption::OtherScript, 4),
    (Corruption::NoMarks, 3),
    (Corruption::Capitals, 4),
];

impl Demo {
    /// The contacts of a book with known duplicates, reproducible like [`Demo::contacts`]. Each contact of the book comes first.
    ///
    /// One in six is followed by a copy of the same person with one to three errors: a typing error, swapped or missing names, a nickname,
    /// an initial, another script, no marks, capitals, another or no phone, address or company. One in six is followed by another person
    /// who looks alike: a member of the family with the same landline, a child with the same name, a namesake at another company, a
    /// colleague with the number of the switchboard. The contacts of the book itself have rare duplicates with other numbers, and namesakes.
    pub fn known_duplicates(&self) -> impl Iterator<Item = KnownContact> + '_ {
        (0..self.contacts).flat_map(|index| {
            let mut own = self.known_contact(index);
            let rng = &mut Rng::for_index(purpose_seed(self.seed, Purpose::Duplicate), index);
            let other = match rng.below(6) {
                0 => Some(self.copy_with_errors(&own, index, rng)),
                1 => Some(self.look_alike(&mut own, index, rng)),
                _ => None,
            };
            std::iter::once(own).chain(other)
        })
    }

    /// A contact of the book with its person. Its addresses are unique to the person.
    fn known_contact(&self, index: u64) -> KnownContact {
        let person = self.person_index(index);
        let mut contact = self.contact(index);
        for email in &mut contact.emails {
            email.text = with_number(&email.text, person);
        }
        KnownContact { person, contact }
    }

    /// The same person, entered again.
    fn copy_with_errors(&self, own: &KnownContact, index: u64, rng: &mut Rng) -> KnownContact {
        let mut contact = own.contact.clone();
        if rng.chance(3_000) {
            contact.phones.truncate(1);
        }
        let errors = match rng.below(100) {
            0..45 => 1,
            45..80 => 2,
            _ => 3,
        };
        let total = CORRUPTIONS.iter().fold(0_usize, |sum, (_, weight)| sum.saturating_add(*weight));
        for _ in 0..errors {
            let mut left = rng.below(total);
            for (corruption, weight) in CORRUPTIONS {
                if let Some(rest) = left.checked_sub(weight) {
                    left = rest;
                } else {
                    self.corrupt(&mut contact, corruption, (own.person, index), rng);
                    break;
                }
            }
        }
        KnownContact { person: own.person, contact }
    }

    fn corrupt(
        &self,
        contact: &mut NewContact,
        error: Corruption,
        (person, index): (u64, u64),
        rng: &mut Rng,
    ) {
        match error {
            Corruption::TypoInFirstName => add_typo(&mut contact.first_name, rng),
            Corruption::TypoInLastName => add_typo(&mut contact.last_name, rng),
            Corruption::SwappedNames => std::mem::swap(&mut contact.first_name, &mut contact.last_name),
            Corruption::OtherPhone => {
                contact.phones.truncate(1);
                if let Some(phone) = contact.phones.first_mut() {
                    *phone = NewPhone::new(self.other_phone(index, 1));
                }
            }
            Corruption::NoPhone => contact.phones.clear(),
            Corruption::OtherEmail => contact.emails = vec![NewEmail::new(other_email(index, 1))],
            Corruption::NoEmail => contact.emails.clear(),
            Corruption::Nickname => {
                let known = NICKNAMES.iter().find(|(name, _)| *name == contact.first_name);
                if let Some((_, nickname)) = known {
                    (*nickname).clone_into(&mut contact.first_name);
                }
            }
            Corruption::Initial => {
                if let Some(initial) = contact.first_name.chars().next().filter(char::is_ascii) {
                    contact.first_name = format!("{initial}.");
                }
            }
            Corruption::NoFirstName => contact.first_name.clear(),
            Corruption::NoLastName => contact.last_name.clear(),
            Corruption::NoCompany => contact.company.clear(),
            Corruption::LegalForm => {
                if !contact.company.is_empty() {
                    contact.company.push_str(" Ltd");
                }
            }
            Corruption::OtherScript => self.romanise(contact, person),
            Corruption::NoMarks => {
                for name in [&mut contact.first_name, &mut contact.last_name] {
                    *name = name
                        .replace(['é', 'è', 'ê', 'ë'], "e")
                        .replace(['á', 'ã', 'â'], "a")
                        .replace('ó', "o");
                    *name = name.replace('ü', "ue").replace('ö', "oe").replace('ä', "ae").replace('ß', "ss");
                }
            }
            Corruption::Capitals => {
                for name in [&mut contact.first_name, &mut contact.last_name] {
                    *name = name.to_uppercase();
                }
            }
        }
    }

    /// Replaces the names by the romanised ones of the person.
    fn romanise(&self, contact: &mut NewContact, index: u64) {
        let blocks = purpose_seed(self.seed, Purpose::Block);
        let Some((population, _)) = population_slot(blocks, index) else { return };
        if contact.first_name.is_empty() && contact.last_name.is_empty() {
            return;
        }
        let roman = population.romanised();
        let people = purpose_seed(self.seed, Purpose::Person);
        let person = Person::new(&roman, &mut Rng::for_index(people, index), index, self.company_count);
        (contact.first_name, contact.last_name) = (person.first_name, person.last_name);
        contact.display_name.clear();
    }

    /// Another person who looks like this one. Both may get a number in common.
    fn look_alike(&self, own: &mut KnownContact, index: u64, rng: &mut Rng) -> KnownContact {
        let mut contact = own.contact.clone();
        contact.nickname.clear();
        contact.display_name.clear();
        contact.phones = vec![NewPhone::new(self.other_phone(index, 2))];
        contact.emails = vec![NewEmail::new(other_email(index, 2))];
        let shared = NewPhone::new(self.other_phone(index, 3)).label("home");
        let other = self
            .contact(index.wrapping_add(97).wrapping_mul(31).checked_rem(self.contacts.max(1)).unwrap_or(0));
        match rng.below(5) {
            // The family: another first name.
            0 | 1 => {
                contact.first_name = self.given_name_like(index, &own.contact.first_name, rng);
                contact.company = if rng.chance(2_000) { contact.company } else { other.company };
                for one in [&mut own.contact, &mut contact] {
                    one.phones.push(shared.clone());
                }
            }
            // The child: the same name with a mark, or the same landline and a second first name.
            2 => {
                contact.last_name.push_str(" Jr.");
                contact.company = other.company;
                for one in [&mut own.contact, &mut contact] {
                    one.phones.push(shared.clone());
                }
            }
            // A namesake at another company.
            3 => contact.company = format!("{} {index}", other.company),
            // A colleague with the number of the switchboard.
            _ => {
                (contact.first_name, contact.last_name) = (other.first_name, other.last_name);
                for one in [&mut own.contact, &mut contact] {
                    one.phones.push(shared.clone());
                }
            }
        }
        KnownContact { person: self.contacts.saturating_add(index), contact }
    }

    /// A first name of the same population that differs; sometimes by the last letter only.
    fn given_name_like(&self, index: u64, first_name: &str, rng: &mut Rng) -> String {
        let swapped = match first_name.chars().last() {
            Some('a') => Some('o'),
            Some('o') => Some('a'),
            _ => None,
        };
        if let (Some(last), true) = (swapped, rng.chance(1_000)) {
            let stem = first_name.get(..first_name.len().saturating_sub(1)).unwrap_or_default();
            return format!("{stem}{last}");
        }
        let blocks = purpose_seed(self.seed, Purpose::Block);
        let Some((population, _)) = population_slot(blocks, self.person_index(index)) else {
            return String::new();
        };
        let mut out = String::new();
        for _ in 0..20 {
            out.clear();
            population.names.given.pick_name(rng, 0).write(&mut out, population.roman);
            if out.to_lowercase() != first_name.to_lowercase() && !first_name.starts_with(out.as_str()) {
                break;
            }
        }
        out
    }

    /// A number that no contact of the book has.
    fn other_phone(&self, index: u64, use_of: u64) -> String {
        let blocks = purpose_seed(self.seed, Purpose::Block);
        let seed = purpose_seed(self.seed, Purpose::Phone);
        let Some((population, nth)) = population_slot(blocks, index) else { return String::new() };
        // The numbers of the book are below its size.
        population.plan.number(
            &population.plan.mobile,
            seed,
            nth.saturating_add(self.contacts.saturating_mul(use_of)),
        )
    }
}

/// An address that no contact of the book has.
fn other_email(index: u64, use_of: u64) -> String {
    let mut out = format!("new{use_of}.");
    push_number(&mut out, index, 1);
    out.push_str("@post.example");
    out
}

/// The address with a number before its at sign.
fn with_number(email: &str, number: u64) -> String {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let mut out = local.to_owned();
    out.push('.');
    push_number(&mut out, number, 1);
    out.push('@');
    out.push_str(host);
    out
}

/// A typing error at one place: a letter is missing, doubled, replaced by another one, or swapped with the next.
fn add_typo(name: &mut String, rng: &mut Rng) {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 4 {
        return;
    }
    let at = rng.below(letters.len().saturating_sub(1));
    let Some(letter) = letters.get(at).copied() else { return };
    match rng.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letter),
        2 => {
            let with =
                if letter.is_ascii() { char::from(rng.pick(b"abcdefghijklmnoprstuvwyz")) } else { letter };
            if let Some(place) = letters.get_mut(at) {
                *place = with;
            }
        }
        _ => letters.swap(at, at.saturating_add(1)),
    }
    *name = letters.into_iter().collect();
}
