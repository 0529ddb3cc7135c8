//! Alternating time measurements.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;

/// The largest total of microseconds of one competitor for a row. It limits the whole run.
const LONGEST: f64 = 3e6;

/// The times of one competitor, in microseconds.
#[derive(Debug, Default, Clone)]
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took.as_secs_f64() * 1e6);
    }

    /// The number of measurements.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether a slow competitor has used its time. Each is measured a few times in any case.
    fn is_enough(&self) -> bool {
        self.0.len() >= 5 && self.0.iter().sum::<f64>() > LONGEST
    }

    fn at(&self, share: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.get(sorted.len().saturating_sub(1) * share / 100).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn p50(&self) -> f64 {
        self.at(50)
    }

    pub(crate) fn p99(&self) -> f64 {
        self.at(99)
    }
}

/// Runs a closure and records its time.
pub(crate) fn timed<T>(figures: &mut Figures, run: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let done = std::hint::black_box(run()?);
    figures.add(start.elapsed());
    Ok(done)
}

/// One competitor: a function that runs query number `at` and records its time, and its number of queries.
pub(crate) type Competitor<'a> = (&'a mut dyn FnMut(usize, &mut Figures) -> Result<()>, usize);

/// Asks all competitors in turns, so that a busy moment of the machine meets them all. The first round warms up. The order is
/// random for each question. Before a question counts, its competitor answers another one. Otherwise a competitor that
/// follows a scan finds the caches of the processor empty, and one that follows a similar competitor finds them full.
pub(crate) fn interleave(competitors: &mut [Competitor<'_>]) -> Result<Vec<Figures>> {
    let mut figures = vec![Figures::default(); competitors.len()];
    let most = competitors.iter().map(|(_, queries)| *queries).max().unwrap_or(0);
    let (mut numbers, mut order) = (Numbers(13), (0..competitors.len()).collect::<Vec<_>>());
    for _ in 0..2 {
        figures.fill(Figures::default());
        for at in 0..most {
            for last in (1..order.len()).rev() {
                let other = numbers.below(last as u64 + 1);
                order.swap(last, usize::try_from(other)?);
            }
            for who in &order {
                let ((competitor, queries), figures) = (&mut competitors[*who], &mut figures[*who]);
                if at < *queries && !figures.is_enough() {
                    competitor((at + 1) % *queries, &mut Figures::default())?;
                    competitor(at, figures)?;
                }
            }
        }
    }
    Ok(figures)
}

/// Drops the file's pages from the cache of the system; false if the system does not permit it.
pub(crate) fn forget(path: &Path) -> Result<bool> {
    std::fs::File::open(path)?.sync_all()?;
    let done = std::process::Command::new("dd")
        .arg(format!("of={}", path.display()))
        .args(["oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"])
        .status();
    Ok(done.is_ok_and(|status| status.success()))
}

/// The resident memory of a process in kB, if the system reports it.
pub(crate) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A deterministic random number generator.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// A number less than another one.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 20) % end.max(1)
    }
}
