//! Editing a contact that was onboarded, by the rules of the federation contract.

use crate::access::session::Session;
use crate::db;
use crate::error::{Refusal, Result};
use crate::model::{AdvisorId, Contact, ContactId, Details, Permission, Status, fold_email};
use crate::operations::contact::draft::reopen;
use crate::operations::contact::edit::change;
use crate::operations::list::order::Orders;
use crate::operations::{Context, Tally};
use crate::text::phone::ParsedPhone;

impl Session {
    /// Replaces names and company of a contact that an advisor has, and language and e-mail address if they are given. The
    /// phone, which must be sent too, is the contact's address and does not change. A contact known by its number only
    /// ([`Status::Incomplete`]) is confirmed with that.
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact), [`Error::NoAdvisor`](crate::Error::NoAdvisor);
    /// [`Error::Refused`](crate::Error::Refused) with [`Refusal::NotTheirContact`], [`Refusal::SharedContact`],
    /// [`Refusal::PhoneFixed`], [`Refusal::OwnContactEmail`], [`Refusal::LanguageNotSupported`];
    /// [`Error::Forbidden`](crate::Error::Forbidden) without [`Permission::EditContact`], or for another e-mail address
    /// without [`Permission::EditContactEmail`]; [`Error::Invalid`](crate::Error::Invalid),
    /// [`Error::Taken`](crate::Error::Taken). Nothing is written then.
    pub fn update_onboarded(
        &self,
        contact: ContactId,
        advisor: AdvisorId,
        details: &Details,
    ) -> Result<Contact> {
        let origin = self.origin_name()?;
        details.check()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let stored = rights.changeable(db, contact, Permission::EditContact)?;
            let advisor = rights.colleague(db, advisor)?;
            if !db::entries::is_linked(db, stored.id, advisor)? {
                return Err(Refusal::NotTheirContact.into());
            }
            self.supported(details)?;
            let old = &stored.contact;
            let parsed = self.inner.phones.parse_abroad(&details.phone);
            if parsed.as_ref().map(ParsedPhone::normal)
                != old.phones.first().map(|phone| phone.normal.as_str())
            {
                return Err(Refusal::PhoneFixed.into());
            }
            let email = old.emails.first().map_or_else(String::new, |email| fold_email(&email.text));
            if details.email.as_deref().is_some_and(|wanted| fold_email(wanted.trim()) != email) {
                if old.own_advisor.is_some() {
                    return Err(Refusal::OwnContactEmail.into());
                }
                rights.require(db, Permission::EditContactEmail, stored.network)?;
            }
            let mut wanted = details.lay_over(reopen(&stored, old.network.clone()));
            if old.status == Some(Status::Incomplete) {
                wanted.status = Some(Status::Confirmed);
            }
            let (_, policy) = db::directory::network(db, &old.network)?;
            let orders = Orders::read(&self.inner, db)?;
            let draft = self.inner.press(&orders.collator).press(wanted, &policy, &old.phones)?;
            let (mut tally, context) = (Tally::default(), Context { now: self.inner.now(), origin });
            let (stored, _) = change(db, context, &orders, stored, draft, &policy, &mut tally)?;
            tally.write(db, &orders)?;
            Ok(stored.contact)
        })
    }
}
