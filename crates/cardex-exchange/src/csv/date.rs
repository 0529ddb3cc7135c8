//! Dates in cells.

/// What a cell says about a date.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CellDate {
    /// As in a vCard: `19800203`, or `--0512` without a year.
    Date(String),
    /// Words.
    Text(String),
    /// No date: some programs write `0/0/00`.
    None,
}

/// Reads a date. `month_first` decides about dates such as `5/4/1970`, where both orders are possible.
pub(super) fn parse_date(cell: &str, month_first: bool) -> CellDate {
    let text = cell.trim();
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let is_time = |rest: &str| {
        rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'T' | 'Z' | ' ' | '+' | '-'))
    };
    if !text.strip_prefix(day).is_some_and(is_time) {
        return CellDate::Text(text.to_owned());
    }
    if day.strip_prefix("--").is_some() || (day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit())) {
        return CellDate::Date(day.to_owned());
    }
    let separator = day.chars().find(|c| !c.is_ascii_digit()).unwrap_or('-');
    let parts: Vec<&str> = day.trim_end_matches(separator).split(separator).collect();
    let [one, two, three] = parts[..] else { return CellDate::Text(text.to_owned()) };
    let numbers: Option<Vec<u32>> = [one, two, three].into_iter().map(|part| part.parse().ok()).collect();
    let Some([x, y, z]) = numbers.as_deref() else { return CellDate::Text(text.to_owned()) };
    if (*x, *y) == (0, 0) {
        return CellDate::None;
    }
    let (year, month, day) = match (one.len(), three.len(), separator) {
        (4, _, _) => (x, y, z),
        (_, 4, '/') if (month_first && *x <= 12) || *y > 12 => (z, x, y),
        (_, 4, '/' | '.' | '-') => (z, y, x),
        _ => return CellDate::Text(text.to_owned()),
    };
    if (1..=12).contains(month) && (1..=31).contains(day) {
        return CellDate::Date(format!("{year:04}{month:02}{day:02}"));
    }
    CellDate::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_programs() {
        for (cell, month_first, expected) in [
            ("1980-02-03", false, "19800203"),
            ("1980-02-03T00:00:00Z", false, "19800203"),
            ("1980/2/3", false, "19800203"),
            ("19800203", false, "19800203"),
            ("--05-12", false, "--05-12"),
            ("5/4/1970", true, "19700504"),
            ("5/4/1970", false, "19700405"),
            ("25/4/1970", true, "19700425"),
            ("4/25/1970", false, "19700425"),
            ("04.05.1970", true, "19700504"),
        ] {
            assert_eq!(parse_date(cell, month_first), CellDate::Date(expected.to_owned()), "{cell}");
        }
        for text in ["circa 1800", "5/4/70", "1980-13-01", "03 Jan 2024"] {
            assert_eq!(parse_date(text, true), CellDate::Text(text.to_owned()));
        }
        assert_eq!(parse_date("0/0/00", true), CellDate::None);
    }
}
