//! `import`: reads the records of files and reports each one.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use cardex::contacts::ImportOutcome;
use cardex::directory::GroupId;
use cardex::{AdvisorId, Interrupt, Network, Session, ValidationError};
use cardex_exchange::{
    ColumnMapping, FolderReader, Format, ImportOptions, ImportProgress, ImportReport, MissingProperties,
    Reader, Warning,
};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::args::{self, AdvisorArg, Global};
use crate::failure::{CommandResult, Failure, FailureReport};
use crate::open_store::OpenStore;
use crate::output::Output;

/// Read contacts from files
///
/// Known contacts are updated; importing a file again changes nothing. A rejected record does not stop the others, but
/// the command then exits with code 1.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The files, or folders of vCards; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
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
    /// Check and report everything, but change nothing
    #[arg(long)]
    dry_run: bool,
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

/// An open file to import.
struct ImportFile {
    name: String,
    format: Format,
    input: Box<dyn Read + Send>,
    bytes: u64,
}

impl Import {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        // All files are opened before the first is imported: a mistyped name changes nothing.
        let sources = self.files.iter().map(|file| self.open_file(file)).collect::<Result<Vec<_>, _>>()?;
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
        let bar = ProgressBar::new(sources.iter().map(|source| source.bytes).sum());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {eta} left") {
            bar.set_style(style);
        }
        let (mut total, session) = (ImportReport::default(), interruptible(&book)?);
        for source in sources {
            self.report_columns_without_field(&source, out)?;
            let input = BufReader::with_capacity(1 << 16, bar.wrap_read(source.input));
            let (mut written, mut kept) = (Ok(()), ImportReport::default());
            let options = self.options(source.format, &advisors)?;
            let report = cardex_exchange::import(&session, input, &options, |progress| {
                kept = progress.report;
                if written.is_ok() {
                    written = report_record(&source.name, progress, &bar, out);
                }
            });
            written?;
            add_to_total(&mut total, *report.as_ref().unwrap_or(&kept));
            if let Err(error) = report {
                bar.finish_and_clear();
                // What was reported was committed.
                write_totals(total, self.dry_run, out)?;
                return Err(error.into());
            }
        }
        bar.finish_and_clear();
        finish(total, self.dry_run, out)
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

    fn options(&self, format: Format, advisors: &[AdvisorId]) -> Result<ImportOptions, Failure> {
        let batch = usize::try_from(self.batch).unwrap_or(usize::MAX);
        let mut options = ImportOptions::new(format, self.network.clone()).dry_run(self.dry_run).batch(batch);
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

    fn open_file(&self, file: &PathBuf) -> Result<ImportFile, Failure> {
        let name = file.to_string_lossy().into_owned();
        let failed = |error| Failure::new("io", format!("{name}: {error}"));
        if file.is_dir() {
            let reader = FolderReader::open(file).map_err(failed)?;
            let bytes = reader.total_bytes();
            return Ok(ImportFile { name, format: Format::VCard, input: Box::new(reader), bytes });
        }
        let (mut input, bytes): (Box<dyn Read + Send>, u64) = if name == "-" {
            (Box::new(io::stdin()), 0)
        } else {
            let input = File::open(file).map_err(failed)?;
            let bytes = input.metadata().map_err(failed)?.len();
            (Box::new(input), bytes)
        };
        let mut start = Vec::new();
        if self.format.is_none() {
            input.by_ref().take(4_096).read_to_end(&mut start).map_err(failed)?;
        }
        let found = self.format.or_else(|| Format::detect(&start)).or_else(|| Format::from_path(file));
        let format = found.ok_or_else(|| {
            Failure::new("format", format!("{name}: unknown format; give it with --format"))
        })?;
        Ok(ImportFile { input: Box::new(io::Cursor::new(start).chain(input)), name, format, bytes })
    }
}

/// Parses `COLUMN=FIELD`. A heading may contain the sign, a field does not.
fn parse_map(text: &str) -> Result<(String, String), String> {
    let (heading, field) = text.rsplit_once('=').ok_or("expected COLUMN=FIELD")?;
    Ok((heading.to_owned(), field.to_owned()))
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

/// Reports one record. With `--json` every record is reported, otherwise only rejections and warnings.
fn report_record(
    name: &str,
    progress: &ImportProgress,
    bar: &ProgressBar,
    out: &mut Output,
) -> io::Result<()> {
    let warnings = progress.warnings.iter();
    if out.is_json() {
        let warning = |w: &Warning| {
            json!({
                "field": w.field, "problem": w.reason.to_string(), "value": w.value, "line": w.line, "count": w.count,
            })
        };
        let warnings = warnings.map(warning);
        let (word, id, error) = match &progress.outcome {
            ImportOutcome::Added(id) => ("added", Some(id), None),
            ImportOutcome::Updated(id) => ("updated", Some(id), None),
            ImportOutcome::Unchanged(id) => ("unchanged", Some(id), None),
            ImportOutcome::Rejected(error) => ("refused", None, Some(FailureReport::from(error))),
            _ => ("other", None, None),
        };
        let mut item = json!({ "file": name, "line": progress.line, "outcome": word });
        let optional = [
            ("id", id.map(|id| json!(id))),
            ("name", Some(json!(progress.name)).filter(|name| *name != json!(""))),
            ("value", Some(json!(progress.value)).filter(|value| *value != json!(""))),
            ("error", error.map(|error| json!(error))),
            ("warnings", Some(warnings.collect::<Value>()).filter(|list| *list != json!([]))),
        ];
        if let Some(item) = item.as_object_mut() {
            item.extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        }
        return out.write_json_line(&item);
    }
    let who = if progress.name.is_empty() { String::new() } else { format!(" ({})", progress.name) };
    let mut notes: Vec<String> =
        warnings.map(|w| format!("{name}, line {}{who}: {}", w.line, warning_text(w))).collect();
    if let ImportOutcome::Rejected(error) = &progress.outcome {
        let value = if progress.value.is_empty() { String::new() } else { format!(" '{}'", progress.value) };
        notes.push(format!("{name}, line {}{who}: rejected{value}: {error}", progress.line));
    }
    bar.suspend(|| notes.iter().try_for_each(|note| out.write_message(note)))
}

/// A warning with its value, or with the number of values that it is about.
fn warning_text(warning: &Warning) -> String {
    let kept = match warning.reason {
        ValidationError::NotAPhone => "kept as written",
        ValidationError::TooLong { .. } => "cut; the card keeps it",
        _ => "kept in the card only",
    };
    match (warning.count, warning.value.as_str()) {
        (1, "") => format!("{}: {}; {kept}", warning.field, warning.reason),
        (1, value) => format!("{} '{value}': {}; {kept}", warning.field, warning.reason),
        (count, _) => format!("{}: {} ({count} further values); {kept}", warning.field, warning.reason),
    }
}

fn add_to_total(total: &mut ImportReport, report: ImportReport) {
    let pairs = [
        (&mut total.added, report.added),
        (&mut total.updated, report.updated),
        (&mut total.unchanged, report.unchanged),
        (&mut total.rejected, report.rejected),
        (&mut total.with_warnings, report.with_warnings),
        (&mut total.without_times, report.without_times),
        (&mut total.groups, report.groups),
        (&mut total.missing_members, report.missing_members),
    ];
    for (sum, count) in pairs {
        *sum = sum.saturating_add(count);
    }
}

fn finish(total: ImportReport, dry_run: bool, out: &mut Output) -> CommandResult {
    write_totals(total, dry_run, out)?;
    let rejected = total.rejected;
    if rejected == 0 {
        return Ok(());
    }
    Err(Failure::new("refused", format!("{rejected} of {} records were rejected", total.records())))
}

fn write_totals(total: ImportReport, dry_run: bool, out: &mut Output) -> io::Result<()> {
    let ImportReport { added, updated, unchanged, rejected, with_warnings, without_times, .. } = total;
    let (groups, missing_members) = (total.groups, total.missing_members);
    let item = json!({ "report": {
        "added": added, "updated": updated, "unchanged": unchanged, "refused": rejected, "warned": with_warnings,
        "withoutTimes": without_times, "groups": groups, "missingMembers": missing_members, "dryRun": dry_run,
    }});
    let suffix = if dry_run { "; dry run: nothing was changed" } else { "" };
    let message = format!(
        "{added} added, {updated} updated, {unchanged} unchanged, {rejected} rejected, {with_warnings} with warnings"
    );
    let times = match without_times {
        0 => String::new(),
        count => format!("; the times createdAt and activeAt of {count} records were not imported"),
    };
    let groups = match (groups, missing_members) {
        (0, _) => String::new(),
        (groups, 0) => format!("; {groups} groups became tags"),
        (groups, missing) => {
            format!("; {groups} groups became tags, {missing} of their members are not in the file")
        }
    };
    out.write_result(&item, &format!("{message}{times}{groups}{suffix}"))
}
