//! Mutation testing of cardex with all mutants in one build; see README.md beside this.

mod find;
mod listed;
mod pure;
mod tests;
mod values;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use find::Mutant;
use listed::Entry;
use tests::{Outcome, Tests};

/// All mutants by number, and those that do not compile, by key.
#[derive(Default)]
pub struct Known {
    mutants: Vec<Mutant>,
    broken: BTreeSet<String>,
    same: HashMap<String, usize>,
}

impl Known {
    fn restart(&mut self) {
        self.mutants.clear();
        self.same.clear();
    }

    /// Registers the next mutant. Returns its number, if it compiles.
    fn number(&mut self, mutant: &Mutant) -> Option<usize> {
        let mut mutant = mutant.clone();
        let same = self.same.entry(key(&mutant)).or_default();
        mutant.nth = *same;
        *same += 1;
        let broken = self.broken.contains(&key(&mutant));
        self.mutants.push(mutant);
        (!broken).then(|| self.mutants.len() - 1)
    }
}

/// The key that identifies a mutant.
pub fn key(mutant: &Mutant) -> String {
    format!("{}\t{}\t{}\t{}", mutant.file, mutant.function, mutant.change, mutant.nth)
}

/// A mutant from the results of an earlier run.
fn of_line(line: &str) -> Mutant {
    let [file, function, change, nth, at] = line.split('\t').collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    let number = |text: &str| text.parse().unwrap();
    let (file, function, change) = (file.into(), function.into(), change.into());
    Mutant { file, function, line: number(at), change, nth: number(nth) }
}

pub struct Options {
    /// Only mutants whose file and function contain this text.
    only: String,
    /// Only mutants that no run has caught.
    again: bool,
    /// Only mutants that no run has tried, on the existing build, even if the source has changed.
    on: bool,
    /// Start no new mutant after this time.
    minutes: u64,
    /// The seed of a random order; without it, mutants run in source order.
    seed: Option<u64>,
    jobs: usize,
    /// Tests that take longer are left out.
    longest: Duration,
    /// The time limit of all tests of one mutant.
    patience: Duration,
    /// Only tests whose name contains one of these texts, separated by commas.
    tests: String,
}

impl Options {
    fn of(arguments: &[String]) -> Self {
        let value = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            Some(arguments.get(at + 1).unwrap_or_else(|| panic!("{name} needs a value")).clone())
        };
        let number = |name: &str| value(name).map(|text| text.parse::<u64>().expect("a number"));
        Self {
            only: value("--only").unwrap_or_default(),
            tests: value("--tests").unwrap_or_default(),
            on: arguments.iter().any(|argument| argument == "--on"),
            again: arguments.iter().any(|argument| argument == "--again"),
            minutes: number("--minutes").unwrap_or(60 * 24),
            seed: number("--seed"),
            jobs: number("--jobs").map_or(1, |jobs| usize::try_from(jobs).unwrap()),
            longest: Duration::from_secs(number("--longest").unwrap_or(10)),
            patience: Duration::from_secs(number("--patience").unwrap_or(60)),
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let options = Options::of(&arguments);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let listed = listed::read(&root.join("tools/mutants/survivors.toml"));
    listed::check_files(&listed, root);
    if arguments.iter().any(|argument| argument == "--list") {
        std::process::exit(list(root, &listed));
    }
    let folder = root.join("target/mutants");
    let results = folder.join("results.tsv");
    let broken = fs::read_to_string(folder.join("broken.txt")).unwrap_or_default();
    let mut known = Known { broken: broken.lines().map(str::to_owned).collect(), ..Known::default() };
    let kept = folder.join("mutants.tsv");
    let programs = if options.on {
        known.mutants = fs::read_to_string(&kept).expect("an earlier run").lines().map(of_line).collect();
        Vec::new()
    } else {
        let programs = write::build(root, &folder.join("cardex"), &mut known);
        let line = |mutant: &Mutant| format!("{}\t{}\n", key(mutant), mutant.line);
        fs::write(kept, known.mutants.iter().map(line).collect::<String>()).unwrap();
        programs
    };

    let tests = Tests::of(&programs, &folder.join("cardex"), &options);
    let earlier = if options.again || options.on { tests::earlier(&results) } else { HashMap::new() };
    let chosen = chosen(&known, &options, &earlier, &listed);
    let log = Mutex::new(fs::File::options().create(true).append(true).open(&results).unwrap());
    let end = Instant::now() + Duration::from_secs(options.minutes * 60);
    let judged = side_by_side(options.jobs, &chosen, |&id| {
        if Instant::now() > end {
            return None;
        }
        let mutant = &known.mutants[id];
        let (outcome, test) = tests.try_mutant(id, mutant, &options);
        // A part of the tests can prove that a mutant is caught, but not that it survives.
        let decided = options.tests.is_empty() || matches!(outcome, Outcome::Caught | Outcome::Hung);
        decided.then(|| {
            log.lock().unwrap().write_all(tests::line(mutant, outcome, test).as_bytes()).unwrap();
            (key(mutant), outcome)
        })
    });
    let outcomes = earlier.into_iter().chain(judged.into_iter().flatten()).collect();
    std::process::exit(report(&listed, &known, &outcomes));
}

/// Prints all mutants of the source. Returns 1 if a listed survivor is none of them.
fn list(root: &Path, listed: &[Entry]) -> i32 {
    let mut known = Known::default();
    write::list(root, &mut known);
    for mutant in &known.mutants {
        println!("{}\t{}", key(mutant), mutant.line);
    }
    let mut wrong = 0;
    for entry in listed {
        for change in &entry.changes {
            if !known.mutants.iter().any(|mutant| entry.names_by(mutant, change)) {
                eprintln!("listed, but no mutant: {}: {}: {change}", entry.file, entry.function);
                wrong += 1;
            }
        }
    }
    i32::from(wrong > 0)
}

/// The mutants to try, in order.
fn chosen(
    known: &Known,
    options: &Options,
    earlier: &HashMap<String, Outcome>,
    listed: &[Entry],
) -> Vec<usize> {
    let wanted = |id: &usize| {
        let (mutant, key) = (&known.mutants[*id], key(&known.mutants[*id]));
        let done = match earlier.get(&key) {
            Some(Outcome::Caught | Outcome::Hung) => true,
            tried => options.on && !options.again && tried.is_some(),
        };
        format!("{} {}", mutant.file, mutant.function).contains(&options.only)
            && !known.broken.contains(&key)
            && !done
            && !(options.again && listed.iter().any(|entry| entry.names(mutant)))
    };
    let mut ids: Vec<_> = (0..known.mutants.len()).filter(wanted).collect();
    if let Some(seed) = options.seed {
        ids.sort_by_cached_key(|id| {
            let mut hasher = DefaultHasher::new();
            (seed, key(&known.mutants[*id])).hash(&mut hasher);
            hasher.finish()
        });
    }
    ids
}

/// Prints the outcomes. Returns 1 if an unlisted mutant survives, or if a listed one is caught.
fn report(listed: &[Entry], known: &Known, outcomes: &HashMap<String, Outcome>) -> i32 {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut wrong = 0;
    for mutant in &known.mutants {
        let listed = listed.iter().any(|entry| entry.names(mutant));
        let what = match outcomes.get(&key(mutant)) {
            _ if known.broken.contains(&key(mutant)) => "does not compile",
            None => "not tried",
            Some(Outcome::Caught) => "caught",
            Some(Outcome::Hung) => "caught by hanging",
            Some(_) if listed => "alive, listed",
            Some(Outcome::Survived) => "survived",
            Some(Outcome::Open) => "open",
            Some(Outcome::Unreached) => "unreached",
        };
        *counts.entry(mutant.layer()).or_default().entry(what).or_default() += 1;
        if matches!(what, "survived" | "open" | "unreached") {
            wrong += 1;
            println!("{what}: {}:{}: {}: {}", mutant.file, mutant.line, mutant.function, mutant.change);
        }
    }
    for (layer, counts) in counts {
        println!("{layer}: {counts:?}");
    }
    let earlier_catches =
        |mutant: &Mutant| matches!(outcomes.get(&key(mutant)), Some(Outcome::Caught | Outcome::Hung));
    for entry in listed {
        for change in &entry.changes {
            let mut named = known.mutants.iter().filter(|mutant| entry.names_by(mutant, change));
            if named.all(earlier_catches) {
                println!("listed, but no survivor: {}: {}: {change}", entry.file, entry.function);
                wrong += 1;
            }
        }
    }
    i32::from(wrong > 0)
}

/// Processes items with several threads. Returns the results in the order of the items.
pub fn side_by_side<T: Sync, R: Send>(jobs: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let worker = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            let result = work(item);
            done.lock().unwrap().insert(at, result);
            if at % 50 == 0 {
                eprintln!("{at} of {}", items.len());
            }
        }
    };
    thread::scope(|scope| (0..jobs).for_each(|_| drop(scope.spawn(worker))));
    done.into_inner().unwrap().into_values().collect()
}
