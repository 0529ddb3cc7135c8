//! Files with secrets in them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use cardex::Error;

use crate::failure::Failure;

/// The text of a file of this kind (`token`, `key`), unless every user of the machine can read or change it.
pub(crate) fn read(path: &Path, kind: &'static str, code: &'static str) -> Result<String, Failure> {
    let unread = |error: io::Error| Failure::OnItem(path.display().to_string(), error.into());
    let mut file = File::open(path).map_err(unread)?;
    if is_world_accessible(&file).map_err(Error::from)? {
        let problem = format!("every user of this machine can read or change the {kind} file; chmod 600 it");
        return Err(Failure::new(code, problem));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unread)?;
    Ok(text)
}

#[cfg(unix)]
fn is_world_accessible(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o006 != 0)
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // as on Unix
fn is_world_accessible(_: &File) -> io::Result<bool> {
    Ok(false)
}
