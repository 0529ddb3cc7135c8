//! Permissions: operations on tags, jobs, attributes, events, notes, channels.

use crate::permissions::Needs::Administrator;
use crate::permissions::{Fixture, NOTHING, Row, TO_SEE, all, missing, needs_visibility};
use crate::support::SMS;
use cardex::attributes::AttributeNamespace::Custom;
use cardex::attributes::{AttributeId, AttributeKind, AttributePatch, NewAttribute};
use cardex::channels::{ChannelIdentityPatch, ChannelPatch};
use cardex::contacts::{AddManyOptions, ImportItem, ImportTarget};
use cardex::entitlements::Permission;
use cardex::entitlements::Permission::{EditContact, EditContactEmail, ListCustomers};
use cardex::events::NewEvent;
use cardex::imports::{ImportId, UndoOutcome};
use cardex::jobs::{JobAction, JobId, JobOutcome, NewJob};
use cardex::tags::{TagId, TagPatch, UnknownTagPolicy};
use cardex::{ContactId, ContactPatch, ContactUpdate, Error, NewContact, Result};

pub(crate) fn tags() -> Vec<Row> {
    /// Runs `work` with a tag.
    fn with_tag(s: &Fixture, work: impl FnOnce(TagId) -> Result<()>) -> Result<()> {
        let tag = s.session.tags().add(TagPatch::new().name("a"))?.id;
        let done = work(tag);
        s.session.tags().delete(tag)?;
        done
    }
    vec![
        ("tags.list", "the tenant's", NOTHING, |s| s.own.tags().list().page().map(drop)),
        ("tags.get", "the tenant's", NOTHING, |s| with_tag(s, |tag| s.own.tags().get(tag).map(drop))),
        ("tags.named", "the tenant's", NOTHING, |s| s.own.tags().named("a").map(drop)),
        ("tags.add", "one", Administrator, |s| s.own.tags().add(TagPatch::new().name("b")).map(drop)),
        ("tags.edit", "one", Administrator, |s| {
            with_tag(s, |tag| s.own.tags().edit(tag, TagPatch::new().name("b")).map(drop))
        }),
        ("tags.delete", "one", Administrator, |s| with_tag(s, |tag| s.own.tags().delete(tag))),
        ("tags.of", "a colleague's contact", needs_visibility(), |s| {
            with_tag(s, |tag| {
                s.session.tags().attach(s.theirs, tag)?;
                let reported = s.own.tags().of(&[s.theirs])?.concat();
                if reported.is_empty() { Err(Error::NoContact(s.theirs)) } else { Ok(()) }
            })
        }),
        ("tags.attach", "one's own", all([missing(EditContact)]), |s| {
            with_tag(s, |tag| s.own.tags().attach(s.mine, tag).map(drop))
        }),
        ("tags.attach", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_tag(s, |tag| s.own.tags().attach(s.theirs, tag).map(drop))
        }),
        ("tags.detach", "one's own", all([missing(EditContact)]), |s| {
            with_tag(s, |tag| s.own.tags().detach(s.mine, tag).map(drop))
        }),
        ("tags.set", "one's own", all([missing(EditContact)]), |s| {
            s.own.tags().set(s.mine, &[""; 0], UnknownTagPolicy::Reject).map(drop)
        }),
    ]
}

pub(crate) fn jobs() -> Vec<Row> {
    /// Runs `work` with a job on the contact.
    fn with_job(s: &Fixture, on: ContactId, work: impl FnOnce(JobId) -> Result<()>) -> Result<()> {
        let tag = s.session.tags().add(TagPatch::new().name("a"))?.id;
        let new = NewJob::new(JobAction::Tag { tag }, cardex::Filter::id([on])).network(SMS);
        let job = s.own.jobs().create(new)?.id;
        let done = work(job);
        s.session.jobs().cancel(job)?;
        s.session.jobs().delete(job)?;
        s.session.tags().delete(tag)?;
        done
    }
    /// Runs the job. Returns the error of its only contact.
    fn run(s: &Fixture, job: JobId) -> Result<()> {
        match s.own.jobs().run_batch(job, 1)?.outcomes.pop() {
            Some((_, JobOutcome::Rejected(error))) => Err(error),
            Some(_) => Ok(()),
            None => Err(Error::NoContact(s.theirs)),
        }
    }
    vec![
        ("jobs.create", "one's own", NOTHING, |s| with_job(s, s.mine, |_| Ok(()))),
        ("jobs.run_batch", "on one's own", all([missing(EditContact)]), |s| {
            with_job(s, s.mine, |job| run(s, job))
        }),
        ("jobs.run_batch", "on a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_job(s, s.theirs, |job| run(s, job))
        }),
        ("jobs.get", "one's own", NOTHING, |s| with_job(s, s.mine, |job| s.own.jobs().get(job).map(drop))),
        ("jobs.list", "one's own", NOTHING, |s| s.own.jobs().list().page().map(drop)),
        ("jobs.failures", "of one's own", NOTHING, |s| {
            with_job(s, s.mine, |job| s.own.jobs().failures(job).page().map(drop))
        }),
        ("jobs.cancel", "one's own", NOTHING, |s| {
            with_job(s, s.mine, |job| s.own.jobs().cancel(job).map(drop))
        }),
        ("jobs.delete", "one's own", NOTHING, |s| {
            let job = s.own.jobs().create(NewJob::new(JobAction::Remove, cardex::Filter::any([])))?.id;
            s.own.jobs().cancel(job)?;
            s.own.jobs().delete(job)
        }),
    ]
}

pub(crate) fn imports() -> Vec<Row> {
    /// Runs `work` with an import that changed a contact.
    fn with_import(s: &Fixture, on: ContactId, work: impl FnOnce(ImportId) -> Result<()>) -> Result<()> {
        let import = s.own.imports().begin("file")?.id;
        // The system may change every contact.
        let contact = s.session.get(on)?.ok_or(Error::NoContact(on))?;
        let target = ImportTarget::Contact { id: on, version: contact.version };
        let record = NewContact::new(contact.network.clone(), "Other", "Name");
        let options = AddManyOptions::new().update(true).record_in(import);
        s.session.add_many([ImportItem::new(record, target)], options, |_, _| ())?;
        let done = work(import);
        s.session
            .edit(on, ContactPatch::new().first_name(contact.first_name).last_name(contact.last_name))?;
        s.session.imports().delete(import)?;
        done
    }
    /// Undoes the import. Returns the error of its only contact.
    fn undo(s: &Fixture, import: ImportId, of: ContactId) -> Result<()> {
        match s.own.imports().undo_batch(import, 2)?.outcomes.pop() {
            Some((_, UndoOutcome::Rejected(error))) => Err(error),
            Some(_) => Ok(()),
            None => Err(Error::NoContact(of)),
        }
    }
    vec![
        ("imports.begin", "one's own", NOTHING, |s| {
            let import = s.own.imports().begin("file")?.id;
            s.own.imports().delete(import)
        }),
        ("imports.get", "one's own", NOTHING, |s| {
            with_import(s, s.mine, |import| s.own.imports().get(import).map(drop))
        }),
        ("imports.list", "one's own", NOTHING, |s| s.own.imports().list().page().map(drop)),
        ("imports.undo_batch", "of one's own", all([missing(EditContact)]), |s| {
            with_import(s, s.mine, |import| undo(s, import, s.mine))
        }),
        ("imports.undo_batch", "of a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_import(s, s.theirs, |import| undo(s, import, s.theirs))
        }),
        ("imports.delete", "one's own", NOTHING, |s| {
            let import = s.own.imports().begin("file")?.id;
            s.own.imports().delete(import)
        }),
    ]
}

pub(crate) fn attributes() -> Vec<Row> {
    fn value() -> ContactUpdate {
        ContactUpdate::new(ContactPatch::new()).set_attribute(Custom, "a", 1)
    }
    vec![
        ("attributes.list", "the tenant's", NOTHING, |s| s.own.attributes().list(Custom).page().map(drop)),
        ("attributes.get", "the tenant's", NOTHING, |s| s.own.attributes().get(Custom, "a").map(drop)),
        ("attributes.add", "one", Administrator, |s| {
            s.own.attributes().add(NewAttribute::new(Custom, "b", AttributeKind::Text)).map(drop)
        }),
        ("attributes.edit", "one", Administrator, |s| {
            s.own.attributes().edit(AttributeId(1), AttributePatch::new()).map(drop)
        }),
        ("attributes.delete", "one", Administrator, |s| s.own.attributes().delete(AttributeId(1))),
        ("attributes.of", "a colleague's contact", needs_visibility(), |s| {
            s.session.update(s.theirs, value())?;
            let reported = s.own.attributes().of(&[s.theirs])?.concat();
            if reported.is_empty() { Err(Error::NoContact(s.theirs)) } else { Ok(()) }
        }),
        ("update", "a value", all([missing(EditContact)]), |s| s.own.update(s.mine, value()).map(drop)),
        ("update", "an e-mail address", all([missing(EditContact), missing(EditContactEmail)]), |s| {
            s.own
                .update(s.mine, ContactUpdate::new(ContactPatch::new().emails(["mia@example.com"])))
                .map(drop)
        }),
        ("update", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.update(s.theirs, value()).map(drop)
        }),
    ]
}

/// The number of an event that the system fires.
pub(crate) fn fired(s: &Fixture, on: ContactId) -> Result<i64> {
    s.session.events().declare("paid")?;
    Ok(s.session.events().fire(on, NewEvent::new("paid"))?.seq)
}

pub(crate) fn notes() -> Vec<Row> {
    /// Runs `work` with a note on the own contact.
    fn with_note(s: &Fixture, work: impl FnOnce(cardex::notes::NoteId) -> Result<()>) -> Result<()> {
        let note = s.session.notes(s.mine).add("x")?.id;
        let done = work(note);
        match s.session.notes(s.mine).delete(note) {
            Err(Error::NotFound(..)) => done,
            deleted => done.and(deleted),
        }
    }
    fn with_funnel(s: &Fixture, work: impl FnOnce() -> Result<()>) -> Result<()> {
        s.session.funnels().add("f", "")?;
        let done = work();
        s.session.funnels().delete("f")?;
        done
    }
    vec![
        ("saved_filters.add", "one's own", NOTHING, |s| {
            s.own.saved_filters().add("contact", "x", &1.into()).map(drop)
        }),
        ("saved_filters.of_kind", "one's own", NOTHING, |s| {
            s.own.saved_filters().of_kind("contact").map(drop)
        }),
        ("saved_filters.get", "one's own", NOTHING, |s| {
            let own = s.own.saved_filters().add("contact", "x", &1.into())?.id;
            s.own.saved_filters().get(own).map(drop)
        }),
        ("saved_filters.edit", "one's own", NOTHING, |s| {
            let own = s.own.saved_filters().add("contact", "x", &1.into())?.id;
            s.own.saved_filters().edit(own, Some("y"), None).map(drop)
        }),
        ("saved_filters.delete", "one's own", NOTHING, |s| {
            let own = s.own.saved_filters().add("contact", "x", &1.into())?.id;
            s.own.saved_filters().delete(own)
        }),
        ("notes.list", "one's own", NOTHING, |s| s.own.notes(s.mine).list().page().map(drop)),
        ("notes.list", "a colleague's contact", needs_visibility(), |s| {
            s.own.notes(s.theirs).list().page().map(drop)
        }),
        ("notes.get", "one's own", NOTHING, |s| with_note(s, |note| s.own.notes(s.mine).get(note).map(drop))),
        ("notes.add", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            s.own.notes(s.theirs).add("x").map(drop)
        }),
        ("notes.edit", "one's own", all([missing(EditContact)]), |s| {
            with_note(s, |note| s.own.notes(s.mine).edit(note, "y").map(drop))
        }),
        ("notes.delete", "one's own", all([missing(EditContact)]), |s| {
            with_note(s, |note| s.own.notes(s.mine).delete(note))
        }),
        ("funnels.list", "the tenant's", NOTHING, |s| s.own.funnels().list().page().map(drop)),
        ("funnels.of", "a colleague's contact", needs_visibility(), |s| {
            s.own.funnels().of(s.theirs).page().map(drop)
        }),
        ("funnels.add", "one", Administrator, |s| s.own.funnels().add("g", "").map(drop)),
        ("funnels.delete", "one", Administrator, |s| s.own.funnels().delete("g")),
        ("funnels.join", "one's own", all([missing(EditContact)]), |s| {
            with_funnel(s, || s.own.funnels().join(s.mine, "f").map(drop))
        }),
        ("funnels.leave", "a colleague's contact", all([TO_SEE, missing(EditContact)]), |s| {
            with_funnel(s, || s.own.funnels().leave(s.theirs, "f").map(drop))
        }),
    ]
}

pub(crate) fn identities() -> Vec<Row> {
    /// A channel of the tenant with a channel identity for each of two contacts.
    fn channel(s: &Fixture) -> Result<(cardex::channels::Channel, [cardex::channels::ChannelIdentity; 2])> {
        let known = s.session.channels().list().page()?.items.into_iter().next();
        let channel = known.map_or_else(|| s.session.channels().add("web", ""), Ok)?;
        let mine = s.session.channels().find_or_create_identity(channel.id, "mine", s.mine)?;
        let theirs = s.session.channels().find_or_create_identity(channel.id, "theirs", s.theirs)?;
        Ok((channel, [mine, theirs]))
    }
    const HIDDEN: (Permission, &str) = (ListCustomers, "not-found");
    vec![
        ("channels.list", "the tenant's", NOTHING, |s| s.own.channels().list().page().map(drop)),
        ("channels.get", "the tenant's", NOTHING, |s| s.own.channels().get(channel(s)?.0.id).map(drop)),
        ("channels.add", "one", Administrator, |s| s.own.channels().add("sms", "").map(drop)),
        ("channels.edit", "one", Administrator, |s| {
            s.own.channels().edit(channel(s)?.0.id, ChannelPatch::new()).map(drop)
        }),
        ("channels.find_or_create_identity", "one's own", all([missing(EditContact)]), |s| {
            s.own.channels().find_or_create_identity(channel(s)?.0.id, "mine", s.mine).map(drop)
        }),
        ("channels.identity", "a colleague's contact", all([HIDDEN]), |s| {
            s.own
                .channels()
                .identity(channel(s)?.0.id, "theirs")?
                .map(drop)
                .ok_or(Error::NotFound(cardex::EntityKind::ChannelIdentity, 0))
        }),
        ("channels.identities_of", "a colleague's contact", needs_visibility(), |s| {
            s.own.channels().identities_of(s.theirs).page().map(drop)
        }),
        ("channels.reachable", "a colleague's contact", needs_visibility(), |s| {
            s.own.channels().reachable(s.theirs).map(drop)
        }),
        ("channels.edit_identity", "a colleague's contact", all([HIDDEN, missing(EditContact)]), |s| {
            s.own
                .channels()
                .edit_identity(channel(s)?.1[1].id, ChannelIdentityPatch::new().unread(1))
                .map(drop)
        }),
        ("channels.delete_identity", "one's own", all([missing(EditContact)]), |s| {
            s.own.channels().delete_identity(channel(s)?.1[0].id)
        }),
    ]
}
