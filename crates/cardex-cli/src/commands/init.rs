//! `init`: creates a book.

use clap::Args;
use serde_json::json;

use crate::args::Global;
use crate::failure::{CommandResult, Failure};
use crate::open_store::{OpenStore, book_path};
use crate::output::Output;

/// Create an empty book, which only its owner can read
#[derive(Debug, Args)]
pub(crate) struct Init {}

impl Init {
    #[allow(clippy::unused_self)] // like all commands
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let path = book_path(global)?;
        if path.symlink_metadata().is_ok() {
            return Err(Failure::new("exists", format!("there is a file at {} already", path.display())));
        }
        OpenStore::open_or_create(global)?;
        let item = json!({ "book": path.display().to_string() });
        Ok(out.write_result(&item, &format!("created {}", path.display()))?)
    }
}
