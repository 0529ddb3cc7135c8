//! Labels of a contact: the tags of the book, by name.

use crate::chatwoot::contacts::found;
use crate::chatwoot::errors::Fault;
use crate::chatwoot::params::desk_and_contact;
use crate::chatwoot::shapes::Payload;
use crate::chatwoot::{Answer, Call};
use crate::input::{Fields, Item};
use cardex::{Tag, UnknownTags, limits};

fn names(tags: Vec<Tag>) -> Payload<Vec<String>> {
    Payload { payload: tags.into_iter().map(|tag| tag.name).collect() }
}

/// `list-all-labels-of-a-contact`
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    Answer::ok(&names(desk.tags_of(&[id])?.pop().unwrap_or_default()))
}

/// `contact-add-labels`: these are the contact's labels from now on, whether the account has them in its catalogue or not.
pub(super) fn replace(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    let body = Fields::parse(&call.body)?;
    let labels = body.list_of("labels", 0..=limits::TAGS, "has too many labels")?;
    let labels = labels.iter().map(Item::text).collect::<Result<Vec<_>, _>>()?;
    let tags = desk.set_tags(id, &labels, UnknownTags::Made);
    Answer::ok(&names(tags.map_err(|error| Fault::from(error).plainly())?))
}
