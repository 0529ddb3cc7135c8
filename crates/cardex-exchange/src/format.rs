//! The file formats and their names.

use std::path::Path;

use cardex::Error;

/// A file format of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).
    VCard,
    /// Comma-separated values (RFC 4180) with a header row. The separator may also be `;` or tab.
    Csv,
    /// One JSON object per line, in the shape of [`Contact`](cardex::Contact).
    JsonLines,
    /// jCard (RFC 7095): one card, or an array of cards.
    JCard,
    /// `JSContact` (RFC 9553): one card, or an array of cards.
    JsContact,
    /// LDIF (RFC 2849), as Thunderbird and directories write it. It has a part of a contact only.
    Ldif,
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

    /// The format with this name: `vcf`, `vcard`, `csv`, `tsv`, `tab`, `txt`, `jsonl`, `ndjson`, `jcard`, `jscontact`, `ldif`; `None` for
    /// others.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "vcf" | "vcard" => Some(Self::VCard),
            "csv" | "tsv" | "tab" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "jcard" | "jcf" => Some(Self::JCard),
            "jscontact" => Some(Self::JsContact),
            "ldif" | "ldi" => Some(Self::Ldif),
            _ => None,
        }
    }

    /// The format of a file by its first bytes, of which a few hundred are enough; `None` if they could be of several formats, or of none.
    ///
    /// ```
    /// use cardex_exchange::Format;
    /// assert_eq!(Format::detect(b"\r\nbegin:vcard\r\n"), Some(Format::VCard));
    /// assert_eq!(Format::detect(br#"[["vcard",[]]]"#), Some(Format::JCard));
    /// assert_eq!(Format::detect(b"name,phone"), None);
    /// ```
    #[must_use]
    pub fn detect(start: &[u8]) -> Option<Self> {
        // Of UTF-16, only the letters of ASCII matter here.
        let is_text = |byte: &u8| !matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF);
        let text: Vec<u8> = start.iter().copied().filter(is_text).take(4_096).collect();
        let text = String::from_utf8_lossy(text.trim_ascii_start()).to_ascii_lowercase();
        let line =
            text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty()).unwrap_or_default();
        let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_jscontact = dense.contains("\"@type\":\"card\"") && !dense.contains("\"card\":{");
        if text.starts_with("begin:vcard") || text.starts_with("begin :vcard") {
            Some(Self::VCard)
        } else if dense.starts_with("[\"vcard\"") || dense.starts_with("[[\"vcard\"") {
            Some(Self::JCard)
        } else if dense.starts_with("[{") || (dense.starts_with('{') && is_jscontact) {
            is_jscontact.then_some(Self::JsContact)
        } else if dense.starts_with('{') {
            Some(Self::JsonLines)
        } else {
            (line.starts_with("dn:") || line.starts_with("version:")).then_some(Self::Ldif)
        }
    }

    /// The name of the format in error messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VCard => "vCard",
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
            Self::JCard => "jCard",
            Self::JsContact => "JSContact",
            Self::Ldif => "LDIF",
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
