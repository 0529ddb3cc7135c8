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
    let (high, low) = (hex_digits(high), hex_digits(low));
    let [high, low] = [&high, &low].map(|digits| std::str::from_utf8(digits).unwrap_or_default());
    let parts = [high.get(..8), high.get(8..12), high.get(12..), low.get(..4), low.get(4..)];
    parts.map(Option::unwrap_or_default).join("-")
}

/// The hexadecimal digits of a number, all at once: this is done on every read of a row, and `format!` takes ten times as long.
const fn hex_digits(number: u64) -> [u8; 16] {
    const ONES: u128 = u128::MAX / 0xFF; // 1 in each byte
    const ZEROS: u128 = ONES * b'0' as u128;
    // Spreads the half bytes, so that each has a byte.
    let mut spread = number as u128;
    spread = (spread | (spread << 32)) & (u128::MAX / 0xFFFF_FFFF_FFFF_FFFF_u128 * 0xFFFF_FFFF);
    spread = (spread | (spread << 16)) & (u128::MAX / 0xFFFF_FFFF * 0xFFFF);
    spread = (spread | (spread << 8)) & (u128::MAX / 0xFFFF * 0xFF);
    spread = (spread | (spread << 4)) & (ONES * 0xF);
    // 1 in the bytes above 9: their digits are letters.
    let letters = (spread.wrapping_add(ONES * 6) >> 4) & ONES;
    let distance = (b'a' - b'0' - 10) as u128;
    spread.wrapping_add(ZEROS).wrapping_add(letters.wrapping_mul(distance)).to_be_bytes()
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
    fn digits_are_those_of_the_standard_library() {
        for number in [0, 1, 9, 10, 15, 16, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, u64::MAX, 1 << 63] {
            assert_eq!(hex_digits(number).as_slice(), format!("{number:016x}").as_bytes());
        }
    }

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
