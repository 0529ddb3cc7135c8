//! Points in time.

use std::fmt;

use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};

use crate::model::serial::serialized_as_text;

/// A point in time: milliseconds since 1970-01-01 in UTC.
///
/// As text it has the form of RFC 3339 with milliseconds, `2023-11-14T22:13:20.123Z`. A time outside of the years 0 to 9999 has the
/// form `253402300800000 ms`. The text of a time parses to the same time. Parsing drops fractions of a millisecond.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time has the form 2023-11-14T22:13:20Z, as in RFC 3339")]
pub struct ParseTimestampError;

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(time) if (0..=9_999).contains(&time.year()) => {
                f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
            }
            _ => write!(f, "{} ms", self.0),
        }
    }
}

impl std::str::FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let number = text.strip_suffix(" ms").map(str::parse);
        let time = || DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis());
        number
            .map_or_else(|| time().map_err(|_| ParseTimestampError), |ms| ms.map_err(|_| ParseTimestampError))
            .map(Self)
    }
}

serialized_as_text!(Timestamp);

#[cfg(test)]
mod tests {
    use super::{ParseTimestampError, Timestamp};

    #[test]
    fn text_round_trip() {
        let time = Timestamp(1_700_000_000_123);
        assert_eq!(time.to_string(), "2023-11-14T22:13:20.123Z");
        assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
        let edges = [
            i64::MIN,
            -62_167_219_200_001,
            -62_167_219_200_000,
            -1,
            0,
            253_402_300_799_999,
            253_402_300_800_000,
        ];
        for time in edges.into_iter().chain([i64::MAX, 8_210_266_876_799_999]).map(Timestamp) {
            assert_eq!(time.to_string().parse(), Ok(time), "{time}");
        }
        for invalid in ["", " ms", "1", "1.5 ms", "2023-11-14", "9223372036854775808 ms"] {
            assert_eq!(invalid.parse::<Timestamp>(), Err(ParseTimestampError), "{invalid:?}");
        }
        assert_eq!(Timestamp(i64::MAX).to_string(), format!("{} ms", i64::MAX));
    }
}
