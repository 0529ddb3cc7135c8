//! Selects the active mutant by an environment variable.

use std::fs::File;
use std::io::Write as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

const MOST: usize = 0;

static ON: LazyLock<Option<usize>> = LazyLock::new(|| std::env::var("MUTANT").ok()?.parse().ok());

/// The file that records the reached mutants, one in a line.
static LOG: LazyLock<Option<File>> = LazyLock::new(|| {
    File::options().append(true).create(true).open(std::env::var_os("MUTANT_LOG")?).ok()
});

static REACHED: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

pub(crate) fn is(id: usize) -> bool {
    note_if(id, true);
    on(id)
}

pub(crate) fn on(id: usize) -> bool {
    *ON == Some(id)
}

pub(crate) fn noting() -> bool {
    LOG.is_some()
}

pub(crate) fn note_if(id: usize, differs: bool) {
    if let (true, Some(mut log), Some(reached)) = (differs, LOG.as_ref(), REACHED.get(id))
        && !reached.swap(true, Ordering::Relaxed)
    {
        let _ = log.write_all(format!("{id}\n").as_bytes());
    }
}
