//! The writer: one interface for all formats.

use std::io::Write;

use crate::fields::{ContactFields, cardex_lines, looks_like_phone, merge_into_lines};
use crate::format::Format;
use crate::vcard::ContentLine;
use crate::{card, csv, jsonl, ldif, vcard};
use cardex::Contact;
use cardex::attributes::AttributeValue;
use cardex::tags::Tag;
use cardex::{Error, Result};

/// How to write contacts.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools)] // each option is independent of the others
pub struct WriteOptions {
    pub(crate) vcard_3: bool,
    pub(crate) vcard_2_1: bool,
    pub(crate) csv_card: bool,
    pub(crate) csv_guard_phones: bool,
    pub(crate) csv_columns: Vec<String>,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            vcard_3: false,
            vcard_2_1: false,
            csv_card: true,
            csv_guard_phones: false,
            csv_columns: Vec::new(),
        }
    }
}

impl WriteOptions {
    /// vCard 4.0, and CSV with a column for the card.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes vCard 3.0: the programs of Apple and Microsoft read it best. Data that only 4.0 supports is in extension lines, which this
    /// crate reads again and other programs ignore.
    #[must_use]
    pub const fn vcard_3(mut self, yes: bool) -> Self {
        self.vcard_3 = yes;
        self
    }

    /// Writes vCard 2.1: old phones and cars read it. Data that only 4.0 supports is in extension lines, as in 3.0.
    #[must_use]
    pub const fn vcard_2_1(mut self, yes: bool) -> Self {
        self.vcard_2_1 = yes;
        self
    }

    /// Whether CSV has a last column `Card` with the whole card as JSON. Without it, the file has only the data of the
    /// other columns. Spreadsheets cut cells at 32,767 characters.
    #[must_use]
    pub const fn csv_card(mut self, yes: bool) -> Self {
        self.csv_card = yes;
        self
    }

    /// Whether CSV has an apostrophe before phones that begin with a plus, as before other texts that a spreadsheet might run. Without it
    /// such a phone is written as it is, if it has only digits, signs and an extension.
    #[must_use]
    pub const fn csv_guard_phones(mut self, yes: bool) -> Self {
        self.csv_guard_phones = yes;
        self
    }

    /// Additional columns for CSV, by their headings in an imported file.
    #[must_use]
    pub fn csv_columns<T: Into<String>>(mut self, headings: impl IntoIterator<Item = T>) -> Self {
        self.csv_columns = headings.into_iter().map(Into::into).collect();
        self
    }
}

/// Writes contacts one at a time.
///
/// Where fields and card differ, the fields win; other data comes from the card.
/// CSV has a column for each plain field (see [`PlainField::csv_heading`](cardex::contacts::PlainField::csv_heading)), then `Network`,
/// `Group`, `Status`, `Labels`, three pairs of `Phone n - Label` and `Phone n - Value`, three of `E-mail n - …` (the third takes all remaining
/// values, separated by ` ::: `), `Identifiers` (`namespace:value`), extra columns and `Card`. A cell that a
/// spreadsheet might run as a formula (first character `=`, `+`, `-`, `@`, tab or return) gets an apostrophe before
/// it. The [`Reader`](crate::Reader) removes it again.
pub struct Writer<'a, W> {
    output: W,
    format: Format,
    options: WriteOptions,
    is_phone: Box<dyn Fn(&str) -> bool + 'a>,
    started: bool,
}

impl<'a, W: Write> Writer<'a, W> {
    /// Writes to `output` as `format`. The writes are small: use a [`std::io::BufWriter`].
    #[must_use]
    pub fn new(output: W, format: Format, options: WriteOptions) -> Self {
        let is_phone = Box::new(looks_like_phone);
        Self { output, format, options, is_phone, started: false }
    }

    /// The function that recognizes phone numbers; use the same one as for the reader. Text in the card that is not a
    /// number stays in the card; a number that the contact no longer has is removed from it.
    #[must_use]
    pub fn is_phone(mut self, is_phone: impl Fn(&str) -> bool + 'a) -> Self {
        self.is_phone = Box::new(is_phone);
        self
    }

    /// Writes one contact, with its card document if it has one.
    ///
    /// # Errors
    /// [`Error::Io`] if the output fails.
    pub fn write(&mut self, contact: &Contact, card: Option<&str>) -> Result<()> {
        self.write_full(contact, card, &[], &[])
    }

    /// As [`Writer::write`], with the tags and attribute values of the contact. JSON Lines have them as `tags` (a list of
    /// names), `attributes` and `additionalAttributes` (objects). A vCard has the tags as `CATEGORIES`, CSV in the column
    /// `Labels`.
    ///
    /// # Errors
    /// Those of [`Writer::write`].
    pub fn write_full(
        &mut self,
        contact: &Contact,
        card: Option<&str>,
        tags: &[Tag],
        values: &[AttributeValue],
    ) -> Result<()> {
        let text = match self.format {
            Format::VCard => self.vcard(contact, card, tags),
            Format::Ldif => ldif::write_entry(&self.lines(contact, card, tags)),
            Format::JCard => {
                let lines = self.lines(contact, card, tags);
                format!("{}{}", self.array_start(), vcard::to_jcard(&lines))
            }
            Format::JsContact => {
                let lines = self.lines(contact, card, tags);
                format!("{}{}", self.array_start(), card::to_json(&lines))
            }
            Format::JsonLines => jsonl::write_line(contact, card, tags, values)?,
            Format::Csv => {
                let mut text = self.header()?;
                let row = csv::row(
                    &fields_with_tags(contact, tags),
                    card,
                    &self.options.csv_columns,
                    self.options.csv_card,
                    self.options.csv_guard_phones,
                );
                text.push_str(&csv_line(&row)?);
                text
            }
        };
        self.started = true;
        self.output.write_all(text.as_bytes()).map_err(Error::Io)
    }

    /// Ends the file: writes the header row of a CSV file without contacts, flushes, and returns the output.
    ///
    /// # Errors
    /// [`Error::Io`] if the output fails.
    pub fn finish(mut self) -> Result<W> {
        if self.format == Format::Csv {
            let header = self.header()?;
            self.output.write_all(header.as_bytes())?;
        }
        if matches!(self.format, Format::JCard | Format::JsContact) {
            let end = if self.started { "\n]\n" } else { "[]\n" };
            self.output.write_all(end.as_bytes())?;
        }
        self.output.flush()?;
        Ok(self.output)
    }

    fn header(&mut self) -> Result<String> {
        if self.started {
            return Ok(String::new());
        }
        self.started = true;
        csv_line(&csv::headings(&self.options.csv_columns, self.options.csv_card))
    }

    /// What precedes an element of an array.
    fn array_start(&self) -> &'static str {
        if self.started { ",\n" } else { "[\n" }
    }

    /// The lines of the card with the fields of the contact.
    fn lines(&self, contact: &Contact, card: Option<&str>, tags: &[Tag]) -> Vec<ContentLine> {
        let mut lines = lines_of(contact, card, tags, &*self.is_phone);
        if matches!(self.format, Format::JCard | Format::JsContact) {
            vcard::sort_by_name(&mut lines);
        }
        lines
    }

    fn vcard(&self, contact: &Contact, card: Option<&str>, tags: &[Tag]) -> String {
        let mut lines = self.lines(contact, card, tags);
        if self.options.vcard_2_1 {
            lines.extend(vcard::kept_lines(&lines, true));
            vcard::write_2_1(&lines)
        } else if self.options.vcard_3 {
            let mut old = vcard::to_3_0(&lines);
            old.extend(vcard::kept_lines(&lines, false));
            vcard::write_card(&old, "3.0")
        } else {
            vcard::write_card(&lines, "4.0")
        }
    }
}

/// The contact as one `JSContact` card (RFC 9553), as JSON: its fields, and the other data of its card document. Where they differ, the
/// fields win. A card document alone has only the data without a field.
///
/// ```
/// use cardex::{Contact, ContactId, Network};
/// let mut ada = Contact::new(ContactId(7), Network::BOOK);
/// ada.display_name = "Ada Byron".to_owned();
/// let card: serde_json::Value = serde_json::from_str(&cardex_exchange::jscontact(&ada, None)).unwrap();
/// assert_eq!((&card["@type"], &card["name"]["full"]), (&"Card".into(), &"Ada Byron".into()));
/// ```
#[must_use]
pub fn jscontact(contact: &Contact, card: Option<&str>) -> String {
    let mut lines = lines_of(contact, card, &[], &looks_like_phone);
    vcard::sort_by_name(&mut lines);
    card::to_json(&lines)
}

/// The lines of the card with the fields of the contact.
fn lines_of(
    contact: &Contact,
    card: Option<&str>,
    tags: &[Tag],
    is_phone: &dyn Fn(&str) -> bool,
) -> Vec<ContentLine> {
    let fields = fields_with_tags(contact, tags);
    let known = card.and_then(card::from_json).unwrap_or_default();
    let mut lines = merge_into_lines(known, &fields, is_phone);
    lines.extend(cardex_lines(&fields, &lines));
    lines
}

fn fields_with_tags(contact: &Contact, tags: &[Tag]) -> ContactFields {
    let mut fields = ContactFields::from(contact);
    fields.tags = tags.iter().map(|tag| tag.name.clone()).collect();
    fields
}

impl<W> std::fmt::Debug for Writer<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("format", &self.format)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn csv_line(cells: &[String]) -> Result<String> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).map_err(|error| Error::Io(error.into()))?;
    let bytes = writer.into_inner().map_err(|error| Error::Io(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
