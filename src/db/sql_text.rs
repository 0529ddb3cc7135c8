//! Finds names in SQL text while the program is compiled, so that columns and parameters have no hand-counted numbers.

/// The part of `text` between the first `start` and the next `end`.
pub(super) const fn between(text: &'static str, start: &str, end: &str) -> &'static str {
    let begun = after(text.as_bytes(), start.as_bytes());
    assert!(begun.is_some(), "the text has this start");
    let Some(begun) = begun else { return "" };
    let ended = after(begun, end.as_bytes());
    assert!(ended.is_some(), "the text has this end");
    let Some(ended) = ended else { return "" };
    let length = begun.len().saturating_sub(ended.len()).saturating_sub(end.len());
    match std::str::from_utf8(begun.split_at(length).0) {
        Ok(found) => found,
        Err(_) => "",
    }
}

/// The position of a name in a list with commas, from 0.
pub(super) const fn position(list: &str, name: &str) -> usize {
    let (mut list, mut at) = (list.as_bytes(), 0_usize);
    loop {
        list = list.trim_ascii_start();
        if starts_with_name(list, name.as_bytes()) {
            return at;
        }
        let next = after(list, b",");
        assert!(next.is_some(), "the list has this name");
        let Some(next) = next else { return 0 };
        (list, at) = (next, at.saturating_add(1));
    }
}

/// The number of a parameter, from 1, in a text that has each parameter once. `name` begins with a colon.
pub(super) const fn parameter_number(text: &str, name: &str) -> usize {
    let (mut text, mut number) = (text.as_bytes(), 1_usize);
    loop {
        if starts_with_name(text, name.as_bytes()) {
            return number;
        }
        assert!(!text.is_empty(), "the text has this parameter");
        let [first, rest @ ..] = text else { return 0 };
        if *first == b':' {
            number = number.saturating_add(1);
        }
        text = rest;
    }
}

/// The number of parameters in a text that has each parameter once.
pub(super) const fn parameter_count(text: &str) -> usize {
    let (mut text, mut count) = (text.as_bytes(), 0_usize);
    while let Some(rest) = after(text, b":") {
        (text, count) = (rest, count.saturating_add(1));
    }
    count
}

/// The number of terms before the one with `(name ` in a sum; `None` if there is none.
pub(super) const fn term_with(sum: &str, name: &str) -> Option<u32> {
    let (mut sum, mut terms) = (sum.as_bytes(), 0_u32);
    while let [first, rest @ ..] = sum {
        if *first == b'(' && starts_with_name(rest, name.as_bytes()) {
            return Some(terms);
        }
        if *first == b'+' {
            terms = terms.saturating_add(1);
        }
        sum = rest;
    }
    None
}

const fn starts_with<'a>(mut text: &'a [u8], mut start: &[u8]) -> Option<&'a [u8]> {
    while let [expected, more @ ..] = start {
        let [found, rest @ ..] = text else { return None };
        if *found != *expected {
            return None;
        }
        (text, start) = (rest, more);
    }
    Some(text)
}

/// Whether a text starts with a name that ends there.
const fn starts_with_name(text: &[u8], name: &[u8]) -> bool {
    match starts_with(text, name) {
        Some([next, ..]) => !next.is_ascii_alphanumeric() && *next != b'_',
        Some([]) => true,
        None => false,
    }
}

/// What follows the first `mark`.
const fn after<'a>(mut text: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    loop {
        if let Some(rest) = starts_with(text, mark) {
            return Some(rest);
        }
        let [_, rest @ ..] = text else { return None };
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::{between, parameter_count, parameter_number, position, term_with};

    #[test]
    fn names_in_lists_and_sums() {
        assert_eq!(between("a (b (c)) d", "(", ") "), "b (c)");
        assert_eq!((position("id_a, id,\n  x", "id"), position("id_a, id,\n  x", "x")), (1, 2));
        let values = ":name, 1, NULL, :name_key, :at";
        assert_eq!((parameter_number(values, ":name_key"), parameter_number(values, ":at")), (2, 3));
        assert_eq!(parameter_count(values), 3);
        let sum = "(a <> '') + 2 * (a_b <> '') + 4 * (c IS NULL)";
        assert_eq!(
            ["a", "a_b", "c", "b"].map(|name| term_with(sum, name)),
            [Some(0), Some(1), Some(2), None]
        );
    }
}
