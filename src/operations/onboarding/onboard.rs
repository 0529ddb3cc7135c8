//! Onboarding: creates a contact for advisors, or links more advisors to it.

use crate::access::rights::{Rights, advisor_has_permission, effective_permissions};

use crate::db::contact::StoredContact;
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::feed::{OutboxEvent, outbox};
use crate::model::{
    AdvisorId, Consent, Contact, Field, GroupId, NetworkPolicy, NewOnboarding, OnboardingDetails, Permission,
    Phone, Status, fold_email, onboarding_phone,
};
use crate::operations::contact::add::{Target, create_contact};
use crate::operations::contact::draft::{phone_key, to_new_contact};
use crate::operations::contact::edit::update_contact;
use crate::operations::contact::links::set_link;
use crate::operations::context::WriteContext;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::ListOrders;
use crate::operations::onboarding::handle::Onboarding;
use crate::operations::onboarding::invite::new_invitation;
use crate::text::fold::fold;

/// The result of an onboarding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct OnboardResult {
    /// The contact after the call.
    pub contact: Contact,
    /// Whether the contact was created.
    pub created: bool,
    /// The newly linked advisors.
    pub linked: Vec<AdvisorId>,
}

/// One onboarding, with the rows that it has read.
struct OnboardingOperation<'a> {
    engine: &'a Engine,
    db: &'a Write<'a>,
    context: WriteContext<'a>,
    rights: Rights,
    home: i64,
    network: i64,
    policy: NetworkPolicy,
    list_orders: ListOrders,
}

impl Onboarding<'_> {
    /// Creates a contact and links advisors to it, or links more advisors to the contact with the number. On a network
    /// with invitations, a new contact gets one. Messages to send and conversations to create go to the outbox.
    ///
    /// The number includes its country. Without a plus it is read as if it had one, unless it is a number of the
    /// store's region. A contact with a number only ([`Status::Incomplete`]) gets the given names.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a field that is missing or breaks a rule of the network; [`Error::NoNetwork`],
    /// [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`]; [`Error::Rule`] with [`RuleViolation::NetworkClosed`],
    /// [`RuleViolation::OnboarderNotEntitled`], [`RuleViolation::AdvisorNotEntitled`],
    /// [`RuleViolation::OnboarderMismatch`], [`RuleViolation::ForeignNumber`], [`RuleViolation::LanguageNotSupported`],
    /// [`RuleViolation::AlreadyOnboarded`], [`RuleViolation::PhoneOfAnotherContact`], or [`Error::Duplicate`] without a holder if the
    /// actor does not see that contact; [`Error::Forbidden`] if the
    /// onboarder may not link other advisors. After an error nothing is written.
    pub fn onboard(&self, new: &NewOnboarding) -> Result<OnboardResult> {
        let origin = self.session.origin_name()?;
        new.details.check()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            let home = rights.home_tenant(db)?;
            if !db::tenants::is_network_open(db, home, 0, network)? {
                return Err(RuleViolation::NetworkClosed.into());
            }
            self.check_language(&new.details)?;
            let context = WriteContext { now: self.session.engine.now(), origin };
            let list_orders = ListOrders::for_writing(&self.session.engine, db)?;
            let session = OnboardingOperation {
                engine: &self.session.engine,
                db,
                context,
                rights,
                home,
                network,
                policy,
                list_orders,
            };
            let room = new.creates_conversation(&session.policy)?;
            let phone = session.check_phone(&new.details.phone)?;
            let onboarder = session.resolve_onboarder(new)?;
            let advisors = session.resolve_advisors(new, onboarder)?;
            let group = db::entitlement::group(db, onboarder, network)?;
            match session.find_known_contact(&phone, group)? {
                Some(known) => session.link_known_contact(known, new, &phone, &advisors),
                None => session.create_contact(new, &phone, group, &advisors, room),
            }
        })
    }

    /// Rejects a language outside the configured set.
    pub(crate) fn check_language(self, details: &OnboardingDetails) -> Result<()> {
        let known = |language: &String| {
            language.is_empty() || self.session.engine.options.languages.contains(language)
        };
        if details.language.as_ref().is_none_or(known) {
            Ok(())
        } else {
            Err(RuleViolation::LanguageNotSupported.into())
        }
    }
}

impl OnboardingOperation<'_> {
    /// The number in E.164 form, checked against the tenant's country.
    fn check_phone(&self, text: &str) -> Result<Phone> {
        let parsed = self.engine.phones.parse_international(text);
        let e164 = parsed.and_then(|parsed| parsed.e164);
        let e164 = e164.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
        let policy = db::tenants::policy(self.db, self.home)?;
        if !e164.trim_start_matches('+').starts_with(&policy.calling_code) {
            return Err(RuleViolation::ForeignNumber.into());
        }
        Ok(onboarding_phone(text, &e164))
    }

    /// The onboarder: the acting advisor, or the given one, with the permission to create contacts on the network.
    fn resolve_onboarder(&self, new: &NewOnboarding) -> Result<i64> {
        let found = self
            .rights
            .resolve_advisor(self.db, &new.onboarder)
            .and_then(|id| self.rights.visible_advisor(self.db, id));
        let onboarder = match found {
            Err(error) if error.is_not_found() => return Err(RuleViolation::OnboarderNotEntitled.into()),
            found => found?,
        };
        if self.rights.advisor().is_some_and(|own| own != onboarder) {
            return Err(RuleViolation::OnboarderMismatch.into());
        }
        if !advisor_has_permission(self.db, onboarder, Permission::CreateContact, self.network)? {
            return Err(RuleViolation::OnboarderNotEntitled.into());
        }
        Ok(onboarder)
    }

    /// The advisors to link, with their local ids.
    fn resolve_advisors(&self, new: &NewOnboarding, onboarder: i64) -> Result<Vec<(AdvisorId, i64)>> {
        let mut advisors = Vec::new();
        for key in new.advisor_keys() {
            let id = self.rights.resolve_advisor(self.db, key)?;
            let local = self.rights.visible_advisor(self.db, id)?;
            if effective_permissions(self.db, local, self.network)?.is_none() {
                return Err(RuleViolation::AdvisorNotEntitled(id).into());
            }
            if !advisors.contains(&(id, local)) {
                advisors.push((id, local));
            }
        }
        let others = advisors.iter().any(|(_, local)| *local != onboarder);
        let on_behalf = Permission::OnBehalfOnboard;
        if others && !advisor_has_permission(self.db, onboarder, on_behalf, self.network)? {
            return Err(Error::Forbidden(on_behalf.missing_message()));
        }
        Ok(advisors)
    }

    /// The contact with the number: a contact of the tenant, or a shared contact.
    fn find_known_contact(&self, phone: &Phone, group: Option<i64>) -> Result<Option<StoredContact>> {
        for (tenant, group) in [(self.home, group), (0, None)] {
            let key = phone_key(&phone.normalized, self.network, group);
            if let Some(id) = db::unique_values::holder(self.db, tenant, &key)? {
                return Ok(db::contact::one(self.db, id)?);
            }
        }
        Ok(None)
    }

    /// Links more advisors to an existing contact.
    fn link_known_contact(
        &self,
        known: StoredContact,
        new: &NewOnboarding,
        phone: &Phone,
        advisors: &[(AdvisorId, i64)],
    ) -> Result<OnboardResult> {
        let mut counts = ListCounts::default();
        let known = if known.contact.status == Some(Status::Incomplete) && known.tenant.is_some() {
            let new_contact =
                new.details.apply_to(to_new_contact(&known, new.network.clone())).status(Status::Confirmed);
            let draft = self.engine.normalizer(&self.list_orders.collator).normalize(
                new_contact,
                &self.policy,
                std::slice::from_ref(phone),
            )?;
            update_contact(self.db, self.context, &self.list_orders, known, draft, &self.policy, &mut counts)?
                .0
        } else if is_same_person(&known.contact, &new.details) {
            known
        } else {
            return Err(RuleViolation::PhoneOfAnotherContact(known.contact.id).into());
        };
        let mut linked = Vec::new();
        for (id, local) in advisors {
            if set_link(self.db, self.context, &self.list_orders, &known, *local, true, &mut counts)? {
                linked.push(*id);
            }
        }
        counts.flush(self.db, &self.list_orders)?;
        if linked.is_empty() {
            return Err(RuleViolation::AlreadyOnboarded(known.contact.id).into());
        }
        Ok(OnboardResult { contact: known.contact, created: false, linked })
    }

    fn create_contact(
        &self,
        new: &NewOnboarding,
        phone: &Phone,
        group: Option<i64>,
        advisors: &[(AdvisorId, i64)],
        room: bool,
    ) -> Result<OnboardResult> {
        let mut new_contact = new.details.to_new_contact(new.network.clone());
        new_contact.group = group.map(GroupId);
        // Only numbers of the North American plan require consent before the first message.
        new_contact.consent =
            (self.policy.asks_consent && phone.normalized.starts_with("+1")).then_some(Consent::Pending);
        let first = advisors.first().map(|(id, _)| *id);
        let mut draft = self.engine.normalizer(&self.list_orders.collator).normalize(
            new_contact,
            &self.policy,
            std::slice::from_ref(phone),
        )?;
        let contact = &mut draft.stored.contact;
        if self.policy.needs_invitation {
            contact.status = Some(Status::PendingConfirmation);
            contact.invitation = Some(new_invitation(self.engine, self.db, self.context.now)?);
        }
        let mut locals: Vec<i64> = advisors.iter().map(|(_, local)| *local).collect();
        locals.sort_unstable();
        let target = Target::for_tenant(self.home, self.network, group, locals);
        let added = create_contact(
            self.engine,
            self.db,
            self.context,
            &self.list_orders,
            draft,
            &target,
            &self.policy,
        )?;
        let contact = added.contact;
        if let Some(invitation) = &contact.invitation {
            let (code, expires_at) = (invitation.code.clone(), invitation.expires_at);
            let effect =
                OutboxEvent::SendInvitation { contact: contact.id, advisor: first, code, expires_at };
            outbox::enqueue(self.db, self.home, &effect, self.context.now)?;
        }
        if let (true, Some(advisor)) = (room, first) {
            let effect = OutboxEvent::CreateConversation {
                contact: contact.id,
                advisor,
                network: new.network.clone(),
            };
            outbox::enqueue(self.db, self.home, &effect, self.context.now)?;
        }
        Ok(OnboardResult { contact, created: true, linked: advisors.iter().map(|(id, _)| *id).collect() })
    }
}

/// Whether the given details describe an existing contact: the same names, and the same first e-mail address if both
/// have one.
fn is_same_person(known: &Contact, new_contact: &OnboardingDetails) -> bool {
    let same = |a: &str, b: &str| fold(a) == fold(b);
    let emails = known.emails.first().map(|email| fold_email(&email.text));
    let wanted_email = new_contact.email.as_deref().filter(|email| !email.trim().is_empty()).map(fold_email);
    same(&known.first_name, &new_contact.first_name)
        && same(&known.last_name, &new_contact.last_name)
        && emails.zip(wanted_email).is_none_or(|(known, new_contact)| known == new_contact)
}
