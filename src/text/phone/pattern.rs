//! A matcher for the patterns of the metadata.
//!
//! The patterns are regular expressions over digits: classes, `\d`, groups, alternatives, `?`, `{n}`, `{n,m}` and `$`. A pattern
//! has at most one capture group and no other repetition. The generator of the metadata refuses any other pattern.
//!
//! The matcher backtracks over the pattern text: it compiles nothing and keeps nothing. The texts have at most about twenty
//! digits, so a match has few alternatives to try.

use std::cell::Cell;
use std::ops::Range;

/// The match of a pattern at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PatternMatch {
    pub(super) end: usize,
    /// What the capture group matched.
    pub(super) group: Option<Range<usize>>,
}

/// Whether the whole text matches the pattern.
pub(super) fn matches_whole(pattern: &str, text: &str) -> bool {
    Matcher::new(text).match_alternatives(pattern.as_bytes(), 0, &|end| end == text.len())
}

/// The match at the start of the text. The first alternative of the pattern wins.
pub(super) fn match_start(pattern: &str, text: &str) -> Option<PatternMatch> {
    let (matcher, match_end) = (Matcher::new(text), Cell::new(0));
    let is_match = matcher.match_alternatives(pattern.as_bytes(), 0, &|end| {
        match_end.set(end);
        true
    });
    is_match.then(|| PatternMatch {
        end: match_end.get(),
        group: matcher.group.get().map(|(start, end)| start..end),
    })
}

/// Matches the rest of the pattern, from a position of the text.
type Continuation<'t> = &'t dyn Fn(usize) -> bool;

struct Matcher<'a> {
    text: &'a [u8],
    group: Cell<Option<(usize, usize)>>,
}

impl<'a> Matcher<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), group: Cell::new(None) }
    }

    /// Matches one of the alternatives at the start of the pattern, up to its end or the end of the group.
    fn match_alternatives(&self, mut pattern: &[u8], at: usize, then: Continuation<'_>) -> bool {
        loop {
            if self.match_sequence(pattern, at, then) {
                return true;
            }
            // Skip to the next alternative.
            while let Some(item) = Item::first(pattern) {
                pattern = item.rest;
            }
            match pattern {
                [b'|', rest @ ..] => pattern = rest,
                _ => return false,
            }
        }
    }

    /// Matches all items at the start of the pattern, one after the other.
    fn match_sequence(&self, pattern: &[u8], at: usize, then: Continuation<'_>) -> bool {
        match Item::first(pattern) {
            None => then(at),
            Some(item) => {
                let rest = |at| self.match_sequence(item.rest, at, then);
                self.match_repeated(&item, item.min, item.max, at, &rest)
            }
        }
    }

    /// Matches the item `min` to `max` times, as often as possible.
    fn match_repeated(&self, item: &Item<'_>, min: u8, max: u8, at: usize, then: Continuation<'_>) -> bool {
        let again = |at| self.match_repeated(item, min.saturating_sub(1), max.saturating_sub(1), at, then);
        (max > 0 && self.match_once(item.atom, at, &again)) || (min == 0 && then(at))
    }

    fn match_once(&self, atom: &[u8], at: usize, then: Continuation<'_>) -> bool {
        match atom {
            [b'(', b'?', b':', inner @ ..] => self.match_alternatives(inner, at, then),
            [b'(', inner @ ..] => self.match_alternatives(inner, at, &|end| {
                let before = self.group.replace(Some((at, end)));
                then(end) || {
                    self.group.set(before);
                    false
                }
            }),
            [b'$', ..] => at == self.text.len() && then(at),
            _ => {
                self.text.get(at).is_some_and(|&digit| matches_digit(atom, digit))
                    && then(at.saturating_add(1))
            }
        }
    }
}

/// Whether the class, `\d` or single digit at the start of the pattern matches the digit.
fn matches_digit(atom: &[u8], digit: u8) -> bool {
    match atom {
        [b'\\', ..] => digit.is_ascii_digit(),
        [b'[', set @ ..] => is_in_class(set, digit),
        _ => atom.first() == Some(&digit),
    }
}

/// Whether a class contains the digit. The opening bracket is already read.
fn is_in_class(mut set: &[u8], digit: u8) -> bool {
    loop {
        match set {
            [] | [b']', ..] => return false,
            [b'\\', ..] => return digit.is_ascii_digit(),
            [low, b'-', high, rest @ ..] => {
                if (*low..=*high).contains(&digit) {
                    return true;
                }
                set = rest;
            }
            [one, rest @ ..] => {
                if *one == digit {
                    return true;
                }
                set = rest;
            }
        }
    }
}

/// An atom at the start of a pattern with its repetition, and the pattern after both.
struct Item<'a> {
    /// Starts with the atom.
    atom: &'a [u8],
    min: u8,
    max: u8,
    rest: &'a [u8],
}

impl<'a> Item<'a> {
    /// The first item of a pattern; `None` at the end of an alternative.
    fn first(pattern: &'a [u8]) -> Option<Self> {
        let width = match pattern {
            [] | [b'|' | b')', ..] => return None,
            [b'\\', ..] => 2,
            [b'[', ..] => pattern.iter().position(|&b| b == b']')?.saturating_add(1),
            [b'(', ..] => group_len(pattern)?,
            _ => 1,
        };
        let rest = pattern.get(width..)?;
        let (min, max, rest) = match rest {
            [b'?', rest @ ..] => (0, 1, rest),
            [b'{', rest @ ..] => {
                let (min, rest) = split_number(rest);
                let (max, rest) = if let [b',', rest @ ..] = rest { split_number(rest) } else { (min, rest) };
                (min, max, rest.strip_prefix(b"}")?)
            }
            _ => (1, 1, rest),
        };
        Some(Self { atom: pattern, min, max, rest })
    }
}

/// The length of the group at the start of the pattern.
fn group_len(pattern: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let last = pattern.iter().position(|b| {
        match b {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    last.map(|last| last.saturating_add(1))
}

/// The number at the start of the pattern, and the rest.
fn split_number(mut pattern: &[u8]) -> (u8, &[u8]) {
    let mut number = 0_u8;
    while let [digit @ b'0'..=b'9', rest @ ..] = pattern {
        number = number.saturating_mul(10).saturating_add(digit.saturating_sub(b'0'));
        pattern = rest;
    }
    (number, pattern)
}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::super::metadata::REGIONS;
    use super::*;

    /// Compares with `regex-lite`: every pattern of the metadata, on texts that match or nearly match.
    #[test]
    fn every_pattern_agrees_with_regex_lite() {
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let (mut wholes, mut groups) = (0, 0);
        for region in &REGIONS {
            let number_types = region.number_types.iter().map(|number_type| number_type.1);
            let others =
                [region.general, region.national_prefix, region.leading_digits, region.international_prefix];
            for pattern in number_types.chain(others).filter(|pattern| !pattern.is_empty()) {
                let whole = Regex::new(&format!("^(?:{pattern})$")).unwrap();
                let prefix = Regex::new(&format!("^(?:{pattern})")).unwrap();
                for _ in 0..200 {
                    let text = similar_text(pattern.as_bytes(), &mut random);
                    let expected = prefix.captures(&text).map(|captures| PatternMatch {
                        end: captures.get(0).unwrap().end(),
                        group: captures.get(1).map(|group| group.range()),
                    });
                    wholes += usize::from(matches_whole(pattern, &text));
                    groups += usize::from(expected.as_ref().is_some_and(|expected| expected.group.is_some()));
                    assert_eq!(matches_whole(pattern, &text), whole.is_match(&text), "{pattern} {text}");
                    assert_eq!(match_start(pattern, &text), expected, "{pattern} {text}");
                }
            }
        }
        assert!(wholes > 50_000 && groups > 1_000, "{wholes} {groups}");
    }

    /// Digits that the pattern may match, often with one digit changed or added.
    fn similar_text(pattern: &[u8], random: &mut impl FnMut(usize) -> usize) -> String {
        let mut text = String::new();
        push_match(pattern, random, &mut text);
        let digit = char::from_digit(u32::try_from(random(10)).unwrap(), 10).unwrap();
        match random(4) {
            0 if !text.is_empty() => {
                let at = random(text.len());
                text.replace_range(at..=at, &digit.to_string());
            }
            1 => text.push(digit),
            _ => {}
        }
        text
    }

    /// Appends digits that match the pattern.
    fn push_match(pattern: &[u8], random: &mut impl FnMut(usize) -> usize, text: &mut String) {
        let mut alternatives = vec![pattern];
        let mut rest = pattern;
        loop {
            while let Some(item) = Item::first(rest) {
                rest = item.rest;
            }
            let [b'|', next @ ..] = rest else { break };
            alternatives.push(next);
            rest = next;
        }
        let mut sequence = alternatives[random(alternatives.len())];
        while let Some(item) = Item::first(sequence) {
            let more = random(usize::from(item.max.abs_diff(item.min)).saturating_add(1));
            for _ in 0..usize::from(item.min).saturating_add(more) {
                match item.atom {
                    [b'(', b'?', b':', inner @ ..] | [b'(', inner @ ..] => push_match(inner, random, text),
                    [b'$', ..] => {}
                    atom => {
                        let accepted: Vec<u8> =
                            (b'0'..=b'9').filter(|&digit| matches_digit(atom, digit)).collect();
                        text.push(char::from(accepted[random(accepted.len())]));
                    }
                }
            }
            sequence = item.rest;
        }
    }

    #[test]
    fn match_examples() {
        assert_eq!(match_start("0(?:0|19)", "0190"), Some(PatternMatch { end: 3, group: None }));
        assert_eq!(match_start("([2-7]\\d{2})$|1", "1234"), Some(PatternMatch { end: 1, group: None }));
        assert_eq!(match_start("0?(?:(11|22)15)?", "0111"), Some(PatternMatch { end: 1, group: None }));
        assert_eq!(
            match_start("0?(?:(11|22)15)?", "01115"),
            Some(PatternMatch { end: 5, group: Some(1..3) })
        );
        assert_eq!(match_start("\\d{2,4}", "12345"), Some(PatternMatch { end: 4, group: None }));
        assert!(matches_whole("1|12|[5-7\\d]{3}", "12") && matches_whole("1|12|[5-79]{3}", "697"));
        assert!(!matches_whole("1|12", "123") && !matches_whole("[1-3]\\d?", "4") && !matches_whole("1", ""));
    }
}
