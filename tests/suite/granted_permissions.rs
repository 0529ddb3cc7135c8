//! Permissions of entitled advisors, and federation groups.

use crate::entitlements::{SMS, WHATSAPP, add_advisor, code, entitlement, refused};
use crate::support::{To, backwards, forwards, open_store};
use cardex::directory::{AdvisorNumberPolicy, TenantPolicy};
use cardex::entitlements::{GroupMove, NewEntitlement, Permission, Permissions};
use cardex::{Actor, AdvisorId, EntityKind, Error, Network, NewContact, RuleViolation};

#[test]
fn permissions_are_granted_and_revoked_one_by_one() {
    let (_store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    let held = || session.entitlements().permissions("ada@x", &SMS).unwrap();
    assert_eq!(held(), Permissions::DEFAULT.with(Permission::EditContactEmail));
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert_eq!(held(), Permissions::NONE);
    assert_eq!(
        refused(session.entitlements().grant(ada.id, &SMS, Permission::CreateRoom)),
        RuleViolation::NoEntitlement
    );
    assert_eq!(
        refused(session.entitlements().revoke(ada.id, &SMS, Permission::CreateRoom)),
        RuleViolation::NoEntitlement
    );
    session.entitlements().add(entitlement(SMS, ada.id)).unwrap();
    for permission in Permission::ALL {
        if Permissions::DEFAULT.contains(permission) {
            assert_eq!(
                refused(session.entitlements().grant(ada.id, &SMS, permission)),
                RuleViolation::PermissionHeld
            );
            session.entitlements().revoke("ada@x", &SMS, permission).unwrap();
            assert_eq!(held(), Permissions::DEFAULT.without(permission));
            session.entitlements().grant("ada@x", &SMS, permission).unwrap();
        } else {
            assert_eq!(
                refused(session.entitlements().revoke(ada.id, &SMS, permission)),
                RuleViolation::PermissionNotHeld
            );
            session.entitlements().grant(ada.id, &SMS, permission).unwrap();
            assert_eq!(held(), Permissions::DEFAULT.with(permission));
            session.entitlements().revoke(ada.id, &SMS, permission).unwrap();
        }
    }
    assert_eq!(held(), Permissions::DEFAULT);
    assert_eq!(
        code(session.entitlements().grant(AdvisorId(999_999), &SMS, Permission::CreateRoom)),
        "no-advisor"
    );
    assert_eq!(
        code(session.entitlements().revoke("who@x", &SMS, Permission::CreateRoom)),
        "no-advisor-with-email"
    );
    assert_eq!(code(session.entitlements().permissions("who@x", &SMS)), "no-advisor-with-email");
}

#[test]
fn granting_to_many_reports_each_advisor() {
    let (_store, session) = open_store();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    let [ada, bob, cy] = ["a@x", "b@x", "c@x"].map(|email| add_advisor(&session, email).id);
    let stranger = add_advisor(&away, "s@x").id;
    let home = session.clone().in_tenant(session.directory().tenant().unwrap().id);
    away.entitlements().add(entitlement(SMS, stranger)).unwrap();
    session.entitlements().add(entitlement(SMS, ada)).unwrap();
    session.entitlements().add(entitlement(SMS, bob).permissions([Permission::ListCustomers])).unwrap();
    let ids = [AdvisorId(999_999), bob, cy, stranger, ada, ada];
    let report = home.entitlements().grant_to_many(&ids, &SMS, Permission::ListCustomers).unwrap();
    assert_eq!(report.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
    let codes: Vec<_> = report.into_iter().map(|(_, done)| code(done)).collect();
    let expected = ["no-advisor", "permission-held", "no-entitlement", "no-advisor", "ok", "permission-held"];
    assert_eq!(codes, expected);
    assert!(session.entitlements().permissions(ada, &SMS).unwrap().contains(Permission::ListCustomers));
    assert!(!away.entitlements().permissions(stranger, &SMS).unwrap().contains(Permission::ListCustomers));
    let unknown = Network::new("NOPE").unwrap();
    assert_eq!(code(home.entitlements().grant_to_many(&ids, &unknown, Permission::CreateRoom)), "no-network");
    assert!(home.entitlements().grant_to_many(&[], &SMS, Permission::CreateRoom).unwrap().is_empty());
}

#[test]
fn advisors_move_between_groups_active_on_the_network() {
    let (_store, session) = open_store();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    let (north, south) = (
        session.directory().add_group("north").unwrap().id,
        session.directory().add_group("south").unwrap().id,
    );
    let foreign = away.directory().add_group("west").unwrap().id;
    let (ada, bob) = (add_advisor(&session, "ada@x").id, add_advisor(&session, "bob@x").id);
    session.directory().set_network_open(&SMS, Some(south), false).unwrap();
    let group = |advisor: AdvisorId| session.entitlements().get(advisor, &SMS).unwrap().group;
    assert_eq!(
        refused(session.entitlements().add(entitlement(SMS, ada).group(south))),
        RuleViolation::GroupClosed
    );
    assert_eq!(
        refused(session.entitlements().move_to_group(ada, &SMS, Some(north))),
        RuleViolation::NoEntitlement
    );
    session.entitlements().add(entitlement(SMS, ada).group(north)).unwrap();
    assert_eq!(group(ada), Some(north));
    assert_eq!(
        refused(session.entitlements().move_to_group(ada, &SMS, Some(south))),
        RuleViolation::GroupClosed
    );
    assert!(matches!(
        session.entitlements().move_to_group(ada, &SMS, Some(foreign)).unwrap_err(),
        Error::NotFound(EntityKind::Group, id) if id == foreign.0
    ));
    assert_eq!(group(ada), Some(north));
    session.entitlements().move_to_group("ada@x", &SMS, None).unwrap();
    assert_eq!(group(ada), None);

    let moves = [(ada, north), (ada, south), (bob, north), (AdvisorId(999_999), north), (ada, foreign)];
    let moves = moves.map(|(advisor, group)| GroupMove::new(advisor, SMS, group));
    let unknown = GroupMove::new(ada, Network::new("NOPE").unwrap(), None);
    let moves: Vec<GroupMove> = moves.into_iter().chain([unknown]).collect();
    let report = session.entitlements().move_many_to_groups(moves.clone()).unwrap();
    assert!(report.iter().map(|(item, _)| item).eq(&moves));
    let codes: Vec<_> = report.into_iter().map(|(_, done)| code(done)).collect();
    assert_eq!(codes, ["ok", "group-closed", "no-entitlement", "no-advisor", "not-found", "no-network"]);
    assert_eq!(group(ada), Some(north));
    // A group cannot use a network that its tenant may not use.
    session.directory().set_network_open(&SMS, None, false).unwrap();
    assert_eq!(
        refused(session.entitlements().move_to_group(ada, &SMS, Some(north))),
        RuleViolation::GroupClosed
    );
    assert!(session.directory().groups().unwrap().iter().all(|group| !group.networks.contains(&SMS)));
}

#[test]
fn groups_come_in_pages() {
    let (_store, session) = open_store();
    let away = session.clone().in_tenant(session.directory().add_tenant("away").unwrap().id);
    away.directory().add_group("b").unwrap();
    for name in ["é", "b", "a", "Z", "c"] {
        session.directory().add_group(name).unwrap();
    }
    for limit in [1, 2, 3, 5, 50] {
        let page = |to| {
            let list = session.directory().group_list().limit(limit);
            match to {
                To::First => list.page(),
                To::After(cursor) => list.after(cursor).page(),
                To::Before(cursor) => list.before(cursor).page(),
            }
        };
        let (all, last) = forwards(limit, &page);
        assert_eq!(all, session.directory().groups().unwrap());
        assert_eq!(backwards(limit, last, &page), all);
    }
    let cursor = session.directory().group_list().limit(1).page().unwrap().after;
    assert_eq!(code(away.directory().group_list().after(cursor).page()), "cursor-mismatch");
}

#[test]
fn advisors_read_their_own_entitlements_only() {
    let (store, session) = open_store();
    let (ada, bob) = (add_advisor(&session, "ada@x"), add_advisor(&session, "bob@x"));
    session.entitlements().add(entitlement(SMS, ada.id)).unwrap();
    session.entitlements().add(entitlement(SMS, bob.id)).unwrap();
    session.entitlements().add(NewEntitlement::new(SMS).email("new@x")).unwrap();
    let own = store.session(Actor::Advisor(ada.id));
    assert_eq!(own.entitlements().get("ada@x", &SMS).unwrap().permissions, Permissions::DEFAULT);
    assert_eq!(own.entitlements().permissions(ada.id, &SMS).unwrap(), Permissions::DEFAULT);
    // Advisors see neither entitlements of others nor pre-entitlements.
    for code in [
        code(own.entitlements().get(bob.id, &SMS)),
        code(own.entitlements().get("new@x", &SMS)),
        code(own.entitlements().get("who@x", &SMS)),
        code(own.entitlements().permissions("bob@x", &SMS)),
        code(own.entitlements().add(entitlement(WHATSAPP, ada.id))),
        code(own.entitlements().grant(ada.id, &SMS, Permission::ListCustomers)),
    ] {
        assert_eq!(code, "forbidden");
    }
}

/// The address book needs no entitlement. Its permissions are those that all entitlements have in common.
#[test]
fn address_book_permissions_hold_on_every_network() {
    let (store, session) = open_store();
    let ada = add_advisor(&session, "ada@x");
    let own = store.session(Actor::Advisor(ada.id));
    let may = || own.entitlements().permissions(ada.id, &Network::BOOK).unwrap();
    let all = Permission::ListCustomers;
    let nobodys = session.add(NewContact::new(Network::BOOK, "Zoe", "Otto")).unwrap().id;
    let seen = || own.contacts().page().unwrap().items.iter().any(|contact| contact.id == nobodys);

    assert_eq!(
        may(),
        session.entitlements().permissions(ada.id, &SMS).unwrap(),
        "without any: what the tenant lets everybody"
    );
    let (book, networks) = (Network::BOOK, session.directory().networks().unwrap());
    let number = |n: usize| format!("+3361234567{n}");
    for (n, policy) in networks.iter().enumerate().filter(|(_, policy)| policy.network != book) {
        assert!(!seen(), "{n}");
        let new = entitlement(policy.network.clone(), ada.id).permissions([all]);
        let has_number = policy.advisor_number == AdvisorNumberPolicy::Required;
        session.entitlements().add(if has_number { new.phone(number(n)) } else { new }).unwrap();
        assert!(may().contains(all));
    }
    assert!(seen(), "on every network that messages");
    assert!(!may().contains(Permission::CreateContact), "on WECHAT it is not granted");
    session.entitlements().revoke(ada.id, &SMS, all).unwrap();
    assert!(!may().contains(all) && !seen());
    let given = session.entitlements().add(entitlement(book, ada.id)).unwrap();
    assert_eq!((may(), given.permissions), (Permissions::DEFAULT, Permissions::DEFAULT), "an own one counts");

    let strict = TenantPolicy::new().requires_entitlement(true);
    session.directory().set_tenant_policy(&strict).unwrap();
    let bob = add_advisor(&session, "bob@x");
    let bob = store.session(Actor::Advisor(bob.id));
    assert_eq!(code(bob.add(NewContact::new(Network::BOOK, "B", "C"))), "forbidden");
}
