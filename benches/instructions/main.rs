//! Instruction counts of the hot paths by callgrind. They do not depend on the load of the machine.
//!
//! `.ci/instructions` prints the counts beside those in `benches/instructions.toml`. It fails if a path has grown by
//! more than its share. `.ci/instructions --keep` rewrites the file. Words select paths by name.
//!
//! A run creates a demo store. Then this program starts itself under valgrind and opens the store. Each path runs a few
//! times to warm up, then some rounds between two dumps of the counters, in [`counted_rounds`]. Instructions of all
//! threads count.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects
)]
#![allow(clippy::indexing_slicing)]

#[path = "../common/floor.rs"]
mod floor;
mod paths;
mod table;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use cardex::contacts::AddManyOptions;
use cardex::{Actor, Clock, Options, Store, Timestamp};
use cardex_demo::Demo;

use table::{Kept, SHARE};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Contacts of the store.
const CONTACTS: u64 = 20_000;

/// The function whose instructions are counted.
const COUNTED: &str = "instructions::paths::counted_rounds";

/// A clock that does not advance, so that writes have the same bytes on every run.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(1_750_000_000_000)
    }
}

fn open(path: &Path, seed: u64) -> cardex::Result<Store> {
    Options::new().id_seed(seed).clock(Still).open(path)
}

/// One path: its name, its number of rounds, and the instructions of one round.
struct Counted {
    name: String,
    instructions: u64,
}

fn main() -> Result<ExitCode> {
    let mut given: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [flag, folder, names @ ..] = given.as_slice()
        && flag == "--counted"
    {
        return paths::run(Path::new(folder), names).map(|()| ExitCode::SUCCESS);
    }
    let keep = given.iter().position(|word| word == "--keep").map(|at| given.remove(at)).is_some();
    if let Some(flag) = given.iter().find(|word| word.starts_with('-')) {
        return Err(format!("unknown option {flag}: there is --keep, and parts of names").into());
    }
    let folder = tempfile::tempdir()?;
    fill(folder.path())?;
    let counted = count(folder.path(), &given)?;
    let kept = Kept::read()?;
    let grown = kept.print(&counted);
    if keep {
        kept.write(&counted, given.is_empty())?;
        println!("kept in {}", table::FILE);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(why) = kept.not_comparable() {
        println!("not compared with the stored table: {why}");
        return Ok(ExitCode::SUCCESS);
    }
    if given.is_empty() {
        kept.same_names(&counted)?;
    }
    if grown.is_empty() {
        println!("no path has grown by more than {SHARE} %");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("grown by more than {SHARE} %: {}", grown.join("; "));
    eprintln!("if this is intended, run .ci/instructions --keep and give the reason in the commit");
    Ok(ExitCode::FAILURE)
}

/// Creates the store, without valgrind.
fn fill(folder: &Path) -> Result<()> {
    let store = open(&folder.join("book.cardex"), 1)?;
    let session = store.session(Actor::System);
    let demo = Demo::new(1, CONTACTS);
    session.directory().add_advisors(demo.advisors())?;
    session.add_many(demo.contacts(), AddManyOptions::new(), |_, _| {})?;
    Ok(())
}

/// Runs this program under callgrind and reads its counts.
fn count(folder: &Path, names: &[String]) -> Result<Vec<Counted>> {
    let out = folder.join("callgrind.out");
    let child = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--combine-dumps=yes"])
        // The complete name is necessary: with an asterisk, the dump at the end is not written.
        .args([format!("--dump-before={COUNTED}"), format!("--dump-after={COUNTED}")])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args(["--counted".as_ref(), folder.as_os_str()])
        .args(names)
        // SQLite and the allocator read the environment, so it is empty.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        // Hash maps free their contents in a different order on every run, and glibc then merges free chunks
        // differently: 0.7 % of noise. With a long free list for each size, it merges nothing.
        .env("GLIBC_TUNABLES", "glibc.malloc.tcache_count=65535")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("valgrind does not start ({error}): is it installed?"))?;
    if !child.status.success() {
        return Err("the counted run has failed".into());
    }
    let output = String::from_utf8(child.stdout)?;
    let dumps = std::fs::read_to_string(out)?;
    // Each dump names its trigger, and the count since the previous dump.
    let counts: Vec<u64> = dumps
        .split("desc: Trigger: ")
        .filter(|dump| dump.starts_with("--dump-after"))
        .map(|dump| {
            let line = dump
                .lines()
                .find_map(|line| line.strip_prefix("summary: "))
                .ok_or("a dump has no summary")?;
            line.trim().parse::<u64>().map_err(|_| "a summary is no number")
        })
        .collect::<std::result::Result<_, _>>()?;
    let names: Vec<(&str, u64)> = output
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(rounds, name)| Ok((name, rounds.parse()?)))
        .collect::<Result<_>>()?;
    if names.len() != counts.len() {
        return Err(format!("{} paths were run, {} counted", names.len(), counts.len()).into());
    }
    let each = names.into_iter().zip(counts);
    Ok(each
        .map(|((name, rounds), sum)| Counted { name: name.to_owned(), instructions: sum / rounds })
        .collect())
}
