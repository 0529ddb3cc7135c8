//! The UID of a contact that arrived without one: a UUID of version 7 (RFC 9562).
//!
//! It is computed on each read, so it takes no space. Its 74 bits behind the time are a part of the random number of the book, and the
//! id of the contact. Two contacts of a book differ in the id. Two books differ in their numbers.

use crate::model::Timestamp;

/// Bits of the id. A book of 2^40 contacts does not fit into a SQLite file.
const ID_BITS: u32 = 40;
/// Bits of the random part in the second half.
const LOW_BITS: u32 = 22;
const ID_MASK: u64 = (1 << ID_BITS) - 1;
const TIME_MASK: u64 = (1 << 48) - 1;

/// The generated UID of a contact, in lower case.
pub(in crate::db) fn of(book: i64, id: i64, created_at: Timestamp) -> String {
    let book = mix(book.cast_unsigned());
    let time = u64::try_from(created_at.0).unwrap_or_default() & TIME_MASK;
    let high = (time << 16) | 0x7000 | (book >> 52);
    let low = (0b10 << 62) | ((book & ((1 << LOW_BITS) - 1)) << ID_BITS) | (id.cast_unsigned() & ID_MASK);
    let digits = (u128::from(high) << 64) | u128::from(low);
    // On every read of a row: `format!` takes five times as long.
    let mut text = Vec::with_capacity(36);
    for (at, byte) in digits.to_be_bytes().into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        text.extend_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 0xF)]);
    }
    String::from_utf8(text).unwrap_or_default()
}

/// The digit of a number below 16.
const fn hex_digit(number: u8) -> u8 {
    number.wrapping_add(if number < 10 { b'0' } else { b'a' - 10 })
}

/// The contact that a UID would be of, if this book generated it.
pub(in crate::db) fn contact_of(uid: &str) -> Option<i64> {
    if uid.len() != 36 || !uid.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) {
        return None;
    }
    let tail = uid.get(24..).and_then(|tail| u64::from_str_radix(tail, 16).ok())?;
    i64::try_from(tail & ID_MASK).ok().filter(|id| *id > 0)
}

/// The output function of the generator `SplitMix64`, which distributes all bits.
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uid_is_a_uuid_of_version_7_and_names_its_contact() {
        for id in [1, 2, 77, 1_000_000, (1 << 40) - 1] {
            let uid = of(0x0123_4567_89AB_CDEF, id, Timestamp(1_700_000_000_123));
            assert!(uid.starts_with("018bcfe5-687b-7"), "{uid}");
            assert_eq!((uid.len(), uid.as_bytes()[14], uid.matches('-').count()), (36, b'7', 4), "{uid}");
            assert!(matches!(uid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{uid}");
            assert_eq!(contact_of(&uid), Some(id), "{uid}");
        }
    }

    #[test]
    fn books_and_times_differ() {
        let uid = of(1, 5, Timestamp(1_700_000_000_000));
        assert_ne!(uid, of(2, 5, Timestamp(1_700_000_000_000)));
        assert_ne!(uid, of(1, 5, Timestamp(1_700_000_000_001)));
        assert_eq!(of(1, 5, Timestamp(-1)), of(1, 5, Timestamp(0)), "before 1970");
    }

    #[test]
    fn other_texts_name_no_contact() {
        for text in [
            "",
            "u1",
            "018bcfe5-687b-7000-8000-00000000000",
            "018bcfe5-687b-7000-8000-00000000000g",
            "018bcfe5-687b-7000-8000-000000000000",
        ] {
            assert_eq!(contact_of(text), None, "{text:?}");
        }
    }
}
