//! `updateContact`: variables and fields by name.

use serde_json::Value;

use crate::input::Fields;
use crate::smartsender::contacts::found;
use crate::smartsender::errors::Fault;
use crate::smartsender::params::desk_and_contact;
use crate::smartsender::shapes::{Done, VARIABLES, is_own};
use crate::smartsender::{Answer, Call, Flaw};
use cardex::{Contact, ContactPatch, Error, NewPhone, Update};

/// A value that is bad is left out, and so is a field that cannot be written; what is not sent stays.
pub(super) fn run(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    let mut contact = found(&desk, id)?;
    let body = Fields::parse(&call.body)?;
    let values = body.object("values")?.ok_or_else(|| Flaw::new("values", "required"))?;
    loop {
        let (patch, mut variables) = (fields(values, &contact), Vec::new());
        for (name, value) in values.iter().filter(|(name, _)| !is_own(name)) {
            variables.push((name.clone(), value.clone()));
        }
        let update = Update::new(patch.expect_version(contact.version)).skip_faults();
        let set = |update: Update, (name, value)| update.value(VARIABLES, name, value);
        match desk.update(id, variables.into_iter().fold(update, set)) {
            // Others have changed it since it was read.
            Err(Error::VersionConflict { .. }) => contact = found(&desk, id)?,
            done => break done.map(drop)?,
        }
    }
    Answer::ok(&Done::DONE)
}

/// The fields of the contact itself among the values: those that are texts.
fn fields(values: &serde_json::Map<String, Value>, contact: &Contact) -> ContactPatch {
    let text = |name: &str| match values.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Null => Some(String::new()),
        _ => None,
    };
    let mut patch = ContactPatch::new();
    patch = text("firstName").into_iter().fold(patch, ContactPatch::first_name);
    patch = text("lastName").into_iter().fold(patch, ContactPatch::last_name);
    if let Some(email) = text("email") {
        let others = contact.emails.iter().skip(1).map(|email| email.text.clone());
        patch = patch.emails(Some(email).filter(|email| !email.is_empty()).into_iter().chain(others));
    }
    if let Some(phone) = text("phone") {
        let others =
            contact.phones.iter().skip(1).map(|phone| NewPhone::new(&phone.text).label(&phone.label));
        let first = Some(phone).filter(|phone| !phone.is_empty()).map(NewPhone::new);
        patch = patch.phones(first.into_iter().chain(others));
    }
    patch
}
