//! `export`: contacts as a file, on stdout.

use cardex::exchange::{Format, WriteOptions, Writer};
use cardex::{Error, limits};
use clap::Args;

use super::Done;
use super::list::Filters;
use crate::args::{self, Global};
use crate::desk::Desk;
use crate::out::Out;

/// Write contacts to the output
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The format: vcf (without it), csv or jsonl (without it, but with --json)
    #[arg(long, value_parser = args::format)]
    format: Option<Format>,
    /// Write vCard 3.0, which Apple's and Microsoft's programs read best
    #[arg(long)]
    vcard_3: bool,
    #[command(flatten)]
    filters: Filters,
}

impl Export {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let desk = Desk::open(global)?;
        let usual = if out.json() { Format::JsonLines } else { Format::VCard };
        let format = self.format.unwrap_or(usual);
        let mut writer = Writer::new(out.file()?, format, WriteOptions::new().vcard_3(self.vcard_3));
        let mut written = 0_u64;
        for contact in self.filters.list(&desk).limit(limits::PAGE).iter() {
            let contact = contact?;
            let card = match desk.session.card(contact.id) {
                // Deleted since its page was read.
                Err(Error::NoContact(_) | Error::Merged { .. }) => continue,
                card => card?,
            };
            writer.write(&contact, card.as_deref())?;
            written = written.saturating_add(1);
        }
        writer.finish()?;
        Ok(out.note(&format!("{written} contacts"))?)
    }
}
