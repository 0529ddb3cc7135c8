//! One reading of a word.

/// The part of a name that a word belongs to. Scripts without spaces are split by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamePart {
    /// A first (given) name.
    Given,
    /// A last (family) name.
    Family,
    /// Anything else: a display name, a nickname, a company.
    Other,
}

/// One way to type a word or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The byte range of the folded word that it covers: the whole word, or a word inside it (小明 in 王小明).
    pub(crate) span: std::ops::Range<usize>,
    /// The typed text: folded, without spaces, never empty.
    pub(crate) text: String,
}
