//! What the visitor API says of itself.

use super::Operation;
use super::me::Export;
use super::messages::MessageRequest;
use super::rating::RatingRequest;
use super::sessions::codes::{CodeSent, ResendRequest, ResumeRequest};
use super::sessions::email::LinkEmailRequest;
use super::sessions::request::SessionRequest;
use super::transcript::TranscriptRequest;
use crate::api::edit::EditRequest;
use crate::api::event::EventRequest;
use crate::api::upload::Uploaded;
use crate::openapi::{Described, Success, done, named, page_parameters};
use crate::thread::command::detail::Rating;
use schemars::SchemaGenerator;
use shared::model::message::Message;
use shared::wire::config::WidgetConfig;
use shared::wire::session::Session;

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let described = Described::usually(Success::Socket, &[400, 401, 403, 404, 413, 415, 429], "visitor");
    match operation {
        Operation::Config => Described {
            summary: "Reads how the widget looks and what its bot says first. Knows `If-None-Match`.",
            success: Success::Data(200, named::<WidgetConfig>(generator)),
            errors: &[404],
            security: None,
            ..described
        },
        Operation::Sessions => Described {
            summary: "Begins a session, or renews the bearer's own; with verify-otp and no code, sends one.",
            body: Some(named::<SessionRequest>(generator)),
            success: Success::Data(201, either(&named::<Session>(generator), &named::<CodeSent>(generator))),
            errors: &[400, 401, 403, 404, 413, 415, 429],
            security: None,
            ..described
        },
        Operation::ResendOtp => Described {
            summary: "Sends a new code to whoever waits for one; the answer does not tell whether anybody does.",
            body: Some(named::<ResendRequest>(generator)),
            success: Success::Data(201, done()),
            errors: &[400, 403, 404, 413, 415, 429],
            security: None,
            ..described
        },
        Operation::LinkEmail => Described {
            summary: "Keeps an e-mail that the visitor claims.",
            body: Some(named::<LinkEmailRequest>(generator)),
            success: Success::Data(201, named::<Session>(generator)),
            errors: &[400, 401, 403, 404, 413, 415, 429],
            ..described
        },
        Operation::Resume => Described {
            summary: "Follows the link of a mail with a code, once.",
            body: Some(named::<ResumeRequest>(generator)),
            success: Success::Data(201, named::<Session>(generator)),
            errors: &[400, 401, 403, 404, 413, 415, 429],
            security: None,
            ..described
        },
        Operation::History => Described {
            summary: "Reads messages; X-Next-Before has the cursor of the next older page.",
            query: page_parameters(),
            success: Success::Data(200, named::<Vec<Message>>(generator)),
            errors: &[400, 401, 403, 404, 429],
            ..described
        },
        Operation::Upload => Described {
            summary: "Hands over a file, to be sent with a message.",
            takes_file: true,
            success: Success::Data(201, named::<Uploaded>(generator)),
            errors: &[400, 401, 403, 404, 408, 409, 413, 415, 429],
            ..described
        },
        Operation::Messages => Described {
            summary: "Sends a message; the answer means that it is kept.",
            body: Some(named::<MessageRequest>(generator)),
            success: Success::Data(201, named::<Message>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415, 429],
            ..described
        },
        Operation::Edit => Described {
            summary: "Edits one of the visitor's own messages, for 15 minutes.",
            body: Some(named::<EditRequest>(generator)),
            success: Success::Data(200, named::<Message>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415, 429],
            ..described
        },
        Operation::Delete => Described {
            summary: "Deletes one of the visitor's own messages, for 15 minutes: it keeps its place and says nothing.",
            success: Success::Data(200, named::<Message>(generator)),
            errors: &[401, 403, 404, 409, 429],
            ..described
        },
        Operation::Events => Described {
            summary: "Tells what the visitor does besides writing.",
            body: Some(named::<EventRequest>(generator)),
            success: Success::Data(201, done()),
            errors: &[400, 401, 403, 404, 409, 413, 415, 429],
            ..described
        },
        Operation::End => Described {
            summary: "Closes the visitor's conversation; what they say next begins another.",
            success: Success::Data(201, done()),
            errors: &[400, 401, 403, 404, 409, 429],
            ..described
        },
        Operation::Rating => Described {
            summary: "Rates the visitor's last conversation; again replaces what was said before.",
            body: Some(named::<RatingRequest>(generator)),
            success: Success::Data(201, named::<Rating>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415, 429],
            ..described
        },
        Operation::Transcript => Described {
            summary: "Sends the visitor's last conversation by mail, three times an hour at most.",
            body: Some(named::<TranscriptRequest>(generator)),
            success: Success::Data(201, done()),
            errors: &[400, 401, 403, 404, 409, 413, 415, 429],
            ..described
        },
        Operation::Export => Described {
            summary: "Gives all that is kept of the visitor, to be kept by them.",
            success: Success::Data(200, named::<Export>(generator)),
            errors: &[401, 403, 404, 429],
            ..described
        },
        Operation::Forget => Described {
            summary: "Forgets the visitor: all that is kept of them goes, and their token proves nothing any more.",
            success: Success::Data(200, done()),
            errors: &[401, 403, 404, 429],
            ..described
        },
        Operation::Live => Described {
            summary: "Opens the live socket, with the subprotocol porchlight.v1 and the token as a second one.",
            errors: &[401, 403, 404, 426, 429],
            ..described
        },
    }
}

/// One of two schemas.
fn either(one: &schemars::Schema, other: &schemars::Schema) -> schemars::Schema {
    schemars::json_schema!({ "anyOf": [one, other] })
}
