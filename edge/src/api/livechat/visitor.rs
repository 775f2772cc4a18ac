//! Visitors: `POST visitor`, `GET` and `DELETE visitor/:token`, `POST visitor.status`. A visitor is whoever knows their
//! token; by an e-mail or a phone number nobody is found, and both are kept as claims.

use super::envelope::Refusal;
use super::field;
use super::params::{Params, fault, missing};
use super::{Call, shape};
use crate::auth::livechat::LivechatToken;
use crate::rate;
use crate::store::{Database, departments};
use crate::thread::command::rare::Rare;
use crate::thread::command::within::Standing;
use crate::thread::command::{Command, Open, Opened, Profile};
use shared::id::DepartmentId;
use shared::json::Json;
use shared::model::settings::Mode;
use shared::text::{Email, Line, Name};

/// What is said of a visitor.
const KNOWN: [&str; 10] = [
    "token",
    "name",
    "email",
    "department",
    "phone",
    "username",
    "customFields",
    "connectionData",
    "status",
    "id",
];

/// `POST visitor`: a visitor appears, or says more of themselves.
pub async fn register(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["visitor"]).await?;
    let visitor = Params::of(params.get("visitor").ok_or_else(|| missing("visitor"))?.clone(), &KNOWN)?;
    let token = LivechatToken::parse(visitor.required("token")?)
        .ok_or_else(|| fault(r#"visitor/token must match pattern "^[A-Za-z0-9_-]{16,128}$""#))?;
    for unused in ["username", "status", "id"] {
        visitor.text(unused)?;
    }
    let fields = field::of_visitor(visitor.get("customFields"))?;
    let line = |line: Line<200>| line.as_option().map(str::to_owned);
    let profile = Profile {
        name: visitor.parsed("name", Name::parse)?.and_then(line),
        email: visitor.parsed("email", Email::parse)?.map(|email| email.to_string()),
        phone: phone(&visitor)?,
        department: call.department(&visitor).await?.map(|department| department.to_string()),
        ..Profile::default()
    };
    call.open_to(&profile)?;
    call.limit("livechat visitors", rate::SESSIONS).await?;
    let known = call.visitor(token)?;
    let open = Open {
        organization: call.widget.organization,
        widget: call.widget.widget,
        visitor: known.id,
        known: false,
        profile,
        flow: call.widget.flow_on(None),
        welcome: call.widget.spoken(|rules| &rules.welcome),
        people: call.widget.attendance().people(),
    };
    let _: Opened = known.thread.tell(&Command::Open(Box::new(open))).await?;
    let standing: Standing = known.thread.tell_rarely(&Rare::Claim(fields)).await?;
    Ok(format!(r#""visitor":{}"#, shape::visitor(&standing, &known.token)))
}

/// `GET visitor/:token`.
pub async fn read(call: Call<'_>, token: &str) -> Result<String, Refusal> {
    let visitor = call.visitor(named(token)?)?;
    let standing: Standing = visitor.thread.tell_rarely(&Rare::Standing).await?;
    Ok(format!(r#""visitor":{}"#, shape::visitor(&standing, &visitor.token)))
}

/// `DELETE visitor/:token`: all that is kept of them goes, rooms that are open among it.
pub async fn forget(call: Call<'_>, token: &str) -> Result<String, Refusal> {
    let visitor = call.visitor(named(token)?)?;
    visitor.thread.ask(&Command::Forget).await?;
    Ok(format!(r#""visitor":{{"_id":"{}","ts":"{}"}}"#, visitor.id, crate::platform::now()))
}

/// `POST visitor.status`: whether the visitor looks at the chat now.
pub async fn status(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "status"]).await?;
    let status = params.required("status")?;
    if !["online", "away", "busy", "offline"].contains(&status) {
        return Err(fault("status must be equal to one of the allowed values: online, away, busy, offline"));
    }
    let visitor = call.visitor(params.token()?)?;
    visitor.thread.ask(&Command::Panel { open: status == "online" }).await?;
    Ok(format!(r#""token":"{}","status":"{status}""#, visitor.token.as_str()))
}

/// A token in a path.
pub fn named(token: &str) -> Result<LivechatToken, Refusal> {
    LivechatToken::parse(token).ok_or(Refusal::Named("invalid-token"))
}

/// A phone number: a text, or, as some clients have it, an object with the number.
fn phone(visitor: &Params) -> Result<Option<String>, Refusal> {
    let number = match visitor.get("phone") {
        Some(Json::Object(members)) => {
            let phone = Params::of(Json::Object(members.clone()), &["number"])?;
            phone.parsed("number", Line::<40>::parse)?
        }
        _ => visitor.parsed("phone", Line::<40>::parse)?,
    };
    Ok(number.and_then(|line| line.as_option().map(str::to_owned)))
}

impl Call<'_> {
    /// Whether strangers may come this way: with what they claim, or without.
    fn open_to(&self, profile: &Profile) -> Result<(), Refusal> {
        let claims = profile.name.is_some() || profile.email.is_some() || profile.phone.is_some();
        let mode = if claims { Mode::Identified } else { Mode::Anonymous };
        let rules = &self.widget.rules;
        let refused = |why| Err(Refusal::Coded(why, "error-not-allowed"));
        if claims && rules.identity_required {
            return refused("This chat takes no identity that is only claimed");
        }
        match rules.identity_modes.is_empty() || rules.identity_modes.contains(&mode) {
            true => Ok(()),
            false => refused("This chat takes no identity in this way"),
        }
    }

    /// The department that is asked for, by its id or its name.
    pub(super) async fn department(&self, params: &Params) -> Result<Option<DepartmentId>, Refusal> {
        let Some(asked) = params.text("department")?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let organization = self.widget.organization;
        let all = departments::list(&Database::of(&self.env, organization)?, organization).await?;
        let found = all.iter().find(|it| it.id.to_string() == asked || it.name.to_string() == asked);
        match found {
            Some(department) => Ok(Some(department.id)),
            None => Err(Refusal::Coded("The department is not valid", "error-invalid-department")),
        }
    }
}
