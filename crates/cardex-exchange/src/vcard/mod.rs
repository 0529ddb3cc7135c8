//! vCard: bytes to cards, cards to content lines in one canonical form, and back.
//!
//! `split` finds cards in a stream, `unfold` and `decode` read their lines, `canonical` normalizes them, `legacy` converts
//! them to 3.0. May use `source` and `format` only. To support another property, change `canonical`.

mod canonical;
mod decode;
mod escape;
mod jcard;
mod keep;
mod label;
mod legacy;
mod line;
mod media;
mod parse;
mod property;
mod split;
mod unfold;

pub(super) use self::canonical::canonical;
pub(super) use self::escape::{escape, join, split_list, unescape};
pub(super) use self::jcard::{from_jcard, to_jcard};
pub(super) use self::keep::{kept_lines, restore_kept_lines};
pub(super) use self::label::{is_noise, known_label, spoken_type};
pub(super) use self::legacy::{to_3_0, write_2_1};
pub(super) use self::line::{ContentLine, LineNumber, sort_by_name, write_card};
pub(super) use self::media::media_type;
pub(super) use self::parse::{MAX_PROPERTIES, parse, parse_from};
pub(super) use self::split::{CardSplitter, RawCard};
