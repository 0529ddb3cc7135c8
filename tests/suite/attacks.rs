//! An advisor attacks a book: what a colleague, another tenant or the host owns is neither read, changed nor counted.

use crate::support::{new, open_store};
use cardex::contacts::{AddManyOptions, MergeOptions};
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::TenantPolicy;
use cardex::entitlements::{NewEntitlement, Permission};
use cardex::events::NewEvent;
use cardex::jobs::{JobAction, NewJob};
use cardex::onboarding::NewOnboarding;
use cardex::tags::{Tag, TagPatch};
use cardex::{
    Actor, AdvisorId, ContactId, ContactPatch, ErrorReport, Filter, Network, NewAdvisor, NewContact, Result,
    Session, SortField, Store, Typeahead,
};

const NETWORK: Network = Network::WHATSAPP;

/// A book with a victim's contacts, some of the attacker, and some of another tenant.
struct Book {
    store: Store,
    system: Session,
    /// The attacker.
    me: Session,
    my_id: AdvisorId,
    victim: AdvisorId,
    theirs: Vec<ContactId>,
    mine: Vec<ContactId>,
    shared: ContactId,
    tag: Tag,
}

fn person(name: &str, number: usize, digits: &str, advisor: AdvisorId) -> NewContact {
    let phone = format!("+336{digits}{number:06}");
    let contact =
        NewContact::new(NETWORK, format!("{name}{number}"), format!("{name}last{number}")).phone(phone);
    contact.company(format!("{name}corp{number}")).email(format!("{name}{number}@x.org")).advisor(advisor)
}

fn add_all(session: &Session, people: Vec<NewContact>) -> Vec<ContactId> {
    let mut ids = Vec::new();
    session
        .add_many(people, AddManyOptions::new(), |_, outcome| match outcome {
            cardex::contacts::ImportOutcome::Added(id) => ids.push(id),
            other => panic!("{other:?}"),
        })
        .unwrap();
    ids
}

fn book() -> Book {
    let (store, system) = open_store();
    system.directory().set_tenant_policy(&TenantPolicy::new()).unwrap();
    let advisor = |session: &Session, name: &str| {
        session.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id
    };
    let (victim, my_id) = (advisor(&system, "Victim"), advisor(&system, "Mallory"));
    let theirs = add_all(&system, (0..300).map(|at| person("secret", at, "10", victim)).collect());
    let mine = add_all(&system, (0..60).map(|at| person("own", at, "20", my_id)).collect());
    let shared = NewContact::new(NETWORK, "Shared", "Person")
        .company("Shareco")
        .email("shared@s.org")
        .phone("+33644444444");
    let shared = system.add(shared.shared().advisor(my_id)).unwrap().id;
    let tag = system.tags().add(TagPatch::new().name("vip")).unwrap();
    for id in theirs.iter().take(50) {
        system.tags().attach(*id, tag.id).unwrap();
    }
    let me = store.session(Actor::Advisor(my_id));
    Book { store, system, me, my_id, victim, theirs, mine, shared, tag }
}

/// The whole report of an error: nothing in it may tell one case from the other.
fn report<T>(result: Result<T>) -> ErrorReport {
    result.err().map(ErrorReport::from).unwrap()
}

/// A call on a contact.
type Call<'a> = Box<dyn Fn(ContactId) -> Result<()> + 'a>;

/// Reads and writes of a victim's contact fail like those of a contact that does not exist.
#[test]
fn a_victims_contact_does_not_exist() {
    let Book { system, me, my_id, victim, theirs, mine, tag, .. } = book();
    let (one, absent) = (theirs[0], ContactId(cardex::limits::ID));
    system.events().declare("buy").unwrap();
    let note = system.notes(one).add("confidential").unwrap().id;
    let calls: Vec<(&str, Call<'_>)> = vec![
        ("card", Box::new(|id| me.card(id).map(drop))),
        ("photo", Box::new(|id| me.photo(id).map(drop))),
        ("notes", Box::new(|id| me.notes(id).list().page().map(drop))),
        ("note", Box::new(|id| me.notes(id).add("x").map(drop))),
        ("events", Box::new(|id| me.events().of(id).page().map(drop))),
        ("fire", Box::new(|id| me.events().fire(id, NewEvent::new("buy").idempotency_key("k")).map(drop))),
        ("edit", Box::new(|id| me.edit(id, ContactPatch::new().first_name("P")).map(drop))),
        ("set_photo", Box::new(|id| me.set_photo(id, None).map(drop))),
        ("remove", Box::new(|id| me.remove(id))),
        ("link", Box::new(|id| me.link(id, my_id).map(drop))),
        ("unlink", Box::new(|id| me.unlink(id, victim).map(drop))),
        ("tag", Box::new(|id| me.tags().attach(id, tag.id).map(drop))),
        ("mark_active", Box::new(|id| me.mark_active(id, cardex::Timestamp(99)))),
        ("history", Box::new(|id| me.merge_history(id).map(drop))),
        ("survivor", Box::new(|id| me.survivor(id).map(drop))),
        ("merge into mine", Box::new(|id| me.merge(mine[2], id, MergeOptions::new()).map(drop))),
    ];
    for (what, call) in calls {
        let hide = |id: ContactId| {
            let mut report = report(call(id));
            report.message = report.message.replace(&id.to_string(), "ID");
            report.contact = None;
            report
        };
        assert_eq!(hide(one), hide(absent), "{what}");
    }
    assert!(me.get(one).unwrap().is_none());
    let through_mine = me.notes(mine[0]).get(note);
    assert_eq!(report(through_mine).code, "not-found");
    assert_eq!(report(me.notes(mine[0]).edit(note, "pwned")).code, "not-found");
    assert_eq!(system.notes(one).get(note).unwrap().content, "confidential");
}

/// Counts, events and duplicates are those of the contacts that the advisor sees.
#[test]
fn counts_events_and_errors_are_of_seen_contacts() {
    let Book { store, system, me, my_id, theirs, mine, shared, tag, .. } = book();
    assert_eq!((me.tags().get(tag.id).unwrap().contacts, tag.contacts), (0, 0));
    assert_eq!(system.tags().get(tag.id).unwrap().contacts, 50);
    assert!(me.tags().list().page().unwrap().items.iter().all(|tag| tag.contacts == 0));
    for filter in ["first starts secret", "first contains own", "tag = vip"] {
        let job = NewJob::new(JobAction::Tag { tag: tag.id }, filter.parse::<Filter>().unwrap());
        let id = me.jobs().create(job.dry_run(true)).unwrap().id;
        let last = loop {
            let progress = me.jobs().run_batch(id, 100).unwrap();
            assert!(progress.job.scanned <= 61, "{} of the 61 that the advisor sees", progress.job.scanned);
            if progress.is_over() {
                break progress.job;
            }
        };
        assert_eq!((last.scanned, last.percent), (61, 100), "{filter}");
    }
    system.events().declare("buy").unwrap();
    let event = system.events().fire(theirs[0], NewEvent::new("buy")).unwrap();
    let (unseen, absent) = (report(me.events().get(event.seq)), report(me.events().get(event.seq + 100)));
    assert_eq!((unseen.code.as_ref(), absent.code.as_ref()), ("not-found", "not-found"));
    let duplicate = report(me.add(person("secret", 0, "10", my_id)));
    assert_eq!((duplicate.code.as_ref(), duplicate.holder, duplicate.contact), ("duplicate", None, None));
    assert!(!duplicate.message.contains(&theirs[0].to_string()));
    let edited = report(me.edit(mine[1], ContactPatch::new().phones(["+33610000001"])));
    assert_eq!((edited.code.as_ref(), edited.holder), ("duplicate", None));
    let onboarding =
        NewOnboarding::new(NETWORK, "Eve", "Evil", "+33610000000", my_id).company("C").email("e@x.org");
    let onboarded = report(me.onboarding().onboard(&onboarding));
    assert_eq!((onboarded.code.as_ref(), onboarded.holder, onboarded.contact), ("duplicate", None, None));
    // Notes on a shared contact belong to a tenant.
    let away = system.clone().in_tenant(system.directory().add_tenant("away").unwrap().id);
    let foreign = away.notes(shared).add("of the other tenant").unwrap().id;
    let own = system.notes(shared).add("ours").unwrap().id;
    let seen: Vec<_> =
        me.notes(shared).list().page().unwrap().items.into_iter().map(|note| note.id).collect();
    assert_eq!(seen, [own]);
    assert_eq!(report(me.notes(shared).get(foreign)).code, "not-found");
    // A conversation that the advisor cannot see is one that does not exist.
    system
        .conversations()
        .add(&NewConversation::new("s", ConversationKind::MultiParty, NETWORK).member(theirs[0]))
        .unwrap();
    assert_eq!(me.conversations().get("s").unwrap(), None);
    drop(store);
}

/// No page of a list or search, in any order and with any filter, has a cursor that is longer or different for unseen contacts, and a
/// cursor with any changed character is refused.
#[test]
fn cursors_tell_nothing_and_cannot_be_forged() {
    let Book { me, system, .. } = book();
    let host = system.contacts().limit(5).page().unwrap().after.unwrap();
    assert_eq!(report(me.contacts().limit(5).after(host.clone()).page()).code, "cursor-mismatch");
    assert_eq!(report(me.contacts().position(&host)).code, "cursor-mismatch");
    let mut cursors = 0;
    let mut check = |text: &str, next: &dyn Fn(cardex::Cursor) -> Result<()>| {
        cursors += 1;
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text).unwrap();
        let shown = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!["secr", "own", "corp", "+336", "x.org"].iter().any(|word| shown.contains(word)), "{shown}");
        for at in [0, 1, 5, 13, 40, text.len() / 2, text.len() - 20, text.len() - 2] {
            let mut forged = text.as_bytes().to_vec();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap().parse().unwrap();
            assert_eq!(report(next(forged)).code, "bad-cursor", "character {at}");
        }
    };
    for field in SortField::ALL {
        for filter in ["true", "name contains qqq", "email contains own", "company contains 9"] {
            let list = || me.contacts().order(field).filter(filter.parse().unwrap()).limit(7);
            let page = list().page().unwrap();
            assert!(page.items.iter().all(|contact| !contact.first_name.starts_with("secret")));
            for cursor in page.after.iter().chain(&page.before) {
                check(cursor.as_str(), &|cursor| list().after(cursor).page().map(drop));
            }
        }
    }
    for text in ["", "o", "own", "s", "secret", "x.org", "3362"] {
        let search = || me.search(text).limit(7);
        if let Some(cursor) = search().page().unwrap().after {
            check(cursor.as_str(), &|cursor| search().after(cursor).page().map(drop));
        }
    }
    assert!(cursors > 15, "{cursors}");
}

/// Permissions that are taken away count at once: in running jobs, in a typeahead, in cursors and after a withdrawal.
#[test]
fn revoked_permissions_are_gone() {
    let Book { store, system, theirs, tag, .. } = book();
    let lee = system.directory().add_advisor(NewAdvisor::new("Lee", "")).unwrap().id;
    let entitlement = NewEntitlement::new(NETWORK).advisor(lee).permissions([Permission::ListCustomers]);
    system.entitlements().add(entitlement).unwrap();
    let session = store.session(Actor::Advisor(lee));
    let all = || session.contacts().network(NETWORK).limit(5);
    assert_eq!(all().total().unwrap(), 361);
    let mut typing = Typeahead::new(&session, |search| search.network(NETWORK).limit(50));
    assert!(!typing.page("secret29").unwrap().items.is_empty());
    let after = all().page().unwrap().after.unwrap();
    let job = NewJob::new(JobAction::Tag { tag: tag.id }, Filter::all([])).network(NETWORK);
    let job = session.jobs().create(job).unwrap().id;
    system.entitlements().revoke(lee, &NETWORK, Permission::ListCustomers).unwrap();
    assert_eq!(typing.page("secret299").unwrap().items.len(), 0);
    assert!(session.get(theirs[0]).unwrap().is_none());
    assert_eq!(
        (all().total().unwrap(), report(all().after(after).page()).code.as_ref()),
        (0, "cursor-mismatch")
    );
    let last = loop {
        let progress = session.jobs().run_batch(job, 500).unwrap();
        if progress.is_over() {
            break progress.job;
        }
    };
    assert_eq!((last.done, last.unchanged), (0, 0));
    let add = || session.add(person("new", 1, "30", lee)).map(drop);
    system.entitlements().withdraw(lee, &NETWORK).unwrap();
    assert_eq!(
        report(add()).code,
        "forbidden",
        "not the permissions of the tenant for advisors without an entitlement"
    );
    assert_eq!(
        report(session.add(new("X", "Y").advisor(lee)).map(drop).and_then(|()| add())).code,
        "forbidden"
    );
}
