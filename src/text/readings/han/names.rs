//! Chinese surnames and the characters that are read otherwise in names than elsewhere. Facts, put together for this
//! table; simplified and traditional forms side by side.

/// Surnames of one character: the commonest, and those of [`READINGS`].
const SURNAMES: &str = "\
    王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭肖程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣\
    蔡贾賈丁魏薛叶葉阎閻闫余潘杜戴夏钟鍾鐘汪田任姜范範方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱丘秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹\
    黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦蘆季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛叢焦向柳邢路岳齐齊沿梅莫庄莊\
    辛管祝左涂塗谷祁时時舒耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵\
    閔解强強柴华華车車冉房边邊辜吉饶饒刁瞿戚古米池滕晋晉苑邬鄔臧畅暢宫宮来來嵺苟全褚廉简簡娄婁盖蓋符奚木穆党黨燕郎邸冀谈談姬屠连連郜晏\
    栾欒郁商蒙计計喻揭窦竇迟遲宇敖糜鄢冷卓花仇艾蓝藍都巩鞏稽井练練仲乐樂虞卞封竺冼原官衣楚佟栗匡宗应應台巫鞠僧桑荆荊谌諶银銀扬揚明沙薄\
    伏岑习習胥保和尚水云雲戈利区區万尉万朴繁种折召员員逄隗句那缪繆宓黑哈洗郗郇佴幺眭晁阚闞撒乜相过過角祭适適粘秘禹卢凤鳳权權储儲";

/// Surnames of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "东方", "東方", "皇甫", "尉迟", "尉遲", "公孙",
    "公孫", "慕容", "令狐", "宇文", "长孙", "長孫", "司徒", "司空", "夏侯", "端木", "南宫", "南宮", "轩辕",
    "軒轅", "万俟", "闻人", "聞人", "赫连", "赫連", "澹台", "澹臺", "公冶", "宗政", "濮阳", "濮陽", "淳于",
    "单于", "單于", "太叔", "申屠", "钟离", "鍾離", "鲜于", "鮮于", "闾丘", "亓官", "独孤", "獨孤", "呼延",
    "纳兰", "納蘭", "百里", "东郭", "東郭", "西门", "西門", "拓跋", "完颜", "完顏", "耶律", "范姜", "張簡",
    "第五",
];

/// Surnames that are not read like the characters elsewhere; where people differ, the commoner reading first.
const READINGS: &[(&str, &str)] = &[
    ("单", "shan"),
    ("單", "shan"),
    ("曾", "zeng"),
    ("仇", "qiu"),
    ("查", "zha"),
    ("解", "xie"),
    ("任", "ren"),
    ("朴", "piao"),
    ("区", "ou"),
    ("區", "ou"),
    ("盖", "ge gai"),
    ("蓋", "ge gai"),
    ("华", "hua"),
    ("華", "hua"),
    ("折", "she"),
    ("种", "chong"),
    ("繁", "po"),
    ("秘", "bi"),
    ("冼", "xian"),
    ("洗", "xian"),
    ("缪", "miao"),
    ("繆", "miao"),
    ("宓", "mi fu"),
    ("翟", "zhai di"),
    ("黑", "he hei"),
    ("逄", "pang"),
    ("句", "gou"),
    ("员", "yun yuan"),
    ("員", "yun yuan"),
    ("覃", "qin tan"),
    ("隗", "wei kui"),
    ("乐", "yue le"),
    ("樂", "yue le"),
    ("召", "shao"),
    ("牟", "mu mou"),
    ("薄", "bo"),
    ("卜", "bu"),
    ("柏", "bai bo"),
    ("郗", "xi chi"),
    ("郇", "xun huan"),
    ("佴", "nai"),
    ("谌", "chen shen"),
    ("諶", "chen shen"),
    ("幺", "yao"),
    ("眭", "sui"),
    ("晁", "chao"),
    ("阚", "kan"),
    ("闞", "kan"),
    ("撒", "sa"),
    ("乜", "nie"),
    ("燕", "yan"),
    ("盛", "sheng"),
    ("葛", "ge"),
    ("纪", "ji"),
    ("紀", "ji"),
    ("俞", "yu"),
    ("相", "xiang"),
    ("车", "che"),
    ("車", "che"),
    ("过", "guo"),
    ("過", "guo"),
    ("角", "jue"),
    ("祭", "zhai"),
    ("适", "kuo shi"),
    ("都", "du"),
    ("粘", "nian"),
    ("尉", "wei"),
    ("那", "na"),
    ("宁", "ning"),
    ("寧", "ning"),
    ("沈", "shen"),
    ("石", "shi"),
    ("贾", "jia"),
    ("賈", "jia"),
    ("谷", "gu"),
    ("万", "wan"),
    ("余", "yu"),
    ("仉", "zhang"),
    ("洪", "hong"),
    ("哈", "ha"),
    ("尉迟", "yu chi"),
    ("尉遲", "yu chi"),
    ("万俟", "mo qi"),
    ("长孙", "zhang sun"),
    ("長孫", "zhang sun"),
    ("澹台", "tan tai"),
    ("澹臺", "tan tai"),
    ("鲜于", "xian yu"),
    ("鮮于", "xian yu"),
    ("单于", "chan yu"),
    ("單于", "chan yu"),
    ("皇甫", "huang fu"),
    ("令狐", "ling hu"),
    ("亓官", "qi guan"),
    ("拓跋", "tuo ba"),
    ("纳兰", "na lan"),
    ("納蘭", "na lan"),
];

/// Surnames as they are spelled where Cantonese, Hokkien or Wade-Giles is the custom, and a few Korean ones; the commonest
/// first. What Wade-Giles makes of four letters or more is left to the query.
const SPELLINGS: &[(&str, &str)] = &[
    ("陈陳", "chan tan"),
    ("林", "lam lim liem"),
    ("黄黃", "wong ng"),
    ("张張", "cheung teo chong"),
    ("李", "lee lei"),
    ("王", "wong ong heng"),
    ("吴吳", "ng goh woo"),
    ("刘劉", "lau low"),
    ("蔡", "choi chua tsoi"),
    ("杨楊", "yeung young"),
    ("赵趙", "chiu"),
    ("周", "chow"),
    ("徐", "tsui chui"),
    ("孙孫", "suen"),
    ("朱", "chu"),
    ("胡", "wu"),
    ("郭", "kwok kuo quek"),
    ("何", "ho"),
    ("高", "ko kao"),
    ("罗羅", "law loh"),
    ("谢謝", "tse"),
    ("许許", "hui khoo koh"),
    ("郑鄭", "cheng tay"),
    ("曾", "tsang chan"),
    ("叶葉", "yip yeh yap"),
    ("梁", "leung"),
    ("潘", "poon pan phua"),
    ("邓鄧", "tang teng"),
    ("苏蘇", "so soh"),
    ("萧蕭肖", "siu"),
    ("冯馮", "fung"),
    ("卢盧", "lo"),
    ("余", "yee"),
    ("廖", "liu liew"),
    ("方", "fong"),
    ("洪", "hung ang"),
    ("邱", "yau"),
    ("江", "kong"),
    ("石", "shek"),
    ("谭譚", "tam"),
    ("唐", "tong"),
    ("关關", "kwan"),
    ("霍", "fok"),
    ("汤湯", "tong"),
    ("文", "man"),
    ("袁", "yuen"),
    ("阮", "yuen"),
    ("莫", "mok"),
    ("麦麥", "mak"),
    ("龙龍", "lung"),
    ("雷", "lui"),
    ("杜", "to tu"),
    ("彭", "pang"),
    ("简簡", "kan"),
    ("古", "ku"),
    ("白", "pak pai"),
    ("金", "kim kam"),
    ("朴", "park pak"),
    ("崔", "choi tsui"),
    ("温溫", "wan"),
    ("魏", "ngai"),
    ("沈", "shum sim"),
    ("宋", "sung"),
    ("钟鍾", "chung"),
    ("任", "yam"),
    ("陆陸", "luk"),
    ("吕呂", "lui"),
    ("施", "sze"),
    ("伍", "ng"),
    ("区區", "au"),
    ("岑", "shum"),
    ("柯", "ko"),
    ("欧阳", "auyeung"),
    ("歐陽", "auyeung"),
    ("司徒", "szeto"),
];

/// Characters of given names and what else they are read there, besides the reading of [`pinyin`].
const OTHERS: &[(char, &str)] = &[
    ('乐', "yue"),
    ('樂', "yue"),
    ('茜', "xi"),
    ('行', "hang"),
    ('重', "chong"),
    ('长', "chang"),
    ('長', "chang"),
    ('朝', "zhao"),
    ('盛', "cheng"),
    ('晟', "cheng"),
    ('炅', "gui"),
    ('瑱', "zhen"),
    ('娜', "nuo"),
    ('蔚', "yu"),
    ('露', "lou"),
    ('屏', "bing"),
    ('祺', "ji"),
    ('单', "shan"),
    ('單', "shan"),
    ('曾', "zeng"),
    ('朴', "piao"),
    ('柏', "bo"),
    ('传', "zhuan"),
    ('傳', "zhuan"),
    ('觉', "jiao"),
    ('覺', "jiao"),
    ('校', "jiao"),
    ('藏', "zang"),
    ('石', "dan"),
    ('翟', "di"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('隽', "jun"),
    ('雋', "jun"),
    ('拓', "ta"),
    ('阿', "e"),
    ('郁', "you"),
    ('洗', "xian"),
    ('宿', "xiu"),
    ('降', "xiang"),
    ('省', "xing"),
    ('圳', "chou"),
];

pub(super) use pinyin::ToPinyin;

/// Whether a character is a surname.
pub(super) fn is_surname(c: char) -> bool {
    SURNAMES.contains(c)
}

/// Whether two characters are one surname.
pub(super) fn is_compound(text: &str) -> bool {
    COMPOUND.contains(&text)
}

/// How a surname is read, if not like its characters: syllables for a compound one, else one or two readings.
pub(super) fn reading(surname: &str) -> Option<&'static str> {
    READINGS.iter().find(|(key, _)| *key == surname).map(|(_, readings)| *readings)
}

/// How a surname is spelled elsewhere.
pub(super) fn spellings(surname: &str) -> impl Iterator<Item = &'static str> {
    let is_form = |forms: &str| forms == surname || (!is_compound(forms) && forms.contains(surname));
    let found = SPELLINGS.iter().find(|(forms, _)| is_form(forms));
    found.map_or("", |(_, spellings)| spellings).split_whitespace()
}

/// The syllable of a character in plain letters, ü as u.
pub(super) fn syllable(c: char) -> Option<&'static str> {
    match c.to_pinyin()?.plain() {
        "lü" => Some("lu"),
        "nü" => Some("nu"),
        "lüe" => Some("lue"),
        "nüe" => Some("nue"),
        plain => plain.is_ascii().then_some(plain),
    }
}

/// What else a character of a given name may be read.
pub(super) fn other(c: char) -> Option<&'static str> {
    OTHERS.iter().find(|(key, _)| *key == c).map(|(_, other)| *other)
}
