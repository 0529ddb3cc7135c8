//! The fold pipeline. It takes characters of the original text and emits folded characters with their original byte ranges.

use std::ops::Range;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::{CanonicalCombiningClassMapBorrowed, CanonicalCompositionBorrowed};

use super::chars::{CharClass, classify, decimal_digit, hiragana, replacement_letters};
use super::form::{Form, SeparatorFlags};
use super::hangul;
use super::letter_cache::{self, FoldedLetters};

/// Receives folded characters.
pub(super) trait Sink {
    /// Takes the next folded character. `from` is its byte range in the original text.
    fn put(&mut self, c: char, from: &Range<usize>);
}

impl Sink for String {
    fn put(&mut self, c: char, _from: &Range<usize>) {
        self.push(c);
    }
}

/// A separator that is emitted before the next letter, if one follows.
enum PendingSeparator {
    None,
    Space(Range<usize>),
    /// A dot after an l: joins with a following l, and is a space before any other letter.
    Dot(Range<usize>),
}

/// The state of one fold.
pub(super) struct FoldPipeline<S> {
    form: Form,
    sink: S,
    flags: SeparatorFlags,
    gap: PendingSeparator,
    /// Whether the last character was и, perhaps with marks. A breve after it makes й, another letter.
    after_cyrillic_i: bool,
    empty: bool,
    /// The start of the Hangul syllable of the last character.
    syllable: Option<usize>,
    /// The letter that later characters may compose with, and the byte range of it and its marks.
    starter: Option<char>,
    from: Range<usize>,
    /// Kept marks since that letter, with their combining classes.
    marks: Vec<(u8, char)>,
    nfkd: DecomposingNormalizerBorrowed<'static>,
    cases: CaseMapperBorrowed<'static>,
    classes: CanonicalCombiningClassMapBorrowed<'static>,
    compositions: CanonicalCompositionBorrowed<'static>,
}

impl<S: Sink> FoldPipeline<S> {
    pub(super) fn new(form: Form, sink: S) -> Self {
        Self {
            form,
            sink,
            flags: SeparatorFlags::default(),
            gap: PendingSeparator::None,
            after_cyrillic_i: false,
            empty: true,
            syllable: None,
            starter: None,
            from: 0..0,
            marks: Vec::new(),
            nfkd: DecomposingNormalizerBorrowed::new_nfkd(),
            cases: CaseMapper::new(),
            classes: CanonicalCombiningClassMapBorrowed::new(),
            compositions: CanonicalCompositionBorrowed::new(),
        }
    }

    /// Takes the next character of the original text and its byte offset.
    pub(super) fn push(&mut self, c: char, at: usize) {
        let from = at..at.saturating_add(c.len_utf8());
        if c.is_ascii_alphanumeric() {
            (self.syllable, self.after_cyrillic_i) = (None, false);
            return self.emit_letter(c.to_ascii_lowercase(), &from);
        }
        if let Some(letters) = cached_fold(c) {
            (self.syllable, self.after_cyrillic_i) = (None, false);
            return letters.for_each(|c| self.emit_letter(c, &from));
        }
        self.push_uncached(c, from);
    }

    /// Like [`FoldPipeline::push`], without the cache of single letters.
    pub(super) fn push_uncached(&mut self, c: char, from: Range<usize>) {
        let syllable = self.syllable.take();
        if c.is_ascii() {
            return self.decomposed(c, &from);
        }
        if let Some(keys) = hangul::jamo_keys(c) {
            return self.hangul(c, keys, syllable, from);
        }
        // Before the decomposition, which turns a standalone accent into a space with a mark.
        if classify(c) == CharClass::Apostrophe {
            return self.classified(c, CharClass::Apostrophe, &from);
        }
        let mut rest = self.nfkd.normalize_iter(std::iter::once(c));
        let first = rest.next();
        let mut next = rest.next();
        match first {
            Some(' ') if next.is_some() => self.after_cyrillic_i = false,
            Some(first) => self.decomposed(first, &from),
            None => {}
        }
        while let Some(c) = next {
            self.decomposed(c, &from);
            next = rest.next();
        }
    }

    /// Emits the keys of a syllable, or of a part of one. A part belongs to the previous syllable if that is still open.
    fn hangul(&mut self, c: char, keys: hangul::JamoKeys, syllable: Option<usize>, from: Range<usize>) {
        let start = syllable.filter(|_| hangul::continues_syllable(c)).unwrap_or(from.start);
        let from = start..from.end;
        self.after_cyrillic_i = false;
        for key in keys {
            self.emit_letter(key, &from);
        }
        self.syllable = Some(start);
    }

    /// Ends the text. A separator at the end is dropped.
    pub(super) fn finish(mut self) -> (S, SeparatorFlags) {
        self.flush();
        (self.sink, self.flags)
    }

    fn decomposed(&mut self, c: char, from: &Range<usize>) {
        self.classified(c, classify(c), from);
    }

    fn classified(&mut self, c: char, class: CharClass, from: &Range<usize>) {
        match self.flags.resolve(class, self.form) {
            CharClass::Letter => self.emit_folded(c, from),
            CharClass::Mark if c == BREVE && self.after_cyrillic_i => {
                self.after_cyrillic_i = false;
                self.emit(c, from);
            }
            CharClass::Mark => self.extend_over_mark(from),
            CharClass::Space | CharClass::Hyphen => self.separate(from),
            CharClass::MiddleDot => self.middle_dot(from),
            CharClass::Drop | CharClass::Apostrophe => self.after_cyrillic_i = false,
        }
    }

    fn emit_folded(&mut self, c: char, from: &Range<usize>) {
        if c.is_ascii() {
            self.after_cyrillic_i = false;
            return self.emit(c.to_ascii_lowercase(), from);
        }
        if let Some(digit) = decimal_digit(c) {
            self.after_cyrillic_i = false;
            return self.emit(digit, from);
        }
        if c >= '\u{1100}' {
            if let Some(keys) = hangul::jamo_keys(c) {
                self.after_cyrillic_i = false;
                return keys.into_iter().for_each(|key| self.emit(key, from));
            }
            if let Some(hiragana) = hiragana(c) {
                self.after_cyrillic_i = false;
                return self.emit(hiragana, from);
            }
        }
        let folded = self.cases.simple_fold(c);
        if let Some(replacement) = replacement_letters(folded) {
            self.after_cyrillic_i = false;
            for c in replacement.chars() {
                self.emit(c, from);
            }
            return;
        }
        self.after_cyrillic_i = folded == 'и' || (self.after_cyrillic_i && self.class(folded) != 0);
        self.emit(folded, from);
    }

    fn separate(&mut self, from: &Range<usize>) {
        self.after_cyrillic_i = false;
        self.gap = match std::mem::replace(&mut self.gap, PendingSeparator::None) {
            PendingSeparator::None => PendingSeparator::Space(from.clone()),
            PendingSeparator::Space(gap) | PendingSeparator::Dot(gap) => {
                PendingSeparator::Space(gap.start..from.end)
            }
        };
    }

    fn middle_dot(&mut self, from: &Range<usize>) {
        self.flags.hyphen = true;
        self.after_cyrillic_i = false;
        match self.form {
            Form::Joined => {}
            Form::Primary if matches!(self.gap, PendingSeparator::None) && self.ends_in_l() => {
                self.flags.apostrophe = true;
                self.gap = PendingSeparator::Dot(from.clone());
            }
            Form::Primary | Form::Split => self.separate(from),
        }
    }

    fn ends_in_l(&self) -> bool {
        self.starter == Some('l') && self.marks.is_empty()
    }

    /// Adds the bytes of a dropped mark to its letter, so that a highlight does not separate them.
    fn extend_over_mark(&mut self, from: &Range<usize>) {
        if matches!(self.gap, PendingSeparator::None) && (self.starter.is_some() || !self.marks.is_empty()) {
            self.from.end = from.end;
        }
    }

    /// Emits a folded character, after the pending separator.
    fn emit(&mut self, c: char, from: &Range<usize>) {
        self.close_gap(c);
        self.compose(c, from);
    }

    /// Like `emit`, for a character that is not a mark.
    fn emit_letter(&mut self, c: char, from: &Range<usize>) {
        self.close_gap(c);
        self.compose_letter(c, from);
    }

    fn close_gap(&mut self, next: char) {
        match std::mem::replace(&mut self.gap, PendingSeparator::None) {
            PendingSeparator::Dot(_) if next == 'l' => {}
            PendingSeparator::Space(gap) | PendingSeparator::Dot(gap) if !self.empty => {
                self.compose_letter(' ', &gap);
            }
            PendingSeparator::None | PendingSeparator::Space(_) | PendingSeparator::Dot(_) => {}
        }
        self.empty = false;
    }

    /// Canonical composition of one character. Marks wait for the next letter. Then they are sorted by their classes, and composed
    /// with the letter before them where Unicode has a composed character.
    fn compose(&mut self, c: char, from: &Range<usize>) {
        let class = self.class(c);
        if class != 0 {
            if self.starter.is_none() && self.marks.is_empty() {
                self.from = from.clone();
            }
            self.from.end = from.end;
            self.marks.push((class, c));
        } else {
            self.compose_letter(c, from);
        }
    }

    fn compose_letter(&mut self, c: char, from: &Range<usize>) {
        if may_compose_backwards(c) {
            self.compose_marks();
            if let Some(starter) = self.starter.filter(|_| self.marks.is_empty())
                && let Some(both) = self.compositions.compose(starter, c)
            {
                self.starter = Some(both);
                self.from.end = from.end;
                return;
            }
        }
        self.flush();
        self.starter = Some(c);
        self.from = from.clone();
    }

    fn compose_marks(&mut self) {
        if self.marks.is_empty() {
            return;
        }
        self.marks.sort_by_key(|mark| mark.0);
        let Some(mut starter) = self.starter else { return };
        let mut blocked = 0;
        let compositions = self.compositions;
        self.marks.retain(|&(class, mark)| {
            if class != blocked
                && let Some(both) = compositions.compose(starter, mark)
            {
                starter = both;
                return false;
            }
            blocked = class;
            true
        });
        self.starter = Some(starter);
    }

    fn flush(&mut self) {
        self.compose_marks();
        if let Some(starter) = self.starter.take() {
            self.sink.put(starter, &self.from);
        }
        for (_, mark) in self.marks.drain(..) {
            self.sink.put(mark, &self.from);
        }
    }

    /// The canonical combining class. 0 below the first block of marks.
    fn class(&self, c: char) -> u8 {
        if c < '\u{300}' || hangul::is_jamo(c) { 0 } else { self.classes.get_u8(c) }
    }
}

/// What a character beyond ASCII folds to, if that does not depend on its neighbours.
pub(super) fn cached_fold(c: char) -> Option<FoldedLetters> {
    letter_cache::get_or_insert_with(c, fold_single)
}

/// The fold of a single character; `None` if it depends on the neighbours.
fn fold_single(c: char) -> Option<String> {
    let mut pipeline = FoldPipeline::new(Form::Primary, String::new());
    pipeline.push_uncached(c, 0..c.len_utf8());
    let is_open = pipeline.after_cyrillic_i
        || pipeline.syllable.is_some()
        || !matches!(pipeline.gap, PendingSeparator::None);
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let (folded, flags) = pipeline.finish();
    let has_only_letters = folded.chars().all(|c| classes.get_u8(c) == 0);
    (!is_open && has_only_letters && flags == SeparatorFlags::default()).then_some(folded)
}

/// The mark that turns и into й.
const BREVE: char = '\u{306}';

/// False for letters that never compose with a letter before them, to save the look-up. Only vowel signs of Indic scripts compose
/// backwards.
pub(super) const fn may_compose_backwards(c: char) -> bool {
    !matches!(c, '\0'..='\u{8FF}' | '\u{1E00}'..='\u{FFFF}')
}
