//! Permissions: operations on the store and on entitlements, by every kind of actor.

use crate::actors::{ACTORS, Fixture, NO, NO_ADVISOR, NONE, OK, outcomes};
use crate::support::{SMS, new};
use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::entitlements::{GroupMove, NewEntitlement, Permission};
use cardex::{Network, NewAdvisor, Result, Session};

#[test]
fn operations_on_the_store() {
    assert_eq!(outcomes(|_, a| a.add(new("Bea", "Birch")).map(drop)), [OK; ACTORS], "add");
    assert_eq!(outcomes(|_, a| a.directory().tenants().map(drop)), [OK, NO, NO, NO, NO], "tenants");
    assert_eq!(outcomes(|_, a| a.directory().add_tenant("x").map(drop)), [OK, NO, NO, NO, NO], "add tenant");
    assert_eq!(outcomes(|_, a| a.directory().groups().map(drop)), [OK; ACTORS], "groups");
    assert_eq!(outcomes(|_, a| a.directory().add_group("x").map(drop)), [OK, OK, OK, NO, NO], "add group");
    assert_eq!(outcomes(|_, a| a.directory().networks().map(drop)), [OK; ACTORS], "networks");
    assert_eq!(
        outcomes(|_, a| a.directory().tenant_networks().map(drop)),
        [OK; ACTORS],
        "the tenant's networks"
    );
    assert_eq!(
        outcomes(|_, a| a.directory().set_network_open(&SMS, None, false)),
        [OK, NO, NO, NO, NO],
        "close a network"
    );
    let close_to_group = |s: &Fixture, a: &Session| {
        let group = s.session.directory().add_group("g")?.id;
        a.directory().set_network_open(&SMS, Some(group), false)
    };
    assert_eq!(outcomes(close_to_group), [OK, OK, "not-found", NO, NO], "close a network to a group");
    let policy = TenantPolicy::new().requires_entitlement(true);
    assert_eq!(
        outcomes(|_, a| a.directory().set_tenant_policy(&policy)),
        [OK, OK, OK, NO, NO],
        "tenant policy"
    );
    let policy = NetworkPolicy::new(Network::new("SIGNAL").unwrap());
    assert_eq!(outcomes(|_, a| a.directory().add_network(&policy)), [OK, NO, NO, NO, NO], "add network");
    assert_eq!(
        outcomes(|_, a| a.directory().add_advisor(NewAdvisor::new("N", "N")).map(drop)),
        [OK, OK, OK, NO, NO]
    );
    let elsewhere = |s: &Fixture, a: &Session| {
        a.directory().add_advisor(NewAdvisor::new("N", "N").tenant(s.stranger.tenant)).map(drop)
    };
    assert_eq!(outcomes(elsewhere), [OK, NO, OK, NO, NO], "add advisor elsewhere");
    assert_eq!(outcomes(|_, a| a.directory().advisors().page().map(drop)), [OK; ACTORS], "advisors");
    let by_id = |s: &Fixture, a: &Session| a.directory().advisor(s.other.id).map(drop);
    assert_eq!(outcomes(by_id), [OK, OK, NO_ADVISOR, OK, OK], "advisor by id");
    assert_eq!(
        outcomes(|_, a| a.directory().advisor("O@X").map(drop)),
        [OK, OK, "no-advisor-with-email", OK, OK],
        "advisor by e-mail"
    );
    assert_eq!(outcomes(|_, a| a.stats().map(drop)), [OK, NO, NO, NO, NO], "stats");
    assert_eq!(outcomes(|_, a| a.changes().limit(9).page().map(drop)), [OK, OK, OK, NO, NO], "changes");
    assert_eq!(outcomes(|_, a| a.outbox().pending(9).map(drop)), [OK, OK, OK, NO, NO], "outbox");
    assert_eq!(outcomes(|_, a| a.outbox().record_attempt(1).map(drop)), [OK, OK, OK, NO, NO], "attempted");
    assert_eq!(outcomes(|_, a| a.outbox().acknowledge(1).map(drop)), [OK, OK, OK, NO, NO], "acknowledge");
    assert_eq!(outcomes(|_, a| a.contacts().trash().page().map(drop)), [OK, OK, OK, NO, NO], "trash");
    assert_eq!(outcomes(|_, a| a.contacts().network(SMS).sections().map(drop)), [OK; ACTORS], "sections");
    let over = |s: &Fixture, a: &Session| a.search("").advisor(s.linked.id).page().map(drop);
    assert_eq!(outcomes(over), [OK, OK, NO_ADVISOR, OK, NO], "search over an advisor");
    let over = |s: &Fixture, a: &Session| a.contacts().advisor(s.linked.id).page().map(drop);
    assert_eq!(outcomes(over), [OK, OK, NO_ADVISOR, OK, NO], "list of an advisor");
    let travel =
        |s: &Fixture, a: &Session| a.clone().in_tenant(s.stranger.tenant).contacts().page().map(drop);
    assert_eq!(outcomes(travel), [OK, NO, OK, NO, NO], "in another tenant");
}

/// Like [`outcomes`], after the linked advisor is entitled.
pub(crate) fn outcomes_if_entitled(
    operation: impl Fn(&Fixture, &Session) -> Result<()>,
) -> [&'static str; ACTORS] {
    outcomes(|s, a| {
        s.session.entitlements().add(NewEntitlement::new(Network::SMS).advisor(s.linked.id))?;
        operation(s, a)
    })
}

#[test]
fn operations_on_entitlements() {
    let on = |s: &Fixture| NewEntitlement::new(Network::SMS).advisor(s.linked.id);
    let managed = [OK, OK, NO_ADVISOR, NO, NO];
    assert_eq!(outcomes(|s, a| a.entitlements().add(on(s)).map(drop)), managed, "entitle");
    // A pre-entitlement belongs to one tenant.
    let waiting = || NewEntitlement::new(Network::SMS).email("new@x");
    assert_eq!(
        outcomes(|_, a| a.entitlements().add(waiting()).map(drop)),
        [OK, OK, OK, NO, NO],
        "entitle by e-mail"
    );
    let awaited = |s: &Fixture, a: &Session| {
        s.session.entitlements().add(waiting())?;
        a.entitlements().get("new@x", &Network::SMS).map(drop)
    };
    assert_eq!(outcomes(awaited), [OK, OK, "no-entitlement", NO, NO], "a pre-entitlement");
    let own = [OK, OK, NO_ADVISOR, OK, NO];
    assert_eq!(
        outcomes_if_entitled(|s, a| a.entitlements().get(s.linked.id, &Network::SMS).map(drop)),
        own,
        "entitlement"
    );
    assert_eq!(
        outcomes_if_entitled(|_, a| a.entitlements().get("L@X", &Network::SMS).map(drop)),
        [OK, OK, "no-entitlement", OK, NO]
    );
    assert_eq!(
        outcomes_if_entitled(|s, a| a.entitlements().permissions(s.linked.id, &Network::SMS).map(drop)),
        own,
        "permissions of"
    );
    assert_eq!(
        outcomes_if_entitled(|s, a| a.entitlements().withdraw(s.linked.id, &Network::SMS)),
        managed,
        "withdraw"
    );
    let permission = Permission::ListCustomers;
    assert_eq!(
        outcomes_if_entitled(|s, a| a.entitlements().grant(s.linked.id, &Network::SMS, permission)),
        managed,
        "grant"
    );
    let many = |s: &Fixture, a: &Session| {
        a.entitlements().grant_to_many(&[s.linked.id], &Network::SMS, permission)?.remove(0).1
    };
    assert_eq!(outcomes_if_entitled(many), managed, "grant to many");
    assert_eq!(
        outcomes_if_entitled(|s, a| a.entitlements().revoke(
            s.linked.id,
            &Network::SMS,
            Permission::CreateRoom
        )),
        managed,
        "revoke"
    );
    assert_eq!(
        outcomes_if_entitled(|s, a| a.entitlements().move_to_group(s.linked.id, &Network::SMS, None)),
        managed,
        "move to a group"
    );
    let many = |s: &Fixture, a: &Session| {
        a.entitlements().move_many_to_groups([GroupMove::new(s.linked.id, Network::SMS, None)])?.remove(0).1
    };
    assert_eq!(outcomes_if_entitled(many), managed, "move many");
    let into = |s: &Fixture, a: &Session| {
        let group = s.session.directory().add_group("g")?.id;
        a.entitlements().move_to_group(s.linked.id, &Network::SMS, Some(group))
    };
    assert_eq!(outcomes_if_entitled(into), managed, "move into a group");
    let listed = [OK, OK, OK, NO, NO];
    assert_eq!(outcomes(|_, a| a.entitlements().list(&SMS).page().map(drop)), listed, "entitlements");
    assert_eq!(outcomes(|s, a| a.entitlements().of(s.contact.id).page().map(drop)), [OK, OK, NONE, OK, NONE]);
    assert_eq!(outcomes(|_, a| a.directory().pooled_numbers(&SMS).map(drop)), listed, "numbers");
    assert_eq!(
        outcomes(|_, a| a.directory().add_pooled_numbers(&SMS, ["+33612345601"]).map(drop)),
        listed,
        "add numbers"
    );
    assert_eq!(
        outcomes(|_, a| a.directory().remove_pooled_number(&SMS, "+33612345601").map(drop)),
        listed,
        "remove a number"
    );
    assert_eq!(outcomes(|_, a| a.directory().group_list().page().map(drop)), [OK; ACTORS], "groups in pages");
    assert_eq!(outcomes(|_, a| a.directory().tenant().map(drop)), [OK; ACTORS], "the tenant");
}
