#![doc = "Cardex, an embedded contacts engine."]
#![forbid(unsafe_code)]

mod book;
mod clock;
mod db;
#[cfg(feature = "demo")]
pub mod demo;
mod error;
#[cfg(feature = "exchange")]
pub mod exchange;
mod feed;
mod index;
mod interrupt;
mod model;
mod options;
mod query;
mod session;
mod store;
mod text;

// The equivalence test of the suite once more, at the sizes the index has in unit tests.
#[cfg(test)]
extern crate self as cardex;
#[cfg(test)]
#[path = "../tests/suite/equivalence.rs"]
mod equivalence;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

pub use crate::book::{BulkOptions, Health, Outcome, Stats};
pub use crate::clock::{Clock, SystemClock};
pub use crate::error::{Error, Problem, Result, Thing};
pub use crate::feed::{Change, ChangeKind};
pub use crate::index::{Class, Match};
pub use crate::interrupt::Interrupt;
pub use crate::model::{
    Advisor, AdvisorId, Contact, ContactId, ContactPatch, Email, Field, Group, GroupId, Identifier, Network,
    NetworkPolicy, NewAdvisor, NewContact, NewEmail, NewPhone, Phone, RoomOnCreate, Status, Tenant, TenantId,
    Timestamp, limits,
};
pub use crate::options::{Durability, Options};
pub use crate::query::{AdvisorList, Cursor, Hit, List, Page, Search};
pub use crate::session::{Actor, Session};
pub use crate::store::Store;
