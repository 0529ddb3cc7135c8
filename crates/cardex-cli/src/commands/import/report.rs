//! What an import reports: each record, and the counts at the end.

use std::io;

use cardex::ValidationError;
use cardex::contacts::ImportOutcome;
use cardex::imports::ImportId;
use cardex_exchange::{ImportProgress, ImportReport, Warning};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::failure::{CommandResult, Failure, FailureReport};
use crate::output::Output;

/// Reports one record. With `--json` every record is reported, otherwise only rejections and warnings.
pub(super) fn report_record(
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
            ImportOutcome::Updated { contact, .. } => ("updated", Some(contact), None),
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

pub(super) fn add_to_total(total: &mut ImportReport, report: ImportReport) {
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

/// Writes the counts and the number of the import, if it wrote something. Rejected records are a failure.
pub(super) fn finish(
    total: ImportReport,
    import: Option<ImportId>,
    done: CommandResult,
    out: &mut Output,
) -> CommandResult {
    write_totals(total, import, out)?;
    done?;
    match total.rejected {
        0 => Ok(()),
        rejected => {
            Err(Failure::new("refused", format!("{rejected} of {} records were rejected", total.records())))
        }
    }
}

fn write_totals(total: ImportReport, import: Option<ImportId>, out: &mut Output) -> io::Result<()> {
    let ImportReport { added, updated, unchanged, rejected, with_warnings, without_times, .. } = total;
    let (groups, missing_members) = (total.groups, total.missing_members);
    let item = json!({ "report": {
        "added": added, "updated": updated, "unchanged": unchanged, "refused": rejected, "warned": with_warnings,
        "withoutTimes": without_times, "groups": groups, "missingMembers": missing_members, "import": import,
    }});
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
    let undo = import.map_or_else(String::new, |id| format!("; undo with: cardex import undo {id}"));
    out.write_result(&item, &format!("{message}{times}{groups}{undo}"))
}
