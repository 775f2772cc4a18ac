//! What an administrator's client can ask, where, and with what key.

use crate::auth::key::Scope;
use crate::router::Route;
use worker::Method;

/// What an administrator's client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Make an organization.
    CreateOrganization,
    /// Read one.
    Organization,
    /// Rename one.
    ChangeOrganization,
    /// List API keys.
    Keys,
    /// Make one.
    CreateKey,
    /// Take one back.
    RevokeKey,
    /// List the agents there are.
    Agents,
    /// Make one.
    CreateAgent,
    /// Rename one.
    ChangeAgent,
    /// Read who changed what.
    Audit,
    /// List widgets.
    Channels,
    /// Make one.
    CreateChannel,
    /// Read one.
    Channel,
    /// Change one.
    ChangeChannel,
    /// Delete one.
    DeleteChannel,
    /// The tag that a page carries for one.
    Snippet,
    /// Make its identity secret, or a new one.
    RotateSecret,
    /// Take its identity secret away.
    RevokeSecret,
    /// List departments.
    Departments,
    /// Make one.
    CreateDepartment,
    /// Rename one.
    ChangeDepartment,
    /// Delete one.
    DeleteDepartment,
    /// List gateway accounts.
    GatewayAccounts,
    /// Make one.
    CreateGatewayAccount,
    /// Read one.
    GatewayAccount,
    /// Rename one.
    ChangeGatewayAccount,
    /// Delete one.
    DeleteGatewayAccount,
    /// Register a chat server.
    RegisterGatewayServer,
    /// Have one told elsewhere.
    ChangeGatewayServer,
    /// Register one no more.
    DeleteGatewayServer,
    /// Make its secret anew.
    RotateGatewaySecret,
    /// List what it was told.
    GatewayDeliveries,
    /// List webhooks.
    Webhooks,
    /// Make one.
    CreateWebhook,
    /// Read one.
    Webhook,
    /// Change one.
    ChangeWebhook,
    /// Delete one.
    DeleteWebhook,
    /// Make it a new secret.
    RotateWebhookSecret,
    /// Send it a test.
    TestWebhook,
    /// List what it was told.
    Deliveries,
    /// Read one thing that a server was told.
    Delivery,
    /// Send it again.
    ReplayDelivery,
}

const ORGANIZATIONS: &str = "/organizations";
const ORGANIZATION: &str = "/organizations/:orgId";
const KEYS: &str = "/organizations/:orgId/keys";
const KEY: &str = "/organizations/:orgId/keys/:id";
const AGENTS: &str = "/organizations/:orgId/agents";
const AGENT: &str = "/organizations/:orgId/agents/:id";
const AUDIT: &str = "/organizations/:orgId/audit";
const CHANNELS: &str = "/organizations/:orgId/web-chat/channels";
const CHANNEL: &str = "/organizations/:orgId/web-chat/channels/:id";
const SECRET: &str = "/organizations/:orgId/web-chat/channels/:id/identity-secret";
const SNIPPET: &str = "/organizations/:orgId/web-chat/channels/:id/snippet";
const DEPARTMENTS: &str = "/organizations/:orgId/departments";
const DEPARTMENT: &str = "/organizations/:orgId/departments/:id";
const GATEWAYS: &str = "/organizations/:orgId/gateway-accounts";
const GATEWAY: &str = "/organizations/:orgId/gateway-accounts/:id";
const SERVERS: &str = "/organizations/:orgId/gateway-accounts/:id/servers";
const SERVER: &str = "/organizations/:orgId/gateway-accounts/:id/servers/:serverId";
const SERVER_DELIVERIES: &str = "/organizations/:orgId/gateway-accounts/:id/servers/:serverId/deliveries";
const SERVER_SECRET: &str = "/organizations/:orgId/gateway-accounts/:id/servers/:serverId/secret";
const WEBHOOKS: &str = "/organizations/:orgId/webhooks";
const WEBHOOK: &str = "/organizations/:orgId/webhooks/:id";
const WEBHOOK_SECRET: &str = "/organizations/:orgId/webhooks/:id/secret";
const WEBHOOK_TEST: &str = "/organizations/:orgId/webhooks/:id/test";
const DELIVERIES: &str = "/organizations/:orgId/webhooks/:id/deliveries";
const DELIVERY: &str = "/organizations/:orgId/deliveries/:id";
const REPLAY: &str = "/organizations/:orgId/deliveries/:id/replay";

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    Route { method: Method::Post, path: ORGANIZATIONS, operation: Operation::CreateOrganization },
    Route { method: Method::Get, path: ORGANIZATION, operation: Operation::Organization },
    Route { method: Method::Patch, path: ORGANIZATION, operation: Operation::ChangeOrganization },
    Route { method: Method::Get, path: KEYS, operation: Operation::Keys },
    Route { method: Method::Post, path: KEYS, operation: Operation::CreateKey },
    Route { method: Method::Delete, path: KEY, operation: Operation::RevokeKey },
    Route { method: Method::Get, path: AGENTS, operation: Operation::Agents },
    Route { method: Method::Post, path: AGENTS, operation: Operation::CreateAgent },
    Route { method: Method::Patch, path: AGENT, operation: Operation::ChangeAgent },
    Route { method: Method::Get, path: AUDIT, operation: Operation::Audit },
    Route { method: Method::Get, path: CHANNELS, operation: Operation::Channels },
    Route { method: Method::Post, path: CHANNELS, operation: Operation::CreateChannel },
    Route { method: Method::Get, path: CHANNEL, operation: Operation::Channel },
    Route { method: Method::Patch, path: CHANNEL, operation: Operation::ChangeChannel },
    Route { method: Method::Delete, path: CHANNEL, operation: Operation::DeleteChannel },
    Route { method: Method::Get, path: SNIPPET, operation: Operation::Snippet },
    Route { method: Method::Post, path: SECRET, operation: Operation::RotateSecret },
    Route { method: Method::Delete, path: SECRET, operation: Operation::RevokeSecret },
    Route { method: Method::Get, path: DEPARTMENTS, operation: Operation::Departments },
    Route { method: Method::Post, path: DEPARTMENTS, operation: Operation::CreateDepartment },
    Route { method: Method::Patch, path: DEPARTMENT, operation: Operation::ChangeDepartment },
    Route { method: Method::Delete, path: DEPARTMENT, operation: Operation::DeleteDepartment },
    Route { method: Method::Get, path: GATEWAYS, operation: Operation::GatewayAccounts },
    Route { method: Method::Post, path: GATEWAYS, operation: Operation::CreateGatewayAccount },
    Route { method: Method::Get, path: GATEWAY, operation: Operation::GatewayAccount },
    Route { method: Method::Patch, path: GATEWAY, operation: Operation::ChangeGatewayAccount },
    Route { method: Method::Delete, path: GATEWAY, operation: Operation::DeleteGatewayAccount },
    Route { method: Method::Post, path: SERVERS, operation: Operation::RegisterGatewayServer },
    Route { method: Method::Patch, path: SERVER, operation: Operation::ChangeGatewayServer },
    Route { method: Method::Delete, path: SERVER, operation: Operation::DeleteGatewayServer },
    Route { method: Method::Post, path: SERVER_SECRET, operation: Operation::RotateGatewaySecret },
    Route { method: Method::Get, path: SERVER_DELIVERIES, operation: Operation::GatewayDeliveries },
    Route { method: Method::Get, path: WEBHOOKS, operation: Operation::Webhooks },
    Route { method: Method::Post, path: WEBHOOKS, operation: Operation::CreateWebhook },
    Route { method: Method::Get, path: WEBHOOK, operation: Operation::Webhook },
    Route { method: Method::Patch, path: WEBHOOK, operation: Operation::ChangeWebhook },
    Route { method: Method::Delete, path: WEBHOOK, operation: Operation::DeleteWebhook },
    Route { method: Method::Post, path: WEBHOOK_SECRET, operation: Operation::RotateWebhookSecret },
    Route { method: Method::Post, path: WEBHOOK_TEST, operation: Operation::TestWebhook },
    Route { method: Method::Get, path: DELIVERIES, operation: Operation::Deliveries },
    Route { method: Method::Get, path: DELIVERY, operation: Operation::Delivery },
    Route { method: Method::Post, path: REPLAY, operation: Operation::ReplayDelivery },
];

impl Operation {
    /// What a key must be allowed for it.
    pub fn scope(self) -> Scope {
        match self {
            Self::Channels | Self::Channel | Self::Snippet => Scope::WidgetsRead,
            Self::CreateChannel
            | Self::ChangeChannel
            | Self::DeleteChannel
            | Self::RotateSecret
            | Self::RevokeSecret => Scope::WidgetsWrite,
            // Whoever answers has to know them.
            Self::Agents | Self::Departments => Scope::ConversationsRead,
            // What nobody named here asks for the most.
            _ => Scope::Admin,
        }
    }
}
