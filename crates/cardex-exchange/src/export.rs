//! Export: a list into any output, in one call.

use std::io::Write;

use crate::format::Format;
use crate::write::{WriteOptions, Writer};
use cardex::{ContactList, Error, Result, Session, limits};

/// Writes all contacts of a list to `output`, with their cards. All formats have their tags, JSON Lines also their attribute values. Returns how
/// many contacts were written.
///
/// The list is that of [`Session::contacts`], with its filter and its order, for the actor of `session`. It is read in pages of
/// [`limits::PAGE`], each from a snapshot of its own, so memory does not grow with the list, and writers do not wait. A contact that
/// is removed or merged meanwhile is left out. The interrupt and the deadline of the session stop the export between two reads. The
/// writes are small: use a [`std::io::BufWriter`].
///
/// ```
/// use cardex::{Actor, Network, NewContact, Options};
/// use cardex_exchange::{Format, WriteOptions, export};
/// let store = Options::new().open_in_memory()?;
/// let session = store.session(Actor::System);
/// for (name, company) in [("Ada", "Acme"), ("Bob", ""), ("Cid", "Acme")] {
///     session.add(NewContact::new(Network::BOOK, name, "").company(company))?;
/// }
/// let acme = session.contacts().filter("company = Acme".parse()?);
/// let mut file = Vec::new();
/// assert_eq!(export(&session, acme, &mut file, Format::JsonLines, WriteOptions::new())?, 2);
/// assert_eq!(file.iter().filter(|byte| **byte == b'\n').count(), 2);
/// # Ok::<(), cardex::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] if the output fails, and [`Error::DiskFull`] if it is a full disk. The contacts before it are written then. Those of
/// [`ContactList::page`], [`Error::Interrupted`] and [`Error::DeadlineExceeded`].
pub fn export(
    session: &Session,
    contacts: ContactList<'_>,
    output: impl Write,
    format: Format,
    options: WriteOptions,
) -> Result<u64> {
    let cancellation = session.cancellation();
    let mut writer = Writer::new(output, format, options).is_phone(|text| session.is_phone(text));
    let mut written = 0_u64;
    let mut contacts = contacts.limit(limits::PAGE).iter();
    loop {
        let batch = contacts.by_ref().take(limits::PAGE).collect::<Result<Vec<_>>>()?;
        if batch.is_empty() {
            break;
        }
        let ids: Vec<_> = batch.iter().map(|contact| contact.id).collect();
        let has_values = format == Format::JsonLines;
        let tags = session.tags().of(&ids)?;
        let values = if has_values { session.attributes().of(&ids)? } else { Vec::new() };
        let (mut tags, mut values) = (tags.into_iter(), values.into_iter());
        for contact in batch {
            cancellation.check()?;
            let (tags, values) = (tags.next().unwrap_or_default(), values.next().unwrap_or_default());
            let card = match session.card(contact.id) {
                // The contact was removed or merged after its page was read.
                Err(Error::NoContact(_) | Error::Merged { .. }) => continue,
                card => card?,
            };
            writer.write_full(&contact, card.as_deref(), &tags, &values)?;
            written = written.saturating_add(1);
        }
    }
    writer.finish()?;
    Ok(written)
}
