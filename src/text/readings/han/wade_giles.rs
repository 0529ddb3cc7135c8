//! Wade-Giles, the spelling of most names from Taiwan, in its usual form without apostrophes and marks: chang is both zhang and chang.

use super::super::reading_collector::distinct_except;

/// The syllables and their pinyin, the more likely one in names first. Derived from the rules of the system.
#[rustfmt::skip]
const SYLLABLES: &[(&str, &str)] = &[
    ("a", "a"), ("ai", "ai"), ("an", "an"), ("ang", "ang"), ("ao", "ao"), ("cha", "cha zha"),
    ("chai", "chai zhai"), ("chan", "zhan chan"), ("chang", "zhang chang"), ("chao", "zhao chao"),
    ("che", "zhe che"), ("chen", "chen zhen"), ("cheng", "cheng zheng"), ("chi", "ji qi"), ("chia", "jia qia"),
    ("chiang", "jiang qiang"), ("chiao", "jiao qiao"), ("chieh", "jie qie"), ("chien", "jian qian"),
    ("chih", "zhi chi"), ("chin", "jin qin"), ("ching", "jing qing"), ("chiu", "jiu qiu"),
    ("chiung", "jiong qiong"), ("cho", "chuo zhuo"), ("chou", "zhou chou"), ("chu", "zhu ju chu qu"),
    ("chua", "chua zhua"), ("chuai", "chuai zhuai"), ("chuan", "juan quan chuan zhuan"),
    ("chuang", "chuang zhuang"), ("chueh", "jue que"), ("chui", "chui zhui"), ("chun", "jun chun qun zhun"),
    ("chung", "zhong chong"), ("e", "e"), ("ei", "ei"), ("en", "en"), ("erh", "er"), ("fa", "fa"),
    ("fan", "fan"), ("fang", "fang"), ("fei", "fei"), ("fen", "fen"), ("feng", "feng"), ("fo", "fo"),
    ("fou", "fou"), ("fu", "fu"), ("ha", "ha"), ("hai", "hai"), ("han", "han"), ("hang", "hang"),
    ("hao", "hao"), ("hei", "hei"), ("hen", "hen"), ("heng", "heng"), ("ho", "he"), ("hou", "hou"),
    ("hsi", "xi"), ("hsia", "xia"), ("hsiang", "xiang"), ("hsiao", "xiao"), ("hsieh", "xie"),
    ("hsien", "xian"), ("hsin", "xin"), ("hsing", "xing"), ("hsiu", "xiu"), ("hsiung", "xiong"), ("hsu", "xu"),
    ("hsuan", "xuan"), ("hsueh", "xue"), ("hsun", "xun"), ("hu", "hu"), ("hua", "hua"), ("huai", "huai"),
    ("huan", "huan"), ("huang", "huang"), ("hui", "hui"), ("hun", "hun"), ("hung", "hong"), ("huo", "huo"),
    ("i", "yi"), ("jan", "ran"), ("jang", "rang"), ("jao", "rao"), ("je", "re"), ("jen", "ren"),
    ("jeng", "reng"), ("jih", "ri"), ("jo", "ruo"), ("jou", "rou"), ("ju", "ru"), ("juan", "ruan"),
    ("jui", "rui"), ("jun", "run"), ("jung", "rong"), ("ka", "ga ka"), ("kai", "gai kai"), ("kan", "gan kan"),
    ("kang", "gang kang"), ("kao", "gao kao"), ("kei", "gei kei"), ("ken", "gen ken"), ("keng", "geng keng"),
    ("ko", "ke ge"), ("kou", "gou kou"), ("ku", "gu ku"), ("kua", "gua kua"), ("kuai", "guai kuai"),
    ("kuan", "guan kuan"), ("kuang", "guang kuang"), ("kuei", "gui kui"), ("kun", "gun kun"),
    ("kung", "gong kong"), ("kuo", "guo kuo"), ("la", "la"), ("lai", "lai"), ("lan", "lan"), ("lang", "lang"),
    ("lao", "lao"), ("le", "le"), ("lei", "lei"), ("len", "len"), ("leng", "leng"), ("li", "li"),
    ("lia", "lia"), ("liang", "liang"), ("liao", "liao"), ("lieh", "lie"), ("lien", "lian"), ("lin", "lin"),
    ("ling", "ling"), ("liu", "liu"), ("lo", "luo"), ("lou", "lou"), ("lu", "lu"), ("luan", "luan"),
    ("lueh", "lue"), ("lun", "lun"), ("lung", "long"), ("ma", "ma"), ("mai", "mai"), ("man", "man"),
    ("mang", "mang"), ("mao", "mao"), ("me", "me"), ("mei", "mei"), ("men", "men"), ("meng", "meng"),
    ("mi", "mi"), ("miao", "miao"), ("mieh", "mie"), ("mien", "mian"), ("min", "min"), ("ming", "ming"),
    ("miu", "miu"), ("mo", "mo"), ("mou", "mou"), ("mu", "mu"), ("na", "na"), ("nai", "nai"), ("nan", "nan"),
    ("nang", "nang"), ("nao", "nao"), ("ne", "ne"), ("nei", "nei"), ("nen", "nen"), ("neng", "neng"),
    ("ni", "ni"), ("nia", "nia"), ("niang", "niang"), ("niao", "niao"), ("nieh", "nie"), ("nien", "nian"),
    ("nin", "nin"), ("ning", "ning"), ("niu", "niu"), ("no", "nuo"), ("nou", "nou"), ("nu", "nu"),
    ("nuan", "nuan"), ("nueh", "nue"), ("nun", "nun"), ("nung", "nong"), ("o", "o"), ("ou", "ou"),
    ("pa", "ba pa"), ("pai", "bai pai"), ("pan", "ban pan"), ("pang", "bang pang"), ("pao", "bao pao"),
    ("pei", "pei bei"), ("pen", "ben pen"), ("peng", "beng peng"), ("pi", "bi pi"), ("piao", "biao piao"),
    ("pieh", "bie pie"), ("pien", "bian pian"), ("pin", "bin pin"), ("ping", "ping bing"), ("po", "bo po"),
    ("pu", "bu pu"), ("sa", "sa"), ("sai", "sai"), ("san", "san"), ("sang", "sang"), ("sao", "sao"),
    ("se", "se"), ("sen", "sen"), ("seng", "seng"), ("sha", "sha"), ("shai", "shai"), ("shan", "shan"),
    ("shang", "shang"), ("shao", "shao"), ("she", "she"), ("shei", "shei"), ("shen", "shen"),
    ("sheng", "sheng"), ("shih", "shi"), ("shou", "shou"), ("shu", "shu"), ("shua", "shua"),
    ("shuai", "shuai"), ("shuan", "shuan"), ("shuang", "shuang"), ("shui", "shui"), ("shun", "shun"),
    ("shuo", "shuo"), ("so", "suo"), ("sou", "sou"), ("ssu", "si"), ("su", "su"), ("suan", "suan"),
    ("sui", "sui"), ("sun", "sun"), ("sung", "song"), ("sze", "si"), ("szu", "si"), ("ta", "da ta"),
    ("tai", "dai tai"), ("tan", "dan tan"), ("tang", "dang tang"), ("tao", "tao dao"), ("te", "de te"),
    ("ten", "den"), ("teng", "deng teng"), ("ti", "di ti"), ("tiao", "diao tiao"), ("tieh", "die tie"),
    ("tien", "tian dian"), ("ting", "ting ding"), ("tiu", "diu"), ("to", "duo tuo"), ("tou", "dou tou"),
    ("tsa", "ca za"), ("tsai", "cai zai"), ("tsan", "can zan"), ("tsang", "cang zang"), ("tsao", "cao zao"),
    ("tse", "ce ze"), ("tsen", "cen zen"), ("tseng", "zeng ceng"), ("tso", "cuo zuo"), ("tsou", "cou zou"),
    ("tsu", "zu cu"), ("tsuan", "cuan zuan"), ("tsui", "cui zui"), ("tsun", "cun zun"), ("tsung", "zong cong"),
    ("tsze", "ci zi"), ("tu", "du tu"), ("tuan", "duan tuan"), ("tui", "dui tui"), ("tun", "dun tun"),
    ("tung", "dong tong"), ("tze", "ci zi"), ("tzu", "zi ci"), ("wa", "wa"), ("wai", "wai"), ("wan", "wan"),
    ("wang", "wang"), ("wei", "wei"), ("wen", "wen"), ("weng", "weng"), ("wo", "wo"), ("wu", "wu"),
    ("ya", "ya"), ("yang", "yang"), ("yao", "yao"), ("yeh", "ye"), ("yen", "yan"), ("yin", "yin"),
    ("ying", "ying"), ("yo", "yo"), ("yu", "yu you"), ("yuan", "yuan"), ("yueh", "yue"), ("yun", "yun"),
    ("yung", "yong"),
];

/// The longest syllable.
const MAX_SYLLABLE_LEN: usize = 6;

/// The most pinyin spellings of a query.
const MAX_SPELLINGS: usize = 6;

/// Longer words are not split: the number of ways to split grows with the length.
const MAX_WORD_LEN: usize = 24;

/// Letters that only occur in Wade-Giles. A word without any of them may also be pinyin, or not Chinese.
const MARKS: &[&str] = &["hs", "ts", "tz", "sz", "ssu", "ch", "ih", "ie", "eh", "ung", "ueh", "erh"];

/// A query in Wade-Giles, in pinyin. Empty for words that do not consist of Wade-Giles syllables.
pub(super) fn query_readings(word: &str) -> Vec<String> {
    if word == "i" {
        return vec!["yi".to_owned()];
    }
    let min_len = if word.starts_with("hs") || word.starts_with("ts") { 3 } else { 4 };
    if !(min_len..=MAX_WORD_LEN).contains(&word.len()) || !MARKS.iter().any(|mark| word.contains(mark)) {
        return Vec::new();
    }
    let mut syllables = Vec::new();
    if !split(word, &mut syllables) {
        return Vec::new();
    }
    let mut spellings = vec![String::new()];
    for choices in syllables.iter().rev() {
        // The first syllable varies slowest, so that the limit keeps its most likely choices.
        let longer =
            choices.split(' ').flat_map(|choice| spellings.iter().map(move |rest| format!("{choice}{rest}")));
        spellings = longer.take(MAX_SPELLINGS).collect();
    }
    distinct_except(spellings, word)
}

/// Splits a word into syllables, long ones first. Returns false if that is not possible.
fn split(word: &str, syllables: &mut Vec<&'static str>) -> bool {
    if word.is_empty() {
        return true;
    }
    for end in (1..=MAX_SYLLABLE_LEN.min(word.len())).rev() {
        let Some((first, rest)) = word.split_at_checked(end) else { continue };
        let Some(choices) = pinyin(first) else { continue };
        syllables.push(choices);
        if split(rest, syllables) {
            return true;
        }
        syllables.pop();
    }
    false
}

fn pinyin(syllable: &str) -> Option<&'static str> {
    let at = SYLLABLES.binary_search_by(|(key, _)| (*key).cmp(syllable)).ok()?;
    SYLLABLES.get(at).map(|(_, choices)| *choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted() {
        assert!(SYLLABLES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(SYLLABLES.iter().all(|(syllable, _)| syllable.len() <= MAX_SYLLABLE_LEN));
    }

    #[test]
    fn recognizes_only_wade_giles() {
        assert_eq!(query_readings("chih"), ["zhi", "chi"]);
        assert_eq!(query_readings("hsiung"), ["xiong"]);
        assert_eq!(query_readings("hsu"), ["xu"]);
        assert!(query_readings("chihchiang").contains(&"zhiqiang".to_owned()));
        for other in ["wang", "tanaka", "peter", "kate", "pan", "tom", "chri", "schmidt", "zhang", "tina"] {
            assert!(query_readings(other).is_empty(), "{other}: {:?}", query_readings(other));
        }
    }
}
