//! Every way to type, quiet and while someone writes two hundred times a second: in another thread, and in another process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cardex::demo::Demo;
use cardex::{Actor, AdvisorId, ContactPatch, NewAdvisor, Search, Session, Store};

use super::measure::Figures;
use super::{Arguments, PAGE, Result, demo};

/// One way to type: its name, who asks, what is typed, and what else is asked.
struct Way {
    name: &'static str,
    advisor: Option<AdvisorId>,
    queries: Vec<String>,
    shape: fn(Search<'_>) -> Search<'_>,
}

/// What is typed of contacts of the book.
fn typed(
    arguments: &Arguments,
    type_it: impl Fn(&str, &str, &cardex::Contact) -> Option<String>,
    session: &Session,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 11_u64;
    while found.len() < arguments.queries {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let new = demo(arguments).contact((at >> 20) % arguments.contacts);
        let (first, last) = new.names();
        if !(first.is_ascii() && last.is_ascii() && first.len() > 3 && last.len() > 4) {
            continue;
        }
        let hits = session.search(format!("{first} {last}")).limit(1).page()?.items;
        found.extend(hits.first().and_then(|hit| type_it(first, last, &hit.contact)));
    }
    Ok(found)
}

fn start(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

fn ways(arguments: &Arguments, desk: &Session) -> Result<Vec<Way>> {
    let few = few(desk)?;
    let same: fn(Search<'_>) -> Search<'_> = |search| search;
    let one = typed(arguments, |first, _, _| Some(start(first, 1)), desk)?;
    let three = typed(arguments, |_, last, _| Some(start(last, 3)), desk)?;
    let mut ways = Vec::new();
    let mut way = |name, advisor, queries, shape| ways.push(Way { name, advisor, queries, shape });
    way("one letter", None, one.clone(), same);
    way("three letters", None, three.clone(), same);
    way("one letter, an advisor with 5", Some(few), one.clone(), same);
    way("three letters, an advisor with 5", Some(few), three.clone(), same);
    way("one letter, a large advisor", Some(Demo::FIRST_ADVISOR), one, same);
    way("three letters, a large advisor", Some(Demo::FIRST_ADVISOR), three.clone(), same);
    let words = |first: &str, last: &str| format!("{} {}", start(last, 3), start(first, 2));
    way("two words, the last name first", None, typed(arguments, |f, l, _| Some(words(f, l)), desk)?, same);
    let other = |first: &str, c: &cardex::Contact| {
        let word = c.company.split(' ').next().filter(|word| word.len() > 3)?;
        Some(format!("{} {}", start(word, 4), start(first, 2)))
    };
    way("company and first name", None, typed(arguments, |f, _, c| other(f, c), desk)?, same);
    way("initials", None, typed(arguments, |f, l, _| Some(start(f, 1) + &start(l, 1)), desk)?, same);
    let email = |c: &cardex::Contact| Some(start(&c.emails.first()?.text, 6));
    way("six letters of an e-mail address", None, typed(arguments, |_, _, c| email(c), desk)?, same);
    let end = |c: &cardex::Contact| c.phones.first()?.normal.get(7..).map(str::to_owned);
    way("the end of a number", None, typed(arguments, |_, _, c| end(c), desk)?, same);
    let national = |c: &cardex::Contact| Some(format!("0{}", c.phones.first()?.normal.get(3..8)?));
    way("a number as inside its country", None, typed(arguments, |_, _, c| national(c), desk)?, same);
    let swapped = |last: &str| {
        let mut letters: Vec<char> = last.to_lowercase().chars().take(6).collect();
        letters.swap(1, 2);
        Some(letters.into_iter().collect())
    };
    way("two letters swapped", None, typed(arguments, |_, l, _| swapped(l), desk)?, |search| {
        search.typos(true)
    });
    way("three letters, without a phone", None, three, |search| search.has_phone(false));
    Ok(ways)
}

/// An advisor with five contacts, made if there is none.
fn few(desk: &Session) -> Result<AdvisorId> {
    const NAME: &str = "Five";
    let all: Vec<_> = desk.advisors().limit(1_000).iter().collect::<cardex::Result<_>>()?;
    if let Some(known) = all.iter().find(|advisor| advisor.first_name == NAME) {
        return Ok(known.id);
    }
    let few = desk.add_advisor(NewAdvisor::new(NAME, "Contacts"))?.id;
    for hit in desk.search("mar").limit(5).page()?.items {
        desk.link(hit.contact.id, few)?;
    }
    Ok(few)
}

fn measure(desk: &Session, ways: &[Way]) -> Result<Vec<Figures>> {
    let mut figures = vec![Figures::default(); ways.len()];
    for round in 0..2 {
        for at in 0..ways.iter().map(|way| way.queries.len()).max().unwrap_or(0) {
            for (way, figures) in ways.iter().zip(&mut figures) {
                let Some(text) = way.queries.get(at) else { continue };
                let mut search = (way.shape)(desk.search(text).limit(PAGE));
                if let Some(advisor) = way.advisor {
                    search = search.advisor(advisor);
                }
                let start = Instant::now();
                std::hint::black_box(search.page()?);
                if round == 1 {
                    figures.add(start.elapsed());
                }
            }
        }
    }
    Ok(figures)
}

/// Edits contacts two hundred times a second, until told to stop.
pub(crate) fn write(store: &Store, go_on: impl Fn() -> bool) -> Result<u64> {
    let desk = store.session(Actor::System);
    let contacts = desk.contacts().limit(1_000).page()?.items;
    let (start, mut written) = (Instant::now(), 0_u32);
    while go_on() {
        let contact = &contacts[written as usize % contacts.len()];
        desk.edit(contact.id, ContactPatch::new().nickname(format!("Nick {written}")))?;
        written += 1;
        let next = start + Duration::from_millis(5) * written;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(written.into())
}

/// A child process that writes, stopped when this goes away.
struct Writer(Child);

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn run(arguments: &Arguments, book: &Path) -> Result<()> {
    let before = resident();
    let store = Store::open(book)?;
    let desk = store.session(Actor::System);
    let ways = ways(arguments, &desk)?;
    let quiet = measure(&desk, &ways)?;
    let memory = resident().zip(before).map(|(after, before)| (after, after - before));
    let stop = Arc::new(AtomicBool::new(false));
    let (thread, written) = {
        let (store, told) = (store.clone(), Arc::clone(&stop));
        let writer = std::thread::spawn(move || {
            write(&store, || !told.load(Ordering::Relaxed)).map_err(|e| e.to_string())
        });
        let start = Instant::now();
        let figures = measure(&desk, &ways);
        stop.store(true, Ordering::Relaxed);
        let written = writer.join().map_err(|_| "the writer has died")??;
        (figures?, written as f64 / start.elapsed().as_secs_f64())
    };
    let process = {
        let child = Command::new(std::env::current_exe()?).arg("--writer").arg(book).spawn()?;
        let _writer = Writer(child);
        std::thread::sleep(Duration::from_millis(500));
        measure(&desk, &ways)?
    };
    println!("\nsearch, first page on all networks, warm; microseconds p50 / p99\n");
    println!("| typed | quiet | another thread writes | another process writes |\n| --- | --- | --- | --- |");
    for (((way, quiet), thread), process) in ways.iter().zip(&quiet).zip(&thread).zip(&process) {
        let cell = |figures: &Figures| {
            format!("{:.0} / {:.0}", figures.p50().as_secs_f64() * 1e6, figures.p99().as_secs_f64() * 1e6)
        };
        println!("| {} | {} | {} | {} |", way.name, cell(quiet), cell(thread), cell(process));
    }
    println!("\nthe writing thread made {written:.0} edits a second (200 wanted)");
    let stats = desk.stats()?;
    println!(
        "index: {:.1} bytes a contact, {} segments",
        stats.index_bytes as f64 / stats.contacts as f64,
        stats.segments
    );
    if let Some((all, more)) = memory {
        println!("resident after the searches: {all} kB, of which {more} kB since the book was opened");
    }
    Ok(())
}

/// Resident memory of this process in kB, where the system tells.
fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The other process.
pub(crate) fn writer(book: &str) -> Result<()> {
    write(&Store::open(PathBuf::from(book))?, || true).map(|_| ())
}
