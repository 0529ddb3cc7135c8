//! Converts the cells of a row to the lines of a card.

use std::collections::BTreeMap;

use crate::csv::cell::{phone_values, split_values};
use crate::csv::date::{CellDate, parse_date};
use crate::csv::heading::Column;
use crate::csv::target::Target;
use crate::fields::{ContactMethod, add_labelled_line, is_mailbox_list};
use crate::vcard::{ContentLine, canonical, escape, join, known_label, sort_by_name};
use cardex::contacts::{PlainField, VcardProperty};

/// The cells of one row, by what they are parts of.
#[derive(Default)]
pub(super) struct RowLines {
    /// Whether labels are those of this program, and not words of others.
    exact_labels: bool,
    month_first: bool,
    name: [String; 5],
    org: [String; 2],
    birth: [String; 3],
    phones: MethodCells,
    emails: MethodCells,
    addresses: BTreeMap<(u32, String), AddressCells>,
    labels: BTreeMap<(&'static str, u32), String>,
    /// Property, number in the heading, label in the heading, value.
    labelled: Vec<(&'static str, u32, String, String)>,
    lines: Vec<ContentLine>,
    /// Fields without a property of vCard.
    extensions: Vec<(PlainField, String)>,
}

#[derive(Default)]
struct MethodCells {
    values: Vec<(Column, String)>,
    labels: Vec<(u32, String)>,
}

#[derive(Default)]
struct AddressCells {
    parts: [String; 7],
    formatted: String,
    label: String,
}

impl RowLines {
    pub(super) fn new(exact_labels: bool, month_first: bool) -> Self {
        Self { exact_labels, month_first, ..Self::default() }
    }

    /// Adds a cell. Returns whether its content is a property.
    pub(super) fn add(&mut self, column: &Column, cell: &str) -> bool {
        let (text, number) = (cell.trim(), column.number);
        let set = |target: Option<&mut String>| {
            if let Some(target) = target {
                text.clone_into(target);
            }
        };
        match column.target {
            Target::Plain(field) => self.add_plain(field, text),
            Target::NamePart(part) => set(self.name.get_mut(part)),
            Target::Department => set(self.org.last_mut()),
            Target::Text(name) => self.add_text(name, text),
            Target::Date(name) => self.add_date(name, text),
            Target::BirthPart(part) => set(self.birth.get_mut(part)),
            Target::Phone => self.phones.values.push((column.clone(), cell.to_owned())),
            Target::Email => self.emails.values.push((column.clone(), cell.to_owned())),
            Target::PhoneLabel => self.phones.labels.push((number, cell.to_owned())),
            Target::EmailLabel => self.emails.labels.push((number, cell.to_owned())),
            Target::Address(part) => {
                if let Some(target) = self.address(column).parts.get_mut(part) {
                    cell.clone_into(target);
                }
            }
            Target::Street => {
                if let Some(street) = self.address(column).parts.get_mut(2) {
                    let lines = [street.as_str(), text].join("\n");
                    lines.trim().clone_into(street);
                }
            }
            Target::FormattedAddress => text.clone_into(&mut self.address(column).formatted),
            Target::AddressLabel => text.clone_into(&mut self.address(column).label),
            Target::Url => self.labelled.push(("URL", number, column.label.clone(), text.to_owned())),
            Target::Event => self.labelled.push(("X-ABDATE", number, column.label.clone(), text.to_owned())),
            Target::Relation => {
                self.labelled.push(("RELATED", number, column.label.clone(), text.to_owned()));
            }
            Target::Custom => {
                self.labelled.push(("X-CUSTOM-FIELD", number, column.label.clone(), text.to_owned()));
            }
            Target::UrlLabel => _ = self.labels.insert(("URL", number), text.to_owned()),
            Target::EventLabel => _ = self.labels.insert(("X-ABDATE", number), text.to_owned()),
            Target::RelationLabel => _ = self.labels.insert(("RELATED", number), text.to_owned()),
            Target::CustomLabel => _ = self.labels.insert(("X-CUSTOM-FIELD", number), text.to_owned()),
            Target::Network
            | Target::Group
            | Target::Status
            | Target::Identifiers
            | Target::Labels
            | Target::Card
            | Target::Unknown => {
                return false;
            }
        }
        true
    }

    fn address(&mut self, column: &Column) -> &mut AddressCells {
        self.addresses.entry((column.number, column.label.clone())).or_default()
    }

    fn add_plain(&mut self, field: PlainField, text: &str) {
        let [last, first, ..] = &mut self.name;
        match field.vcard_property() {
            VcardProperty::GivenName => text.clone_into(first),
            VcardProperty::FamilyName => text.clone_into(last),
            VcardProperty::FormattedName => self.add_text("FN", text),
            VcardProperty::FirstComponent("ORG") => {
                let [company, _] = &mut self.org;
                text.clone_into(company);
            }
            VcardProperty::FirstOfList(name)
            | VcardProperty::FirstComponent(name)
            | VcardProperty::Text(name) => {
                self.add_text(name, text);
            }
            _ => self.extensions.push((field, text.to_owned())),
        }
    }

    fn add_text(&mut self, name: &str, text: &str) {
        let is_uri = matches!(name, "PHOTO" | "IMPP");
        if !text.is_empty() {
            self.lines.push(ContentLine::new(name, if is_uri { text.to_owned() } else { escape(text) }));
        }
    }

    fn add_date(&mut self, name: &str, text: &str) {
        let mut line = match parse_date(text, self.month_first) {
            CellDate::Date(date) => ContentLine::new(name, date),
            CellDate::Text(text) if !text.is_empty() => ContentLine::new(name, escape(&text)),
            _ => return,
        };
        if !line.value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            line.set_param("VALUE", vec!["text".to_owned()]);
        }
        self.lines.push(line);
    }

    /// The label of a cell, as words of this program.
    fn label(&self, label: &str) -> String {
        let label = label.trim();
        if self.exact_labels {
            return label.to_owned();
        }
        // Google marks the main value with an asterisk.
        let label = label.strip_prefix('*').map_or(label, str::trim);
        known_label(label)
            .filter(|known| !known.is_empty() || label.is_empty())
            .unwrap_or_else(|| label.to_owned())
    }

    /// The lines of the row, in canonical form and order, and the fields without a property of vCard.
    pub(super) fn finish(mut self) -> (Vec<ContentLine>, Vec<(PlainField, String)>) {
        let name: Vec<String> = self.name.iter().map(|part| escape(part)).collect();
        self.lines.push(ContentLine::new("N", join(&name, ";")));
        let org: Vec<String> = self.org.iter().map(|part| escape(part)).collect();
        self.lines.push(ContentLine::new("ORG", join(&org, ";")));
        let [year, month, day] = &self.birth;
        if let (Ok(month), Ok(day)) = (month.parse::<u32>(), day.parse::<u32>()) {
            let year = year.parse::<u32>().map_or_else(|_| "--".to_owned(), |year| format!("{year:04}"));
            self.lines.push(ContentLine::new("BDAY", format!("{year}{month:02}{day:02}")));
        }
        let (phones, emails) = (self.methods(&self.phones, true), self.methods(&self.emails, false));
        for (name, methods) in [("TEL", phones), ("EMAIL", emails)] {
            for ContactMethod { text, label, .. } in
                methods.into_iter().filter(|method| !method.text.is_empty())
            {
                add_labelled_line(&mut self.lines, ContentLine::new(name, escape(&text)), &label);
            }
        }
        self.add_addresses();
        self.add_labelled();
        let all = std::mem::take(&mut self.lines);
        let mut lines: Vec<ContentLine> = all.into_iter().filter_map(|line| canonical(line, false)).collect();
        sort_by_name(&mut lines);
        (lines, self.extensions)
    }

    fn methods(&self, cells: &MethodCells, are_phones: bool) -> Vec<ContactMethod> {
        let mut ranked: Vec<(u8, ContactMethod)> = Vec::new();
        for (column, cell) in &cells.values {
            let labels = cells.labels.iter().find(|(number, _)| *number == column.number);
            let labels: Vec<&str> = labels.map(|(_, text)| split_values(text)).unwrap_or_default();
            let values = match (self.exact_labels, are_phones) {
                (true, _) => split_values(cell),
                (false, true) => phone_values(cell),
                (false, false) => email_values(cell),
            };
            for (at, text) in values.iter().enumerate() {
                let one = labels.first().filter(|_| labels.len() == 1);
                let given = if column.label.is_empty() { labels.get(at).or(one).copied() } else { None };
                let is_main = !self.exact_labels && given.is_some_and(|label| label.trim().starts_with('*'));
                let label = given.map(|label| self.label(label)).filter(|label| !label.is_empty());
                let label = label.unwrap_or_else(|| column.label.clone());
                let rank = match (is_main, column.label.as_str()) {
                    (true, _) => 0,
                    // Columns with labels have no order: phones that can receive messages come first.
                    (_, "cell") => 1,
                    (_, label) if label.ends_with("fax") || label == "pager" => 3,
                    (_, "Assistant") => 4,
                    _ => 2,
                };
                ranked.push((
                    rank,
                    ContactMethod { text: (*text).trim().to_owned(), label, ..ContactMethod::default() },
                ));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, method)| method).collect()
    }

    fn add_addresses(&mut self) {
        let extensions = &self.extensions;
        let place =
            |field| extensions.iter().find(|(known, _)| *known == field).map(|(_, text)| text.clone());
        let mut found = Vec::new();
        for ((number, label), mut cells) in std::mem::take(&mut self.addresses) {
            if number == 0 && label.is_empty() {
                let [_, _, _, city, _, _, country] = &mut cells.parts;
                *city = place(PlainField::City).unwrap_or_default();
                *country = place(PlainField::Country).unwrap_or_default();
            }
            let label = if label.is_empty() { self.label(&cells.label) } else { label };
            let values: Vec<Vec<&str>> = cells.parts.iter().map(|part| split_values(part)).collect();
            let count = values.iter().map(Vec::len).max().unwrap_or_default();
            for at in 0..count {
                let parts: Vec<String> =
                    values.iter().map(|values| escape(values.get(at).unwrap_or(&"").trim())).collect();
                found.push((parts, label.clone()));
            }
            if cells.parts.iter().all(String::is_empty) {
                for text in split_values(&cells.formatted) {
                    let street = escape(&text.replace("\r\n", "\n"));
                    found.push((vec![String::new(), String::new(), street], label.clone()));
                }
            }
        }
        for (mut parts, label) in found {
            parts.resize(7, String::new());
            if parts.iter().any(|part| !part.is_empty()) {
                add_labelled_line(&mut self.lines, ContentLine::new("ADR", join(&parts, ";")), &label);
            }
        }
    }

    fn add_labelled(&mut self) {
        for (name, number, own_label, cell) in std::mem::take(&mut self.labelled) {
            let label = self.labels.get(&(name, number)).cloned().unwrap_or(own_label);
            let labels: Vec<String> =
                split_values(&label).into_iter().map(|label| self.label(label)).collect();
            for (at, text) in split_values(&cell).into_iter().enumerate() {
                let text = text.trim();
                let label = labels.get(at).or(labels.first()).cloned().unwrap_or_default();
                if text.is_empty() {
                    continue;
                }
                let is_anniversary = name == "X-ABDATE" && label.eq_ignore_ascii_case("anniversary");
                match name {
                    _ if is_anniversary => self.add_date("ANNIVERSARY", text),
                    "RELATED" => {
                        let mut line = ContentLine::new("RELATED", escape(text));
                        line.set_param("VALUE", vec!["text".to_owned()]);
                        let is_type =
                            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphabetic());
                        if is_type {
                            line.set_param("TYPE", vec![label.to_ascii_lowercase()]);
                            self.lines.push(line);
                        } else {
                            add_labelled_line(&mut self.lines, line, &label);
                        }
                    }
                    "URL" => add_labelled_line(&mut self.lines, ContentLine::new(name, text), &label),
                    _ => add_labelled_line(&mut self.lines, ContentLine::new(name, escape(text)), &label),
                }
            }
        }
    }
}

/// The addresses of a cell: several ones have separators, and an at sign each.
fn email_values(cell: &str) -> Vec<&str> {
    let values = split_values(cell);
    if values.len() > 1 || !is_mailbox_list(cell) {
        return values;
    }
    cell.split([';', ',', '\n', ' ']).map(str::trim).filter(|text| !text.is_empty()).collect()
}
