//! What the agents' API says of itself.

use super::Operation;
use super::assign::{AssignRequest, BotRequest};
use super::conversation::ConversationDetail;
use super::list::ConversationPage;
use super::messages::AgentMessageRequest;
use crate::api::edit::EditRequest;
use crate::api::event::EventRequest;
use crate::api::upload::Uploaded;
use crate::openapi::{Described, QueryParameter, Success, done, named, page_parameters};
use crate::store::offline_messages::OfflineMessageView;
use schemars::SchemaGenerator;
use serde_json::json;
use shared::model::message::Message;

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let described = Described::usually(
        Success::Data(201, named::<ConversationDetail>(generator)),
        &[401, 403, 404],
        "key",
    );
    match operation {
        Operation::List => Described {
            summary: "Lists conversations, last changed first.",
            query: list_parameters(),
            success: Success::Data(200, named::<ConversationPage>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::Read => Described {
            summary: "Reads a conversation as its Thread has it at this moment.",
            success: Success::Data(200, named::<ConversationDetail>(generator)),
            ..described
        },
        Operation::Messages => Described {
            summary: "Reads its messages, agents' notes included.",
            query: page_parameters(),
            success: Success::Data(200, named::<Vec<Message>>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::Upload => Described {
            summary: "Hands over a file, to be sent with an answer.",
            takes_file: true,
            success: Success::Data(201, named::<Uploaded>(generator)),
            errors: &[400, 401, 403, 404, 408, 409, 413, 415],
            ..described
        },
        Operation::Send => Described {
            summary: "Answers the visitor, or leaves a note for agents.",
            body: Some(named::<AgentMessageRequest>(generator)),
            success: Success::Data(201, named::<Message>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415],
            ..described
        },
        Operation::Edit => Described {
            summary: "Edits what an agent said in it, for 15 minutes.",
            body: Some(named::<EditRequest>(generator)),
            success: Success::Data(200, named::<Message>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415],
            ..described
        },
        Operation::Delete => Described {
            summary: "Deletes what an agent said in it, for 15 minutes: the message keeps its place and says nothing.",
            success: Success::Data(200, named::<Message>(generator)),
            errors: &[401, 403, 404, 409],
            ..described
        },
        Operation::Events => Described {
            summary: "Tells the visitor of typing and seeing.",
            body: Some(named::<EventRequest>(generator)),
            success: Success::Data(201, done()),
            errors: &[400, 401, 403, 404, 409, 413, 415],
            ..described
        },
        Operation::Assign => Described {
            summary: "Gives it to an agent, which silences the bot, or takes it from whoever has it.",
            body: Some(named::<AssignRequest>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415],
            ..described
        },
        Operation::Bot => Described {
            summary: "Gives it back to its bot, which goes on where a person took over, or has that be silent.",
            body: Some(named::<BotRequest>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415],
            ..described
        },
        Operation::Close => Described {
            summary: "Closes it; closing a closed one changes nothing.",
            errors: &[400, 401, 403, 404, 409],
            ..described
        },
        Operation::Reopen => Described {
            summary: "Opens it again, while the visitor has begun no other.",
            errors: &[400, 401, 403, 404, 409],
            ..described
        },
        Operation::OfflineMessages => Described {
            summary: "Lists messages that were left without a chat, newest first; `X-Next-Before` has the cursor of the next page.",
            query: offline_parameters(),
            success: Success::Data(200, named::<Vec<OfflineMessageView>>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::DeleteOfflineMessage => Described {
            summary: "Deletes a message that was left without a chat.",
            success: Success::Data(200, done()),
            ..described
        },
        Operation::Live => Described {
            summary: "Opens the agents' live socket, with the subprotocol porchlight.v1; the key in a header or as a second one.",
            success: Success::Socket,
            errors: &[401, 403, 404, 426, 429],
            ..described
        },
    }
}

fn offline_parameters() -> Vec<QueryParameter> {
    vec![
        QueryParameter::limit(50),
        QueryParameter {
            name: "before",
            description: "A message's id: what came before it.",
            schema: json!({ "type": "string", "format": "uuid" }),
        },
    ]
}

fn list_parameters() -> Vec<QueryParameter> {
    vec![
        QueryParameter {
            name: "status",
            description: "Only those that stand so.",
            schema: json!({ "enum": ["pending", "open", "closed"] }),
        },
        QueryParameter {
            name: "assignee",
            description: "Only those of this agent; `none` for those of nobody.",
            schema: json!({ "type": "string" }),
        },
        QueryParameter {
            name: "channel",
            description: "Only those held in this widget.",
            schema: json!({ "type": "string", "format": "uuid" }),
        },
        QueryParameter {
            name: "department",
            description: "Only those for this department.",
            schema: json!({ "type": "string" }),
        },
        QueryParameter {
            name: "search",
            description: "Only those with all of these words in a message, or in the visitor's name or e-mail; the last word may go on.",
            schema: json!({ "type": "string", "maxLength": 200 }),
        },
        QueryParameter::limit(50),
        QueryParameter {
            name: "after",
            description: "The `endCursor` of the page before.",
            schema: json!({ "type": "string" }),
        },
    ]
}
