//! A plan: what an import would do with each record, to read, edit and apply.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Mutex;

use cardex::contacts::ImportOutcome;
use cardex::duplicates::{DuplicateEvidence, PossibleDuplicate};
use cardex::{ContactId, Field, NewContact, Result, Session};
use serde::{Deserialize, Serialize};

use crate::group_members::hash;
use crate::import::{ImportOptions, ImportState, MissingProperties, PendingRecord, contacts_of, lock};
use crate::report::WarningReport;

/// What becomes of a record of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Decision {
    /// It is added as a new contact.
    Add,
    /// It changes a contact of the book.
    Update,
    /// The book has it as it is.
    Unchanged,
    /// The book has contacts that may be the same person: somebody must decide. Applied as it is, it is left out.
    Doubtful,
    /// It cannot be imported.
    Rejected,
    /// It is left out.
    Skip,
}

/// A contact of the book that a doubtful record may be.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Candidate {
    /// The contact.
    pub contact: ContactId,
    /// Its version when the plan was made.
    pub version: i64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// How likely they are the same person, from 0 to 1.
    #[serde(default)]
    pub score: f64,
    /// Why.
    #[serde(default)]
    pub evidence: Vec<DuplicateEvidence>,
}

/// A record of a file with what an import would do with it. As JSON it is a line of a plan that a person can edit.
///
/// To decide about a record, change its decision to `add`, `update` or `skip`. `update` changes `contact`, or the only candidate.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct PlannedRecord {
    /// The name of the file, if the caller sets it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The line that the record begins on, from 1.
    pub line: u64,
    /// The name of the record; without names, what else it is identified by.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What becomes of it.
    pub decision: Decision,
    /// For an update and an unchanged record: the contact of the book. Without one, it is the contact of an earlier record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The version of that contact when the plan was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// For an update: the fields that change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// For a doubtful record: the contacts that it may be, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// Why it is rejected; for a record of the same contact as an earlier one, which line that is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The value that a rejection is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The values that the fields do not hold as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningReport>,
    /// What becomes of the properties of a known contact that the record does not have.
    #[serde(default)]
    pub missing: MissingProperties,
    /// The contact of the record; `None` if it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<NewContact>,
}

impl std::fmt::Debug for PlannedRecord {
    /// Without names and values: they stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("PlannedRecord");
        text.field("line", &self.line).field("decision", &self.decision).field("contact", &self.contact);
        text.finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Candidate {
    /// Without the name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate").field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// The counts of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PlanReport {
    /// Records to add.
    pub added: u64,
    /// Records that change a contact.
    pub updated: u64,
    /// Records that the book has.
    pub unchanged: u64,
    /// Records that somebody must decide about.
    pub doubtful: u64,
    /// Records that cannot be imported.
    pub rejected: u64,
    /// Records with warnings; they also count as one of the above.
    pub with_warnings: u64,
}

impl PlanReport {
    /// Counts a record.
    pub fn count(&mut self, record: &PlannedRecord) {
        let counter = match record.decision {
            Decision::Add => &mut self.added,
            Decision::Update => &mut self.updated,
            Decision::Unchanged | Decision::Skip => &mut self.unchanged,
            Decision::Doubtful => &mut self.doubtful,
            Decision::Rejected => &mut self.rejected,
        };
        *counter = counter.saturating_add(1);
        self.with_warnings = self.with_warnings.saturating_add(u64::from(!record.warnings.is_empty()));
    }
}

/// Reads a file and says what an import of it would do with each record. The book does not change. [`apply`](crate::apply()) does it.
///
/// A record is doubtful if the import would add it, and the book has contacts that may be the same person
/// ([`Session::possible_duplicates`]). Groups of contacts in the file are tags of their members in the plan.
/// All records of the file are in memory.
///
/// ```
/// use cardex::{Actor, Network, NewContact, Options};
/// use cardex_exchange::{ApplyOptions, Decision, Format, ImportOptions, apply, plan};
/// let store = Options::new().open_in_memory()?;
/// let session = store.session(Actor::System);
/// session.add(NewContact::new(Network::BOOK, "Jon", "Doe").email("doe@example.com"))?;
/// let file = "first name,last name,e-mail\nAda,Byron,\nJohn,Doe,doe@example.com\n";
/// let mut lines = Vec::new();
/// plan(&session, file.as_bytes(), &ImportOptions::new(Format::Csv, Network::BOOK), |record| lines.push(record))?;
/// assert_eq!(lines.iter().map(|line| line.decision).collect::<Vec<_>>(), [Decision::Add, Decision::Doubtful]);
/// lines[1].decision = Decision::Update;
/// let report = apply(&session, lines.into_iter().map(Ok), ApplyOptions::new(), |_| ())?;
/// assert_eq!((report.added, report.updated), (1, 1));
/// # Ok::<(), cardex::Error>(())
/// ```
///
/// # Errors
/// Those of [`import`](crate::import()).
pub fn plan<R: BufRead + Send>(
    session: &Session,
    input: R,
    options: &ImportOptions,
    mut each: impl FnMut(PlannedRecord),
) -> Result<PlanReport> {
    let shared = Mutex::new(ImportState::default());
    let mut contacts: Vec<NewContact> = contacts_of(session, input, options, &shared)?.collect();
    let state = std::mem::take(&mut *lock(&shared));
    if let Some(error) = state.failed {
        return Err(error);
    }
    tag_members(&mut contacts, &state);
    let mut outcomes = Vec::with_capacity(contacts.len());
    session.add_many(contacts.iter().cloned(), options.add_many.dry_run(true), |_, outcome| {
        outcomes.push(outcome);
    })?;
    let mut planner = Planner { session, added: HashMap::new(), options };
    let mut report = PlanReport::default();
    for ((contact, pending), outcome) in contacts.into_iter().zip(state.pending).zip(outcomes) {
        let record = planner.record(contact, pending, outcome)?;
        report.count(&record);
        each(record);
    }
    Ok(report)
}

/// Gives the members of groups the names of the groups as tags.
fn tag_members(contacts: &mut [NewContact], state: &ImportState) {
    let mut by_name: HashMap<u64, usize> = HashMap::new();
    if !state.groups.is_empty() {
        for (at, record) in state.pending.iter().enumerate() {
            let names = [&record.label.uid, &record.label.alias].into_iter();
            by_name.extend(names.filter(|name| !name.is_empty()).map(|name| (hash(name), at)));
        }
    }
    for (name, members) in &state.groups {
        for member in members {
            let contact = by_name.get(&hash(member)).and_then(|at| contacts.get_mut(*at));
            if let Some(contact) = contact.filter(|contact| !contact.tags.contains(name)) {
                contact.tags.push(name.clone());
            }
        }
    }
}

/// Makes the records of a plan.
struct Planner<'a> {
    session: &'a Session,
    options: &'a ImportOptions,
    /// The lines of records that would be added, by the ids that the dry run gave them.
    added: HashMap<ContactId, u64>,
}

impl Planner<'_> {
    fn record(
        &mut self,
        contact: NewContact,
        pending: PendingRecord,
        outcome: ImportOutcome,
    ) -> Result<PlannedRecord> {
        let PendingRecord { line, label, warnings, read_error, .. } = pending;
        let is_unread = read_error.is_some();
        let outcome = read_error.map_or(outcome, ImportOutcome::Rejected);
        let missing =
            if self.options.clear_missing { MissingProperties::Clear } else { MissingProperties::Keep };
        let mut record = PlannedRecord {
            file: String::new(),
            line,
            value: label.rejected_value(&outcome).to_owned(),
            name: label.name,
            decision: Decision::Rejected,
            contact: None,
            version: None,
            fields: Vec::new(),
            candidates: Vec::new(),
            reason: String::new(),
            warnings: warnings.iter().map(WarningReport::from).collect(),
            missing,
            record: None,
        };
        match outcome {
            ImportOutcome::Added(id) => {
                self.added.insert(id, line);
                let found = self.session.possible_duplicates(contact.clone())?;
                record.candidates = found.into_iter().map(Candidate::from).collect();
                record.decision =
                    if record.candidates.is_empty() { Decision::Add } else { Decision::Doubtful };
            }
            ImportOutcome::Updated { contact, fields } => {
                (record.decision, record.fields) = (Decision::Update, fields);
                self.set_contact(&mut record, contact)?;
            }
            ImportOutcome::Unchanged(contact) => {
                record.decision = Decision::Unchanged;
                self.set_contact(&mut record, contact)?;
            }
            ImportOutcome::Rejected(error) => record.reason = error.to_string(),
            _ => {}
        }
        record.record = Some(contact).filter(|_| !is_unread);
        Ok(record)
    }

    /// The contact of the book, or the earlier record of the same contact.
    fn set_contact(&self, record: &mut PlannedRecord, contact: ContactId) -> Result<()> {
        if let Some(line) = self.added.get(&contact) {
            record.reason = format!("the same contact as line {line}");
        } else if let Some(known) = self.session.get(contact)? {
            (record.contact, record.version) = (Some(contact), Some(known.version));
        }
        Ok(())
    }
}

impl From<PossibleDuplicate> for Candidate {
    fn from(possible: PossibleDuplicate) -> Self {
        Self {
            contact: possible.contact.id,
            version: possible.contact.version,
            name: possible.contact.display_name,
            score: possible.score,
            evidence: possible.evidence,
        }
    }
}
