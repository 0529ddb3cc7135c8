//! Import and export: vCard 2.1, 3.0 and 4.0, CSV with a header row, JSON Lines.
//!
//! A [`Reader`] takes any [`std::io::BufRead`] and yields one [`Record`] at a time, or the error of that record and
//! goes on with the next. A [`Writer`] takes contacts one at a time. Neither holds more than one record in memory.
//!
//! What the columns of a contact do not hold stays in its card document (`JSContact`, RFC 9553) and comes out again
//! on export. Reading what was written gives the same columns and the same card.
//!
//! ```
//! use cardex::Network;
//! use cardex_exchange::{Format, Reader};
//!
//! let file = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:John Doe\r\nN:Doe;John;;;\r\nTEL;TYPE=CELL:none\r\nEND:VCARD\r\n";
//! let mut reader = Reader::new(file.as_bytes(), Format::VCard, Network::SMS_DIRECT);
//! let record = reader.next().unwrap()?;
//! assert_eq!(record.line, 1);
//! assert_eq!(record.warnings.len(), 1); // "none" is no phone: it stays in the card only
//! assert!(reader.next().is_none());
//! # Ok::<(), cardex::Error>(())
//! ```

mod card;
mod csv;
mod fields;
mod import;
mod jsonl;
mod read;
mod source;
#[cfg(test)]
mod tests;
mod vcard;
mod write;

use std::path::Path;

pub use self::import::{ImportOptions, ImportProgress, ImportReport, import};
pub use self::read::{Reader, Record, Warning};
pub use self::write::{WriteOptions, Writer};

use cardex::Error;

/// A file format of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// vCard: 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) are read, 4.0 and 3.0 are written.
    VCard,
    /// Comma-separated values (RFC 4180) with a header row; `;` and tab are known as separators too.
    Csv,
    /// One JSON object a line, in the shape of [`Contact`](cardex::Contact).
    JsonLines,
}

impl Format {
    /// The format that a file of this name has by its extension; `None` if the extension says nothing.
    ///
    /// ```
    /// use cardex_exchange::Format;
    /// assert_eq!(Format::from_path("people.VCF"), Some(Format::VCard));
    /// assert_eq!(Format::from_path("people.doc"), None);
    /// ```
    #[must_use]
    pub fn from_path(path: impl AsRef<Path>) -> Option<Self> {
        let extension = path.as_ref().extension()?.to_str()?.to_ascii_lowercase();
        Self::from_name(&extension)
    }

    /// The format with this name: `vcf`, `vcard`, `csv`, `tsv`, `tab`, `txt`, `jsonl`, `ndjson`; `None` for others.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "vcf" | "vcard" => Some(Self::VCard),
            "csv" | "tsv" | "tab" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// The format's name, as errors give it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VCard => "vCard",
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
        }
    }

    fn error(self, line: u64, problem: impl Into<String>) -> Error {
        Error::Format { format: self.as_str(), line, reason: problem.into() }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
