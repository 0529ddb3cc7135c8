//! `export`: contacts as a file, on stdout.

use std::path::PathBuf;

use cardex_exchange::{Format, WriteOptions};
use clap::Args;
use serde_json::json;

use crate::args::{self, Global};
use crate::commands::contact_filters::ContactFilters;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Write contacts to the output
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The format: vcf, csv, jsonl, jcard, jscontact or ldif; the default is vcf, or jsonl with --json
    #[arg(long, value_parser = args::parse_format)]
    format: Option<Format>,
    /// Write vCard 3.0: the programs of Apple and Microsoft read it best
    #[arg(long)]
    vcard_3: bool,
    /// Write vCard 2.1, which old phones and cars read
    #[arg(long, conflicts_with = "vcard_3")]
    vcard_2_1: bool,
    /// Write each contact as a vCard of its own into this folder, named by its UID. Files with the same content are not
    /// touched, and no file is deleted
    #[arg(long, value_name = "FOLDER", conflicts_with = "format")]
    folder: Option<PathBuf>,
    /// In CSV, put an apostrophe before phones that begin with a plus, so that no spreadsheet reads them as formulas
    #[arg(long)]
    guard_phones: bool,
    #[command(flatten)]
    filters: ContactFilters,
}

impl Export {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        let default = if out.is_json() { Format::JsonLines } else { Format::VCard };
        let format = self.format.unwrap_or(default);
        let options = WriteOptions::new().vcard_3(self.vcard_3).vcard_2_1(self.vcard_2_1);
        let options = options.csv_guard_phones(self.guard_phones);
        let list = self.filters.list(&book)?;
        if let Some(folder) = self.folder {
            let done = cardex_exchange::export_folder(&book.session, list, folder, &options)?;
            let item = json!({ "written": done.written, "unchanged": done.unchanged });
            let message = format!("{} files written, {} unchanged", done.written, done.unchanged);
            return Ok(out.write_result(&item, &message)?);
        }
        let written = cardex_exchange::export(&book.session, list, out.file_writer()?, format, options)?;
        Ok(out.write_message(&format!("{written} contacts"))?)
    }
}
