//! The order of lists, and the letters they are cut at.
//!
//! A list is walked in the order of stored keys, so a key must hold all of the order: comparing two keys byte by
//! byte is comparing the names. With the feature `locale` keys are ICU collation keys of one locale, without it
//! the folded text. Keys die with any change of the tables behind them; [`Collator::stamp`] tells.
//!
//! A letter is a range of keys: it begins at its own key and ends where the next one begins. So the names of one letter
//! follow each other in every list, and the letter of a name is told by its key alone.

mod collator;
mod collator_cache;
#[cfg(feature = "locale")]
mod icu;
mod section_letters;
#[cfg(test)]
mod tests;

pub(crate) use collator::Collator;
pub(crate) use collator_cache::CollatorCache;
pub(crate) use section_letters::SectionRange;
