//! What of the world's numbering plans fits into a table: calling codes, lengths, beginnings of prefixes.

use super::table::{PLANS, REGIONS};

/// The plan of a calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    lengths: u32,
    prefixes: u16,
}

impl Plan {
    fn of(code: u16) -> Option<Self> {
        let at = PLANS.binary_search_by_key(&code, |plan| plan.0).ok()?;
        PLANS.get(at).map(|&(_, lengths, prefixes)| Self { lengths, prefixes })
    }

    /// Whether numbers of this many digits can be called from abroad.
    fn has_length(self, digits: usize) -> bool {
        u32::try_from(digits).ok().and_then(|n| self.lengths.checked_shr(n)).is_some_and(|bits| bits & 1 == 1)
    }

    /// Whether a national prefix may stand in front of the national number, so that the library has to look.
    fn may_hold_prefix(self, national: &str) -> bool {
        let first = national.bytes().next().map(|b| u32::from(b.wrapping_sub(b'0')));
        first.and_then(|d| self.prefixes.checked_shr(d)).is_none_or(|bits| bits & 1 == 1)
    }
}

/// The plan of the calling code with which the digits begin, and the national digits after it. No calling code is
/// the beginning of another, so there is one way to part them.
pub(super) fn part(digits: &str) -> Option<(Plan, &str)> {
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        // A code with a zero in front is none.
        let code = if code.starts_with('0') { None } else { code.parse().ok() };
        Some((Plan::of(code?)?, national))
    })
}

/// Whether a number with these digits after its `+` has a length that can be called from abroad.
pub(super) fn is_possible(digits: &str) -> bool {
    part(digits).is_some_and(|(plan, national)| plan.has_length(national.len()))
}

/// Whether these digits after a `+` are their own E.164 form. True only where the library is bound to agree: the
/// length is possible and no national prefix can stand in front. False says nothing.
pub(super) fn is_canonical(digits: &str) -> bool {
    part(digits)
        .is_some_and(|(plan, national)| plan.has_length(national.len()) && !plan.may_hold_prefix(national))
}

/// Whether there is a numbering plan for this region, given as two capitals.
pub(super) fn is_region(region: &str) -> bool {
    region.len() == 2 && REGIONS.as_bytes().chunks_exact(2).any(|known| known == region.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        assert!(PLANS.is_sorted_by_key(|plan| plan.0));
        assert!(is_region("FR") && is_region("XK") && !is_region("RA") && !is_region("ZZ") && !is_region(""));
        assert!(
            is_possible("33612345678")
                && !is_possible("3361234567")
                && !is_possible("999")
                && !is_possible("")
        );
        assert!(is_canonical("33612345678") && !is_canonical("33012345678") && is_canonical("390212345678"));
        assert_eq!(part("33").map(|(_, national)| national), Some(""));
        assert!(part("0").is_none() && part("00331").is_none());
    }
}
