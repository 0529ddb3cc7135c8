//! Tests of the fold: matching names, and general properties.

mod pairs;
#[allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod properties;

use super::offset_map::OffsetMap;
use super::*;

fn forms(text: &str) -> Vec<String> {
    let variants = variants(text);
    let mut forms: Vec<String> = Form::ALL.iter().map(|form| variants.form(*form).to_owned()).collect();
    let mut seen = Vec::new();
    forms.retain(|form| {
        !seen.contains(form) && {
            seen.push(form.clone());
            true
        }
    });
    forms
}

#[test]
fn plain_ascii_becomes_lower_case() {
    assert_eq!(fold("John Smith"), "john smith");
    assert_eq!(fold("J2@home+1"), "j2@home+1");
    assert_eq!(fold(""), "");
}

#[test]
fn space_and_punctuation_become_one_space_and_none_at_the_ends() {
    assert_eq!(fold("  Dr. J. R. \t\n(Bob)  "), "dr j r bob");
    assert_eq!(fold("Smith, John / \"Jo\" & Co."), "smith john jo co");
    assert_eq!(fold("\u{3000}山田\u{3000}太郎\u{3000}"), "山田 太郎");
    assert_eq!(fold("«Анна» „Ольга“ ¿Qué?"), "анна ольга que");
    assert_eq!(fold("\u{1680}a\u{2028}b\u{85}c\u{2800}d"), "a b c d");
    for text in ["...", " - ' - ", "\u{200B}\u{301}", "(“”)", "\u{AD}"] {
        assert_eq!(fold(text), "", "{text:?}");
    }
}

#[test]
fn invisible_characters_are_dropped() {
    assert_eq!(fold("An\u{AD}na\u{200B} \u{FEFF}\u{200F}Ma\0ria\u{202E}\u{2066}\u{2069}"), "anna maria");
    assert_eq!(fold("a\u{7}b\u{9F}c\u{1B}d"), "abcd");
    assert_eq!(fold("❤\u{FE0F}"), "❤");
    assert_eq!(fold("محـــمد"), fold("محمد"));
}

#[test]
fn symbols_and_emoji_stay() {
    assert_eq!(fold("Anna 🎉"), "anna 🎉");
    assert_eq!(fold("A+B@C €5"), "a+b@c €5");
}

#[test]
fn apostrophes_are_joined_and_split() {
    for apostrophe in "'’‘‛ʼʻ`´′＇ʹʾʿ‵ꞌ΄".chars() {
        assert_eq!(forms(&format!("O{apostrophe}Neill")), ["oneill", "o neill"], "{apostrophe:?}");
    }
    assert_eq!(forms("Лук'яненко"), ["лукяненко", "лук яненко"]);
    assert_eq!(forms("ג׳ורג"), ["גורג", "ג ורג"]);
}

#[test]
fn hyphens_are_split_and_joined() {
    for hyphen in "-‐‑–—﹣－־・‒―−_./&".chars() {
        assert_eq!(forms(&format!("Jean{hyphen}Luc")), ["jean luc", "jeanluc"], "{hyphen:?}");
    }
    assert_eq!(forms("J.R.R. Tolkien"), ["j r r tolkien", "jrr tolkien"]);
    assert_eq!(forms("Marks & Spencer"), ["marks spencer"]);
    assert_eq!(forms("Jean-Luc d'Arc"), ["jean luc darc", "jeanluc darc", "jean luc d arc"]);
    assert_eq!(forms("Anna Müller"), ["anna muller"]);
    assert_eq!(forms("- Anna -"), ["anna"]);
}

#[test]
fn the_middle_dot_joins_two_l_and_separates_other_letters() {
    assert_eq!(forms("Gal·la"), ["galla", "gal la"]);
    assert_eq!(fold("GAŀLA"), "galla");
    assert_eq!(fold("Gal·"), "gal");
    assert_eq!(forms("约翰·史密斯"), ["约翰 史密斯", "约翰史密斯"]);
    assert_eq!(fold("al·b"), "al b");
}

#[test]
fn the_primary_form_comes_first() {
    assert_eq!(variants("O'Neill").form(Form::Primary), "oneill");
}

#[test]
fn hangul_folds_to_keys() {
    for typed in ["각", "\u{1100}\u{1161}\u{11A8}", "가\u{11A8}", "ㄱㅏㄱ", "ﾡￂﾡ"] {
        assert_eq!(fold(typed), "ㄱㅏㄱ", "{typed:?}");
    }
    assert_eq!(fold("과 왜 의"), "ㄱㅗㅏ ㅇㅗㅐ ㅇㅡㅣ");
    assert_eq!(fold("앉 값 ㄳ"), "ㅇㅏㄴㅈ ㄱㅏㅂㅅ ㄱㅅ");
    assert_eq!(fold("까 밖 얘"), "ㄲㅏ ㅂㅏㄲ ㅇㅒ");
    assert_eq!(fold("㈎ ㉠"), "ㄱㅏ ㄱ");
}

/// The states of an input method while a user types a name, key by key.
#[test]
fn incomplete_hangul_is_a_prefix() {
    for (name, states) in [
        ("김철수", &["ㄱ", "기", "김", "김ㅊ", "김처", "김철", "김철ㅅ", "김철수"][..]),
        ("기머", &["ㄱ", "기", "김", "기머"]),
        ("과천", &["ㄱ", "고", "과", "괓", "과처", "과천"]),
        ("갑수", &["가", "갑", "값", "갑수"]),
        ("밝음", &["바", "발", "밝", "밝ㅇ", "밝으", "밝음"]),
        ("최", &["초", "최"]),
    ] {
        for state in states {
            assert!(fold(name).starts_with(&fold(state)), "{name} by {state}");
        }
    }
    assert_eq!(fold("김ㅓ"), fold("기머"));
}

#[test]
fn original_ranges_of_hangul_are_whole_syllables() {
    for (text, first) in [("김철수", 3), ("\u{1100}\u{1175}\u{11B7}\u{110E}\u{1165}", 9), ("기\u{11B7}처", 6)]
    {
        let offsets = OffsetMap::of(text, Form::Primary);
        for keys in ["ㄱ", "ㄱㅣ", "ㄱㅣㅁ"] {
            assert!(offsets.folded().starts_with(keys));
            assert_eq!(offsets.original_range(0..keys.len()), 0..first, "{text:?} {keys}");
        }
        assert_eq!(offsets.original_range(9..12).start, first);
    }
    assert_eq!(OffsetMap::of("김 \u{11B7}", Form::Primary).original_range(10..13), 4..7);
}

#[test]
fn katakana_folds_to_hiragana() {
    for typed in ["たなか", "タナカ", "ﾀﾅｶ", "㋟ﾅか"] {
        assert_eq!(fold(typed), "たなか", "{typed:?}");
    }
    for typed in ["がぱゔ", "ガパヴ", "ｶﾞﾊﾟｳﾞ", "カ\u{3099}ハ\u{309A}ウ\u{3099}"] {
        assert_eq!(fold(typed), "がぱゔ", "{typed:?}");
    }
    assert_eq!(fold("ヷ"), fold("わ\u{3099}"));
    assert_eq!(fold("ルーシー"), "るーしー");
    assert_eq!(fold("ｴﾐｰ"), "えみー");
}

#[test]
fn marks_that_make_another_letter_stay() {
    assert_eq!(fold("が"), "が");
    assert_eq!(fold("か\u{3099}"), "が");
    assert_eq!(fold("हिन्दी"), "हिन्दी");
    assert_eq!(fold("น้ำ"), fold("น\u{E49}\u{E4D}\u{E32}"));
    assert!(fold("น้ำ").contains('\u{E49}'));
}

#[test]
fn short_i_keeps_its_breve_and_loses_other_marks() {
    assert_eq!(fold("Й"), "й");
    assert_eq!(fold("И\u{306}"), "й");
    assert_eq!(fold("и\u{301}\u{306}"), "й");
    assert_eq!(fold("и\u{323}\u{306}\u{306}"), "й");
    assert_eq!(fold("ѝ"), "и");
    assert_eq!(fold("и'\u{306}"), "и");
}

#[test]
fn original_ranges_are_whole_letters() {
    let text = "Dr. Zo\u{308}e  ǽon-Straße";
    let offsets = OffsetMap::of(text, Form::Primary);
    assert_eq!(offsets.folded(), "dr zoe aeon strasse");
    let original = |word: &str| {
        let at = offsets.folded().find(word).unwrap();
        &text[offsets.original_range(at..at + word.len())]
    };
    assert_eq!(original("dr"), "Dr");
    assert_eq!(original("dr "), "Dr. ");
    assert_eq!(original("zo"), "Zo\u{308}");
    assert_eq!(original("a"), "ǽ");
    assert_eq!(original("stras"), "Straß");
    assert_eq!(original("on str"), "on-Str");
    let decomposed = OffsetMap::of("æ\u{301}x", Form::Primary);
    assert_eq!(decomposed.original_range(0..1), 0..4);
    assert_eq!(decomposed.original_range(0..2), 0..4);
}

#[test]
fn original_ranges_depend_on_the_form() {
    let text = "O'Neill-Bo";
    for (form, folded) in
        [(Form::Primary, "oneill bo"), (Form::Joined, "oneillbo"), (Form::Split, "o neill bo")]
    {
        let offsets = OffsetMap::of(text, form);
        assert_eq!(offsets.folded(), folded);
        assert_eq!(offsets.original_range(0..folded.len()), 0..text.len());
    }
    assert_eq!(&text[OffsetMap::of(text, Form::Primary).original_range(0..2)], "O'N");
}

#[test]
fn ranges_beyond_the_fold_are_clipped() {
    let offsets = OffsetMap::of("é!", Form::Primary);
    assert_eq!(offsets.original_range(0..1), 0..2);
    assert_eq!(offsets.original_range(0..99), 0..2);
    assert_eq!(offsets.original_range(50..99), 3..3);
    assert_eq!(offsets.original_range(1..1), 3..3);
    assert_eq!(offsets.original_range(0..0), 0..0);
    assert_eq!(OffsetMap::of("", Form::Primary).original_range(0..1), 0..0);
}

#[test]
#[ignore = "a measurement; run with --release --nocapture"]
fn measure() {
    use std::hint::black_box;
    for (what, text) in [
        ("ascii, 10", "John Smith"),
        ("ascii, 12", "Smith Johnny"),
        ("ascii, punctuation", "O'Neill, J.R."),
        ("latin with marks", "Łukasz Müller"),
        ("vietnamese", "Nguyễn Thị Ánh"),
        ("greek", "Γιώργος Παπαδόπουλος"),
        ("cyrillic", "Андрей Соловьёв"),
        ("han", "王小明"),
        ("hangul", "김철수"),
        ("hiragana", "たなかたろう"),
        ("katakana", "タナカタロウ"),
    ] {
        let rounds = 200_000_u32;
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            black_box(fold(black_box(text)));
        }
        println!("{what:20} {:6.0} ns", start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds));
    }
}
