//! Calls of servers.

use super::StepId;
use serde::Serialize;
use shared::json::Read;
use std::collections::BTreeMap;

/// A call of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Http {
    /// How it is called.
    #[serde(default)]
    pub method: HttpMethod,
    /// Where: `https` alone; takes `{{variables|url}}` after the host.
    /// Like headers and body it takes `{{secret.NAME}}`, which is filled in when the server is asked and shown to nobody.
    pub url: String,
    /// What is said beside the body; values take `{{variables}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body; takes `{{variables}}`, and is JSON where the headers say nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The variable that keeps the whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<String>,
    /// Variables and where in the JSON of the answer their values stand: `order.items[0].name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
    /// The secret that body and time are signed by, in the header `X-Porchlight-Signature`: `t=…,v1=…`, the time in seconds
    /// since 1970 and the HMAC-SHA256 of `t`, a dot and the body, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// How long an answer is waited for, in seconds: 1 to 10; 5 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u8>,
    /// Where to go when there is no answer, or one of status 400 or more; without it, to the flow's `onError`, and without
    /// that, on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<StepId>,
}

/// How a server is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HttpMethod {
    /// Read.
    #[default]
    #[serde(rename = "GET")]
    Get,
    /// Do.
    #[serde(rename = "POST")]
    Post,
    /// Write.
    #[serde(rename = "PUT")]
    Put,
    /// Change.
    #[serde(rename = "PATCH")]
    Patch,
    /// Remove.
    #[serde(rename = "DELETE")]
    Delete,
}

impl HttpMethod {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}
