//! What the administrators' API says of itself.

use super::Operation;
use super::channels::{Channel, ChannelRequest, Snippet};
use super::departments::DepartmentRequest;
use super::identity_secret::IdentitySecret;
use crate::openapi::{Described, QueryParameter, Success, done, named};
use crate::store::departments::Department;
use schemars::SchemaGenerator;
use serde_json::json;

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let described = Described {
        summary: "",
        query: Vec::new(),
        body: None,
        takes_file: false,
        success: Success::Data(200, done()),
        errors: &[401, 403, 404],
        security: Some("key"),
    };
    let writing: &[u16] = &[400, 401, 403, 404, 409, 413, 415];
    match operation {
        Operation::Channels => Described {
            summary: "Lists channels, newest first. `X-Next-Before` has the next page's `before`.",
            query: vec![
                QueryParameter {
                    name: "limit",
                    description: "How many at most.",
                    schema: json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 100 }),
                },
                QueryParameter {
                    name: "before",
                    description: "A channel's id: those made before it.",
                    schema: json!({ "type": "string", "format": "uuid" }),
                },
            ],
            success: Success::Data(200, named::<Vec<Channel>>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::CreateChannel => Described {
            summary: "Makes a channel.",
            body: Some(named::<ChannelRequest>(generator)),
            success: Success::Data(201, named::<Channel>(generator)),
            errors: writing,
            ..described
        },
        Operation::Channel => Described {
            summary: "Reads a channel.",
            success: Success::Data(200, named::<Channel>(generator)),
            ..described
        },
        Operation::ChangeChannel => Described {
            summary: "Changes a channel. Its pages show it within a minute and a half.",
            body: Some(named::<ChannelRequest>(generator)),
            success: Success::Data(200, named::<Channel>(generator)),
            errors: writing,
            ..described
        },
        Operation::DeleteChannel => {
            Described { summary: "Deletes a channel; what was said in it stays.", ..described }
        }
        Operation::Snippet => Described {
            summary: "The tag that a page carries.",
            success: Success::Data(200, named::<Snippet>(generator)),
            ..described
        },
        Operation::RotateSecret => Described {
            summary: "Makes a new identity secret, and shows it this once.",
            success: Success::Data(201, named::<IdentitySecret>(generator)),
            errors: &[400, 401, 403, 404, 409],
            ..described
        },
        Operation::RevokeSecret => Described { summary: "Takes the identity secret away.", ..described },
        Operation::Departments => Described {
            summary: "Lists departments by name.",
            success: Success::Data(200, named::<Vec<Department>>(generator)),
            ..described
        },
        Operation::CreateDepartment => Described {
            summary: "Makes a department.",
            body: Some(named::<DepartmentRequest>(generator)),
            success: Success::Data(201, named::<Department>(generator)),
            errors: writing,
            ..described
        },
        Operation::ChangeDepartment => Described {
            summary: "Renames a department.",
            body: Some(named::<DepartmentRequest>(generator)),
            success: Success::Data(200, named::<Department>(generator)),
            errors: writing,
            ..described
        },
        Operation::DeleteDepartment => {
            Described { summary: "Deletes a department; its conversations keep its id.", ..described }
        }
    }
}
