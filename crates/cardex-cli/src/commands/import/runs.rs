//! The imports of a book: list, undo, delete.

use cardex::imports::{ImportId, ImportRun, ImportState, UndoOutcome};
use cardex::{Cursor, Session, limits};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::commands::import::source::ImportFile;
use crate::failure::{CommandResult, Failure, FailureReport};
use crate::open_store::OpenStore;
use crate::output::Output;

/// What to do with earlier imports.
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// List imports, newest first
    List(ListArgs),
    /// Undo an import: contacts that it added go to the trash, contacts that it changed get their earlier state. Contacts
    /// that changed since stay, and are reported
    Undo(ImportArg),
    /// Delete the record of an import, so that it cannot be undone; the contacts stay
    Delete(ImportArg),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// The maximum number of imports
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// The page after this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    after: Option<Cursor>,
}

#[derive(Debug, Args)]
pub(super) struct ImportArg {
    /// The number of the import
    import: ImportId,
}

impl ImportCommand {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self {
            Self::List(ListArgs { limit, after }) => {
                let page = session.imports().list().limit(limit).after(after).page()?;
                print_imports(&page.items, out)?;
                page.after
                    .map_or(Ok(()), |after| Ok(out.write_message(&format!("more with --after {after}"))?))
            }
            Self::Undo(ImportArg { import }) => undo(&session, import, out),
            Self::Delete(ImportArg { import }) => {
                session.imports().delete(import)?;
                Ok(out.write_result(
                    &json!({ "id": import, "done": "deleted" }),
                    &format!("deleted {import}"),
                )?)
            }
        }
    }
}

/// Begins an import of these files.
pub(super) fn begin(session: &Session, files: &[ImportFile]) -> Result<ImportId, Failure> {
    let names: Vec<String> = files.iter().map(ImportFile::short_name).collect();
    begin_named(session, &names.join(", "))
}

pub(super) fn begin_named(session: &Session, name: &str) -> Result<ImportId, Failure> {
    let name: String = name.chars().take(limits::NAME).collect();
    Ok(session.imports().begin(&name)?.id)
}

/// The number of the import, if it wrote something. Otherwise it is forgotten.
pub(super) fn end(session: &Session, import: ImportId) -> Result<Option<ImportId>, Failure> {
    let run = session.imports().get(import)?;
    if run.added == 0 && run.updated == 0 {
        session.imports().delete(import)?;
        return Ok(None);
    }
    Ok(Some(import))
}

fn undo(session: &Session, import: ImportId, out: &mut Output) -> CommandResult {
    let (mut trashed, mut restored, mut changed, mut rejected) = (0_u64, 0_u64, 0_u64, 0_u64);
    if session.imports().get(import)?.state == ImportState::Undone {
        return Err(Failure::new("import-undone", format!("import {import} is undone already")));
    }
    loop {
        let progress = session.imports().undo_batch(import, limits::UNDO_BATCH)?;
        let is_over = progress.is_over();
        for (contact, outcome) in progress.outcomes {
            let (counter, word, error) = match outcome {
                UndoOutcome::Trashed => (&mut trashed, "trashed", None),
                UndoOutcome::Restored => (&mut restored, "restored", None),
                UndoOutcome::Changed => (&mut changed, "changed", None),
                UndoOutcome::Rejected(error) => (&mut rejected, "refused", Some(error)),
                _ => continue,
            };
            *counter = counter.saturating_add(1);
            if out.is_json() {
                let mut item = json!({ "contact": contact, "outcome": word });
                if let (Some(item), Some(error)) = (item.as_object_mut(), &error) {
                    item.insert("error".to_owned(), json!(FailureReport::from(error)));
                }
                out.write_json_line(&item)?;
            } else if let Some(error) = error {
                out.write_message(&format!("{contact}: {error}"))?;
            } else if word == "changed" {
                out.write_message(&format!("{contact}: changed since the import; it stays"))?;
            }
        }
        if is_over {
            break;
        }
    }
    let report = json!({ "report": {
        "trashed": trashed, "restored": restored, "changed": changed, "refused": rejected,
    }});
    let message = format!(
        "{trashed} in the trash, {restored} restored, {changed} changed since and left, {rejected} rejected"
    );
    out.write_result(&report, &message)?;
    match rejected {
        0 => Ok(()),
        _ => Err(Failure::new("refused", format!("{rejected} contacts could not be restored"))),
    }
}

fn print_imports(imports: &[ImportRun], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(imports.iter().try_for_each(|import| out.write_json_line(import))?);
    }
    let row = |import: &ImportRun| {
        let state = match import.state {
            ImportState::PartlyUndone => "partly undone",
            ImportState::Undone => "undone",
            _ => "",
        };
        vec![
            import.id.to_string().into(),
            import.created_at.to_string().into(),
            import.added.to_string().into(),
            import.updated.to_string().into(),
            state.into(),
            import.requested_by.to_string().into(),
            import.name.as_str().into(),
        ]
    };
    let header = ["import", "at", "added", "updated", "state", "requested by", "name"];
    Ok(out.write_table(&header, imports.iter().map(row).collect())?)
}
