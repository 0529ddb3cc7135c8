//! Import: adds, updates or rejects each record of a file.

use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::sync::{Mutex, PoisonError};

use crate::card;
use crate::fields::Warning;
use crate::format::Format;
use crate::group_members::GroupMembers;
use crate::import_report::{ImportReport, RecordLabel};
use crate::read::{Reader, Record};
use crate::reconcile::{keep_missing_properties, replace_card};
use cardex::contacts::{AddManyOptions, ImportOutcome, MergeCard};
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::imports::ImportId;
use cardex::{AdvisorId, Field, Network, NewContact};
use cardex::{Cancellation, Session};
use cardex::{Error, Result, ValidationError};

/// What becomes of the properties of a known contact that a record does not have. The rule is the same for all properties of a card.
/// UID, network, group, status, identifiers, tags and attribute values always stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum MissingProperties {
    /// They stay. A property that the record has replaces all values of the contact for this property.
    #[default]
    Keep,
    /// They are removed: the contact becomes what the record says.
    Clear,
}

impl MissingProperties {
    /// The options of an import with this rule.
    pub(crate) const fn apply_to(self, options: AddManyOptions) -> AddManyOptions {
        let (clear, merge): (bool, MergeCard) = match self {
            Self::Keep => (false, keep_missing_properties),
            Self::Clear => (true, replace_card),
        };
        options.clear_missing(clear).merge_card(merge)
    }
}

/// How to import a file.
#[derive(Debug, Clone)]
#[must_use]
pub struct ImportOptions {
    format: Format,
    network: Network,
    group: Option<GroupId>,
    advisors: Vec<AdvisorId>,
    columns: Vec<(String, String)>,
    dry_run: bool,
    pub(crate) clear_missing: bool,
    pub(crate) add_many: AddManyOptions,
}

impl ImportOptions {
    /// Reads the file as `format`. `network` is the network of records without one.
    pub const fn new(format: Format, network: Network) -> Self {
        let add_many =
            AddManyOptions::new().update(true).accept_any_phone(true).merge_card(keep_missing_properties);
        Self {
            format,
            network,
            group: None,
            advisors: Vec::new(),
            columns: Vec::new(),
            dry_run: false,
            clear_missing: false,
            add_many,
        }
    }

    /// The federation group of records without one.
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// Adds an advisor to link every contact to. The session of an advisor always links that advisor.
    pub fn advisor(mut self, advisor: AdvisorId) -> Self {
        self.advisors.push(advisor);
        self
    }

    /// What a column of CSV contains, by its heading. It wins over the known headings.
    ///
    /// # Errors
    /// [`Error::BadOption`] if `content` is none of [`column_contents`](crate::column_contents), with or without a label after a colon.
    pub fn column(mut self, heading: impl Into<String>, content: impl Into<String>) -> Result<Self> {
        let (heading, content) = (heading.into(), content.into());
        if !crate::csv::is_content(&content) {
            let known: Vec<&str> = crate::csv::contents().collect();
            let reason = format!("a column contains one of {}", known.join(", "));
            return Err(Error::BadOption { option: "column", reason });
        }
        self.columns.push((heading, content));
        Ok(self)
    }

    /// Whether to check every record without changing the book. The outcomes are the same as in a real import, except for
    /// new ids. All outcomes are held in memory and reported at the end. A [`plan`](crate::plan()) tells more.
    pub const fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self.add_many = self.add_many.dry_run(yes);
        self
    }

    /// The number of records in one transaction, at least 1; the default is 100,000. Outcomes are reported after the commit.
    pub const fn batch(mut self, records: usize) -> Self {
        self.add_many = self.add_many.batch(records);
        self
    }

    /// What becomes of the properties of a known contact that its record does not have. The default is [`MissingProperties::Keep`].
    pub const fn missing(mut self, rule: MissingProperties) -> Self {
        self.clear_missing = matches!(rule, MissingProperties::Clear);
        self.add_many = rule.apply_to(self.add_many);
        self
    }

    /// Records what is added and changed in an import that [`Imports::begin`](cardex::imports::Imports::begin) has begun, so that it
    /// can be undone.
    pub const fn record_in(mut self, import: ImportId) -> Self {
        self.add_many = self.add_many.record_in(import);
        self
    }

    /// Whether it is a dry run.
    #[must_use]
    pub const fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

/// The outcome of one record, and the progress of the import. A [`RecordReport`](crate::RecordReport) of it can be serialized.
#[non_exhaustive]
pub struct ImportProgress {
    /// The line that the record begins on, from 1.
    pub line: u64,
    /// The outcome. A record that could not be read is rejected with [`Error::Format`].
    pub outcome: ImportOutcome,
    /// The name of the record; without names, what else it is identified by.
    pub name: String,
    /// The value that a rejection is about; empty if it is not about a value.
    pub value: String,
    /// The values that the fields do not hold as they are.
    pub warnings: Vec<Warning>,
    /// The bytes of the file that were read up to the end of this record.
    pub bytes: u64,
    /// The counts so far, including this record.
    pub report: ImportReport,
}

impl std::fmt::Debug for ImportProgress {
    /// Without name and value: they stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("ImportProgress");
        text.field("line", &self.line).field("outcome", &self.outcome).field("warnings", &self.warnings);
        text.field("bytes", &self.bytes).field("report", &self.report).finish_non_exhaustive()
    }
}

/// The data of a record while the store processes its contact.
pub(crate) struct PendingRecord {
    pub(crate) line: u64,
    bytes: u64,
    pub(crate) label: RecordLabel,
    pub(crate) warnings: Vec<Warning>,
    has_times: bool,
    /// The error, if the record could not be read.
    pub(crate) read_error: Option<Error>,
}

/// The state shared between the reading and the writing thread.
#[derive(Default)]
pub(crate) struct ImportState {
    pub(crate) pending: VecDeque<PendingRecord>,
    pub(crate) failed: Option<Error>,
    /// The names of groups, and the UIDs of their members.
    pub(crate) groups: Vec<(String, Vec<String>)>,
}

/// Imports a file: adds new contacts, updates known ones (see [`AddManyOptions::update`]), and calls `progress` for every
/// record in order. A bad record does not stop the others. Importing the same file again changes nothing.
///
/// ```
/// use cardex_exchange::{Format, ImportOptions, import};
/// use cardex::{Actor, Network, Options};
/// let store = Options::new().open_in_memory()?;
/// let session = store.session(Actor::System);
/// let file = "first name,phone\nAda,+33 6 12 34 56 78\n\"Grace\n";
/// let options = ImportOptions::new(Format::Csv, Network::SMS_DIRECT);
/// let report = import(&session, file.as_bytes(), &options, |_| ())?;
/// assert_eq!((report.added, report.rejected), (1, 1));
/// assert_eq!(import(&session, file.as_bytes(), &options, |_| ())?.unchanged, 1);
/// # Ok::<(), cardex::Error>(())
/// ```
///
/// The interrupt and the deadline of the session also stop the reading of the input; the deadline is that of the whole import.
///
/// # Errors
/// [`Error::Io`] if the input fails: the records reported before are in the book. Those of [`Session::add_many`].
pub fn import<R: BufRead + Send>(
    session: &Session,
    input: R,
    options: &ImportOptions,
    mut progress: impl FnMut(&ImportProgress),
) -> Result<ImportReport> {
    let shared = Mutex::new(ImportState::default());
    let mut members = GroupMembers::default();
    let contacts = contacts_of(session, input, options, &shared)?;
    let mut report = ImportReport::default();
    session.add_many(contacts, options.add_many, |_, outcome| {
        let pending = lock(&shared).pending.pop_front();
        let Some(PendingRecord { line, bytes, label, warnings, has_times, read_error }) = pending else {
            return;
        };
        let outcome = read_error.map_or(outcome, ImportOutcome::Rejected);
        report.count(&outcome, !warnings.is_empty(), has_times);
        members.note(&label, &outcome);
        let value = label.rejected_value(&outcome).to_owned();
        progress(&ImportProgress { line, outcome, name: label.name, value, warnings, bytes, report });
    })?;
    let (failed, groups) = {
        let mut state = lock(&shared);
        (state.failed.take(), std::mem::take(&mut state.groups))
    };
    if let Some(error) = failed {
        return Err(error);
    }
    if !options.dry_run {
        (report.groups, report.missing_members) = members.tag(session, groups, options.add_many)?;
    }
    Ok(report)
}

/// The contacts of a file, one for each record. The rest of each record goes to `shared`.
pub(crate) fn contacts_of<'a, R: BufRead + Send + 'a>(
    session: &'a Session,
    input: R,
    options: &'a ImportOptions,
    shared: &'a Mutex<ImportState>,
) -> Result<impl Iterator<Item = NewContact> + Send + 'a> {
    let input = WatchedInput { input, cancellation: session.cancellation() };
    let reader =
        Reader::new(input, options.format, options.network.clone()).is_phone(|text| session.is_phone(text));
    let reader = reader.map_columns(options.columns.clone());
    Ok(RecordContacts { reader, options, shared, networks: session.directory().networks()? })
}

/// An input that fails once the session is interrupted or its deadline has passed.
struct WatchedInput<R> {
    input: R,
    cancellation: Cancellation,
}

impl<R: BufRead> WatchedInput<R> {
    fn check(&self) -> std::io::Result<()> {
        self.cancellation.check().map_err(std::io::Error::other)
    }
}

impl<R: BufRead> Read for WatchedInput<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.check()?;
        self.input.read(buffer)
    }
}

impl<R: BufRead> BufRead for WatchedInput<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.check()?;
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
    }
}

/// The error of [`WatchedInput`], or another error as it is.
fn stopping_error(error: Error) -> Error {
    match error {
        Error::Io(source) => match source.downcast::<Error>() {
            Ok(stopped) => stopped,
            Err(source) => Error::Io(source),
        },
        other => other,
    }
}

/// The contacts of a file, one per record. An unreadable record yields a contact that every store rejects, so that the
/// outcomes are in the order of the file.
struct RecordContacts<'a, 'r, R> {
    reader: Reader<'r, R>,
    options: &'a ImportOptions,
    shared: &'a Mutex<ImportState>,
    networks: Vec<NetworkPolicy>,
}

impl<R: BufRead> RecordContacts<'_, '_, R> {
    /// Drops the status of the contact if its network does not have this status.
    fn drop_unsupported_status(&self, contact: &mut NewContact, line: u64, warnings: &mut Vec<Warning>) {
        let policy = self.networks.iter().find(|policy| policy.network == contact.network);
        let supports = |status| policy.is_none_or(|policy| policy.statuses.contains(&status));
        if contact.status.is_some_and(|status| !supports(status)) {
            contact.status = None;
            let reason = ValidationError::NotSupportedOnNetwork { network: contact.network.clone() };
            warnings.push(Warning { field: Field::Status, reason, value: String::new(), line, count: 1 });
        }
    }
}

impl<R: BufRead> Iterator for RecordContacts<'_, '_, R> {
    type Item = NewContact;

    fn next(&mut self) -> Option<NewContact> {
        let record = loop {
            match self.reader.next()? {
                Ok(Record { members: Some(members), contact, .. }) => {
                    let name = RecordLabel::of(&contact).name;
                    lock(self.shared).groups.push((name, members));
                }
                record => break record,
            }
        };
        let bytes = self.reader.bytes();
        let (pending, contact) = match record {
            Ok(record) => {
                let mut contact = record.contact;
                contact.group = contact.group.or(self.options.group);
                contact.advisors.extend(&self.options.advisors);
                let mut warnings = record.warnings;
                let (line, has_times) = (record.line, record.has_times);
                self.drop_unsupported_status(&mut contact, line, &mut warnings);
                if self.options.clear_missing && contact.card.is_none() {
                    contact.card = Some(serde_json::Value::Object(card::empty()).to_string());
                }
                let mut label = RecordLabel::of(&contact);
                label.alias = record.alias;
                (PendingRecord { line, bytes, label, warnings, has_times, read_error: None }, contact)
            }
            Err(error @ Error::Format { line, .. }) => {
                let invalid = NewContact::new(self.options.network.clone(), "", "");
                let pending = PendingRecord {
                    line,
                    bytes,
                    label: RecordLabel::default(),
                    warnings: Vec::new(),
                    has_times: false,
                    read_error: Some(error),
                };
                (pending, invalid)
            }
            Err(error) => {
                lock(self.shared).failed = Some(stopping_error(error));
                return None;
            }
        };
        lock(self.shared).pending.push_back(pending);
        Some(contact)
    }
}

pub(crate) fn lock(shared: &Mutex<ImportState>) -> std::sync::MutexGuard<'_, ImportState> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
