//! The key of a search cursor: a position among the hits, and the unindexed contacts of the walk.
//!
//! | bytes | content |
//! | --- | --- |
//! | 8 | local id of the contact, big-endian |
//! | 1 | stage; the high bit is set if the walk has unindexed contacts |
//! | 16 | with that bit only: `after` and `last` of their id range, big-endian |
//! | … | the index text of the hit, UTF-8 |

use crate::db::metadata::IdRange;
use crate::error::{Error, Result};
use crate::index::{Candidate, MatchKind, Query};
use crate::query::page::{decode_number_key, encode_number_key};

/// The stage of unindexed contacts, behind the stages of every query.
pub(super) const UNINDEXED_STAGE: u8 = 0x7F;

/// The bit of the stage that marks a walk with unindexed contacts.
const UNINDEXED_RANGE_FLAG: u8 = 0x80;

/// The key of a cursor.
pub(super) fn encode_candidate_key(candidate: &Candidate, unindexed: IdRange) -> Vec<u8> {
    let range = encode_number_key(unindexed.after, &unindexed.last.to_be_bytes());
    let (flag, range) =
        if unindexed.is_empty() { (0, &[][..]) } else { (UNINDEXED_RANGE_FLAG, range.as_slice()) };
    let rest = [&[candidate.stage | flag], range, candidate.text.as_bytes()].concat();
    encode_number_key(candidate.contact, &rest)
}

/// Decodes the key of a cursor.
///
/// # Errors
/// [`Error::BadCursor`] if no stage of the query can have such a position. Only the book makes cursors, but a damaged one, or another
/// version of the library, may have made this one.
pub(super) fn decode_candidate_key(key: &[u8], query: &Query) -> Result<(Candidate, IdRange)> {
    let (contact, rest) = decode_number_key(key)?;
    let (stage, mut rest) = rest.split_first().ok_or(Error::BadCursor)?;
    let mut unindexed = IdRange::default();
    if stage & UNINDEXED_RANGE_FLAG != 0 {
        (unindexed.after, rest) = decode_number_key(rest)?;
        (unindexed.last, rest) = decode_number_key(rest)?;
    }
    let stage = stage & !UNINDEXED_RANGE_FLAG;
    let text = String::from_utf8(rest.to_vec()).map_err(|_| Error::BadCursor)?;
    let is_possible = match query.stages.get(usize::from(stage)) {
        Some(own) => {
            let begins_text =
                |prefix: &String| text.starts_with(prefix.as_str()) && own.part.contains(&text, prefix);
            own.kind == MatchKind::Fuzzy
                || query.prefix_ranges(own).iter().flat_map(|(_, prefixes)| prefixes).any(begins_text)
        }
        None => stage == UNINDEXED_STAGE && unindexed.contains(contact) && text.is_empty(),
    };
    if is_possible { Ok((Candidate { stage, text, contact }, unindexed)) } else { Err(Error::BadCursor) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::SearchFields;
    use crate::text::phone::PhoneParser;

    /// Each position is verified against the query and its own id range.
    #[test]
    fn an_impossible_position_is_rejected() {
        let query = Query::new("ann", SearchFields::Words, false, &PhoneParser::default()).unwrap();
        let (none, range) = (IdRange::default(), IdRange { after: 3, last: 9 });
        let is_accepted = |stage, text: &str, contact, range| {
            let candidate = Candidate { stage, text: text.into(), contact };
            let decoded = decode_candidate_key(&encode_candidate_key(&candidate, range), &query);
            decoded.is_ok_and(|(own, unindexed)| {
                assert_eq!((own, unindexed.after, unindexed.last), (candidate, range.after, range.last));
                true
            })
        };
        assert!(is_accepted(3, "anna", 5, none) && is_accepted(3, "anna", 5, range));
        assert!(is_accepted(0, "ann b", 5, none) && !is_accepted(0, "anna", 5, none), "a whole word");
        assert!(!is_accepted(3, "ann b", 5, none), "a longer word");
        assert!(is_accepted(UNINDEXED_STAGE, "", 5, range));
        assert!(!is_accepted(3, "bob", 5, none) && !is_accepted(9, "", 5, range));
        assert!(!is_accepted(9, "anna", 5, none));
        assert!(!is_accepted(UNINDEXED_STAGE, "", 5, none), "all contacts are indexed");
        assert!(!is_accepted(UNINDEXED_STAGE, "", 3, range), "the range starts after 3");
        assert!(!is_accepted(UNINDEXED_STAGE, "", 10, range), "the range ends at 9");
        assert!(!is_accepted(UNINDEXED_STAGE, "anna", 5, range), "unindexed contacts have no text");
        let candidate = Candidate { stage: 3, text: "anna".into(), contact: 5 };
        assert!(decode_candidate_key(&encode_candidate_key(&candidate, none)[..8], &query).is_err());
    }
}
