//! Chinese.

use super::*;

#[test]
fn names_in_one_field() {
    check(&[
        (
            "王小明",
            &[
                "王",
                "王小",
                "小明",
                "小",
                "王 小明",
                "wang",
                "wangx",
                "wangxiaoming",
                "wxm",
                "wx",
                "xm",
                "xiaoming",
                "xiaom",
                "wang xiaoming",
                "xiaoming wang",
                "wang xiao ming",
                "xiao ming",
                "Wáng Xiǎomíng",
                "wong",
                "wang xm",
            ],
            &["ming wang ming", "wang wang", "xiaoming xm", "mx", "zhang", "明小", "xiaoming xiaoming"],
        ),
        (
            "欧阳娜娜",
            &[
                "ouyangnana",
                "oynn",
                "ouyang",
                "nana",
                "nn",
                "娜娜",
                "ouyang nana",
                "ou yang na na",
                "auyeung",
            ],
            &["yangna"],
        ),
        ("歐陽鋒", &["ouyangfeng", "oyf", "feng", "feng ouyang"], &[]),
        ("单雄信", &["shanxiongxin", "shan", "sxx", "xiongxin"], &["danxiongxin"]),
        ("曾国藩", &["zengguofan", "zgf", "guofan"], &["ceng"]),
        ("尉迟恭", &["yuchigong", "ycg", "yuchi gong"], &["weichi"]),
        ("万俟卨", &["moqi"], &["wansi"]),
        ("吕布", &["lubu", "lvbu", "lb", "lü bu", "lyubu", "lu", "lv"], &[]),
        ("仇和", &["qiuhe"], &["chouhe"]),
        ("查良镛", &["zhaliangyong", "zly"], &["zl y"]),
        ("任正非", &["renzhengfei"], &[]),
        ("陳水扁", &["chenshuibian", "chan", "shuibian", "水扁"], &[]),
        ("蔡英文", &["caiyingwen", "tsai", "yingwen", "ying wen", "tsai ying-wen"], &[]),
        ("李明", &["liming", "lm", "ming", "li ming", "lee ming", "明"], &[]),
        ("王", &["wang", "wong"], &["w x"]),
        ("北京大学", &["beijingdaxue", "bjdx", "beijing"], &["daxue"]),
        ("小明2", &["xiaoming2", "xm2"], &[]),
    ]);
}

#[test]
fn names_in_two_fields() {
    check(&[
        (
            "王 小明",
            &[
                "wang",
                "xiaoming",
                "xm",
                "wangxiaoming",
                "wxm",
                "wxiaoming wang",
                "wang xiaoming",
                "xiaoming wang",
                "王小明",
                "王小",
                "小明",
                "xiao ming",
                "wang xm",
            ][..5],
            &["mingxiao", "wang wang"],
        ),
        (
            "王 小明",
            &[
                "wang xiaoming",
                "xiaoming wang",
                "王小明",
                "王小",
                "xiao ming",
                "wang xm",
                "wang xiao ming",
                "wong xiaoming",
            ],
            &[],
        ),
        ("欧阳 修", &["ouyangxiu", "oyx", "oy", "ouyang xiu", "ou yang"], &[]),
        ("區 樂", &["oule", "ouyue", "au"], &["qule"]),
        ("吕 律", &["lulu", "lvlv", "lulv"], &[]),
    ]);
}

/// A whole name in the first-name field, as some phones store it.
#[test]
fn a_whole_name_in_the_given_name_field() {
    for query in ["wangxiaoming", "wxm", "xiaoming", "wang xiaoming", "小明", "wang"] {
        assert!(finds(&[(NamePart::Given, "王小明")], query), "{query}");
    }
    for query in ["ouyangxiu", "ouyang xiu"] {
        assert!(finds(&[(NamePart::Given, "欧阳修")], query), "{query}");
    }
    assert!(!texts("小明", NamePart::Given).contains(&"明".to_owned()));
}

#[test]
fn readings_are_limited() {
    assert!(texts("乐乐", NamePart::Given).contains(&"yuele".to_owned()));
    for name in ["曾长乐朝", "乐行重长", "单长朝", "解乐行"] {
        assert!(texts(name, NamePart::Other).len() <= 20, "{:?}", texts(name, NamePart::Other));
    }
    assert_eq!(texts("王", NamePart::Family), ["wang", "wong", "ong", "heng"]);
    assert_eq!(texts("小明", NamePart::Given), ["xiaoming", "xm", "xiao", "ming"]);
    assert_eq!(
        texts("孔小明", NamePart::Other),
        ["小明", "kongxiaoming", "kxm", "xiaoming", "xm", "xiao", "ming", "kong"]
    );
}

#[test]
fn spans_are_the_characters_of_the_reading() {
    let span_of = |text: &str| {
        name_readings("王小明", "王小明", NamePart::Other)
            .into_iter()
            .find(|reading| reading.text == text)
            .map(|reading| reading.span)
    };
    assert_eq!(span_of("wangxiaoming"), Some(0..9));
    assert_eq!(span_of("wang"), Some(0..3));
    assert_eq!(span_of("小明"), Some(3..9));
    assert_eq!(span_of("xm"), Some(3..9));
    assert_eq!(span_of("ming"), Some(6..9));
}

#[test]
fn wade_giles_matches_whole_or_in_parts() {
    check(&[
        (
            "張 志強",
            &["chih-chiang", "chihchiang", "chang chih-chiang", "chih", "Chang Chih-ch'iang"],
            &["chihc"],
        ),
        ("謝 淑娟", &["shu-chuan", "shuchuan", "hsieh shu-chuan", "hsieh"], &[]),
        ("陳 怡君", &["i-chun", "ichun", "chan i-chun"], &[]),
        ("徐 文雄", &["wen-hsiung", "wenhsiung", "hsu wen-hsiung"], &[]),
        ("蔡 俊傑", &["chun-chieh", "tsai chun-chieh", "chunchieh"], &[]),
    ]);
}
