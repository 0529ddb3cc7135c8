//! Korean surnames and their spellings. Facts, collected for this table.

use crate::text::fold::hangul;

/// Surnames with their usual spelling, and rough forms of spellings that do not follow the sound.
const SURNAMES: &[(&str, &str, &str)] = &[
    ("김", "kim", ""),
    ("이", "lee", "ri i"),
    ("박", "park", "barg bag"),
    ("최", "choi", "joi jwe"),
    ("정", "jung", ""),
    ("강", "kang", ""),
    ("조", "cho", "jo jwe"),
    ("윤", "yoon", ""),
    ("장", "jang", ""),
    ("임", "lim", "rim im"),
    ("한", "han", ""),
    ("오", "oh", ""),
    ("서", "seo", ""),
    ("신", "shin", ""),
    ("권", "kwon", "gwon guen"),
    ("황", "hwang", "hwang huang"),
    ("안", "ahn", ""),
    ("송", "song", ""),
    ("전", "jeon", ""),
    ("홍", "hong", ""),
    ("유", "yoo", "yu ryu"),
    ("고", "ko", ""),
    ("문", "moon", "mun mon"),
    ("양", "yang", "yang ryang"),
    ("손", "son", ""),
    ("배", "bae", ""),
    ("백", "baek", "beg bag"),
    ("허", "heo", "hv hvr her"),
    ("남", "nam", ""),
    ("심", "shim", ""),
    ("노", "noh", "no ro"),
    ("하", "ha", ""),
    ("곽", "kwak", "gwag goag"),
    ("성", "sung", ""),
    ("차", "cha", ""),
    ("주", "joo", "ju"),
    ("우", "woo", ""),
    ("구", "koo", ""),
    ("나", "na", "na ra"),
    ("민", "min", ""),
    ("진", "jin", "jin jen"),
    ("지", "ji", ""),
    ("엄", "eom", ""),
    ("류", "ryu", "ryu yu"),
    ("리", "ri", "ri i"),
    ("림", "rim", "rim im"),
    ("라", "ra", "ra na"),
    ("로", "ro", "ro no"),
    ("량", "ryang", "ryang yang"),
    ("천", "cheon", ""),
    ("방", "bang", ""),
    ("공", "kong", ""),
    ("현", "hyun", ""),
    ("함", "ham", ""),
    ("변", "byun", ""),
    ("염", "yeom", "yvm ryvm"),
    ("여", "yeo", "yv ryv"),
    ("추", "choo", ""),
    ("도", "do", ""),
    ("소", "so", ""),
    ("석", "seok", ""),
    ("선", "sun", ""),
    ("설", "seol", ""),
    ("마", "ma", ""),
    ("길", "gil", ""),
    ("연", "yeon", ""),
    ("위", "wi", ""),
    ("표", "pyo", ""),
    ("명", "myung", ""),
    ("기", "ki", ""),
    ("반", "ban", ""),
    ("왕", "wang", ""),
    ("금", "keum", ""),
    ("옥", "ok", ""),
    ("육", "yook", ""),
    ("인", "in", ""),
    ("맹", "maeng", ""),
    ("제", "je", ""),
    ("모", "mo", ""),
    ("탁", "tak", ""),
    ("국", "kook", ""),
    ("어", "eo", ""),
    ("은", "eun", ""),
    ("편", "pyun", ""),
    ("용", "yong", ""),
    ("예", "ye", ""),
    ("봉", "bong", ""),
    ("경", "kyung", ""),
    ("피", "pi", ""),
    ("두", "doo", ""),
    ("감", "kam", ""),
    ("태", "tae", ""),
    ("부", "boo", ""),
    ("원", "won", ""),
    ("채", "chae", ""),
    ("남궁", "namgung", ""),
    ("황보", "hwangbo", ""),
    ("제갈", "jegal", ""),
    ("사공", "sagong", ""),
    ("선우", "sunwoo", ""),
    ("서문", "seomun", ""),
    ("독고", "dokgo", ""),
    ("동방", "dongbang", ""),
];

type SurnameRow = &'static (&'static str, &'static str, &'static str);

fn find(surname: &str) -> Option<SurnameRow> {
    let keys = |name: &'static str| name.chars().filter_map(hangul::jamo_keys).flatten();
    let first = surname.chars().next()?;
    let first_key =
        |name: &'static str| name.chars().next().and_then(hangul::jamo_keys).and_then(|mut keys| keys.next());
    SURNAMES.iter().find(|(name, _, _)| first_key(name) == Some(first) && keys(name).eq(surname.chars()))
}

/// Whether folded text is a surname.
pub(super) fn is_surname(surname: &str) -> bool {
    find(surname).is_some()
}

/// The usual spelling of a folded surname.
pub(super) fn usual_spelling(surname: &str) -> Option<&'static str> {
    find(surname).map(|(_, usual, _)| *usual)
}

/// Rough forms of a folded surname that do not follow its sound.
pub(super) fn rough_spellings(surname: &str) -> impl Iterator<Item = &'static str> {
    find(surname).map_or("", |(_, _, rough)| rough).split_whitespace()
}
