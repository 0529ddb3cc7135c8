//! The text functions, compiled from the source of the engine.

#[path = "../../src/text/fold/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, unused_macros)]
pub(crate) mod fold;
#[path = "../../src/text/phone/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, unused_macros)]
pub(crate) mod phone;
#[path = "../../src/text/readings/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, unused_macros)]
pub(crate) mod readings;
#[path = "../../src/text/tokenizer.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, unused_macros)]
pub(crate) mod tokenizer;
