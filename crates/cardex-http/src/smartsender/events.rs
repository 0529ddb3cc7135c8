//! `fireEvent`

use crate::input::Fields;
use crate::smartsender::contacts::found;
use crate::smartsender::errors::Fault;
use crate::smartsender::params::desk_and_contact;
use crate::smartsender::shapes::Done;
use crate::smartsender::{Answer, Call, Flaw};
use cardex::NewEvent;

/// The name is in the query or in the body; case counts.
pub(super) fn fire(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    let in_query = call.query.one("name")?;
    let body = if call.body.is_empty() { None } else { Some(Fields::parse(&call.body)?) };
    let in_body = body.as_ref().map(|body| body.text("name")).transpose()?.flatten();
    let name = in_query.or(in_body).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Flaw::new("name", "required"))?;
    desk.fire(id, NewEvent::new(name))?;
    Answer::ok(&Done::DONE)
}
