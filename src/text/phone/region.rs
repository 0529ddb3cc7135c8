//! A region and its numbering plan: national prefixes, lengths, validity.
//!
//! The algorithm follows libphonenumber (Copyright The Libphonenumber Authors, Apache-2.0); the code is new.

use std::borrow::Cow;

use super::pattern;

/// A region and its numbering plan. Numbers are digits without the calling code. An empty pattern matches nothing.
#[derive(Debug)]
pub(super) struct Region {
    /// ISO 3166, two letters; `001` where the calling code belongs to no region.
    pub(super) id: &'static str,
    pub(super) calling_code: u16,
    /// Pattern of what is dialled before the calling code for a call abroad.
    pub(super) international_prefix: &'static str,
    /// Pattern of the first digits of this region's numbers, where several regions share the calling code.
    pub(super) leading_digits: &'static str,
    /// Pattern of what is dialled before the national number inside the country.
    pub(super) national_prefix: &'static str,
    /// The digits that replace the national prefix if its pattern captures a group. They come before that group.
    pub(super) prefix_replacement: Option<&'static str>,
    /// The possible lengths of a national number (bit n: n digits).
    pub(super) lengths: u32,
    /// The lengths that are possible only inside an area (bit n: n digits).
    pub(super) local_lengths: u32,
    /// Pattern that every national number of the region matches.
    pub(super) general: &'static str,
    /// Lengths and patterns of the number types: fixed lines, mobiles and the like.
    pub(super) number_types: &'static [(u32, &'static str)],
}

impl Region {
    /// Whether the digits match the general pattern of the region.
    pub(super) fn matches_general(&self, national: &str) -> bool {
        pattern::matches_whole(self.general, national)
    }

    /// Whether the number is of a number type of the region.
    pub(super) fn has_valid(&self, national: &str) -> bool {
        let fits =
            |lengths, pattern| has_length(lengths, national) && pattern::matches_whole(pattern, national);
        fits(self.lengths, self.general)
            && self.number_types.iter().any(|&(lengths, pattern)| fits(lengths, pattern))
    }

    pub(super) fn is_too_long(&self, national: &str) -> bool {
        !has_length(self.local_lengths, national)
            && u32::BITS.saturating_sub(self.lengths.leading_zeros()) as usize <= national.len()
    }

    /// Whether what remains after the national prefix is long enough to be a number.
    pub(super) fn is_long_enough(&self, national: &str) -> bool {
        !has_length(self.local_lengths, national)
            && (has_length(self.lengths, national) || self.is_too_long(national))
    }

    /// The digits after the international prefix, if they start with it. No calling code starts with a zero.
    pub(super) fn strip_international_prefix<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let rest = digits.get(pattern::match_start(self.international_prefix, digits)?.end..)?;
        (!rest.starts_with('0')).then_some(rest)
    }

    /// The number without its national prefix. The prefix stays if only the number with the prefix matches the general pattern.
    pub(super) fn strip_national_prefix<'a>(&self, national: &'a str) -> Cow<'a, str> {
        let stripped = || {
            let matched = pattern::match_start(self.national_prefix, national)?;
            let rest = national.get(matched.end..)?;
            let group = matched.group.and_then(|group| national.get(group));
            Some(match (self.prefix_replacement, group) {
                (Some(replacement), Some(group)) => Cow::Owned([replacement, group, rest].concat()),
                _ => Cow::Borrowed(rest),
            })
        };
        let stripped = if self.national_prefix.is_empty() || national.is_empty() { None } else { stripped() };
        stripped
            .filter(|stripped| self.matches_general(stripped) || !self.matches_general(national))
            .unwrap_or(Cow::Borrowed(national))
    }
}

/// Whether the lengths (bit n: n digits) contain the length of this number.
fn has_length(lengths: u32, national: &str) -> bool {
    u32::try_from(national.len()).ok().and_then(|n| lengths.checked_shr(n)).is_some_and(|bits| bits & 1 == 1)
}
