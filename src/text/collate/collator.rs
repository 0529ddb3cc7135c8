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

/// Makes sort keys. With the feature `locale`: ICU collation (tertiary strength) of one locale; without: the
/// folded text.
pub(crate) struct Collator {
    stamp: String,
    #[cfg(feature = "locale")]
    icu: icu::IcuCollation,
    /// Made when first asked for.
    sections: OnceLock<SectionTable>,
}

#[cfg(feature = "locale")]
impl Collator {
    /// The order of a locale, a BCP 47 tag such as `sv` or `de-u-co-phonebk`; empty or `und` for the root order,
    /// which suits most languages. A language ICU has no order for gets the root order.
    ///
    /// # Errors
    ///
    /// [`Error::BadOption`](crate::Error::BadOption) if it is no tag.
    pub(crate) fn new(locale: &str) -> Result<Self> {
        let (icu, stamp) = icu::IcuCollation::new(locale)?;
        Ok(Self { stamp, icu, sections: OnceLock::new() })
    }

    /// The key of a name made of parts in order of weight, such as last and first name. Names are compared by
    /// the letters of the first part, then of the second, and so on; then by marks, then by case, in the same
    /// order of parts. Cut to [`limits::SORT_KEY`] bytes: names that differ only beyond may have equal keys.
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
#[allow(clippy::unused_self, clippy::unnecessary_wraps)] // the shape of the other one
impl Collator {
    /// The order of the folded text. There are no locales without the feature, so any is taken and none has an
    /// effect.
    pub(crate) fn new(_locale: &str) -> Result<Self> {
        Ok(Self {
            stamp: format!("fold {} {SECTIONS_VERSION}", fold::FOLD_VERSION),
            sections: OnceLock::new(),
        })
    }

    /// The key of a name made of parts in order of weight: the folded parts, each ended by a byte lower than any
    /// in a fold. Cut to [`limits::SORT_KEY`] bytes.
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

    /// Katakana stand apart from hiragana in this order, so they have rows of their own.
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
        // Of letters that fold to one, the plain one gives the name.
        all.sort_by_cached_key(|(key, label)| {
            (key.clone(), label.to_lowercase().as_bytes() != key.as_slice(), label.clone())
        });
        SectionTable::new(all)
    }
}

impl std::fmt::Debug for Collator {
    /// The stamp only: the tables are most of a megabyte.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collator").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

impl Collator {
    /// Locale, version and a checksum of the tables in one text, stored in the file and in cursors.
    pub(crate) fn stamp(&self) -> &str {
        &self.stamp
    }

    /// The letter under which a list shows a name, told by its key. `#` stands for
    /// what comes before every letter: digits, signs, nothing at all. A letter with an order of its own in the locale
    /// has a section: Å and Ä in Swedish, Ñ in Spanish, Ch in Czech; others stand with the letter they are sorted as.
    /// Kana go by rows (か and が under か), Hangul by initial consonant (까 under ㄱ), Han under `漢`, or, in the Chinese
    /// order by sound, under the letter of their pinyin; Latin letters are small ones there. What has no letter
    /// of its own stands with the letter before it.
    pub(crate) fn section(&self, sort_key: &[u8]) -> SectionRange<'_> {
        self.sections.get_or_init(|| self.build_sections()).find(sort_key)
    }

    /// The key a letter begins at, if the locale has it.
    pub(crate) fn section_start(&self, label: &str) -> Option<&[u8]> {
        self.sections.get_or_init(|| self.build_sections()).start_of(label)
    }
}
