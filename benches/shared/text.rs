//! The rules by which the engine folds names, from its own source: those beside it keep names folded alike.

#[path = "../../src/text/fold/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub)]
pub(crate) mod fold;
