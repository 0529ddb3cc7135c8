//! What the engine should answer, found by looking at every contact: vectors, no index, a fold and an order of its own for
//! a small alphabet.

use std::collections::BTreeSet;

use cardex::ContactId;

use super::finder::Asked;
use super::labels::Labels;
use super::mergers::Merge;

/// The letters of the model: case, two accents, the blank, the apostrophe and the hyphen.
pub const ALPHABET: [char; 12] = ['a', 'b', 'c', 'A', 'B', 'á', 'Á', 'ç', 'Ç', ' ', '\'', '-'];

/// The tenants and advisors of the model: two tenants, the first with two advisors.
pub const TENANTS: usize = 2;
pub const ADVISORS: usize = 3;
pub const NETWORKS: usize = 2;

/// The tenant of an advisor.
pub const fn tenant_of(advisor: usize) -> usize {
    if advisor < 2 { 0 } else { 1 }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// `None` until it is added.
    pub id: Option<ContactId>,
    pub first: String,
    pub last: String,
    pub display: String,
    pub nickname: String,
    pub company: String,
    /// Small letters, one `@`.
    pub email: String,
    /// French, in E.164 form without the plus.
    pub phone: String,
    pub identifier: String,
    /// `None`: shared.
    pub tenant: Option<usize>,
    pub network: usize,
    pub advisors: BTreeSet<usize>,
    pub labels: Labels,
    pub trashed: bool,
    /// Into another person: in no list.
    pub merged: bool,
}

/// Who asks, for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eye {
    System,
    Administrator(usize),
    Advisor(usize),
    /// The system, for the list of an advisor.
    Over(usize),
}

/// Which contacts of a list: those in the trash, those that are blocked or are not.
pub type Which = (bool, Option<bool>);

/// People in the order they were added.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub people: Vec<Person>,
    /// Tenant, advisor (`None`: the tenant as a whole), phone.
    pub blocks: BTreeSet<(usize, Option<usize>, String)>,
    /// Whether lists have capitals before small letters.
    pub capitals_first: bool,
    /// Those without search keys.
    pub unkeyed: BTreeSet<ContactId>,
    /// Those that hold, oldest first.
    pub merges: Vec<Merge>,
}

/// The letters of the model's alphabet, in order.
pub const LETTERS: [&str; 4] = ["#", "A", "B", "C"];

/// How apostrophes and hyphens are read: what stands for each.
pub const READINGS: [(&str, &str); 3] = [("", " "), ("", ""), (" ", " ")];

fn read_as(text: &str, (apostrophe, hyphen): (&str, &str)) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\'' => apostrophe.to_owned(),
            '-' => hyphen.to_owned(),
            'á' | 'Á' => "a".to_owned(),
            'ç' | 'Ç' => "c".to_owned(),
            '.' => " ".to_owned(),
            other => other.to_ascii_lowercase().to_string(),
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a query is looked for as.
pub fn fold(text: &str) -> String {
    read_as(text, READINGS[0])
}

/// Every way to write two parts of a name one after the other; none if the first part says nothing.
fn ways(one: &str, two: &str) -> BTreeSet<String> {
    if fold(one).is_empty() {
        return BTreeSet::new();
    }
    READINGS
        .into_iter()
        .map(|reading| format!("{} {}", read_as(one, reading), read_as(two, reading)).trim().to_owned())
        .collect()
}

impl Person {
    pub fn display_name(&self) -> String {
        let made = format!("{} {}", self.first.trim(), self.last.trim());
        if self.display.trim().is_empty() { made.trim().to_owned() } else { self.display.trim().to_owned() }
    }

    /// Whether a contact can be made of this.
    pub fn is_anyone(&self) -> bool {
        !self.display_name().is_empty()
    }

    /// The texts of whole names, class by class.
    pub fn texts(&self) -> [BTreeSet<String>; 3] {
        let first = ways(&self.first, &self.last);
        let last = ways(&self.last, &self.first);
        let mut display = ways(&self.display_name(), "");
        display.retain(|text| !first.contains(text) && !last.contains(text));
        if first.is_empty() && last.is_empty() && display.is_empty() {
            display.insert(String::new()); // a name of nothing but signs: found when everybody is
        }
        [first, last, display]
    }

    /// The place in a list: letters of all parts, then accents of all parts, then case of all parts.
    fn place(&self, capitals_first: bool) -> [Vec<Vec<u8>>; 3] {
        let parts: Vec<&str> =
            [self.last.trim(), self.first.trim()].into_iter().filter(|part| !part.is_empty()).collect();
        let display = self.display_name();
        let parts = if parts.is_empty() { vec![display.as_str()] } else { parts };
        let level = |weight: fn(char) -> u8| {
            parts.iter().map(|part| part.chars().map(weight).collect()).collect::<Vec<Vec<u8>>>()
        };
        [
            level(|c| match c {
                ' ' => 1,
                '-' => 2,
                '\'' => 3,
                'a' | 'A' | 'á' | 'Á' => 4,
                'b' | 'B' => 5,
                _ => 6,
            }),
            level(|c| u8::from("áÁçÇ".contains(c))),
            level(if capitals_first {
                |c| u8::from(!c.is_uppercase())
            } else {
                |c| u8::from(c.is_uppercase())
            }),
        ]
    }

    /// The place in [`LETTERS`].
    fn letter(&self) -> usize {
        let [letters, ..] = self.place(false);
        letters.iter().flatten().next().map_or(0, |first| usize::from(first.saturating_sub(3)))
    }

    pub fn seen(&self, eye: Eye, network: Option<usize>) -> bool {
        let own = match eye {
            Eye::System => true,
            Eye::Administrator(tenant) => self.tenant.is_none_or(|own| own == tenant),
            Eye::Advisor(advisor) | Eye::Over(advisor) => self.advisors.contains(&advisor),
        };
        own && !self.merged && network.is_none_or(|network| network == self.network)
    }
}

impl Model {
    /// Whether a person's phone is blocked for whoever looks.
    fn is_blocked(&self, eye: Eye, person: &Person) -> bool {
        let counts = |(tenant, advisor, phone): &(usize, Option<usize>, String)| {
            let for_whom = match eye {
                Eye::Advisor(own) | Eye::Over(own) => {
                    *tenant == tenant_of(own) && advisor.is_none_or(|advisor| advisor == own)
                }
                Eye::Administrator(own) => *tenant == person.tenant.unwrap_or(own),
                Eye::System => person.tenant.is_none_or(|own| own == *tenant),
            };
            for_whom && *phone == person.phone
        };
        self.blocks.iter().any(counts)
    }

    fn admits(&self, eye: Eye, person: &Person, blocked: Option<bool>) -> bool {
        blocked.is_none_or(|blocked| blocked == self.is_blocked(eye, person))
    }

    /// The ids a search finds, in order: those without keys come behind, as they were added.
    pub fn search(&self, eye: Eye, network: Option<usize>, asked: &Asked) -> Vec<ContactId> {
        let mut hits: Vec<_> = self
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| {
                person.trashed == asked.trash
                    && person.seen(eye, network)
                    && asked.admits(person)
                    && self.admits(eye, person, asked.blocked)
            })
            .filter_map(|(at, person)| {
                let id = person.id.unwrap();
                let place = asked.place(person)?;
                Some((if self.unkeyed.contains(&id) { None } else { Some(place) }, at, id))
            })
            .collect();
        hits.sort_by(|a, b| (a.0.is_none(), a).cmp(&(b.0.is_none(), b)));
        hits.into_iter().map(|(_, _, id)| id).collect()
    }

    /// The ids of a list, in order.
    pub fn list(&self, eye: Eye, network: Option<usize>, (trash, blocked): Which) -> Vec<ContactId> {
        let mut entries: Vec<_> = self
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.trashed == trash && person.seen(eye, network))
            .filter(|(_, person)| self.admits(eye, person, blocked))
            .map(|(at, person)| (person.place(self.capitals_first), at, person.id.unwrap()))
            .collect();
        entries.sort();
        entries.into_iter().map(|(_, _, id)| id).collect()
    }

    /// How many stand under each of [`LETTERS`] in a list.
    pub fn letters(&self, eye: Eye, network: Option<usize>, (trash, blocked): Which) -> [usize; 4] {
        let mut counts = [0; 4];
        for person in self.people.iter().filter(|p| p.trashed == trash && p.seen(eye, network)) {
            if self.admits(eye, person, blocked) {
                counts[person.letter()] += 1;
            }
        }
        counts
    }
}

/// The model's own rules, by example.
#[test]
fn the_model_folds_and_orders() {
    assert_eq!(fold(" Á'b-Ç "), "ab c");
    assert_eq!(ways("a-b", "c'a"), ["a b c a", "a b ca", "ab ca"].map(str::to_owned).into());
    assert!(ways("-", "a").is_empty());
}
