//! A person: name, company, e-mail addresses.

use crate::companies;
use crate::names::PickedName;
use crate::phones::push_number;
use crate::populations::{NameStyle, Population};
use crate::rng::Rng;

/// A generated person.
pub(super) struct Person<'a> {
    pub(super) population: &'a Population,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// Makes the e-mail addresses of the person unique.
    id: u64,
    given: PickedName,
    family: PickedName,
    /// The company: its number in the list, or the family name it is named after.
    company: Result<usize, PickedName>,
}

static NICKNAMES: [&str; 24] = [
    "Max", "Sam", "Alex", "Kit", "Bo", "Lulu", "Ace", "Coco", "Doc", "Fox", "Gigi", "Jojo", "Kiki", "Leo",
    "Mimi", "Nico", "Pip", "Rex", "Sunny", "Teddy", "Zaza", "Red", "Chip", "Bee",
];
static EMOJI: [&str; 10] = ["🌸", "⭐", "🚀", "👩‍💻", "❤️", "🇫🇷", "👨‍👩‍👧", "🎉", "🐼", "☕️"];

impl<'a> Person<'a> {
    /// Draws a person from the stream. `company_count` is the size of the list of companies.
    pub(super) fn new(population: &'a Population, rng: &mut Rng, id: u64, company_count: usize) -> Self {
        let asian = population.style == NameStyle::Asian;
        let given = population.names.given.pick_name(rng, if asian { 6_500 } else { 300 });
        let family = population.names.family.pick_name(rng, if asian { 800 } else { 3_500 });
        let company = if rng.chance(2_500) {
            Err(population.names.family.pick_name(rng, 1_000))
        } else {
            Ok(rng.rank(company_count))
        };
        let mut person = Self {
            population,
            first_name: String::new(),
            last_name: String::new(),
            id,
            given,
            family,
            company,
        };
        person.first_name = person.write_given(rng);
        person.last_name = person.write_family(rng);
        person.add_irregularities(rng);
        person
    }

    fn write_given(&self, rng: &mut Rng) -> String {
        let (population, mut out) = (self.population, String::with_capacity(24));
        self.given.write(&mut out, population.roman);
        match population.style {
            NameStyle::Asian => {}
            NameStyle::Arabic => {
                if rng.chance(5_500) {
                    out.push(' ');
                    population.names.given.pick_name(rng, 0).write(&mut out, population.roman);
                }
            }
            _ => match rng.below(100) {
                // A second given name, if the draw has the same gender.
                0..9 => {
                    let other = population.names.given.pick_name(rng, 0);
                    if other.female == self.given.female {
                        out.push(if rng.chance(3_000) { '-' } else { ' ' });
                        other.write(&mut out, population.roman);
                    }
                }
                // An initial.
                9..17 if population.style == NameStyle::Celtic => {
                    out.push(' ');
                    out.push(char::from(rng.pick(b"ABCDEFGHJKLMNPRSTVW")));
                    out.push('.');
                }
                _ => {}
            },
        }
        out
    }

    fn write_family(&self, rng: &mut Rng) -> String {
        let (population, mut out) = (self.population, String::with_capacity(24));
        let variant = rng.below(1_000);
        match population.style {
            NameStyle::Celtic if variant < 14 => out.push_str(if variant < 9 { "O'" } else { "Mac" }),
            NameStyle::Romance if variant < 12 => out.push_str(if variant < 7 { "D'" } else { "De " }),
            _ => {}
        }
        self.family.write(&mut out, population.roman);
        let other = match population.style {
            NameStyle::Spanish => (variant < 800).then_some(' '),
            NameStyle::Asian => None,
            _ => (variant >= 970).then_some('-'),
        };
        if let Some(mark) = other {
            out.push(mark);
            population.names.family.pick_name(rng, 500).write(&mut out, population.roman);
        }
        if population.style == NameStyle::Slavic && self.given.female && out.ends_with(['в', 'н']) {
            out.push('а');
        }
        out
    }

    /// Adds difficult names: missing, very long, or with characters that are no letters.
    fn add_irregularities(&mut self, rng: &mut Rng) {
        match rng.below(10_000) {
            0..100 => self.last_name.clear(),
            100..130 => self.first_name.clear(),
            130..135 => {
                // At most 250 characters: no name of the table has more than 25.
                while self.first_name.len() < 200 {
                    self.first_name.push(' ');
                    self.population
                        .names
                        .given
                        .pick_name(rng, 0)
                        .write(&mut self.first_name, self.population.roman);
                }
            }
            135..185 => {
                self.first_name.push(' ');
                self.first_name.push_str(rng.pick(&EMOJI));
            }
            185..200 => self.last_name.push_str(rng.pick(&[" Jr.", " III", ", PhD", " (work)", "  "])),
            200..500 if matches!(self.population.language.get(..2), Some("ar" | "he")) => {
                self.last_name.insert(0, '\u{200F}');
            }
            _ => {}
        }
    }

    /// The display name, if it is not first and last name.
    pub(super) fn display_name(&self, rng: &mut Rng) -> Option<String> {
        let population = self.population;
        if population.style == NameStyle::Asian && !population.roman && rng.chance(3_000) {
            return Some([self.last_name.as_str(), &self.first_name].concat());
        }
        None
    }

    /// A nickname: from the list, or the romanised given name.
    pub(super) fn nickname(&self, rng: &mut Rng) -> String {
        if rng.chance(4_000) {
            let mut out = String::with_capacity(12);
            self.given.write(&mut out, true);
            return out;
        }
        rng.pick(&NICKNAMES).into()
    }

    /// The company.
    pub(super) fn company(&self) -> String {
        match self.company {
            Ok(n) => companies::company_name(n),
            Err(family) => {
                let [before, after] = self.population.company_affixes;
                let mut out = String::with_capacity(40);
                out.push_str(before);
                family.write(&mut out, self.population.roman);
                out.push_str(after);
                out
            }
        }
    }

    /// The work address. Two people with the same name in the same company share it.
    pub(super) fn work_email(&self) -> String {
        let mut out = self.local_part();
        out.push('@');
        match self.company {
            Ok(n) => companies::push_domain(&mut out, n),
            Err(family) => {
                family.slug(&mut out);
                out.push_str(".example");
            }
        }
        out
    }

    /// The private address; it is unique.
    pub(super) fn private_email(&self, rng: &mut Rng) -> String {
        let mut out = self.local_part();
        push_number(&mut out, self.id, 2);
        out.push('@');
        companies::push_mail_host(&mut out, rng.rank(12));
        out
    }

    /// The address of an advisor; it is unique among advisors.
    pub(super) fn advisor_email(&self) -> String {
        let mut out = self.local_part();
        out.push('.');
        push_number(&mut out, self.id, 1);
        out.push_str("@advisors.example");
        out
    }

    fn local_part(&self) -> String {
        let mut out = String::with_capacity(48);
        self.given.slug(&mut out);
        out.push('.');
        self.family.slug(&mut out);
        out
    }
}
