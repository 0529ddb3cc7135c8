//! Reads the encryption key of the book.

use std::env;
use std::path::Path;

#[cfg(feature = "encryption")]
use cardex::EncryptionKey;

use crate::failure::Failure;
#[cfg(feature = "encryption")]
use crate::secret_file;

/// The environment variable with the key, used without a key file.
const KEY_VARIABLE: &str = "CARDEX_KEY";

/// Refuses a key that this program cannot use. Otherwise the book would be plain although a key is given.
#[cfg(not(feature = "encryption"))]
pub(crate) fn refuse_key(file: Option<&Path>) -> Result<(), Failure> {
    let given = if file.is_some() { "--key-file" } else { KEY_VARIABLE };
    if file.is_none() && env::var_os(KEY_VARIABLE).is_none() {
        return Ok(());
    }
    let message = format!("this program was built without encryption and cannot use the key of {given}");
    Err(Failure::new("no-encryption", message))
}

/// The key from a file or from the environment; `None` without both.
#[cfg(feature = "encryption")]
pub(crate) fn load_key(file: Option<&Path>) -> Result<Option<EncryptionKey>, Failure> {
    if let Some(file) = file {
        return read_key_file(file).map(Some);
    }
    match env::var(KEY_VARIABLE) {
        Ok(text) => parse_key(&text).map(Some),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::new("key", "CARDEX_KEY is not text")),
    }
}

/// The key from a file: its text without the line end.
#[cfg(feature = "encryption")]
pub(crate) fn read_key_file(file: &Path) -> Result<EncryptionKey, Failure> {
    let text = secret_file::read(file, "key", "key")?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.contains('\n') {
        return Err(Failure::new("key", "the key file has more than one line"));
    }
    parse_key(line)
}

/// Parses a passphrase, or `hex:` and the 64 hexadecimal digits of a raw key.
#[cfg(feature = "encryption")]
fn parse_key(text: &str) -> Result<EncryptionKey, Failure> {
    let Some(digits) = text.strip_prefix("hex:") else { return Ok(EncryptionKey::passphrase(text)) };
    let wrong = || Failure::new("key", "after \"hex:\", a key has 64 hexadecimal digits");
    if digits.len() != 64 {
        return Err(wrong());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let [high, low] = pair else { return Err(wrong()) };
        let (high, low) = digit(*high).zip(digit(*low)).ok_or_else(wrong)?;
        *byte = high << 4 | low;
    }
    Ok(EncryptionKey::raw(bytes))
}

#[cfg(all(test, feature = "encryption"))]
mod tests {
    use super::*;

    #[test]
    fn keys_are_parsed() {
        assert!(parse_key("correct horse").unwrap() == EncryptionKey::passphrase("correct horse"));
        let digits = format!("hex:00{}Ff", "0a".repeat(30));
        let mut bytes = [10; 32];
        (bytes[0], bytes[31]) = (0, 255);
        assert!(parse_key(&digits).unwrap() == EncryptionKey::raw(bytes));
        let signed = format!("hex:{}", "+1".repeat(32));
        for bad in
            ["hex:", "hex:0a", &digits[..67], &format!("{digits}0"), &digits.replace('0', "g"), &signed]
        {
            assert!(parse_key(bad).is_err(), "{bad}");
        }
    }
}
