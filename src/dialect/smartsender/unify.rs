//! Two contacts become one.

use super::contacts::found;
use super::errors::{Fault, NOBODY};
use super::params::desk_and_contact;
use super::shapes::Done;
use super::{Answer, Call, Flaw};
use crate::dialect::input::id;
use crate::{ContactId, MergeOptions};

/// `unifyContacts`: the first one survives, whatever identifiers and networks the two have.
pub(super) fn run(call: &Call) -> Result<Answer, Fault> {
    let (desk, survivor) = desk_and_contact(call)?;
    let target = ContactId(id(call.value(1)).ok_or(NOBODY)?);
    found(&desk, survivor)?;
    found(&desk, target)?;
    if target == survivor {
        return Err(Flaw::new("targetContactId", "another contact than the one that survives").into());
    }
    let options = MergeOptions::new().different_identifiers(true).different_networks(true);
    desk.merge(survivor, target, options)?;
    Answer::ok(&Done::DONE)
}
