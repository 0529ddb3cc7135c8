//! The file formats and their names.

use std::path::Path;

use cardex::Error;

/// A file format of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// vCard. Reads 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350); writes 4.0 and 3.0.
    VCard,
    /// Comma-separated values (RFC 4180) with a header row. The separator may also be `;` or tab.
    Csv,
    /// One JSON object per line, in the shape of [`Contact`](cardex::Contact).
    JsonLines,
}

impl Format {
    /// The format of a file by its extension; `None` for an unknown extension.
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

    /// The name of the format in error messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VCard => "vCard",
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
        }
    }

    /// An [`Error::Format`] for the record that begins on `line`.
    pub(crate) fn error(self, line: u64, reason: impl Into<String>) -> Error {
        Error::Format { format: self.as_str(), line, reason: reason.into() }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
