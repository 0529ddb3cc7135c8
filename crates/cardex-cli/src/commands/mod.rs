//! The commands: one file for each command or small family of commands.
//!
//! A command is a struct of clap arguments with a `run` method. It may use `args`, `open_store`, `output` and `failure`;
//! commands do not use each other, only the shared `contact_output`, `each`, `printed_lines` and `products`.
//! To add a command: write its file, then add it to `Command` in `cli.rs` and to a group in `command_groups.rs`.

pub(crate) mod advisors;
pub(crate) mod attributes;
pub(crate) mod blocks;
pub(crate) mod bulk;
pub(crate) mod call;
pub(crate) mod changes;
pub(crate) mod channels;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod contact_edit;
mod contact_filters;
mod contact_output;
pub(crate) mod conversations;
pub(crate) mod demo;
pub(crate) mod duplicates;
mod each;
pub(crate) mod entitlements;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod funnels;
pub(crate) mod groups;
pub(crate) mod import;
pub(crate) mod index;
pub(crate) mod init;
#[cfg(feature = "encryption")]
pub(crate) mod key;
pub(crate) mod list;
pub(crate) mod maintenance;
#[cfg(feature = "mcp")]
pub(crate) mod mcp;
pub(crate) mod merge;
pub(crate) mod networks;
pub(crate) mod notes;
pub(crate) mod numbers;
pub(crate) mod onboard;
pub(crate) mod outbox;
pub(crate) mod permissions;
mod plain_field_args;
mod printed_lines;
pub(crate) mod products;
pub(crate) mod search;
#[cfg(feature = "serve")]
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod tags;
pub(crate) mod tenants;
pub(crate) mod trash;
