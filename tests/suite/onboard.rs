//! Onboarding, invitations, editing and offboarding: a scenario for each rule of Symphony Federation.

use crate::support::{open_store, options};
use cardex::directory::TenantPolicy;
use cardex::entitlements::NewEntitlement;
use cardex::onboarding::{NewOnboarding, OnboardingDetails};
use cardex::outbox::OutboxEvent;
use cardex::{
    Actor, Advisor, AdvisorId, Contact, Error, Network, NewAdvisor, NewContact, RuleViolation, Session,
    Status, Store,
};

pub(crate) const PHONE: &str = "+33 6 12 34 56 78";

pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A tenant with three advisors: Ada, Bob and Cy.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) session: Session,
    pub(crate) ada: Advisor,
    pub(crate) bob: Advisor,
    pub(crate) cy: Advisor,
}

pub(crate) fn fixture() -> Fixture {
    let (store, session) = open_store();
    with_advisors(store, session)
}

pub(crate) fn with_advisors(store: Store, session: Session) -> Fixture {
    let [ada, bob, cy] = ["ada@bank.example", "bob@bank.example", "cy@bank.example"]
        .map(|email| session.directory().add_advisor(NewAdvisor::new(&email[..3], "").email(email)).unwrap());
    Fixture { store, session, ada, bob, cy }
}

impl Fixture {
    pub(crate) fn of(&self, advisor: &Advisor) -> Session {
        self.store.session(Actor::Advisor(advisor.id))
    }

    pub(crate) fn advisors(&self, contact: &Contact) -> Vec<AdvisorId> {
        let page = self.session.directory().advisors_of(contact.id).page().unwrap();
        page.items.into_iter().map(|advisor| advisor.id).collect()
    }
}

pub(crate) fn john(network: Network) -> NewOnboarding {
    NewOnboarding::new(network, "John", "Doe", PHONE, "ada@bank.example")
        .company("Acme")
        .email("john@example.com")
}

pub(crate) fn refused<T: std::fmt::Debug>(done: cardex::Result<T>) -> RuleViolation {
    match done {
        Err(Error::Rule(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// The code of the error, and the field if it has one.
pub(crate) fn error_text<T: std::fmt::Debug>(done: cardex::Result<T>) -> String {
    match done.unwrap_err() {
        Error::Invalid { field, .. } => format!("invalid {field}"),
        error => error.code().to_owned(),
    }
}

#[test]
fn a_contact_is_linked_to_the_onboarder_unless_advisors_are_given() {
    let fixture = fixture();
    let done = fixture.of(&fixture.ada).onboarding().onboard(&john(Network::WHATSAPP)).unwrap();
    assert!(done.created);
    assert_eq!(
        (done.linked.as_slice(), fixture.advisors(&done.contact)),
        (&[fixture.ada.id][..], vec![fixture.ada.id])
    );
    assert_eq!(done.contact.phones[0].e164(), Some("+33612345678"));
    assert_eq!((done.contact.status, done.contact.invitation), (None, None), "WhatsApp has no invitations");
    let ada = fixture.of(&fixture.ada);
    let found = ada.search("jo").network(Network::WHATSAPP).page().unwrap();
    assert_eq!(found.items.len(), 1);
    for form in ["33612345678", "+33 6 12 34 56 78", " 33 612345678"] {
        assert!(ada.find_by_phone(&Network::WHATSAPP, form, None).unwrap().is_some(), "{form}");
        assert_eq!(ada.contacts().phone(form).page().unwrap().items.len(), 1, "{form}");
    }
    assert!(
        ada.find_by_phone(&Network::WHATSAPP, "0612345678", None).unwrap().is_none(),
        "of which country?"
    );
}

#[test]
fn ids_prevail_over_addresses() {
    let fixture = fixture();
    let new = john(Network::SMS).advisor("bob@bank.example").advisor(fixture.cy.id);
    let done = fixture.of(&fixture.ada).onboarding().onboard(&new).unwrap();
    assert_eq!(done.linked, [fixture.cy.id]);
    let new = john(Network::LINE).advisor("bob@bank.example").advisor("BOB@BANK.EXAMPLE");
    assert_eq!(fixture.of(&fixture.ada).onboarding().onboard(&new).unwrap().linked, [fixture.bob.id], "once");
}

#[test]
fn more_advisors_are_linked_to_a_contact_that_is_there() {
    let fixture = fixture();
    let first = fixture.of(&fixture.ada).onboarding().onboard(&john(Network::WHATSAPP)).unwrap().contact;
    let more = john(Network::WHATSAPP).advisor(fixture.ada.id).advisor(fixture.bob.id);
    let done = fixture.of(&fixture.ada).onboarding().onboard(&more).unwrap();
    assert!(!done.created);
    assert_eq!((done.contact.id, done.linked.as_slice()), (first.id, &[fixture.bob.id][..]));
    // Another spelling is the same person. If all advisors are linked, nothing changes.
    let again = NewOnboarding::new(Network::WHATSAPP, "JOHN", "doe", "33612345678", "ada@bank.example")
        .company("Acme")
        .email("JOHN@example.com")
        .advisor(fixture.bob.id);
    assert_eq!(
        refused(fixture.of(&fixture.ada).onboarding().onboard(&again)),
        RuleViolation::AlreadyOnboarded(first.id)
    );
    // Another name or address is another person, who cannot have the same number.
    for other in [
        NewOnboarding::new(Network::WHATSAPP, "Jane", "Doe", PHONE, "ada@bank.example")
            .company("A")
            .email("john@example.com"),
        NewOnboarding::new(Network::WHATSAPP, "John", "Roe", PHONE, "ada@bank.example")
            .company("A")
            .email("john@example.com"),
        NewOnboarding::new(Network::WHATSAPP, "John", "Doe", PHONE, "ada@bank.example")
            .company("A")
            .email("jd@example.com"),
    ] {
        let done = fixture.of(&fixture.ada).onboarding().onboard(&other.advisor(fixture.cy.id));
        assert_eq!(refused(done), RuleViolation::PhoneOfAnotherContact(first.id));
    }
    assert_eq!(fixture.advisors(&first), [fixture.ada.id, fixture.bob.id], "nothing was written");
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn a_number_is_found_in_the_onboarders_group_and_in_shared_contacts() {
    let fixture = fixture();
    for advisor in [&fixture.ada, &fixture.bob] {
        fixture.session.entitlements().add(NewEntitlement::new(Network::SMS).advisor(advisor.id)).unwrap();
    }
    let north = fixture.session.directory().add_group("north").unwrap().id;
    fixture.session.entitlements().move_to_group(fixture.ada.id, &Network::SMS, Some(north)).unwrap();
    let of_bob = || {
        let bob = NewOnboarding::new(Network::SMS, "John", "Doe", PHONE, "bob@bank.example");
        fixture.of(&fixture.bob).onboarding().onboard(&bob.company("Acme").email("john@north.example"))
    };
    let in_group = fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS)).unwrap().contact;
    assert_eq!(in_group.group, Some(north));
    assert_eq!(
        refused(fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS))),
        RuleViolation::AlreadyOnboarded(in_group.id)
    );
    let elsewhere = of_bob().unwrap();
    assert!(elsewhere.created && elsewhere.contact.group.is_none(), "another group has its own");
    assert_eq!(refused(of_bob()), RuleViolation::AlreadyOnboarded(elsewhere.contact.id));

    let shared = NewContact::new(Network::WHATSAPP, "John", "Doe").company("Acme").email("john@example.com");
    let shared = fixture.session.add(shared.phone(PHONE).shared()).unwrap();
    let done = fixture.of(&fixture.ada).onboarding().onboard(&john(Network::WHATSAPP)).unwrap();
    assert_eq!((done.created, done.contact.id, done.linked), (false, shared.id, vec![fixture.ada.id]));
}

#[test]
fn networks_ask_for_company_and_address() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    let bare = |network| NewOnboarding::new(network, "John", "Doe", PHONE, "ada@bank.example");
    for network in [Network::SMS, Network::LINE, Network::WHATSAPP, Network::WECHAT] {
        // On WeChat, creating contacts needs an explicit permission; administrators have it.
        assert_eq!(
            error_text(ada.onboarding().onboard(&bare(network.clone()).email("j@x.example"))),
            "invalid company",
            "{network}"
        );
        assert_eq!(error_text(ada.onboarding().onboard(&bare(network).company("Acme"))), "invalid email");
    }
    for network in [Network::SMS_DIRECT, Network::WHATSAPP_DIRECT] {
        ada.onboarding().onboard(&bare(network)).unwrap();
    }
    let long = |n: usize| john(Network::WHATSAPP).company("x".repeat(n));
    assert_eq!(error_text(ada.onboarding().onboard(&long(101))), "invalid company");
    ada.onboarding().onboard(&long(100)).unwrap();
    for (first, last, phone, what) in [
        ("", "Doe", PHONE, "firstName"),
        ("John", " ", PHONE, "lastName"),
        ("John", "Doe", "", "phone"),
        ("John", "Doe", "x", "phone"),
    ] {
        let new = NewOnboarding::new(Network::SMS_DIRECT, first, last, phone, "ada@bank.example");
        assert_eq!(error_text(ada.onboarding().onboard(&new)), format!("invalid {what}"));
    }
}

#[test]
fn languages_are_restricted_to_a_set() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    assert_eq!(
        refused(ada.onboarding().onboard(&john(Network::SMS).language("KLINGON"))),
        RuleViolation::LanguageNotSupported
    );
    assert_eq!(
        ada.onboarding().onboard(&john(Network::SMS).language("CHINESE_HKG")).unwrap().contact.language,
        "CHINESE_HKG"
    );
    let store = options(1).languages(["KLINGON"]).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let fixture = with_advisors(store, session);
    fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS).language("KLINGON")).unwrap();
}

#[test]
fn conversations_are_created_on_direct_networks_only() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    let conversations = || {
        let effects = fixture.session.outbox().pending(100).unwrap().into_iter();
        effects.filter(|pending| matches!(pending.event, OutboxEvent::CreateConversation { .. })).count()
    };
    for network in [Network::WHATSAPP, Network::SMS, Network::WECHAT, Network::LINE] {
        for yes in [true, false] {
            assert_eq!(
                error_text(ada.onboarding().onboard(&john(network.clone()).create_conversation(yes))),
                "invalid createConversation"
            );
        }
    }
    ada.onboarding().onboard(&john(Network::SMS_DIRECT)).unwrap();
    assert_eq!(conversations(), 1, "unless the caller disables it");
    ada.onboarding().onboard(&john(Network::WHATSAPP_DIRECT).create_conversation(false)).unwrap();
    assert_eq!(conversations(), 1);
}

#[test]
fn an_advisor_onboards_only_with_their_own_permissions() {
    let fixture = fixture();
    assert_eq!(
        refused(fixture.of(&fixture.bob).onboarding().onboard(&john(Network::SMS))),
        RuleViolation::OnboarderMismatch
    );
    let unnamed = NewOnboarding::new(Network::SMS, "J", "D", PHONE, "nobody@bank.example")
        .company("A")
        .email("j@x.example");
    assert_eq!(refused(fixture.session.onboarding().onboard(&unnamed)), RuleViolation::OnboarderNotEntitled);
    let unknown = john(Network::SMS).advisor("nobody@bank.example");
    assert_eq!(error_text(fixture.session.onboarding().onboard(&unknown)), "no-advisor-with-email");

    fixture.session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    assert_eq!(
        refused(fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS))),
        RuleViolation::OnboarderNotEntitled
    );
    assert_eq!(
        refused(fixture.session.onboarding().onboard(&john(Network::SMS))),
        RuleViolation::OnboarderNotEntitled,
        "for the system too"
    );
    for advisor in [&fixture.ada, &fixture.cy] {
        fixture.session.entitlements().add(NewEntitlement::new(Network::SMS).advisor(advisor.id)).unwrap();
    }
    let given =
        |to: &Advisor| fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS).advisor(to.id));
    assert_eq!(refused(given(&fixture.bob)), RuleViolation::AdvisorNotEntitled(fixture.bob.id));
    assert_eq!(given(&fixture.cy).unwrap().linked, [fixture.cy.id]);
    fixture.session.directory().set_network_open(&Network::SMS, None, false).unwrap();
    assert_eq!(
        refused(fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS))),
        RuleViolation::NetworkClosed
    );
}

#[test]
fn a_tenant_can_restrict_numbers_to_its_country() {
    let fixture = fixture();
    fixture.session.directory().set_tenant_policy(&TenantPolicy::new().calling_code("33")).unwrap();
    let away = NewOnboarding::new(Network::SMS_DIRECT, "J", "D", "+44 20 7946 0958", "ada@bank.example");
    assert_eq!(refused(fixture.of(&fixture.ada).onboarding().onboard(&away)), RuleViolation::ForeignNumber);
    fixture.of(&fixture.ada).onboarding().onboard(&john(Network::SMS_DIRECT)).unwrap();
    assert_eq!(
        error_text(fixture.session.directory().set_tenant_policy(&TenantPolicy::new().calling_code("+33"))),
        "invalid phone"
    );
}

#[test]
fn a_contact_has_the_statuses_of_its_network() {
    let fixture = fixture();
    let mut reported = Vec::new();
    for policy in fixture.session.directory().networks().unwrap() {
        let may = |status| {
            let new = NewContact::new(policy.network.clone(), "J", "D")
                .company("A")
                .email(format!("{status:?}@x.example"))
                .status(status);
            fixture.session.add(new).is_ok()
        };
        let letters = Status::ALL.map(|status| if may(status) { 'x' } else { '.' });
        reported.push(format!("{} {}", letters.iter().collect::<String>(), policy.network));
    }
    // The statuses: pending, confirmed, expired, cancelled, unavailable, incomplete.
    let expected = [
        "xx..x. WHATSAPP",
        "...... SMS",
        "xxxx.. WECHAT",
        ".x...x SMS-DIRECT",
        "xxxx.. LINE",
        ".x...x WHATSAPP-DIRECT",
        "xxxxxx BOOK",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn a_contact_with_a_number_only_gets_the_given_names() {
    let fixture = fixture();
    let inbound = NewContact::new(Network::SMS_DIRECT, "", "").phone(PHONE).status(Status::Incomplete);
    let id = fixture.of(&fixture.ada).add(inbound).unwrap().id;
    let done = fixture
        .of(&fixture.ada)
        .onboarding()
        .onboard(&john(Network::SMS_DIRECT).advisor(fixture.bob.id))
        .unwrap();
    assert_eq!((done.contact.id, done.contact.display_name.as_str()), (id, "John Doe"));
    assert_eq!(
        (done.contact.status, done.linked.as_slice()),
        (Some(Status::Confirmed), &[fixture.bob.id][..])
    );

    let unknown =
        NewContact::new(Network::SMS_DIRECT, "", "").phone("+33612345679").status(Status::Incomplete);
    let unknown = fixture.of(&fixture.ada).add(unknown).unwrap();
    let named = OnboardingDetails::new("Jane", "Roe", "+33612345679").company("Acme");
    let edited = fixture.of(&fixture.ada).onboarding().edit(unknown.id, fixture.ada.id, &named).unwrap();
    assert_eq!((edited.display_name.as_str(), edited.status), ("Jane Roe", Some(Status::Confirmed)));
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn companies_are_found_from_their_start() {
    let fixture = fixture();
    let mut n = 0;
    let mut add = |company: &str, advisor: &Advisor, network: Network| {
        n += 1;
        let new = NewContact::new(network, format!("N{n}"), "").company(company).email("n@x.example");
        fixture.of(advisor).add(new).unwrap().id
    };
    for company in ["Acme Corp", "ACME corp", "Ácme Bank", "Acne", "Big Acme", "Acme Corp"] {
        add(company, &fixture.ada, Network::SMS_DIRECT);
    }
    add("Acme Zoo", &fixture.bob, Network::LINE);
    let gone = add("Acme Gone", &fixture.bob, Network::LINE);
    fixture.session.remove(gone).unwrap();
    let ada = fixture.of(&fixture.ada);
    assert_eq!(ada.companies("acm", 10).unwrap(), ["Ácme Bank", "Acme Corp"]);
    assert_eq!(ada.companies("Ac", 10).unwrap(), ["Ácme Bank", "Acme Corp", "Acne"]);
    assert_eq!(fixture.session.companies("acme ", 10).unwrap(), ["Ácme Bank", "Acme Corp", "Acme Zoo"]);
    assert_eq!(fixture.session.companies("acme", 2).unwrap(), ["Ácme Bank", "Acme Corp"]);
    assert_eq!(
        fixture.session.companies("%", 2).unwrap_err().code(),
        "invalid",
        "nothing to look for is left of it"
    );
    assert_eq!(error_text(ada.companies("", 10)), "invalid query");
    fixture.store.optimize().unwrap();
    assert_eq!(fixture.session.companies("acme", 10).unwrap(), ["Ácme Bank", "Acme Corp", "Acme Zoo"]);
}
