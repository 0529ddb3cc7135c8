//! Work that can wait, done in slices: by whoever asks for it, and a little with every write.

use std::time::{Duration, Instant};

use super::{rekey, relist, substring};
use crate::db::Write;
use crate::error::Result;
use crate::interrupt::Watch;
use crate::store::{Inner, Store};

/// What can be left for later: does a slice of about so many rows, and tells whether nothing is left.
pub(super) type Chore = fn(&Inner, &Write<'_>, i64) -> Result<bool>;

/// All of it, in the order in which it is done.
const CHORES: &[Chore] = &[rekey::slice, relist::slice, substring::slice];

/// Rows in a slice of its own transaction.
pub(super) const SLICE: i64 = if cfg!(test) { 3 } else { 1_000 };

/// Rows done with a write of something else.
const SIDE_SLICE: i64 = if cfg!(test) { 1 } else { 32 };

/// Does one slice; true if nothing is left.
fn slice(inner: &Inner, db: &Write<'_>, most: i64) -> Result<bool> {
    for chore in CHORES {
        if !chore(inner, db, most)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does one slice in a transaction of its own.
pub(super) fn slice_alone(inner: &Inner) -> Result<bool> {
    inner.write_whatever(&Watch::default(), |db| Ok((slice(inner, db, SLICE)?, true)))
}

/// Does a little in the transaction of a write. What fails is left for later: the write has nothing to do with it.
pub(crate) fn slice_beside(inner: &Inner, db: &Write<'_>) -> Result<()> {
    db.attempt(|| slice(inner, db, SIDE_SLICE).map(|_| ()))
}

/// Does slices until nothing is left (true) or the time is up (false), at least one, with a pause after each: a lock that is taken
/// again at once is hardly ever found free, and whoever else wants to write would wait for the last slice.
pub(super) fn in_turns(budget: Duration, mut slice: impl FnMut() -> Result<bool>) -> Result<bool> {
    let begun = Instant::now();
    loop {
        let this = Instant::now();
        if slice()? {
            return Ok(true);
        }
        if begun.elapsed() >= budget {
            return Ok(false);
        }
        std::thread::sleep(this.elapsed().checked_div(4).unwrap_or_default());
    }
}

impl Store {
    /// Does work that was left for later, until nothing is left (true) or the time is up (false): making search keys anew for
    /// another release of the library, bringing the lists into the language the book was opened with, and finishing the index
    /// of substrings. It is done in transactions of a few milliseconds, at least one, so others read
    /// and write meanwhile; answers are right at every moment. Nobody has to call this: every write does a little of it.
    ///
    /// ```
    /// use std::time::Duration;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("book.cardex");
    /// # cardex::Store::open(&path)?;
    /// let store = cardex::Options::new().locale("sv").open(&path)?;
    /// while !store.maintain(Duration::from_millis(5))? {
    ///     // a frame, a request, a nap
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy); those of the store.
    pub fn maintain(&self, budget: Duration) -> Result<bool> {
        in_turns(budget, || slice_alone(self.inner()))
    }
}
