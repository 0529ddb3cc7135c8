//! Numbers as LEB128: seven bits a byte, the lowest first; a set high bit says that another byte follows.

pub(super) fn write_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7F).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or_default());
}

/// Takes a number off the front; `None` if it is cut off.
#[inline]
pub(super) fn try_read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift = shift.saturating_add(7);
    }
}

/// Takes a number off the front; a wrong one if it is cut off.
#[inline]
pub(super) fn read_varint(bytes: &mut &[u8]) -> u64 {
    match **bytes {
        // Most numbers have one or two bytes.
        [byte @ 0..0x80, ref rest @ ..] => {
            *bytes = rest;
            u64::from(byte)
        }
        [low, high @ 0..0x80, ref rest @ ..] => {
            *bytes = rest;
            u64::from(low & 0x7F) | u64::from(high) << 7
        }
        _ => read_long_varint(bytes),
    }
}

fn read_long_varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0_u64;
    let mut shift = 0_u32;
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            break;
        }
        shift = shift.saturating_add(7);
    }
    number
}
