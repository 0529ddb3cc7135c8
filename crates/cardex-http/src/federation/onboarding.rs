//! Contacts are onboarded, changed, invited again, copied.

use serde::Serialize;

use crate::federation::errors::Fault;
use crate::federation::params::{self, advisor_at, contact_at};
use crate::federation::shapes::{InvitedShape, UpdatedShape};
use crate::federation::{Answer, Call, contacts};
use crate::input::Fields;
use cardex::{ContactId, Details, Error, Onboarding};

/// `addContact`: creates a contact, or links more advisors to the one who has the number.
pub(super) fn add(call: &Call) -> Result<Answer, Fault> {
    let body = Fields::parse(&call.body)?;
    let mut new = Onboarding::new(
        params::network(body.needed("externalNetwork")?)?,
        body.needed("firstName")?,
        body.needed("lastName")?,
        body.needed("phoneNumber")?,
        body.needed("onboarderEmailAddress")?,
    );
    if let Some(company) = body.text("companyName")? {
        new = new.company(company);
    }
    if let Some(email) = body.text("emailAddress")? {
        new = new.email(email);
    }
    if let Some(language) = body.text("preferredLanguage")? {
        new = new.language(language);
    }
    if let Some(yes) = body.flag("createRoom")? {
        new = new.create_room(yes);
    }
    for id in body.list("advisorSymphonyIds")?.into_iter().flatten() {
        new = new.advisor(params::advisor("advisorSymphonyIds", &id.digits()?)?);
    }
    for email in body.list("advisorEmailAddresses")?.into_iter().flatten() {
        new = new.advisor(email.text()?);
    }
    let contact = call.session.onboard(&new)?.contact;
    let blocks = contacts::blocks(call, std::slice::from_ref(&contact))?;
    Answer::ok(&InvitedShape::of(&contact, &blocks.concat()))
}

/// `updateContactsv2`: names and company anew; language and e-mail address if they are sent.
pub(super) fn update(call: &Call) -> Result<Answer, Fault> {
    let contact = contact_at(call, 0)?;
    let body = Fields::parse(&call.body)?;
    let mut details =
        Details::new(body.needed("firstName")?, body.needed("lastName")?, body.needed("phoneNumber")?)
            .company(body.needed("companyName")?);
    if let Some(email) = body.text("emailAddress")? {
        details = details.email(email);
    }
    if let Some(language) = body.text("preferredLanguage")? {
        details = details.language(language);
    }
    let advisor = params::advisor("advisorSymphonyId", body.needed("advisorSymphonyId")?)?;
    let contact = call.session.update_onboarded(contact, advisor, &details)?;
    Answer::ok(&UpdatedShape::of(&contact, contacts::advisors_of(call, &contact)?))
}

/// `resendInvite`: a new code.
pub(super) fn invite(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        invitation_code: String,
    }
    // The contract knows no advisor who is not there: the contact is not theirs.
    let contact = contact_at(call, 0)?;
    let advisor = advisor_at(call, 1).map_err(|_| Error::NoContact(contact))?;
    let invitation = call.session.resend_invitation(contact, advisor)?;
    Answer::ok(&Shape { invitation_code: invitation.code })
}

/// `copyContact`: the tenant's own copy of a shared contact.
pub(super) fn copy(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        new_symphony_id: ContactId,
        migrated_stream_ids: Vec<String>,
    }
    let copied = call.session.copy(contact_at(call, 0)?)?;
    Answer::ok(&Shape { new_symphony_id: copied.contact.id, migrated_stream_ids: copied.streams })
}
