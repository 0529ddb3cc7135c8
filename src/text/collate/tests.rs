//! Tests of sort keys and sections.

use proptest::prelude::*;

use super::*;
use crate::model::limits;

/// Sorts by sort keys, like a list.
#[cfg(feature = "locale")]
fn sorted<'a>(locale: &str, names: &[&'a str]) -> Vec<&'a str> {
    let order = Collator::new(locale).unwrap();
    let mut names = names.to_vec();
    names.sort_by_key(|name| order.sort_key(&[name]));
    names
}

#[test]
fn parts_compare_in_order() {
    let order = Collator::new("").unwrap();
    for (before, after) in [
        (["a", "z"], ["aa", "a"]),
        (["a", "z"], ["a b", "a"]),
        (["Lee", "Zoe"], ["Lee-Ann", "Abe"]),
        (["Lee", ""], ["Lee", "Abe"]),
        (["", "Zoe"], ["Abe", ""]),
    ] {
        assert!(order.sort_key(&before) < order.sort_key(&after), "{before:?} {after:?}");
    }
    assert_eq!(order.sort_key(&["Lee", "Zoe"]), order.sort_key(&["Lee", "Zoe"]));
    assert_ne!(order.sort_key(&["Lee", "Zoe"]), order.sort_key(&["LeeZoe"]));
}

#[test]
fn long_names_are_truncated() {
    let order = Collator::new("").unwrap();
    let long = "ab".repeat(500);
    assert_eq!(order.sort_key(&[&long]).len(), limits::SORT_KEY_BYTES);
    assert!(order.sort_key(&[&long]) < order.sort_key(&["b"]));
    assert!(order.sort_key(&[]).len() < limits::SORT_KEY_BYTES);
}

/// The label of the section of a name.
fn section(order: &Collator, name: &str) -> String {
    order.section(&order.sort_key(&[name])).label.to_owned()
}

#[test]
fn text_without_letters_is_in_the_symbol_section() {
    let order = Collator::new("").unwrap();
    for text in ["", " ", "7 Eleven", "+49 30", "\u{200B}"] {
        assert_eq!(section(&order, text), "#", "{text:?}");
    }
}

#[test]
fn every_script_has_sections() {
    let order = Collator::new("").unwrap();
    for pair in "Ash=A Zoë=Z Ωμέγα=Ω Зоя=З Йод=Й אבי=א נועה=נ محمد=م გიორგი=გ Արամ=Ա สมชาย=ส कमल=क রহিম=র \
        김민준=ㄱ 까치=ㄱ 한지민=ㅎ 힣=ㅎ さくら=さ ざくろ=さ んだ=わ 王小明=漢 李=漢 አበበ=አ ኡመር=አ Ꭰ=Ꭰ"
        .split_whitespace()
    {
        let (name, letter) = pair.split_once('=').unwrap();
        assert_eq!(section(&order, name), letter, "{name}");
    }
}

#[cfg(feature = "locale")]
mod locale {
    use super::*;
    use crate::error::Error;
    use crate::model::limits;
    use icu_collator::options::{CollatorOptions, Strength};
    use icu_collator::{CollatorBorrowed, CollatorPreferences};
    use icu_locale_core::Locale;

    #[test]
    fn invalid_tags_are_rejected() {
        for tag in ["x", "de_DE!", "not a tag", "de-u-co-"] {
            let error = Collator::new(tag).unwrap_err();
            assert!(matches!(error, Error::BadOption { option: "locale", .. }), "{tag}: {error}");
        }
        for tag in ["", "und", "sv", "zh-Hant-TW", "xx", "de-u-co-phonebk", "tlh"] {
            assert!(Collator::new(tag).is_ok(), "{tag}");
        }
    }

    #[test]
    fn the_stamp_differs_between_orders() {
        let stamp = |tag| Collator::new(tag).unwrap().stamp().to_owned();
        assert_eq!(stamp(""), stamp("und"));
        assert_eq!(stamp("sv"), stamp("SV"));
        assert_ne!(stamp("sv"), stamp("da"));
        assert_ne!(stamp("de"), stamp("de-u-co-phonebk"));
        // A change here is not an error. It means new ICU tables: stored keys are rebuilt at the next open.
        assert_eq!(stamp(""), "icu und 2 93925624");
        let tables = |tag| stamp(tag).rsplit(' ').next().unwrap().to_owned();
        assert_ne!(tables("sv"), tables(""));
        assert_ne!(tables("de"), tables("de-u-co-phonebk"));
    }

    #[test]
    fn lists_are_in_the_order_of_the_locale() {
        for (locale, names) in [
            ("", "Apt bar bär Bär Baz Éva Evi Łuk Lund Maß Masse Ωμέγα Зоя Яна"),
            ("de", "Mader Mäder Madsen Mueller Muffel Müller Mutter Zander"),
            ("de-u-co-phonebk", "Mader Madsen Mäder Maffei Mueller Müller Muffel Zander"),
            ("sv", "Andersson Zetterberg Åberg Ängström Öberg"),
            ("da", "Andersen Zakarias Ærø Østergaard Aagaard Åse"),
            ("nb", "Andersen Zakarias Ærø Østby Åse"),
            ("es", "Nadal Nuñez Nuzzo Ñandú Ocampo"),
            ("pl", "Lato Luty Łach Łukasz Mazur Zych Źrebak Żak"),
            ("cs", "Cibulka Čapek Dvořák Hudec Chalupa Ibl Řehák Sova Šíp"),
            ("tr", "Can Çelik Demir Irmak İnan Jale Ozan Öz Sarı Şen"),
            ("lt", "Yla Ivanas Jonas"),
        ] {
            let names: Vec<&str> = names.split(' ').collect();
            let mut shuffled = names.clone();
            shuffled.reverse();
            assert_eq!(sorted(locale, &shuffled), names, "{locale}");
        }
        assert_eq!(
            sorted(
                "",
                &["Яна", "Zoe", "Ωμέγα", "Łuk", "Lund", "Éva", "Evi", "eva", "Eva", "3M", "(x)", "Ang"]
            ),
            ["(x)", "3M", "Ang", "eva", "Eva", "Éva", "Evi", "Łuk", "Lund", "Zoe", "Ωμέγα", "Яна"]
        );
    }

    #[test]
    fn letters_with_an_own_position_have_a_section() {
        for (locale, sections) in [
            (
                "",
                "Ängström=A Éva=E ñandú=N Łuk=L ßa=S Ødegård=O ærø=A Ωμέγα=Ω ώρα=Ω Яна=Я Chalupa=C ﬁnn=F Ｓmith=S",
            ),
            ("de", "Äpfel=A Öz=O"),
            ("sv", "Ängström=Ä Åberg=Å Öberg=Ö Ærø=Ä Ødegård=Ö Über=Y Éva=E A\u{30A}berg=Å"),
            ("da", "Ærø=Æ Ängström=Æ Østby=Ø Åse=Å Aagaard=Å aase=Å Abel=A"),
            ("es", "Ñandú=Ñ Nadal=N Llorca=L Chavez=C Ávila=A"),
            ("es-u-co-trad", "Llorca=Ll Chavez=Ch Lopez=L"),
            ("pl", "Łukasz=Ł Żak=Ż Źrebak=Ź Ćwik=Ć"),
            ("cs", "Chalupa=Ch chalupa=Ch Čapek=Č Cibulka=C Hudec=H"),
            ("hu", "Szabó=Sz Sas=S Csaba=Cs Dzsudi=Dzs Öz=Ö Őr=Ö"),
            ("hr", "Đoković=Đ Džajić=Dž Ljubica=Lj Njegoš=Nj Čović=Č"),
            ("tr", "İnan=İ ırmak=I Irmak=I inan=İ Şen=Ş"),
            ("vi", "Đặng=Đ Ánh=A Ân=Â Ơn=Ơ"),
            ("ru", "Ёлкин=Е Йод=Й Анна=А Anna=A"),
            ("uk", "Ґудзь=Ґ Їжак=Ї Євген=Є"),
            ("el", "Άννα=Α Ωμέγα=Ω (x)=# 🎉=#"),
            ("lt", "Ąžuolas=A Čekys=Č Šimkus=Š Yla=I Žukas=Ž"),
            (
                "zh",
                "阿明=A 八=B 王小明=W 李=L 张=Z 帀=Z 赵=Z Smith=S Ωμέγα=Ω \u{20000}=漢 9=# 曾国=Z 单=S 单于=C Þór=Z",
            ),
            ("zh-Hant", "王小明=4劃 一=1劃 龜=16劃 \u{20000}=漢 Smith=S Ábel=A"),
            ("ro", "Ștefan=Ș Şerban=Ș Țepeș=Ț Sandu=S"),
            ("ar", "أحمد=ا تامر=ت ياسر=ي"),
            ("zh-u-co-zhuyin", "八=ㄅ 王=ㄨ Smith=S"),
            ("ja", "亜=漢 一郎=漢 龍=漢 アキ=あ ガ=か ヴ=あ ンゴ=わ Smith=S Ωμέγα=Ω"),
            ("ko", "김=ㄱ 까치=ㄱ 金=ㄱ 나=ㄴ 亜=漢 Smith=S"),
            ("th", "เกษม=ก สมชาย=ส"),
        ] {
            let order = Collator::new(locale).unwrap();
            for pair in sections.split(' ') {
                let (name, section) = pair.split_once('=').unwrap();
                assert_eq!(super::section(&order, name), section, "{locale}: {name}");
            }
        }
    }

    /// In every locale, sections are ranges of the list, and the first section is `#`.
    #[test]
    fn sections_are_ranges() {
        for locale in [
            "",
            "sv",
            "zh",
            "zh-Hant",
            "zh-u-co-zhuyin",
            "zh-u-co-unihan",
            "ja",
            "ko",
            "ru",
            "el",
            "th",
            "ar",
        ] {
            let order = Collator::new(locale).unwrap();
            let all =
                (' '..='\u{33FF}').chain('\u{4E00}'..='\u{4FFF}').chain('\u{AC00}'..='\u{D7A3}').step_by(3);
            let mut keys: Vec<_> = all.map(|c| order.sort_key(&[&c.to_string(), "x"])).collect();
            keys.sort();
            let mut labels: Vec<_> = keys.iter().map(|key| order.section(key).label).collect();
            labels.dedup();
            assert_eq!(labels.first(), Some(&"#"), "{locale}");
            let distinct: std::collections::HashSet<_> = labels.iter().collect();
            assert_eq!(distinct.len(), labels.len(), "{locale}");
            for label in labels {
                let start = order.section_start(label).unwrap();
                let letter = order.section(start);
                assert_eq!((letter.label, letter.start), (label, start), "{locale}");
                assert!(letter.end.is_none_or(|end| start < end), "{locale}");
            }
        }
    }

    fn name() -> impl Strategy<Value = String> {
        let letter = prop_oneof![
            4 => prop::char::range('a', 'z'),
            2 => prop::char::range('A', 'Z'),
            3 => prop::char::range('À', 'ɏ'),
            1 => prop::char::range('Ά', 'ώ'),
            1 => prop::char::range('Ѐ', 'ԯ'),
            1 => prop::char::range('Ạ', 'ỹ'),
        ];
        let letter = letter.prop_filter("a letter", |c| c.is_alphabetic());
        prop::collection::vec(letter, 1..8).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_the_collator(a in any::<String>(), b in any::<String>(), n in 0_usize..5) {
            let tag = ["und", "sv", "da", "fr-CA", "ja"][n];
            let mut options = CollatorOptions::default();
            options.strength = Some(Strength::Tertiary);
            let locale = Locale::try_from_str(tag).unwrap();
            let icu = CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options).unwrap();
            let collator = Collator::new(tag).unwrap();
            let (a_key, b_key) = (collator.sort_key(&[&a]), collator.sort_key(&[&b]));
            if a_key != b_key || a_key.len() < limits::SORT_KEY_BYTES {
                prop_assert_eq!(a_key.cmp(&b_key), icu.compare(&a, &b));
            }
        }

        #[test]
        fn sections_are_contiguous(mut names in prop::collection::vec(name(), 2..40), n in 0_usize..9) {
            let order = Collator::new(["", "sv", "da", "cs", "hu", "tr", "vi", "hr", "ru"][n]).unwrap();
            names.sort_by_key(|name| order.sort_key(&[name, "x"]));
            let mut sections: Vec<String> = names.iter().map(|name| super::section(&order, name)).collect();
            prop_assert!(!sections.contains(&"#".to_owned()));
            sections.dedup();
            let mut distinct = sections.clone();
            distinct.sort();
            distinct.dedup();
            prop_assert_eq!(sections.len(), distinct.len(), "{:?} {:?}", names, sections);
        }

        #[test]
        fn separators_in_a_part_are_ignored(a in "[a-c\u{FFFE}]{0,4}", b in "[a-c\u{FFFE}]{0,4}") {
            let order = Collator::new("").unwrap();
            let clean = |text: &str| text.replace('\u{FFFE}', "");
            prop_assert_eq!(order.sort_key(&[&a, &b]), order.sort_key(&[&clean(&a), &clean(&b)]));
            prop_assert_eq!(order.sort_key(&[&a]), order.sort_key(&[&clean(&a)]));
        }
    }
}

proptest! {
    #![proptest_config(crate::support::cases(256))]

    #[test]
    fn the_first_part_with_a_different_letter_decides(
        a in "[a-e ]{0,6}", b in "[a-e ]{0,6}", rest in "[a-e ]{0,6}", other in "[a-e ]{0,6}",
    ) {
        let order = Collator::new("").unwrap();
        let one = order.sort_key(&[&a]).cmp(&order.sort_key(&[&b]));
        if one.is_ne() {
            prop_assert_eq!(order.sort_key(&[&a, &rest]).cmp(&order.sort_key(&[&b, &other])), one);
        }
    }

    #[test]
    fn any_text_has_a_key_and_a_section(text in any::<String>()) {
        let order = Collator::new("").unwrap();
        prop_assert!(order.sort_key(&[&text, &text]).len() <= limits::SORT_KEY_BYTES);
        prop_assert!(!section(&order, &text).is_empty());
    }
}

#[test]
#[ignore = "a measurement; run with --release --nocapture"]
fn measure() {
    use std::hint::black_box;
    let order = Collator::new("sv").unwrap();
    let time = |what: &str, rounds: u32, run: &dyn Fn()| {
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            run();
        }
        println!("{what:20} {:8.0} ns", start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds));
    };
    for parts in [["Smith", "John"], ["Ängström", "Åse"], ["Соловьёв", "Андрей"], ["王", "小明"]]
    {
        time(parts[0], 200_000, &|| drop(black_box(order.sort_key(black_box(&parts)))));
    }
    let key = order.sort_key(&["Ängström"]);
    time("section", 200_000, &|| {
        black_box(order.section(black_box(&key)));
    });
    time("new", 200, &|| drop(black_box(Collator::new("sv"))));
    time("new and sections", 200, &|| {
        black_box(Collator::new("sv").unwrap().section(b"a").label.len());
    });
}
