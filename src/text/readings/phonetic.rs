//! Sounds of Latin text: what a query is heard as, and what the romanised names of other scripts are.
//!
//! Two forms. With vowels, in small letters, for names whose vowels are written: letters that romanisations use for one
//! another are one (g h kh; f v w; i j y; c ts ch). Without vowels, in capitals, for names whose vowels are not: محمد and
//! mohammed are MHMD. They cannot meet each other.

/// Two letters that are read in two ways: j as in Jana and as in John, ch as in Chekhov and as in Christos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orthography {
    /// j is y, c is ts, ch is tsh.
    Eastern,
    /// j is dzh, c is k, ch is kh.
    Western,
}

/// What a Latin query may sound like.
pub(super) fn query_phonetic_keys(query: &str) -> Vec<String> {
    if query.len() < MIN_PHONETIC_LEN || !query.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut sounds: Vec<String> = Vec::new();
    for reader in [Orthography::Eastern, Orthography::Western] {
        let mut bones = consonant_skeleton(query, reader);
        // Noa and Lea end in an h that is written, and have no other second consonant.
        if bones.len() == 1 && query.len() > 2 && query.ends_with(['a', 'e']) {
            bones.push('H');
        }
        for sound in [phonetic_with_vowels(query, reader), bones, skeleton_after_abd(query, reader)] {
            if sound.len() >= MIN_PHONETIC_LEN && !sounds.contains(&sound) {
                sounds.push(sound);
            }
        }
    }
    sounds
}

/// Abdulrahman is written in two words as well, of which the second is the name: ulrahman.
fn skeleton_after_abd(query: &str, reader: Orthography) -> String {
    let name =
        query.strip_prefix("abd").filter(|name| name.len() > 3 && name.starts_with(['a', 'e', 'o', 'u']));
    name.map(|name| consonant_skeleton(name, reader)).unwrap_or_default()
}

/// Of one letter nothing is heard: half of all names would be met.
const MIN_PHONETIC_LEN: usize = 2;

/// The sound with vowels. Letters that are not ASCII are left out.
pub(super) fn phonetic_with_vowels(word: &str, reader: Orthography) -> String {
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
            _ => iotated(rest, reader).or_else(|| consonant(rest, reader, out.is_empty())).unwrap_or((1, "")),
        };
        push_once(&mut out, sound);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// A run of i and y: with e or o after it an e, with u after it a u.
fn iotated(rest: &[u8], reader: Orthography) -> Option<(usize, &'static str)> {
    let is_i = |byte: &u8| matches!(byte, b'i' | b'y') || (*byte == b'j' && reader == Orthography::Eastern);
    let run = rest.iter().take_while(|byte| is_i(byte)).count();
    if run == 0 {
        return None;
    }
    let both = run.saturating_add(1);
    Some(match rest.get(run) {
        Some(b'e' | b'o') => (both, "e"),
        Some(b'u') => (both, "u"),
        _ => (run, "i"),
    })
}

/// A consonant of the sound with vowels.
fn consonant(rest: &[u8], reader: Orthography, start: bool) -> Option<(usize, &'static str)> {
    const BOTH: &[(&[u8], &str)] = &[
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
    const EAST: &[(&[u8], &str)] = &[(b"tsch", "c"), (b"ch", "c"), (b"cz", "c"), (b"c", "c"), (b"x", "ks")];
    const WEST: &[(&[u8], &str)] =
        &[(b"sch", "s"), (b"ch", "h"), (b"ce", "s"), (b"ci", "s"), (b"cy", "s"), (b"c", "k"), (b"j", "z")];
    let find = |pairs: &[(&[u8], &'static str)]| {
        pairs.iter().find(|(key, _)| rest.starts_with(key)).map(|(key, sound)| (key.len(), *sound))
    };
    let own = if reader == Orthography::Eastern { EAST } else { WEST };
    if let Some((length, sound)) = find(own).or_else(|| find(BOTH)) {
        // The vowel that softens a c is a letter of its own.
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

/// The sound without vowels: A for a vowel or y at the start, then the consonants.
pub(super) fn consonant_skeleton(word: &str, reader: Orthography) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word.as_bytes();
    let mut vowel = true;
    while let Some(first) = rest.first() {
        let soft_j = *first == b'j' && reader == Orthography::Eastern;
        let silent = soft_j || matches!(first, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        let start = out.is_empty();
        let (length, sound) = match first {
            _ if silent => (1, if start { "A" } else { "" }),
            b'w' if !start => (1, ""),
            b'v' if !start && reader == Orthography::Western => (1, ""),
            _ => skeleton_consonant(rest, reader),
        };
        if vowel || !out.ends_with(sound) {
            out.push_str(sound);
        }
        vowel = silent;
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// A consonant of the sound without vowels.
fn skeleton_consonant(rest: &[u8], reader: Orthography) -> (usize, &'static str) {
    const TWO: &[(&[u8], &str)] = &[
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
        return (2, if reader == Orthography::Eastern { "H" } else { "K" });
    }
    if let Some((key, sound)) = TWO.iter().find(|(key, _)| rest.starts_with(key)) {
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

/// Appends a sound, not twice the same.
fn push_once(out: &mut String, sound: &str) {
    if !out.ends_with(sound) {
        out.push_str(sound);
    }
}
