//! `export`: contacts as a file, on stdout.

use cardex::{Error, limits};
use cardex_exchange::{Format, WriteOptions, Writer};
use clap::Args;

use crate::args::{self, Global};
use crate::commands::CommandResult;
use crate::commands::list::Filters;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Write contacts to the output
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The format: vcf (without it), csv or jsonl (without it, but with --json)
    #[arg(long, value_parser = args::parse_format)]
    format: Option<Format>,
    /// Write vCard 3.0, which Apple's and Microsoft's programs read best
    #[arg(long)]
    vcard_3: bool,
    #[command(flatten)]
    filters: Filters,
}

impl Export {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let desk = OpenStore::open(global)?;
        let usual = if out.is_json() { Format::JsonLines } else { Format::VCard };
        let format = self.format.unwrap_or(usual);
        let mut writer = Writer::new(out.file_writer()?, format, WriteOptions::new().vcard_3(self.vcard_3));
        let mut written = 0_u64;
        let mut contacts = self.filters.list(&desk)?.limit(limits::PAGE).iter();
        loop {
            let some = contacts.by_ref().take(limits::PAGE).collect::<Result<Vec<_>, _>>()?;
            if some.is_empty() {
                break;
            }
            let ids: Vec<_> = some.iter().map(|contact| contact.id).collect();
            let labels = format == Format::JsonLines;
            let tags = if labels { desk.session.tags().of(&ids)? } else { Vec::new() };
            let values = if labels { desk.session.attributes().of(&ids)? } else { Vec::new() };
            let (mut tags, mut values) = (tags.into_iter(), values.into_iter());
            for contact in some {
                let (tags, values) = (tags.next().unwrap_or_default(), values.next().unwrap_or_default());
                let card = match desk.session.card(contact.id) {
                    // Deleted since its page was read.
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
