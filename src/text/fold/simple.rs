//! The fast path for texts of spaces and letters whose fold does not depend on their neighbours. Most names are such texts. The
//! results are the same as those of the pipeline.

use std::ops::Range;

use super::letter_cache::FoldedLetters;
use super::pipeline::{cached_fold, may_compose_backwards};

enum SimpleChar {
    Letters(FoldedLetters),
    Space,
}

/// The class of a character; `None` if its fold depends on its neighbours.
fn classify_simple(c: char) -> Option<SimpleChar> {
    match c {
        ' ' => Some(SimpleChar::Space),
        _ if c.is_ascii_alphanumeric() => {
            Some(SimpleChar::Letters(FoldedLetters::one(c.to_ascii_lowercase())))
        }
        // Not in the cache, because a breve after it makes й. But a breve is not a simple character.
        'и' | 'И' => Some(SimpleChar::Letters(FoldedLetters::one('и'))),
        _ if c.is_ascii() => None,
        _ => cached_fold(c)
            .filter(|letters| !letters.clone().any(may_compose_backwards))
            .map(SimpleChar::Letters),
    }
}

/// The fold of a simple text, which is the same in every form; `None` for other texts.
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

/// The byte range of a text for the first `folded` bytes of its fold. `None` unless the text is simple up to there and one
/// character further, because a mark there would belong to the last letter.
pub(super) fn original_range(text: &str, folded: usize) -> Option<Range<usize>> {
    let (mut count, mut space) = (0_usize, false);
    let mut range: Option<Range<usize>> = None;
    for (at, c) in text.char_indices() {
        let class = classify_simple(c)?;
        if count >= folded {
            break;
        }
        let SimpleChar::Letters(letters) = class else {
            space = true;
            continue;
        };
        let start = range.as_ref().map_or(at, |range| range.start);
        if space && range.is_some() {
            count = count.saturating_add(1);
            if count >= folded {
                return Some(start..at);
            }
        }
        space = false;
        count = letters.map(char::len_utf8).fold(count, usize::saturating_add);
        range = Some(start..at.saturating_add(c.len_utf8()));
    }
    range
}
