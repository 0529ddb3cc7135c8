//! Rows that whoever asked for them goes on behind.

use crate::db::DbResult;
use crate::error::Error;

/// Holds keys against their order: each must be beyond the one before it, and the first beyond the place that was asked from, if there
/// was one. In a damaged tree the rows behind a place may be those before it, and a walk would never come to an end.
///
/// # Errors
/// [`Error::Damaged`] where one is not.
pub(crate) fn ensure_ascending<K: PartialOrd>(
    from: Option<K>,
    keys: impl IntoIterator<Item = K>,
) -> DbResult<()> {
    let mut last = from;
    for key in keys {
        if last.is_some_and(|last| key <= last) {
            return Err(damaged().into());
        }
        last = Some(key);
    }
    Ok(())
}

/// The same for keys that fall, if `down` says so.
///
/// # Errors
/// Those of [`rising`].
pub(crate) fn ensure_ordered<K: Ord>(
    down: bool,
    from: Option<K>,
    keys: impl IntoIterator<Item = K>,
) -> DbResult<()> {
    use std::cmp::Reverse;
    if down {
        ensure_ascending(from.map(Reverse), keys.into_iter().map(Reverse))
    } else {
        ensure_ascending(from, keys)
    }
}

/// Holds a deletion against what it was to delete: work that does nothing would be done again and again.
///
/// # Errors
/// [`Error::Damaged`] if no row was there.
pub(crate) fn ensure_rows_affected(rows: usize) -> DbResult<()> {
    if rows == 0 { Err(damaged().into()) } else { Ok(()) }
}

fn damaged() -> Error {
    Error::Damaged { what: "the order of a table", source: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_must_be_strictly_ordered_after_the_start() {
        for (down, from, keys, holds) in [
            (false, None, &[][..], true),
            (false, Some(3), &[], true),
            (false, None, &[1, 2, 5], true),
            (false, None, &[1, 1], false),
            (false, None, &[2, 1], false),
            (false, Some(3), &[4, 5], true),
            (false, Some(3), &[3], false),
            (false, Some(3), &[2, 5], false),
            (true, None, &[5, 2, 1], true),
            (true, None, &[1, 2], false),
            (true, None, &[1, 1], false),
            (true, Some(3), &[2, 1], true),
            (true, Some(3), &[3], false),
            (true, Some(3), &[4, 1], false),
        ] {
            let told = ensure_ordered(down, from, keys.iter().copied());
            assert_eq!(told.is_ok(), holds, "down {down}, from {from:?}: {keys:?}");
        }
    }

    #[test]
    fn zero_affected_rows_is_damage() {
        assert!(
            ensure_rows_affected(1).is_ok()
                && ensure_rows_affected(7).is_ok()
                && ensure_rows_affected(0).is_err()
        );
    }
}
