//! Imports as plans: `--dry-run`, `--plan`, `--apply` and `--interactive`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use cardex::contacts::ImportOutcome;
use cardex::{AdvisorId, Error, Session};
use cardex_exchange::{
    AppliedRecord, ApplyOptions, ApplyOutcome, Candidate, Decision, ImportReport, PlanReport, PlannedRecord,
    apply, plan,
};
use serde_json::{Value, json};

use crate::args::Global;
use crate::commands::import::report::finish;
use crate::commands::import::source::ImportFile;
use crate::commands::import::{Import, interruptible, progress_bar, runs};
use crate::failure::{CommandResult, Failure, FailureReport};
use crate::open_store::OpenStore;
use crate::output::Output;

impl Import {
    /// Makes the plan of all files. Then shows it, writes it, or asks and applies it.
    pub(super) fn make_plan(
        &self,
        (session, book): (&Session, &Session),
        sources: Vec<ImportFile>,
        advisors: &[AdvisorId],
        out: &mut Output,
    ) -> CommandResult {
        if self.interactive && sources.iter().any(|source| source.name == "-") {
            return Err(Failure::new("usage", "--interactive reads the answers from standard input"));
        }
        // A plan that cannot be written is an error before the files are read.
        let mut file = self.plan.as_ref().map(|path| create(path)).transpose()?;
        let bar = progress_bar(&sources);
        let names: Vec<String> = sources.iter().map(ImportFile::short_name).collect();
        let (mut records, mut total) = (Vec::new(), PlanReport::default());
        for source in sources {
            let options = self.options(source.format, advisors)?;
            let input = BufReader::with_capacity(1 << 16, bar.wrap_read(source.input));
            plan(session, input, &options, |mut record| {
                record.file.clone_from(&source.name);
                total.count(&record);
                records.push(record);
            })?;
        }
        bar.finish_and_clear();
        if self.interactive {
            for record in records.iter_mut().filter(|record| record.decision == Decision::Doubtful) {
                ask(record, &mut io::stdin().lock(), out)?;
            }
            let records = records.into_iter().map(Ok);
            return apply_records((session, book), records, &names.join(", "), self.batch_size(), out);
        }
        for record in &records {
            match &mut file {
                Some(file) => write_line(file, record)?,
                None => show(record, out)?,
            }
        }
        if let Some(file) = file {
            let written = file.into_inner().map_err(io::IntoInnerError::into_error);
            written
                .and_then(|file| file.sync_all())
                .map_err(|error| Failure::new("io", error.to_string()))?;
        }
        write_totals(total, out)
    }
}

/// Applies the plan in a file.
pub(super) fn apply_file(path: &Path, batch: usize, global: &Global, out: &mut Output) -> CommandResult {
    let failed = |error| Failure::new("io", format!("{}: {error}", path.display()));
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let book = OpenStore::open(global)?;
    let session = interruptible(&book)?;
    let records =
        file.lines().enumerate().filter(|(_, line)| !line.as_ref().is_ok_and(|line| line.trim().is_empty()));
    let records = records.map(|(at, line)| {
        let line = line.map_err(Error::Io)?;
        serde_json::from_str::<PlannedRecord>(&line).map_err(|error| Error::Format {
            format: "plan",
            line: u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1),
            // The message of the parser can contain values.
            reason: format!("not a record of a plan, column {}", error.column()),
        })
    });
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    apply_records((&session, &book.session), records, &name, batch, out)
}

/// Applies records in the first session, which can be interrupted. The second one finishes the import.
fn apply_records(
    (session, book): (&Session, &Session),
    records: impl Iterator<Item = cardex::Result<PlannedRecord>> + Send,
    name: &str,
    batch: usize,
    out: &mut Output,
) -> CommandResult {
    let import = runs::begin_named(session, name)?;
    let (mut written, mut left) = (Ok(()), 0_u64);
    let options = ApplyOptions::new().record_in(import).batch(batch);
    let mut total = ImportReport::default();
    let report = apply(session, records, options, |applied| {
        total = applied.report;
        left = left.saturating_add(u64::from(!matches!(applied.outcome, ApplyOutcome::Imported(_))));
        if written.is_ok() {
            written = show_applied(applied, out);
        }
    });
    let kept = runs::end(book, import)?;
    written?;
    if total.records() == 0 && left == 0 {
        report?;
        return finish(total, kept, Ok(()), out);
    }
    if left > 0 {
        out.write_message(&format!("{left} records were left out"))?;
    }
    finish(total, kept, report.map(drop).map_err(Into::into), out)
}

fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create_new(path);
    Ok(BufWriter::new(file.map_err(|error| Failure::new("io", format!("{}: {error}", path.display())))?))
}

fn write_line(file: &mut BufWriter<File>, record: &PlannedRecord) -> CommandResult {
    let line = serde_json::to_string(record).map_err(io::Error::from)?;
    writeln!(file, "{line}").map_err(|error| Failure::new("io", error.to_string()))
}

/// Asks which contact a doubtful record is. Without an answer it is left out.
fn ask(record: &mut PlannedRecord, answers: &mut impl BufRead, out: &mut Output) -> CommandResult {
    out.write_message(&format!("{}: may be", place(record)))?;
    for (at, candidate) in record.candidates.iter().enumerate() {
        out.write_message(&format!("  {}: {}", at.saturating_add(1), candidate_text(candidate)))?;
    }
    loop {
        out.write_message("[a]dd as another contact, [number] of the contact to update, [s]kip?")?;
        let mut answer = String::new();
        let count = answers.read_line(&mut answer).map_err(|error| Failure::new("io", error.to_string()))?;
        let answer = answer.trim();
        let chosen = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let chosen = chosen.and_then(|at| record.candidates.get(at)).map(|candidate| candidate.contact);
        match (answer, chosen) {
            _ if count == 0 => record.decision = Decision::Skip,
            ("a" | "add", _) => record.decision = Decision::Add,
            ("s" | "skip", _) => record.decision = Decision::Skip,
            (_, Some(contact)) => (record.decision, record.contact) = (Decision::Update, Some(contact)),
            _ => continue,
        }
        return Ok(());
    }
}

/// Shows what would become of a record.
fn show(record: &PlannedRecord, out: &mut Output) -> CommandResult {
    if out.is_json() {
        let mut item = json!(record);
        if let Some(item) = item.as_object_mut() {
            item.remove("record");
            item.remove("missing");
        }
        return Ok(out.write_json_line(&item)?);
    }
    let decision = match record.decision {
        Decision::Add => "add".to_owned(),
        Decision::Update => {
            let fields: Vec<&str> = record.fields.iter().map(|field| field.as_str()).collect();
            format!("update {}: {}", contact_text(record), fields.join(", "))
        }
        Decision::Unchanged => format!("unchanged, {}", contact_text(record)),
        Decision::Doubtful => {
            let candidates: Vec<String> = record.candidates.iter().map(candidate_text).collect();
            format!("doubtful, may be {}", candidates.join("; "))
        }
        Decision::Rejected if record.value.is_empty() => format!("rejected: {}", record.reason),
        Decision::Rejected => format!("rejected '{}': {}", record.value, record.reason),
        _ => "skip".to_owned(),
    };
    out.write_lines(vec![vec![place(record).into(), decision.into()]])?;
    for warning in &record.warnings {
        let value = if warning.value.is_empty() { String::new() } else { format!(" '{}'", warning.value) };
        let place = format!("{}, line {}", record.file, warning.line);
        out.write_message(&format!("{place}: {}{value}", warning.error.message))?;
    }
    Ok(())
}

fn place(record: &PlannedRecord) -> String {
    let name = if record.name.is_empty() { String::new() } else { format!(" ({})", record.name) };
    format!("{}, line {}{name}", record.file, record.line)
}

fn contact_text(record: &PlannedRecord) -> String {
    record.contact.map_or_else(|| record.reason.clone(), |contact| format!("contact {contact}"))
}

fn candidate_text(candidate: &Candidate) -> String {
    let words = |evidence: &cardex::duplicates::DuplicateEvidence| match json!(evidence.kind) {
        Value::String(word) => word,
        _ => String::new(),
    };
    let evidence: Vec<String> = candidate.evidence.iter().map(words).collect();
    format!(
        "contact {} ({}; {}; {:.2})",
        candidate.contact,
        candidate.name,
        evidence.join(", "),
        candidate.score
    )
}

/// Reports what was done with a record: everything as JSON, otherwise what was not done.
fn show_applied(applied: &AppliedRecord, out: &mut Output) -> io::Result<()> {
    let (word, id, error) = match &applied.outcome {
        ApplyOutcome::Imported(ImportOutcome::Added(id)) => ("added", Some(*id), None),
        ApplyOutcome::Imported(ImportOutcome::Updated { contact, .. }) => ("updated", Some(*contact), None),
        ApplyOutcome::Imported(ImportOutcome::Unchanged(id)) => ("unchanged", Some(*id), None),
        ApplyOutcome::Imported(ImportOutcome::Rejected(error)) => ("refused", None, Some(error)),
        ApplyOutcome::Outdated(error) => ("outdated", None, Some(error)),
        ApplyOutcome::Undecided => ("undecided", None, None),
        ApplyOutcome::Skipped => ("skipped", None, None),
        _ => ("other", None, None),
    };
    if out.is_json() {
        let mut item = json!({ "file": applied.file, "line": applied.line, "outcome": word });
        let optional = [
            ("id", id.map(|id| json!(id))),
            ("name", Some(json!(applied.name)).filter(|_| !applied.name.is_empty())),
            ("error", error.map(|error| json!(FailureReport::from(error)))),
        ];
        if let Some(item) = item.as_object_mut() {
            item.extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        }
        return out.write_json_line(&item);
    }
    let name = if applied.name.is_empty() { String::new() } else { format!(" ({})", applied.name) };
    let place = format!("{}, line {}{name}", applied.file, applied.line);
    match (&applied.outcome, error) {
        (ApplyOutcome::Outdated(_), Some(error)) => out
            .write_message(&format!("{place}: left out, the book changed since the plan was made: {error}")),
        (_, Some(error)) => out.write_message(&format!("{place}: rejected: {error}")),
        (ApplyOutcome::Undecided, _) => out.write_message(&format!("{place}: left out, still doubtful")),
        _ => Ok(()),
    }
}

fn write_totals(total: PlanReport, out: &mut Output) -> CommandResult {
    let PlanReport { added, updated, unchanged, doubtful, rejected, with_warnings, .. } = total;
    let item = json!({ "report": {
        "added": added, "updated": updated, "unchanged": unchanged, "doubtful": doubtful, "refused": rejected,
        "warned": with_warnings, "dryRun": true,
    }});
    let message = format!(
        "{added} to add, {updated} to update, {unchanged} unchanged, {doubtful} doubtful, {rejected} rejected, \
         {with_warnings} with warnings; nothing was changed"
    );
    out.write_result(&item, &message)?;
    match rejected {
        0 => Ok(()),
        _ => Err(Failure::new("refused", format!("{rejected} records are rejected"))),
    }
}
