//! What each operation does: uniqueness, trash, versions, limits, the change log, sections, and error texts without
//! personal data.

use crate::support::{SMS, found, letters, new, open_store};
use cardex::changes::ChangeKind;
use cardex::contacts::AddManyOptions;
use cardex::directory::NetworkPolicy;
use cardex::{
    Actor, ContactId, ContactPatch, EntityKind, Error, Field, Identifier, Network, NewAdvisor, NewContact,
    NewPhone, Status,
};

pub(crate) fn taken(error: Error) -> (Field, ContactId) {
    match error {
        Error::Duplicate { field, holder: Some(holder) } => (field, holder),
        other => panic!("taken, not {other:?}"),
    }
}

#[test]
fn add_and_get_return_the_same() {
    let (_store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap();
    let group = session.directory().add_group("north").unwrap();
    let added = session
        .add(
            new(" Zoë ", "Müller")
                .group(group.id)
                .nickname("Z")
                .company("Acme")
                .language("de")
                .status(Status::Confirmed)
                .phone(NewPhone::new("+33 6 12 34 56 78").label("cell"))
                .phone("+49 30 123456")
                .email(" Zoe@Example.COM ")
                .identifier("crm", "42")
                .uid("urn:uuid:1")
                .card("{\"@type\":\"Card\"}")
                .advisor(advisor.id)
                .advisor(advisor.id),
        )
        .unwrap();
    assert_eq!(session.get(added.id).unwrap().as_ref(), Some(&added));
    assert_eq!(
        (added.first_name.as_str(), added.display_name.as_str(), added.version),
        ("Zoë", "Zoë Müller", 1)
    );
    assert_eq!(added.phones[0].e164(), Some("+33612345678"));
    assert_eq!((added.emails[0].text.as_str(), added.group), ("Zoe@Example.COM", Some(group.id)));
    assert_eq!(session.card(added.id).unwrap().as_deref(), Some("{\"@type\":\"Card\"}"));
    assert_eq!(session.contacts().page().unwrap().items, std::slice::from_ref(&added));
    assert_eq!(session.search("zoe").page().unwrap().items[0].contact, added);
    for list in [
        session.contacts().id(added.id),
        session.contacts().email("ZOE@example.com"),
        session.contacts().phone("+49 30 12 34 56"),
        session.contacts().id(added.id).email("zoe@example.com").phone("+33 6.12.34.56.78").network(SMS),
        session.contacts().advisor(advisor.id),
    ] {
        assert_eq!(list.page().unwrap().items, std::slice::from_ref(&added));
    }
    assert!(session.contacts().id(ContactId(999_999)).page().unwrap().items.is_empty());
    assert!(session.contacts().email("zoe").page().unwrap().items.is_empty());
    assert_eq!(session.contacts().phone("?").page().unwrap_err().code(), "invalid");
}

/// A unique e-mail address and an equal identifier are different values.
#[test]
fn unique_values_are_unique_by_kind() {
    let (store, session) = open_store();
    let mail = Network::new("MAIL").unwrap();
    session.directory().add_network(&NetworkPolicy::new(mail.clone()).unique_email(true)).unwrap();
    let person = |first: &str| NewContact::new(mail.clone(), first, "Ash");
    session.add(person("Ada").email("a@x.org")).unwrap();
    session.add(person("Bea").uid("a@x.org")).unwrap();
    session.add(person("Cid").identifier("", "a@x.org")).unwrap();
    assert!(store.check().unwrap().is_ok());
    assert_eq!(session.add(person("Dan").email("A@x.org")).unwrap_err().code(), "duplicate");
}

#[test]
fn clashes_name_field_and_holder() {
    let (_store, session) = open_store();
    session
        .directory()
        .add_network(&NetworkPolicy::new(Network::new("MAIL").unwrap()).unique_email(true))
        .unwrap();
    let mail = Network::new("mail").unwrap();
    let holder = session
        .add(
            NewContact::new(mail.clone(), "Ada", "Ash")
                .phone("+33612345678")
                .phone("+33612345679")
                .email("ada@x")
                .identifier("crm", "1")
                .uid("u1"),
        )
        .unwrap()
        .id;
    let clash = |new: NewContact| taken(session.add(new).unwrap_err());
    let other = || NewContact::new(mail.clone(), "Bea", "Birch");
    assert_eq!(clash(other().phone("+33 6 12 34 56 78").phone("+33698765432")), (Field::Phone, holder));
    assert_eq!(clash(other().phone("+33 (0)612345678")), (Field::Phone, holder));
    assert_eq!(clash(other().email("ADA@x")), (Field::Email, holder));
    assert_eq!(clash(other().identifier("crm", "1")), (Field::Identifier, holder));
    assert_eq!(clash(new("Bea", "Birch").identifier("crm", "1")), (Field::Identifier, holder));
    assert_eq!(clash(other().uid("u1")), (Field::Uid, holder));
    // Not equal: another network, a second phone, another namespace, another tenant.
    let free = other().phone("+33612345679").identifier("hr", "1").identifier("crm", "01");
    let bea = session.add(free).unwrap().id;
    session.add(new("Cid", "Cole").phone("+33612345678").email("ada@x").uid("u1")).unwrap();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    away.add(other().phone("+33612345678").email("ada@x").identifier("crm", "1").uid("u1")).unwrap();
    // An edit with a duplicate value fails like an addition, and changes nothing.
    let before = session.get(bea).unwrap();
    let patch = ContactPatch::new().first_name("Zed").phones(["+33612345678"]);
    assert_eq!(taken(session.edit(bea, patch).unwrap_err()), (Field::Phone, holder));
    assert_eq!(session.get(bea).unwrap(), before);
    // A removed value is free.
    session.edit(holder, ContactPatch::new().phones(Vec::<String>::new()).emails(["new@x"])).unwrap();
    session.edit(bea, ContactPatch::new().phones(["+33612345678"]).emails(["ada@x"])).unwrap();
    assert_eq!(clash(other().phone("+33612345678")), (Field::Phone, bea));
}

#[test]
fn the_trash_frees_unique_values_and_restoring_claims_them() {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "Ash").phone("+33612345678").identifier("crm", "1").uid("u")).unwrap();
    session.remove(ada.id).unwrap();
    session.remove(ada.id).unwrap();
    let trashed = session.get(ada.id).unwrap().unwrap();
    assert_eq!((trashed.version, trashed.trashed_at.is_some()), (2, true));
    assert!(found(&session, "").is_empty() && session.contacts().page().unwrap().items.is_empty());
    assert_eq!(session.find_by_phone(&SMS, "+33612345678", None).unwrap(), None);
    assert_eq!(session.contacts().trash().page().unwrap().items, [trashed]);
    let bea = session.add(new("Bea", "Birch").phone("+33612345678").identifier("crm", "1").uid("u")).unwrap();
    assert_eq!(taken(session.restore(ada.id).unwrap_err()).1, bea.id);
    assert_eq!(session.contacts().trash().page().unwrap().items.len(), 1, "nothing happened");
    // A contact in the trash can be edited and linked. After restoring, it is found with its new values.
    let advisor = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap();
    session.edit(ada.id, ContactPatch::new().first_name("Eva").phones(["+33612345670"])).unwrap();
    assert!(session.link(ada.id, advisor.id).unwrap());
    assert!(found(&session, "eva").is_empty());
    session.edit(bea.id, ContactPatch::new().identifiers([]).uid("")).unwrap();
    let restored = session.restore(ada.id).unwrap();
    assert_eq!(
        session.restore(ada.id).unwrap(),
        restored,
        "restoring a contact outside the trash changes nothing"
    );
    assert_eq!(restored.trashed_at, None);
    assert_eq!(found(&store.session(Actor::Advisor(advisor.id)), ""), ["Eva Ash"]);
    assert_eq!(session.find_by_phone(&SMS, "+33612345670", None).unwrap().unwrap().id, ada.id);
    session.remove(ada.id).unwrap();
    session.purge(ada.id).unwrap();
    assert_eq!(session.get(ada.id).unwrap(), None);
    assert_eq!(session.purge(ada.id).unwrap_err().code(), "no-contact");
    session.purge(bea.id).unwrap();
    session.add(new("Cid", "Cole").phone("+33612345678")).unwrap();
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn versions() {
    let (_store, session) = open_store();
    let ada = session.add(new("Ada", "Ash").phone("+33612345678").email("a@b").card("{}")).unwrap();
    let same = ContactPatch::new()
        .first_name("Ada ")
        .phones(["+33612345678"])
        .emails(["a@b"])
        .display_name("")
        .status(None)
        .card("{}");
    assert_eq!(session.edit(ada.id, same).unwrap(), ada, "nothing changed: same version, same time");
    let edited = session.edit(ada.id, ContactPatch::new().company("Acme").expect_version(1)).unwrap();
    assert_eq!((edited.version, edited.updated_at > ada.updated_at), (2, true));
    let error = session.edit(ada.id, ContactPatch::new().company("B").expect_version(1)).unwrap_err();
    assert!(matches!(error, Error::VersionConflict { expected: 1, found: 2 }));
    let error = session.edit(ada.id, ContactPatch::new().expect_version(7)).unwrap_err();
    assert_eq!(error.code(), "version-conflict", "also for a patch that changes nothing");
    assert_eq!(session.get(ada.id).unwrap().unwrap(), edited);
    let card = session.edit(ada.id, ContactPatch::new().card("{ }")).unwrap();
    assert_eq!(card.version, 3, "a card counts");
}

#[test]
fn groups_tell_phones_apart() {
    let (_store, session) = open_store();
    let [north, south] = ["north", "south"].map(|name| session.directory().add_group(name).unwrap().id);
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    let west = away.directory().add_group("west").unwrap().id;
    let phone = "+33612345678";
    let in_group = |group| new("Ada", "Ash").group(group).phone(phone);
    let ada_north = session.add(in_group(north)).unwrap().id;
    assert_eq!(taken(session.add(in_group(north)).unwrap_err()), (Field::Phone, ada_north));
    let ada_south = session.add(in_group(south)).unwrap().id;
    let ada_west = away.add(in_group(west)).unwrap().id;
    let find =
        |group| session.find_by_phone(&SMS, "+33 6 12 34 56 78", group).map(|found| found.map(|c| c.id));
    assert_eq!(find(Some(north)).unwrap(), Some(ada_north));
    assert_eq!(find(Some(south)).unwrap(), Some(ada_south));
    assert_eq!(find(Some(west)).unwrap(), Some(ada_west));
    assert_eq!(find(None).unwrap(), Some(ada_north));
    assert_eq!(find(Some(cardex::directory::GroupId(999_999))).unwrap(), None);
    assert_eq!(away.find_by_phone(&SMS, phone, Some(north)).unwrap(), None);
    assert_eq!(away.add(in_group(north)).unwrap_err().code(), "not-found");
    assert_eq!(session.add(in_group(north).shared()).unwrap_err().code(), "forbidden");
    assert_eq!(session.find_by_phone(&Network::SMS, phone, None).unwrap(), None);
    assert_eq!(session.find_by_phone(&SMS, "?", None).unwrap_err().code(), "invalid");
    assert_eq!(session.directory().groups().unwrap().len(), 2);
}

#[test]
fn the_log_has_changes_in_order() {
    use ChangeKind::{Add, Edit, Link, Purge, Restore, Trash, Unlink};

    let (store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    let import = session.clone().origin("import");
    let id = import.add(new("Ada", "Ash").advisor(advisor)).unwrap().id;
    session.edit(id, ContactPatch::new().first_name("Eva").company("Acme").card("{}")).unwrap();
    session.edit(id, ContactPatch::new().first_name("Eva")).unwrap();
    assert!(!session.link(id, advisor).unwrap());
    assert!(session.unlink(id, advisor).unwrap() && !session.unlink(id, advisor).unwrap());
    assert!(session.link(id, advisor).unwrap());
    session.remove(id).unwrap();
    session.remove(id).unwrap();
    session.restore(id).unwrap();
    session.purge(id).unwrap();
    session.add(new("", "")).unwrap_err();
    let log = session.changes().limit(100).page().unwrap().items;
    let kinds: Vec<_> = log.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [Add, Edit, Unlink, Link, Trash, Restore, Purge]);
    assert!(log.iter().all(|change| change.contact == id));
    assert!(log.windows(2).all(|pair| pair[0].seq < pair[1].seq && pair[0].at <= pair[1].at));
    assert_eq!(log[1].fields, [Field::FirstName, Field::Company, Field::Card]);
    assert!(log[0].fields.is_empty() && log[0].origin == "import" && log[1].origin.is_empty());
    assert_eq!(session.changes().after(log[2].seq).limit(2).page().unwrap().items, log[3..5]);
    assert!(session.changes().after(log[6].seq).limit(1).page().unwrap().items.is_empty());
    assert!(store.check().unwrap().is_ok());
    // Every field has a name in the log.
    let id = session.add(new("A", "B")).unwrap().id;
    let all = ContactPatch::new()
        .first_name("C")
        .last_name("D")
        .display_name("E")
        .nickname("F")
        .company("G")
        .language("H")
        .status(Some(Status::Confirmed))
        .phones(["+33612345678"])
        .emails(["a@b"])
        .identifiers([Identifier::new("", "I")])
        .uid("J")
        .card("{}");
    session.edit(id, all).unwrap();
    assert_eq!(session.changes().limit(100).page().unwrap().items.pop().unwrap().fields.len(), 12);
}

#[test]
fn letters_are_counted() {
    let (store, session) = open_store();
    let advisor = session.directory().add_advisor(NewAdvisor::new("A", "B")).unwrap().id;
    let mut ids = Vec::new();
    for last in ["Ash", "ápple", "Berg", "Östberg", "7up", "", "Ångström"] {
        ids.push(session.add(new("Nora", last).advisor(advisor)).unwrap().id);
    }
    let conn = store.session(Actor::Advisor(advisor));
    assert_eq!(letters(&session), "#1 A3 B1 N1 O1");
    assert_eq!(letters(&conn), letters(&session));
    session.remove(ids[2]).unwrap();
    session.edit(ids[0], ContactPatch::new().last_name("Oak")).unwrap();
    session.unlink(ids[6], advisor).unwrap();
    assert_eq!(letters(&session), "#1 A2 N1 O2");
    assert_eq!(letters(&conn), "#1 A1 N1 O2");
    assert_eq!(session.contacts().network(Network::LINE).sections().unwrap(), []);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn names_that_exist() {
    let (_store, session) = open_store();
    let exists = |error: Error| match error {
        Error::Exists(thing) => thing,
        other => panic!("{other:?}"),
    };
    assert_eq!(exists(session.directory().add_tenant("default").unwrap_err()), EntityKind::Tenant);
    session.directory().add_group("north").unwrap();
    assert_eq!(exists(session.directory().add_group(" north ").unwrap_err()), EntityKind::Group);
    assert_eq!(
        exists(session.directory().add_network(&NetworkPolicy::new(SMS)).unwrap_err()),
        EntityKind::Network
    );
    let id = session.directory().add_advisor(NewAdvisor::new("A", "B").email("a@b")).unwrap().id;
    assert_eq!(
        exists(session.directory().add_advisor(NewAdvisor::new("C", "D").email("A@B")).unwrap_err()),
        EntityKind::Advisor
    );
    let two = [NewAdvisor::new("C", "D"), NewAdvisor::new("E", "F").id(id)];
    assert_eq!(exists(session.directory().add_advisors(two).unwrap_err()), EntityKind::Advisor);
    assert_eq!(session.directory().advisors().page().unwrap().items.len(), 1, "all or none");
    assert_eq!(session.directory().networks().unwrap().len(), 7);
}

#[test]
fn ids_are_digits_in_json() {
    let (_store, session) = open_store();
    let ada = session.add(new("Ada", "Ash")).unwrap();
    let json = serde_json::to_value(&ada).unwrap();
    assert_eq!(json["id"], ada.id.to_string());
    assert!(json["tenant"].is_string() && json["createdAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(serde_json::from_value::<cardex::Contact>(json).unwrap(), ada);
    let page = serde_json::to_value(session.contacts().limit(1).page().unwrap()).unwrap();
    assert_eq!(page["items"][0]["firstName"], "Ada");
    let change = serde_json::to_value(session.changes().limit(1).page().unwrap().items).unwrap();
    assert_eq!(change[0]["contact"], ada.id.to_string());
}

/// A name, number and address that must not appear outside the contact.
pub(crate) const MARK: &str = "Xyzzy";

#[test]
fn debug_output_and_errors_contain_no_personal_data() {
    let (store, session) = open_store();
    let phone = "+33698765432";
    let person = || {
        new(MARK, MARK)
            .display_name(MARK)
            .nickname(MARK)
            .company(MARK)
            .phone(phone)
            .email("xyzzy@xyzzy.example")
    };
    let advisor =
        session.directory().add_advisor(NewAdvisor::new(MARK, MARK).email("xyzzy@xyzzy.example")).unwrap();
    let added =
        session.add(person().identifier("xyzzy", "xyzzy").uid("xyzzy").card("{\"a\":\"xyzzy\"}")).unwrap();
    let patch = ContactPatch::new().first_name(MARK).phones([phone]);
    let hit = session.search("xyz").page().unwrap();
    let bad = [
        session.add(person()).map(drop).unwrap_err(),
        session.add(new("B", "B").identifier("xyzzy", "xyzzy")).map(drop).unwrap_err(),
        session.add(new("B", "B").uid("xyzzy")).map(drop).unwrap_err(),
        session.add(person().phone(MARK)).map(drop).unwrap_err(),
        session.add(person().email(MARK)).map(drop).unwrap_err(),
        session.add(person().card(MARK)).map(drop).unwrap_err(),
        session.add(person().nickname(MARK.repeat(100))).map(drop).unwrap_err(),
        session.edit(added.id, patch.clone().expect_version(9)).map(drop).unwrap_err(),
        session
            .directory()
            .add_advisor(NewAdvisor::new(MARK, MARK).email("xyzzy@xyzzy.example"))
            .map(drop)
            .unwrap_err(),
        session.directory().add_tenant("default").map(drop).unwrap_err(),
        session.search(MARK.repeat(100)).page().map(drop).unwrap_err(),
        session.find_by_phone(&SMS, MARK, None).map(drop).unwrap_err(),
        session.contacts().phone(MARK).page().map(drop).unwrap_err(),
        Network::new("xyzzy xyzzy").map(drop).unwrap_err(),
    ];
    let mut said: Vec<String> = bad.iter().map(|error| format!("{error} {error:?}")).collect();
    for error in &bad {
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            said.push(format!("{source} {source:?}"));
            cause = source.source();
        }
    }
    said.push(format!("{added:?} {:?} {:?} {:?}", added.phones, added.emails, added.identifiers));
    said.push(format!("{advisor:?} {:?} {patch:?} {:?}", person(), NewAdvisor::new(MARK, MARK)));
    said.push(format!("{hit:?} {:?}", session.contacts().page().unwrap()));
    said.push(format!(
        "{:?} {:?}",
        session.search(MARK),
        session.contacts().email("xyzzy@xyzzy.example").phone(phone)
    ));
    said.push(format!("{store:?} {session:?} {:?}", session.changes().limit(9).page().unwrap().items));
    session
        .add_many([person()], AddManyOptions::new(), |_, outcome| said.push(format!("{outcome:?}")))
        .unwrap();
    for said in said {
        let said = said.to_lowercase();
        let all = ["xyzzy", "698765432", "120, 121, 122, 122"]; // also not as bytes
        assert!(!all.iter().any(|mark| said.contains(mark)), "{said}");
        assert!(said.len() < 20_000, "output for people: {} bytes", said.len());
    }
}
