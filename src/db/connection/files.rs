//! Files beside a store: partial files of creations and copies, and how a finished one gets its name.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Whether an error means that the file system has no hard links.
pub(in crate::db) fn lacks_hard_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

/// A name beside a file that no other call uses: `NAME.PROCESS.CALL.part`.
pub(crate) fn partial_path(path: &Path) -> PathBuf {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{call}.part", std::process::id()));
    path.with_file_name(name)
}

/// The names of [`partial_path`] in the folder of a store, sorted. Each belongs to a creation or a copy that runs or
/// was interrupted. They cannot be distinguished: the process may run on another machine.
pub(crate) fn partial_files(path: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder_of(path))? {
        found.extend(entry?.file_name().into_string().ok().filter(|name| is_partial_name(name)));
    }
    found.sort_unstable();
    Ok(found)
}

/// Whether a name is `NAME.PROCESS.CALL.part`.
fn is_partial_name(name: &str) -> bool {
    let number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u64>().is_ok());
    let mut parts = name.rsplit('.');
    parts.next() == Some("part") && number(parts.next()) && number(parts.next()) && parts.next().is_some()
}

/// Removes a partial file and the files that SQLite may have put beside it. No other process uses them: the name contains our process
/// id.
pub(crate) fn remove_partial(partial: &Path) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = OsString::from(partial);
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}

/// Gives a finished partial file its name, and flushes the file and its folder to the disk.
///
/// # Errors
/// If a file of that name exists by now.
pub(crate) fn rename_into_place(partial: &Path, dest: &Path) -> io::Result<()> {
    sync_file(partial)?;
    match std::fs::hard_link(partial, dest) {
        // Without hard links, a file that appears between the test and the rename is replaced.
        Err(error) if lacks_hard_links(&error) && !dest.try_exists()? => std::fs::rename(partial, dest)?,
        linked => linked?,
    }
    sync_directory(dest)?;
    remove_partial(partial);
    Ok(())
}

pub(in crate::db) fn sync_file(path: &Path) -> io::Result<()> {
    std::fs::File::options().write(true).open(path)?.sync_all()
}

/// Flushes the folder of a file, and with it the file's name.
pub(in crate::db) fn sync_directory(path: &Path) -> io::Result<()> {
    std::fs::File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A URI by which SQLite opens a file as immutable: it looks for no log, and writes nothing beside the file.
pub(in crate::db) fn immutable_uri(real: &Path) -> PathBuf {
    let mut uri = String::from("file:");
    for byte in real.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => {
                let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
                uri.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    uri.push_str("?immutable=1");
    uri.into()
}
