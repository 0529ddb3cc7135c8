//! Files beside a store: partial files of creations and copies, and how a finished one gets its name.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Whether an error means that the file system has no hard links.
pub(in crate::db) fn lacks_hard_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

/// A path that SQLite takes as it is. SQLite reads a text that begins with `file:` as a URI, and `:memory:` as no file.
pub(in crate::db) fn plain_path(path: &Path) -> Cow<'_, Path> {
    if path.is_absolute() { Cow::Borrowed(path) } else { Cow::Owned(Path::new(".").join(path)) }
}

/// The name of a partial file in the same folder: `NAME.RANDOM.part`. The random part prevents another program from creating it first.
///
/// # Errors
/// If the operating system has no randomness.
pub(crate) fn partial_path(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.part", getrandom::u64()?));
    Ok(path.with_file_name(name))
}

/// Creates an empty file with a name of [`partial_path`], which only its owner may read.
pub(in crate::db) fn create_partial(path: &Path) -> io::Result<PathBuf> {
    let partial = partial_path(path)?;
    create_private(&partial)?;
    Ok(partial)
}

/// Creates an empty file that only its owner may read. On Windows, it has the permissions of its folder. Fails if there is a file or a
/// link with this name.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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

/// Whether a name is `NAME.RANDOM.part`.
fn is_partial_name(name: &str) -> bool {
    let mut parts = name.rsplit('.');
    let is_part = parts.next() == Some("part");
    let random = parts.next().unwrap_or_default();
    let is_random = random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_part && is_random && parts.next().is_some()
}

/// Removes a partial file and the files that SQLite may have put beside it. No other process uses them: the name is random.
pub(crate) fn remove_partial(partial: &Path) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = OsString::from(partial);
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}

/// Gives a finished partial file its name and the mode of another file, and flushes the file and its folder to the disk.
///
/// # Errors
/// If a file of that name exists by now.
pub(crate) fn rename_into_place(partial: &Path, dest: &Path, mode_of: Option<&Path>) -> io::Result<()> {
    let file = File::options().write(true).open(partial)?;
    if let Some(other) = mode_of {
        file.set_permissions(std::fs::metadata(other)?.permissions())?;
    }
    file.sync_all()?;
    drop(file);
    match std::fs::hard_link(partial, dest) {
        // Without hard links, a file that appears between the test and the rename is replaced.
        Err(error) if lacks_hard_links(&error) && !dest.try_exists()? => std::fs::rename(partial, dest)?,
        linked => linked?,
    }
    sync_directory(dest)?;
    remove_partial(partial);
    Ok(())
}

/// Puts a finished partial file in the place of another file, with the owner and the mode of that file, and flushes both names. `open`
/// is a connection to the old file. It is closed afterwards, so that its locks hold until then.
#[cfg(feature = "encryption")]
pub(in crate::db) fn replace_file(partial: &Path, path: &Path, open: rusqlite::Connection) -> io::Result<()> {
    let old = std::fs::metadata(path)?;
    let file = File::options().write(true).open(partial)?;
    keep_owner(&file, &old)?;
    file.set_permissions(old.permissions())?;
    file.sync_all()?;
    drop(file);
    // Windows renames over no open file.
    let open = Some(open).filter(|_| !cfg!(windows));
    std::fs::rename(partial, path)?;
    let flushed = sync_directory(path);
    drop(open);
    flushed
}

#[cfg(all(feature = "encryption", unix))]
fn keep_owner(file: &File, of: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (of.uid(), of.gid()) {
        return Ok(());
    }
    fchown(file, Some(of.uid()), Some(of.gid()))
}

#[cfg(all(feature = "encryption", not(unix)))]
#[allow(clippy::unnecessary_wraps)] // same signature as on Unix
fn keep_owner(_: &File, _: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}

pub(in crate::db) fn sync_file(path: &Path) -> io::Result<()> {
    File::options().write(true).open(path)?.sync_all()
}

/// Flushes the folder of a file, and with it the file's name. Windows opens no folder as a file; NTFS logs names itself.
pub(in crate::db) fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether the file with this suffix beside a file exists and is not empty.
pub(in crate::db) fn has_content(path: &Path, suffix: &str) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    std::fs::metadata(name).is_ok_and(|meta| meta.len() > 0)
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
