//! Cyrillic: two romanisations, one as in passports (zhanna, yuliya) and one as in Slavic Latin (zana, julija), both folded. Other
//! spellings match by phonetic keys.

use super::phonetic::{Orthography, phonetic_with_vowels};
use super::transliteration::{drop_covered, match_prefix, respell, transliterate};

/// The Latin readings of a word.
pub(super) fn romanised(written: &str, folded: &str) -> Vec<String> {
    if is_south_slavic(folded) {
        let dj = folded.contains('ђ').then(|| slavic(folded, "dj")).flatten();
        return drop_covered([slavic(folded, "d"), dj]);
    }
    let marked = respell(written, folded, |c, mark| match (c, mark) {
        ('ё' | 'Ё', None) | ('е' | 'Е', Some('\u{308}')) => Some("йо"),
        ('ї' | 'Ї', None) | ('і' | 'І', Some('\u{308}')) => Some("йі"),
        _ => None,
    });
    let bulgarian = folded.contains('щ').then(|| passport(folded, "sht")).flatten();
    drop_covered([
        passport(folded, "shch"),
        slavic(folded, "d"),
        bulgarian,
        marked.and_then(|marked| passport(&marked, "shch")),
    ])
}

/// The Latin forms of a word of a query.
pub(super) fn query_readings(written: &str, folded: &str) -> Vec<String> {
    // Yuri and Dmitri: without the ending, the text is a prefix of the reading of the name.
    let short = folded.strip_suffix('й').filter(|stem| stem.ends_with(['и', 'і']));
    let mut words = romanised(written, folded);
    words.extend(short.and_then(|word| passport(word, "shch")));
    words.extend(western_ending(folded).and_then(|word| passport(&word, "shch")));
    words
}

/// The phonetic key of a word of a name.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    let word = western_ending(folded);
    let word = word.as_deref().unwrap_or(folded);
    slavic(word, "dj").map(|word| phonetic_with_vowels(&word, Orthography::Eastern)).into_iter().collect()
}

/// The word with a western ending: Александр as alexander, Пётр as peter.
fn western_ending(folded: &str) -> Option<String> {
    let stem = folded.strip_suffix('р').filter(|stem| stem.ends_with(['д', 'т']))?;
    Some(format!("{stem}ер"))
}

/// Whether the word has letters of Serbian or Macedonian only.
fn is_south_slavic(folded: &str) -> bool {
    folded.contains(['ј', 'љ', 'њ', 'ћ', 'ђ', 'џ', 'ѕ'])
}

/// Whether the word has letters of Ukrainian or Belarusian, where г is h and и is y.
fn is_ukrainian(folded: &str) -> bool {
    folded.contains(['і', 'є']) && !folded.contains(['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'])
}

/// The romanisation of passports. `shch` is the romanisation of щ.
fn passport(folded: &str, shch: &'static str) -> Option<String> {
    let ukrainian = is_ukrainian(folded);
    transliterate(folded, |rest, _| {
        const ENDS: &[(&str, &str)] = &[("ий", "y"), ("ый", "y"), ("ій", "iy"), ("ия", "ia"), ("ія", "ia")];
        const MANY: &[(&str, &str)] = &[("дж", "j"), ("кс", "x"), ("ье", "ye"), ("ьо", "yo")];
        if let Some((length, text)) = match_prefix(rest, ENDS).filter(|(length, _)| *length == rest.len()) {
            return Some((length, text));
        }
        match_prefix(rest, MANY).or_else(|| {
            let c = rest.chars().next()?;
            let text = match c {
                'г' if ukrainian => "h",
                'и' if ukrainian => "y",
                'щ' => shch,
                'ж' | 'җ' => "zh",
                'й' => "y",
                'х' => "kh",
                'ц' => "ts",
                'ч' => "ch",
                'ш' => "sh",
                'ю' => "yu",
                'я' => "ya",
                'є' => "ye",
                _ => common(c, rest)?,
            };
            Some((c.len_utf8(), text))
        })
    })
}

/// The Latin spelling of Serbian, Croatian and Czech, without marks. `dj` is the romanisation of ђ.
fn slavic(folded: &str, dj: &'static str) -> Option<String> {
    let ukrainian = is_ukrainian(folded);
    transliterate(folded, |rest, _| {
        let c = rest.chars().next()?;
        let text = match c {
            'г' if ukrainian => "h",
            'и' if ukrainian => "y",
            'ж' | 'җ' => "z",
            'й' | 'ј' => "j",
            'х' => "h",
            'ц' | 'ч' | 'ћ' => "c",
            'ш' => "s",
            'щ' => "sc",
            'ю' => "ju",
            'я' => "ja",
            'є' => "je",
            'ђ' => dj,
            'љ' => "lj",
            'њ' => "nj",
            'џ' | 'ѕ' => "dz",
            _ => common(c, rest)?,
        };
        Some((c.len_utf8(), text))
    })
}

/// Letters with the same romanisation everywhere.
fn common(c: char, rest: &str) -> Option<&'static str> {
    Some(match c {
        'а' | 'ә' | 'ъ' if c != 'ъ' || is_bulgarian_vowel(rest) => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ғ' => "g",
        'д' => "d",
        'е' | 'э' | 'ѣ' => "e",
        'з' => "z",
        'и' | 'і' | 'ѵ' => "i",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' => "n",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ұ' | 'ү' => "u",
        'ф' | 'ѳ' => "f",
        'һ' => "h",
        'ы' => "y",
        'ь' | 'ъ' => "",
        _ => return None,
    })
}

/// Whether ъ is a vowel: not at the end, and not as a separator before an iotated vowel.
fn is_bulgarian_vowel(rest: &str) -> bool {
    !matches!(rest.chars().nth(1), None | Some('е' | 'ю' | 'я' | 'й'))
}
