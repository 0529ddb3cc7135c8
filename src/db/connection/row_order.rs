//! Checks of rows that a loop continues from. Without them, damage could make the loop endless.

use std::cmp::Reverse;

use crate::db::connection::sqlite_error::DbResult;
use crate::error::Error;

/// Checks that keys are strictly ascending, and that the first is greater than `after`, if that is given. In a damaged tree the rows
/// after a key may be those before it, and keyset paging would never end.
///
/// # Errors
/// [`Error::Damaged`] if a key is out of order.
pub(crate) fn ensure_ascending<K: PartialOrd>(
    after: Option<K>,
    keys: impl IntoIterator<Item = K>,
) -> DbResult<()> {
    let mut last = after;
    for key in keys {
        if last.is_some_and(|last| key <= last) {
            return Err(damaged().into());
        }
        last = Some(key);
    }
    Ok(())
}

/// Like [`ensure_ascending`]; checks that keys are strictly descending if `descending` is true.
///
/// # Errors
/// Those of [`ensure_ascending`].
pub(crate) fn ensure_ordered<K: Ord>(
    descending: bool,
    after: Option<K>,
    keys: impl IntoIterator<Item = K>,
) -> DbResult<()> {
    if descending {
        ensure_ascending(after.map(Reverse), keys.into_iter().map(Reverse))
    } else {
        ensure_ascending(after, keys)
    }
}

/// Checks that a statement has changed rows. A step that changes nothing would be repeated forever.
///
/// # Errors
/// [`Error::Damaged`] if it has changed none.
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
        for (descending, after, keys, is_valid) in [
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
            let result = ensure_ordered(descending, after, keys.iter().copied());
            assert_eq!(result.is_ok(), is_valid, "descending {descending}, after {after:?}: {keys:?}");
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
