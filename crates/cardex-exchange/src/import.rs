//! Import: the records of a file into the book, each added, updated, left or refused.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::{Mutex, PoisonError};

use crate::card::{self, CSV_PROPERTY, JSON_PROPERTY};
use crate::fields::ContactFields;
use crate::read::card_after_round_trip;
use crate::{Format, Reader, Warning};
use cardex::Session;
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::{AdvisorId, Contact, Field, Network, NewContact};
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
    /// Reads the file as `format`; a record that names no network of its own is on `network`.
    pub const fn new(format: Format, network: Network) -> Self {
        let bulk = AddManyOptions::new().update(true).merge_card(reconcile_card);
        Self { format, network, group: None, advisors: Vec::new(), dry_run: false, add_many: bulk }
    }

    /// The federation group of records that name none.
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// One more advisor to link every contact to. An advisor's session links its own by itself.
    pub fn advisor(mut self, advisor: AdvisorId) -> Self {
        self.advisors.push(advisor);
        self
    }

    /// Whether everything is tried and nothing kept. The outcomes are as they would be; new ids are not. They are all
    /// told at the end, and held until then.
    pub const fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self.add_many = self.add_many.dry_run(yes);
        self
    }

    /// Records in one transaction, at least 1; 100,000 if not said. Outcomes are told when it is safe on disk.
    pub const fn batch(mut self, records: usize) -> Self {
        self.add_many = self.add_many.batch(records);
        self
    }

    /// Whether nothing is kept.
    #[must_use]
    pub const fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

/// What became of one record, and where the import stands.
#[derive(Debug)]
#[non_exhaustive]
pub struct ImportProgress {
    /// The line the record begins on, from 1.
    pub line: u64,
    /// What became of it. A record that could not be read is refused with [`Error::Format`].
    pub outcome: ImportOutcome,
    /// What the columns could not take; it is in the contact's card.
    pub warnings: Vec<Warning>,
    /// Bytes of the file that were read when the record had been.
    pub bytes: u64,
    /// The counts so far, this record among them.
    pub report: ImportReport,
}

/// The counts of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Records added.
    pub added: u64,
    /// Records whose contact was there and was changed.
    pub updated: u64,
    /// Records whose contact was there, the same.
    pub unchanged: u64,
    /// Records refused.
    pub rejected: u64,
    /// Records, of all of these, with warnings.
    pub with_warnings: u64,
}

impl ImportReport {
    /// All records of the file.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.added.saturating_add(self.updated).saturating_add(self.unchanged).saturating_add(self.rejected)
    }

    fn count(&mut self, outcome: &ImportOutcome, warned: bool) {
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

/// What is known of a record while the book works on its contact.
struct PendingRecord {
    line: u64,
    bytes: u64,
    warnings: Vec<Warning>,
    /// Why it could not be read.
    read_error: Option<Error>,
}

/// What the reading thread tells the writing one.
#[derive(Default)]
struct ImportState {
    pending: VecDeque<PendingRecord>,
    failed: Option<Error>,
}

/// Imports a file: adds what is new, updates what is there (see [`BulkOptions::update`]), and tells of every
/// record, in order, what became of it. A bad record does not stop the others. Importing the same file again
/// changes nothing.
///
/// ```
/// use cardex_exchange::{Format, ImportOptions};
/// use cardex::{Actor, Network, Options};
/// let store = Options::new().open_in_memory()?;
/// let desk = store.session(Actor::System);
/// let file = "first name,phone\nAda,+33 6 12 34 56 78\nGrace\n";
/// let options = ImportOptions::new(Format::Csv, Network::SMS_DIRECT);
/// let report = import(&desk, file.as_bytes(), &options, |_| ())?;
/// assert_eq!((report.added, report.rejected), (1, 1));
/// assert_eq!(import(&desk, file.as_bytes(), &options, |_| ())?.unchanged, 1);
/// # Ok::<(), cardex::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] if the input fails: what was told of before is in the book. Those of the store, as for
/// [`Session::add_many`].
pub fn import<R: BufRead + Send>(
    session: &Session,
    input: R,
    options: &ImportOptions,
    mut progress: impl FnMut(&ImportProgress),
) -> Result<ImportReport> {
    let reader =
        Reader::new(input, options.format, options.network.clone()).is_phone(|text| session.is_phone(text));
    let shared = Mutex::new(ImportState::default());
    let contacts =
        RecordContacts { reader, options, shared: &shared, networks: session.directory().networks()? };
    let mut report = ImportReport::default();
    session.add_many(contacts, options.add_many, |_, outcome| {
        let pending = lock(&shared).pending.pop_front();
        let Some(PendingRecord { line, bytes, warnings, read_error: unread }) = pending else { return };
        let outcome = unread.map_or(outcome, ImportOutcome::Rejected);
        report.count(&outcome, !warnings.is_empty());
        progress(&ImportProgress { line, outcome, warnings, bytes, report });
    })?;
    let failed = lock(&shared).failed.take();
    failed.map_or(Ok(report), Err)
}

/// The contacts of a file, one a record. For a record that cannot be read it is one that every book refuses, so that
/// all outcomes come in the order of the file.
struct RecordContacts<'a, 'r, R> {
    reader: Reader<'r, R>,
    options: &'a ImportOptions,
    shared: &'a Mutex<ImportState>,
    networks: Vec<NetworkPolicy>,
}

impl<R: BufRead> RecordContacts<'_, '_, R> {
    /// Leaves out where the contact stood on the network that the file comes from, if it cannot stand there on this one.
    fn drop_unsupported_status(&self, contact: &mut NewContact, warnings: &mut Vec<Warning>) {
        let policy = self.networks.iter().find(|policy| policy.network == contact.network);
        let knows = |status| policy.is_none_or(|policy| policy.statuses.contains(&status));
        if contact.status.is_some_and(|status| !knows(status)) {
            contact.status = None;
            let problem = ValidationError::NotSupportedOnNetwork { network: contact.network.clone() };
            warnings.push(Warning { field: Field::Status, reason: problem });
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
                (PendingRecord { line: record.line, bytes, warnings, read_error: None }, contact)
            }
            Err(error @ Error::Format { line, .. }) => {
                let nobody = NewContact::new(self.options.network.clone(), "", "");
                (PendingRecord { line, bytes, warnings: Vec::new(), read_error: Some(error) }, nobody)
            }
            Err(error) => {
                lock(self.shared).failed = Some(error);
                return None;
            }
        };
        lock(self.shared).pending.push_back(pending);
        Some(contact)
    }
}

/// Decides on the card of a contact that is in the book.
///
/// A card that says what the export of the contact says is no change: it is the card of an edited contact, with the
/// edit. A card that only keeps columns or fields of a table is laid into the one there.
fn reconcile_card(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    kept: Option<&str>,
    came: String,
) -> Option<String> {
    let Some(kept) = kept else {
        return Some(came).filter(|came| !is_unchanged_export(is_phone, contact, None, came));
    };
    if kept == came {
        return None;
    }
    if let Some(laid) = card::merge_properties(kept, &came, &[CSV_PROPERTY, JSON_PROPERTY]) {
        return Some(laid).filter(|laid| laid != kept);
    }
    Some(came).filter(|came| !is_unchanged_export(is_phone, contact, Some(kept), came))
}

fn is_unchanged_export(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    kept: Option<&str>,
    came: &str,
) -> bool {
    card_after_round_trip(&ContactFields::from(contact), kept, is_phone).as_deref() == Some(came)
}

fn lock(shared: &Mutex<ImportState>) -> std::sync::MutexGuard<'_, ImportState> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
