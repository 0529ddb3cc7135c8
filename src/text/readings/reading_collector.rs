//! Collects the readings of one word.

use std::ops::Range;

use super::reading::Reading;

/// The most readings of a word. More than any name needs: it limits words that are not names.
const MAX_READINGS: usize = 24;

/// Distinct readings, in the order of insertion.
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

/// The distinct texts of a list, without empty ones and without `excluded`.
pub(super) fn distinct_except(texts: impl IntoIterator<Item = String>, excluded: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !text.is_empty() && text != excluded && !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}
