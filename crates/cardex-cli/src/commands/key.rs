//! `key`: the encryption key of the book.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::key::read_key_file;
use crate::open_store;
use crate::output::Output;

/// Encrypt or decrypt the book, or change its key
///
/// No process may have the book open. Each command works completely or not at all, also if it is killed.
#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Encrypt an encrypted book with another key
    Change(NewKey),
    /// Encrypt a plain book
    ///
    /// The book is replaced by an encrypted copy, which is compared with it first. The disk can still contain the plain
    /// bytes.
    Encrypt(NewKey),
    /// Decrypt an encrypted book, whose key is given as for every command
    Decrypt,
}

#[derive(Debug, Args)]
struct NewKey {
    /// The file with the new key: a passphrase, or "hex:" and 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Key {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let path = open_store::book_path(global)?;
        let (item, message) = match self.command {
            KeyCommand::Change(NewKey { to }) => {
                open_store::store_options(global)?.change_key(path, &read_key_file(&to)?)?;
                (json!({ "changed": true }), "the book has the new key")
            }
            KeyCommand::Encrypt(NewKey { to }) => {
                open_store::store_options(global)?.encrypt(path, &read_key_file(&to)?)?;
                (json!({ "encrypted": true }), "the book is encrypted")
            }
            KeyCommand::Decrypt => {
                open_store::store_options(global)?.decrypt(path)?;
                (json!({ "encrypted": false }), "the book is plain")
            }
        };
        Ok(out.write_result(&item, message)?)
    }
}
