//! `contactImport`: contacts of a CSV file. Its columns are the product's, so that the importers of other formats do not read it.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::{ApiResponse, Call};
use crate::chatwoot::contact_input::{ContactInput, PersonKey};
use crate::chatwoot::contacts::write_fields;
use crate::chatwoot::csv;
use crate::chatwoot::errors::{ApiError, status_error};
use crate::chatwoot::params::administrator_session;
use crate::form;
use crate::input::JsonFields;
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Error, Network, Session};

/// The contacts that are added in one transaction.
const BATCH: usize = 1_000;

/// The field of the form with the file.
const FILE: &str = "import_file";

/// The columns that are fields. Every other column is a custom attribute; the company and the city are both.
const FIELDS: [&str; 4] = ["name", "email", "phone_number", "identifier"];

#[derive(Debug, Default, Serialize)]
struct Report {
    total_records: usize,
    processed_records: usize,
    rejected: Vec<Rejected>,
}

#[derive(Debug, Serialize)]
struct Rejected {
    /// The row, from 1 for the first contact.
    record: usize,
    errors: String,
}

/// The answer comes after the last contact. A contact that has the identifier, else the e-mail address, else the phone of a row is
/// changed; columns without text change nothing.
pub(super) fn import(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = administrator_session(call)?;
    let file = form::find_file(&call.content_type, &call.body, FILE)?;
    let (_, bytes) = file.ok_or(status_error(422, "File is blank"))?;
    // Invalid bytes are left out.
    let text = String::from_utf8_lossy(bytes).replace('\u{fffd}', "");
    let mut rows = csv::parse(&text).map_err(|csv::Malformed| status_error(422, "The CSV is malformed"))?;
    if rows.is_empty() {
        return Err(status_error(422, "File is blank"));
    }
    let headings: Vec<String> = rows.remove(0).iter().map(|heading| heading.trim().to_owned()).collect();
    let mut import = Import { session: &session, report: Report::default(), pending: Vec::new() };
    import.report.total_records = rows.len();
    for (record, row) in (1..).zip(rows) {
        match row_input(&headings, &row) {
            Ok(sent) => import.take(record, sent)?,
            Err(error) => import.reject(record, &error),
        }
    }
    import.flush()?;
    ApiResponse::ok(&import.report)
}

/// The fields of a row.
fn row_input(headings: &[String], row: &[String]) -> Result<ContactInput, ApiError> {
    let cells: HashMap<&str, &str> =
        headings.iter().map(String::as_str).zip(row.iter().map(|cell| cell.trim())).collect();
    let filled = |name: &str| cells.get(name).copied().filter(|cell| !cell.is_empty());
    let mut body = Map::new();
    for name in FIELDS {
        let Some(text) = filled(name) else { continue };
        let plus = if name == "phone_number" && !text.starts_with('+') { "+" } else { "" };
        body.insert(name.to_owned(), format!("{plus}{text}").into());
    }
    let company = filled("company").or_else(|| filled("company_name"));
    let places = [("company_name", company), ("city", filled("city"))];
    let places = places.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?))));
    body.insert("additional_attributes".to_owned(), Value::Object(places.collect()));
    let others = headings.iter().filter(|heading| !heading.is_empty() && !FIELDS.contains(&heading.as_str()));
    let others = others.filter_map(|heading| Some((heading.clone(), Value::from(filled(heading)?))));
    body.insert("custom_attributes".to_owned(), Value::Object(others.collect()));
    ContactInput::parse(&JsonFields::from_form(body))
}

struct Import<'a> {
    session: &'a Session,
    report: Report,
    /// New contacts that are not written yet.
    pending: Vec<(usize, ContactInput)>,
}

impl Import<'_> {
    fn reject(&mut self, record: usize, error: &ApiError) {
        self.report.rejected.push(Rejected { record, errors: error.sentence() });
    }

    fn take(&mut self, record: usize, sent: ContactInput) -> Result<(), ApiError> {
        if !self.change_existing(record, &sent)? {
            self.pending.push((record, sent));
        }
        if self.pending.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Changes the contact that has a value of the row. False if there is none.
    fn change_existing(&mut self, record: usize, sent: &ContactInput) -> Result<bool, ApiError> {
        for key in PersonKey::ALL {
            let Some(contact) = sent.find(self.session, key, None)? else { continue };
            match write_fields(self.session, contact, sent) {
                Ok(_) => self.report.processed_records = self.report.processed_records.saturating_add(1),
                Err(error) if error.is_about_input() => self.reject(record, &error),
                Err(error) => return Err(error),
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Writes the new contacts. One that has a value of an earlier row changes that contact.
    fn flush(&mut self) -> Result<(), ApiError> {
        let pending = std::mem::take(&mut self.pending);
        let new = pending.iter().map(|(_, sent)| sent.clone().into_new_contact(Network::BOOK));
        let new = new.collect::<Result<Vec<_>, ApiError>>()?;
        let mut rejected = Vec::new();
        let report = &mut self.report;
        self.session.add_many(new, AddManyOptions::new(), |at, outcome| match outcome {
            ImportOutcome::Rejected(error) => rejected.push((at, error)),
            _ => report.processed_records = report.processed_records.saturating_add(1),
        })?;
        for (at, error) in rejected {
            let Some((record, sent)) = pending.get(at) else { continue };
            let clashes = matches!(error, Error::Duplicate { .. });
            if !clashes || !self.change_existing(*record, sent)? {
                self.reject(*record, &error.into());
            }
        }
        Ok(())
    }
}
