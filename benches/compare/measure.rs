//! Taking times in turns, and printing them.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;

/// Times of one thing.
#[derive(Debug, Default, Clone)]
pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    fn at(&self, share: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
    }

    pub(crate) fn p50(&self) -> Duration {
        self.at(50)
    }

    pub(crate) fn p99(&self) -> Duration {
        self.at(99)
    }
}

/// One competitor: answers query number `at` and says how many rows it got; and how many queries it is asked.
pub(crate) type Competitor<'a> = (&'a mut dyn FnMut(usize) -> Result<usize>, usize);

/// Asks all competitors in turns, so that a busy moment of the machine meets them all. The first round warms up.
pub(crate) fn interleave(competitors: &mut [Competitor<'_>]) -> Result<Vec<Figures>> {
    let mut figures = vec![Figures::default(); competitors.len()];
    let most = competitors.iter().map(|(_, queries)| *queries).max().unwrap_or(0);
    for round in 0..2 {
        for at in 0..most {
            for ((competitor, queries), figures) in competitors.iter_mut().zip(&mut figures) {
                if at < *queries {
                    let start = Instant::now();
                    std::hint::black_box(competitor(at)?);
                    if round == 1 {
                        figures.add(start.elapsed());
                    }
                }
            }
        }
    }
    Ok(figures)
}

/// A table of search times.
pub(crate) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; the second of the figures is the floor that the others are multiples of.
    pub(crate) fn row(&mut self, letters: &str, who: &str, figures: &[Figures]) {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let floor = figures.get(1).map_or(1.0, |figures| micros(figures.p50()));
        let cell = |figures: &Figures| {
            let (p50, p99) = (micros(figures.p50()), micros(figures.p99()));
            format!("{p50:.0} / {p99:.0} ({:.2}×)", p50 / floor)
        };
        let mut row = vec![letters.to_owned(), who.to_owned()];
        row.extend(figures.iter().map(cell));
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        println!("| {} |", self.heads.join(" | "));
        println!("|{}", " --- |".repeat(self.heads.len()));
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}

/// Makes the system forget the file's pages, as far as it lets a program do that.
pub(crate) fn forget(path: &Path) -> Result<()> {
    std::fs::File::open(path)?.sync_all()?;
    let done = std::process::Command::new("dd")
        .arg(format!("of={}", path.display()))
        .args(["oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"])
        .status();
    if !done.is_ok_and(|status| status.success()) {
        println!("(dd is missing: the file cache stays warm)");
    }
    Ok(())
}
