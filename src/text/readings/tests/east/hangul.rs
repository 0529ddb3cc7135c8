//! Korean.

use super::*;

#[test]
fn hangul_while_typing() {
    let whole: &[&str] = &[
        "ㄱ",
        "기",
        "김",
        "김ㅊ",
        "김처",
        "김철",
        "김철ㅅ",
        "김철수",
        "철수",
        "처",
        "ㄱㅊㅅ",
        "ㄱㅊ",
        "ㅊㅅ",
        "김 철수",
        "철수 김",
    ];
    check(&[
        ("김철수", whole, &["ㅅㅊ", "수", "김 김", "김ㅓ"]),
        ("김 철수", whole, &["ㅅㅊ", "김 김", "김ㅓ"]),
        ("홍길동", &["ㅎㄱㄷ", "ㅎㄱ", "ㅎ"], &["ㄱㅎㄷ"]),
        ("기머", &["김ㅓ", "김", "ㄱㅁ"], &[]),
        ("남궁민수", &["남궁", "민수", "ㄴㄱㅁㅅ", "ㅁㅅ", "namgung minsu", "namgungminsu"], &[]),
        ("박수", &["박ㅅ", "밗"], &[]),
        ("각선", &["ㄱㅅ", "ㄳ"], &[]),
    ]);
}

#[test]
fn hangul_in_latin_letters() {
    check(&[
        (
            "김 철수",
            &[
                "kim",
                "gim",
                "cheolsu",
                "chulsoo",
                "chul-soo",
                "cheol-su",
                "kimcheolsu",
                "kim cheolsu",
                "Kim Chul-soo",
                "cheolsu kim",
                "kimch",
                "kimche",
                "ch",
            ],
            &["kim kim", "chulkim", "min"],
        ),
        ("김철수", &["kim", "cheolsu", "kimcheolsu", "kim chul soo", "soo", "kimchulsoo"], &["lsu"]),
        (
            "이 지유",
            &["lee", "yi", "rhee", "li", "jiyoo", "ji-yoo", "jiyu", "lee ji-yu", "leejiyu", "yijiyu"],
            &["park"],
        ),
        ("박 지안", &["park", "pak", "bak", "ji-an", "jian", "parkjian"], &["lee"]),
        ("최 서연", &["choi", "choe", "seoyeon", "seo-yeon", "seoyun", "suyeon"], &["seohyeon"]),
        ("정 우성", &["jung", "jeong", "chung", "cheong", "woosung", "wooseong", "useong", "woo-sung"], &[]),
        ("강 동원", &["kang", "gang", "dongwon", "dong-won", "tongwon"], &[]),
        ("조 현우", &["cho", "jo", "joe", "hyunwoo", "hyeonu", "hyun-woo"], &[]),
        ("윤 여정", &["yoon", "yun", "youn", "yuhjung", "yeojeong"], &[]),
        ("임 윤아", &["lim", "im", "rim", "yim", "yoona", "yuna", "yoon-ah"], &[]),
        ("신 민아", &["shin", "sin", "mina", "min-ah", "min a", "minah"], &[]),
        ("유 재석", &["yoo", "yu", "ryu", "you", "jaeseok", "jaesuk", "jae-suk"], &[]),
        ("노 영심", &["roh", "noh", "no", "youngsim", "yeongsim", "young-shim"], &[]),
        ("한 희", &["han", "hee", "hui", "hi", "heui"], &[]),
        ("허 준", &["hur", "heo", "her", "huh", "joon", "jun"], &[]),
        ("엄 기", &["eom", "uhm", "um"], &[]),
        ("김 다은", &["daeun", "da-eun", "kimdaeun"], &[]),
        ("김 하윤", &["hayoon", "ha-yoon", "hayun"], &[]),
        ("김 도은", &["doeun"], &[]),
        ("이 한나", &["hanna", "hana"], &[]),
    ]);
}

#[test]
fn the_rough_form_matches_no_latin_name() {
    for (name, query) in [("Gimli", "kim"), ("Dominic", "tom"), ("Berta", "perta"), ("Jora", "chora")] {
        assert!(!finds(&[(NamePart::Given, name)], query), "{name} by {query}");
    }
    assert!(finds(&[(NamePart::Family, "Kim"), (NamePart::Given, "Cheolsu")], "김"));
    assert!(finds(&[(NamePart::Family, "Kim"), (NamePart::Given, "Cheolsu")], "김 철수"));
    assert!(finds(&[(NamePart::Family, "Lee")], "이"));
}

/// Every prefix of a romanised name matches the name.
#[test]
fn romanisation_while_typing() {
    for (name, query) in [
        ("철수", "cheolsoo"),
        ("지유", "jiyoo"),
        ("서연", "seoyeon"),
        ("은우", "eunwoo"),
        ("재석", "jaeseok"),
        ("원희", "wonhee"),
        ("영", "young"),
        ("최", "choi"),
    ] {
        for end in 2..=query.len() {
            assert!(
                finds(&[(NamePart::Given, name)], &query[..end])
                    || finds(&[(NamePart::Family, name)], &query[..end]),
                "{name} by {}: {:?}",
                &query[..end],
                texts(name, NamePart::Given)
            );
        }
    }
}

#[test]
fn readings_are_few() {
    assert_eq!(texts("철수", NamePart::Given), ["ㅊㅅ", "Kjvrsu", "Kjvr", "Ksu"]);
    assert_eq!(texts("김", NamePart::Family), ["Kgim"]);
    assert_eq!(texts("김철수", NamePart::Other).len(), 8);
    assert!(texts("삼성전자주식회사", NamePart::Other).len() <= 2);
}
