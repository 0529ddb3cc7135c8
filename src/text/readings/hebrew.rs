//! Hebrew: vowels are not written, so names match Latin queries by their consonants.

/// The phonetic key of a word of a name.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    let mut out = String::with_capacity(folded.len());
    let mut letters = folded.chars().peekable();
    while let Some(c) = letters.next() {
        let start = out.is_empty();
        let sound = match c {
            'ו' if letters.next_if_eq(&'ו').is_some() => "B",
            // A v before a written vowel, otherwise an o or u.
            'ו' if start || matches!(letters.peek(), Some('י' | 'ה')) => "B",
            // A final kaf is always soft.
            'כ' if !start && letters.peek().is_none() => "H",
            _ => consonant(c, start),
        };
        out.push_str(sound);
    }
    if out.is_empty() { Vec::new() } else { vec![out] }
}

const fn consonant(c: char, start: bool) -> &'static str {
    match c {
        'א' | 'ע' | 'י' if start => "A",
        'ב' => "B",
        'ג' => "G",
        'ד' => "D",
        'ה' | 'ח' => "H",
        'ז' | 'צ' => "Z",
        'ט' | 'ת' => "T",
        'כ' | 'ק' => "K",
        'ל' => "L",
        'מ' => "M",
        'נ' => "N",
        'ס' | 'ש' => "S",
        'פ' => "P",
        'ר' => "R",
        _ => "",
    }
}
