//! Phonetic keys of Latin text: of queries, and of romanised names of other scripts.
//!
//! There are two forms. The form with vowels is in lower case, for scripts with written vowels. Letters that romanisations interchange are
//! equal: g h kh; f v w; i j y; c ts ch. The form without vowels is in upper case, for scripts without written vowels: محمد and
//! mohammed are MHMD. The case keeps the two forms apart.

/// How to read ambiguous letters: j as in Jana or as in John, ch as in Chekhov or as in Christos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orthography {
    /// j is y, c is ts, ch is tsh.
    Eastern,
    /// j is dzh, c is k, ch is kh.
    Western,
}

/// The phonetic keys of a Latin query.
pub(super) fn query_phonetic_keys(query: &str) -> Vec<String> {
    if query.len() < MIN_PHONETIC_LEN || !query.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut keys: Vec<String> = Vec::new();
    for orthography in [Orthography::Eastern, Orthography::Western] {
        let mut skeleton = consonant_skeleton(query, orthography);
        // In Hebrew, Noa and Lea end in a written h. Their query has no other second consonant.
        if skeleton.len() == 1 && query.len() > 2 && query.ends_with(['a', 'e']) {
            skeleton.push('H');
        }
        let candidates =
            [phonetic_with_vowels(query, orthography), skeleton, skeleton_after_abd(query, orthography)];
        for key in candidates {
            if key.len() >= MIN_PHONETIC_LEN && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The skeleton of the part after "abd". Abdulrahman may be two words, and the second one matches alone: ulrahman.
fn skeleton_after_abd(query: &str, orthography: Orthography) -> String {
    let name =
        query.strip_prefix("abd").filter(|name| name.len() > 3 && name.starts_with(['a', 'e', 'o', 'u']));
    name.map(|name| consonant_skeleton(name, orthography)).unwrap_or_default()
}

/// The shortest query and key. A single letter would match half of all names.
const MIN_PHONETIC_LEN: usize = 2;

/// The key with vowels. Letters that are not ASCII are dropped.
pub(super) fn phonetic_with_vowels(word: &str, orthography: Orthography) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let (length, sound) = match first {
            b'a' => (1, "a"),
            b'e' => {
                if after.starts_with(b"e") {
                    (2, "i")
                } else {
                    (1, "e")
                }
            }
            b'o' => {
                if after.starts_with(b"o") || after.starts_with(b"u") {
                    (2, "u")
                } else {
                    (1, "o")
                }
            }
            b'u' => (1, "u"),
            _ => iotated(rest, orthography)
                .or_else(|| consonant(rest, orthography, out.is_empty()))
                .unwrap_or((1, "")),
        };
        push_once(&mut out, sound);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// A sequence of i and y: an e before e or o, a u before u.
fn iotated(rest: &[u8], orthography: Orthography) -> Option<(usize, &'static str)> {
    let is_i =
        |byte: &u8| matches!(byte, b'i' | b'y') || (*byte == b'j' && orthography == Orthography::Eastern);
    let run = rest.iter().take_while(|byte| is_i(byte)).count();
    if run == 0 {
        return None;
    }
    let with_next = run.saturating_add(1);
    Some(match rest.get(run) {
        Some(b'e' | b'o') => (with_next, "e"),
        Some(b'u') => (with_next, "u"),
        _ => (run, "i"),
    })
}

/// A consonant of the key with vowels.
fn consonant(rest: &[u8], orthography: Orthography, start: bool) -> Option<(usize, &'static str)> {
    const COMMON: &[(&[u8], &str)] = &[
        (b"dzh", "z"),
        (b"dz", "z"),
        (b"dj", "z"),
        (b"zh", "z"),
        (b"sh", "s"),
        (b"kh", "h"),
        (b"gh", "h"),
        (b"ph", "v"),
        (b"th", "t"),
        (b"dh", "d"),
        (b"bh", "b"),
        (b"ck", "k"),
        (b"ts", "c"),
        (b"tz", "c"),
        (b"tch", "c"),
        (b"mb", "b"),
        (b"nd", "d"),
        (b"ng", "h"),
    ];
    const EASTERN: &[(&[u8], &str)] =
        &[(b"tsch", "c"), (b"ch", "c"), (b"cz", "c"), (b"c", "c"), (b"x", "ks")];
    const WESTERN: &[(&[u8], &str)] =
        &[(b"sch", "s"), (b"ch", "h"), (b"ce", "s"), (b"ci", "s"), (b"cy", "s"), (b"c", "k"), (b"j", "z")];
    let find = |pairs: &[(&[u8], &'static str)]| {
        pairs.iter().find(|(key, _)| rest.starts_with(key)).map(|(key, sound)| (key.len(), *sound))
    };
    let specific = if orthography == Orthography::Eastern { EASTERN } else { WESTERN };
    if let Some((length, sound)) = find(specific).or_else(|| find(COMMON)) {
        // The vowel that softens a c is not part of the consonant.
        return Some((if rest.starts_with(b"c") && sound == "s" { 1 } else { length }, sound));
    }
    let sound = match rest.first()? {
        b'b' => "b",
        b'd' => "d",
        b'f' | b'v' | b'w' => "v",
        b'g' | b'h' => "h",
        b'k' | b'q' => "k",
        b'l' => "l",
        b'm' => "m",
        b'n' => "n",
        b'p' => "p",
        b'r' => "r",
        b's' => "s",
        b't' => "t",
        b'x' => {
            if start {
                "h"
            } else {
                "ks"
            }
        }
        b'z' => "z",
        _ => "",
    };
    Some((1, sound))
}

/// The key without vowels: A for a vowel or y at the start, then the consonants.
pub(super) fn consonant_skeleton(word: &str, orthography: Orthography) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word.as_bytes();
    let mut after_vowel = true;
    while let Some(first) = rest.first() {
        let soft_j = *first == b'j' && orthography == Orthography::Eastern;
        let is_vowel = soft_j || matches!(first, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        let start = out.is_empty();
        let (length, sound) = match first {
            _ if is_vowel => (1, if start { "A" } else { "" }),
            b'w' if !start => (1, ""),
            b'v' if !start && orthography == Orthography::Western => (1, ""),
            _ => skeleton_consonant(rest, orthography),
        };
        if after_vowel || !out.ends_with(sound) {
            out.push_str(sound);
        }
        after_vowel = is_vowel;
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// A consonant of the key without vowels.
fn skeleton_consonant(rest: &[u8], orthography: Orthography) -> (usize, &'static str) {
    const DIGRAPHS: &[(&[u8], &str)] = &[
        (b"sh", "S"),
        (b"kh", "H"),
        (b"gh", "G"),
        (b"th", "T"),
        (b"dh", "D"),
        (b"ph", "P"),
        (b"bh", "B"),
        (b"zh", "Z"),
        (b"ts", "Z"),
        (b"tz", "Z"),
        (b"ck", "K"),
    ];
    if rest.starts_with(b"ch") {
        return (2, if orthography == Orthography::Eastern { "H" } else { "K" });
    }
    if let Some((key, sound)) = DIGRAPHS.iter().find(|(key, _)| rest.starts_with(key)) {
        return (key.len(), sound);
    }
    let sound = match rest.first() {
        Some(b'b' | b'v' | b'w') => "B",
        Some(b'd') => "D",
        Some(b'f' | b'p') => "P",
        Some(b'g' | b'j') => "G",
        Some(b'h') => "H",
        Some(b'c' | b'k' | b'q') => "K",
        Some(b'l') => "L",
        Some(b'm') => "M",
        Some(b'n') => "N",
        Some(b'r') => "R",
        Some(b's') => "S",
        Some(b't') => "T",
        Some(b'x') => "KS",
        Some(b'z') => "Z",
        _ => "",
    };
    (1, sound)
}

/// Appends a sound, unless the text already ends with it.
fn push_once(out: &mut String, sound: &str) {
    if !out.ends_with(sound) {
        out.push_str(sound);
    }
}
