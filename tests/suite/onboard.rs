//! Onboarding, invitations, editing and offboarding: a scenario for each rule of Symphony Federation.

use std::sync::atomic::Ordering;

use cardex::contacts::Consent;
use cardex::directory::TenantPolicy;
use cardex::entitlements::NewEntitlement;
use cardex::onboarding::{NewOnboarding, OffboardStatus, OnboardingDetails};
use cardex::outbox::OutboxEvent;
use cardex::{
    Actor, Advisor, AdvisorId, Contact, ContactPatch, Error, Network, NewAdvisor, NewContact, RuleViolation,
    Session, Status, Store, Timestamp,
};

use crate::support::{ManualClock, START, open_store, options};

const PHONE: &str = "+33 6 12 34 56 78";
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A tenant with three advisors: Ada, Bob and Cy.
struct Fixture {
    store: Store,
    session: Session,
    ada: Advisor,
    bob: Advisor,
    cy: Advisor,
}

fn fixture() -> Fixture {
    let (store, session) = open_store();
    with_advisors(store, session)
}

fn with_advisors(store: Store, session: Session) -> Fixture {
    let [ada, bob, cy] = ["ada@bank.example", "bob@bank.example", "cy@bank.example"]
        .map(|email| session.directory().add_advisor(NewAdvisor::new(&email[..3], "").email(email)).unwrap());
    Fixture { store, session, ada, bob, cy }
}

impl Fixture {
    fn of(&self, advisor: &Advisor) -> Session {
        self.store.session(Actor::Advisor(advisor.id))
    }

    fn advisors(&self, contact: &Contact) -> Vec<AdvisorId> {
        let page = self.session.directory().advisors_of(contact.id).page().unwrap();
        page.items.into_iter().map(|advisor| advisor.id).collect()
    }
}

fn john(network: Network) -> NewOnboarding {
    NewOnboarding::new(network, "John", "Doe", PHONE, "ada@bank.example")
        .company("Acme")
        .email("john@example.com")
}

fn refused<T: std::fmt::Debug>(done: cardex::Result<T>) -> RuleViolation {
    match done {
        Err(Error::Rule(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// The code of the error, and the field if it has one.
fn error_text<T: std::fmt::Debug>(done: cardex::Result<T>) -> String {
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
                "invalid createRoom"
            );
        }
    }
    ada.onboarding().onboard(&john(Network::SMS_DIRECT)).unwrap();
    assert_eq!(conversations(), 1, "unless the caller says no");
    ada.onboarding().onboard(&john(Network::WHATSAPP_DIRECT).create_conversation(false)).unwrap();
    assert_eq!(conversations(), 1);
}

#[test]
fn a_network_with_invitations_sends_a_code() {
    let fixture = fixture();
    let done = fixture.of(&fixture.ada).onboarding().onboard(&john(Network::LINE)).unwrap();
    let invitation = done.contact.invitation.clone().unwrap();
    assert_eq!(done.contact.status, Some(Status::PendingConfirmation));
    assert_eq!(invitation.code.len(), 8);
    assert_eq!(invitation.expires_at.0 - done.contact.created_at.0, 7 * DAY);
    let sent = fixture.session.outbox().pending(10).unwrap();
    let expected = OutboxEvent::SendInvitation {
        contact: done.contact.id,
        advisor: Some(fixture.ada.id),
        code: invitation.code.clone(),
        expires_at: invitation.expires_at,
    };
    assert_eq!(sent.iter().map(|pending| pending.event.clone()).collect::<Vec<_>>(), [expected]);

    // The contact confirms once.
    assert_eq!(
        error_text(fixture.of(&fixture.ada).onboarding().confirm_invitation(&invitation.code)),
        "forbidden"
    );
    assert_eq!(
        refused(fixture.session.onboarding().confirm_invitation("AAAAAAAA")),
        RuleViolation::InvalidInvitationCode
    );
    let confirmed = fixture.session.onboarding().confirm_invitation(&invitation.code.to_lowercase()).unwrap();
    assert_eq!((confirmed.status, confirmed.invitation), (Some(Status::Confirmed), None));
    assert_eq!(
        refused(fixture.session.onboarding().confirm_invitation(&invitation.code)),
        RuleViolation::InvalidInvitationCode
    );
    let again = fixture.of(&fixture.ada).onboarding().resend_invitation(confirmed.id, fixture.ada.id);
    assert_eq!(refused(again), RuleViolation::InviteConfirmed);
}

#[test]
fn an_invitation_expires_by_the_clock_and_is_sent_again() {
    let hands = ManualClock::new();
    let store = options(1).clock(hands.clone()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let fixture = with_advisors(store, session);
    let ada = fixture.of(&fixture.ada);
    let john = ada.onboarding().onboard(&john(Network::LINE)).unwrap().contact;
    let status = || ada.get(john.id).unwrap().unwrap().status.unwrap();
    let with = |status| {
        let page = ada.search("john").network(Network::LINE).status(status).page().unwrap();
        page.items.len()
    };
    hands.0.store(START + 7 * DAY - 1, Ordering::Relaxed);
    assert_eq!(status(), Status::PendingConfirmation);
    assert_eq!((with(Status::PendingConfirmation), with(Status::InviteExpired)), (1, 0));
    hands.0.store(START + 7 * DAY, Ordering::Relaxed);
    assert_eq!(status(), Status::InviteExpired);
    assert_eq!((with(Status::PendingConfirmation), with(Status::InviteExpired)), (0, 1));
    let expired = ada.get(john.id).unwrap().unwrap();
    assert_eq!(expired.status_at, Some(Timestamp(START + 7 * DAY)));
    let old = expired.invitation.unwrap().code;
    assert_eq!(
        refused(fixture.session.onboarding().confirm_invitation(&old)),
        RuleViolation::InvalidInvitationCode
    );

    let sent = || -> Vec<String> {
        let pending = fixture.session.outbox().pending(10).unwrap().into_iter();
        pending.map(|pending| serde_json::to_string(&pending.event).unwrap()).collect()
    };
    let [first] = <[String; 1]>::try_from(sent()).unwrap();
    assert!(first.contains(&old));
    let new = ada.onboarding().resend_invitation(john.id, fixture.ada.id).unwrap();
    assert_ne!(new.code, old);
    // The outbox contains only the valid code.
    let [only] = <[String; 1]>::try_from(sent()).unwrap();
    assert!(only.contains(&new.code) && !only.contains(&old), "{only}");
    assert_eq!((status(), new.expires_at), (Status::PendingConfirmation, Timestamp(START + 14 * DAY)));
    assert_eq!(
        refused(fixture.session.onboarding().confirm_invitation(&old)),
        RuleViolation::InvalidInvitationCode
    );
    assert_eq!(
        fixture.session.onboarding().confirm_invitation(&new.code).unwrap().status,
        Some(Status::Confirmed)
    );
    assert_eq!(sent().len(), 1);
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn invitations_are_refused() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    let chat = ada.onboarding().onboard(&john(Network::WHATSAPP)).unwrap().contact;
    assert_eq!(
        refused(ada.onboarding().resend_invitation(chat.id, fixture.ada.id)),
        RuleViolation::InvitationsNotSupported
    );
    let line = ada.onboarding().onboard(&john(Network::LINE)).unwrap().contact;
    assert_eq!(
        error_text(ada.onboarding().resend_invitation(line.id, fixture.bob.id)),
        "no-contact",
        "Bob does not have it"
    );
    assert_eq!(
        error_text(fixture.of(&fixture.bob).onboarding().resend_invitation(line.id, fixture.bob.id)),
        "no-contact"
    );
    assert_eq!(error_text(ada.onboarding().resend_invitation(line.id, AdvisorId(1))), "no-contact");
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
    assert_eq!(error_text(fixture.session.onboarding().onboard(&unknown)), "no-advisor");

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
fn american_numbers_need_consent_on_sms() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    let usa = |network| {
        let new = NewOnboarding::new(network, "J", "D", "+1 202-555-0147", "ada@bank.example");
        ada.onboarding().onboard(&new.company("A").email("j@x.example")).unwrap().contact
    };
    let query_spec = usa(Network::SMS);
    assert_eq!((query_spec.consent, usa(Network::WHATSAPP).consent), (Some(Consent::Pending), None));
    assert_eq!(ada.onboarding().onboard(&john(Network::SMS)).unwrap().contact.consent, None);
    let given = ada.edit(query_spec.id, ContactPatch::new().consent(Consent::OptedIn)).unwrap();
    assert_eq!(given.consent, Some(Consent::OptedIn));
    let other = usa(Network::SMS_DIRECT);
    assert_eq!(
        error_text(ada.edit(other.id, ContactPatch::new().consent(Consent::OptedIn))),
        "invalid consent"
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
fn an_edit_replaces_names_and_never_the_number() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    let john = ada.onboarding().onboard(&john(Network::WHATSAPP).language("FRENCH")).unwrap().contact;
    let details = |phone: &str| OnboardingDetails::new("Jon", "Doe", phone).company("Acme Ltd");
    let edited = ada.onboarding().edit(john.id, fixture.ada.id, &details("33612345678")).unwrap();
    assert_eq!((edited.first_name.as_str(), edited.company.as_str()), ("Jon", "Acme Ltd"));
    assert_eq!((edited.language.as_str(), edited.emails[0].text.as_str()), ("FRENCH", "john@example.com"));
    assert_eq!(edited.phones, john.phones, "as it was written first");
    let other = ada.onboarding().edit(john.id, fixture.ada.id, &details("+33 6 12 34 56 79"));
    assert_eq!(refused(other), RuleViolation::PhoneImmutable);
    let long = ada.onboarding().edit(john.id, fixture.ada.id, &details(PHONE).company("x".repeat(101)));
    assert_eq!(error_text(long), "invalid company");
    assert_eq!(
        refused(ada.onboarding().edit(john.id, fixture.bob.id, &details(PHONE))),
        RuleViolation::ContactNotLinked
    );
    let language = ada.onboarding().edit(john.id, fixture.ada.id, &details(PHONE).language("KLINGON"));
    assert_eq!(refused(language), RuleViolation::LanguageNotSupported);
    let edited =
        ada.onboarding().edit(john.id, fixture.ada.id, &details(PHONE).email("jon@example.com")).unwrap();
    assert_eq!(edited.emails.len(), 1);
    assert_eq!(
        error_text(fixture.of(&fixture.bob).onboarding().edit(john.id, fixture.bob.id, &details(PHONE))),
        "no-contact"
    );
}

#[test]
fn an_edit_keeps_other_fields() {
    let fixture = fixture();
    let shared = NewContact::new(Network::WHATSAPP, "Sue", "S")
        .company("A")
        .email("s@x.example")
        .phone(PHONE)
        .shared();
    let shared = fixture.session.add(shared.advisor(fixture.ada.id)).unwrap();
    let details = OnboardingDetails::new("Susan", "S", PHONE).company("A");
    let ada = fixture.of(&fixture.ada);
    assert_eq!(
        refused(ada.onboarding().edit(shared.id, fixture.ada.id, &details)),
        RuleViolation::SharedContact
    );

    let own =
        NewContact::new(Network::SMS_DIRECT, "Bob", "B").email("bob@bank.example").phone("+33698765432");
    let own = ada.add(own.own_advisor(fixture.bob.id)).unwrap();
    let details = |email: &str| OnboardingDetails::new("Bob", "B", "+33698765432").email(email);
    assert_eq!(
        refused(ada.onboarding().edit(own.id, fixture.ada.id, &details("b@x.example"))),
        RuleViolation::OwnContactEmail
    );
    ada.onboarding().edit(own.id, fixture.ada.id, &details("BOB@bank.example")).unwrap();
}

#[test]
fn offboarding_reports_each_link() {
    use OffboardStatus::{Failure, NotFound, Success};
    let fixture = fixture();
    let session = &fixture.session;
    let ada = fixture.of(&fixture.ada);
    let one = ada
        .onboarding()
        .onboard(&john(Network::WHATSAPP).advisor(fixture.ada.id).advisor(fixture.bob.id))
        .unwrap()
        .contact;
    let two = ada.onboarding().onboard(&john(Network::SMS)).unwrap().contact;
    // Invalid pairs are reported and do not stop the others.
    let pairs = [
        (one.id, fixture.bob.id),
        (one.id, fixture.cy.id),
        (cardex::ContactId(1), fixture.ada.id),
        (two.id, AdvisorId(1)),
        (two.id, fixture.ada.id),
        (two.id, fixture.ada.id),
    ];
    let report: Vec<_> =
        session.onboarding().offboard(&pairs).unwrap().into_iter().map(|item| item.status).collect();
    assert_eq!(report, [Success, NotFound, NotFound, NotFound, Success, NotFound]);
    assert_eq!((fixture.advisors(&one), fixture.advisors(&two)), (vec![fixture.ada.id], vec![]));

    // Removing links of other advisors needs two permissions.
    session.link(one.id, fixture.bob.id).unwrap();
    let report = ada.onboarding().offboard(&[(one.id, fixture.bob.id), (one.id, fixture.ada.id)]).unwrap();
    assert_eq!(report.iter().map(|item| item.status).collect::<Vec<_>>(), [Failure, Success]);
    assert_eq!(error_text(ada.onboarding().offboard_contact(one.id)), "no-contact");
    session.link(one.id, fixture.ada.id).unwrap();
    assert_eq!(error_text(ada.onboarding().offboard_contact(one.id)), "forbidden");
    let report = session.onboarding().offboard_contact(one.id).unwrap();
    assert_eq!(
        report.iter().map(|item| (item.advisor, item.status)).collect::<Vec<_>>(),
        [(fixture.ada.id, Success), (fixture.bob.id, Success)]
    );
    assert!(session.get(one.id).unwrap().is_some(), "the contact stays");
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn all_contacts_of_an_advisor_go_in_slices() {
    let fixture = fixture();
    let ada = fixture.of(&fixture.ada);
    for n in 0..9 {
        let new = NewContact::new(Network::SMS_DIRECT, format!("N{n}"), "").phone(format!("+3361234560{n}"));
        ada.add(new.advisor(fixture.bob.id)).unwrap();
    }
    assert_eq!(
        error_text(fixture.of(&fixture.cy).onboarding().offboard_advisor(fixture.ada.id)),
        "forbidden"
    );
    let report = ada.onboarding().offboard_advisor(fixture.ada.id).unwrap();
    assert_eq!(report.len(), 9);
    for item in &report {
        assert_eq!(
            (item.status, item.network.as_ref()),
            (OffboardStatus::Success, Some(&Network::SMS_DIRECT))
        );
        assert!(item.phone.as_ref().unwrap().text.starts_with("+336"));
    }
    let left = |advisor: &Advisor| fixture.session.contacts().advisor(advisor.id).total().unwrap();
    assert_eq!((left(&fixture.ada), left(&fixture.bob)), (0, 9));
    assert_eq!(ada.onboarding().offboard_advisor(fixture.ada.id).unwrap(), []);
    assert!(fixture.store.check().unwrap().is_ok());
}

#[test]
fn links_of_other_tenants_stay() {
    let fixture = fixture();
    let away = fixture.session.directory().add_tenant("away").unwrap().id;
    let zoe =
        fixture.session.clone().in_tenant(away).directory().add_advisor(NewAdvisor::new("Zoe", "")).unwrap();
    let shared = NewContact::new(Network::WHATSAPP, "Sue", "S")
        .company("A")
        .email("s@x.example")
        .phone(PHONE)
        .shared();
    let shared = fixture.session.add(shared.advisor(fixture.ada.id).advisor(zoe.id)).unwrap();
    let home = fixture.session.directory().tenants().unwrap()[0].id;
    let report =
        fixture.store.session(Actor::Administrator(home)).onboarding().offboard_contact(shared.id).unwrap();
    assert_eq!(report.iter().map(|item| item.advisor).collect::<Vec<_>>(), [fixture.ada.id]);
    assert_eq!(fixture.advisors(&shared), [zoe.id]);
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
