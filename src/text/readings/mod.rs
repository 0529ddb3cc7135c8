//! Readings: the other ways to type a word, so that one index serves all scripts.
//!
//! A name is written in one script and often typed in another: Иванов as ivanov, 王小明 as wangxiaoming or wxm, Müller as
//! mueller. Two sides make them meet. [`readings`] gives, for a word of a name, what else it is to be found by from its
//! start; [`typed`] gives, for a word of a query, what else it may stand for. Scripts whose vowels are not written, or
//! are written in many ways, meet in a rougher form: [`sound`] of the name, [`heard`] of the query.
//!
//! All of them take and give text as the fold makes it: no capitals, no marks, no blanks.

#![allow(dead_code)] // the index does not ask yet

mod found;
mod han;
mod hangul;
mod kana;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests;

/// Which part of a name a word stands in: scripts without blanks are cut by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A first (given) name.
    Given,
    /// A last (family) name.
    Family,
    /// Anything else: a display name, a nickname, a company.
    Other,
}

/// One way to type some of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Which bytes of the folded word it stands for: all of them, or a word within it (小明 in 王小明).
    pub(crate) span: std::ops::Range<usize>,
    /// What is typed: folded, without blanks, never empty.
    pub(crate) text: String,
}

/// The ways to type a word of a name, given as written and folded, besides the folded word itself. Empty for most Latin words.
///
/// Of two readings for one span the longer finds what the shorter would, if it starts with it.
pub(crate) fn readings(written: &str, folded: &str, part: Part) -> Vec<Reading> {
    if written.is_ascii() {
        return Vec::new();
    }
    match east_asian(folded) {
        Some(Script::Han) => han::readings(folded, part),
        Some(Script::Kana) => kana::readings(folded, part),
        Some(Script::Hangul) => hangul::readings(folded, part),
        None => Vec::new(),
    }
}

/// What a word of a query may stand for besides itself: "müller" for mueller, "たなk" for tanak, "иван" for ivan.
pub(crate) fn typed(_written: &str, folded: &str) -> Vec<String> {
    if folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
        let mut texts = han::typed(folded);
        texts.extend(kana::typed_latin(folded));
        texts.extend(hangul::typed_latin(folded));
        return found::distinct(texts, folded);
    }
    match east_asian(folded) {
        Some(Script::Kana) => kana::typed(folded),
        Some(Script::Hangul) => hangul::typed(folded),
        Some(Script::Han) | None => Vec::new(),
    }
}

/// What the two words of a name are typed as where people write no blank between them: 王 and 小明 as 王小明, wangxiaoming
/// and wxm. They stand for both words whole. Empty for other scripts.
pub(crate) fn joined(family: &str, given: &str) -> Vec<String> {
    let (Some(first), Some(last)) = (east_asian(family), east_asian(given)) else { return Vec::new() };
    let mut texts = vec![format!("{family}{given}")];
    texts.extend(match (first, last) {
        (Script::Hangul, Script::Hangul) => hangul::joined(family, given),
        (Script::Han, Script::Han) => han::joined(family, given),
        (Script::Hangul, _) | (_, Script::Hangul) => Vec::new(),
        _ => kana::joined(family, given),
    });
    texts
}

/// The scripts without blanks, or without vowels and consonants in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Chinese characters, of Chinese or Japanese or Korean names.
    Han,
    /// Kana, alone or with kanji.
    Kana,
    Hangul,
}

/// The script of a word with East Asian letters in it.
fn east_asian(folded: &str) -> Option<Script> {
    let mut han = false;
    for c in folded.chars().filter(|c| *c >= '\u{2E80}') {
        if kana::is_kana(c) {
            return Some(Script::Kana);
        }
        if hangul::is_hangul(c) {
            return Some(Script::Hangul);
        }
        han = han || han::is_han(c);
    }
    han.then_some(Script::Han)
}

/// What a folded word sounds like where its script leaves that open; `None` for words that are found by [`readings`] well
/// enough.
pub(crate) fn sound(_folded: &str) -> Option<String> {
    None
}

/// The sound a folded word of a query starts with, in the form of [`sound`]; `None` if there is none to look for.
pub(crate) fn heard(_folded: &str) -> Option<String> {
    None
}
