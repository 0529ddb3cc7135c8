//! `import`: reads the records of files and reports each one.

mod plan;
mod report;
mod runs;
mod source;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use cardex::directory::GroupId;
use cardex::imports::ImportId;
use cardex::{AdvisorId, Interrupt, Network, Session};
use cardex_exchange::{ColumnMapping, Format, ImportOptions, ImportReport, MissingProperties, Reader};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::{self, AdvisorArg, Global};
use crate::commands::import::report::{add_to_total, finish, report_record};
use crate::commands::import::runs::ImportCommand;
use crate::commands::import::source::ImportFile;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// Read contacts from files
///
/// Known contacts are updated; importing a file again changes nothing. A rejected record does not stop the others, but
/// the command then exits with code 1. Each import has a number, by which it can be undone.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    command: Option<ImportCommand>,
    /// The files, folders of vCards, or zips of vCards; `-` is standard input
    #[arg(required_unless_present = "apply", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The network of records without one; the default is the address book, where people may share numbers and e-mail
    /// addresses
    #[arg(long, value_name = "CODE", default_value = "BOOK")]
    network: Network,
    /// What becomes of the properties of a known contact that its record does not have
    #[arg(long, value_name = "RULE", default_value = "keep")]
    missing: MissingRule,
    /// The format: vcf, csv, jsonl, jcard, jscontact or ldif; the default is what the first bytes of the file show, else
    /// that of its extension
    #[arg(long, value_parser = args::parse_format)]
    format: Option<Format>,
    /// The federation group of records without one
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
    /// An advisor to link every contact to, by id or e-mail address; may be given several times
    #[arg(long = "advisor", value_name = "ADVISOR")]
    advisors: Vec<AdvisorArg>,
    /// What a column of CSV contains, by its heading: `Rufname=first`, `Büro=phone:work`; may be given several times. `keep`
    /// is a column without a field. A wrong name shows all of them
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = parse_map)]
    map: Vec<(String, String)>,
    /// Only show the columns of CSV and what they contain
    #[arg(long)]
    columns: bool,
    /// Report what would become of each record, but change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write what would become of each record to a file, as JSON Lines to edit and to apply; change nothing
    #[arg(long, value_name = "PLAN", conflicts_with = "dry_run")]
    plan: Option<PathBuf>,
    /// Do what a plan says. Contacts that changed since the plan was made stay as they are
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["files", "dry_run", "plan", "columns", "interactive"])]
    apply: Option<PathBuf>,
    /// Ask about each record that may be a contact of the book
    #[arg(long, conflicts_with_all = ["dry_run", "plan"])]
    interactive: bool,
    /// Commit after so many records; an interruption keeps what was committed
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
}

/// What becomes of the properties of a known contact that its record does not have.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum MissingRule {
    /// They stay
    Keep,
    /// They are removed: the contact becomes what the file says
    Clear,
}

impl Import {
    pub(crate) fn run(mut self, global: &Global, out: &mut Output) -> CommandResult {
        if let Some(command) = self.command.take() {
            return command.run(global, out);
        }
        if let Some(plan) = &self.apply {
            return plan::apply_file(plan, self.batch_size(), global, out);
        }
        // All files are opened before the first is imported: a mistyped name changes nothing.
        let open = |file: &PathBuf| ImportFile::open(file, self.format);
        let sources = self.files.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        if self.columns {
            return self.print_columns(sources, out);
        }
        let _checked = self.options(Format::Csv, &[])?; // names of fields are checked before a book is opened
        let book = OpenStore::open_or_create(global)?;
        if !book.session.directory().networks()?.iter().any(|policy| policy.network == self.network) {
            // One error for the file instead of one for each record.
            return Err(cardex::Error::NoNetwork(self.network).into());
        }
        let advisors = AdvisorArg::resolve_all(&self.advisors, &book.session)?;
        let session = interruptible(&book)?;
        if self.dry_run || self.plan.is_some() || self.interactive {
            return self.make_plan((&session, &book.session), sources, &advisors, out);
        }
        let import = runs::begin(&session, &sources)?;
        let (total, done) = self.import_all(&session, sources, &advisors, import, out);
        // What was reported was committed, also before an interruption.
        finish(total, runs::end(&book.session, import)?, done, out)
    }

    /// Imports one file after the other. Returns the counts, also if one of them fails.
    fn import_all(
        &self,
        session: &Session,
        sources: Vec<ImportFile>,
        advisors: &[AdvisorId],
        import: ImportId,
        out: &mut Output,
    ) -> (ImportReport, CommandResult) {
        let bar = progress_bar(&sources);
        let mut total = ImportReport::default();
        for source in sources {
            let done = self.import_one(session, source, (advisors, import, &bar), &mut total, out);
            if done.is_err() {
                bar.finish_and_clear();
                return (total, done);
            }
        }
        bar.finish_and_clear();
        (total, Ok(()))
    }

    fn import_one(
        &self,
        session: &Session,
        source: ImportFile,
        (advisors, import, bar): (&[AdvisorId], ImportId, &ProgressBar),
        total: &mut ImportReport,
        out: &mut Output,
    ) -> CommandResult {
        self.report_columns_without_field(&source, out)?;
        let input = BufReader::with_capacity(1 << 16, bar.wrap_read(source.input));
        let (mut written, mut kept) = (Ok(()), ImportReport::default());
        let options = self.options(source.format, advisors)?.record_in(import);
        let report = cardex_exchange::import(session, input, &options, |progress| {
            kept = progress.report;
            if written.is_ok() {
                written = report_record(&source.name, progress, bar, out);
            }
        });
        add_to_total(total, *report.as_ref().unwrap_or(&kept));
        written?;
        report?;
        Ok(())
    }

    /// Shows each column with what it contains.
    fn print_columns(&self, sources: Vec<ImportFile>, out: &mut Output) -> CommandResult {
        let _checked = self.options(Format::Csv, &[])?;
        let mut rows = Vec::new();
        for source in sources {
            let reader = Reader::new(BufReader::new(source.input), source.format, self.network.clone());
            for ColumnMapping { heading, content, .. } in reader.map_columns(self.map.clone()).columns()? {
                if out.is_json() {
                    out.write_json_line(
                        &json!({ "file": source.name, "column": heading, "field": content }),
                    )?;
                } else {
                    let content = content.unwrap_or_else(|| "(kept without a field)".to_owned());
                    rows.push(vec![source.name.clone().into(), heading.into(), content.into()]);
                }
            }
        }
        if out.is_json() { Ok(()) } else { Ok(out.write_table(&["FILE", "COLUMN", "FIELD"], rows)?) }
    }

    /// Names the columns of a file that no field holds.
    fn report_columns_without_field(&self, source: &ImportFile, out: &mut Output) -> CommandResult {
        if source.format != Format::Csv || source.name == "-" || out.is_json() {
            return Ok(());
        }
        let input = File::open(&source.name)
            .map_err(|error| Failure::new("io", format!("{}: {error}", source.name)))?;
        let mut reader = Reader::new(BufReader::new(input), source.format, self.network.clone())
            .map_columns(self.map.clone());
        let columns = reader.columns()?;
        let without: Vec<String> = columns
            .into_iter()
            .filter(|column| column.content.is_none())
            .map(|column| column.heading)
            .collect();
        if !without.is_empty() {
            let message = format!(
                "{}: columns without a field, kept in the cards: {}",
                source.name,
                without.join(", ")
            );
            out.write_message(&message)?;
        }
        Ok(())
    }

    fn batch_size(&self) -> usize {
        usize::try_from(self.batch).unwrap_or(usize::MAX)
    }

    fn options(&self, format: Format, advisors: &[AdvisorId]) -> Result<ImportOptions, Failure> {
        let mut options = ImportOptions::new(format, self.network.clone()).batch(self.batch_size());
        options = options.missing(match self.missing {
            MissingRule::Keep => MissingProperties::Keep,
            MissingRule::Clear => MissingProperties::Clear,
        });
        if let Some(group) = self.group {
            options = options.group(group);
        }
        for (heading, content) in &self.map {
            options = options.column(heading.as_str(), content.as_str())?;
        }
        Ok(advisors.iter().fold(options, |options, advisor| options.advisor(*advisor)))
    }
}

/// Parses `COLUMN=FIELD`. A heading may contain the sign, a field does not.
fn parse_map(text: &str) -> Result<(String, String), String> {
    let (heading, field) = text.rsplit_once('=').ok_or("expected COLUMN=FIELD")?;
    Ok((heading.to_owned(), field.to_owned()))
}

/// A progress bar for the bytes of all files.
fn progress_bar(sources: &[ImportFile]) -> ProgressBar {
    let bar = ProgressBar::new(sources.iter().map(|source| source.bytes).sum());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// The session of the book, which Ctrl-C interrupts.
fn interruptible(book: &OpenStore) -> Result<Session, Failure> {
    let stop = Interrupt::new();
    let session = book.session.clone().interrupted_by(&stop);
    let interrupt = move || {
        if stop.is_interrupted() {
            std::process::exit(130); // the second Ctrl-C, for example while an input delivers nothing
        }
        stop.interrupt();
    };
    ctrlc::set_handler(interrupt)
        .map_err(|error| Failure::new("io", format!("cannot handle Ctrl-C: {error}")))?;
    Ok(session)
}
