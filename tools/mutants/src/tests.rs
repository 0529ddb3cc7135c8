//! The tests: which mutants each one reaches, and whether one fails with an active mutant.

use std::collections::HashMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::find::Mutant;
use crate::{Options, key, side_by_side};

/// The memory limit of a test in kB, for mutants that allocate without end.
const MEMORY: u32 = 8_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Caught,
    Hung,
    Survived,
    /// The time limit was reached before all tests ran.
    Open,
    Unreached,
}

pub struct Test {
    program: PathBuf,
    name: String,
    /// The time without a mutant.
    time: Duration,
}

/// All tests that pass without a mutant within the time limit, and the tests that reach each mutant.
pub struct Tests {
    tests: Vec<Test>,
    reaching: HashMap<usize, Vec<usize>>,
    /// How often a test has caught a mutant of a function, a file or a folder, in this run or an earlier one.
    catches: Mutex<HashMap<(String, String), u16>>,
    crate_: PathBuf,
    folder: PathBuf,
}

impl Tests {
    /// Runs each test once. When continuing, uses the results of the earlier run.
    pub fn of(programs: &[PathBuf], crate_: &Path, options: &Options) -> Self {
        let (folder, kept) = (crate_.with_file_name("run"), crate_.with_file_name("reached.tsv"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let catches = Mutex::new(earlier_catches(&crate_.with_file_name("results.tsv")));
        let mut all =
            Self { tests: Vec::new(), reaching: HashMap::new(), catches, crate_: crate_.into(), folder };
        let wanted = |test: &Test| options.tests.split(',').any(|text| test.name.contains(text));
        let reached = if options.on {
            fs::read_to_string(kept).expect("an earlier run")
        } else {
            let tests: Vec<_> = programs.iter().flat_map(names).filter(wanted).collect();
            let lines = side_by_side(options.jobs, &tests, |test| all.reach(test, options.longest)).concat();
            if options.tests.is_empty() {
                fs::write(&kept, &lines).unwrap();
            }
            lines
        };
        for line in reached.lines() {
            let [program, name, seconds, ids] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            for id in ids.split(' ').flat_map(str::parse) {
                all.reaching.entry(id).or_default().push(all.tests.len());
            }
            let time = Duration::from_secs_f32(seconds.parse().unwrap());
            all.tests.push(Test { program: program.into(), name: name.into(), time });
        }
        all
    }

    /// A line with the results of a test: program, name, seconds, reached mutants. `None` if it fails or exceeds the
    /// time limit.
    fn reach(&self, test: &Test, longest: Duration) -> String {
        let program = test.program.file_name().unwrap().display();
        let log = self.folder.join(format!("{program}.{}.log", test.name.replace("::", ".")));
        let begun = Instant::now();
        if self.run(test, longest, ("MUTANT_LOG", log.to_str().unwrap())) != Some(0) {
            eprintln!("left out, since it fails or takes too long: {}", test.name);
            return String::new();
        }
        let ids = fs::read_to_string(log).unwrap_or_default().replace('\n', " ");
        let seconds = begun.elapsed().as_secs_f32();
        format!("{}\t{}\t{seconds}\t{}\n", test.program.display(), test.name, ids.trim_end())
    }

    /// Runs the tests that reach a mutant until one fails or the time is over. Returns the failed test.
    pub fn try_mutant(&self, id: usize, mutant: &Mutant, options: &Options) -> (Outcome, &str) {
        let Some(reaching) = self.reaching.get(&id) else { return (Outcome::Unreached, "") };
        let catches = self.catches.lock().unwrap().clone();
        let worth = |test: &usize| worth(&self.tests[*test], mutant, &catches);
        let mut order = reaching.clone();
        order.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        let begun = Instant::now();
        let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
        let cases: u32 = cases.map_or(4, |cases: u32| cases.max(4)); // times were measured with four
        for at in order {
            let test = &self.tests[at];
            if begun.elapsed() > options.patience {
                return (Outcome::Open, "");
            }
            let limit = Duration::from_secs(5) + test.time * cases;
            let outcome = match self.run(test, limit, ("MUTANT", &id.to_string())) {
                Some(0) => continue,
                // 137 means killed: `timeout` kills its whole process group.
                Some(137) => Outcome::Hung,
                _ => Outcome::Caught,
            };
            count(&mut self.catches.lock().unwrap(), &mutant.file, &mutant.function, &test.name);
            return (outcome, &test.name);
        }
        (Outcome::Survived, "")
    }

    /// Runs one test. Returns its exit code, or 128 plus the signal that ended it.
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
            .env("RUST_BACKTRACE", "0")
            // A failing case need not be minimized.
            .env("PROPTEST_MAX_SHRINK_ITERS", "0");
        for (name, cases) in [("PROPTEST_CASES", "4"), ("CARDEX_CASES", "40")] {
            if std::env::var_os(name).is_none() {
                shell.env(name, cases);
            }
        }
        let status = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        // Files that killed tests leave.
        let _ = fs::remove_dir_all(&own);
        status.code().or_else(|| Some(128 + status.signal()?))
    }
}

/// The scopes of a catch: a function, its file, its folder.
fn places(file: &str, function: &str) -> [String; 3] {
    [format!("{file} {function}"), file.to_owned(), file.split('/').take(2).collect::<Vec<_>>().join("/")]
}

fn count(catches: &mut HashMap<(String, String), u16>, file: &str, function: &str, test: &str) {
    for place in places(file, function) {
        // And the sum over all tests.
        for test in [test, ""] {
            *catches.entry((place.clone(), test.to_owned())).or_default() += 1;
        }
    }
}

/// The mutants that earlier runs caught, with their tests.
fn earlier_catches(results: &Path) -> HashMap<(String, String), u16> {
    let mut catches = HashMap::new();
    for line in fs::read_to_string(results).unwrap_or_default().lines() {
        if let ["Caught" | "Hung", file, function, _, _, test] = line.split('\t').collect::<Vec<_>>()[..] {
            count(&mut catches, file, function, test);
        }
    }
    catches
}

/// The chance that a test catches a mutant in relation to its time. It counts catches nearby, and prefers tests of the
/// same module.
fn worth(test: &Test, mutant: &Mutant, catches: &HashMap<(String, String), u16>) -> f32 {
    let times = |place: &String, test: &str| {
        catches.get(&(place.clone(), test.to_owned())).map_or(0.0, |times| f32::from(*times))
    };
    let share = |place| times(&place, &test.name) / times(&place, "").max(1.0);
    let [function, file, layer] = places(&mutant.file, &mutant.function).map(share);
    let module = mutant.file.trim_start_matches("src/").trim_end_matches(".rs").replace('/', "::");
    let own = |part: &str| if test.name.starts_with(part) { 1.0 } else { 0.0 };
    let near = own(module.trim_end_matches("::mod")) + own(module.split("::").next().unwrap_or_default());
    (0.02 + 0.1 * near + 0.2 * layer + file + 3.0 * function) / (0.03 + test.time.as_secs_f32())
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

/// The outcomes of earlier runs, by mutant.
pub fn earlier(results: &Path) -> HashMap<String, Outcome> {
    use Outcome::{Caught, Hung, Open, Survived, Unreached};
    let text = fs::read_to_string(results).unwrap_or_default();
    let outcome = |line: &str| {
        let (outcome, rest) = line.split_once('\t')?;
        let of_name = |known: &Outcome| format!("{known:?}") == outcome;
        let outcome = [Caught, Hung, Survived, Open, Unreached].into_iter().find(of_name)?;
        Some((rest.rsplit_once('\t')?.0.to_owned(), outcome))
    };
    text.lines().filter_map(outcome).collect()
}

/// A line of the results.
pub fn line(mutant: &Mutant, outcome: Outcome, test: &str) -> String {
    format!("{outcome:?}\t{}\t{test}\n", key(mutant))
}
