//! Decides on the card of a contact that an import updates.

use crate::card::{self, CSV_PROPERTY, JSON_PROPERTY};
use crate::document::card_after_round_trip;
use crate::fields::ContactFields;

use cardex::Contact;

/// The new card of a contact of the book; `None` keeps the card. Properties that the record does not have stay.
///
/// A card equal to that of an export of the contact is no change: an edited contact exports its card with the edit. A card
/// with only the extra columns of a table is merged into the card of the contact.
pub(super) fn keep_missing_properties(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    current: Option<&str>,
    imported: String,
) -> Option<String> {
    let Some(known) = current else { return replace_card(is_phone, contact, current, imported) };
    if let Some(merged) = card::merge_properties(known, &imported, &[CSV_PROPERTY, JSON_PROPERTY]) {
        return Some(merged).filter(|merged| merged != known);
    }
    let new = replace_card(is_phone, contact, current, imported)?;
    let merged = card::add_missing(known, &new).unwrap_or(new);
    Some(merged).filter(|merged| merged != known)
}

/// The new card of a contact of the book; `None` keeps the card. Properties that the record does not have are removed.
pub(super) fn replace_card(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    current: Option<&str>,
    imported: String,
) -> Option<String> {
    let is_same = current == Some(imported.as_str());
    Some(imported).filter(|imported| !is_same && !is_unchanged_export(is_phone, contact, current, imported))
}

fn is_unchanged_export(
    is_phone: &dyn Fn(&str) -> bool,
    contact: &Contact,
    current: Option<&str>,
    imported: &str,
) -> bool {
    let exported = card_after_round_trip(&ContactFields::from(contact), current, is_phone);
    exported.as_deref() == Some(imported) || (exported.is_none() && card::is_empty(imported))
}
