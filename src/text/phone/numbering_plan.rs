//! The numbering plans as small tables: calling codes, lengths, first digits of national prefixes.

use super::table::{PLANS, REGIONS};

/// The plan of a calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberingPlan {
    lengths: u32,
    prefixes: u16,
}

impl NumberingPlan {
    fn for_calling_code(code: u16) -> Option<Self> {
        let at = PLANS.binary_search_by_key(&code, |plan| plan.0).ok()?;
        PLANS.get(at).map(|&(_, lengths, prefixes)| Self { lengths, prefixes })
    }

    /// Whether numbers of this many digits can be called from abroad.
    fn has_length(self, digits: usize) -> bool {
        u32::try_from(digits).ok().and_then(|n| self.lengths.checked_shr(n)).is_some_and(|bits| bits & 1 == 1)
    }

    /// Whether the number may start with a national prefix, so that the backend must decide.
    fn may_hold_prefix(self, national: &str) -> bool {
        let first = national.bytes().next().map(|b| u32::from(b.wrapping_sub(b'0')));
        first.and_then(|d| self.prefixes.checked_shr(d)).is_none_or(|bits| bits & 1 == 1)
    }

    /// Whether the length is possible and the number cannot start with a national prefix.
    fn is_canonical(self, national: &str) -> bool {
        self.has_length(national.len()) && !self.may_hold_prefix(national)
    }
}

/// The plan of the calling code at the start of the digits, and the national number after it. No calling code is the prefix of another
/// one, so the split is unique.
pub(super) fn split_calling_code(digits: &str) -> Option<(NumberingPlan, &str)> {
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        // No calling code starts with a zero.
        let code = if code.starts_with('0') { None } else { code.parse().ok() };
        Some((NumberingPlan::for_calling_code(code?)?, national))
    })
}

/// The only national prefix with two digits: 06 in Hungary.
pub(super) const TWO_DIGIT_NATIONAL_PREFIX: (&str, &str) = ("36", "06");

/// The national prefixes with one digit. (In North America the prefix 1 is also the calling code.)
pub(super) const NATIONAL_PREFIXES: [char; 2] = ['0', '8'];

/// Whether digits dialled inside the country may be the start of a number, with or without the national prefix. `number` is the digits
/// of the E.164 form.
pub(super) fn may_dial_nationally(typed: &str, number: &str) -> bool {
    let Some((plan, national)) = split_calling_code(number) else { return false };
    let without_prefix = if number.strip_suffix(national) == Some(TWO_DIGIT_NATIONAL_PREFIX.0) {
        typed.strip_prefix(TWO_DIGIT_NATIONAL_PREFIX.1)
    } else if plan.may_hold_prefix(typed) {
        typed.strip_prefix(NATIONAL_PREFIXES)
    } else {
        None
    };
    national.starts_with(typed)
        || without_prefix.is_some_and(|rest| !rest.is_empty() && national.starts_with(rest))
}

/// Whether a number with these digits after its `+` has a possible length for a call from abroad.
pub(super) fn is_possible(digits: &str) -> bool {
    split_calling_code(digits).is_some_and(|(plan, national)| plan.has_length(national.len()))
}

/// Whether these digits after a `+` are already the E.164 form. True only where the backend must agree: the length is possible, and
/// the number cannot start with a national prefix. False means unknown.
pub(super) fn is_canonical(digits: &str) -> bool {
    split_calling_code(digits).is_some_and(|(plan, national)| plan.is_canonical(national))
}

/// The E.164 form of digits dialled inside a region with this trunk code, where the backend must agree: one leading `0`, then another
/// digit, and a canonical result. `None` means unknown.
pub(super) fn national_to_e164(trunk: u16, digits: &str) -> Option<String> {
    let national = digits.strip_prefix('0').filter(|national| !national.starts_with('0'))?;
    NumberingPlan::for_calling_code(trunk)?.is_canonical(national).then(|| format!("+{trunk}{national}"))
}

/// The trunk code of a region, given as two capitals: its calling code, if a leading `0` before another digit can only be the national
/// prefix; otherwise 0. `None` if the region has no numbering plan.
pub(super) fn trunk_calling_code(region: &str) -> Option<u16> {
    let at = REGIONS.binary_search_by_key(&region, |entry| entry.0).ok()?;
    REGIONS.get(at).map(|entry| entry.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        assert!(PLANS.is_sorted_by_key(|plan| plan.0));
        assert!(REGIONS.is_sorted_by_key(|region| region.0));
        assert_eq!(
            (
                trunk_calling_code("FR"),
                trunk_calling_code("GB"),
                trunk_calling_code("RU"),
                trunk_calling_code("IT")
            ),
            (Some(33), Some(44), Some(0), Some(0))
        );
        assert!(
            trunk_calling_code("ZZ").is_none()
                && trunk_calling_code("").is_none()
                && trunk_calling_code("fr").is_none()
        );
        assert_eq!(national_to_e164(33, "0612345678").as_deref(), Some("+33612345678"));
        assert!(
            national_to_e164(33, "0033612345").is_none()
                && national_to_e164(33, "061234").is_none()
                && national_to_e164(0, "06").is_none()
        );
        assert!(
            is_possible("33612345678")
                && !is_possible("3361234567")
                && !is_possible("999")
                && !is_possible("")
        );
        assert!(is_canonical("33612345678") && !is_canonical("33012345678") && is_canonical("390212345678"));
        assert_eq!(split_calling_code("33").map(|(_, national)| national), Some(""));
        assert!(split_calling_code("0").is_none() && split_calling_code("00331").is_none());
    }
}
