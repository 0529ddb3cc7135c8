//! `contactDestroyCustomAttributes`

use crate::chatwoot::contacts::found;
use crate::chatwoot::errors::Fault;
use crate::chatwoot::params::desk_and_contact;
use crate::chatwoot::shapes::{CUSTOM, Payload, shape};
use crate::chatwoot::{Answer, Call};
use crate::input::{Fields, Item};
use cardex::{ContactPatch, Update, limits};

/// Drops the named keys; those that the contact does not have are no error.
pub(super) fn destroy(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    let body = Fields::parse(&call.body)?;
    let keys = body.list_of("custom_attributes", 0..=limits::ATTRIBUTES, "has too many keys")?;
    let keys = keys.iter().map(Item::text).collect::<Result<Vec<_>, _>>()?;
    let update =
        keys.into_iter().fold(Update::new(ContactPatch::new()), |update, key| update.remove(CUSTOM, key));
    let updated = desk.update(id, update).map_err(|error| Fault::from(error).plainly())?;
    Answer::ok(&Payload { payload: shape(&desk, &updated.contact, true)? })
}
