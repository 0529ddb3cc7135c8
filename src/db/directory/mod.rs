//! Tenants, federation groups, networks, advisors and entitlements, and the public ids of their local ids.
//!
//! May use `connection` and `columns`. `contact` and `record` use it to translate local ids.
//! A newcomer changes here the columns of these tables, and how they are read and written.

pub(crate) mod advisor_numbers;
pub(crate) mod advisors;
pub(crate) mod entitlement;
pub(crate) mod networks;
pub(crate) mod pre_entitlement;
pub(crate) mod tenants;

pub(crate) use advisors::{
    AdvisorRef, advisor_public_id, advisor_ref, advisor_tenant, advisor_with_email, advisors, find_advisor,
    get_advisor, insert_advisor, next_advisor_id,
};
pub(crate) use networks::{insert_network, network, network_code, network_ids, network_local_id, networks};
