//! The outbox through the public API: in order, at least once, across restarts.

use cardex::conversations::{ConversationKind, NewConversation};
use cardex::outbox::OutboxEvent;
use cardex::{NewContact, Session};

use crate::support::{options, store_at};

/// Writes a message and a replacement for one conversation.
fn create_messages(session: &Session, number: usize) {
    let contact = NewContact::new(cardex::Network::SMS, "Sue", "").company("Acme").email("s@example.com");
    let contact = session.add(contact.phone(format!("+3361234567{number}")).shared()).unwrap().id;
    let stream = format!("room-{number}");
    session
        .conversations()
        .add(
            &NewConversation::new(&stream, ConversationKind::MultiParty, cardex::Network::SMS)
                .member(contact),
        )
        .unwrap();
    assert_eq!(session.copy_to_tenant(contact).unwrap().conversations, [stream]);
}

fn pending_messages(session: &Session) -> Vec<(String, u64)> {
    let line = |effect: &OutboxEvent| match effect {
        OutboxEvent::PostMessage { conversation: stream, .. } => format!("post {stream}"),
        OutboxEvent::ReplaceMember { conversation: stream, .. } => format!("move {stream}"),
        other => panic!("not asked for: {other:?}"),
    };
    session
        .outbox()
        .pending(100)
        .unwrap()
        .iter()
        .map(|pending| (line(&pending.event), pending.attempts))
        .collect()
}

#[test]
fn messages_stay_in_order_until_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    {
        let (_store, session) = store_at(&path);
        (0..3).for_each(|number| create_messages(&session, number));
        // The host receives two messages, delivers one, and stops before the acknowledgement.
        let taken = session.outbox().pending(2).unwrap();
        assert!(taken.iter().all(|pending| session.outbox().record_attempt(pending.seq).unwrap()));
    }
    let store = options(2).open(&path).unwrap();
    let session = store.session(cardex::Actor::System);
    let line = |text: &str, attempts| (text.to_owned(), attempts);
    let all = [
        line("post room-0", 1),
        line("move room-0", 1),
        line("post room-1", 0),
        line("move room-1", 0),
        line("post room-2", 0),
        line("move room-2", 0),
    ];
    assert_eq!(pending_messages(&session), all, "both come again");
    let first = session.outbox().pending(1).unwrap().remove(0);
    assert!(first.last_attempt_at.unwrap() > first.created_at);
    assert!(
        session.outbox().acknowledge(first.seq).unwrap() && !session.outbox().acknowledge(first.seq).unwrap()
    );
    assert_eq!(pending_messages(&session), all[1..]);
    let rest = session.outbox().pending_after(session.outbox().pending(2).unwrap()[1].seq, 2).unwrap();
    assert_eq!(rest.len(), 2, "the next two, in pages");
    assert_eq!(session.outbox().pending(0).unwrap_err().code(), "invalid");
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_failed_operation_writes_no_message() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, session) = store_at(&folder.path().join("book.cardex"));
    create_messages(&session, 0);
    let before = pending_messages(&session);
    let shared =
        session.contacts().iter().map(Result::unwrap).find(|contact| contact.tenant.is_none()).unwrap();
    assert_eq!(session.copy_to_tenant(shared.id).unwrap_err().code(), "already-copied");
    assert_eq!(pending_messages(&session), before);
}
