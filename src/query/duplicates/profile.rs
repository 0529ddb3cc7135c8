//! What duplicates are found by: the names and contact methods of a contact in the forms that are compared.

use crate::db;
use crate::db::contact::StoredContact;
use crate::model::fold_email;
use crate::text::fold::fold;
use crate::text::readings::{NamePart, name_readings, phonetic_keys, query_phonetic_keys};
use crate::text::sound_code::sound_code;

/// Readings of a name that are compared.
const MAX_READINGS: usize = 6;

/// Words at the end of a name that tell the generations of a family apart.
const GENERATIONS: [(&str, u8); 9] = [
    ("sr", 1),
    ("senior", 1),
    ("jr", 2),
    ("junior", 2),
    ("jnr", 2),
    ("ii", 2),
    ("iii", 3),
    ("iv", 4),
    ("3rd", 3),
];

/// Words of a name that are titles.
const TITLES: [&str; 12] =
    ["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "phd", "md", "ing", "work"];

/// Words at the end of a company that name its legal form.
const LEGAL_FORMS: [&str; 24] = [
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "llc",
    "llp",
    "ltd",
    "limited",
    "plc",
    "gmbh",
    "ag",
    "kg",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "bv",
    "nv",
    "oy",
    "ab",
    "as",
];

/// A first or a last name.
#[derive(Debug, Clone, Default)]
pub(super) struct NameWords {
    /// The words, folded, without titles and marks of generations.
    pub(super) words: Vec<String>,
    /// All words together.
    pub(super) joined: String,
    /// Latin forms of `joined`: itself if it is Latin, else its readings.
    pub(super) latin: Vec<String>,
    /// Phonetic codes of the Latin forms.
    pub(super) codes: Vec<String>,
    /// Keys that compare the name with names in other scripts.
    pub(super) keys: Vec<String>,
    /// The generation that the name ends in; 0: none.
    generation: u8,
}

impl NameWords {
    fn new(text: &str, part: NamePart) -> Self {
        let folded = fold(text);
        let mut own = Self::default();
        for word in folded.split(' ').filter(|word| !word.is_empty()) {
            if TITLES.contains(&word) {
                continue;
            }
            match GENERATIONS.iter().find(|(known, _)| *known == word) {
                Some((_, generation)) => own.generation = *generation,
                None => own.words.push(word.to_owned()),
            }
        }
        own.joined = own.words.concat();
        if text.is_ascii() {
            own.latin = vec![own.joined.clone()];
        } else {
            own.read_other_scripts(text, part);
        }
        own.latin.retain(|form| !form.is_empty());
        own.codes = own.latin.iter().map(|form| sound_code(form)).filter(|code| code.len() > 1).collect();
        own.codes.sort_unstable();
        own.codes.dedup();
        own
    }

    /// Adds the Latin forms and the keys of a name that is not ASCII.
    fn read_other_scripts(&mut self, text: &str, part: NamePart) {
        let written: Vec<&str> = text.split_whitespace().collect();
        let mut forms = vec![String::new()];
        for (at, word) in self.words.iter().enumerate() {
            let as_written = written.get(at).copied().filter(|_| written.len() == self.words.len());
            let mut readings: Vec<String> = name_readings(as_written.unwrap_or(word), word, part)
                .into_iter()
                .filter(|reading| reading.span == (0..word.len()) && reading.text.is_ascii())
                .map(|reading| reading.text)
                .take(MAX_READINGS)
                .collect();
            if word.is_ascii() || readings.is_empty() {
                readings.push(word.clone());
            }
            let forms_before = std::mem::take(&mut forms);
            for start in &forms_before {
                forms.extend(readings.iter().map(|reading| format!("{start}{reading}")));
            }
            forms.truncate(MAX_READINGS);
            self.keys.extend(phonetic_keys(word));
        }
        self.latin = forms;
        if !self.latin.contains(&self.joined) {
            self.latin.push(self.joined.clone());
        }
        self.latin.retain(|form| form.is_ascii());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether the name is in Latin letters.
    pub(super) fn is_latin(&self) -> bool {
        self.joined.is_ascii()
    }

    /// The keys of a Latin name for comparisons with other scripts.
    pub(super) fn query_keys(&self) -> Vec<String> {
        self.words.iter().flat_map(|word| query_phonetic_keys(word)).collect()
    }
}

/// A contact in the forms that are compared.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) id: i64,
    pub(super) tenant: Option<i64>,
    pub(super) network: i64,
    pub(super) first: NameWords,
    pub(super) last: NameWords,
    /// The nickname, folded, without spaces.
    pub(super) nickname: String,
    /// All words of the name in alphabetical order; of the display name, if there is no other name.
    pub(super) words: Vec<String>,
    pub(super) phones: Vec<String>,
    pub(super) emails: Vec<String>,
    /// Namespace and value, folded.
    pub(super) identifiers: Vec<(String, String)>,
    /// The company, folded, without its legal form.
    pub(super) company: String,
    pub(super) company_key: Option<Vec<u8>>,
    pub(super) city: String,
    pub(super) country: String,
    pub(super) own_advisor: Option<i64>,
}

impl Profile {
    pub(super) fn new(stored: &StoredContact) -> Self {
        let contact = &stored.contact;
        let (first, last) = names(stored);
        let mut words = [first.words.as_slice(), last.words.as_slice()].concat();
        words.sort_unstable();
        let mut phones: Vec<String> = contact.phones.iter().map(|phone| phone.normalized.clone()).collect();
        let mut emails: Vec<String> = contact.emails.iter().map(|email| fold_email(&email.text)).collect();
        for values in [&mut phones, &mut emails] {
            values.retain(|value| !value.is_empty());
            values.sort_unstable();
            values.dedup();
        }
        let identifier = |known: &crate::model::Identifier| (known.namespace.clone(), fold(&known.value));
        Self {
            id: stored.id,
            tenant: stored.tenant,
            network: stored.network,
            first,
            last,
            nickname: joined(&contact.nickname),
            words,
            phones,
            emails,
            identifiers: contact.identifiers.iter().map(identifier).collect(),
            company: without_legal_form(&fold(&contact.company)),
            company_key: db::duplicates::company_key(&contact.company),
            city: joined(&contact.city),
            country: joined(&contact.country),
            own_advisor: contact.own_advisor.map(|advisor| advisor.0),
        }
    }

    /// The generation that the name ends in; 0: none.
    pub(super) fn generation(&self) -> u8 {
        self.first.generation.max(self.last.generation)
    }
}

/// First and last name. A contact with a display name only has its first word as first name, and the rest as last name.
fn names(stored: &StoredContact) -> (NameWords, NameWords) {
    let contact = &stored.contact;
    let (first, last) = (contact.first_name.trim(), contact.last_name.trim());
    if first.is_empty() && last.is_empty() {
        let display = stored.given_display_name.trim();
        let (first, last) = display.split_once(char::is_whitespace).unwrap_or((display, ""));
        return (NameWords::new(first, NamePart::Given), NameWords::new(last, NamePart::Family));
    }
    (NameWords::new(first, NamePart::Given), NameWords::new(last, NamePart::Family))
}

fn joined(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

fn without_legal_form(folded: &str) -> String {
    let mut words: Vec<&str> = folded.split(' ').collect();
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last)) {
        words.pop();
    }
    words.concat()
}
