//! A store with rows in every table of contact data, and a dump of its contents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cardex::attributes::AttributeNamespace;
use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::contacts::{AddManyOptions, MergeOptions};
use cardex::events::NewEvent;
use cardex::tags::UnknownTagPolicy;
use cardex::{
    Actor, ContactId, ContactPatch, ContactUpdate, NewAdvisor, NewContact, Options, Result, Session, Store,
    limits,
};

use crate::support::{SMS, new, options};

/// The data of each contact: fields, advisors, tags, values, notes and card.
pub(crate) type Snapshot = BTreeMap<ContactId, String>;

pub(crate) fn opened() -> Options {
    options(3).readers(1).region("FR")
}

/// The files of a store.
pub(crate) fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// Creates a store with this number of contacts, and closes it.
pub(crate) fn make(path: &Path, contacts: usize) -> Result<()> {
    let store = opened().open(path)?;
    let session = store.session(Actor::System);
    let advisor = |name: &str| NewAdvisor::new(name, "Advisor").email(format!("{name}@bank.example"));
    let advisors = [
        session.directory().add_advisor(advisor("eve"))?.id,
        session.directory().add_advisor(advisor("fay"))?.id,
    ];
    session.events().declare("seen")?;
    session.funnels().add("welcome", "Welcome")?;
    session.saved_filters().add("contact", "Lyon", &"city = Lyon".into())?;
    let mut ids = Vec::new();
    let import = session.imports().begin("people.vcf")?.id;
    for n in 0..contacts {
        let contact = new(&format!("First{n}"), &format!("Last{}", n % 17))
            .company(["Acme", "Globex", ""][n % 3])
            .city("Lyon")
            .nickname(format!("nick{n}"))
            .phone(format!("+336123{n:05}"))
            .email(format!("c{n}@example.com"))
            .identifier("crm", format!("id{n}"))
            .uid(format!("uid-{n}"))
            .advisor(advisors[n % 2]);
        // Some cards do not fit a page.
        let filler = "x".repeat(if n % 40 == 7 { 9_000 } else { 20 });
        let contact =
            if n % 4 == 3 { contact.card(format!("{{\"n\":{n},\"is\":\"{filler}\"}}")) } else { contact };
        let id = session.add(contact)?.id;
        ids.push(id);
        enrich(&session, id, n)?;
    }
    session.link(ids[0], advisors[1])?;
    let again = new("First0", "Last0").uid("uid-0").language("fr");
    session.add_many([again], AddManyOptions::new().update(true).record_in(import), |_, _| ())?;
    session
        .blocked_numbers()
        .block(advisors[0], [NewBlockedNumber::new("+33612300001", BlockReason::Spam)])?;
    session.remove(ids[1])?;
    session.merge(ids[2], ids[3], MergeOptions::new().allow_different_identifiers(true))?;
    store.optimize()
}

fn enrich(session: &Session, id: ContactId, n: usize) -> Result<()> {
    session.tags().set(id, &[["vip", "old"][n % 2]], UnknownTagPolicy::Create)?;
    let value = ContactUpdate::new(ContactPatch::new()).set_attribute(
        AttributeNamespace::Custom,
        "plan",
        format!("plan {n}"),
    );
    session.update(id, value)?;
    if n.is_multiple_of(3) {
        session.notes(id).add(&format!("note number {n}, which says something"))?;
        session.events().fire(id, NewEvent::new("seen"))?;
        session.funnels().join(id, "welcome")?;
    }
    Ok(())
}

/// Dumps all contacts, including the trash.
pub(crate) fn dump(store: &Store) -> Result<Snapshot> {
    let session = store.session(Actor::System);
    let mut all = Snapshot::new();
    for trash in [false, true] {
        let list = session.contacts().limit(limits::PAGE);
        let list = if trash { list.trash() } else { list };
        for contact in list.iter() {
            let contact = contact?;
            let id = contact.id;
            let (links, tags) = (session.links_of(&[id])?, session.tags().of(&[id])?);
            let tags: Vec<_> = tags[0].iter().map(|tag| tag.name.clone()).collect();
            let values: Vec<_> = session.attributes().of(&[id])?[0]
                .iter()
                .map(|it| format!("{}={}", it.key, it.value))
                .collect();
            let notes: Vec<_> =
                session.notes(id).list().page()?.items.into_iter().map(|note| note.content).collect();
            let fields = serde_json::to_string(&contact).unwrap();
            all.insert(
                id,
                format!("{fields} {links:?} {tags:?} {values:?} {notes:?} {:?}", session.card(id)?),
            );
        }
    }
    Ok(all)
}

/// Calls everything on a damaged store. Errors are permitted, panics are not.
pub(crate) fn use_everything(path: &Path) -> Result<()> {
    let store = opened().open(path)?;
    let session = store.session(Actor::System);
    let found = session.search("fi").fuzzy(true).page()?;
    if let Some(hit) = found.items.first() {
        let _ = session.edit(hit.contact.id, ContactPatch::new().company("New"));
        let _ = session.purge(hit.contact.id);
    }
    let _ = session.contacts().network(SMS).sections();
    let _ = session.search_substring("ast").page();
    let _ = session.add(NewContact::new(SMS, "Dan", "Dorn"));
    let _ = session.changes().limit(10).page();
    let _ = session.stats();
    let _ = store.optimize();
    let _ = store.rebuild_index();
    let _ = store.vacuum();
    store.check().map(drop)
}
