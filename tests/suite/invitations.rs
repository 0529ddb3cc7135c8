//! Invitations: codes, expiry and consent.

use crate::onboard::{DAY, error_text, fixture, john, refused, with_advisors};
use crate::support::{ManualClock, START, options};
use cardex::contacts::Consent;
use cardex::onboarding::NewOnboarding;
use cardex::outbox::OutboxEvent;
use cardex::{Actor, AdvisorId, ContactPatch, Network, RuleViolation, Status, Timestamp};
use std::sync::atomic::Ordering;

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
    assert_eq!(error_text(ada.onboarding().resend_invitation(line.id, AdvisorId(999_999))), "no-contact");
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
