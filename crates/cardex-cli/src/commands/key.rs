//! `key`: the encryption key of the book.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::key::read_key_file;
use crate::open_store;
use crate::output::Output;

/// Change the encryption key
#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Encrypt an encrypted book with another key; no process may have it open
    Change(Change),
}

#[derive(Debug, Args)]
struct Change {
    /// The file with the new key: a passphrase, or "hex:" and 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Key {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let KeyCommand::Change(Change { to }) = self.command;
        open_store::store_options(global)?
            .change_key(open_store::book_path(global)?, &read_key_file(&to)?)?;
        Ok(out.write_result(&json!({ "changed": true }), "the book has the new key")?)
    }
}
