//! One reading of a word.

/// Which part of a name a word stands in: scripts without blanks are cut by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamePart {
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
