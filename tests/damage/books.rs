//! A book that has something in every table that says something about contacts, and what it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cardex::attributes::AttributeNamespace;
use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::contacts::MergeOptions;
use cardex::events::NewEvent;
use cardex::tags::UnknownTagPolicy;
use cardex::{
    Actor, ContactId, ContactPatch, ContactUpdate, NewAdvisor, NewContact, Options, Result, Session, Store,
    limits,
};

use crate::support::{SMS, new, options};

/// What each contact says: its fields, its advisors, tags, values, notes and card.
pub(crate) type Told = BTreeMap<ContactId, String>;

pub(crate) fn opened() -> Options {
    options(3).readers(1).region("FR")
}

/// The files that a book consists of.
pub(crate) fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// Makes a book of so many contacts, and closes it.
pub(crate) fn make(path: &Path, contacts: usize) -> Result<()> {
    let store = opened().open(path)?;
    let desk = store.session(Actor::System);
    let advisor = |name: &str| NewAdvisor::new(name, "Advisor").email(format!("{name}@bank.example"));
    let advisors =
        [desk.directory().add_advisor(advisor("eve"))?.id, desk.directory().add_advisor(advisor("fay"))?.id];
    desk.events().declare("seen")?;
    desk.funnels().add("welcome", "Welcome")?;
    let mut ids = Vec::new();
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
        let id = desk.add(contact)?.id;
        ids.push(id);
        enrich(&desk, id, n)?;
    }
    desk.link(ids[0], advisors[1])?;
    desk.blocked_numbers().block(advisors[0], [NewBlockedNumber::new("+33612300001", BlockReason::Spam)])?;
    desk.remove(ids[1])?;
    desk.merge(ids[2], ids[3], MergeOptions::new().allow_different_identifiers(true))?;
    store.optimize()
}

fn enrich(desk: &Session, id: ContactId, n: usize) -> Result<()> {
    desk.tags().set(id, &[["vip", "old"][n % 2]], UnknownTagPolicy::Create)?;
    let value = ContactUpdate::new(ContactPatch::new()).set_attribute(
        AttributeNamespace::Custom,
        "plan",
        format!("plan {n}"),
    );
    desk.update(id, value)?;
    if n.is_multiple_of(3) {
        desk.notes(id).add(&format!("note number {n}, which says something"))?;
        desk.events().fire(id, NewEvent::new("seen"))?;
        desk.funnels().join(id, "welcome")?;
    }
    Ok(())
}

/// What a book says of all contacts, the trash included.
pub(crate) fn told(store: &Store) -> Result<Told> {
    let desk = store.session(Actor::System);
    let mut all = Told::new();
    for trash in [false, true] {
        let list = desk.contacts().limit(limits::PAGE);
        let list = if trash { list.trash() } else { list };
        for contact in list.iter() {
            let contact = contact?;
            let id = contact.id;
            let (links, tags) = (desk.links_of(&[id])?, desk.tags().of(&[id])?);
            let tags: Vec<_> = tags[0].iter().map(|tag| tag.name.clone()).collect();
            let values: Vec<_> =
                desk.attributes().of(&[id])?[0].iter().map(|it| format!("{}={}", it.key, it.value)).collect();
            let notes: Vec<_> =
                desk.notes(id).list().page()?.items.into_iter().map(|note| note.content).collect();
            let fields = serde_json::to_string(&contact).unwrap();
            all.insert(id, format!("{fields} {links:?} {tags:?} {values:?} {notes:?} {:?}", desk.card(id)?));
        }
    }
    Ok(all)
}

/// Everything a caller might do with a damaged book: errors are fine, panics are not.
pub(crate) fn use_up(path: &Path) -> Result<()> {
    let store = opened().open(path)?;
    let desk = store.session(Actor::System);
    let found = desk.search("fi").fuzzy(true).page()?;
    if let Some(hit) = found.items.first() {
        let _ = desk.edit(hit.contact.id, ContactPatch::new().company("New"));
        let _ = desk.purge(hit.contact.id);
    }
    let _ = desk.contacts().network(SMS).sections();
    let _ = desk.search_substring("ast").page();
    let _ = desk.add(NewContact::new(SMS, "Dan", "Dorn"));
    let _ = desk.changes().limit(10).page();
    let _ = desk.stats();
    let _ = store.optimize();
    let _ = store.rebuild_index();
    let _ = store.vacuum();
    store.check().map(drop)
}
