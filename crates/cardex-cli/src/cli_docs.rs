//! Renders `docs/cli.md` from the clap parser, and checks that the file is up to date.
//!
//! Update it with `CARDEX_WRITE_DOCS=1 cargo test -p cardex-cli --features serve,mcp,encryption cli_docs`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command};

use crate::cli::Cli;
use crate::command_groups::GROUPS;

/// Commands of optional features, with the feature. A build without the feature does not check their sections.
const OPTIONAL_COMMANDS: [(&str, &str); 3] = [("serve", "serve"), ("mcp", "mcp"), ("key", "encryption")];
/// Arguments of optional features, by their ids.
const OPTIONAL_ARGS: [(&str, &str); 1] = [("key_file", "encryption")];

#[test]
fn cli_docs_are_up_to_date() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let path = folder.join("cli.md");
    let document = document();
    if std::env::var_os("CARDEX_WRITE_DOCS").is_some() {
        assert!(missing_features().is_empty(), "write the document with --features serve,mcp,encryption");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, document).unwrap();
    } else if folder.exists() {
        let written = std::fs::read_to_string(&path).unwrap();
        let expected = without_missing_features(&written);
        assert!(
            document == expected,
            "docs/cli.md is stale; see the first lines of src/cli_docs.rs\n{document}"
        );
    }
}

fn missing_features() -> Vec<&'static str> {
    let features = [
        ("serve", cfg!(feature = "serve")),
        ("mcp", cfg!(feature = "mcp")),
        ("encryption", cfg!(feature = "encryption")),
    ];
    features.into_iter().filter(|(_, enabled)| !enabled).map(|(name, _)| name).collect()
}

/// The document without the sections and list items of features that this build does not have.
fn without_missing_features(document: &str) -> String {
    let markers: Vec<String> = missing_features().into_iter().map(feature_note).collect();
    let is_missing = |text: &str| markers.iter().any(|marker| text.contains(marker));
    let mut kept = String::new();
    let mut skipped_level = None;
    let lines: Vec<&str> = document.split_inclusive('\n').collect();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('#') {
            let level = line.bytes().take_while(|byte| *byte == b'#').count();
            // The note is the first paragraph of a section.
            let is_optional = lines
                .get(at.saturating_add(2))
                .is_some_and(|note| note.starts_with("Only") && is_missing(note));
            if skipped_level.is_none_or(|skipped| level <= skipped) {
                skipped_level = is_optional.then_some(level);
            }
        }
        if skipped_level.is_none() && !is_missing(line) {
            kept.push_str(line);
        }
    }
    kept
}

/// The text that marks an optional section or item.
fn feature_note(feature: &str) -> String {
    format!("Only with the feature `{feature}`.")
}

/// The note for a command or an argument of an optional feature.
fn note_of(name: &str, optional: &[(&str, &str)]) -> Option<String> {
    optional.iter().find(|(other, _)| *other == name).map(|(_, feature)| feature_note(feature))
}

fn document() -> String {
    let mut program = Cli::clap_command();
    program.build();
    let mut text = String::from(
        "# Command line\n\nThis file is generated from the parser of the program; \
         `crates/cardex-cli/src/cli_docs.rs` describes how.\n\n",
    );
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "**{heading}**\n");
        for command in names.iter().filter_map(|name| program.find_subcommand(name)) {
            let name = command.get_name();
            let note = note_of(name, &OPTIONAL_COMMANDS).map(|note| format!(". {note}")).unwrap_or_default();
            let _ = writeln!(text, "- [`{name}`](#cardex-{name}): {}{note}", summary(command));
        }
        text.push('\n');
    }
    text.push_str("## Options of every command\n\n");
    for arg in program.get_arguments().filter(|arg| arg.is_global_set() && !arg.is_hide_set()) {
        append_arg(&mut text, arg);
    }
    for (_, names) in GROUPS {
        for command in names.iter().filter_map(|name| program.find_subcommand(name)) {
            append_command(&mut text, command, "cardex", 2);
        }
    }
    text
}

fn summary(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// Appends the section of a command and of its subcommands.
fn append_command(text: &mut String, command: &Command, parent: &str, level: usize) {
    let name = format!("{parent} {}", command.get_name());
    let _ = writeln!(text, "\n{} {name}\n", "#".repeat(level));
    if let Some(note) = note_of(command.get_name(), &OPTIONAL_COMMANDS) {
        let _ = writeln!(text, "{note}\n");
    }
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let (summary, details) = about.trim().split_once("\n\n").unwrap_or((about.trim(), ""));
    let _ = writeln!(text, "{summary}.\n");
    if !details.is_empty() {
        let _ = writeln!(text, "{details}\n");
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let _ = writeln!(text, "```text\n{}\n```", usage.trim());
    let own: Vec<&Arg> = command.get_arguments().filter(|arg| is_documented(arg)).collect();
    if !own.is_empty() {
        text.push('\n');
    }
    for arg in own {
        append_arg(text, arg);
    }
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        append_command(text, subcommand, &name, level.saturating_add(1));
    }
}

fn is_documented(arg: &Arg) -> bool {
    !arg.is_global_set() && !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version")
}

/// Appends one list item: the syntax of the argument, its help, its default and its possible values.
fn append_arg(text: &mut String, arg: &Arg) {
    let values = arg.get_value_names().unwrap_or_default();
    let values: Vec<&str> = values.iter().map(clap::builder::Str::as_str).collect();
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let syntax = match arg.get_long() {
        Some(long) if takes_value => format!("--{long} {}", values.join(" ")),
        Some(long) => format!("--{long}"),
        None => values.join(" "),
    };
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let _ = write!(text, "- `{syntax}`: {}", help.split_whitespace().collect::<Vec<_>>().join(" "));
    let defaults = arg.get_default_values().iter().map(|value| value.to_string_lossy());
    let defaults: Vec<_> = defaults.collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(text, ". Default: `{}`", defaults.join(" "));
    }
    let choices: Vec<_> =
        arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if takes_value && !choices.is_empty() {
        let _ = write!(text, ". One of {}", choices.join(", "));
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(text, ". Environment variable: `{}`", variable.to_string_lossy());
    }
    if let Some(note) = note_of(arg.get_id().as_str(), &OPTIONAL_ARGS) {
        let _ = write!(text, ". {note}");
    }
    text.push('\n');
}
