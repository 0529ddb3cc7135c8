//! Japanese.

use super::*;

#[test]
fn kana_matches_romaji_and_kana() {
    check(&[
        ("たなか", &["たなk", "たn", "た", "タナカ", "ﾀﾅｶ", "tanaka", "tana", "Tanaka"], &["takana", "なか"]),
        (
            "タナカ たろう",
            &[
                "tanaka",
                "tarou",
                "taro",
                "tarō",
                "tanakatarou",
                "tanakataro",
                "たなかた",
                "たろう たなか",
                "taro tanaka",
            ],
            &["tanaka tanaka"],
        ),
        ("おおの", &["oono", "ono", "ohno", "Ōno", "おおの", "おお"], &[]),
        ("さとう", &["satou", "sato", "satoh", "satō"], &[]),
        ("ゆうき", &["yuuki", "yuki", "yūki"], &[]),
        ("いのうえ", &["inoue"], &[]),
        ("しんいち", &["shinichi", "sinichi", "sin'iti", "siniti"], &[]),
        ("つちや", &["tsuchiya", "tutiya", "tuch"], &[]),
        ("やました", &["yamashita", "yamasita", "yamasi"], &[]),
        ("じゅんこ", &["junko", "zyunko", "jyunko"], &[]),
        ("しょうへい", &["shouhei", "shohei", "syouhei", "syohei"], &[]),
        ("ほんま", &["honma", "homma"], &[]),
        ("じゅんぺい", &["junpei", "jumpei"], &[]),
        ("はっとり", &["hattori"], &[]),
        ("えっちゅう", &["etchuu", "etchu", "ecchu"], &[]),
        ("ふじた", &["fujita", "huzita"], &[]),
        ("ファン", &["fan"], &[]),
        ("ティナ", &["tina"], &[]),
        ("コーヒー", &["kohi", "こーひー"], &[]),
        ("みすゞ", &["misuzu"], &[]),
        ("がく", &["gaku", "ｶﾞｸ"], &["kaku", "かく"]),
    ]);
}

#[test]
fn a_kana_query_matches_latin_and_kanji_names() {
    for (name, query) in [
        ("Tanaka", "たなか"),
        ("Tanaka", "タナカ"),
        ("Tanaka", "ﾀﾅｶ"),
        ("Tanaka", "たなk"),
        ("Sato", "さとう"),
        ("Satou", "さとう"),
        ("Namba", "なんば"),
        ("Hattori", "はっt"),
        ("田中", "たなか"),
        ("佐藤", "さとう"),
    ] {
        assert!(
            finds(&[(NamePart::Family, name)], query),
            "{name} by {query}: {:?}",
            query_readings(query, &fold(query))
        );
    }
    assert!(!finds(&[(NamePart::Family, "Tanabe")], "たなか"));
}

#[test]
fn common_names_in_kanji() {
    check(&[
        (
            "田中太郎",
            &[
                "tanaka",
                "tanakatarou",
                "tanakataro",
                "tarou",
                "taro",
                "太郎",
                "tanaka taro",
                "taro tanaka",
                "tianzhong",
            ],
            &["tarotanaka"],
        ),
        ("田中 太郎", &["tanaka", "tanakatarou", "taro", "tanaka taro", "tarō", "田中太郎", "田中太"], &[]),
        ("佐々木 希", &["sasaki"], &[]),
        ("佐々木健", &["sasaki", "sasakiken", "ken", "takeshi", "健"], &[]),
        (
            "大野さくら",
            &["ono", "oono", "ohno", "sakura", "onosakura", "oonosakura", "さくら", "sakura ono"],
            &["no"],
        ),
        ("林 健", &["hayashi", "lin", "lam", "hayashi ken", "hayashiken"], &[]),
        ("林健太", &["hayashikenta", "linjiantai", "kenta"], &[]),
        ("一ノ瀬", &["ichinose", "一の"], &[]),
        ("山崎", &["yamazaki", "yamasaki"], &[]),
        ("井上", &["inoue"], &[]),
    ]);
}

/// They are prefixes of many other names.
#[test]
fn short_queries_stay_unchanged() {
    for query in ["si", "ti", "tu", "hu", "tin", "hug", "anna", "peter", "smith", "jill"] {
        let kana = super::super::super::kana::latin_query_readings(query);
        assert!(kana.is_empty() || query == "anna", "{query}: {kana:?}");
    }
}
