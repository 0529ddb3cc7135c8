//! Collects the readings of one word.

use std::ops::Range;

use super::reading::Reading;

/// More than any name needs; a bound for words that are none.
const MAX_READINGS: usize = 24;

/// Readings without repetition, in the order found.
#[derive(Debug, Default)]
pub(super) struct ReadingCollector {
    readings: Vec<Reading>,
}

impl ReadingCollector {
    pub(super) fn add(&mut self, span: Range<usize>, text: impl Into<String>) {
        let reading = Reading { span, text: text.into() };
        if !reading.text.is_empty() && self.readings.len() < MAX_READINGS && !self.readings.contains(&reading)
        {
            self.readings.push(reading);
        }
    }

    pub(super) fn into_readings(self) -> Vec<Reading> {
        self.readings
    }
}

/// The texts of a list without repetition, and without `but`.
pub(super) fn distinct_except(texts: impl IntoIterator<Item = String>, but: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !text.is_empty() && text != but && !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}
