//! The outbox: messages that the host delivers and acknowledges.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::feed::{OutboxMessage, page_limit};

/// Messages that the host has not delivered yet. See [`Session::outbox`].
#[derive(Debug, Clone, Copy)]
pub struct Outbox<'s> {
    session: &'s Session,
}

impl<'s> Outbox<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Up to `limit` messages (at most [`limits::PAGE`](crate::limits::PAGE)) that the host has not acknowledged,
    /// oldest first. A message is returned until it is acknowledged, also after a restart. So it is delivered at least
    /// once, and its action should be idempotent. Administrators see messages of their tenant, the system sees all.
    ///
    /// ```
    /// use cardex::{Actor, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let host = store.session(Actor::System);
    /// for message in host.outbox().pending(100)? {
    ///     host.outbox().record_attempt(message.seq)?;
    ///     // ... deliver it, then:
    ///     host.outbox().acknowledge(message.seq)?;
    /// }
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors; [`Error::Invalid`] for a limit of 0 or one too large.
    pub fn pending(&self, limit: usize) -> Result<Vec<OutboxMessage>> {
        self.pending_after(0, limit)
    }

    /// Like [`Outbox::pending`], after the message with the number `seq`.
    ///
    /// # Errors
    /// See [`Session::outbox`].
    pub fn pending_after(&self, seq: i64, limit: usize) -> Result<Vec<OutboxMessage>> {
        let most = page_limit(limit)?;
        self.session.read(|snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            rights.require_administrator()?;
            let rows = db::outbox::after(&snapshot.db, rights.tenant(), seq, most)?;
            rows.iter().map(message_from_row).collect()
        })
    }

    /// Records a delivery attempt; false if there is no such message, or if it was acknowledged.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn record_attempt(&self, seq: i64) -> Result<bool> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            Ok(db::outbox::record_attempt(db, rights.tenant(), seq, self.session.engine.now())?)
        })
    }

    /// Removes a message from the outbox, because it was delivered or never will be. False if there is no such message,
    /// or if it was acknowledged.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn acknowledge(&self, seq: i64) -> Result<bool> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            Ok(db::outbox::delete(db, rights.tenant(), seq)?)
        })
    }
}

fn message_from_row(row: &db::outbox::OutboxRow) -> Result<OutboxMessage> {
    let damaged = |source| Error::Damaged { what: "the outbox", source: Some(Box::new(source)) };
    Ok(OutboxMessage {
        seq: row.seq,
        tenant: row.tenant,
        event: serde_json::from_str(&row.body).map_err(damaged)?,
        created_at: row.created_at,
        attempts: u64::try_from(row.attempts).unwrap_or_default(),
        last_attempt_at: row.last_attempt_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Write;
    use crate::feed::OutboxEvent;
    use crate::feed::outbox::enqueue;
    use crate::model::{AdvisorId, ContactId, Network, Timestamp};
    use crate::{Actor, Options};

    fn invitation(code: &str) -> OutboxEvent {
        OutboxEvent::SendInvitation {
            contact: ContactId(7),
            advisor: None,
            code: code.to_owned(),
            expires_at: Timestamp(1_700_000_000_000),
        }
    }

    #[test]
    fn outbox_events_stay_in_order_until_acknowledged_across_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.cardex");
        let asked = [
            invitation("AB12"),
            OutboxEvent::CreateConversation {
                contact: ContactId(7),
                advisor: AdvisorId(8),
                network: Network::SMS_DIRECT,
            },
            OutboxEvent::PostMessage { conversation: "s".into(), text: "\"moved\" ü".into() },
            OutboxEvent::ReplaceMember { conversation: "s".into(), from: ContactId(7), to: ContactId(9) },
        ];
        {
            let store = Options::new().open(&path).unwrap();
            let all = |db: &Write<'_>| {
                let home = db::tenants::tenant_ids(db)?[0];
                asked.iter().try_for_each(|effect| enqueue(db, home, effect, Timestamp(5)))
            };
            store.engine.write(&crate::host::interrupt::CancelToken::default(), all).unwrap();
            // A failed transaction writes no message.
            let failed = |db: &Write<'_>| -> Result<()> {
                enqueue(db, 1, &invitation("lost"), Timestamp(6))?;
                Err(Error::Busy)
            };
            store.engine.write(&crate::host::interrupt::CancelToken::default(), failed).unwrap_err();
            let host = store.session(Actor::System);
            let first = host.outbox().pending(1).unwrap();
            assert!(
                host.outbox().record_attempt(first[0].seq).unwrap()
                    && host.outbox().record_attempt(first[0].seq).unwrap()
            );
        }
        let store = Options::new().open(&path).unwrap();
        let host = store.session(Actor::System);
        let pending = host.outbox().pending(10).unwrap();
        assert_eq!(pending.iter().map(|pending| pending.event.clone()).collect::<Vec<_>>(), asked);
        assert!(pending.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        assert_eq!((pending[0].attempts, pending[0].last_attempt_at.is_some()), (2, true));
        assert_eq!(
            (pending[1].attempts, pending[1].last_attempt_at, pending[1].created_at),
            (0, None, Timestamp(5))
        );
        assert!(host.outbox().acknowledge(pending[1].seq).unwrap());
        assert!(
            !host.outbox().acknowledge(pending[1].seq).unwrap()
                && !host.outbox().record_attempt(pending[1].seq).unwrap()
        );
        let left: Vec<i64> = host.outbox().pending(10).unwrap().iter().map(|pending| pending.seq).collect();
        assert_eq!(left, [pending[0].seq, pending[2].seq, pending[3].seq]);
        let rest: Vec<i64> = host.outbox().pending_after(left[0], 1).unwrap().iter().map(|p| p.seq).collect();
        assert_eq!(rest, [left[1]]);
        // The number of a deleted message is not reused.
        assert!(host.outbox().acknowledge(pending[3].seq).unwrap());
        store
            .engine
            .write(&crate::host::interrupt::CancelToken::default(), |db| {
                enqueue(db, 1, &invitation("x"), Timestamp(9))
            })
            .unwrap();
        assert!(host.outbox().pending(10).unwrap().last().unwrap().seq > pending[3].seq);
    }

    #[test]
    fn an_administrator_sees_only_the_outbox_of_the_own_tenant() {
        let store = Options::new().open_in_memory().unwrap();
        let system = store.session(Actor::System);
        let home = system.directory().tenants().unwrap()[0].id;
        let away = system.directory().add_tenant("away").unwrap().id;
        let both = |db: &Write<'_>| {
            let ids = db::tenants::tenant_ids(db)?;
            ids.into_iter().try_for_each(|tenant| enqueue(db, tenant, &invitation("c"), Timestamp(1)))
        };
        store.engine.write(&crate::host::interrupt::CancelToken::default(), both).unwrap();
        let [own, others] = [home, away].map(|tenant| store.session(Actor::Administrator(tenant)));
        let seqs = |session: &Session| {
            session.outbox().pending(9).unwrap().iter().map(|p| p.seq).collect::<Vec<_>>()
        };
        assert_eq!(own.outbox().pending(9).unwrap()[0].tenant, home);
        assert_eq!((seqs(&own).len(), seqs(&others).len(), seqs(&system).len()), (1, 1, 2));
        assert_eq!(seqs(&system.clone().in_tenant(away)), seqs(&others));
        assert!(
            !others.outbox().acknowledge(seqs(&own)[0]).unwrap()
                && !others.outbox().record_attempt(seqs(&own)[0]).unwrap()
        );
        assert!(own.outbox().acknowledge(seqs(&own)[0]).unwrap());
        assert_eq!(seqs(&system), seqs(&others));
    }

    #[test]
    fn codes_and_messages_are_not_shown_by_debug() {
        let message = OutboxEvent::PostMessage { conversation: "room".into(), text: "secret".into() };
        let shown = format!("{:?} {message:?}", invitation("AB12DE"));
        assert!(!shown.contains("AB12DE") && !shown.contains("secret"), "{shown}");
    }
}
