//! Import and export: vCard 2.1, 3.0 and 4.0, CSV with a header row, JSON Lines, jCard, `JSContact`, LDIF.
//!
//! A [`Reader`] takes any [`std::io::BufRead`] and yields one [`Record`] at a time. After the error of one record it
//! continues with the next record. A [`Writer`] takes contacts one at a time. Both have at most one record in memory.
//!
//! Data without a field of a contact stays in the card document of the contact (`JSContact`, RFC 9553), and export writes
//! it again. Reading a written file gives the same fields and the same card.
//!
//! ```
//! use cardex::Network;
//! use cardex_exchange::{Format, Reader};
//!
//! let file = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:John Doe\r\nN:Doe;John;;;\r\nTEL;TYPE=CELL:none\r\nEND:VCARD\r\n";
//! let mut reader = Reader::new(file.as_bytes(), Format::VCard, Network::SMS_DIRECT);
//! let record = reader.next().unwrap()?;
//! assert_eq!(record.line, 1);
//! assert_eq!(record.warnings.len(), 1); // "none" is not a phone number: it is kept as written
//! assert_eq!(record.contact.phones[0].text, "none");
//! assert!(reader.next().is_none());
//! # Ok::<(), cardex::Error>(())
//! ```

mod apply;
mod card;
mod csv;
mod document;
mod export;
mod fields;
mod folder;
mod format;
mod group_members;
mod import;
mod import_report;
mod json_cards;
mod jsonl;
mod ldif;
mod plan;
mod read;
mod reconcile;
mod report;
mod source;
#[cfg(test)]
mod tests;
mod vcard;
mod write;
mod zip_reader;

pub use self::apply::{AppliedRecord, ApplyOptions, ApplyOutcome, apply};
pub use self::export::export;
pub use self::fields::Warning;
pub use self::folder::{FolderExport, FolderReader, export_folder};
pub use self::format::Format;
pub use self::import::{ImportOptions, ImportProgress, MissingProperties, import};
pub use self::import_report::ImportReport;
pub use self::plan::{Candidate, Decision, PlanReport, PlannedRecord, plan};
pub use self::read::{ColumnMapping, Reader, Record};
pub use self::report::{RecordReport, WarningReport};
pub use self::write::{WriteOptions, Writer, jscontact};
pub use self::zip_reader::ZipReader;

/// The names of what a column of CSV can contain, for [`ImportOptions::column`]. `keep` is a column without a field, which the card keeps.
/// A label follows after a colon: `phone:work`, `email:home`, `street:home`.
pub fn column_contents() -> impl Iterator<Item = &'static str> {
    csv::contents()
}
