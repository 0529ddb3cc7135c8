//! The order of lists.
//!
//! A list is walked in the order of stored keys, so a key must hold all of the order: comparing two keys byte by
//! byte is comparing the names. With the feature `locale` keys are ICU collation keys of one locale, without it
//! the folded text. Keys die with any change of the tables behind them; [`Collator::stamp`] tells.

use crate::error::Result;
use crate::model::limits;
use crate::text::fold;

#[cfg(feature = "locale")]
mod icu;

/// Makes sort keys. With the feature `locale`: ICU collation (tertiary strength) of one locale; without: the
/// folded text.
pub(crate) struct Collator {
    stamp: String,
    #[cfg(feature = "locale")]
    icu: icu::Tables,
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
        let (icu, stamp) = icu::Tables::new(locale)?;
        Ok(Self { stamp, icu })
    }

    /// The key of a name made of parts in order of weight, such as last and first name. Names are compared by
    /// the letters of the first part, then of the second, and so on; then by marks, then by case, in the same
    /// order of parts. Cut to [`limits::SORT_KEY`] bytes: names that differ only beyond may have equal keys.
    pub(crate) fn sort_key(&self, parts: &[&str]) -> Vec<u8> {
        let mut key = self.icu.key(parts);
        key.truncate(limits::SORT_KEY);
        key
    }

    /// The letter under which a list shows a name: its first letter without marks, in upper case; `#` for digits,
    /// symbols and nothing at all. A letter with an order of its own in the locale stays: Å and Ä in Swedish, Ñ
    /// in Spanish, Ch in Czech. For Latin, Greek and Cyrillic the names of one section follow each other in the
    /// order of [`Collator::sort_key`]. Letters of other scripts stand for themselves.
    pub(crate) fn section(&self, sort_text: &str) -> String {
        self.icu.section(sort_text)
    }
}

#[cfg(not(feature = "locale"))]
#[allow(clippy::unused_self, clippy::unnecessary_wraps)] // the shape of the other one
impl Collator {
    /// The order of the folded text. There are no locales without the feature, so any is taken and none has an
    /// effect.
    pub(crate) fn new(_locale: &str) -> Result<Self> {
        Ok(Self { stamp: format!("fold {}", fold::FOLD_VERSION) })
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
        key.truncate(limits::SORT_KEY);
        key
    }

    /// The letter under which a list shows a name: the first of the fold, in upper case; `#` for digits, symbols
    /// and nothing at all.
    pub(crate) fn section(&self, sort_text: &str) -> String {
        own_letter(sort_text)
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
}

/// The first letter of the fold in upper case, or `#`.
fn own_letter(text: &str) -> String {
    match fold::fold(text).chars().next() {
        Some(c) if c.is_alphabetic() => c.to_uppercase().collect(),
        _ => "#".to_owned(),
    }
}

#[cfg(test)]
mod tests;
