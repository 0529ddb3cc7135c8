//! The tests: which mutants each reaches, and whether one of them fails with a mutant on.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::find::Mutant;
use crate::{Options, key, side_by_side};

/// Memory of a test in kB, for mutants that would take all.
const MEMORY: u32 = 8_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Caught,
    Hung,
    Survived,
    Unreached,
}

pub struct Test {
    program: PathBuf,
    name: String,
    /// How long it takes without a mutant.
    time: Duration,
}

/// All tests that pass without a mutant in the time allowed, and which of them reach each mutant.
pub struct Tests {
    tests: Vec<Test>,
    reaching: HashMap<usize, Vec<usize>>,
    /// How often a test has caught a mutant of a function: it is tried first on the next one.
    catches: Mutex<HashMap<(String, usize), u32>>,
    crate_: PathBuf,
    folder: PathBuf,
}

impl Tests {
    pub fn of(programs: &[PathBuf], crate_: &Path, options: &Options) -> Self {
        let mut tests: Vec<_> = programs.iter().flat_map(names).collect();
        tests.retain(|test| test.name.contains(&options.tests));
        let folder = crate_.with_file_name("run");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut all = Self {
            tests: Vec::new(),
            reaching: HashMap::new(),
            catches: Mutex::default(),
            crate_: crate_.into(),
            folder,
        };
        let reached: Vec<_> = side_by_side(options.jobs, &tests, |test| all.reach(test, options.longest));
        for (test, reached) in tests.drain(..).zip(reached) {
            let Some((time, reached)) = reached else {
                eprintln!("left out, since it fails or takes too long: {}", test.name);
                continue;
            };
            for id in reached {
                all.reaching.entry(id).or_default().push(all.tests.len());
            }
            all.tests.push(Test { time, ..test });
        }
        all
    }

    /// The time that a test takes, and the mutants it reaches; `None` if it fails or takes too long.
    fn reach(&self, test: &Test, longest: Duration) -> Option<(Duration, Vec<usize>)> {
        let log = self.folder.join(format!("{}.log", test.name.replace("::", ".")));
        let begun = Instant::now();
        let passed = self.run(test, longest, ("MUTANT_LOG", log.to_str().unwrap())) == Some(0);
        let mut ids: Vec<usize> =
            fs::read_to_string(log).unwrap_or_default().lines().flat_map(str::parse).collect();
        ids.sort_unstable();
        ids.dedup();
        passed.then(|| (begun.elapsed(), ids))
    }

    /// Runs the tests that reach a mutant until one fails or the time is over; and the test that failed.
    pub fn judge(&self, id: usize, mutant: &Mutant, options: &Options) -> (Outcome, &str) {
        let Some(reaching) = self.reaching.get(&id) else { return (Outcome::Unreached, "") };
        let function = |test: usize| (format!("{} {}", mutant.file, mutant.function), test);
        let mut order = reaching.clone();
        let catches = self.catches.lock().unwrap().clone();
        let caught = |test: &usize| catches.get(&function(*test)).copied().unwrap_or_default();
        order.sort_by_key(|test| (std::cmp::Reverse(caught(test)), self.tests[*test].time));
        let begun = Instant::now();
        for at in order {
            let test = &self.tests[at];
            if begun.elapsed() > options.patience {
                break;
            }
            let limit = Duration::from_secs(5) + test.time * 4;
            let outcome = match self.run(test, limit, ("MUTANT", &id.to_string())) {
                Some(0) => continue,
                // What `timeout` says of whom it had to kill.
                Some(137) => Outcome::Hung,
                _ => Outcome::Caught,
            };
            *self.catches.lock().unwrap().entry(function(at)).or_default() += 1;
            return (outcome, &test.name);
        }
        (Outcome::Survived, "")
    }

    /// Runs one test; its exit code.
    fn run(&self, test: &Test, limit: Duration, variable: (&str, &str)) -> Option<i32> {
        let own = self.folder.join(format!("{:?}", std::thread::current().id()));
        fs::create_dir_all(&own).unwrap();
        let script = format!("ulimit -v {MEMORY}; exec timeout -s KILL \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh", &limit.as_secs_f32().to_string()]);
        shell.arg(&test.program).args(["--exact", &test.name, "--test-threads", "1"]);
        shell
            .current_dir(&self.crate_)
            .env("TMPDIR", &own)
            .env(variable.0, variable.1)
            .env("RUST_BACKTRACE", "0");
        if std::env::var_os("PROPTEST_CASES").is_none() {
            shell.env("PROPTEST_CASES", "4");
        }
        let status = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        // What killed tests leave behind.
        let _ = fs::remove_dir_all(&own);
        status.code()
    }
}

fn names(program: &PathBuf) -> Vec<Test> {
    let listed = Command::new(program).args(["--list", "--format", "terse"]).output().unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    let named = |line: &str| {
        let name = line.strip_suffix(": test")?.to_owned();
        Some(Test { program: program.clone(), name, time: Duration::ZERO })
    };
    text.lines().filter_map(named).collect()
}

/// What earlier runs found, by mutant.
pub fn earlier(results: &Path) -> HashMap<String, Outcome> {
    let text = fs::read_to_string(results).unwrap_or_default();
    let outcome = |line: &str| {
        let (outcome, rest) = line.split_once('\t')?;
        let outcomes = [Outcome::Caught, Outcome::Hung, Outcome::Survived, Outcome::Unreached];
        let outcome = outcomes.into_iter().find(|known| format!("{known:?}") == outcome)?;
        Some((rest.rsplit_once('\t')?.0.to_owned(), outcome))
    };
    text.lines().filter_map(outcome).collect()
}

/// A line of the results.
pub fn line(mutant: &Mutant, outcome: Outcome, test: &str) -> String {
    format!("{outcome:?}\t{}\t{test}\n", key(mutant))
}
