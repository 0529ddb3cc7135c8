//! `export`: contacts as a file, on stdout.

use cardex::{Error, limits};
use cardex_exchange::{Format, WriteOptions, Writer};
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
    #[command(flatten)]
    filters: ContactFilters,
}

impl Export {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        let default = if out.is_json() { Format::JsonLines } else { Format::VCard };
        let format = self.format.unwrap_or(default);
        let mut writer = Writer::new(out.file_writer()?, format, WriteOptions::new().vcard_3(self.vcard_3));
        let mut written = 0_u64;
        let mut contacts = self.filters.list(&book)?.limit(limits::PAGE).iter();
        loop {
            let batch = contacts.by_ref().take(limits::PAGE).collect::<Result<Vec<_>, _>>()?;
            if batch.is_empty() {
                break;
            }
            let ids: Vec<_> = batch.iter().map(|contact| contact.id).collect();
            let with_tags = format == Format::JsonLines;
            let tags = if with_tags { book.session.tags().of(&ids)? } else { Vec::new() };
            let values = if with_tags { book.session.attributes().of(&ids)? } else { Vec::new() };
            let (mut tags, mut values) = (tags.into_iter(), values.into_iter());
            for contact in batch {
                let (tags, values) = (tags.next().unwrap_or_default(), values.next().unwrap_or_default());
                let card = match book.session.card(contact.id) {
                    // The contact was deleted or merged after its page was read.
                    Err(Error::NoContact(_) | Error::Merged { .. }) => continue,
                    card => card?,
                };
                writer.write_full(&contact, card.as_deref(), &tags, &values)?;
                written = written.saturating_add(1);
            }
        }
        writer.finish()?;
        Ok(out.write_message(&format!("{written} contacts"))?)
    }
}
