//! Sort keys and sections of one locale.

use std::sync::OnceLock;

use crate::error::Result;
use crate::model::limits;
#[cfg(not(feature = "locale"))]
use crate::text::fold;

#[cfg(feature = "locale")]
use super::icu;
#[cfg(not(feature = "locale"))]
use super::section_letters::{self, SECTIONS_VERSION};
use super::section_letters::{SectionRange, SectionTable};

/// Makes sort keys. With the feature `locale`: ICU collation keys (tertiary strength) of one locale. Without it: the folded text.
pub(crate) struct Collator {
    stamp: String,
    #[cfg(feature = "locale")]
    icu: icu::IcuCollation,
    /// Built on first use.
    sections: OnceLock<SectionTable>,
}

#[cfg(feature = "locale")]
impl Collator {
    /// The order of a locale, given as a BCP 47 tag such as `sv` or `de-u-co-phonebk`. Empty or `und` means the root order, which suits
    /// most languages. A language without an order in ICU gets the root order.
    ///
    /// # Errors
    ///
    /// [`Error::BadOption`](crate::Error::BadOption) if it is not a tag.
    pub(crate) fn new(locale: &str) -> Result<Self> {
        let (icu, stamp) = icu::IcuCollation::new(locale)?;
        Ok(Self { stamp, icu, sections: OnceLock::new() })
    }

    /// The key of a name. `parts` are in order of weight, such as last and first name. The order compares the letters of the first
    /// part, then of the second, and so on; then marks, then case, in the same order of parts. Truncated to
    /// [`limits::SORT_KEY_BYTES`]: names that differ only after that may have equal keys.
    pub(crate) fn sort_key(&self, parts: &[&str]) -> Vec<u8> {
        let mut key = self.icu.key(parts);
        key.truncate(limits::SORT_KEY_BYTES);
        key
    }

    fn build_sections(&self) -> SectionTable {
        self.icu.sections()
    }
}

#[cfg(not(feature = "locale"))]
#[allow(clippy::unused_self, clippy::unnecessary_wraps)] // same signatures as with the feature
impl Collator {
    /// The order of the folded text. The locale is ignored: without the feature there are no locales.
    pub(crate) fn new(_locale: &str) -> Result<Self> {
        Ok(Self {
            stamp: format!("fold {} {SECTIONS_VERSION}", fold::FOLD_VERSION),
            sections: OnceLock::new(),
        })
    }

    /// The key of a name: its folded parts, in order of weight, separated by a byte that is lower than any byte of a fold. Truncated
    /// to [`limits::SORT_KEY_BYTES`].
    pub(crate) fn sort_key(&self, parts: &[&str]) -> Vec<u8> {
        let mut key = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                key.push(1);
            }
            key.extend_from_slice(fold::fold(part).as_bytes());
        }
        key.truncate(limits::SORT_KEY_BYTES);
        key
    }

    /// This order separates katakana from hiragana, so katakana have sections of their own.
    fn build_sections(&self) -> SectionTable {
        let kana = section_letters::KANA
            .into_iter()
            .chain(['ア', 'カ', 'サ', 'タ', 'ナ', 'ハ', 'マ', 'ヤ', 'ラ', 'ワ']);
        let single = section_letters::letters()
            .chain(kana)
            .map(|c| (fold::fold(c.encode_utf8(&mut [0; 4])), c.to_string()));
        let hangul = section_letters::HANGUL
            .into_iter()
            .map(|(label, _, first)| (first.to_string(), label.to_owned()));
        let han = std::iter::once(("\u{3400}".to_owned(), section_letters::HAN_LABEL.to_owned()));
        let mut all: Vec<(Vec<u8>, String)> =
            single.chain(hangul).chain(han).map(|(key, label)| (key.into_bytes(), label)).collect();
        all.retain(|(key, _)| !key.is_empty());
        // If several letters have the same fold, the plain letter is the label.
        all.sort_by_cached_key(|(key, label)| {
            (key.clone(), label.to_lowercase().as_bytes() != key.as_slice(), label.clone())
        });
        SectionTable::new(all)
    }
}

impl std::fmt::Debug for Collator {
    /// Shows only the stamp: the tables have almost a megabyte.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collator").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

impl Collator {
    /// Locale, version and checksum of the tables, as one text. Stored in the file and in cursors.
    pub(crate) fn stamp(&self) -> &str {
        &self.stamp
    }

    /// The section of a name, by its sort key.
    ///
    /// - `#` contains everything before the first letter: digits, signs, empty names.
    /// - A letter with an own position in the locale has a section: Å and Ä in Swedish, Ñ in Spanish, Ch in Czech. Other letters
    ///   belong to the section of the letter that they are sorted as.
    /// - Kana have sections by rows (か and が in か), Hangul by initial consonant (까 in ㄱ).
    /// - Han are in `漢`. In the Chinese order by sound they are in the letter of their pinyin, after the Latin names with that letter;
    ///   a surname has the sound that it has in names. In the order by strokes they have sections such as `7劃`.
    /// - A character without a section belongs to the section before it.
    pub(crate) fn section(&self, sort_key: &[u8]) -> SectionRange<'_> {
        self.sections.get_or_init(|| self.build_sections()).find(sort_key)
    }

    /// The start key of a section, if the locale has it.
    pub(crate) fn section_start(&self, label: &str) -> Option<&[u8]> {
        self.sections.get_or_init(|| self.build_sections()).start_of(label)
    }
}
