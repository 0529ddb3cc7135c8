//! Invitations: a contact confirms the number with a one-time code.

use crate::db::contact::StoredContact;
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{Error, Result, RuleViolation};
use crate::feed::{ChangeKind, OutboxEvent, field_mask, outbox};
use crate::model::{AdvisorId, Contact, ContactId, Field, Invitation, Permission, Status, Timestamp};
use crate::operations::context::WriteContext;
use crate::operations::onboarding::handle::Onboarding;

/// The lifetime of an invitation: seven days, in milliseconds.
const INVITATION_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

impl Onboarding<'_> {
    /// Invites a contact again with a new code that is valid for seven days. The contact becomes pending again. The
    /// advisor must be linked to the contact. The code goes to the outbox; an earlier undelivered code is removed from
    /// it.
    ///
    /// # Errors
    /// [`Error::NoContact`], also if the advisor is not linked to the contact; [`Error::Rule`] with
    /// [`RuleViolation::InvitationsNotSupported`] or [`RuleViolation::InviteConfirmed`]; [`Error::Forbidden`] without
    /// [`Permission::CreateContact`].
    pub fn resend_invitation(&self, contact: ContactId, advisor: AdvisorId) -> Result<Invitation> {
        let origin = self.session.origin_name()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            let mut stored = rights.visible_contact(db, contact)?;
            let linked = match rights.visible_advisor(db, advisor) {
                Err(Error::NoAdvisor(_)) => false,
                found => db::entries::is_linked(db, stored.id, found?)?,
            };
            if !linked {
                return Err(Error::NoContact(contact));
            }
            rights.require(db, Permission::CreateContact, stored.network)?;
            let (_, policy) = db::directory::network(db, &stored.contact.network)?;
            if !policy.needs_invitation {
                return Err(RuleViolation::InvitationsNotSupported.into());
            }
            if stored.contact.status == Some(Status::Confirmed) {
                return Err(RuleViolation::InviteConfirmed.into());
            }
            let context = WriteContext { now: self.session.engine.now(), origin };
            let invitation = new_invitation(&self.session.engine, db, context.now)?;
            let earlier = stored.contact.invitation.replace(invitation.clone());
            set_status(db, context, &mut stored, Status::PendingConfirmation)?;
            let (code, expires_at) = (invitation.code.clone(), invitation.expires_at);
            let effect = OutboxEvent::SendInvitation { contact, advisor: Some(advisor), code, expires_at };
            let tenant = stored.tenant.map_or_else(|| rights.home_tenant(db), Ok)?;
            if let Some(earlier) = earlier {
                outbox::withdraw_invitation(db, tenant, &earlier.code)?;
            }
            outbox::enqueue(db, tenant, &effect, context.now)?;
            Ok(invitation)
        })
    }

    /// Confirms the contact that received a code. The code is then no longer valid. For the system and
    /// administrators: the answer arrives through the network.
    ///
    /// # Errors
    /// [`Error::Rule`] with [`RuleViolation::InvalidInvitationCode`] if no pending contact of the tenant has this code,
    /// or the code has expired; [`Error::Forbidden`].
    pub fn confirm_invitation(&self, code: &str) -> Result<Contact> {
        let origin = self.session.origin_name()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let found = db::contact::with_invite_code(db, &code.trim().to_ascii_uppercase())?;
            let stored = found.map(|id| db::contact::one(db, id)).transpose()?.flatten();
            let Some(mut stored) = stored else { return Err(RuleViolation::InvalidInvitationCode.into()) };
            let waits = stored.contact.status == Some(Status::PendingConfirmation);
            if !waits || stored.contact.trashed_at.is_some() || !rights.can_see(db, &stored)? {
                return Err(RuleViolation::InvalidInvitationCode.into());
            }
            stored.contact.invitation = None;
            set_status(
                db,
                WriteContext { now: self.session.engine.now(), origin },
                &mut stored,
                Status::Confirmed,
            )?;
            Ok(stored.contact)
        })
    }
}

/// A new invitation with an unused code.
pub(crate) fn new_invitation(engine: &Engine, db: &Write<'_>, now: Timestamp) -> Result<Invitation> {
    loop {
        let code = engine.invite_codes.next()?;
        if db::contact::with_invite_code(db, &code)?.is_none() {
            return Ok(Invitation {
                code,
                expires_at: Timestamp(now.0.saturating_add(INVITATION_LIFETIME_MS)),
            });
        }
    }
}

/// Writes the status and the invitation of a contact.
fn set_status(
    db: &Write<'_>,
    context: WriteContext<'_>,
    stored: &mut StoredContact,
    status: Status,
) -> Result<()> {
    let contact = &mut stored.contact;
    (contact.status, contact.status_at) = (Some(status), Some(context.now));
    contact.updated_at = context.now;
    contact.version = contact.version.saturating_add(1);
    db::contact::update(db, stored, &db::contact::sort_keys(db, stored.id)?)?;
    context.log(db, stored, ChangeKind::Edit, field_mask([Field::Status]))
}
