//! The meaning of headings, by the table in `headings.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::csv::target::Target;
use cardex::contacts::PlainField;

/// The headings of address books in their languages.
const TABLE: &str = include_str!("headings.txt");

/// A column: its content, the number in its heading (0 for none), and the label that its heading says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) target: Target,
    pub(super) number: u32,
    pub(super) label: String,
}

impl Column {
    fn new(target: Target, number: u32, label: &str) -> Self {
        let place = match target {
            Target::Plain(PlainField::City) => Some(3),
            Target::Plain(PlainField::Country) => Some(6),
            _ => None,
        };
        // Without number and label it is the city of the contact.
        let target = match place {
            Some(component) if number > 0 || !label.is_empty() => Target::Address(component),
            _ => target,
        };
        Self { target, number, label: label.to_owned() }
    }

    /// A column by the name of its content, with a label after a colon; `None` for an unknown name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let (name, label) = name.split_once(':').unwrap_or((name, ""));
        Target::from_name(name.trim()).map(|target| Self::new(target, 0, label.trim()))
    }

    pub(super) fn is_known(&self) -> bool {
        self.target != Target::Unknown
    }
}

/// The columns of a header row. `map` are headings with the names of their contents, which win over the table.
pub(super) fn columns<S: AsRef<str>>(headings: &[S], map: &[(String, String)]) -> Vec<Column> {
    let keys: Vec<String> = headings.iter().map(|heading| normalized(heading.as_ref())).collect();
    // In Outlook files `E-mail 2 Type` is the kind of mail system.
    let is_outlook = keys.iter().any(|key| key == "emailaddress");
    // Thunderbird writes `Birth Day` beside `Birth Year`.
    let has_birth_year =
        keys.iter().any(|key| column_of(key).is_some_and(|found| found.target == Target::BirthPart(0)));
    let mut columns: Vec<Column> = Vec::with_capacity(keys.len());
    for key in &keys {
        let mapped = map.iter().find(|(heading, _)| normalized(heading) == *key);
        let mapped = mapped.and_then(|(_, name)| Column::from_name(name));
        let is_mapped = mapped.is_some();
        let mut column = mapped.or_else(|| column_of(key)).unwrap_or(Column::new(Target::Unknown, 0, ""));
        if has_birth_year && column.target == Target::Date("BDAY") {
            column.target = Target::BirthPart(2);
        }
        let is_kind = is_outlook && column.target == Target::EmailLabel;
        // Only the first of several equal columns counts, unless somebody says so.
        let is_known = !is_kind && (is_mapped || repeats(&column) || !columns.contains(&column));
        columns.push(if is_known { column } else { Column::new(Target::Unknown, 0, "") });
    }
    columns
}

/// Whether a file may have several columns of this content with one number and label.
fn repeats(column: &Column) -> bool {
    matches!(column.target, Target::Street | Target::Url)
        || column.target == Target::Email && column.number == 0
}

/// A heading in lower case, without blanks and punctuation.
pub(super) fn normalized(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the headings are English: dates then have the month before the day.
pub(super) fn is_english<S: AsRef<str>>(headings: &[S]) -> bool {
    headings.iter().any(|heading| matches!(normalized(heading.as_ref()).as_str(), "firstname" | "givenname"))
}

fn column_of(key: &str) -> Option<Column> {
    let table = table();
    if let Some((target, label)) = own_column(key).or_else(|| table.get(key).copied()) {
        return Some(Column::new(target, 0, label));
    }
    let start = key.find(|c: char| c.is_ascii_digit())?;
    let rest = key.get(start..)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number: u32 = rest.get(..end)?.parse().ok()?;
    let (target, label) = table.get(&format!("{}#{}", key.get(..start)?, rest.get(end..)?))?;
    Some(Column::new(*target, number, label))
}

/// The columns of an export of this program.
fn own_column(key: &str) -> Option<(Target, &'static str)> {
    let target = match key {
        "network" => Target::Network,
        "group" => Target::Group,
        "status" => Target::Status,
        "identifier" | "identifiers" => Target::Identifiers,
        "card" => Target::Card,
        _ => {
            let has_heading = |field: &PlainField| {
                normalized(field.csv_heading()) == key || field.other_csv_headings().contains(&key)
            };
            Target::Plain(PlainField::ALL.into_iter().find(has_heading)?)
        }
    };
    Some((target, ""))
}

/// The table of headings by their normalized form; a number in a heading is `#`.
fn table() -> &'static HashMap<String, (Target, &'static str)> {
    static PARSED: OnceLock<HashMap<String, (Target, &'static str)>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let mut table = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with("# ")) {
            let Some((name, headings)) = line.split_once(" = ") else { continue };
            let (name, label) = name.split_once(':').unwrap_or((name, ""));
            let Some(target) = Target::from_name(name) else { continue };
            for heading in headings.split(" | ") {
                let parts: Vec<String> = heading.split('#').map(normalized).collect();
                table.entry(parts.join("#")).or_insert((target, label));
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headings: &[&str]) -> Vec<String> {
        let text = |column: Column| {
            format!("{}:{}:{}", column.target.name().unwrap_or_default(), column.number, column.label)
        };
        columns(headings, &[]).into_iter().map(text).collect()
    }

    #[test]
    fn headings_of_large_address_books() {
        let google = [
            "Given Name",
            "Family Name",
            "E-mail 1 - Type",
            "E-mail 1 - Value",
            "Phone 2 - Label",
            "Phone 2 - Value",
        ];
        assert_eq!(
            found(&google),
            ["first:0:", "last:0:", "emaillabel:1:", "email:1:", "phonelabel:2:", "phone:2:"]
        );
        let outlook = [
            "E-mail Address",
            "E-mail Type",
            "E-mail 2 Address",
            "E-mail 2 Type",
            "Business Phone",
            "Business Phone 2",
        ];
        assert_eq!(found(&outlook), ["email:0:", ":0:", "email:2:", ":0:", "phone:0:work", "phone:2:work"]);
        let plain =
            ["first_name", "NAME", "email", "Phone", "Notes", "phone ext", "firstName", "Home City", "City"];
        let expected = [
            "first:0:",
            "display:0:",
            "email:0:",
            "phone:0:",
            "note:0:",
            ":0:",
            ":0:",
            "city:0:home",
            "city:0:",
        ];
        assert_eq!(found(&plain), expected);
        let german =
            ["Vorname", "Straße geschäftlich", "Telefon (privat 2)", "E-Mail 2: Adresse", "E-Mail 1 – Wert"];
        assert_eq!(found(&german), ["first:0:", "street:0:work", "phone:2:home", "email:2:", "email:1:"]);
    }

    #[test]
    fn every_line_of_the_table_has_a_known_content_and_every_heading_is_found() {
        for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            let (name, headings) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
            assert!(Column::from_name(name).is_some(), "{name}");
            for heading in headings.split(" | ") {
                let heading = heading.replace('#', "7");
                assert!(columns(&[&heading], &[])[0].is_known(), "{heading}");
            }
        }
    }

    #[test]
    fn a_map_wins_over_the_table() {
        let map = [("Spitzname".to_owned(), "phone:work".to_owned()), ("x".to_owned(), "note".to_owned())];
        let columns = columns(&["spitzname", "X", "Vorname"], &map);
        assert_eq!((columns[0].target, columns[0].label.as_str()), (Target::Phone, "work"));
        assert_eq!(columns[1].target, Target::Text("NOTE"));
        assert!(Column::from_name("no such").is_none());
    }
}
