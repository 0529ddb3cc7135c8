//! The fast path beyond ASCII: texts of nothing but spaces and letters that are known by themselves, as most names are. What is
//! said of them here is what the pipeline says, without asking of each letter what stands around it.

use std::ops::Range;

use super::letter_cache::FoldedLetters;
use super::pipeline::{cached_fold, may_compose_backwards};

enum SimpleChar {
    Letters(FoldedLetters),
    Space,
}

/// What a character is, if it is one of those.
fn classify_simple(c: char) -> Option<SimpleChar> {
    match c {
        ' ' => Some(SimpleChar::Space),
        _ if c.is_ascii_alphanumeric() => {
            Some(SimpleChar::Letters(FoldedLetters::one(c.to_ascii_lowercase())))
        }
        // Unknown, because a mark may follow that makes it й: that mark is none of these characters.
        'и' | 'И' => Some(SimpleChar::Letters(FoldedLetters::one('и'))),
        _ if c.is_ascii() => None,
        _ => {
            cached_fold(c).filter(|found| !found.clone().any(may_compose_backwards)).map(SimpleChar::Letters)
        }
    }
}

/// The fold of such a text, the same in every form; `None` for any other.
pub(super) fn fold(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        match classify_simple(c)? {
            SimpleChar::Space => space = true,
            SimpleChar::Letters(letters) => {
                if space && !folded.is_empty() {
                    folded.push(' ');
                }
                space = false;
                folded.extend(letters);
            }
        }
    }
    Some(folded)
}

/// The bytes of a text that the first `folded` bytes of its fold come from, if the text is such a one as far as that, and one
/// character farther: a mark would belong to the last letter.
pub(super) fn original_range(text: &str, folded: usize) -> Option<Range<usize>> {
    let (mut count, mut space) = (0_usize, false);
    let mut found: Option<Range<usize>> = None;
    for (at, c) in text.char_indices() {
        let piece = classify_simple(c)?;
        if count >= folded {
            break;
        }
        let SimpleChar::Letters(letters) = piece else {
            space = true;
            continue;
        };
        let start = found.as_ref().map_or(at, |found| found.start);
        if space && found.is_some() {
            count = count.saturating_add(1);
            if count >= folded {
                return Some(start..at);
            }
        }
        space = false;
        count = letters.map(char::len_utf8).fold(count, usize::saturating_add);
        found = Some(start..at.saturating_add(c.len_utf8()));
    }
    found
}
