//! Reads files that contain secrets.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use cardex::Error;

use crate::failure::Failure;

/// The text of a file. `kind` (`token`, `key`) is for messages, `code` is the code of the failure.
///
/// # Errors
/// If its group or other users have any permission on the file, or if it cannot be read. On Windows, permissions are not checked.
pub(crate) fn read(path: &Path, kind: &'static str, code: &'static str) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::OnItem(path.display().to_string(), error.into());
    let mut file = File::open(path).map_err(failed)?;
    if is_shared(&file).map_err(Error::from)? {
        let message = format!("other users than its owner have access to the {kind} file; chmod 600 it");
        return Err(Failure::new(code, message));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(unix)]
fn is_shared(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Access control lists are not read: `docs/platforms.md` says so.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // same signature as on Unix
fn is_shared(_: &File) -> io::Result<bool> {
    Ok(false)
}
