//! `key`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::commands::Done;
use crate::desk;
use crate::key::in_file;
use crate::out::Out;

/// Encrypt the book with another key
#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Encrypt an encrypted book with another key, while nobody has it open
    Change(Change),
}

#[derive(Debug, Args)]
struct Change {
    /// The file with the new key: a passphrase, or "hex:" and 64 digits
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Key {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let What::Change(Change { to }) = self.what;
        desk::options(global)?.change_key(desk::place(global)?, &in_file(&to)?)?;
        Ok(out.done(&json!({ "changed": true }), "the book has the new key")?)
    }
}
