//! Permissions: operations on contacts, links, lists, onboarding.

use crate::permissions::Needs::Administrator;
use crate::permissions::{
    MINE, NOTHING, Row, THEIRS, TO_SEE, all, clear, missing, needs_visibility, refusal,
};
use crate::support::{SMS, new};
use cardex::contacts::{AddManyOptions, Photo};
use cardex::entitlements::Permission::{
    CreateContact, DeleteContact, EditContact, EditContactEmail, ListCustomers, OnBehalfOffboard,
    OnBehalfOnboard,
};
use cardex::onboarding::{NewOnboarding, OffboardResult, OffboardStatus, OnboardingDetails};
use cardex::{Contact, ContactId, ContactPatch, Error, NewContact, Page, Result, RuleViolation};

pub(crate) fn contacts() -> Vec<Row> {
    vec![
        ("add", "for oneself", all([missing(CreateContact)]), |s| {
            s.own.add(new("Bea", "Birch"))?;
            clear(s)
        }),
        ("add", "for a colleague too", all([missing(CreateContact), missing(OnBehalfOnboard)]), |s| {
            s.own.add(new("Bea", "Birch").advisor(s.colleague))?;
            clear(s)
        }),
        ("find_or_create", "an existing contact", NOTHING, |s| {
            s.own.find_or_create(new("", "").phone(MINE)).map(drop)
        }),
        ("find_or_create", "a new contact", all([missing(CreateContact)]), |s| {
            s.own.find_or_create(new("Bea", "").identifier("x", "1"))?;
            clear(s)
        }),
        ("add_many", "for oneself", all([missing(CreateContact)]), |s| {
            let mut reported = Ok(());
            s.own.add_many([new("Bea", "Birch")], AddManyOptions::new(), |_, outcome| {
                reported = refusal(&outcome);
            })?;
            clear(s)?;
            reported
        }),
        ("edit", "the company", all([missing(EditContact)]), |s| {
            s.own.edit(s.mine, ContactPatch::new().company("Acme")).map(drop)
        }),
        ("edit", "an e-mail address", all([missing(EditContact), missing(EditContactEmail)]), |s| {
            s.own.edit(s.mine, ContactPatch::new().emails(["mia@example.com"])).map(drop)
        }),
        ("edit", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.edit(s.theirs, ContactPatch::new().company("Acme")).map(drop)
        }),
        ("set_photo", "one's own", all([missing(EditContact)]), |s| {
            s.own.set_photo(s.mine, Some(&Photo::new("image/png", [1]))).map(drop)
        }),
        ("set_photo", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.set_photo(s.theirs, None).map(drop)
        }),
        ("mark_active", "one's own", NOTHING, |s| s.own.mark_active(s.mine, cardex::Timestamp(1))),
        ("mark_active", "a colleague's contact", needs_visibility(), |s| {
            s.own.mark_active(s.theirs, cardex::Timestamp(1))
        }),
        ("remove", "one's own", all([missing(DeleteContact)]), |s| {
            s.own.remove(s.mine)?;
            s.session.restore(s.mine).map(drop)
        }),
        ("remove", "what a colleague has too", Administrator, |s| s.own.remove(s.ours)),
        ("remove", "a colleague's contact", Administrator, |s| match s.own.remove(s.theirs) {
            // Without visibility the contact does not exist.
            Err(Error::NoContact(_)) => Err(Error::Forbidden("not seen")),
            done => done,
        }),
        ("restore", "one's own", all([missing(DeleteContact)]), |s| {
            s.session.remove(s.mine)?;
            let done = s.own.restore(s.mine);
            s.session.restore(s.mine)?;
            done.map(drop)
        }),
        ("purge", "one's own", Administrator, |s| s.own.purge(s.mine)),
        ("merge", "one's own", all([missing(EditContact), missing(DeleteContact)]), |s| {
            let twin = s.session.add(new("Mia", "Twin").advisor(s.me))?.id;
            let done = s.own.merge(s.mine, twin, cardex::contacts::MergeOptions::new());
            if let Ok(merged) = &done {
                s.session.unmerge(merged.merge)?;
            }
            s.session.purge(twin)?;
            done.map(drop)
        }),
        ("merge", "with a colleague's", all([missing(EditContact), missing(DeleteContact), TO_SEE]), |s| {
            let done = s.own.merge(s.ours, s.theirs, cardex::contacts::MergeOptions::new())?;
            s.session.unmerge(done.merge).map(drop)
        }),
        ("unmerge", "one's own", all([missing(EditContact), missing(DeleteContact)]), |s| {
            let twin = s.session.add(new("Mia", "Twin").advisor(s.me))?.id;
            let merger = s.session.merge(s.mine, twin, cardex::contacts::MergeOptions::new())?.merge;
            let done = s.own.unmerge(merger);
            if done.is_err() {
                s.session.unmerge(merger)?;
            }
            s.session.purge(twin)?;
            done.map(drop)
        }),
        ("survivor", "one's own", NOTHING, |s| s.own.survivor(s.mine).map(drop)),
        ("survivor", "a colleague's contact", needs_visibility(), |s| s.own.survivor(s.theirs).map(drop)),
        ("merge_history", "one's own", NOTHING, |s| s.own.merge_history(s.mine).map(drop)),
        ("merge_history", "a colleague's contact", needs_visibility(), |s| {
            s.own.merge_history(s.theirs).map(drop)
        }),
    ]
}

pub(crate) fn duplicates() -> Vec<Row> {
    vec![
        ("duplicates", "of one's own contacts", NOTHING, |s| {
            s.own.duplicates().network(SMS).page().map(drop)
        }),
        ("duplicates", "of a colleague's contacts", all([missing(ListCustomers)]), |s| {
            s.own.duplicates().network(SMS).advisor(s.colleague).page().map(drop)
        }),
        ("possible_duplicates", "of one's own contacts", NOTHING, |s| {
            s.own.possible_duplicates(NewContact::new(SMS, "Ada", "Ash")).map(drop)
        }),
        ("not_duplicates", "with a colleague's", all([missing(EditContact), TO_SEE]), |s| {
            s.own.not_duplicates(s.mine, s.theirs)?;
            s.session.forget_not_duplicates(s.mine, s.theirs).map(drop)
        }),
        ("forget_not_duplicates", "with a colleague's", all([missing(EditContact), TO_SEE]), |s| {
            s.own.forget_not_duplicates(s.mine, s.theirs).map(drop)
        }),
        ("not_duplicates_of", "one's own", NOTHING, |s| s.own.not_duplicates_of(s.mine).map(drop)),
        ("not_duplicates_of", "a colleague's contact", needs_visibility(), |s| {
            s.own.not_duplicates_of(s.theirs).map(drop)
        }),
    ]
}

pub(crate) fn links() -> Vec<Row> {
    vec![
        ("link", "a colleague", all([missing(OnBehalfOnboard)]), |s| {
            s.own.link(s.mine, s.colleague)?;
            s.session.unlink(s.mine, s.colleague).map(drop)
        }),
        ("link", "oneself to a colleague's contact", all([TO_SEE, missing(CreateContact)]), |s| {
            s.own.link(s.theirs, s.me)?;
            s.session.unlink(s.theirs, s.me).map(drop)
        }),
        ("unlink", "oneself", all([missing(DeleteContact)]), |s| {
            s.own.unlink(s.mine, s.me)?;
            s.session.link(s.mine, s.me).map(drop)
        }),
        ("unlink", "a colleague", all([missing(OnBehalfOffboard), missing(ListCustomers)]), |s| {
            s.own.unlink(s.ours, s.colleague)?;
            s.session.link(s.ours, s.colleague).map(drop)
        }),
    ]
}

/// The common status of an offboarding report.
pub(crate) fn cut(report: &[OffboardResult]) -> Result<()> {
    for removal in report {
        match removal.status {
            OffboardStatus::Success => {}
            OffboardStatus::NotFound => return Err(Error::NoContact(removal.contact)),
            _ => return Err(Error::Forbidden("reported")),
        }
    }
    Ok(())
}

pub(crate) fn federation() -> Vec<Row> {
    const NEW: &str = "+33698765432";
    vec![
        ("onboarding.onboard", "for oneself", all([(CreateContact, "onboarder-not-entitled")]), |s| {
            s.own.onboarding().onboard(&NewOnboarding::new(SMS, "Bea", "Birch", NEW, s.me))?;
            clear(s)
        }),
        (
            "onboarding.onboard",
            "for a colleague",
            all([(CreateContact, "onboarder-not-entitled"), missing(OnBehalfOnboard)]),
            |s| {
                s.own
                    .onboarding()
                    .onboard(&NewOnboarding::new(SMS, "Bea", "Birch", NEW, s.me).advisor(s.colleague))?;
                clear(s)
            },
        ),
        ("onboarding.edit", "the company", all([missing(EditContact)]), |s| {
            s.own.onboarding().edit(s.mine, s.me, &OnboardingDetails::new("Mia", "Mine", MINE)).map(drop)
        }),
        (
            "onboarding.edit",
            "the e-mail address",
            all([missing(EditContact), missing(EditContactEmail)]),
            |s| {
                let details = OnboardingDetails::new("Mia", "Mine", MINE).email("new@example.com");
                s.own.onboarding().edit(s.mine, s.me, &details)?;
                s.session.edit(s.mine, ContactPatch::new().emails(["mia@example.com"])).map(drop)
            },
        ),
        ("onboarding.edit", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own
                .onboarding()
                .edit(s.theirs, s.colleague, &OnboardingDetails::new("Theo", "Theirs", THEIRS))
                .map(drop)
        }),
        ("onboarding.resend_invitation", "one's own", all([missing(CreateContact)]), |s| {
            uninvited(s.own.onboarding().resend_invitation(s.mine, s.me))
        }),
        (
            "onboarding.resend_invitation",
            "a colleague's contact",
            all([TO_SEE, missing(CreateContact)]),
            |s| uninvited(s.own.onboarding().resend_invitation(s.theirs, s.colleague)),
        ),
        ("onboarding.confirm_invitation", "for a contact", Administrator, |s| {
            s.own.onboarding().confirm_invitation("X").map(drop)
        }),
        ("onboarding.offboard_contact", "one's own", all([missing(DeleteContact)]), |s| {
            cut(&s.own.onboarding().offboard_contact(s.mine)?)?;
            s.session.link(s.mine, s.me).map(drop)
        }),
        (
            "onboarding.offboard_contact",
            "from a colleague too",
            all([missing(DeleteContact), missing(OnBehalfOffboard), missing(ListCustomers)]),
            |s| {
                cut(&s.own.onboarding().offboard_contact(s.ours)?)?;
                s.session.link(s.ours, s.me)?;
                s.session.link(s.ours, s.colleague).map(drop)
            },
        ),
        ("onboarding.offboard_advisor", "oneself", all([missing(DeleteContact)]), |s| {
            cut(&s.own.onboarding().offboard_advisor(s.me)?)?;
            s.session.link(s.mine, s.me)?;
            s.session.link(s.ours, s.me).map(drop)
        }),
        // This concerns all networks, and permissions are for one network.
        ("onboarding.offboard_advisor", "a colleague", Administrator, |s| {
            s.own.onboarding().offboard_advisor(s.colleague).map(drop)
        }),
        ("onboarding.offboard", "oneself", all([missing(DeleteContact)]), |s| {
            cut(&s.own.onboarding().offboard(&[(s.mine, s.me)])?)?;
            s.session.link(s.mine, s.me).map(drop)
        }),
        ("onboarding.offboard", "a colleague", all([TO_SEE, missing(OnBehalfOffboard)]), |s| {
            cut(&s.own.onboarding().offboard(&[(s.theirs, s.colleague)])?)?;
            s.session.link(s.theirs, s.colleague).map(drop)
        }),
        ("companies", "one's own", NOTHING, |s| s.own.companies("a", 1).map(drop)),
        ("outbox.pending", "the tenant's", Administrator, |s| s.own.outbox().pending(1).map(drop)),
        ("outbox.pending_after", "the tenant's", Administrator, |s| {
            s.own.outbox().pending_after(1, 1).map(drop)
        }),
        ("outbox.record_attempt", "an effect", Administrator, |s| s.own.outbox().record_attempt(1).map(drop)),
        ("outbox.acknowledge", "an effect", Administrator, |s| s.own.outbox().acknowledge(1).map(drop)),
    ]
}

/// The network has no invitations. Callers with the permission get this error.
pub(crate) fn uninvited(done: Result<cardex::onboarding::Invitation>) -> Result<()> {
    match done {
        Err(Error::Rule(RuleViolation::InvitationsNotSupported)) => Ok(()),
        done => done.map(drop),
    }
}

/// Requires that a list contains a contact.
pub(crate) fn require_contained(
    require_found: impl IntoIterator<Item = ContactId>,
    wanted: ContactId,
) -> Result<()> {
    if require_found.into_iter().any(|id| id == wanted) { Ok(()) } else { Err(Error::NoContact(wanted)) }
}

pub(crate) fn require_found(require_found: Option<Contact>, wanted: ContactId) -> Result<()> {
    require_contained(require_found.map(|contact| contact.id), wanted)
}

pub(crate) fn hits(page: Page<cardex::Hit>) -> impl Iterator<Item = ContactId> {
    page.items.into_iter().map(|hit| hit.contact.id)
}

pub(crate) fn listed(page: Page<Contact>) -> impl Iterator<Item = ContactId> {
    page.items.into_iter().map(|contact| contact.id)
}

pub(crate) fn lists() -> Vec<Row> {
    vec![
        ("get", "one's own", NOTHING, |s| require_found(s.own.get(s.mine)?, s.mine)),
        ("get", "a colleague's contact", needs_visibility(), |s| {
            require_found(s.own.get(s.theirs)?, s.theirs)
        }),
        ("card", "one's own", NOTHING, |s| s.own.card(s.mine).map(drop)),
        ("card", "a colleague's contact", needs_visibility(), |s| s.own.card(s.theirs).map(drop)),
        ("photo", "one's own", NOTHING, |s| s.own.photo(s.mine).map(drop)),
        ("photo", "a colleague's contact", needs_visibility(), |s| s.own.photo(s.theirs).map(drop)),
        ("find_by_phone", "one's own", NOTHING, |s| {
            require_found(s.own.find_by_phone(&SMS, MINE, None)?, s.mine)
        }),
        ("find_by_phone", "a colleague's contact", needs_visibility(), |s| {
            require_found(s.own.find_by_phone(&SMS, THEIRS, None)?, s.theirs)
        }),
        ("contacts", "one's own", NOTHING, |s| require_contained(listed(s.own.contacts().page()?), s.mine)),
        ("contacts", "the tenant's", needs_visibility(), |s| {
            require_contained(listed(s.own.contacts().network(SMS).page()?), s.theirs)
        }),
        ("contacts", "a colleague's", all([missing(ListCustomers)]), |s| {
            require_contained(listed(s.own.contacts().network(SMS).advisor(s.colleague).page()?), s.theirs)
        }),
        ("contacts", "counted", needs_visibility(), |s| {
            let total = s.own.contacts().network(SMS).total()?;
            if total == 3 { Ok(()) } else { Err(Error::NoContact(s.theirs)) }
        }),
        ("contacts", "the trash", Administrator, |s| s.own.contacts().trash().page().map(drop)),
        ("search", "one's own", NOTHING, |s| require_contained(hits(s.own.search("mi").page()?), s.mine)),
        ("search", "the tenant's", needs_visibility(), |s| {
            require_contained(hits(s.own.search("th").network(SMS).page()?), s.theirs)
        }),
        ("search", "a colleague's", all([missing(ListCustomers)]), |s| {
            require_contained(hits(s.own.search("th").network(SMS).advisor(s.colleague).page()?), s.theirs)
        }),
        ("search", "the trash", Administrator, |s| s.own.search("").trash().page().map(drop)),
        ("search_substring", "one's own", NOTHING, |s| {
            require_contained(hits(s.own.search_substring("ine").page()?), s.mine)
        }),
        ("search_substring", "the tenant's", needs_visibility(), |s| {
            require_contained(hits(s.own.search_substring("eir").network(SMS).page()?), s.theirs)
        }),
        ("search_substring", "a colleague's", all([missing(ListCustomers)]), |s| {
            require_contained(
                hits(s.own.search_substring("eir").network(SMS).advisor(s.colleague).page()?),
                s.theirs,
            )
        }),
    ]
}
