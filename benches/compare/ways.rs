//! Every kind of query, without writes and during two hundred writes a second, in another thread and in another
//! process.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cardex::{Actor, AdvisorId, ContactPatch, Search, Session, Store};

use crate::books::{Asker, Books};
use crate::measure::{Figures, Numbers, timed};
use crate::report::{Cell, Report, Section};
use crate::{PAGE, Result};

/// One kind of query: its name, owner, texts and options.
struct Way {
    name: String,
    advisor: Option<AdvisorId>,
    queries: Vec<String>,
    shape: fn(Search<'_>) -> Search<'_>,
}

/// The texts of queries for contacts of the store.
fn typed(
    (books, queries): (&Books, usize),
    type_it: impl Fn(&str, &str, &cardex::Contact) -> Option<String>,
    session: &Session,
) -> Result<Vec<String>> {
    let (demo, mut numbers, mut found) = (books.demo(), Numbers(11), Vec::new());
    while found.len() < queries {
        let new = demo.contact(numbers.below(books.contacts));
        let (first, last) = new.names();
        if !(first.is_ascii() && last.is_ascii() && first.len() > 3 && last.len() > 4) {
            continue;
        }
        let hits = session.search(format!("{first} {last}")).limit(1).page()?.items;
        found.extend(hits.first().and_then(|hit| type_it(first, last, &hit.contact)));
    }
    Ok(found)
}

pub(crate) const SECTION: &str = "search on all networks, first page of 20";

fn start(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

fn ways(books: &Books, queries: usize, session: &Session) -> Result<Vec<Way>> {
    let source = (books, queries);
    let same: fn(Search<'_>) -> Search<'_> = |search| search;
    let one = typed(source, |first, _, _| Some(start(first, 1)), session)?;
    let three = typed(source, |_, last, _| Some(start(last, 3)), session)?;
    let mut ways = Vec::new();
    let mut way = |name: &str, advisor, queries, shape| {
        ways.push(Way { name: name.to_owned(), advisor, queries, shape });
    };
    way("one letter", None, one.clone(), same);
    way("three letters", None, three.clone(), same);
    for Asker { name, advisor, .. } in books.advisors() {
        way(&format!("one letter, {name}"), advisor, one.clone(), same);
        way(&format!("three letters, {name}"), advisor, three.clone(), same);
    }
    let words = |first: &str, last: &str| format!("{} {}", start(last, 3), start(first, 2));
    way("two words, the last name first", None, typed(source, |f, l, _| Some(words(f, l)), session)?, same);
    let other = |first: &str, c: &cardex::Contact| {
        let word = c.company.split(' ').next().filter(|word| word.len() > 3)?;
        Some(format!("{} {}", start(word, 4), start(first, 2)))
    };
    way("company and first name", None, typed(source, |f, _, c| other(f, c), session)?, same);
    way("initials", None, typed(source, |f, l, _| Some(start(f, 1) + &start(l, 1)), session)?, same);
    let email = |c: &cardex::Contact| Some(start(&c.emails.first()?.text, 6));
    way("six letters of an e-mail address", None, typed(source, |_, _, c| email(c), session)?, same);
    let end = |c: &cardex::Contact| c.phones.first()?.normalized.get(7..).map(str::to_owned);
    way("the end of a number", None, typed(source, |_, _, c| end(c), session)?, same);
    let national = |c: &cardex::Contact| Some(format!("0{}", c.phones.first()?.normalized.get(3..8)?));
    way("a number as inside its country", None, typed(source, |_, _, c| national(c), session)?, same);
    let swapped = |last: &str| {
        let mut letters: Vec<char> = last.to_lowercase().chars().take(6).collect();
        letters.swap(1, 2);
        Some(letters.into_iter().collect())
    };
    way("two letters swapped", None, typed(source, |_, l, _| swapped(l), session)?, |search| {
        search.fuzzy(true)
    });
    way("three letters, without a phone", None, three, |search| search.has_phone(false));
    Ok(ways)
}

/// The time of each kind, and the number of hits on its first pages.
fn measure(session: &Session, ways: &[Way]) -> Result<(Vec<Figures>, Vec<usize>)> {
    let mut figures = vec![Figures::default(); ways.len()];
    let mut hits = vec![0; ways.len()];
    for round in 0..2 {
        for at in 0..ways.iter().map(|way| way.queries.len()).max().unwrap_or(0) {
            for ((way, figures), hits) in ways.iter().zip(&mut figures).zip(&mut hits) {
                let Some(text) = way.queries.get(at) else { continue };
                let mut search = (way.shape)(session.search(text).limit(PAGE));
                if let Some(advisor) = way.advisor {
                    search = search.advisor(advisor);
                }
                let mut cold = Figures::default();
                let page = timed(if round == 0 { &mut cold } else { figures }, || Ok(search.page()?))?;
                *hits += page.items.len() * usize::from(round == 0);
            }
        }
    }
    Ok((figures, hits))
}

/// Edits contacts two hundred times a second, until `go_on` returns false.
pub(crate) fn write(store: &Store, go_on: impl Fn() -> bool) -> Result<u64> {
    let session = store.session(Actor::System);
    let contacts = session.contacts().limit(1_000).page()?.items;
    let (start, mut written) = (Instant::now(), 0_u32);
    while go_on() {
        let contact = &contacts[written as usize % contacts.len()];
        session.edit(contact.id, ContactPatch::new().nickname(format!("Nick {written}")))?;
        written += 1;
        let next = start + Duration::from_millis(5) * written;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(written.into())
}

/// A child process that writes. It stops when this value is dropped.
struct Writer(Child);

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn run(books: &Books, queries: usize, report: &mut Report) -> Result<()> {
    let store = Store::open(&books.book)?;
    let session = store.session(Actor::System);
    let ways = ways(books, queries, &session)?;
    let (quiet, hits) = measure(&session, &ways)?;
    let stop = Arc::new(AtomicBool::new(false));
    let (thread, written) = {
        let (store, stop_flag) = (store.clone(), Arc::clone(&stop));
        let writer = std::thread::spawn(move || {
            write(&store, || !stop_flag.load(Ordering::Relaxed)).map_err(|e| e.to_string())
        });
        let start = Instant::now();
        let figures = measure(&session, &ways);
        stop.store(true, Ordering::Relaxed);
        let written = writer.join().map_err(|_| "the writer has died")??;
        (figures?.0, written as f64 / start.elapsed().as_secs_f64())
    };
    let process = {
        let child = Command::new(std::env::current_exe()?).arg("--writer").arg(&books.book).spawn()?;
        let _writer = Writer(child);
        std::thread::sleep(Duration::from_millis(500));
        measure(&session, &ways)?.0
    };
    let goal = "none of its own: the ratio is that to the quiet book";
    let mut section = Section::new(SECTION, "µs p50 / p99", goal);
    let all = ways.iter().zip(&quiet).zip(&thread).zip(&process).zip(hits);
    for ((((way, quiet), thread), process), hits) in all {
        let names = ["a thread writes", "quiet", "a process writes"];
        let cells =
            names.iter().zip([thread, quiet, process]).map(|(name, figures)| Cell::new(name, figures));
        // A page with fewer hits takes less time, so the mean number of hits is reported.
        let mean = Cell::one("hits on a page", hits as f64 / way.queries.len().max(1) as f64);
        section.add(way.name.as_str(), cells.chain([mean]).collect());
    }
    report.add(section)?;
    println!("\nthe writing thread made {written:.0} edits a second (200 wanted)");
    let stats = session.stats()?;
    let each = stats.index_bytes as f64 / stats.contacts as f64;
    println!("index: {each:.1} bytes a contact, {} segments", stats.segments);
    Ok(())
}

/// The other process.
pub(crate) fn writer(book: &str) -> Result<()> {
    write(&Store::open(PathBuf::from(book))?, || true).map(|_| ())
}
