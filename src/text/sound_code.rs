//! A phonetic code of a Latin word: Cologne phonetics (Hans Joachim Postel, *Die Kölner Phonetik*, 1969).
//!
//! Words that sound alike have the same code: meyer, maier and mayr are 67, philip and filip are 351. It has no limit of length, so it
//! separates more names than Soundex. Every crate with it brings further packages or a dictionary; the whole code is one match.

/// The code of a word: digits. Letters other than a to z are passed over.
pub(crate) fn sound_code(word: &str) -> String {
    let letters: Vec<u8> = word.bytes().filter(u8::is_ascii_lowercase).collect();
    let mut code = String::with_capacity(letters.len());
    let mut last = None;
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at.saturating_add(1)).copied();
        for digit in sounds(*letter, before, after).chars() {
            // Equal neighbours are one sound; vowels count only at the start.
            if last != Some(digit) && (digit != '0' || code.is_empty()) {
                code.push(digit);
            }
            last = Some(digit);
        }
    }
    code
}

/// The digits of a letter between its neighbours.
fn sounds(letter: u8, before: Option<u8>, after: Option<u8>) -> &'static str {
    let is_before = |letters: &[u8]| after.is_some_and(|after| letters.contains(&after));
    let is_after = |letters: &[u8]| before.is_some_and(|before| letters.contains(&before));
    match letter {
        b'a' | b'e' | b'i' | b'j' | b'o' | b'u' | b'y' => "0",
        b'b' => "1",
        b'p' => {
            if is_before(b"h") {
                "3"
            } else {
                "1"
            }
        }
        b'd' | b't' => {
            if is_before(b"csz") {
                "8"
            } else {
                "2"
            }
        }
        b'f' | b'v' | b'w' => "3",
        b'g' | b'k' | b'q' => "4",
        b'c' => match before {
            None if is_before(b"ahkloqrux") => "4",
            Some(_) if is_before(b"ahkoqux") && !is_after(b"sz") => "4",
            _ => "8",
        },
        b'x' => {
            if is_after(b"ckq") {
                "8"
            } else {
                "48"
            }
        }
        b'l' => "5",
        b'm' | b'n' => "6",
        b'r' => "7",
        b's' | b'z' => "8",
        _ => "", // h has no sound of its own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_standard() {
        let codes = [
            ("mullerludenscheidt", "65752682"),
            ("wikipedia", "3412"),
            ("breschnew", "17863"),
            ("heithabu", "021"),
            ("xaver", "4837"),
            ("", ""),
            ("王", ""),
        ];
        for (word, code) in codes {
            assert_eq!(sound_code(word), code, "{word}");
        }
    }

    #[test]
    fn names_that_sound_alike_have_one_code() {
        for names in
            [&["meyer", "maier", "mayr"][..], &["philip", "filip"], &["smith", "smyth"], &["sara", "sarah"]]
        {
            assert!(names.iter().all(|name| sound_code(name) == sound_code(names[0])), "{names:?}");
        }
        assert_ne!(sound_code("schmidt"), sound_code("schneider"));
    }
}
