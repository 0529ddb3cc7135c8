//! Edits an onboarded contact by the rules of Symphony Federation.

use crate::db;
use crate::error::{Result, RuleViolation};
use crate::model::{AdvisorId, Contact, ContactId, OnboardingDetails, Permission, Status, fold_email};
use crate::operations::contact::draft::to_new_contact;
use crate::operations::contact::edit::update_contact;
use crate::operations::context::WriteContext;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::ListOrders;
use crate::operations::onboarding::handle::Onboarding;
use crate::text::phone::ParsedPhone;

impl Onboarding<'_> {
    /// Replaces names and company of an advisor's contact, and language and e-mail address if given. The phone is
    /// required too, but it identifies the contact and cannot change. A contact with a number only
    /// ([`Status::Incomplete`]) becomes confirmed.
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact), [`Error::NoAdvisor`](crate::Error::NoAdvisor);
    /// [`Error::Rule`](crate::Error::Rule) with [`RuleViolation::ContactNotLinked`], [`RuleViolation::SharedContact`],
    /// [`RuleViolation::PhoneImmutable`], [`RuleViolation::OwnContactEmail`], [`RuleViolation::LanguageNotSupported`];
    /// [`Error::Forbidden`](crate::Error::Forbidden) without [`Permission::EditContact`], or for another e-mail address
    /// without [`Permission::EditContactEmail`]; [`Error::Invalid`](crate::Error::Invalid),
    /// [`Error::Duplicate`](crate::Error::Duplicate). After an error nothing is written.
    pub fn edit(
        &self,
        contact: ContactId,
        advisor: AdvisorId,
        details: &OnboardingDetails,
    ) -> Result<Contact> {
        let origin = self.session.origin_name()?;
        details.check()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            let stored = rights.editable_contact(db, contact, Permission::EditContact)?;
            let advisor = rights.visible_advisor(db, advisor)?;
            if !db::entries::is_linked(db, stored.id, advisor)? {
                return Err(RuleViolation::ContactNotLinked.into());
            }
            self.check_language(details)?;
            let old = &stored.contact;
            let parsed = self.session.engine.phones.parse_international(&details.phone);
            if parsed.as_ref().map(ParsedPhone::normalized)
                != old.phones.first().map(|phone| phone.normalized.as_str())
            {
                return Err(RuleViolation::PhoneImmutable.into());
            }
            let email = old.emails.first().map_or_else(String::new, |email| fold_email(&email.text));
            if details.email.as_deref().is_some_and(|new_contact| fold_email(new_contact.trim()) != email) {
                if old.own_advisor.is_some() {
                    return Err(RuleViolation::OwnContactEmail.into());
                }
                rights.require(db, Permission::EditContactEmail, stored.network)?;
            }
            let mut new_contact = details.apply_to(to_new_contact(&stored, old.network.clone()));
            if old.status == Some(Status::Incomplete) {
                new_contact.status = Some(Status::Confirmed);
            }
            let (_, policy) = db::directory::network(db, &old.network)?;
            let list_orders = ListOrders::for_writing(&self.session.engine, db)?;
            let draft = self.session.engine.normalizer(&list_orders.collator).normalize(
                new_contact,
                &policy,
                &old.phones,
            )?;
            let (mut counts, context) =
                (ListCounts::default(), WriteContext { now: self.session.engine.now(), origin });
            let (stored, _) = update_contact(db, context, &list_orders, stored, draft, &policy, &mut counts)?;
            counts.flush(db, &list_orders)?;
            Ok(stored.contact)
        })
    }
}
