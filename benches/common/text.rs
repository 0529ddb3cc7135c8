//! The fold, compiled from the source of the engine: the compared implementations fold names in the same way, without a store.

#[path = "../../src/text/fold/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub)]
pub(crate) mod fold;
