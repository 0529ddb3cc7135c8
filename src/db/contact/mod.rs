//! Contacts: their rows, and the tables whose rows follow from them.
//!
//! May use `connection`, `directory`, `list` and `record`. `write` changes a contact's row and keeps its entries in `list` in step.
//! A newcomer changes here the columns of a contact, how it is read and written, what is unique, and what a merge transfers.

pub(crate) mod card;
pub(crate) mod contact_methods;
mod generated_uid;
pub(crate) mod merge_record;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod row_checksum;
pub(crate) mod sort_entries;
pub(crate) mod sort_keys;
pub(crate) mod sort_values;
pub(crate) mod summary_row;
pub(crate) mod unique_values;
pub(crate) mod write;

pub(crate) use card::{card, replace_card};
pub(crate) use read::{
    batch_after, batch_before, exists, ids_in_range, last_id, many, merged_into, one, with_invite_code,
    with_status,
};
pub(crate) use row::StoredContact;
pub(crate) use sort_keys::{SortKeys, clear_sort_keys, set_sort_keys, sort_keys};
pub(crate) use summary_row::summaries;
pub(crate) use write::{delete, insert, set_active, touch, update};
