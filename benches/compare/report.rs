//! The results, as a table and as JSON.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::books::FOLDER;
use crate::measure::Figures;

/// One result. Times are microseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub(crate) who: String,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// The number of measurements. With fewer than a hundred, the 99th percentile is the maximum.
    pub(crate) count: usize,
}

impl Cell {
    pub(crate) fn new(who: &str, figures: &Figures) -> Self {
        Self { who: who.to_owned(), p50: figures.p50(), p99: figures.p99(), count: figures.count() }
    }

    /// A single measured number.
    pub(crate) fn one(who: &str, value: f64) -> Self {
        Self { who: who.to_owned(), p50: value, p99: value, count: 1 }
    }
}

/// A row: cardex first, its reference second, then others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// The ratio of cardex to the reference, at the median and at the 99th percentile.
    pub(crate) fn ratios(&self) -> Option<(f64, f64)> {
        let [ours, theirs, ..] = self.cells.as_slice() else { return None };
        Some((ours.p50 / theirs.p50, ours.p99 / theirs.p99))
    }
}

/// Rows of one kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) unit: String,
    /// The goal of the design, as text.
    pub(crate) goal: String,
    pub(crate) rows: Vec<Row>,
}

impl Section {
    pub(crate) fn new(name: &str, unit: &str, goal: &str) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), goal: goal.to_owned(), rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, name: impl Into<String>, cells: Vec<Cell>) {
        self.rows.push(Row { name: name.into(), cells });
    }

    fn print(&self) {
        println!("\n{} ({}); goal: {}\n", self.name, self.unit, self.goal);
        let mut heads: Vec<&str> = Vec::new();
        for cell in self.rows.iter().flat_map(|row| &row.cells) {
            if !heads.contains(&cell.who.as_str()) {
                heads.push(&cell.who);
            }
        }
        println!("| | {} | ratio p50 / p99 |", heads.join(" | "));
        println!("|{}", " --- |".repeat(heads.len() + 2));
        for row in &self.rows {
            let cell = |who: &&str| {
                let Some(cell) = row.cells.iter().find(|cell| cell.who == *who) else {
                    return "–".to_owned();
                };
                if cell.p50.to_bits() == cell.p99.to_bits() {
                    rounded(cell.p50)
                } else {
                    format!("{} / {}", rounded(cell.p50), rounded(cell.p99))
                }
            };
            let cells: Vec<String> = heads.iter().map(cell).collect();
            let ratio = row.ratios().map_or("–".to_owned(), |(p50, p99)| {
                if p50.to_bits() == p99.to_bits() {
                    format!("{p50:.2}")
                } else {
                    format!("{p50:.2} / {p99:.2}")
                }
            });
            println!("| {} | {} | {ratio} |", row.name, cells.join(" | "));
        }
    }
}

fn rounded(number: f64) -> String {
    if number.abs() < 10.0 { format!("{number:.2}") } else { format!("{number:.0}") }
}

/// All results of one size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) contacts: u64,
    pub(crate) cores: usize,
    /// The load of the system at the start, because a busy machine distorts results.
    pub(crate) load: String,
    pub(crate) queries: usize,
    /// The missing engines, with reasons.
    pub(crate) skipped: Vec<String>,
    pub(crate) sections: Vec<Section>,
}

impl Report {
    pub(crate) fn new(contacts: u64, queries: usize) -> Self {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            contacts,
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
            queries,
            skipped: Vec::new(),
            sections: Vec::new(),
        }
    }

    fn path(contacts: u64) -> PathBuf {
        Path::new(FOLDER).join(format!("compare-{contacts}.json"))
    }

    /// Prints a section and stores it, so that a later failure does not lose it.
    pub(crate) fn add(&mut self, section: Section) -> Result<()> {
        section.print();
        self.sections.push(section);
        let mut whole = Self::read(self.contacts)?.unwrap_or_else(|| self.clone());
        (whole.load, whole.skipped, whole.queries) = (self.load.clone(), self.skipped.clone(), self.queries);
        for section in &self.sections {
            whole.sections.retain(|other| other.name != section.name);
            whole.sections.push(section.clone());
        }
        Ok(std::fs::write(Self::path(self.contacts), serde_json::to_vec_pretty(&whole)?)?)
    }

    /// The stored results of a size.
    pub(crate) fn read(contacts: u64) -> Result<Option<Self>> {
        match std::fs::read(Self::path(contacts)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => Ok(Some(serde_json::from_slice(&other?)?)),
        }
    }

    /// The stored results of all sizes, ascending.
    pub(crate) fn all() -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(FOLDER)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let size =
                name.strip_prefix("compare-").and_then(|rest| rest.strip_suffix(".json")?.parse().ok());
            if let Some(contacts) = size {
                all.extend(Self::read(contacts)?);
            }
        }
        all.sort_by_key(|report| report.contacts);
        Ok(all)
    }

    pub(crate) fn row(&self, section: &str, row: &str) -> Option<&Row> {
        self.sections.iter().find(|s| s.name == section)?.rows.iter().find(|r| r.name == row)
    }
}
