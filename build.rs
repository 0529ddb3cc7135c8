//! Looks at the SQLite of the system, if the build links it. One that is too old would be an undefined symbol for the linker.

#![allow(clippy::print_stdout)] // the answers of a build script

#[path = "build/system_sqlite.rs"]
mod system_sqlite;

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(old_system_sqlite)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    for variable in system_sqlite::VARIABLES {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let has = |variable: &str| env::var_os(variable).is_some();
    let is_bundled = has("CARGO_FEATURE_BUNDLED") || has("CARGO_FEATURE_ENCRYPTION");
    // The SQLite of another platform is not on this machine.
    let is_cross = env::var_os("TARGET") != env::var_os("HOST");
    if is_bundled || is_cross || has("CARDEX_SKIP_SQLITE_CHECK") {
        return;
    }
    let Some(text) = system_sqlite::found() else { return };
    if system_sqlite::is_too_old(&text) {
        // The library fails with a message, unless another package has chosen the SQLite that rusqlite carries.
        println!("cargo::rustc-cfg=old_system_sqlite");
        println!("cargo::rustc-env=SYSTEM_SQLITE_VERSION={text}");
    }
}
