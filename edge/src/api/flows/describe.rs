//! What the flows API says of itself.

use super::body::FlowRequest;
use super::import::{ImportReport, ImportRequest};
use super::secrets::SecretRequest;
use super::tests::{TestRequest, TestView};
use super::versions::Changed;
use super::{FlowView, Operation};
use crate::openapi::{Described, QueryParameter, Success, named};
use crate::store::flows::Version;
use crate::store::secrets::Secret;
use flow::test_run::{Report, Script};
use schemars::SchemaGenerator;
use serde_json::json;

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let described = Described::usually(
        Success::Data(201, named::<FlowView>(generator)),
        &[400, 401, 403, 404, 409],
        "key",
    );
    let writing: &[u16] = &[400, 401, 403, 404, 409, 413, 415];
    let parameter =
        |name, description| QueryParameter { name, description, schema: json!({ "type": "string" }) };
    match operation {
        Operation::List => Described {
            summary: "Lists flows, last changed first.",
            query: vec![parameter("phoneNumberId", "Those of this channel.")],
            success: Success::Data(200, named::<Vec<FlowView>>(generator)),
            errors: &[400, 401, 403],
            ..described
        },
        Operation::Read => Described {
            summary: "Reads a flow: its draft, and what is published of it.",
            success: Success::Data(200, named::<FlowView>(generator)),
            ..described
        },
        Operation::Create => Described {
            summary: "Makes a flow.",
            body: Some(named::<FlowRequest>(generator)),
            errors: writing,
            ..described
        },
        Operation::Import => Described {
            summary: "Makes a flow of a Typebot export, with a report of what could not be carried over.",
            body: Some(named::<ImportRequest>(generator)),
            success: Success::Data(201, named::<ImportReport>(generator)),
            errors: &[400, 401, 403, 409, 413, 415],
            ..described
        },
        Operation::Change => Described {
            summary: "Changes a flow; its steps as a whole. What is published stays until it is published again.",
            body: Some(named::<FlowRequest>(generator)),
            success: Success::Data(200, named::<FlowView>(generator)),
            errors: writing,
            ..described
        },
        Operation::Delete => Described {
            summary: "Deletes a flow and its versions; conversations that follow it go on.",
            success: Success::Nothing(204),
            ..described
        },
        Operation::Publish => Described {
            summary: "Looks the draft over and has it answer from now on; a running conversation stays on its version.",
            errors: &[400, 401, 403, 404, 409, 422],
            ..described
        },
        Operation::Unpublish => Described { summary: "Has it answer no more.", ..described },
        Operation::Duplicate => Described { summary: "Copies the draft, unpublished.", ..described },
        Operation::TestRun => Described {
            summary: "Tries the draft out by a script; nothing outside is touched.",
            body: Some(named::<Script>(generator)),
            success: Success::Data(201, named::<Report>(generator)),
            errors: &[400, 401, 403, 404, 413, 415],
            ..described
        },
        Operation::Tests => Described {
            summary: "Lists the runs that publishing a flow is tested by, oldest first.",
            success: Success::Data(200, named::<Vec<TestView>>(generator)),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::CreateTest => Described {
            summary: "Keeps a run of the draft, with what comes of it now: publishing refuses where something else does.",
            body: Some(named::<TestRequest>(generator)),
            success: Success::Data(201, named::<TestView>(generator)),
            errors: &[400, 401, 403, 404, 409, 413, 415, 422],
            ..described
        },
        Operation::DeleteTest => Described {
            summary: "Forgets a test.",
            success: Success::Nothing(204),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::Secrets => Described {
            summary: "Lists the names of the secrets that flows may name in http steps. What they are is told to nobody.",
            success: Success::Data(200, named::<Vec<Secret>>(generator)),
            errors: &[400, 401, 403],
            ..described
        },
        Operation::SetSecret => Described {
            summary: "Keeps a secret, in the place of the one of that name.",
            body: Some(named::<SecretRequest>(generator)),
            success: Success::Data(200, named::<Secret>(generator)),
            errors: &[400, 401, 403, 409, 413, 415],
            ..described
        },
        Operation::DeleteSecret => Described {
            summary: "Forgets a secret; http steps that name it fail.",
            success: Success::Nothing(204),
            errors: &[400, 401, 403, 404],
            ..described
        },
        Operation::Versions => Described {
            summary: "Lists the versions that were published, newest first.",
            success: Success::Data(200, named::<Vec<Version>>(generator)),
            ..described
        },
        Operation::Restore => Described { summary: "Makes a version the draft again.", ..described },
        Operation::Diff => Described {
            summary: "What became of what, step by step, from one version to another.",
            query: vec![
                parameter("from", "A version, or `draft`; what is published where it is left out."),
                parameter("to", "A version, or `draft`, which it is where it is left out."),
            ],
            success: Success::Data(200, named::<Vec<Changed>>(generator)),
            ..described
        },
    }
}
