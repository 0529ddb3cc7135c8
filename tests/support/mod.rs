//! Shared parts of the tests: stores with a test clock and fixed ids, walks over pages, a model of the engine.

#![allow(dead_code, unreachable_pub, clippy::arithmetic_side_effects)] // the unit tests of the library use a part of this

mod cases;
pub mod finder;
pub mod invariants;
pub mod labels;
pub mod merges;
pub mod model;
mod model_compare;
pub mod model_ops;
pub mod model_store;
mod pages;
pub mod steps;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cardex::testing::Tuning;
use cardex::{
    Actor, Clock, Contact, Cursor, Hit, Network, NewContact, Options, Page, Result, Session, Store, Timestamp,
};
#[allow(unused_imports)] // not every test binary has property tests
pub use cases::cases;
pub use pages::{page_of_list, page_of_search};

/// 2025-01-01, the start time of every test.
pub const START: i64 = 1_735_689_600_000;

/// A clock that advances by one millisecond at every read.
#[derive(Debug)]
pub struct TickingClock(AtomicI64);

impl TickingClock {
    pub fn new() -> Self {
        Self(AtomicI64::new(START))
    }
}

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A clock that advances only when the test advances it.
#[derive(Debug, Clone)]
pub struct ManualClock(pub Arc<AtomicI64>);

impl ManualClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// Options with the same ids on every run.
pub fn options(seed: u64) -> Options {
    with_key(Options::new().clock(TickingClock::new()).id_seed(seed))
}

/// Opens a store with the default options.
pub fn open(path: impl AsRef<Path>) -> Result<Store> {
    with_key(Options::new()).open(path)
}

thread_local! {
    /// Whether the store files that this thread creates are encrypted.
    pub static ENCRYPTED: Cell<bool> = Cell::new(all_encrypted());
}

/// Whether all stores of this process are encrypted: `CARDEX_ENCRYPTED=1`. Then the fault tests run on encrypted stores.
pub fn all_encrypted() -> bool {
    let wanted = std::env::var_os("CARDEX_ENCRYPTED").is_some();
    assert!(!wanted || cfg!(feature = "encryption"), "CARDEX_ENCRYPTED needs the feature `encryption`");
    wanted
}

/// Adds the key of encrypted stores, if stores are encrypted.
pub fn with_key(options: Options) -> Options {
    // The test binary `small` runs with small sizes, so that a dozen contacts reach every batch and threshold.
    let small = env!("CARGO_CRATE_NAME") == "small";
    let options = if small { options.tuning(Tuning::small()) } else { options };
    #[cfg(feature = "encryption")]
    if ENCRYPTED.get() {
        return options.encryption_key(cardex::EncryptionKey::raw([7; 32]));
    }
    options
}

/// A SQLite connection to a store file, with the key of encrypted stores.
pub fn sqlite(path: &Path) -> rusqlite::Connection {
    let sqlite = rusqlite::Connection::open(path).unwrap();
    #[cfg(feature = "encryption")]
    if ENCRYPTED.get() {
        sqlite.pragma_update(None, "key", format!("x'{}'", "07".repeat(32))).unwrap();
    }
    sqlite
}

/// A store in memory, with the system's session.
pub fn open_store() -> (Store, Session) {
    let store = options(1).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    (store, session)
}

/// A store in a file, with the system's session.
pub fn store_at(path: &Path) -> (Store, Session) {
    let store = options(1).open(path).unwrap();
    let session = store.session(Actor::System);
    (store, session)
}

/// The network without requirements.
pub const SMS: Network = Network::SMS_DIRECT;

/// A contact on this network.
pub fn new(first: &str, last: &str) -> NewContact {
    NewContact::new(SMS, first, last)
}

/// The position of the next page.
#[derive(Debug, Clone)]
pub enum To {
    First,
    After(Cursor),
    Before(Cursor),
}

/// Walks forwards from the first page and checks every page. Returns all items and the last page.
pub fn forwards<T: Clone>(limit: usize, page: &impl Fn(To) -> Result<Page<T>>) -> (Vec<T>, Page<T>) {
    let mut all = Vec::new();
    let mut to = To::First;
    let mut short = false; // an incomplete page can be empty
    loop {
        let got = page(to).unwrap();
        assert!(got.items.len() <= limit, "a page holds at most what was asked for");
        assert!(
            got.before.is_some() != all.is_empty() || short,
            "the first page, and no other, has nothing before it"
        );
        assert!(
            !got.items.is_empty() || all.is_empty() || got.incomplete || short,
            "the last page is not empty"
        );
        short |= got.incomplete;
        all.extend(got.items.iter().cloned());
        match got.after.clone() {
            Some(cursor) => {
                assert!(got.items.len() == limit || got.incomplete, "a page with another after it is full");
                to = To::After(cursor);
            }
            None => return (all, got),
        }
    }
}

/// Walks backwards from the last page that [`forwards`] returned.
pub fn backwards<T: Clone>(limit: usize, last: Page<T>, page: &impl Fn(To) -> Result<Page<T>>) -> Vec<T> {
    let mut pages = vec![last.items];
    let mut at = last.before;
    let mut short = last.incomplete || pages[0].is_empty();
    while let Some(cursor) = at {
        let got = page(To::Before(cursor)).unwrap();
        assert!(got.after.is_some() || short, "there is a page after this one");
        assert!(got.items.len() <= limit);
        short |= got.incomplete;
        assert!(!got.items.is_empty() || short);
        if got.before.is_some() {
            assert!(got.items.len() == limit || got.incomplete, "a page with another before it is full");
        }
        pages.push(got.items);
        at = got.before;
    }
    pages.into_iter().rev().flatten().collect()
}

/// One page of a search.
pub fn search_page(session: &Session, text: &str, limit: usize, to: To) -> Result<Page<Hit>> {
    page_of_search(session.search(text).limit(limit), to)
}

/// One page of a list.
pub fn list_page(session: &Session, limit: usize, to: To) -> Result<Page<Contact>> {
    page_of_list(session.contacts().limit(limit), to)
}

/// The display names that a search finds, in order.
pub fn found(session: &Session, text: &str) -> Vec<String> {
    session.search(text).limit(1_000).iter().map(|hit| hit.unwrap().contact.display_name).collect()
}

/// The sections of the list on the test network with their counts: `A3 B1`.
pub fn letters(session: &Session) -> String {
    let sections = session.contacts().network(SMS).sections().unwrap().into_iter();
    sections.map(|section| format!("{}{}", section.label, section.contacts)).collect::<Vec<_>>().join(" ")
}

/// A small deterministic random number generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ x >> 31) % end.max(1) as u64).unwrap()
    }
}

/// A number from the environment. `CARDEX_STRIDE=1` tests every disk call or allocation; `CARDEX_SEEDS` is the number
/// of random seeds.
pub fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

/// A folder in memory if there is one, because the tests write thousands of files.
pub fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}
