//! Pages by their number.

/// The page with a number, from 1, of so many items.
pub(super) fn slice<T>(items: Vec<T>, number: u64, size: usize) -> Vec<T> {
    let skipped = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX).saturating_mul(size);
    items.into_iter().skip(skipped).take(size).collect()
}
