//! The meaning of headings: those of Google, Outlook and Apple exports, and plain ones.

use cardex::contacts::PlainField;

/// The content of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Plain(PlainField),
    Network,
    Group,
    Status,
    Identifiers,
    Card,
    Phone(ColumnSlot),
    PhoneLabel(u32),
    Email(ColumnSlot),
    EmailLabel(u32),
    Unknown,
}

/// The number or label of a phone or e-mail column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ColumnSlot {
    /// The number in the heading; 0 for a heading with a label.
    pub(super) number: u32,
    /// The label in the heading.
    pub(super) label: &'static str,
}

/// Headings of phones with their labels (Outlook, and plain ones).
const PHONES: [(&str, &str); 24] = [
    ("mobile", "cell"),
    ("mobilephone", "cell"),
    ("mobilenumber", "cell"),
    ("cell", "cell"),
    ("cellphone", "cell"),
    ("businessphone", "work"),
    ("workphone", "work"),
    ("officephone", "work"),
    ("homephone", "home"),
    ("otherphone", "other"),
    ("primaryphone", "main"),
    ("mainphone", "main"),
    ("companymainphone", "work main"),
    ("carphone", "car"),
    ("pager", "pager"),
    ("businessfax", "work fax"),
    ("workfax", "work fax"),
    ("homefax", "home fax"),
    ("otherfax", "other fax"),
    ("fax", "fax"),
    ("telephone", ""),
    ("phonenumber", ""),
    ("telephonenumber", ""),
    ("tel", ""),
];

const EMAILS: [(&str, &str); 6] = [
    ("workemail", "work"),
    ("businessemail", "work"),
    ("homeemail", "home"),
    ("personalemail", "home"),
    ("otheremail", "other"),
    ("mail", ""),
];

/// The column of each heading.
pub(super) fn columns<S: AsRef<str>>(headings: &[S]) -> Vec<Column> {
    let keys: Vec<String> = headings.iter().map(|heading| normalized_heading(heading.as_ref())).collect();
    // In Outlook files `E-mail 2 Type` is the kind of mail system.
    let outlook = keys.iter().any(|key| key == "emailaddress");
    let mut columns: Vec<Column> = Vec::with_capacity(keys.len());
    for key in &keys {
        let column = match column_of(key) {
            Column::EmailLabel(_) if outlook => Column::Unknown,
            column => column,
        };
        // Only the first of several equal columns counts.
        columns.push(if columns.contains(&column) { Column::Unknown } else { column });
    }
    columns
}

/// A heading in lower case, without blanks and punctuation.
fn normalized_heading(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn column_of(key: &str) -> Column {
    match key {
        "network" => Column::Network,
        "group" => Column::Group,
        "status" => Column::Status,
        "identifier" | "identifiers" => Column::Identifiers,
        "card" => Column::Card,
        _ => plain_field(key).map_or_else(|| contact_method_column(key), Column::Plain),
    }
}

/// The plain field with this heading.
fn plain_field(key: &str) -> Option<PlainField> {
    let has_heading = |field: &PlainField| {
        normalized_heading(field.csv_heading()) == key || field.other_csv_headings().contains(&key)
    };
    PlainField::ALL.into_iter().find(has_heading)
}

fn contact_method_column(key: &str) -> Column {
    let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let named = |table: &[(&str, &'static str)]| {
        table.iter().find(|(name, _)| *name == stem).map(|(_, label)| *label)
    };
    let digits = |text: &str| text.parse::<u32>().unwrap_or_default();
    let number = digits(key.get(stem.len()..).unwrap_or_default());
    // Numbers that no heading has, so that a column with a label never equals a numbered one.
    let slot = |label| ColumnSlot { number: 0, label };
    if let (Some(label), true) = (named(&PHONES), number <= 1) {
        return Column::Phone(slot(label));
    }
    match (stem, number) {
        ("businessphone", 2) => return Column::Phone(ColumnSlot { number: u32::MAX, label: "work" }),
        ("homephone", 2) => return Column::Phone(ColumnSlot { number: u32::MAX, label: "home" }),
        _ => {}
    }
    if let (Some(label), true) = (named(&EMAILS), number <= 1) {
        return Column::Email(slot(label));
    }
    for (word, is_phone) in [("phone", true), ("email", false)] {
        let Some(rest) = key.strip_prefix(word) else { continue };
        let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = digits(rest.strip_suffix(tail).unwrap_or_default());
        let value = ColumnSlot { number: number.max(1), label: "" };
        return match (tail, is_phone) {
            ("" | "value" | "number", true) => Column::Phone(value),
            ("" | "value" | "address", false) => Column::Email(value),
            ("type" | "label", true) => Column::PhoneLabel(number.max(1)),
            ("type" | "label", false) => Column::EmailLabel(number.max(1)),
            _ => Column::Unknown,
        };
    }
    Column::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_large_address_books() {
        let phone = |number, label| Column::Phone(ColumnSlot { number, label });
        let email = |number| Column::Email(ColumnSlot { number, label: "" });
        for (headings, expected) in [
            (
                &[
                    "Given Name",
                    "Family Name",
                    "E-mail 1 - Type",
                    "E-mail 1 - Value",
                    "Phone 2 - Label",
                    "Phone 2 - Value",
                ][..],
                &[
                    Column::Plain(PlainField::FirstName),
                    Column::Plain(PlainField::LastName),
                    Column::EmailLabel(1),
                    email(1),
                    Column::PhoneLabel(2),
                    phone(2, ""),
                ][..],
            ),
            (
                &[
                    "E-mail Address",
                    "E-mail Type",
                    "E-mail 2 Address",
                    "E-mail 2 Type",
                    "Business Phone",
                    "Business Phone 2",
                    "Mobile Phone",
                ],
                &[
                    email(1),
                    Column::Unknown,
                    email(2),
                    Column::Unknown,
                    phone(0, "work"),
                    phone(u32::MAX, "work"),
                    phone(0, "cell"),
                ],
            ),
            (
                &["first_name", "NAME", "email", "Phone", "Notes", "phone ext", "firstName"],
                &[
                    Column::Plain(PlainField::FirstName),
                    Column::Plain(PlainField::DisplayName),
                    email(1),
                    phone(1, ""),
                    Column::Unknown,
                    Column::Unknown,
                    Column::Unknown,
                ],
            ),
        ] {
            assert_eq!(columns(headings), expected);
        }
    }
}
