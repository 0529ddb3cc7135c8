//! The groups of commands, as `--help` and `docs/cli.md` list them.

use std::fmt::Write as _;

use clap::Command;

/// A heading, and the commands below it in their order.
pub(crate) type Group = (&'static str, &'static [&'static str]);

/// Every command is in exactly one group. Commands behind a feature of the crate are listed here even without it.
pub(crate) const GROUPS: [Group; 6] = [
    (
        "Contacts",
        &[
            "search",
            "list",
            "show",
            "add",
            "find-or-create",
            "edit",
            "remove",
            "restore",
            "merge",
            "unmerge",
            "duplicates",
            "link",
            "unlink",
            "bulk",
            "import",
            "export",
        ],
    ),
    (
        "Data of contacts",
        &[
            "tags",
            "attributes",
            "notes",
            "blocks",
            "companies",
            "funnels",
            "channels",
            "identities",
            "conversations",
            "events",
            "fire",
        ],
    ),
    ("Onboarding", &["onboard", "update", "invite", "confirm", "offboard", "copy"]),
    (
        "Administration",
        &["advisors", "networks", "tenants", "groups", "entitlements", "permissions", "numbers"],
    ),
    ("Integration", &["changes", "outbox", "call", "serve", "mcp"]),
    (
        "Maintenance",
        &[
            "init",
            "check",
            "stats",
            "backup",
            "recover",
            "optimize",
            "index",
            "vacuum",
            "key",
            "demo",
            "completions",
        ],
    ),
];

/// The help template of the program: clap's own template with the commands in groups.
pub(crate) fn help_template(program: &Command) -> String {
    let header = program.get_styles().get_header();
    format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\
         Run `cardex help COMMAND` for the options of a command.\n\n\
         {header}Options of every command:{header:#}\n{{options}}{{after-help}}",
        grouped_commands(program)
    )
}

/// The commands of the program with their summaries, one paragraph for each group.
fn grouped_commands(program: &Command) -> String {
    let (header, literal) = (program.get_styles().get_header(), program.get_styles().get_literal());
    let width = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (heading, names) in GROUPS {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{header}{heading}:{header:#}");
        for command in names.iter().filter_map(|name| program.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {literal}{:width$}{literal:#}  {about}", command.get_name());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_is_in_one_group() {
        let program = Cli::clap_command();
        for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = command.get_name();
            let groups = GROUPS.iter().filter(|(_, names)| names.contains(&name)).count();
            let times = GROUPS.iter().flat_map(|(_, names)| *names).filter(|other| **other == name).count();
            assert_eq!((groups, times), (1, 1), "{name}");
        }
        let optional = ["key", "mcp", "serve"];
        for name in GROUPS.iter().flat_map(|(_, names)| *names) {
            assert!(program.find_subcommand(name).is_some() || optional.contains(name), "{name}");
        }
    }

    #[test]
    fn help_lists_the_groups() {
        let help = Cli::clap_command().render_help().to_string();
        let headings = GROUPS.map(|(heading, _)| help.find(&format!("{heading}:\n")).unwrap());
        assert!(headings.is_sorted(), "{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
