#![doc = "Cardex, an embedded contacts engine."]
#![forbid(unsafe_code)]

mod clock;
mod error;
#[cfg(feature = "exchange")]
pub mod exchange;
mod model;
mod text;

pub use crate::clock::{Clock, SystemClock};
pub use crate::error::{Error, Problem, Result, Thing};
pub use crate::model::{
    Advisor, AdvisorId, Contact, ContactId, ContactPatch, Email, Field, Group, GroupId, Identifier, Network,
    NetworkPolicy, NewAdvisor, NewContact, NewEmail, NewPhone, Phone, RoomOnCreate, Status, Tenant, TenantId,
    Timestamp, limits,
};
