//! `export`: contacts as a file, on stdout.

use cardex_exchange::{Format, WriteOptions};
use clap::Args;

use crate::args::{self, Global};
use crate::commands::contact_filters::ContactFilters;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Write contacts to the output
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The format: vcf, csv or jsonl; the default is vcf, or jsonl with --json
    #[arg(long, value_parser = args::parse_format)]
    format: Option<Format>,
    /// Write vCard 3.0: the programs of Apple and Microsoft read it best
    #[arg(long)]
    vcard_3: bool,
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
        let options = WriteOptions::new().vcard_3(self.vcard_3).csv_guard_phones(self.guard_phones);
        let list = self.filters.list(&book)?;
        let written = cardex_exchange::export(&book.session, list, out.file_writer()?, format, options)?;
        Ok(out.write_message(&format!("{written} contacts"))?)
    }
}
