//! Chooses the rules by the script of a word.

use super::reading::{NamePart, Reading};
use super::reading_collector::distinct_except;
use super::script::Script;
use super::{arabic, caucasus, cyrillic, greek, han, hangul, hebrew, indic, kana, khmer, latin, phonetic};

/// Other ways to type a word of a name, besides the folded word. Takes the word as written and folded. Empty for most Latin words.
///
/// If one reading is a prefix of another one with the same span, the longer one is enough.
pub(crate) fn name_readings(written: &str, folded: &str, part: NamePart) -> Vec<Reading> {
    if written.is_ascii() {
        return Vec::new();
    }
    let texts = match Script::of(folded) {
        Script::Han => return han::name_readings(folded, part),
        Script::Kana => return kana::name_readings(folded, part),
        Script::Hangul => return hangul::name_readings(folded, part),
        Script::Arabic => return arabic::name_readings(folded),
        Script::Latin => latin::spellings(written, folded),
        Script::Cyrillic => cyrillic::romanised(written, folded),
        Script::Greek => greek::romanised(folded),
        Script::Armenian | Script::Georgian => caucasus::romanised(folded),
        Script::Indic => indic::romanised(folded),
        Script::Khmer => khmer::romanised(folded),
        Script::Hebrew | Script::Other => Vec::new(),
    };
    texts.into_iter().map(|text| Reading { span: 0..folded.len(), text }).collect()
}

/// Other forms of a word of a query: mueller for müller, tanak for たなk, ivan for иван.
pub(crate) fn query_readings(written: &str, folded: &str) -> Vec<String> {
    match Script::of(folded) {
        Script::Latin => {
            let mut texts = if written.is_ascii() { Vec::new() } else { latin::spellings(written, folded) };
            if folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
                texts.extend(han::query_readings(folded));
                texts.extend(kana::latin_query_readings(folded));
                texts.extend(hangul::latin_query_readings(folded));
            }
            distinct_except(texts, folded)
        }
        Script::Kana => kana::query_readings(folded),
        Script::Hangul => hangul::query_readings(folded),
        Script::Cyrillic => cyrillic::query_readings(written, folded),
        Script::Greek => greek::romanised(folded),
        Script::Armenian | Script::Georgian => caucasus::romanised(folded),
        Script::Indic => indic::romanised(folded),
        Script::Khmer => khmer::romanised(folded),
        Script::Arabic => arabic::without_article(folded).map(str::to_owned).into_iter().collect(),
        Script::Hebrew | Script::Han | Script::Other => Vec::new(),
    }
}

/// Ways to type family and given name without a space, in scripts where people do so: 王 and 小明 as 王小明, wangxiaoming and wxm.
/// Each covers both words. Empty for other scripts.
pub(crate) fn joined_name_readings(family: &str, given: &str) -> Vec<String> {
    use Script::{Han, Hangul, Kana};
    let scripts = (Script::of(family), Script::of(given));
    let mut texts = match scripts {
        (Hangul, Hangul) => hangul::joined_name_readings(family, given),
        (Han, Han) => han::joined_name_readings(family, given),
        (Han | Kana, Han | Kana) => kana::joined_name_readings(family, given),
        (Hangul, Han | Kana) | (Han | Kana, Hangul) => Vec::new(),
        _ => return Vec::new(),
    };
    texts.insert(0, format!("{family}{given}"));
    texts
}

/// The phonetic keys of a folded word of a name, where its script has no fixed romanisation. Empty for scripts where readings are
/// enough.
pub(crate) fn phonetic_keys(folded: &str) -> Vec<String> {
    let mut keys = match Script::of(folded) {
        Script::Cyrillic => cyrillic::phonetic_keys(folded),
        Script::Greek => greek::phonetic_keys(folded),
        Script::Armenian | Script::Georgian => caucasus::phonetic_keys(folded),
        Script::Indic => indic::phonetic_keys(folded),
        Script::Khmer => khmer::phonetic_keys(folded),
        Script::Arabic => arabic::phonetic_keys(folded),
        Script::Hebrew => hebrew::phonetic_keys(folded),
        Script::Latin | Script::Han | Script::Kana | Script::Hangul | Script::Other => Vec::new(),
    };
    // A word of signs and digits has a script, but an empty key.
    keys.retain(|key| !key.is_empty());
    keys
}

/// The phonetic keys of a folded word of a query, as prefixes of the keys of [`phonetic_keys`]. Empty if there is nothing to search for.
pub(crate) fn query_phonetic_keys(folded: &str) -> Vec<String> {
    let romanised = match Script::of(folded) {
        Script::Latin => return phonetic::query_phonetic_keys(folded),
        Script::Cyrillic => cyrillic::romanised(folded, folded),
        Script::Greek => greek::romanised(folded),
        Script::Armenian | Script::Georgian => caucasus::romanised(folded),
        _ => return Vec::new(),
    };
    romanised.first().map(|word| phonetic::query_phonetic_keys(word)).unwrap_or_default()
}
