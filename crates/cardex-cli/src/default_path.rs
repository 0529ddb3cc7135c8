//! The default path of the book: in the platform's folder for user data.

use std::env;
use std::path::PathBuf;

/// The default path of the book; `None` if the environment names no folder.
pub(crate) fn default_book_path() -> Option<PathBuf> {
    data_folder().map(|folder| folder.join("cardex").join("book.cardex"))
}

/// A folder from an environment variable. The XDG Base Directory Specification says to ignore relative paths.
fn folder_from_env(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

fn data_folder() -> Option<PathBuf> {
    if cfg!(windows) {
        return folder_from_env("LOCALAPPDATA").or_else(|| folder_from_env("APPDATA"));
    }
    if cfg!(target_os = "macos") {
        return folder_from_env("HOME").map(|home| home.join("Library").join("Application Support"));
    }
    folder_from_env("XDG_DATA_HOME")
        .or_else(|| folder_from_env("HOME").map(|home| home.join(".local").join("share")))
}
