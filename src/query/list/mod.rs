//! Lists of contacts in an order, with filters, sections, counts and page numbers; and lists of advisors.
//!
//! Imports the layers below `query`, and of `query` the pages, the filters and `cost.rs`. [`list_executor`] has the state of one list;
//! `list_scan.rs`, `list_page.rs` and `counting.rs` extend it. `builder.rs` is on top of these; `section.rs` and `offset_paging.rs` add
//! methods to the builder. A newcomer changes how lists are merged in `merge_walk.rs`, and how a filter is applied in `list_scan.rs`.

mod advisor_list;
mod builder;
mod counting;
mod list_executor;
mod list_page;
mod list_scan;
mod merge_walk;
mod offset_paging;
mod section;

pub use advisor_list::AdvisorList;
pub use builder::ContactList;
pub use section::{Count, Section};
