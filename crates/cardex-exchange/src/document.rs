//! The card of a record: only what the fields do not hold needs one.

use crate::card;
use crate::fields::{ContactFields, IsPhone, drop_default_display_name, merge_into_lines};
use crate::vcard::ContentLine;

/// The card of these lines; `None` if the fields hold everything.
pub(super) fn card_document(
    lines: &[ContentLine],
    fields: &ContactFields,
    is_phone: IsPhone<'_>,
) -> Option<String> {
    let mut from_fields = merge_into_lines(Vec::new(), fields, is_phone);
    drop_default_display_name(&mut from_fields, fields);
    (from_fields != lines).then(|| card::to_json(lines))
}

/// The card of a contact after it was written as vCard 4.0 and read again.
pub(super) fn card_after_round_trip(
    fields: &ContactFields,
    card: Option<&str>,
    is_phone: IsPhone<'_>,
) -> Option<String> {
    let mut lines = merge_into_lines(card.and_then(card::from_json).unwrap_or_default(), fields, is_phone);
    drop_default_display_name(&mut lines, fields);
    card_document(&lines, fields, is_phone)
}
