//! Editing of onboarded contacts, and offboarding.

use crate::onboard::{PHONE, error_text, fixture, john, refused};
use cardex::onboarding::{OffboardStatus, OnboardingDetails};
use cardex::{Actor, Advisor, AdvisorId, Network, NewAdvisor, NewContact, RuleViolation};

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
        (cardex::ContactId(999_999), fixture.ada.id),
        (two.id, AdvisorId(999_999)),
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
