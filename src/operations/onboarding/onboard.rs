//! Onboarding: a contact is created for some advisors, or linked to more of them.

use crate::access::rights::{Rights, may, permissions};
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::{self, Write};
use crate::engine::Inner;
use crate::error::{Error, Problem, Refusal, Result};
use crate::feed::{Effect, outbox};
use crate::model::{
    AdvisorId, Consent, Contact, Details, Field, NetworkPolicy, Onboarding, Permission, Phone, Status,
    address, fold_email,
};
use crate::operations::contact::add::{Target, put};
use crate::operations::contact::draft::{phone_key, reopen};
use crate::operations::contact::edit::change;
use crate::operations::contact::links::relink;
use crate::operations::list::order::Orders;
use crate::operations::onboarding::invite::invited;
use crate::operations::{Context, Tally};
use crate::text::fold::fold;

/// What became of an onboarding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Onboarded {
    /// The contact as it is now.
    pub contact: Contact,
    /// Whether it is new.
    pub created: bool,
    /// The advisors that were linked.
    pub linked: Vec<AdvisorId>,
}

/// One onboarding under way, with what was looked up for it.
struct Desk<'a> {
    inner: &'a Inner,
    db: &'a Write<'a>,
    context: Context<'a>,
    rights: Rights,
    home: i64,
    network: i64,
    policy: NetworkPolicy,
    orders: Orders,
}

impl Session {
    /// Creates a contact and links advisors to it, or links more advisors to the one who has the number already. Where the
    /// network has invitations a new contact gets one; what there is to send or to open is in the outbox.
    ///
    /// The number is one with its country: without a plus it is read as if one stood before it, unless it is a number of the
    /// book's region. A contact known by its number only ([`Status::Incomplete`]) takes the names given.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a field that is missing or breaks a rule of the network; [`Error::NoNetwork`],
    /// [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`]; [`Error::Refused`] with [`Refusal::NetworkClosed`],
    /// [`Refusal::OnboarderNotEntitled`], [`Refusal::AdvisorNotEntitled`], [`Refusal::NotTheOnboarder`],
    /// [`Refusal::ForeignNumber`], [`Refusal::LanguageNotSupported`], [`Refusal::AlreadyOnboarded`],
    /// [`Refusal::AlreadyExists`]; [`Error::Forbidden`] if the onboarder may not link others. Nothing is written then.
    pub fn onboard(&self, new: &Onboarding) -> Result<Onboarded> {
        let origin = self.origin_name()?;
        new.details.check()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            let home = rights.home(db)?;
            if !db::tenants::is_open(db, home, 0, network)? {
                return Err(Refusal::NetworkClosed.into());
            }
            self.supported(&new.details)?;
            let context = Context { now: self.inner.now(), origin };
            let orders = Orders::read(&self.inner, db)?;
            let desk = Desk { inner: &self.inner, db, context, rights, home, network, policy, orders };
            let room = new.room(&desk.policy)?;
            let phone = desk.phone(&new.details.phone)?;
            let onboarder = desk.onboarder(new)?;
            let advisors = desk.advisors(new, onboarder)?;
            let group = db::entitlement::group(db, onboarder, network)?;
            match desk.known(&phone, group)? {
                Some(known) => desk.link(known, new, &phone, &advisors),
                None => desk.create(new, &phone, group, &advisors, room),
            }
        })
    }

    /// Refuses a language that is none of the set.
    pub(crate) fn supported(&self, details: &Details) -> Result<()> {
        let known =
            |language: &String| language.is_empty() || self.inner.options.languages.contains(language);
        if details.language.as_ref().is_none_or(known) {
            Ok(())
        } else {
            Err(Refusal::LanguageNotSupported.into())
        }
    }
}

impl Desk<'_> {
    /// The number as an address: in E.164 form, and of the tenant's country if it has one.
    fn phone(&self, text: &str) -> Result<Phone> {
        let parsed = self.inner.phones.parse_abroad(text);
        let e164 = parsed.and_then(|parsed| parsed.e164);
        let e164 = e164.ok_or_else(|| Error::invalid(Field::Phone, Problem::NotAPhone))?;
        let policy = db::tenants::policy(self.db, self.home)?;
        if !e164.trim_start_matches('+').starts_with(&policy.calling_code) {
            return Err(Refusal::ForeignNumber.into());
        }
        Ok(address(text, &e164))
    }

    /// Who onboards: the actor, if that is an advisor, and somebody who may create contacts here.
    fn onboarder(&self, new: &Onboarding) -> Result<i64> {
        let found =
            self.rights.named(self.db, &new.onboarder).and_then(|id| self.rights.colleague(self.db, id));
        let onboarder = match found {
            Err(error) if error.is_not_found() => return Err(Refusal::OnboarderNotEntitled.into()),
            found => found?,
        };
        if self.rights.advisor().is_some_and(|own| own != onboarder) {
            return Err(Refusal::NotTheOnboarder.into());
        }
        if !may(self.db, onboarder, Permission::CreateContact, self.network)? {
            return Err(Refusal::OnboarderNotEntitled.into());
        }
        Ok(onboarder)
    }

    /// The advisors to link, with their local ids.
    fn advisors(&self, new: &Onboarding, onboarder: i64) -> Result<Vec<(AdvisorId, i64)>> {
        let mut advisors = Vec::new();
        for key in new.wanted() {
            let id = self.rights.named(self.db, key)?;
            let local = self.rights.colleague(self.db, id)?;
            if permissions(self.db, local, self.network)?.is_none() {
                return Err(Refusal::AdvisorNotEntitled(id).into());
            }
            if !advisors.contains(&(id, local)) {
                advisors.push((id, local));
            }
        }
        let others = advisors.iter().any(|(_, local)| *local != onboarder);
        let on_behalf = Permission::OnBehalfOnboard;
        if others && !may(self.db, onboarder, on_behalf, self.network)? {
            return Err(Error::Forbidden(on_behalf.lacking()));
        }
        Ok(advisors)
    }

    /// The contact whose address the number is: the tenant's own, or one shared between tenants.
    fn known(&self, phone: &Phone, group: Option<i64>) -> Result<Option<Stored>> {
        for (tenant, group) in [(self.home, group), (0, None)] {
            let key = phone_key(&phone.normal, self.network, group);
            if let Some(id) = db::unique_values::holder(self.db, tenant, &key)? {
                return Ok(db::contact::one(self.db, id)?);
            }
        }
        Ok(None)
    }

    /// Links more advisors to a contact that is there.
    fn link(
        &self,
        known: Stored,
        new: &Onboarding,
        phone: &Phone,
        advisors: &[(AdvisorId, i64)],
    ) -> Result<Onboarded> {
        let mut tally = Tally::default();
        let known = if known.contact.status == Some(Status::Incomplete) && known.tenant.is_some() {
            let wanted = new.details.lay_over(reopen(&known, new.network.clone())).status(Status::Confirmed);
            let draft = self.inner.press(&self.orders.collator).press(
                wanted,
                &self.policy,
                std::slice::from_ref(phone),
            )?;
            change(self.db, self.context, &self.orders, known, draft, &self.policy, &mut tally)?.0
        } else if is_same_person(&known.contact, &new.details) {
            known
        } else {
            return Err(Refusal::AlreadyExists(known.contact.id).into());
        };
        let mut linked = Vec::new();
        for (id, local) in advisors {
            if relink(self.db, self.context, &self.orders, &known, *local, true, &mut tally)? {
                linked.push(*id);
            }
        }
        tally.write(self.db, &self.orders)?;
        if linked.is_empty() {
            return Err(Refusal::AlreadyOnboarded(known.contact.id).into());
        }
        Ok(Onboarded { contact: known.contact, created: false, linked })
    }

    fn create(
        &self,
        new: &Onboarding,
        phone: &Phone,
        group: Option<i64>,
        advisors: &[(AdvisorId, i64)],
        room: bool,
    ) -> Result<Onboarded> {
        let mut wanted = new.details.contact(new.network.clone());
        wanted.group = group.map(|group| db::tenants::group_id(self.db, group)).transpose()?;
        // A number of the North American plan: only there contacts have to opt in before they are written to.
        wanted.consent =
            (self.policy.asks_consent && phone.normal.starts_with("+1")).then_some(Consent::Pending);
        let first = advisors.first().map(|(id, _)| *id);
        let mut draft = self.inner.press(&self.orders.collator).press(
            wanted,
            &self.policy,
            std::slice::from_ref(phone),
        )?;
        let contact = &mut draft.stored.contact;
        if self.policy.needs_invitation {
            contact.status = Some(Status::PendingConfirmation);
            contact.invitation = Some(invited(self.inner, self.db, self.context.now)?);
        }
        let mut locals: Vec<i64> = advisors.iter().map(|(_, local)| *local).collect();
        locals.sort_unstable();
        let target = Target::within(self.home, self.network, group, locals);
        let added = put(self.inner, self.db, self.context, &self.orders, draft, &target, &self.policy)?;
        let contact = added.contact;
        if let Some(invitation) = &contact.invitation {
            let (code, expires_at) = (invitation.code.clone(), invitation.expires_at);
            let effect = Effect::SendInvitation { contact: contact.id, advisor: first, code, expires_at };
            outbox::put(self.db, self.home, &effect, self.context.now)?;
        }
        if let (true, Some(advisor)) = (room, first) {
            let effect = Effect::CreateRoom { contact: contact.id, advisor, network: new.network.clone() };
            outbox::put(self.db, self.home, &effect, self.context.now)?;
        }
        Ok(Onboarded { contact, created: true, linked: advisors.iter().map(|(id, _)| *id).collect() })
    }
}

/// Whether a contact that is there is who the caller means: the same names, and the same main e-mail address if both have one.
fn is_same_person(known: &Contact, wanted: &Details) -> bool {
    let same = |a: &str, b: &str| fold(a) == fold(b);
    let emails = known.emails.first().map(|email| fold_email(&email.text));
    let wanted_email = wanted.email.as_deref().filter(|email| !email.trim().is_empty()).map(fold_email);
    same(&known.first_name, &wanted.first_name)
        && same(&known.last_name, &wanted.last_name)
        && emails.zip(wanted_email).is_none_or(|(known, wanted)| known == wanted)
}
