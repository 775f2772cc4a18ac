//! `GET`, `POST` and `DELETE flows/:id/tests…`: runs that are to come out as they did when they were kept. Publishing refuses
//! where one does not.

use super::Call;
use super::whole::gathered;
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::platform::{now, random};
use crate::store::audit::{self, Entry};
use crate::store::flow_tests::{self, FlowTest, MOST};
use crate::store::flows::Flow;
use flow::graph::Graph;
use flow::lint::lint;
use flow::saved::Expected;
use flow::test_run::{Script, try_out};
use serde::Serialize;
use shared::id::TestId;
use shared::json::{self, Json, Read};
use shared::text::Name;
use shared::time::Timestamp;

/// The most bytes of a script and what comes of it.
const LONGEST: usize = 64 * 1024;

/// What ids are made of in tests, so that they are the same every time.
const SAME: [u8; 10] = [0; 10];

/// A run that is to be kept.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TestRequest {
    /// What it shows.
    pub name: Name,
    /// The run.
    pub script: Script,
}

/// A run that was kept.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TestView {
    /// Its id.
    pub id: TestId,
    /// What it shows.
    pub name: String,
    /// The run.
    #[cfg_attr(feature = "schema", schemars(with = "Script"))]
    pub script: Json,
    /// What came of it.
    #[cfg_attr(feature = "schema", schemars(with = "Expected"))]
    pub expected: Json,
    /// When it was kept.
    pub created_at: Timestamp,
}

impl TestView {
    fn of(test: &FlowTest) -> Result<Self, ApiError> {
        Ok(Self {
            id: test.id,
            name: test.name.clone(),
            script: Json::parse(&test.script)?,
            expected: Json::parse(&test.expected)?,
            created_at: test.created_at,
        })
    }
}

/// Lists them.
pub async fn list(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let found = flow_tests::list(&call.db, call.organization(), flow.id).await?;
    let views = found.iter().map(TestView::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Success::ok(serde_json::to_string(&views)?))
}

/// Keeps a run of the draft, with what comes of it now.
pub async fn create(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let creating =
        match creating::begin_within(&call.caller(), &format!("tests {}", flow.id), LONGEST).await? {
            Begun::Creating(creating) => creating,
            Begun::Answered(success) => return Ok(success),
        };
    let body: TestRequest = crate::http::body::parse(&creating.text)?;
    let (whole, faults) = gathered(call, flow).await?;
    let graph = lint(&whole).map_err(ApiError::Unprocessable)?;
    if !faults.is_empty() {
        return Err(ApiError::Unprocessable(faults));
    }
    if flow_tests::list(&call.db, call.organization(), flow.id).await?.len() >= MOST as usize {
        return Err(ApiError::Conflict("a flow has at most 20 tests: delete one first"));
    }
    let at = now();
    // The clock stands where it stood, or what the flow says of the time would be another every day.
    let script = Script { now: body.script.now.or(Some(at)), ..body.script };
    let report = try_out(&graph, &script, at, SAME);
    let expected = serde_json::to_string(&Expected::of(&report))?;
    if expected.len() > LONGEST {
        return Err(ApiError::Unprocessable(vec![
            "what comes of this run is too long to be kept: make it shorter".into(),
        ]));
    }
    let test = FlowTest {
        id: TestId::new(at, random()?),
        name: body.name.to_string(),
        script: serde_json::to_string(&script)?,
        expected,
        created_at: at,
    };
    let kept = flow_tests::insert(&call.db, call.organization(), flow.id, &test)?;
    let note = audit::note(&call.db, &Entry::new(&call.key, "flow.test.created", flow.id))?;
    creating::finish(
        &call.caller(),
        creating,
        vec![kept, note],
        serde_json::to_string(&TestView::of(&test)?)?,
    )
    .await
}

/// Forgets one.
pub async fn delete(call: &Call<'_>, flow: &Flow, test: &str) -> Result<Success, ApiError> {
    let test = TestId::parse(test).map_err(|_| ApiError::invalid("a test's id must be a UUID"))?;
    let entry = Entry::new(&call.key, "flow.test.deleted", flow.id);
    match flow_tests::delete(&call.db, call.organization(), flow.id, test, &entry).await? {
        true => Ok(Success { status: 204, ..Success::ok(String::new()) }),
        false => Err(ApiError::NotFound("test")),
    }
}

/// What is no longer as the tests of a flow expect: a sentence each.
pub(super) async fn failing(call: &Call<'_>, flow: &Flow, graph: &Graph) -> Result<Vec<String>, ApiError> {
    let mut failing = Vec::new();
    for test in flow_tests::list(&call.db, call.organization(), flow.id).await? {
        let (script, expected): (Script, Expected) = (json::read(&test.script)?, json::read(&test.expected)?);
        let report = try_out(graph, &script, now(), SAME);
        if let Some(difference) = expected.differs(&Expected::of(&report)) {
            failing.push(format!("test {}: {difference}; mend the flow, or keep the run anew", test.name));
        }
    }
    Ok(failing)
}
