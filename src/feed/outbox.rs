//! What the host has to do in the world: asked for in the transaction that makes it needed, handed out until acknowledged.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::session::Session;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::model::{AdvisorId, ContactId, Network, TenantId, Timestamp};

/// Something the host has to do. Names and addresses are not in it: the contact has them.
///
/// ```
/// use cardex::{ContactId, Effect};
/// let effect = Effect::MoveMember { stream: "s1".into(), from: ContactId(1), to: ContactId(2) };
/// let json = r#"{"effect":"moveMember","stream":"s1","from":"1","to":"2"}"#;
/// assert_eq!(serde_json::to_string(&effect)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum OutboxEvent {
    /// Send a contact the code to confirm with.
    SendInvitation {
        /// Who is invited.
        contact: ContactId,
        /// On whose behalf, if it is known.
        advisor: Option<AdvisorId>,
        /// The one-time code.
        code: String,
        /// When the code is worth nothing any more.
        expires_at: Timestamp,
    },
    /// Open a room.
    CreateConversation {
        /// With whom.
        contact: ContactId,
        /// Whose room it is.
        advisor: AdvisorId,
        /// On which network.
        network: Network,
    },
    /// Post a message of the system.
    PostMessage {
        /// Where: the stream of a room or chat.
        conversation: String,
        /// The message.
        text: String,
    },
    /// Act upon an event that was fired on a contact.
    ContactEvent {
        /// Its number: [`Session::event`] tells what was sent with it.
        event_seq: i64,
        /// On whom.
        contact: ContactId,
        /// Its name.
        name: String,
    },
    /// Put a contact in another one's place.
    ReplaceMember {
        /// Where: the stream of a room.
        conversation: String,
        /// Who leaves.
        from: ContactId,
        /// Who comes.
        to: ContactId,
    },
}

impl fmt::Debug for OutboxEvent {
    /// Not the code, nor what a message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SendInvitation { contact, .. } => {
                f.debug_struct("SendInvitation").field("contact", contact).finish_non_exhaustive()
            }
            Self::CreateConversation { contact, .. } => {
                f.debug_struct("CreateRoom").field("contact", contact).finish_non_exhaustive()
            }
            Self::ContactEvent { event_seq: event, contact, .. } => f
                .debug_struct("Event")
                .field("event", event)
                .field("contact", contact)
                .finish_non_exhaustive(),
            Self::PostMessage { .. } => f.debug_struct("PostMessage").finish_non_exhaustive(),
            Self::ReplaceMember { from, to, .. } => {
                f.debug_struct("MoveMember").field("from", from).field("to", to).finish_non_exhaustive()
            }
        }
    }
}

/// An effect that has not been acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutboxMessage {
    /// The place in the outbox: later effects have greater numbers, and none is given twice.
    pub seq: i64,
    /// The tenant it is done for.
    pub tenant: TenantId,
    /// What to do.
    #[serde(flatten)]
    pub event: OutboxEvent,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// How often the host said that it tried.
    pub attempts: u64,
    /// When it last did.
    pub last_attempt_at: Option<Timestamp>,
}

/// Asks for an effect, in the transaction that makes it needed.
pub(crate) fn enqueue(db: &Write<'_>, tenant: i64, effect: &OutboxEvent, now: Timestamp) -> Result<()> {
    let body = serde_json::to_string(effect).map_err(|source| Error::Storage(Box::new(source)))?;
    Ok(db::outbox::insert(db, tenant, &body, now)?)
}

/// Takes an invitation back that the host has not sent: its code is worth nothing any more.
pub(crate) fn withdraw_invitation(db: &Write<'_>, tenant: i64, code: &str) -> Result<()> {
    // A quote within a text is escaped, so no text of a message looks like this.
    Ok(db::outbox::delete_containing(db, tenant, &format!("\"code\":\"{code}\""))?)
}

impl Session {
    /// Up to `limit` effects (at most [`limits::PAGE`](crate::limits::PAGE)) that the host has yet to bring about, oldest
    /// first. Each comes again, also after a restart, until it is acknowledged: so it is done at least once, and what is done
    /// should bear being done twice. For administrators, what their tenant asked for; for the system, all.
    ///
    /// ```
    /// use cardex::{Actor, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let host = store.session(Actor::System);
    /// for pending in host.outbox(100)? {
    ///     host.attempted(pending.seq)?;
    ///     // ... bring it about, then:
    ///     host.acknowledge(pending.seq)?;
    /// }
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors; [`Error::Invalid`] for a limit of 0 or one too large.
    pub fn outbox(&self, limit: usize) -> Result<Vec<OutboxMessage>> {
        self.outbox_after(0, limit)
    }

    /// The same, from the effect behind number `seq` on.
    ///
    /// # Errors
    /// See [`Session::outbox`].
    pub fn outbox_after(&self, seq: i64, limit: usize) -> Result<Vec<OutboxMessage>> {
        let most = page_limit(limit)?;
        self.engine.read(&self.cancel_token(), |snapshot| {
            let rights = self.rights(&snapshot.db)?;
            rights.require_administrator()?;
            let rows = db::outbox::after(&snapshot.db, rights.tenant(), seq, most)?;
            rows.iter().map(message_from_row).collect()
        })
    }

    /// Counts a try to bring an effect about; false if there is no such effect, or it was acknowledged.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn record_attempt(&self, seq: i64) -> Result<bool> {
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            Ok(db::outbox::record_attempt(db, rights.tenant(), seq, self.engine.now())?)
        })
    }

    /// Takes an effect out of the outbox: it was brought about, or never will be. False if there is no such effect, or it was
    /// acknowledged before.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn acknowledge(&self, seq: i64) -> Result<bool> {
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
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
            // A transaction that fails takes what it asked for with it.
            let failed = |db: &Write<'_>| -> Result<()> {
                enqueue(db, 1, &invitation("lost"), Timestamp(6))?;
                Err(Error::Busy)
            };
            store.engine.write(&crate::host::interrupt::CancelToken::default(), failed).unwrap_err();
            let host = store.session(Actor::System);
            let first = host.outbox(1).unwrap();
            assert!(host.record_attempt(first[0].seq).unwrap() && host.record_attempt(first[0].seq).unwrap());
        }
        let store = Options::new().open(&path).unwrap();
        let host = store.session(Actor::System);
        let told = host.outbox(10).unwrap();
        assert_eq!(told.iter().map(|pending| pending.event.clone()).collect::<Vec<_>>(), asked);
        assert!(told.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        assert_eq!((told[0].attempts, told[0].last_attempt_at.is_some()), (2, true));
        assert_eq!((told[1].attempts, told[1].last_attempt_at, told[1].created_at), (0, None, Timestamp(5)));
        assert!(host.acknowledge(told[1].seq).unwrap());
        assert!(!host.acknowledge(told[1].seq).unwrap() && !host.record_attempt(told[1].seq).unwrap());
        let left: Vec<i64> = host.outbox(10).unwrap().iter().map(|pending| pending.seq).collect();
        assert_eq!(left, [told[0].seq, told[2].seq, told[3].seq]);
        let rest: Vec<i64> = host.outbox_after(left[0], 1).unwrap().iter().map(|p| p.seq).collect();
        assert_eq!(rest, [left[1]]);
        // What is gone leaves no number behind for others.
        assert!(host.acknowledge(told[3].seq).unwrap());
        store
            .engine
            .write(&crate::host::interrupt::CancelToken::default(), |db| {
                enqueue(db, 1, &invitation("x"), Timestamp(9))
            })
            .unwrap();
        assert!(host.outbox(10).unwrap().last().unwrap().seq > told[3].seq);
    }

    #[test]
    fn an_administrator_sees_only_the_outbox_of_the_own_tenant() {
        let store = Options::new().open_in_memory().unwrap();
        let system = store.session(Actor::System);
        let home = system.tenants().unwrap()[0].id;
        let away = system.add_tenant("away").unwrap().id;
        let both = |db: &Write<'_>| {
            let ids = db::tenants::tenant_ids(db)?;
            ids.into_iter().try_for_each(|tenant| enqueue(db, tenant, &invitation("c"), Timestamp(1)))
        };
        store.engine.write(&crate::host::interrupt::CancelToken::default(), both).unwrap();
        let [own, others] = [home, away].map(|tenant| store.session(Actor::Administrator(tenant)));
        let seqs = |session: &Session| session.outbox(9).unwrap().iter().map(|p| p.seq).collect::<Vec<_>>();
        assert_eq!(own.outbox(9).unwrap()[0].tenant, home);
        assert_eq!((seqs(&own).len(), seqs(&others).len(), seqs(&system).len()), (1, 1, 2));
        assert_eq!(seqs(&system.clone().in_tenant(away)), seqs(&others));
        assert!(
            !others.acknowledge(seqs(&own)[0]).unwrap() && !others.record_attempt(seqs(&own)[0]).unwrap()
        );
        assert!(own.acknowledge(seqs(&own)[0]).unwrap());
        assert_eq!(seqs(&system), seqs(&others));
    }

    #[test]
    fn codes_and_messages_are_not_shown_by_debug() {
        let message = OutboxEvent::PostMessage { conversation: "room".into(), text: "secret".into() };
        let shown = format!("{:?} {message:?}", invitation("AB12DE"));
        assert!(!shown.contains("AB12DE") && !shown.contains("secret"), "{shown}");
    }
}
