//! The model: the expected answers of the engine, computed by looking at every contact. It uses vectors, no index, and
//! its own fold and order for a small alphabet.

use std::collections::BTreeSet;

use cardex::ContactId;

use super::finder::ModelQuery;
use super::labels::Labels;
use super::merges::Merge;

/// The alphabet of the model: two cases, two accents, the blank, the apostrophe and the hyphen.
pub const ALPHABET: [char; 12] = ['a', 'b', 'c', 'A', 'B', 'á', 'Á', 'ç', 'Ç', ' ', '\'', '-'];

/// The tenants and advisors of the model. The first tenant has two advisors.
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
    /// Lower case, with one `@`.
    pub email: String,
    /// A French number in E.164 form without the plus.
    pub phone: String,
    pub identifier: String,
    /// `None`: shared.
    pub tenant: Option<usize>,
    pub network: usize,
    pub advisors: BTreeSet<usize>,
    pub labels: Labels,
    pub trashed: bool,
    /// Merged into another person, and so in no list.
    pub merged: bool,
}

/// The actor and the list that a comparison uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    System,
    Administrator(usize),
    Advisor(usize),
    /// The system, with the list of an advisor.
    AdvisorList(usize),
}

/// The selection of a list: the trash or not, blocked, not blocked or all.
pub type Which = (bool, Option<bool>);

/// Persons in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub people: Vec<Person>,
    /// Tenant, advisor (`None`: the whole tenant), phone.
    pub blocks: BTreeSet<(usize, Option<usize>, String)>,
    /// Whether lists sort capitals before small letters.
    pub capitals_first: bool,
    /// Contacts without search keys.
    pub unindexed: BTreeSet<ContactId>,
    /// Merges that can be undone, oldest first.
    pub merges: Vec<Merge>,
}

/// The sections of the model's alphabet, in order.
pub const LETTERS: [&str; 4] = ["#", "A", "B", "C"];

/// The readings of apostrophe and hyphen: the text that replaces each.
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

/// The folded form of a query.
pub fn fold(text: &str) -> String {
    read_as(text, READINGS[0])
}

/// All ways to write two parts of a name in sequence; none if the first part is empty.
fn joined_forms(one: &str, two: &str) -> BTreeSet<String> {
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

    /// Whether a contact can have these values.
    pub fn has_name(&self) -> bool {
        !self.display_name().is_empty()
    }

    /// The forms of the whole name, by match kind.
    pub fn texts(&self) -> [BTreeSet<String>; 3] {
        let first = joined_forms(&self.first, &self.last);
        let last = joined_forms(&self.last, &self.first);
        let mut display = joined_forms(&self.display_name(), "");
        display.retain(|text| !first.contains(text) && !last.contains(text));
        if first.is_empty() && last.is_empty() && display.is_empty() {
            display.insert(String::new()); // a name of signs only matches the empty query
        }
        [first, last, display]
    }

    /// The sort key: letters of all parts, then accents, then case.
    fn place(&self, capitals_first: bool) -> [Vec<Vec<u8>>; 3] {
        let parts: Vec<&str> = [self.last.trim(), self.first.trim()]
            .into_iter()
            .filter(|remove_filled| !remove_filled.is_empty())
            .collect();
        let display = self.display_name();
        let parts = if parts.is_empty() { vec![display.as_str()] } else { parts };
        let level = |weight: fn(char) -> u8| {
            parts
                .iter()
                .map(|remove_filled| remove_filled.chars().map(weight).collect())
                .collect::<Vec<Vec<u8>>>()
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

    /// The index in [`LETTERS`].
    fn letter(&self) -> usize {
        let [letters, ..] = self.place(false);
        letters.iter().flatten().next().map_or(0, |first| usize::from(first.saturating_sub(3)))
    }

    pub fn seen(&self, viewer: Viewer, network: Option<usize>) -> bool {
        let own = match viewer {
            Viewer::System => true,
            Viewer::Administrator(tenant) => self.tenant.is_none_or(|own| own == tenant),
            Viewer::Advisor(advisor) | Viewer::AdvisorList(advisor) => self.advisors.contains(&advisor),
        };
        own && !self.merged && network.is_none_or(|network| network == self.network)
    }
}

impl Model {
    /// Whether a person's phone is blocked for the viewer.
    fn is_blocked(&self, viewer: Viewer, person: &Person) -> bool {
        let counts = |(tenant, advisor, phone): &(usize, Option<usize>, String)| {
            let for_whom = match viewer {
                Viewer::Advisor(own) | Viewer::AdvisorList(own) => {
                    *tenant == tenant_of(own) && advisor.is_none_or(|advisor| advisor == own)
                }
                Viewer::Administrator(own) => *tenant == person.tenant.unwrap_or(own),
                Viewer::System => person.tenant.is_none_or(|own| own == *tenant),
            };
            for_whom && *phone == person.phone
        };
        self.blocks.iter().any(counts)
    }

    fn admits(&self, viewer: Viewer, person: &Person, blocked: Option<bool>) -> bool {
        blocked.is_none_or(|blocked| blocked == self.is_blocked(viewer, person))
    }

    /// The ids that a search finds, in order. Unindexed contacts come last, in the order of their addition.
    pub fn search(&self, viewer: Viewer, network: Option<usize>, query_spec: &ModelQuery) -> Vec<ContactId> {
        let mut hits: Vec<_> = self
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| {
                person.trashed == query_spec.trash
                    && person.seen(viewer, network)
                    && query_spec.admits(person)
                    && self.admits(viewer, person, query_spec.blocked)
            })
            .filter_map(|(at, person)| {
                let id = person.id.unwrap();
                let place = query_spec.rank(person)?;
                Some((if self.unindexed.contains(&id) { None } else { Some(place) }, at, id))
            })
            .collect();
        hits.sort_by(|a, b| (a.0.is_none(), a).cmp(&(b.0.is_none(), b)));
        hits.into_iter().map(|(_, _, id)| id).collect()
    }

    /// The ids of a list, in order.
    pub fn list(&self, viewer: Viewer, network: Option<usize>, (trash, blocked): Which) -> Vec<ContactId> {
        let mut entries: Vec<_> = self
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.trashed == trash && person.seen(viewer, network))
            .filter(|(_, person)| self.admits(viewer, person, blocked))
            .map(|(at, person)| (person.place(self.capitals_first), at, person.id.unwrap()))
            .collect();
        entries.sort();
        entries.into_iter().map(|(_, _, id)| id).collect()
    }

    /// The number of contacts in each section of [`LETTERS`].
    pub fn letters(&self, viewer: Viewer, network: Option<usize>, (trash, blocked): Which) -> [usize; 4] {
        let mut counts = [0; 4];
        for person in self.people.iter().filter(|p| p.trashed == trash && p.seen(viewer, network)) {
            if self.admits(viewer, person, blocked) {
                counts[person.letter()] += 1;
            }
        }
        counts
    }
}

/// Examples for the rules of the model.
#[test]
fn the_model_folds_and_orders() {
    assert_eq!(fold(" Á'b-Ç "), "ab c");
    assert_eq!(joined_forms("a-b", "c'a"), ["a b c a", "a b ca", "ab ca"].map(str::to_owned).into());
    assert!(joined_forms("-", "a").is_empty());
}
