//! The sort order of lists, and the sections they are divided into.
//!
//! Lists are in the order of stored sort keys: comparing two keys byte by byte compares the names. With the feature `locale`, keys
//! are ICU collation keys of one locale; without it, keys are the folded text. A change of the tables makes keys invalid;
//! [`Collator::stamp`] identifies the tables.
//!
//! A section is a range of keys, from the key of its letter to the key of the next letter. So the names of a section are adjacent in
//! every list, and the key of a name determines its section.
//!
//! May import `model`, `error`, `text::fold` and `text::readings`. A newcomer changes section letters in `section_letters`, and then its version.

mod collator;
mod collator_cache;
#[cfg(feature = "locale")]
mod icu;
#[cfg(feature = "locale")]
mod pinyin_order;
mod section_letters;
#[cfg(test)]
mod tests;

pub(crate) use collator::Collator;
pub(crate) use collator_cache::CollatorCache;
