//! Applies a plan.

use std::collections::VecDeque;
use std::sync::Mutex;

use cardex::contacts::{AddManyOptions, ImportItem, ImportOutcome, ImportTarget};
use cardex::imports::ImportId;
use cardex::{Error, Field, Result, Session};

use crate::import::MissingProperties;
use crate::import_report::ImportReport;
use crate::plan::{Decision, PlannedRecord};

/// How to apply a plan.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct ApplyOptions {
    add_many: AddManyOptions,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ApplyOptions {
    /// With a hundred thousand records in a transaction.
    pub const fn new() -> Self {
        Self { add_many: AddManyOptions::new().update(true).accept_any_phone(true) }
    }

    /// Records what is added and changed in an import that [`Imports::begin`](cardex::imports::Imports::begin) has begun, so that it
    /// can be undone.
    pub const fn record_in(mut self, import: ImportId) -> Self {
        self.add_many = self.add_many.record_in(import);
        self
    }

    /// The number of records in one transaction, at least 1.
    pub const fn batch(mut self, records: usize) -> Self {
        self.add_many = self.add_many.batch(records);
        self
    }
}

/// What was done with a record of a plan.
#[derive(Debug)]
#[non_exhaustive]
pub enum ApplyOutcome {
    /// It was imported, or rejected.
    Imported(ImportOutcome),
    /// It is still doubtful, and left out.
    Undecided,
    /// The book changed since the plan was made: the contact has another version, or the book has the new contact by now. The record
    /// is left out.
    Outdated(Error),
    /// The decision says that nothing is done.
    Skipped,
}

/// A record of a plan with what was done.
#[non_exhaustive]
pub struct AppliedRecord {
    /// The name of the file in the plan.
    pub file: String,
    /// The line in that file.
    pub line: u64,
    /// The name of the record.
    pub name: String,
    /// What was done.
    pub outcome: ApplyOutcome,
    /// The counts so far, including this record. Records that are left out do not count.
    pub report: ImportReport,
}

impl std::fmt::Debug for AppliedRecord {
    /// Without the name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("AppliedRecord");
        text.field("line", &self.line).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// Applies the decisions of a plan, and calls `progress` for every record in order. An updated contact must have the version that it
/// had when the plan was made, and a new contact must still be new: other records are left out, and reported.
///
/// A plan should be applied once. Applied again, its new contacts are found and left out.
///
/// # Errors
/// An error of `plan`: the records before it are applied. Those of [`Session::add_many`].
pub fn apply(
    session: &Session,
    plan: impl Iterator<Item = Result<PlannedRecord>> + Send,
    options: ApplyOptions,
    mut progress: impl FnMut(&AppliedRecord),
) -> Result<ImportReport> {
    let mut plan = plan.peekable();
    let mut report = ImportReport::default();
    loop {
        // One rule for missing properties holds for a call of the store.
        let rule = match plan.peek() {
            None => return Ok(report),
            Some(Ok(record)) => record.missing,
            Some(Err(_)) => match plan.next() {
                Some(Err(error)) => return Err(error),
                _ => return Ok(report),
            },
        };
        apply_part(session, &mut plan, rule, options, |mut applied, warned| {
            if let ApplyOutcome::Imported(outcome) = &applied.outcome {
                report.count(outcome, warned, false);
            }
            applied.report = report;
            progress(&applied);
        })?;
    }
}

/// The rest of a record while the store processes its contact.
struct Sent {
    record: AppliedRecord,
    warned: bool,
    /// Whether a contact was sent to the store.
    has_contact: bool,
    /// Whether it is planned as new: if the book has it, the book changed.
    is_new: bool,
}

/// Applies the next records with one rule for missing properties.
fn apply_part<I: Iterator<Item = Result<PlannedRecord>> + Send>(
    session: &Session,
    plan: &mut std::iter::Peekable<I>,
    rule: MissingProperties,
    options: ApplyOptions,
    mut progress: impl FnMut(AppliedRecord, bool),
) -> Result<()> {
    let sent = Mutex::new(VecDeque::<Sent>::new());
    let queue = || sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let items = std::iter::from_fn(|| {
        loop {
            let next = plan.next_if(|next| next.as_ref().is_ok_and(|record| record.missing == rule))?;
            let Ok(mut record) = next else { return None };
            let contact = record.record.take();
            let target = target(session, &record);
            let (outcome, item) = match (target, contact) {
                (Ok(Some(target)), Some(contact)) => {
                    (ApplyOutcome::Skipped, Some(ImportItem::new(contact, target)))
                }
                (Ok(Some(_)), None) => {
                    (ApplyOutcome::Imported(ImportOutcome::Rejected(no_record(&record))), None)
                }
                (Ok(None), _) if record.decision == Decision::Doubtful => (ApplyOutcome::Undecided, None),
                (Ok(None), _) => (ApplyOutcome::Skipped, None),
                (Err(error), _) => (ApplyOutcome::Imported(ImportOutcome::Rejected(error)), None),
            };
            let is_new = item.as_ref().is_some_and(|item| item.target == ImportTarget::New);
            let warned = !record.warnings.is_empty();
            let PlannedRecord { file, line, name, .. } = record;
            let applied = AppliedRecord { file, line, name, outcome, report: ImportReport::default() };
            queue().push_back(Sent { record: applied, warned, has_contact: item.is_some(), is_new });
            if item.is_some() {
                return item;
            }
        }
    });
    session.add_many(items, rule.apply_to(options.add_many), |_, outcome| {
        // Records without a contact come before the one that this outcome is of.
        let mut outcome = Some(outcome);
        while outcome.is_some() {
            let Some(mut next) = pop(&sent) else { return };
            if let Some(done) = outcome.take_if(|_| next.has_contact) {
                next.record.outcome = outcome_of(done, next.is_new);
            }
            progress(next.record, next.warned);
        }
    })?;
    while let Some(next) = pop(&sent) {
        progress(next.record, next.warned);
    }
    Ok(())
}

fn pop(sent: &Mutex<VecDeque<Sent>>) -> Option<Sent> {
    sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
}

fn outcome_of(outcome: ImportOutcome, is_new: bool) -> ApplyOutcome {
    match outcome {
        ImportOutcome::Rejected(error @ Error::VersionConflict { .. }) => ApplyOutcome::Outdated(error),
        ImportOutcome::Rejected(error @ Error::Duplicate { field: Field::Name, .. }) if is_new => {
            ApplyOutcome::Outdated(error)
        }
        other => ApplyOutcome::Imported(other),
    }
}

fn no_record(record: &PlannedRecord) -> Error {
    let reason = "the plan has no contact for this record".to_owned();
    Error::Format { format: "plan", line: record.line, reason }
}

/// What the store is asked to do with a record; `None`: nothing.
fn target(session: &Session, record: &PlannedRecord) -> Result<Option<ImportTarget>> {
    let known = |contact| -> Result<Option<ImportTarget>> {
        let candidate = record.candidates.iter().find(|candidate| candidate.contact == contact);
        let planned = record.version.filter(|_| candidate.is_none());
        let version = match candidate.map(|candidate| candidate.version).or(planned) {
            Some(version) => version,
            None => session.get(contact)?.ok_or(Error::NoContact(contact))?.version,
        };
        Ok(Some(ImportTarget::Contact { id: contact, version }))
    };
    match (record.decision, record.contact, record.candidates.as_slice()) {
        // A record that the import would have merged into a contact is declared another person.
        (Decision::Add, Some(_), _) => Ok(Some(ImportTarget::Distinct)),
        (Decision::Add, None, _) => Ok(Some(ImportTarget::New)),
        (Decision::Update, Some(contact), _) => known(contact),
        (Decision::Update, None, [only]) => known(only.contact),
        (Decision::Update, None, []) => Ok(Some(ImportTarget::Any)),
        (Decision::Update, None, _) => Err(Error::Format {
            format: "plan",
            line: record.line,
            reason: "which of the candidates is it? set \"contact\"".to_owned(),
        }),
        _ => Ok(None),
    }
}
