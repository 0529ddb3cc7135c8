//! A word of a contact.

use std::ops::Range;

use crate::model::Field;
use crate::text::tokenizer::Token;

/// A field, and a range of its bytes as written.
pub(crate) type FieldRange = (Field, Range<usize>);

/// A word of a contact, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct ContactToken {
    pub(crate) field: Field,
    pub(crate) token: Token,
    /// A reading of two fields together, such as a Chinese family and given name, also covers this range.
    pub(crate) second_range: Option<FieldRange>,
}

impl ContactToken {
    /// Whether two words share letters of a field.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
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
