//! A word of a contact.

use std::ops::Range;

use crate::model::Field;
use crate::text::tokenizer::Token;

/// A field, and a range of its bytes as written.
pub(in crate::index) type FieldRange = (Field, Range<usize>);

/// A word of a contact, and where it is.
#[derive(Debug, Clone)]
pub(in crate::index) struct ContactToken {
    pub(in crate::index) field: Field,
    pub(in crate::index) token: Token,
    /// A reading of two fields together, such as a Chinese family and given name, also covers this range.
    pub(in crate::index) second_range: Option<FieldRange>,
}

impl ContactToken {
    /// Whether two words share letters of a field.
    pub(in crate::index) fn overlaps(&self, other: &Self) -> bool {
        let ranges = |word: &Self| {
            std::iter::once((word.field, word.token.span.clone()))
                .chain(word.second_range.clone())
                .collect::<Vec<_>>()
        };
        let others = ranges(other);
        ranges(self).iter().any(|(field, range)| {
            others.iter().any(|(f, other)| field == f && range.start < other.end && other.start < range.end)
        })
    }
}
