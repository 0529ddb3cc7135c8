//! The HTTP APIs against their OpenAPI files: every operation, every error, and every response.

#![allow(unreachable_pub, dead_code)] // as in tests/support
#![allow(clippy::print_stdout, clippy::needless_pass_by_value)]

mod by_email;
mod chat;
mod chatwoot;
mod chatwoot_account;
mod chatwoot_files;
mod chatwoot_filters;
mod chatwoot_inboxes;
mod chatwoot_leniency;
mod chatwoot_lists;
mod chatwoot_records;
mod client;
mod coverage;
mod documented;
mod federation;
mod fixture;
mod forms;
mod hostile;
mod hostile_pages;
mod maker;
mod numbered;
mod onboarding;
mod openapi;
mod plumbing;
mod product;
mod rights;
mod scenario;
mod smartsender;
mod smartsender_project;
