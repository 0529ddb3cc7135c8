//! Import: adds, updates or rejects each record of a file.

use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::sync::{Mutex, PoisonError};

use crate::card::{self, CSV_PROPERTY, JSON_PROPERTY};
use crate::fields::{ContactFields, Warning};
use crate::format::Format;
use crate::read::{Reader, card_after_round_trip};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::{AdvisorId, Contact, Field, Network, NewContact};
use cardex::{Cancellation, Session};
use cardex::{Error, Result, ValidationError};

/// How to import a file.
#[derive(Debug, Clone)]
#[must_use]
pub struct ImportOptions {
    format: Format,
    network: Network,
    group: Option<GroupId>,
    advisors: Vec<AdvisorId>,
    dry_run: bool,
    add_many: AddManyOptions,
}

impl ImportOptions {
    /// Reads the file as `format`. `network` is the network of records without one.
    pub const fn new(format: Format, network: Network) -> Self {
        let add_many = AddManyOptions::new().update(true).merge_card(reconcile_card);
        Self { format, network, group: None, advisors: Vec::new(), dry_run: false, add_many }
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

    /// Whether to check every record without changing the book. The outcomes are the same as in a real import, except for
    /// new ids. All outcomes are held in memory and reported at the end.
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

    /// Whether it is a dry run.
    #[must_use]
    pub const fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

/// The outcome of one record, and the progress of the import.
#[derive(Debug)]
#[non_exhaustive]
pub struct ImportProgress {
    /// The line that the record begins on, from 1.
    pub line: u64,
    /// The outcome. A record that could not be read is rejected with [`Error::Format`].
    pub outcome: ImportOutcome,
    /// The values that the fields rejected; they are in the contact's card.
    pub warnings: Vec<Warning>,
    /// The bytes of the file that were read up to the end of this record.
    pub bytes: u64,
    /// The counts so far, including this record.
    pub report: ImportReport,
}

/// The counts of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Records added.
    pub added: u64,
    /// Records that changed a contact of the book.
    pub updated: u64,
    /// Records equal to a contact of the book.
    pub unchanged: u64,
    /// Records rejected.
    pub rejected: u64,
    /// Records with warnings; they also count as one of the above.
    pub with_warnings: u64,
    /// Added records whose times `createdAt` and `activeAt` were not imported; they also count as added.
    pub without_times: u64,
}

impl ImportReport {
    /// All records of the file.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.added.saturating_add(self.updated).saturating_add(self.unchanged).saturating_add(self.rejected)
    }

    fn count(&mut self, outcome: &ImportOutcome, warned: bool, has_times: bool) {
        let lost_times = has_times && matches!(outcome, ImportOutcome::Added(_));
        self.without_times = self.without_times.saturating_add(u64::from(lost_times));
        let counter = match outcome {
            ImportOutcome::Added(_) => &mut self.added,
            ImportOutcome::Updated(_) => &mut self.updated,
            ImportOutcome::Unchanged(_) => &mut self.unchanged,
            _ => &mut self.rejected,
        };
        *counter = counter.saturating_add(1);
        self.with_warnings = self.with_warnings.saturating_add(u64::from(warned));
    }
}

/// The data of a record while the store processes its contact.
struct PendingRecord {
    line: u64,
    bytes: u64,
    warnings: Vec<Warning>,
    has_times: bool,
    /// The error, if the record could not be read.
    read_error: Option<Error>,
}

/// The state shared between the reading and the writing thread.
#[derive(Default)]
struct ImportState {
    pending: VecDeque<PendingRecord>,
    failed: Option<Error>,
}

/// Imports a file: adds new contacts, updates known ones (see [`AddManyOptions::update`]), and calls `progress` for every
/// record in order. A bad record does not stop the others. Importing the same file again changes nothing.
///
/// ```
/// use cardex_exchange::{Format, ImportOptions, import};
/// use cardex::{Actor, Network, Options};
/// let store = Options::new().open_in_memory()?;
/// let session = store.session(Actor::System);
/// let file = "first name,phone\nAda,+33 6 12 34 56 78\nGrace\n";
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
    let input = WatchedInput { input, cancellation: session.cancellation() };
    let reader =
        Reader::new(input, options.format, options.network.clone()).is_phone(|text| session.is_phone(text));
    let shared = Mutex::new(ImportState::default());
    let contacts =
        RecordContacts { reader, options, shared: &shared, networks: session.directory().networks()? };
    let mut report = ImportReport::default();
    session.add_many(contacts, options.add_many, |_, outcome| {
        let pending = lock(&shared).pending.pop_front();
        let Some(PendingRecord { line, bytes, warnings, has_times, read_error }) = pending else { return };
        let outcome = read_error.map_or(outcome, ImportOutcome::Rejected);
        report.count(&outcome, !warnings.is_empty(), has_times);
        progress(&ImportProgress { line, outcome, warnings, bytes, report });
    })?;
    let failed = lock(&shared).failed.take();
    failed.map_or(Ok(report), Err)
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
    fn drop_unsupported_status(&self, contact: &mut NewContact, warnings: &mut Vec<Warning>) {
        let policy = self.networks.iter().find(|policy| policy.network == contact.network);
        let supports = |status| policy.is_none_or(|policy| policy.statuses.contains(&status));
        if contact.status.is_some_and(|status| !supports(status)) {
            contact.status = None;
            let reason = ValidationError::NotSupportedOnNetwork { network: contact.network.clone() };
            warnings.push(Warning { field: Field::Status, reason, count: 1 });
        }
    }
}

impl<R: BufRead> Iterator for RecordContacts<'_, '_, R> {
    type Item = NewContact;

    fn next(&mut self) -> Option<NewContact> {
        let record = self.reader.next()?;
        let bytes = self.reader.bytes();
        let (pending, contact) = match record {
            Ok(record) => {
                let mut contact = record.contact;
                contact.group = contact.group.or(self.options.group);
                contact.advisors.extend(&self.options.advisors);
                let mut warnings = record.warnings;
                self.drop_unsupported_status(&mut contact, &mut warnings);
                let (line, has_times) = (record.line, record.has_times);
                (PendingRecord { line, bytes, warnings, has_times, read_error: None }, contact)
            }
            Err(error @ Error::Format { line, .. }) => {
                let invalid = NewContact::new(self.options.network.clone(), "", "");
                let read_error = Some(error);
                (PendingRecord { line, bytes, warnings: Vec::new(), has_times: false, read_error }, invalid)
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

/// Decides on the new card of a contact of the book; `None` keeps the card.
///
/// A card equal to that of an export of the contact is no change: an edited contact exports its card with the edit. A card
/// with only the extra columns of a table is merged into the card of the contact.
fn reconcile_card(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    current: Option<&str>,
    imported: String,
) -> Option<String> {
    let Some(current) = current else {
        return Some(imported).filter(|imported| !is_unchanged_export(is_phone, contact, None, imported));
    };
    if current == imported {
        return None;
    }
    if let Some(merged) = card::merge_properties(current, &imported, &[CSV_PROPERTY, JSON_PROPERTY]) {
        return Some(merged).filter(|merged| merged != current);
    }
    Some(imported).filter(|imported| !is_unchanged_export(is_phone, contact, Some(current), imported))
}

fn is_unchanged_export(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    current: Option<&str>,
    imported: &str,
) -> bool {
    card_after_round_trip(&ContactFields::from(contact), current, is_phone).as_deref() == Some(imported)
}

fn lock(shared: &Mutex<ImportState>) -> std::sync::MutexGuard<'_, ImportState> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
