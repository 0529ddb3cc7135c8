//! The stores of the comparison in bench-data/. They are created once and reused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Actor, AdvisorId, NewAdvisor, Options, Store};
use cardex_demo::Demo;

use crate::measure::Numbers;
use crate::{Result, plain};

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench-data");

/// Advisors with a known number of contacts, spread over the store, in addition to the demo's advisors.
const EXTRA: [(&str, u64); 3] = [("Five", 5), ("FiveHundred", 500), ("FiftyThousand", 50_000)];

/// The owner of the contacts that a query concerns.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) name: String,
    pub(crate) advisor: Option<AdvisorId>,
    /// Every contact at this distance is one of theirs.
    step: u64,
}

impl Asker {
    /// The index in the demo of one of these contacts.
    pub(crate) fn index(&self, contacts: u64, numbers: &mut Numbers) -> u64 {
        numbers.below(contacts / self.step) * self.step + self.step - 1
    }
}

/// One size: the store, the same rows as plain tables, and the times of creating both.
pub(crate) struct Books {
    pub(crate) contacts: u64,
    pub(crate) book: PathBuf,
    pub(crate) plain: PathBuf,
    pub(crate) folder: PathBuf,
    /// Seconds by step, stored with the files for later runs.
    pub(crate) times: BTreeMap<String, f64>,
}

impl Books {
    /// Creates missing files: the store, and plain tables if other engines are measured. An incomplete file of an
    /// interrupted run is not used.
    pub(crate) fn ready(contacts: u64, fresh: bool, others: bool) -> Result<Self> {
        let folder = PathBuf::from(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let mut books = Self {
            contacts,
            book: folder.join(format!("compare-{contacts}.cardex")),
            plain: folder.join(format!("plain-{contacts}.sqlite")),
            folder,
            times: BTreeMap::new(),
        };
        let kept = books.folder.join(format!("times-{contacts}.json"));
        if fresh {
            plain::remove(&books.book)?;
        }
        if !books.book.exists() {
            // Files that were derived from an earlier store are invalid.
            plain::remove(&books.plain)?;
            for peer in ["postgres", "tantivy"] {
                let _ = std::fs::remove_dir_all(books.of(peer));
            }
            let _ = std::fs::remove_file(&kept);
            println!("making a book of {contacts} contacts …");
            let took = books.fill()?;
            books.times.insert("import".to_owned(), took);
        } else if kept.exists() {
            books.times = serde_json::from_slice(&std::fs::read(&kept)?)?;
        }
        if others && !books.plain.exists() {
            println!("making plain tables of the same rows …");
            let built = plain::build(&books.book, &books.plain)?;
            books.times.insert("plain inserts".to_owned(), built.rows.as_secs_f64());
        }
        std::fs::write(kept, serde_json::to_vec_pretty(&books.times)?)?;
        Ok(books)
    }

    /// The folder of another engine for this size.
    pub(crate) fn of(&self, peer: &str) -> PathBuf {
        self.folder.join(format!("{peer}-{}", self.contacts))
    }

    pub(crate) fn demo(&self) -> Demo {
        Demo::new(1, self.contacts)
    }

    /// The advisors of the queries.
    pub(crate) fn advisors(&self) -> Vec<Asker> {
        let known = EXTRA.iter().zip(0..).filter(|((_, links), _)| *links <= self.contacts / 2);
        let asker = |((_, links), at): (&(&str, u64), i64)| Asker {
            name: format!("advisor with {links}"),
            advisor: Some(extra(at)),
            step: self.contacts / links,
        };
        known.map(asker).collect()
    }

    /// All owners of queries: all contacts first, then those of advisors.
    pub(crate) fn askers(&self) -> Vec<Asker> {
        let everyone = Asker { name: "everyone".to_owned(), advisor: None, step: 1 };
        std::iter::once(everyone).chain(self.advisors()).collect()
    }

    /// Fills a new store in a partial file, which gets its name at the end. Returns the seconds of the import.
    fn fill(&self) -> Result<f64> {
        let unfinished = self.book.with_extension("unfinished");
        plain::remove(&unfinished)?;
        let store = Options::new().id_seed(1).open(&unfinished)?;
        let session = store.session(Actor::System);
        let demo = self.demo();
        session.directory().add_advisors(demo.advisors())?;
        let named = |((name, _), at)| NewAdvisor::new(name, "Contacts").id(extra(at));
        session.directory().add_advisors(EXTRA.iter().copied().zip(0..).map(named))?;
        let askers = self.advisors();
        let contacts = (0..self.contacts).map(|index| {
            let theirs = askers.iter().filter(|asker| index % asker.step == asker.step - 1);
            let linked = theirs.filter_map(|asker| asker.advisor);
            linked.fold(demo.contact(index), cardex::NewContact::advisor)
        });
        let start = Instant::now();
        let mut refused = 0;
        session.add_many(contacts, AddManyOptions::new(), |_, outcome| {
            refused += u64::from(!matches!(outcome, ImportOutcome::Added(_)));
        })?;
        let took = start.elapsed().as_secs_f64();
        if refused > 0 {
            return Err(format!("{refused} contacts were refused").into());
        }
        drop(session);
        drop(store);
        // The last opening checkpoints the log.
        drop(Store::open(&unfinished)?);
        std::fs::rename(&unfinished, &self.book)?;
        plain::remove(&unfinished)?;
        Ok(took)
    }
}

fn extra(at: i64) -> AdvisorId {
    AdvisorId(Demo::FIRST_ADVISOR.0 + 1_000_000 + at)
}

/// The size of a file in bytes; 0 if it is missing.
pub(crate) fn bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}
