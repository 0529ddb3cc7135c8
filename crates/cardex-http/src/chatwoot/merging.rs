//! Two contacts become one.

use crate::chatwoot::contacts::found;
use crate::chatwoot::errors::{Fault, NOBODY};
use crate::chatwoot::params::desk;
use crate::chatwoot::shapes::shape;
use crate::chatwoot::{Answer, Call, Flaw};
use crate::input::Fields;
use cardex::{ContactId, MergeOptions};

/// `contactMerge`: the base survives, whatever identifiers and networks the two have; it shows no inboxes.
pub(super) fn run(call: &Call) -> Result<Answer, Fault> {
    let desk = desk(call)?;
    let body = Fields::parse(&call.body)?;
    let id = |name: &str| match body.number(name)? {
        Some(id) => Ok(ContactId(id)),
        None => Err(Flaw::new(name, "needed")),
    };
    let (base, mergee) = (id("base_contact_id")?, id("mergee_contact_id")?);
    let base = found(&desk, base)?;
    if base.id == mergee {
        return Answer::ok(&shape(&desk, &base, false)?);
    }
    found(&desk, mergee)?;
    let options = MergeOptions::new().different_identifiers(true).different_networks(true);
    let merged = desk.merge(base.id, mergee, options).map_err(|error| match error {
        // Somebody else was faster.
        error if error.is_not_found() => NOBODY,
        error => error.into(),
    })?;
    Answer::ok(&shape(&desk, &merged.contact, false)?)
}
