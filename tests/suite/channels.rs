//! Notes, funnels, channels and channel identities of contacts.

use cardex::channels::{ChannelIdentityPatch, ChannelPatch};
use cardex::{Actor, Contact, NewAdvisor, Page, Result, Session, Store, Timestamp, limits};

use crate::support::{To, backwards, forwards, new, open_store};

fn fixture() -> (Store, Session, Contact) {
    let (store, session) = open_store();
    let anna = session.add(new("Anna", "X").phone("+33612345678").email("a@b")).unwrap();
    (store, session, anna)
}

fn walk<T: Clone + PartialEq + std::fmt::Debug>(page: &impl Fn(To) -> Result<Page<T>>) -> Vec<T> {
    let (all, last) = forwards(2, page);
    assert_eq!(backwards(2, last, page), all);
    all
}

/// A page of a list at any position.
macro_rules! pages {
    ($list:expr) => {
        walk(&|to| match to {
            To::First => $list.limit(2).page(),
            To::After(cursor) => $list.limit(2).after(cursor).page(),
            To::Before(cursor) => $list.limit(2).before(cursor).page(),
        })
    };
}

#[test]
fn notes_come_newest_first_and_the_last_writer_is_the_author() {
    let (store, session, anna) = fixture();
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    session.link(anna.id, ada).unwrap();
    let own = store.session(Actor::Advisor(ada));
    let notes: Vec<_> = (0..5).map(|at| session.notes(anna.id).add(&format!("note {at}")).unwrap()).collect();
    let reported: Vec<_> =
        pages!(session.notes(anna.id).list()).into_iter().map(|note| note.content).collect();
    assert_eq!(reported, ["note 4", "note 3", "note 2", "note 1", "note 0"]);
    assert_eq!(notes[0].advisor, None);
    let edited = own.notes(anna.id).edit(notes[0].id, "other").unwrap();
    assert_eq!((edited.content.as_str(), edited.advisor), ("other", Some(ada)));
    assert!(edited.created_at == notes[0].created_at && edited.updated_at > notes[0].updated_at);
    assert_eq!(session.notes(anna.id).get(notes[0].id).unwrap(), edited);
    own.notes(anna.id).delete(notes[0].id).unwrap();
    let beth = session.add(new("Beth", "X")).unwrap();
    for reported in [
        session.notes(anna.id).get(notes[0].id).map(drop),
        session.notes(anna.id).delete(notes[0].id),
        session.notes(beth.id).get(notes[1].id).map(drop),
        session.notes(beth.id).edit(notes[1].id, "x").map(drop),
        session.notes(beth.id).delete(notes[1].id),
    ] {
        assert_eq!(reported.unwrap_err().code(), "not-found");
    }
    assert_eq!(own.notes(beth.id).add("x").unwrap_err().code(), "no-contact");
    for bad in ["", " \n", &"x".repeat(limits::NOTE + 1)] {
        assert_eq!(session.notes(anna.id).add(bad).unwrap_err().code(), "invalid");
    }
    session.notes(anna.id).add(&"é".repeat(limits::NOTE)).unwrap();
    assert_eq!(session.get(anna.id).unwrap().unwrap().version, anna.version, "a note is no edit");
    assert!(!format!("{edited:?}").contains("other"));
}

#[test]
fn contacts_are_subscribed_to_funnels_by_key() {
    let (store, session, anna) = fixture();
    for key in ["c", "a", "b", "A", "d"] {
        session.funnels().add(key, "Name").unwrap();
    }
    assert_eq!(session.funnels().add("a", "").unwrap_err().code(), "exists");
    assert_eq!(session.funnels().add(" ", "").unwrap_err().code(), "invalid");
    let keys: Vec<_> =
        pages!(session.funnels().list()).into_iter().map(|funnel| funnel.service_key).collect();
    assert_eq!(keys, ["A", "a", "b", "c", "d"]);
    for key in ["b", "c", "a"] {
        assert!(
            session.funnels().join(anna.id, key).unwrap() && !session.funnels().join(anna.id, key).unwrap()
        );
    }
    let of = || -> Vec<_> {
        pages!(session.funnels().of(anna.id)).into_iter().map(|funnel| funnel.service_key).collect()
    };
    assert_eq!(of(), ["c", "a", "b"]);
    assert!(
        session.funnels().leave(anna.id, "a").unwrap() && !session.funnels().leave(anna.id, "a").unwrap()
    );
    session.funnels().delete("b").unwrap();
    assert_eq!(of(), ["c"]);
    assert_eq!(session.funnels().join(anna.id, "b").unwrap_err().code(), "not-found");
    assert_eq!(session.funnels().delete("b").unwrap_err().code(), "not-found");
    let away = session.directory().add_tenant("away").unwrap().id;
    assert_eq!(store.session(Actor::Administrator(away)).funnels().list().page().unwrap().items, []);
}

#[test]
fn a_channel_identity_is_unique_on_its_channel() {
    let (_store, session, anna) = fixture();
    let beth = session.add(new("Beth", "X")).unwrap();
    let [telegram, other] =
        ["Telegram", "telegram"].map(|kind| session.channels().add(kind, " Bot ").unwrap());
    assert_eq!((telegram.kind.as_str(), telegram.name.as_str(), telegram.active), ("telegram", "Bot", true));
    let identity = session.channels().find_or_create_identity(telegram.id, "ab", anna.id).unwrap();
    assert_eq!((identity.contact, identity.subscribed, identity.unread), (anna.id, true, 0));
    assert_eq!(
        session.channels().find_or_create_identity(telegram.id, "ab", beth.id).unwrap(),
        identity,
        "the one that is there"
    );
    for (channel, identifier) in [(&telegram, "AB"), (&other, "ab"), (&other, "x")] {
        session.channels().find_or_create_identity(channel.id, identifier, anna.id).unwrap();
    }
    assert_eq!(pages!(session.channels().identities_of(anna.id)).len(), 4);
    assert_eq!(session.channels().identity(telegram.id, "ab").unwrap(), Some(identity.clone()));
    assert_eq!(session.channels().identity(telegram.id, "x").unwrap(), None);
    let changed = session
        .channels()
        .edit_identity(identity.id, ChannelIdentityPatch::new().subscribed(false).unread(3))
        .unwrap();
    assert_eq!(session.channels().identity(telegram.id, "ab").unwrap(), Some(changed.clone()));
    assert_eq!((changed.subscribed, changed.unread), (false, 3));
    session.channels().delete_identity(identity.id).unwrap();
    assert_eq!(session.channels().delete_identity(identity.id).unwrap_err().code(), "not-found");
    assert_eq!(
        session.channels().find_or_create_identity(telegram.id, "ab", beth.id).unwrap().contact,
        beth.id
    );
    for kind in ["", "a b", &"x".repeat(33)] {
        assert_eq!(session.channels().add(kind, "").unwrap_err().code(), "invalid");
    }
    for (kind, good, bad) in [
        ("whatsapp", "123456789012345", ["", "+33", "1234567890123456"]),
        ("sms", "+33", ["33", "+", "+1234567890123456"]),
        ("viber", "any thing", [" ", "", &"x".repeat(limits::IDENTIFIER + 1)]),
    ] {
        let channel = session.channels().add(kind, "").unwrap();
        session.channels().find_or_create_identity(channel.id, good, anna.id).unwrap();
        for bad in bad {
            assert_eq!(
                session.channels().find_or_create_identity(channel.id, bad, anna.id).unwrap_err().code(),
                "invalid",
                "{kind} {bad}"
            );
        }
    }
}

#[test]
fn contacts_are_reachable_by_their_methods() {
    let (_store, session, anna) = fixture();
    let unnamed = session.add(new("Nobody", "X").phone("1234567")).unwrap();
    for kind in ["sms", "whatsapp", "email", "api", "web"] {
        session.channels().add(kind, kind).unwrap();
    }
    let reachable = |contact: &Contact| -> Vec<(String, Option<String>)> {
        let ways = session.channels().reachable(contact.id).unwrap();
        ways.into_iter().map(|way| (way.channel.kind, way.identifier)).collect()
    };
    let way = |kind: &str, identifier: Option<&str>| (kind.to_owned(), identifier.map(str::to_owned));
    let [sms, whatsapp, email, api] = [
        way("sms", Some("+33612345678")),
        way("whatsapp", Some("33612345678")),
        way("email", Some("a@b")),
        way("api", None),
    ];
    assert_eq!(reachable(&anna), [sms.clone(), whatsapp.clone(), email.clone(), api.clone()]);
    assert_eq!(reachable(&unnamed), [api]);
    let all = pages!(session.channels().list());
    session.channels().find_or_create_identity(all[3].id, "known", anna.id).unwrap();
    session.channels().find_or_create_identity(all[4].id, "web", anna.id).unwrap();
    session.channels().edit(all[0].id, ChannelPatch::new().active(false).name("off")).unwrap();
    assert_eq!(reachable(&anna), [whatsapp, email, way("api", Some("known")), way("web", Some("web"))]);
    assert_eq!(session.channels().get(all[0].id).unwrap().name, "off");
}

#[test]
fn tenants_and_advisors_are_separated() {
    let (store, session, anna) = fixture();
    let away = session.directory().add_tenant("away").unwrap().id;
    let there = store.session(Actor::Administrator(away));
    let channel = session.channels().add("web", "").unwrap();
    let identity = session.channels().find_or_create_identity(channel.id, "a", anna.id).unwrap();
    for reported in [
        there.channels().get(channel.id).map(drop),
        there.channels().edit(channel.id, ChannelPatch::new()).map(drop),
        there.channels().identity(channel.id, "a").map(drop),
        there.channels().edit_identity(identity.id, ChannelIdentityPatch::new()).map(drop),
        there.channels().delete_identity(identity.id),
    ] {
        assert_eq!(reported.unwrap_err().code(), "not-found");
    }
    let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
    let own = store.session(Actor::Advisor(ada));
    let mine = session.add(new("Mia", "Mine").advisor(ada)).unwrap();
    assert_eq!(own.channels().identity(channel.id, "a").unwrap(), None, "of a contact that is not theirs");
    assert_eq!(
        own.channels().find_or_create_identity(channel.id, "a", mine.id).unwrap_err().code(),
        "exists"
    );
    assert_eq!(
        own.channels().edit_identity(identity.id, ChannelIdentityPatch::new()).unwrap_err().code(),
        "not-found"
    );
    own.channels().find_or_create_identity(channel.id, "mine", mine.id).unwrap();
}

#[test]
fn a_purged_contact_leaves_nothing_and_the_trash_keeps_all() {
    let (store, session, anna) = fixture();
    let channel = session.channels().add("web", "").unwrap();
    session.funnels().add("f", "").unwrap();
    session.notes(anna.id).add("x").unwrap();
    session.funnels().join(anna.id, "f").unwrap();
    session.channels().find_or_create_identity(channel.id, "a", anna.id).unwrap();
    session.remove(anna.id).unwrap();
    let counts = || {
        let notes = session.notes(anna.id).list().page()?.items.len();
        Ok::<_, cardex::Error>((
            notes,
            session.funnels().of(anna.id).page()?.items.len(),
            session.channels().identities_of(anna.id).page()?.items.len(),
        ))
    };
    assert_eq!(counts().unwrap(), (1, 1, 1));
    session.purge(anna.id).unwrap();
    assert_eq!(counts().unwrap_err().code(), "no-contact");
    assert_eq!(session.channels().identity(channel.id, "a").unwrap(), None);
    let report = store.check().unwrap();
    assert!(report.is_ok(), "{report:?}");
}

#[test]
fn a_contact_is_online_for_twenty_seconds() {
    let (_store, session, anna) = fixture();
    assert!(!anna.is_online(Timestamp(0)));
    session.mark_active(anna.id, Timestamp(50_000)).unwrap();
    let anna = session.get(anna.id).unwrap().unwrap();
    assert!(anna.is_online(Timestamp(70_000)) && !anna.is_online(Timestamp(70_001)));
}
