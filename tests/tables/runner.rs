//! Reads tables of facts and answers their questions.

use std::collections::HashMap;
use std::fmt;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Actor, Error, Field, Network, NewContact, Options, Result, SearchFields, Session};

/// A row by the names of its columns.
type Row = HashMap<String, String>;

/// The rows of a table.
pub(crate) fn read_table(name: &str) -> Vec<Row> {
    let path = format!("{}/tests/fixtures/search_tables/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        names.iter().map(|name| (*name).to_owned()).zip(line.split('\t').map(str::to_owned)).collect()
    };
    lines.map(row).collect()
}

/// A question and what its answer must be.
pub(crate) struct Case {
    pub(crate) tag: String,
    pub(crate) kind: String,
    pub(crate) opts: String,
    pub(crate) query: String,
    check: String,
    expect: String,
    source: String,
}

impl Case {
    /// The cases of a suite.
    pub(crate) fn all(suite: &str) -> Vec<Self> {
        let case = |row: Row| Self {
            tag: row["tag"].clone(),
            kind: row["kind"].clone(),
            opts: row["opts"].clone(),
            query: row["query"].clone(),
            check: row["check"].clone(),
            expect: row["expect"].clone(),
            source: row["source"].clone(),
        };
        read_table(&format!("{suite}.cases.tsv")).into_iter().map(case).collect()
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.opts.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    fn has(&self, flag: &str) -> bool {
        self.opts.split(' ').any(|word| word == flag)
    }

    /// Whether an answer is right.
    pub(crate) fn accepts(&self, got: &[String]) -> bool {
        let separator = if self.check == "label" { '|' } else { ',' };
        let expect: Vec<&str> = self.expect.split(separator).filter(|id| !id.is_empty()).collect();
        let is_found = |id: &&str| got.iter().any(|other| other == id);
        match self.check.as_str() {
            "has" => expect.iter().all(is_found),
            "none" => !expect.iter().any(is_found),
            "set" => expect.iter().all(is_found) && got.iter().all(|id| expect.contains(&id.as_str())),
            "first" => {
                got.len() >= expect.len() && got.iter().zip(&expect).all(|(got, expect)| got == expect)
            }
            "order" => {
                got.iter().map(String::as_str).filter(|id| expect.contains(id)).eq(expect.iter().copied())
            }
            "label" => got.iter().all(|label| expect.contains(&label.as_str())),
            other => panic!("no check {other}"),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, opts, query, check, expect, source, .. } = self;
        write!(f, "{kind} [{opts}] «{query}» {check} {expect} ({source})")
    }
}

/// The contacts of a suite, in a store for each region, locale and selection.
pub(crate) struct Suite {
    people: Vec<Row>,
    sessions: HashMap<(String, String, String), Session>,
    labels: HashMap<(String, String, String), HashMap<String, String>>,
}

impl Suite {
    /// Reads the contacts.
    pub(crate) fn new(name: &str) -> Self {
        let people = read_table(&format!("{name}.people.tsv"));
        Self { people, sessions: HashMap::new(), labels: HashMap::new() }
    }

    /// The answer: the ids of contacts, or a label. A rejected question has no answer.
    pub(crate) fn answer(&mut self, case: &Case) -> Vec<String> {
        let text = |name| case.option(name).unwrap_or_default().to_owned();
        let store = (text("region"), text("locale"), text("only"));
        let session = self.sessions.entry(store.clone()).or_insert_with(|| fill(&self.people, &store));
        match case.kind.as_str() {
            "label" => {
                let labels = self.labels.entry(store).or_insert_with(|| labels(session));
                vec![labels.get(&case.query).cloned().unwrap_or_default()]
            }
            "list" => ids(session.contacts().limit(500).page().map(|page| page.items)),
            "phone" => ids(session.contacts().phone(&case.query).limit(500).page().map(|page| page.items)),
            "search" | "count" => ids(search(session, case)),
            other => panic!("no kind {other}"),
        }
    }
}

fn search(session: &Session, case: &Case) -> Result<Vec<cardex::Contact>> {
    let limit = case.option("limit").map_or(100, |limit| limit.parse().unwrap());
    if case.has("substring") {
        let page = session.search_substring(&case.query).limit(limit).page()?;
        return Ok(page.items.into_iter().map(|hit| hit.contact).collect());
    }
    let fields = if case.has("names") {
        SearchFields::Names
    } else if case.has("words") {
        SearchFields::Words
    } else {
        SearchFields::Everything
    };
    let page = session.search(&case.query).fuzzy(case.has("fuzzy")).fields(fields).limit(limit).page()?;
    Ok(page.items.into_iter().map(|hit| hit.contact).collect())
}

fn ids(contacts: Result<Vec<cardex::Contact>>) -> Vec<String> {
    match contacts {
        Ok(contacts) => contacts.into_iter().map(|contact| contact.uid).collect(),
        Err(Error::Invalid { .. }) => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

/// A store with the contacts of a selection.
fn fill(people: &[Row], (region, locale, only): &(String, String, String)) -> Session {
    let mut options = Options::new().id_seed(1);
    if !region.is_empty() {
        options = options.region(region);
    }
    if !locale.is_empty() {
        options = options.locale(locale);
    }
    let session = options.open_in_memory().unwrap().session(Actor::System);
    let is_chosen = |row: &&Row| only.is_empty() || only.split('+').any(|id| id == row["id"]);
    let contacts: Vec<NewContact> = people.iter().filter(is_chosen).map(contact).collect();
    // The number of some contacts is none: they are not in the store.
    let report = |at, outcome| {
        if let ImportOutcome::Rejected(error) = outcome {
            assert!(
                matches!(
                    error,
                    Error::Invalid { field: Field::Phone, .. } | Error::Duplicate { field: Field::Phone, .. }
                ),
                "contact {at}: {error}"
            );
        }
    };
    session.add_many(contacts, AddManyOptions::new(), report).unwrap();
    session
}

fn contact(row: &Row) -> NewContact {
    let text = |name: &str| row.get(name).cloned().unwrap_or_default();
    let mut contact = NewContact::new(Network::BOOK, text("first"), text("last"))
        .uid(text("id"))
        .display_name(text("display"))
        .nickname(text("nickname"))
        .company(text("company"));
    for phone in ["phone", "phone2"].map(text).into_iter().filter(|phone| !phone.is_empty()) {
        contact = contact.phone(phone);
    }
    for email in ["email", "email2"].map(text).into_iter().filter(|email| !email.is_empty()) {
        contact = contact.email(email);
    }
    contact
}

/// The section of each contact.
fn labels(session: &Session) -> HashMap<String, String> {
    let sections = session.contacts().sections().unwrap();
    let contacts = session.contacts().iter().map(Result::unwrap);
    let labels = sections
        .into_iter()
        .flat_map(|section| std::iter::repeat_n(section.label, usize::try_from(section.contacts).unwrap()));
    contacts.map(|contact| contact.uid).zip(labels).collect()
}
