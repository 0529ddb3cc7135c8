//! The fields of a contact that files hold, independent of the format.
//!
//! `read` extracts the fields from card lines, `merge` updates card lines from the fields, `validate` rejects phones and
//! e-mail addresses that a contact cannot hold. May use `vcard` only. To support another field, start in `contact_fields`.

mod contact_fields;
mod label;
mod merge;
mod read;
mod validate;

pub(crate) use self::contact_fields::{
    ContactFields, ContactMethod, IsPhone, ParsedRecord, parse_status, status_name,
};
pub(crate) use self::label::add_labelled_line;
pub(crate) use self::merge::{cardex_lines, merge_into_lines};
pub(crate) use self::read::{drop_default_display_name, is_mailbox_list, read_fields};
pub use self::validate::Warning;
pub(crate) use self::validate::{FieldValidator, looks_like_phone};
