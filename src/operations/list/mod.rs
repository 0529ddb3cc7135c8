//! Positions of contacts in lists, and the counts of lists.
//!
//! May import `context` and the layers below `operations`. A newcomer changes here how a write keeps sort keys and counts.

pub(crate) mod list_counts;
pub(crate) mod list_orders;
