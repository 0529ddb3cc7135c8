//! Shared code of the scripts that are transliterated letter by letter.

use crate::text::fold::fold;

/// Transliterates a word to Latin letters. `rule` gets the rest of the word and the output so far. It returns the number of consumed
/// bytes and their transliteration. ASCII characters without a rule stay. `None` if another character has no rule, or the output is
/// empty.
pub(super) fn transliterate<'a>(
    word: &str,
    rule: impl Fn(&str, &str) -> Option<(usize, &'a str)>,
) -> Option<String> {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let length = match rule(rest, &out) {
            Some((length, text)) => {
                out.push_str(text);
                length.max(c.len_utf8())
            }
            None if c.is_ascii() => {
                out.push(c);
                c.len_utf8()
            }
            None => return None,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    (!out.is_empty()).then_some(out)
}

/// The first pair whose key is a prefix of the text, in the form that [`transliterate`] takes.
pub(super) fn match_prefix<'a>(rest: &str, pairs: &[(&str, &'a str)]) -> Option<(usize, &'a str)> {
    pairs.iter().find(|(key, _)| rest.starts_with(key)).map(|(key, text)| (key.len(), *text))
}

/// The fold of a word with other spellings of some letters. `spell` gives the other spelling of a letter, perhaps with a combining mark.
/// `None` if no letter has another spelling, or `folded` is not the fold of `written`.
pub(super) fn respell(
    written: &str,
    folded: &str,
    spell: impl Fn(char, Option<char>) -> Option<&'static str>,
) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0_usize;
    let mut letters = written.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let mark = letters.peek().map(|(_, mark)| *mark).filter(|mark| matches!(mark, '\u{300}'..='\u{36F}'));
        let alone = spell(c, None);
        let Some(other) = alone.or_else(|| mark.and_then(|mark| spell(c, Some(mark)))) else { continue };
        out.push_str(written.get(copied..at)?);
        out.push_str(other);
        copied = at.saturating_add(c.len_utf8());
        if alone.is_none() {
            copied = copied.saturating_add(mark.map_or(0, char::len_utf8));
        }
    }
    if copied == 0 || fold_without_spaces(written) != folded {
        return None;
    }
    out.push_str(written.get(copied..)?);
    Some(fold_without_spaces(&out)).filter(|other| other != folded && !other.is_empty())
}

fn fold_without_spaces(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

/// Drops texts that are a prefix of another text: the longer text matches every query that they match.
pub(super) fn drop_covered(texts: impl IntoIterator<Item = Option<String>>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts.into_iter().flatten() {
        if kept.iter().any(|other| other.starts_with(&text)) {
            continue;
        }
        kept.retain(|other| !text.starts_with(other.as_str()));
        kept.push(text);
    }
    kept
}
