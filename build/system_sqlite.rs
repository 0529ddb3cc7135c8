//! The version of the system's SQLite: found where the crate `libsqlite3-sys` finds the library.

use std::env;
use std::path::Path;
use std::process::Command;

/// The oldest version that has every function that the crate `rusqlite` calls.
const OLDEST: [u32; 2] = [3, 44];

/// The variables that decide which library is found.
pub(crate) const VARIABLES: [&str; 5] =
    ["CARDEX_SKIP_SQLITE_CHECK", "PKG_CONFIG", "PKG_CONFIG_PATH", "SQLITE3_INCLUDE_DIR", "SQLITE3_LIB_DIR"];

/// The version, such as `3.40.1`; `None` if it cannot be found.
pub(crate) fn found() -> Option<String> {
    if env::var_os("SQLITE3_LIB_DIR").is_some() {
        let header = Path::new(&env::var_os("SQLITE3_INCLUDE_DIR")?).join("sqlite3.h");
        return version_of_header(&std::fs::read_to_string(header).ok()?);
    }
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let output = Command::new(program).args(["--modversion", "sqlite3"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && parse(text).is_some())
}

/// The version that a header `sqlite3.h` defines.
pub(crate) fn version_of_header(text: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("#define SQLITE_VERSION "));
    let version = lines.next()?.trim().trim_matches('"');
    parse(version).map(|_| version.to_owned())
}

/// Whether a version cannot be linked. One that is no version can be.
pub(crate) fn is_too_old(version: &str) -> bool {
    parse(version).is_some_and(|version| version < OLDEST)
}

/// The first two numbers of a version.
fn parse(version: &str) -> Option<[u32; 2]> {
    let mut numbers = version.split('.').map(str::parse);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
}
