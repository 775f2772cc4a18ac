//! What the administrators' API says of itself.

use super::Operation;
use super::agents::AgentRequest;
use super::channels::{Channel, ChannelRequest, Snippet};
use super::departments::DepartmentRequest;
use super::gateway::{AccountChange, AccountRequest, RegisteredServer, ServerChange, ServerRequest};
use super::identity_secret::IdentitySecret;
use super::keys::{IssuedKey, KeyRequest};
use super::organizations::{Founded, OrganizationChange, OrganizationRequest};
use super::webhooks::{IssuedWebhook, WebhookRequest, WebhookSecret};
use crate::openapi::{Described, QueryParameter, Success, done, named};
use crate::store::audit::Audited;
use crate::store::deliveries::{Delivery, Status};
use crate::store::departments::Department;
use crate::store::gateway_accounts::{GatewayAccount, GatewayServer};
use crate::store::keys::ApiKey;
use crate::store::organizations::Organization;
use crate::store::webhooks::Webhook;
use crate::thread::command::detail::Assignee;
use schemars::SchemaGenerator;
use serde_json::json;

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let described = Described::usually(Success::Data(200, done()), &[401, 403, 404], "key");
    let writing: &[u16] = &[400, 401, 403, 404, 409, 413, 415];
    match operation {
        Operation::CreateOrganization => Described {
            summary: "Makes an organization and its first key, which is shown this once. The deployment's first is made with the header `X-Setup-Secret`, others with a key of the scope `admin`.",
            body: Some(named::<OrganizationRequest>(generator)),
            success: Success::Data(201, named::<Founded>(generator)),
            errors: &[400, 401, 403, 409, 413, 415],
            ..described
        },
        Operation::Organization => Described {
            summary: "Reads the organization.",
            success: Success::Data(200, named::<Organization>(generator)),
            ..described
        },
        Operation::ChangeOrganization => Described {
            summary: "Renames the organization.",
            body: Some(named::<OrganizationChange>(generator)),
            success: Success::Data(200, named::<Organization>(generator)),
            errors: writing,
            ..described
        },
        Operation::Keys => Described {
            summary: "Lists API keys, newest first; those that were revoked stay for a month.",
            success: Success::Data(200, named::<Vec<ApiKey>>(generator)),
            ..described
        },
        Operation::CreateKey => Described {
            summary: "Makes an API key, and shows it this once.",
            body: Some(named::<KeyRequest>(generator)),
            success: Success::Data(201, named::<IssuedKey>(generator)),
            errors: writing,
            ..described
        },
        Operation::RevokeKey => Described {
            summary: "Takes an API key back: it opens nothing any more. The last that may administer stays.",
            errors: &[401, 403, 404, 409],
            ..described
        },
        Operation::Agents => Described {
            summary: "Lists the agents of the organization by name.",
            success: Success::Data(200, named::<Vec<Assignee>>(generator)),
            ..described
        },
        Operation::CreateAgent => Described {
            summary: "Makes an agent, who speaks by keys that are theirs.",
            body: Some(named::<AgentRequest>(generator)),
            success: Success::Data(201, named::<Assignee>(generator)),
            errors: writing,
            ..described
        },
        Operation::ChangeAgent => Described {
            summary: "Renames an agent.",
            body: Some(named::<AgentRequest>(generator)),
            success: Success::Data(200, named::<Assignee>(generator)),
            errors: writing,
            ..described
        },
        Operation::Audit => Described {
            summary: "Who changed what, newest first. `X-Next-Before` has the next page's `before`.",
            query: vec![
                QueryParameter::limit(50),
                QueryParameter {
                    name: "before",
                    description: "An entry's id: those before it.",
                    schema: json!({ "type": "string", "format": "uuid" }),
                },
                QueryParameter {
                    name: "target",
                    description: "The id of what was changed.",
                    schema: json!({ "type": "string" }),
                },
            ],
            success: Success::Data(200, named::<Vec<Audited>>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::Channels => Described {
            summary: "Lists channels, newest first. `X-Next-Before` has the next page's `before`.",
            query: vec![
                QueryParameter::limit(100),
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
        Operation::GatewayAccounts => Described {
            summary: "Lists the accounts that chat servers speak for, oldest first.",
            success: Success::Data(200, named::<Vec<GatewayAccount>>(generator)),
            ..described
        },
        Operation::CreateGatewayAccount => Described {
            summary: "Makes an account of a channel, for chat servers that forward their visitors.",
            body: Some(named::<AccountRequest>(generator)),
            success: Success::Data(201, named::<GatewayAccount>(generator)),
            errors: writing,
            ..described
        },
        Operation::GatewayAccount => Described {
            summary: "Reads an account.",
            success: Success::Data(200, named::<GatewayAccount>(generator)),
            ..described
        },
        Operation::ChangeGatewayAccount => Described {
            summary: "Renames an account.",
            body: Some(named::<AccountChange>(generator)),
            success: Success::Data(200, named::<GatewayAccount>(generator)),
            errors: writing,
            ..described
        },
        Operation::DeleteGatewayAccount => Described {
            summary: "Deletes an account: its servers are told nothing any more, and what was said stays.",
            ..described
        },
        Operation::RegisterGatewayServer => Described {
            summary: "Registers a chat server with an account, and shows the secret of its callbacks this once.",
            body: Some(named::<ServerRequest>(generator)),
            success: Success::Data(201, named::<RegisteredServer>(generator)),
            errors: writing,
            ..described
        },
        Operation::ChangeGatewayServer => Described {
            summary: "Has a chat server told elsewhere.",
            body: Some(named::<ServerChange>(generator)),
            success: Success::Data(200, named::<GatewayServer>(generator)),
            errors: writing,
            ..described
        },
        Operation::DeleteGatewayServer => {
            Described { summary: "Registers a chat server no more.", ..described }
        }
        Operation::RotateGatewaySecret => Described {
            summary: "Makes the secret of a chat server's callbacks anew, and shows it this once.",
            success: Success::Data(201, named::<RegisteredServer>(generator)),
            errors: &[400, 401, 403, 404, 409],
            ..described
        },
        Operation::Webhooks => Described {
            summary: "Lists webhooks, newest first.",
            success: Success::Data(200, named::<Vec<Webhook>>(generator)),
            ..described
        },
        Operation::CreateWebhook => Described {
            summary: "Makes a webhook, and shows the secret that its deliveries are signed with this once.",
            body: Some(named::<WebhookRequest>(generator)),
            success: Success::Data(201, named::<IssuedWebhook>(generator)),
            errors: writing,
            ..described
        },
        Operation::Webhook => Described {
            summary: "Reads a webhook.",
            success: Success::Data(200, named::<Webhook>(generator)),
            ..described
        },
        Operation::ChangeWebhook => Described {
            summary: "Changes a webhook. What was still to be sent to one that is disabled is dead.",
            body: Some(named::<WebhookRequest>(generator)),
            success: Success::Data(200, named::<Webhook>(generator)),
            errors: writing,
            ..described
        },
        Operation::DeleteWebhook => {
            Described { summary: "Deletes a webhook; what it was told is kept as long as else.", ..described }
        }
        Operation::RotateWebhookSecret => Described {
            summary: "Makes a new secret for a webhook, and shows it this once. It holds from now on.",
            success: Success::Data(201, named::<WebhookSecret>(generator)),
            errors: &[400, 401, 403, 404, 409],
            ..described
        },
        Operation::TestWebhook => Described {
            summary: "Sends a webhook the event `ping`.",
            success: Success::Data(201, named::<Delivery>(generator)),
            errors: &[400, 401, 403, 404, 409],
            ..described
        },
        Operation::Deliveries | Operation::GatewayDeliveries => Described {
            summary: "What a webhook or a chat server was told, newest first. `X-Next-Before` has the next page's `before`.",
            query: vec![
                QueryParameter::limit(50),
                QueryParameter {
                    name: "before",
                    description: "A delivery's id: those before it.",
                    schema: json!({ "type": "string", "format": "uuid" }),
                },
                QueryParameter {
                    name: "status",
                    description: "Those that stand so.",
                    schema: named::<Status>(generator).to_value(),
                },
            ],
            success: Success::Data(200, named::<Vec<Delivery>>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::Delivery => Described {
            summary: "One thing that a server was told, with what was sent.",
            success: Success::Data(200, named::<Delivery>(generator)),
            ..described
        },
        Operation::ReplayDelivery => Described {
            summary: "Sends it again, or sooner: it is pending, and next among what is pending of its session.",
            success: Success::Data(201, named::<Delivery>(generator)),
            errors: &[401, 403, 404, 409],
            ..described
        },
    }
}
