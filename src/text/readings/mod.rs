//! Readings: the other ways to type a word, so that one index serves all scripts.
//!
//! A name is written in one script and often typed in another: Иванов as ivanov, 王小明 as wangxiaoming or wxm, Müller as
//! mueller. Two sides make them meet. [`readings`] gives, for a word of a name, what else it is to be found by from its
//! start; [`typed`] gives, for a word of a query, what else it may stand for. Scripts whose vowels are not written, or
//! are written in many ways, meet in a rougher form: [`sound`] of the name, [`heard`] of the query.
//!
//! All of them take and give text as the fold makes it: no capitals, no marks, no blanks.

#![allow(dead_code)] // the index does not ask yet

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
pub(crate) fn readings(_written: &str, _folded: &str, _part: Part) -> Vec<Reading> {
    Vec::new()
}

/// What a word of a query may stand for besides itself: "müller" for mueller, "たなk" for tanak, "иван" for ivan.
pub(crate) fn typed(_written: &str, _folded: &str) -> Vec<String> {
    Vec::new()
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
