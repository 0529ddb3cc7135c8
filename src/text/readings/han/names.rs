//! Chinese surnames, and characters with other readings in names. Facts, collected for these tables; simplified and traditional
//! forms together.

/// Surnames of one character: the most common ones, and those of [`READINGS`].
const SURNAMES: &str = "\
    王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭肖程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣\
    蔡贾賈丁魏薛叶葉阎閻闫余潘杜戴夏钟鍾鐘汪田任姜范範方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱丘秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹\
    黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦蘆季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛叢焦向柳邢路岳齐齊沿梅莫庄莊\
    辛管祝左涂塗谷祁时時舒耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵\
    閔解强強柴华華车車冉房边邊辜吉饶饒刁瞿戚古米池滕晋晉苑邬鄔臧畅暢宫宮来來嵺苟全褚廉简簡娄婁盖蓋符奚木穆党黨燕郎邸冀谈談姬屠连連郜晏\
    栾欒郁商蒙计計喻揭窦竇迟遲宇敖糜鄢冷卓花仇艾蓝藍都巩鞏稽井练練仲乐樂虞卞封竺冼原官衣楚佟栗匡宗应應台巫鞠僧桑荆荊谌諶银銀扬揚明沙薄\
    伏岑习習胥保和尚水云雲戈利区區万尉万朴繁种折召员員逄隗句那缪繆宓黑哈洗郗郇佴幺眭晁阚闞撒乜相过過角祭适適粘秘禹卢凤鳳权權储儲";

/// Surnames of two characters. Sorted for binary search.
#[rustfmt::skip]
const COMPOUND: &[&str] = &[
    "万俟", "上官", "东方", "东郭", "亓官", "令狐", "公冶", "公孙", "公孫", "单于", "南宫", "南宮", "司徒", "司空", "司馬", "司马",
    "呼延", "單于", "夏侯", "太叔", "宇文", "完顏", "完颜", "宗政", "尉迟", "尉遲", "張簡", "慕容", "拓跋", "東方", "東郭", "欧阳",
    "歐陽", "淳于", "澹台", "澹臺", "濮阳", "濮陽", "独孤", "獨孤", "申屠", "百里", "皇甫", "端木", "第五", "納蘭", "纳兰", "耶律",
    "聞人", "范姜", "西門", "西门", "諸葛", "诸葛", "赫连", "赫連", "軒轅", "轩辕", "鍾離", "钟离", "長孫", "长孙", "闻人", "闾丘",
    "鮮于", "鲜于",
];

/// Surnames whose reading differs from the usual reading of the characters. The more common reading comes first.
#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("万", "wan"), ("万俟", "mo qi"), ("乐", "yue le"), ("乜", "nie"), ("亓官", "qi guan"), ("仇", "qiu"),
    ("仉", "zhang"), ("令狐", "ling hu"), ("任", "ren"), ("余", "yu"), ("佴", "nai"), ("俞", "yu"),
    ("冼", "xian"), ("区", "ou"), ("區", "ou"), ("华", "hua"), ("单", "shan"), ("单于", "chan yu"),
    ("卜", "bu"), ("句", "gou"), ("召", "shao"), ("员", "yun yuan"), ("哈", "ha"), ("員", "yun yuan"),
    ("單", "shan"), ("單于", "chan yu"), ("宁", "ning"), ("宓", "mi fu"), ("寧", "ning"), ("尉", "wei"),
    ("尉迟", "yu chi"), ("尉遲", "yu chi"), ("幺", "yao"), ("折", "she"), ("拓跋", "tuo ba"), ("撒", "sa"),
    ("晁", "chao"), ("曾", "zeng"), ("朴", "piao"), ("柏", "bai bo"), ("查", "zha"), ("樂", "yue le"),
    ("沈", "shen"), ("洗", "xian"), ("洪", "hong"), ("澹台", "tan tai"), ("澹臺", "tan tai"), ("燕", "yan"),
    ("牟", "mu mou"), ("皇甫", "huang fu"), ("盖", "ge gai"), ("盛", "sheng"), ("相", "xiang"), ("眭", "sui"),
    ("石", "shi"), ("祭", "zhai"), ("种", "chong"), ("秘", "bi"), ("粘", "nian"), ("紀", "ji"),
    ("納蘭", "na lan"), ("繁", "po"), ("繆", "miao"), ("纪", "ji"), ("纳兰", "na lan"), ("缪", "miao"),
    ("翟", "zhai di"), ("華", "hua"), ("葛", "ge"), ("蓋", "ge gai"), ("薄", "bo"), ("覃", "qin tan"),
    ("角", "jue"), ("解", "xie"), ("諶", "chen shen"), ("谌", "chen shen"), ("谷", "gu"), ("賈", "jia"),
    ("贾", "jia"), ("車", "che"), ("车", "che"), ("过", "guo"), ("适", "kuo shi"), ("逄", "pang"),
    ("過", "guo"), ("那", "na"), ("郇", "xun huan"), ("郗", "xi chi"), ("都", "du"), ("長孫", "zhang sun"),
    ("长孙", "zhang sun"), ("闞", "kan"), ("阚", "kan"), ("隗", "wei kui"), ("鮮于", "xian yu"),
    ("鲜于", "xian yu"), ("黑", "he hei"),
];

/// Surnames in Cantonese, Hokkien or Wade-Giles spelling, and a few Korean ones, the most common spelling first. Wade-Giles spellings of
/// four letters or more are converted in the query instead.
#[rustfmt::skip]
const SPELLINGS: &[(&str, &str)] = &[
    ("陈陳", "chan tan"), ("林", "lam lim liem"), ("黄黃", "wong ng"), ("张張", "cheung teo chong"),
    ("李", "lee lei"), ("王", "wong ong heng"), ("吴吳", "ng goh woo"), ("刘劉", "lau low"),
    ("蔡", "choi chua tsoi"), ("杨楊", "yeung young"), ("赵趙", "chiu"), ("周", "chow"), ("徐", "tsui chui"),
    ("孙孫", "suen"), ("朱", "chu"), ("胡", "wu"), ("郭", "kwok kuo quek"), ("何", "ho"), ("高", "ko kao"),
    ("罗羅", "law loh"), ("谢謝", "tse"), ("许許", "hui khoo koh"), ("郑鄭", "cheng tay"), ("曾", "tsang chan"),
    ("叶葉", "yip yeh yap"), ("梁", "leung"), ("潘", "poon pan phua"), ("邓鄧", "tang teng"),
    ("苏蘇", "so soh"), ("萧蕭肖", "siu"), ("冯馮", "fung"), ("卢盧", "lo"), ("余", "yee"), ("廖", "liu liew"),
    ("方", "fong"), ("洪", "hung ang"), ("邱", "yau"), ("江", "kong"), ("石", "shek"), ("谭譚", "tam"),
    ("唐", "tong"), ("关關", "kwan"), ("霍", "fok"), ("汤湯", "tong"), ("文", "man"), ("袁", "yuen"),
    ("阮", "yuen"), ("莫", "mok"), ("麦麥", "mak"), ("龙龍", "lung"), ("雷", "lui"), ("杜", "to tu"),
    ("彭", "pang"), ("简簡", "kan"), ("古", "ku"), ("白", "pak pai"), ("金", "kim kam"), ("朴", "park pak"),
    ("崔", "choi tsui"), ("温溫", "wan"), ("魏", "ngai"), ("沈", "shum sim"), ("宋", "sung"), ("钟鍾", "chung"),
    ("任", "yam"), ("陆陸", "luk"), ("吕呂", "lui"), ("施", "sze"), ("伍", "ng"), ("区區", "au"), ("岑", "shum"),
    ("柯", "ko"), ("欧阳", "auyeung"), ("歐陽", "auyeung"), ("司徒", "szeto"),
];

/// Characters of given names with another reading there, besides the one of [`pinyin`].
#[rustfmt::skip]
const ALTERNATIVE_READINGS: &[(char, &str)] = &[
    ('乐', "yue"), ('仇', "qiu"), ('传', "zhuan"), ('傳', "zhuan"), ('单', "shan"), ('單', "shan"),
    ('圳', "chou"), ('宿', "xiu"), ('屏', "bing"), ('拓', "ta"), ('晟', "cheng"), ('曾', "zeng"),
    ('朝', "zhao"), ('朴', "piao"), ('柏', "bo"), ('校', "jiao"), ('樂', "yue"), ('洗', "xian"), ('炅', "gui"),
    ('瑱', "zhen"), ('盛', "cheng"), ('省', "xing"), ('石', "dan"), ('祺', "ji"), ('翟', "di"), ('茜', "xi"),
    ('蔚', "yu"), ('藏', "zang"), ('行', "hang"), ('覺', "jiao"), ('觉', "jiao"), ('解', "xie"), ('郁', "you"),
    ('重', "chong"), ('長', "chang"), ('长', "chang"), ('阿', "e"), ('降', "xiang"), ('隽', "jun"),
    ('雋', "jun"), ('露', "lou"),
];

pub(super) use pinyin::ToPinyin;

/// Whether a character is a surname.
pub(super) fn is_surname(c: char) -> bool {
    // All of them are three bytes; comparing those is faster than decoding.
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).as_bytes();
    SURNAMES.as_bytes().chunks(3).any(|surname| surname == bytes)
}

/// Whether two characters are one surname.
pub(super) fn is_compound(text: &str) -> bool {
    COMPOUND.binary_search(&text).is_ok()
}

/// The readings of a surname, if they differ from those of its characters: the syllables of a compound, otherwise one or two readings.
pub(super) fn surname_reading(surname: &str) -> Option<&'static str> {
    let at = READINGS.binary_search_by(|(key, _)| (*key).cmp(surname)).ok()?;
    READINGS.get(at).map(|(_, readings)| *readings)
}

/// The surname at the start of a name and its syllables, if these differ from those of its characters. Of several readings, the most
/// common one.
#[cfg(feature = "locale")]
pub(crate) fn common_surname_syllables(name: &str) -> Option<(&str, impl Iterator<Item = &'static str>)> {
    let of_length = |count| {
        let end = name.char_indices().nth(count).map_or(name.len(), |(at, _)| at);
        let surname = name.get(..end)?;
        Some((surname, surname_reading(surname)?.split(' ').take(count)))
    };
    of_length(2).or_else(|| of_length(1))
}

/// Other spellings of a surname, from outside of mainland China.
pub(super) fn surname_spellings(surname: &str) -> impl Iterator<Item = &'static str> {
    let mut chars = surname.chars();
    let single = chars.next().filter(|_| chars.next().is_none());
    // `forms` is either several forms of one character, or one compound surname.
    let is_form = |forms: &str| match single {
        Some(c) => forms.chars().any(|form| form == c) && !is_compound(forms),
        None => forms == surname,
    };
    let row = SPELLINGS.iter().find(|(forms, _)| is_form(forms));
    row.map_or("", |(_, spellings)| spellings).split_whitespace()
}

/// The syllable of a character in plain letters, ü as u.
pub(crate) fn syllable(c: char) -> Option<&'static str> {
    match c.to_pinyin()?.plain() {
        "lü" => Some("lu"),
        "nü" => Some("nu"),
        "lüe" => Some("lue"),
        "nüe" => Some("nue"),
        plain => plain.is_ascii().then_some(plain),
    }
}

/// Another reading of a character in a given name.
pub(super) fn alternative_reading(c: char) -> Option<&'static str> {
    let at = ALTERNATIVE_READINGS.binary_search_by(|(key, _)| key.cmp(&c)).ok()?;
    ALTERNATIVE_READINGS.get(at).map(|(_, other)| *other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(COMPOUND.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(READINGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(ALTERNATIVE_READINGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn surnames_have_three_bytes_and_a_reading() {
        for c in SURNAMES.chars() {
            assert_eq!(c.len_utf8(), 3);
            assert!(syllable(c).is_some(), "{c}");
            assert!(is_surname(c));
        }
        assert!(!is_surname('的') && !is_surname('a'));
    }

    #[test]
    fn compound_surnames_have_one_syllable_per_character() {
        for (surname, readings) in READINGS {
            let count = surname.chars().count();
            assert!(count == 1 || readings.split(' ').count() == count, "{surname}");
        }
    }
}
