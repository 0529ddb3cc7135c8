//! The stored table: one line for each path, `"name" = instructions`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{CONTACTS, Counted, Result};

pub(crate) const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.toml");

/// The permitted growth of a path, in percent of the stored count.
pub(crate) const SHARE: f64 = 3.0;

const HEAD: &str = "# Instructions of one run of each path, all threads together, by callgrind. Made by `.ci/instructions --keep`,
# checked by `.ci/instructions`; benches/instructions/ has what each path does.
";

pub(crate) struct Kept {
    compiler: String,
    paths: BTreeMap<String, u64>,
}

/// The version of the compiler. Another version generates other instructions.
fn compiler() -> String {
    let version = std::process::Command::new("rustc").arg("--version").output();
    let text = version.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    format!("{} {}", text.split(' ').nth(1).unwrap_or("unknown"), std::env::consts::ARCH)
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[allow(clippy::cast_precision_loss)]
fn growth(before: u64, now: u64) -> f64 {
    (now as f64 / before.max(1) as f64 - 1.0) * 100.0
}

impl Kept {
    /// The table in the repository; empty if there is none.
    pub(crate) fn read() -> Result<Self> {
        let text = match std::fs::read_to_string(FILE) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            other => other?,
        };
        let mut kept = Self { compiler: String::new(), paths: BTreeMap::new() };
        for line in text.lines().filter(|line| line.contains(" = ")) {
            let (name, value) = line.rsplit_once(" = ").ok_or("a line has no value")?;
            match name.trim_matches('"') {
                "compiler" => value.trim_matches('"').clone_into(&mut kept.compiler),
                "contacts" if value.replace('_', "") == CONTACTS.to_string() => {}
                "contacts" => return Err("the kept table is about a book of another size".into()),
                name => {
                    let number = value.replace('_', "").parse();
                    kept.paths.insert(name.to_owned(), number.map_err(|_| format!("no number: {line}"))?);
                }
            }
        }
        Ok(kept)
    }

    /// Prints both tables. Returns the paths that have grown too much.
    pub(crate) fn print(&self, counted: &[Counted]) -> Vec<String> {
        println!("{:<48} {:>14} {:>14} {:>9}", "path", "kept", "now", "growth");
        let mut grown = Vec::new();
        for Counted { name, instructions } in counted {
            let now = thousands(*instructions);
            let Some(&before) = self.paths.get(name) else {
                println!("{name:<48} {:>14} {now:>14} {:>9}", "-", "new");
                continue;
            };
            let growth = growth(before, *instructions);
            println!("{name:<48} {:>14} {now:>14} {growth:>+8.2}%", thousands(before));
            if growth > SHARE {
                grown.push(format!("{name} by {growth:.1} %"));
            }
        }
        grown
    }

    /// The reason why the stored table cannot be compared on this machine.
    pub(crate) fn not_comparable(&self) -> Option<String> {
        let here = compiler();
        (self.compiler != here).then(|| format!("it was made by rustc {:?}, this is {here}", self.compiler))
    }

    /// Checks that the stored table has exactly these paths.
    pub(crate) fn same_names(&self, counted: &[Counted]) -> Result<()> {
        let here = |name: &str| counted.iter().any(|path| path.name == name);
        let gone = self.paths.keys().filter(|name| !here(name)).map(String::as_str);
        let new =
            counted.iter().map(|path| path.name.as_str()).filter(|name| !self.paths.contains_key(*name));
        let differ: Vec<&str> = gone.chain(new).collect();
        if differ.is_empty() {
            return Ok(());
        }
        Err(format!("run .ci/instructions --keep: only one of both tables has {}", differ.join("; ")).into())
    }

    /// Stores the counts. Paths that were not counted keep their values, unless all were counted.
    pub(crate) fn write(&self, counted: &[Counted], all: bool) -> Result<()> {
        let mut paths = if all { BTreeMap::new() } else { self.paths.clone() };
        paths.extend(counted.iter().map(|path| (path.name.clone(), path.instructions)));
        let mut text = HEAD.to_owned();
        writeln!(text, "compiler = \"{}\"\ncontacts = {}\n\n[paths]", compiler(), thousands(CONTACTS))?;
        for (name, number) in paths {
            writeln!(text, "\"{name}\" = {}", thousands(number))?;
        }
        Ok(std::fs::write(FILE, text)?)
    }
}
