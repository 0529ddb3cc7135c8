//! `survivors.toml`: surviving mutants with reasons.

use std::path::Path;

use serde::Deserialize;

use crate::find::Mutant;

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default)]
    survivor: Vec<Entry>,
}

/// Mutants of one function with a common reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub file: String,
    pub function: String,
    pub changes: Vec<String>,
    reason: String,
}

impl Entry {
    pub fn names(&self, mutant: &Mutant) -> bool {
        self.changes.iter().any(|change| self.names_by(mutant, change))
    }

    /// Whether one of its changes names a mutant.
    pub fn names_by(&self, mutant: &Mutant, change: &str) -> bool {
        let here = self.file == mutant.file && self.function == mutant.function;
        here && (change == "*" || change == mutant.change)
    }
}

/// Panics if an entry names a file that does not exist.
pub fn check_files(listed: &[Entry], root: &Path) {
    let missing = |entry: &&Entry| !root.join(&entry.file).is_file();
    let missing: Vec<&str> = listed.iter().filter(missing).map(|entry| entry.file.as_str()).collect();
    assert!(missing.is_empty(), "survivors.toml names files that do not exist: {}", missing.join(", "));
}

pub fn read(path: &Path) -> Vec<Entry> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let listed: Listed = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reasoned =
        |entry: &Entry| assert!(entry.reason.len() > 10, "{}: {} has no reason", entry.file, entry.function);
    listed.survivor.iter().for_each(reasoned);
    listed.survivor
}
