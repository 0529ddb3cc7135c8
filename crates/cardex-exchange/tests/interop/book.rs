//! A book with an imported file, and its contents as text.

use std::path::PathBuf;

use cardex::contacts::ImportOutcome;
use cardex::{Actor, Contact, Network, Options, Session, Store};
use cardex_exchange::{Format, ImportOptions, ImportReport, WriteOptions, export, import};

/// A new book with the files of a case.
pub(crate) struct Book {
    pub(crate) store: Store,
    pub(crate) session: Session,
    /// The counts of the last import.
    pub(crate) report: ImportReport,
    /// One line for each record, warning and rejection.
    pub(crate) log: Vec<String>,
}

/// The bytes of an input.
pub(crate) fn input(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/interop").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Book {
    pub(crate) fn new() -> Self {
        let store = Options::new().id_seed(1).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        Self { store, session, report: ImportReport::default(), log: Vec::new() }
    }

    /// A book of numbers in Germany.
    pub(crate) fn in_germany() -> Self {
        let store = Options::new().id_seed(1).region("DE").open_in_memory().unwrap();
        let session = store.session(Actor::System);
        Self { store, session, report: ImportReport::default(), log: Vec::new() }
    }

    /// A new address book with this input.
    pub(crate) fn of(name: &str) -> Self {
        Self::new().import(name)
    }

    pub(crate) fn import(self, name: &str) -> Self {
        let bytes = input(name);
        self.import_bytes(name, &bytes)
    }

    pub(crate) fn import_bytes(self, name: &str, bytes: &[u8]) -> Self {
        let format = Format::from_path(name).unwrap();
        self.import_with(bytes, &ImportOptions::new(format, Network::BOOK))
    }

    pub(crate) fn import_with(mut self, bytes: &[u8], options: &ImportOptions) -> Self {
        let mut log = Vec::new();
        let report = import(&self.session, bytes, options, |step| {
            for warning in &step.warnings {
                let text = format!(
                    "line {}: {} '{}': {}",
                    warning.line, warning.field, warning.value, warning.reason
                );
                log.push(text);
            }
            if let ImportOutcome::Rejected(error) = &step.outcome {
                log.push(format!("line {}: {} '{}' rejected: {error}", step.line, step.name, step.value));
            }
        });
        (self.report, self.log) = (report.unwrap(), log);
        self
    }

    /// Added, updated, unchanged, rejected.
    pub(crate) fn counts(&self) -> [u64; 4] {
        [self.report.added, self.report.updated, self.report.unchanged, self.report.rejected]
    }

    pub(crate) fn contacts(&self) -> Vec<Contact> {
        self.session.contacts().iter().map(Result::unwrap).collect()
    }

    /// The only contact.
    pub(crate) fn one(&self) -> Contact {
        let mut all = self.contacts();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// The phones of all contacts: `label=text`.
    pub(crate) fn phones(&self) -> Vec<String> {
        let text =
            |contact: Contact| contact.phones.into_iter().map(|one| format!("{}={}", one.label, one.text));
        self.contacts().into_iter().flat_map(text).collect()
    }

    /// The e-mail addresses of all contacts: `label=text`.
    pub(crate) fn emails(&self) -> Vec<String> {
        let text =
            |contact: Contact| contact.emails.into_iter().map(|one| format!("{}={}", one.label, one.text));
        self.contacts().into_iter().flat_map(text).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.contacts().into_iter().map(|contact| contact.display_name).collect()
    }

    /// The names of the contacts that a filter matches.
    pub(crate) fn filtered(&self, filter: &str) -> Vec<String> {
        let found = self.session.contacts().filter(filter.parse().unwrap());
        found.iter().map(|contact| contact.unwrap().display_name).collect()
    }

    pub(crate) fn export(&self, format: Format, options: WriteOptions) -> String {
        let mut file = Vec::new();
        export(&self.session, self.session.contacts(), &mut file, format, options).unwrap();
        String::from_utf8(file).unwrap()
    }

    /// The vCard of all contacts, its lines not folded and in one line end.
    pub(crate) fn vcard(&self) -> String {
        unfolded(&self.export(Format::VCard, WriteOptions::new()))
    }

    pub(crate) fn vcard_3(&self) -> String {
        unfolded(&self.export(Format::VCard, WriteOptions::new().vcard_3(true)))
    }
}

fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "").replace("\r\n", "\n")
}

/// Checks that a text has all of these lines.
#[track_caller]
pub(crate) fn has_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "{line}\nis not in\n{text}");
    }
}
