//! Properties of all texts.

use icu_casemap::CaseMapper;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use proptest::prelude::*;

use super::super::chars::{CharClass, classify};
use super::super::offset_map::OffsetMap;
use super::super::pipeline::{FoldPipeline, cached_fold};
use super::super::variants::fold_in_form;
use super::super::{Form, fold, original_range, variants};

const FORMS: [Form; 3] = [Form::Primary, Form::Joined, Form::Split];

/// All characters except most of the Han, Hangul and private ones.
fn all_chars() -> impl Iterator<Item = char> {
    ('\0'..='\u{4E20}')
        .chain('\u{A000}'..='\u{AC40}')
        .chain('\u{D7A0}'..='\u{E010}')
        .chain('\u{F8F0}'..='\u{17100}')
        .chain('\u{1AFF0}'..='\u{1FFFF}')
        .chain('\u{2F7F0}'..='\u{2FA20}')
        .chain('\u{E0000}'..='\u{E1000}')
}

fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

fn nfd(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
}

fn nfkd(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfkd().normalize(text).into_owned()
}

/// Letters, marks and separators whose folds depend on each other.
fn tricky_char() -> impl Strategy<Value = char> {
    prop::sample::select(
        "aElLiIıİßæǽłŁéȩﬁŉŀ·.-'’´`\"& _/@1+²ªиИйеёґςΣΐᾳάΆ\u{300}\u{301}\u{306}\u{308}\u{323}\u{327}\u{345}\u{34F}\
         \u{AD}\u{200B}\u{200D}\0\t\u{3000}かｶﾞ゛\u{3099}각ㄱㅏ\u{1100}\u{1161}\u{11A8}কো\u{9C7}\u{9BE}\u{93C}क\u{94D}\
         \u{E32}\u{E49}\u{E4D}שׁ\u{5C1}أا\u{654}\u{640}王김값ﾡガヷ\u{302E}🎉\u{FFFE}\u{FDFA}"
            .chars()
            .collect::<Vec<_>>(),
    )
}

fn text() -> impl Strategy<Value = String> {
    let one = prop_oneof![6 => tricky_char(), 1 => any::<char>(), 1 => prop::char::range(' ', '~')];
    prop::collection::vec(one, 0..14).prop_map(String::from_iter)
}

/// Words of Latin, Greek and Cyrillic letters, with marks and separators.
fn european() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        prop::char::range('a', 'z'),
        prop::char::range('A', 'Z'),
        prop::char::range('À', 'ɏ'),
        prop::char::range('Ά', 'ώ'),
        prop::char::range('Ѐ', 'ԯ'),
        prop::char::range('Ạ', 'ỹ'),
        prop::char::range('\u{300}', '\u{345}'),
        prop::sample::select(vec![' ', '-', '\'', '.', '’', '·', '\u{AD}']),
    ];
    prop::collection::vec(letter, 0..16).prop_map(String::from_iter)
}

#[test]
fn every_character_folds_to_a_fixed_point_in_nfc_without_controls() {
    for c in all_chars() {
        let text = c.to_string();
        for form in FORMS {
            let (folded, _) = fold_in_form(&text, form);
            assert_eq!(fold_in_form(&folded, form).0, folded, "{c:?} {form:?}");
            assert_eq!(nfc(&folded), folded, "{c:?}");
            assert!(!folded.chars().any(char::is_control), "{c:?}");
            assert_eq!(folded.trim(), folded, "{c:?}");
        }
    }
}

/// One step of folding and decomposing each character is enough.
#[test]
fn every_character_folds_like_its_full_case_folding_and_its_capitals() {
    for c in all_chars().filter(|&c| !nfkd(c.encode_utf8(&mut [0; 4])).contains('\u{345}')) {
        let text = c.to_string();
        let folded = fold(&text);
        assert_eq!(fold(&CaseMapper::new().fold_string(&text)), folded, "{c:?}");
        assert_eq!(fold(&nfd(&text)), folded, "{c:?}");
        assert_eq!(fold(&text.to_uppercase()), folded, "{c:?}");
        assert_eq!(fold(&text.to_lowercase()), folded, "{c:?}");
    }
}

/// The pipeline skips look-ups for ranges of characters. This test proves that it may.
#[test]
fn no_character_in_the_skipped_ranges_composes() {
    let classes = CanonicalCombiningClassMapBorrowed::new();
    for c in all_chars() {
        if c < '\u{300}' {
            assert_eq!(classes.get_u8(c), 0, "{c:?}");
        }
        let decomposed: Vec<char> = nfd(c.encode_utf8(&mut [0; 4])).chars().collect();
        if let [_, second] = decomposed[..] {
            let skipped = matches!(second, '\0'..='\u{8FF}' | '\u{1E00}'..='\u{FFFF}');
            assert!(!skipped || classes.get_u8(second) != 0, "{c:?}");
        }
    }
}

/// The cached fold of a character equals the result of the pipeline, for any neighbours.
#[test]
fn cached_characters_fold_like_uncached_ones() {
    let mut cached = 0;
    for c in ('\u{80}'..='\u{3200}').chain('\u{3400}'..='\u{9FFF}').chain('\u{A000}'..='\u{A100}') {
        if c != '\u{B7}' && cached_fold(c).is_none() {
            continue;
        }
        cached += 1;
        for (before, after) in
            [("", ""), ("и", "\u{306}"), ("l·", "l"), ("김\u{AD}", "\u{11A8}"), ("か-", "\u{3099}")]
        {
            let text = format!("{before}{c}{after}");
            for form in [Form::Primary, Form::Joined] {
                let mut uncached = FoldPipeline::new(form, String::new());
                text.char_indices().for_each(|(at, c)| uncached.push_uncached(c, at..at + c.len_utf8()));
                assert_eq!(fold_in_form(&text, form), uncached.finish(), "{text:?} {form:?}");
            }
        }
    }
    assert!(cached > 30_000, "only {cached}");
}

#[test]
fn every_syllable_folds_to_the_keys_of_its_parts() {
    for c in '가'..='힣' {
        let keys = fold(&c.to_string());
        assert_eq!(fold(&nfd(c.encode_utf8(&mut [0; 4]))), keys, "{c}");
        assert_eq!(fold(&keys), keys, "{c}");
        assert!(keys.chars().all(super::super::hangul::is_jamo), "{c}");
    }
}

#[test]
fn ascii_path_equals_pipeline() {
    for a in '\0'..='\u{7F}' {
        for b in '\0'..='\u{7F}' {
            let text = format!("x{a}{b}y");
            for form in FORMS {
                assert_eq!(fold_in_form(&text, form).0, OffsetMap::of(&text, form).folded(), "{text:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::support::cases(256))]

    #[test]
    fn folding_twice_changes_nothing(text in text()) {
        for form in FORMS {
            let (folded, _) = fold_in_form(&text, form);
            prop_assert_eq!(&fold_in_form(&folded, form).0, &folded);
            prop_assert_eq!(&nfc(&folded), &folded);
            prop_assert!(!folded.contains('\0'));
        }
    }

    #[test]
    fn texts_that_look_the_same_fold_the_same(text in text()) {
        let folded = fold(&text);
        prop_assert_eq!(&fold(&nfd(&text)), &folded);
        prop_assert_eq!(&fold(&nfc(&text)), &folded);
        let offsets = OffsetMap::of(&nfd(&text), Form::Primary);
        prop_assert_eq!(offsets.folded(), &folded);
    }

    #[test]
    fn upper_and_lower_case_fold_the_same(text in european()) {
        prop_assume!(!nfkd(&text).contains('\u{345}'));
        prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
    }

    #[test]
    fn composition_equals_icu(text in text()) {
        // Without characters that the fold drops or replaces, only decomposition, case folding and composition remain.
        let kept: String = nfkd(&text)
            .chars()
            .filter(|&c| classify(c) == CharClass::Letter && super::super::chars::replacement_letters(c).is_none())
            .filter(|&c| super::super::hangul::jamo_keys(c).is_none() && super::super::chars::hiragana(c).is_none())
            .collect();
        let folded = CaseMapper::new().fold_string(&kept);
        prop_assume!(!folded.chars().any(|c| super::super::chars::replacement_letters(c).is_some()));
        prop_assume!(!kept.contains('ß'));
        prop_assert_eq!(fold(&kept), nfc(&folded));
    }

    #[test]
    fn original_ranges_are_on_characters_and_in_order(text in prop_oneof![text(), european()]) {
        for form in FORMS {
            let offsets = OffsetMap::of(&text, form);
            prop_assert_eq!(offsets.folded(), &fold_in_form(&text, form).0);
            let length = offsets.folded().len();
            let mut before = 0..0;
            for at in 0..length {
                let one = offsets.original_range(at..at + 1);
                prop_assert!(text.get(one.clone()).is_some_and(|part| !part.is_empty()), "{one:?}");
                prop_assert!(before.start <= one.start && before.end <= one.end, "{before:?} {one:?}");
                let all = offsets.original_range(0..at + 1);
                prop_assert_eq!(all.end, one.end);
                before = one;
            }
            for start in 0..length {
                let some = offsets.original_range(start..length);
                prop_assert_eq!(some, offsets.original_range(start..start + 1).start..before.end);
            }
        }
    }

    #[test]
    fn original_range_of_a_word_folds_to_the_word(text in european()) {
        // Only for whole words: a part of a word may be a part of a letter, such as the s of ß.
        let offsets = OffsetMap::of(&text, Form::Primary);
        let folded = offsets.folded().to_owned();
        let mut at = 0;
        for word in folded.split(' ').filter(|word| !word.is_empty()) {
            let range = offsets.original_range(at..at + word.len());
            prop_assert_eq!(fold(&text[range]), word);
            at += word.len() + 1;
        }
    }

    #[test]
    fn words_fold_to_a_prefix(words in prop::collection::vec(text(), 1..5)) {
        let name = words.join(" ");
        let whole = fold(&name);
        for count in 1..=words.len() {
            let start = fold(&words[..count].join(" "));
            prop_assert!(whole.starts_with(&start), "{start:?} {whole:?}");
        }
    }

    #[test]
    fn letters_fold_to_a_prefix(text in european()) {
        let whole = fold(&text);
        for (at, c) in text.char_indices() {
            if classify(nfkd(c.encode_utf8(&mut [0; 4])).chars().next().unwrap()) != CharClass::Mark {
                let start = fold(&text[..at]);
                prop_assert!(whole.starts_with(&start), "{start:?} {whole:?}");
            }
        }
    }

    #[test]
    fn fast_original_range_equals_offset_map(text in prop_oneof!["[ -~]{0,16}", text(), european()], folded in 0_usize..18) {
        for form in FORMS {
            let map = OffsetMap::of(&text, form);
            // Queries end on a letter.
            let folded = (0..=folded).rev().find(|at| map.folded().is_char_boundary(*at)).unwrap();
            let folded = map.folded().get(..folded).unwrap_or(map.folded()).trim_end().len();
            prop_assume!(folded > 0);
            prop_assert_eq!(original_range(&text, form, folded), map.original_range(0..folded), "{:?} {}", text, folded);
        }
    }

    #[test]
    fn variants_are_the_folds_of_each_form(text in text()) {
        let variants = variants(&text);
        for form in FORMS {
            prop_assert_eq!(variants.form(form), fold_in_form(&text, form).0);
        }
        prop_assert_eq!(variants.form(Form::Primary), fold(&text));
    }
}
