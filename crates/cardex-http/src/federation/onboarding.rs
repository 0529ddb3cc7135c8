//! Contacts are onboarded, changed, invited again, copied.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::contacts;
use crate::federation::dto::{InvitedContactDto, UpdatedContactDto};
use crate::federation::errors::ApiError;
use crate::federation::params::{self, advisor_at, contact_at};
use crate::input::JsonFields;
use cardex::onboarding::{NewOnboarding, OnboardingDetails};
use cardex::{ContactId, Error};

/// `addContact`: creates a contact, or links more advisors to the contact with this number.
pub(super) fn add(call: &Call) -> Result<ApiResponse, ApiError> {
    let body = JsonFields::parse(&call.body)?;
    let mut new = NewOnboarding::new(
        params::network(body.required("externalNetwork")?)?,
        body.required("firstName")?,
        body.required("lastName")?,
        body.required("phoneNumber")?,
        body.required("onboarderEmailAddress")?,
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
        new = new.create_conversation(yes);
    }
    for id in body.list("advisorSymphonyIds")?.into_iter().flatten() {
        new = new.advisor(params::advisor("advisorSymphonyIds", &id.digits()?)?);
    }
    for email in body.list("advisorEmailAddresses")?.into_iter().flatten() {
        new = new.advisor(email.text()?);
    }
    let contact = call.session.onboarding().onboard(&new)?.contact;
    let blocks = contacts::blocks(call, std::slice::from_ref(&contact))?;
    ApiResponse::ok(&InvitedContactDto::from_contact(&contact, &blocks.concat()))
}

/// `updateContactsv2`: replaces names and company. It replaces language and e-mail address if the request contains
/// them.
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let contact = contact_at(call, 0)?;
    let body = JsonFields::parse(&call.body)?;
    let mut details = OnboardingDetails::new(
        body.required("firstName")?,
        body.required("lastName")?,
        body.required("phoneNumber")?,
    )
    .company(body.required("companyName")?);
    if let Some(email) = body.text("emailAddress")? {
        details = details.email(email);
    }
    if let Some(language) = body.text("preferredLanguage")? {
        details = details.language(language);
    }
    let advisor = params::advisor("advisorSymphonyId", body.required("advisorSymphonyId")?)?;
    let contact = call.session.onboarding().edit(contact, advisor, &details)?;
    ApiResponse::ok(&UpdatedContactDto::from_contact(&contact, contacts::advisors_of(call, &contact)?))
}

/// `resendInvite`: a new code.
pub(super) fn invite(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        invitation_code: String,
    }
    // The API has no error for an unknown advisor. The answer is that the contact is not linked to this advisor.
    let contact = contact_at(call, 0)?;
    let advisor = advisor_at(call, 1).map_err(|_| Error::NoContact(contact))?;
    let invitation = call.session.onboarding().resend_invitation(contact, advisor)?;
    ApiResponse::ok(&Shape { invitation_code: invitation.code })
}

/// `copyContact`: the tenant's own copy of a shared contact.
pub(super) fn copy(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        new_symphony_id: ContactId,
        migrated_stream_ids: Vec<String>,
    }
    let copied = call.session.copy_to_tenant(contact_at(call, 0)?)?;
    ApiResponse::ok(&Shape { new_symphony_id: copied.contact.id, migrated_stream_ids: copied.conversations })
}
