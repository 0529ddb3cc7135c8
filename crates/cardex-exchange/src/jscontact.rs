//! A contact as a whole `JSContact` card.

use cardex::Contact;

use crate::card;
use crate::fields::{ContactFields, cardex_lines, looks_like_phone, merge_into_lines};
use crate::vcard::sort_by_name;

/// The contact as one `JSContact` card (RFC 9553), as JSON: its fields, and the other data of its card document. Where they differ, the
/// fields win. A card document alone has only the data without a field.
///
/// ```
/// use cardex::{Contact, ContactId, Network};
/// let mut ada = Contact::new(ContactId(7), Network::BOOK);
/// ada.display_name = "Ada Byron".to_owned();
/// let card: serde_json::Value = serde_json::from_str(&cardex_exchange::jscontact(&ada, None)).unwrap();
/// assert_eq!((&card["@type"], &card["name"]["full"]), (&"Card".into(), &"Ada Byron".into()));
/// ```
#[must_use]
pub fn jscontact(contact: &Contact, card: Option<&str>) -> String {
    let fields = ContactFields::from(contact);
    let known = card.and_then(card::from_json).unwrap_or_default();
    let mut lines = merge_into_lines(known, &fields, &looks_like_phone);
    lines.extend(cardex_lines(&fields, &lines));
    sort_by_name(&mut lines);
    card::to_json(&lines)
}
