//! The tools, one file each.

mod delete_contact;
mod edit_contact;
mod find_duplicates;
mod get_contact;
mod list_contacts;
mod merge_contacts;
mod note_and_tag;
mod recent_changes;
mod save_contact;
mod search_contacts;
mod undo;

use cardex::Actor;

use crate::tool::{Effect, ServerTool};

/// The tools of a session. A read-only server has none that writes; only administrators and the system have the change log.
pub(crate) fn tools(actor: Actor, read_only: bool) -> Vec<ServerTool> {
    let mut tools = vec![
        ServerTool::direct::<search_contacts::SearchContacts>(),
        ServerTool::direct::<get_contact::GetContact>(),
        ServerTool::direct::<list_contacts::ListContacts>(),
        ServerTool::direct::<find_duplicates::FindDuplicates>(),
    ];
    if matches!(actor, Actor::System | Actor::Administrator(_)) {
        tools.push(ServerTool::direct::<recent_changes::RecentChanges>());
    }
    tools.extend([
        ServerTool::direct::<save_contact::SaveContact>(),
        ServerTool::direct::<edit_contact::EditContact>(),
        ServerTool::direct::<note_and_tag::NoteAndTag>(),
        ServerTool::confirmed::<delete_contact::DeleteContact>(),
        ServerTool::confirmed::<merge_contacts::MergeContacts>(),
        ServerTool::direct::<undo::Undo>(),
    ]);
    tools.retain(|tool| !read_only || tool.effect == Effect::Read);
    tools
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_has_the_members_of_its_type() {
        for tool in tools(Actor::System, false) {
            let name = &tool.tool.name;
            let input = &tool.tool.input_schema;
            assert!(input["properties"].as_object().is_some_and(|members| !members.is_empty()), "{name}");
            assert_eq!(input["additionalProperties"], false, "{name}");
            let output = tool.tool.output_schema.unwrap();
            assert_eq!(output["type"], "object", "{name}");
            assert!(output["required"].as_array().unwrap().contains(&"notice".into()), "{name}");
        }
    }

    #[test]
    fn a_read_only_server_has_no_tool_that_writes() {
        let names = |actor, read_only| {
            tools(actor, read_only).into_iter().map(|tool| tool.tool.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            names(Actor::System, true),
            ["search_contacts", "get_contact", "list_contacts", "find_duplicates", "recent_changes"]
        );
        assert_eq!(
            names(Actor::Advisor(cardex::AdvisorId(7)), true),
            ["search_contacts", "get_contact", "list_contacts", "find_duplicates"]
        );
    }
}
