//! The pure functions over texts from the engine's own source: what stands beside it folds names alike, and benches reach them
//! without the store.

#[path = "../../src/text/fold/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub)]
pub(crate) mod fold;
