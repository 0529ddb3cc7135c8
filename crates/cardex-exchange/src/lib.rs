//! Import and export: vCard 2.1, 3.0 and 4.0, CSV with a header row, JSON Lines.
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
//! assert_eq!(record.warnings.len(), 1); // "none" is not a phone: it stays in the card only
//! assert!(reader.next().is_none());
//! # Ok::<(), cardex::Error>(())
//! ```

mod card;
mod csv;
mod export;
mod fields;
mod format;
mod import;
mod jscontact;
mod jsonl;
mod read;
mod source;
#[cfg(test)]
mod tests;
mod vcard;
mod write;

pub use self::export::export;
pub use self::fields::Warning;
pub use self::format::Format;
pub use self::import::{ImportOptions, ImportProgress, ImportReport, import};
pub use self::jscontact::jscontact;
pub use self::read::{Reader, Record};
pub use self::write::{WriteOptions, Writer};
