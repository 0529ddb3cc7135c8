//! TODO-DOC

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
