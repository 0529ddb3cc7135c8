//! `updateContact`: variables and fields by name.

use serde_json::Value;

use crate::call::{ApiResponse, Call};
use crate::input::JsonFields;
use crate::input::ParamError;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::{SuccessDto, VARIABLES, is_reserved_key};
use crate::smartsender::errors::ApiError;
use crate::smartsender::params::session_and_contact;
use cardex::{Contact, ContactPatch, ContactUpdate, Error, NewPhone};

/// Invalid values, and fields that cannot be written, are ignored. Fields that the request does not contain stay
/// unchanged.
pub(super) fn update_contact(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let mut contact = find_active(&session, id)?;
    let body = JsonFields::parse(&call.body)?;
    let values = body.object("values")?.ok_or_else(|| ParamError::new("values", "required"))?;
    loop {
        let (patch, mut variables) = (contact_patch(values, &contact), Vec::new());
        for (name, value) in values.iter().filter(|(name, _)| !is_reserved_key(name)) {
            variables.push((name.clone(), value.clone()));
        }
        let update = ContactUpdate::new(patch.expect_version(contact.version)).skip_invalid();
        let set = |update: ContactUpdate, (name, value)| update.set_attribute(VARIABLES, name, value);
        match session.update(id, variables.into_iter().fold(update, set)) {
            // Others have changed it since it was read.
            Err(Error::VersionConflict { .. }) => contact = find_active(&session, id)?,
            done => break done.map(drop)?,
        }
    }
    ApiResponse::ok(&SuccessDto::OK)
}

/// The fields of the contact itself among the values: those that are texts.
fn contact_patch(values: &serde_json::Map<String, Value>, contact: &Contact) -> ContactPatch {
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
