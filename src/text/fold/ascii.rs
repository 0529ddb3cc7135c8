//! The fast path for ASCII, which most names are. The fold is a table of 128 bytes.

use std::ops::Range;

use super::chars::{CharClass, classify};
use super::form::{Form, SeparatorFlags};

/// The class of each ASCII character. Computed from [`classify`], so that it cannot differ from the pipeline.
const CLASSES: [CharClass; 128] = {
    let mut classes = [CharClass::Letter; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        if let Some(slot) = classes.split_at_mut(byte as usize).1.first_mut() {
            *slot = classify(byte as char);
        }
        byte = byte.wrapping_add(1);
    }
    classes
};

fn class(byte: u8) -> CharClass {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(CharClass::Drop)
}

/// Folds an ASCII text.
pub(super) fn fold(text: &str, form: Form) -> (String, SeparatorFlags) {
    if is_case_only(text) {
        return (text.to_ascii_lowercase(), SeparatorFlags::default());
    }
    let mut flags = SeparatorFlags::default();
    let mut folded = String::with_capacity(text.len());
    let mut space = false;
    for byte in text.bytes() {
        match flags.resolve(class(byte), form) {
            CharClass::Letter => {
                if space && !folded.is_empty() {
                    folded.push(' ');
                }
                space = false;
                folded.push(char::from(byte.to_ascii_lowercase()));
            }
            CharClass::Space => space = true,
            _ => {}
        }
    }
    (folded, flags)
}

/// The byte range of an ASCII text for the first `folded` bytes of its fold.
pub(super) fn original_range(text: &str, form: Form, folded: usize) -> Range<usize> {
    let mut flags = SeparatorFlags::default();
    let (mut count, mut space) = (0_usize, false);
    let mut range: Option<Range<usize>> = None;
    for (at, byte) in text.bytes().enumerate() {
        if count >= folded {
            break;
        }
        match flags.resolve(class(byte), form) {
            CharClass::Letter => {
                count = count.saturating_add(if space && range.is_some() { 2 } else { 1 });
                space = false;
                range = Some(range.map_or(at, |range| range.start)..at.saturating_add(1));
            }
            CharClass::Space => space = true,
            _ => {}
        }
    }
    range.unwrap_or_default()
}

/// Whether the fold changes only the case: the text has only letters, and single spaces between them.
pub(super) fn is_case_only(text: &str) -> bool {
    let mut after_space = true;
    for byte in text.bytes() {
        match class(byte) {
            CharClass::Letter => after_space = false,
            CharClass::Space if byte == b' ' && !after_space => after_space = true,
            _ => return false,
        }
    }
    !after_space || text.is_empty()
}
