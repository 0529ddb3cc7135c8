//! Filters: conditions on contacts, combined with and, or and not. Built by typed calls, or parsed from text.
//!
//! `condition` has the single conditions, `tree` combines them and enforces the limits, `parse` and `text` read and write the text
//! form. May import [`crate::error`] and files of `model`. A newcomer adds a condition in all four files.

mod condition;
mod condition_builders;
mod parse;
#[cfg(test)]
mod tests;
mod text;
mod tree;

pub(crate) use condition::{AttributeTest, Comparison, Condition, Operand, TextTest, TimeTest, TimeValue};
pub use condition::{TextField, TimeField};
pub use condition_builders::{AttributeCondition, TextCondition, TimeCondition};
pub use tree::Filter;
pub(crate) use tree::FilterNode;
