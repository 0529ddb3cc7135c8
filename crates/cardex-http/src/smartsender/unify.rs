//! Two contacts become one.

use crate::input::id;
use crate::smartsender::contacts::found;
use crate::smartsender::errors::{Fault, NOBODY};
use crate::smartsender::params::desk_and_contact;
use crate::smartsender::shapes::Done;
use crate::smartsender::{Answer, Call, Flaw};
use cardex::{ContactId, MergeOptions};

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
