//! What bots say: formatted words, pictures, films and recordings; and what only a button can open.

use super::links::{address, host, may_lie, may_open};
use super::{Block, Import, is, made, marked, object, rich, text, word};
use shared::json::Json;
use shared::model::media::{MediaKind, MediaType};
use shared::wire::source::Tag as _;

/// Where films are that are played there alone: what an address has in it, what Typebot calls the place, and how an
/// address begins there.
const PLAYERS: [(&[&str], &str, &str); 4] = [
    (&["youtube.com", "youtu.be"], "youtube", "https://www.youtube.com/watch?v="),
    (&["vimeo.com"], "vimeo", "https://vimeo.com/"),
    (&["tiktok.com"], "tiktok", "https://www.tiktok.com/embed/v2/"),
    (&["gumlet.com", "gumlet.io"], "gumlet", "https://play.gumlet.io/embed/"),
];

impl Import<'_> {
    /// A message in place of words.
    pub(super) fn says(&mut self, block: &Block<'_>, content: &Json) -> Json {
        let said = rich::said(content);
        if said.underlined {
            self.tell_once("Underlined words are said without a line: formatted text has none; make them bold where it matters");
        }
        if said.cut {
            self.tell(block, "its text nests too deep; some of it is left out");
        }
        let plain = said.plain();
        if plain.contains("{{=") {
            self.tell(block, "code in a text is not run; it stands as it is written");
        }
        if plain.trim().is_empty() {
            return self.passes(block, "its text is empty; it is passed over");
        }
        let written = marked::written(&said, &self.names);
        for url in &written.closed {
            self.tell(
                block,
                &format!("the link \"{url}\" cannot be opened; its address stands behind its words"),
            );
        }
        let mut members = vec![("text", text(&written.text))];
        if written.markdown {
            members.push(("markdown", Json::Boolean(true)));
        }
        if !written.buttons.is_empty() {
            let buttons = written.buttons.iter().map(|(label, url)| button(label, url)).collect();
            members.push(("buttons", Json::List(buttons)));
        }
        self.message(block, members)
    }

    /// A message in place of a picture, a film or a recording.
    pub(super) fn shows(&mut self, block: &Block<'_>, content: &Json) -> Json {
        let kind = block.kind;
        let url = match (kind, word(content, "url").trim()) {
            ("video", "") => played_at(content),
            (_, url) => url.to_owned(),
        };
        let target = address(&url, &self.names);
        if url.is_empty() {
            return self.passes(block, &format!("the {kind} has no address; it is left out"));
        }
        if kind == "video" && is_played_elsewhere(content, &target) && may_open(&target) {
            self.tell(block, "the video is not played here; a button opens it");
            return self
                .message(block, vec![("buttons", Json::List(vec![button("Watch the video", &target)]))]);
        }
        if url.starts_with("data:") {
            let why = format!(
                "the {kind} is a part of the export and is left out; put it on a server, and its https address into a message"
            );
            return self.passes(block, &why);
        }
        if !may_lie(&target) {
            let why = format!(
                "the {kind} cannot be shown, for its address is not https; its address is said as text"
            );
            self.tell(block, &why);
            let said = self.names.text(&url);
            return self.message(block, vec![("text", text(&said))]);
        }
        if kind == "image" {
            return self.pictures(block, content, &target);
        }
        if !is_played(&target) {
            let ends = if kind == "video" { "mp4 or webm" } else { "mp3, m4a, ogg or wav" };
            self.tell(block, &format!("the {kind} is offered as a file, for its address does not end as one that is played; put it there as {ends}"));
        }
        self.message(block, vec![("file", object([("url", text(&target))]))])
    }

    fn pictures(&mut self, block: &Block<'_>, content: &Json, url: &str) -> Json {
        let link = content.get("clickLink").unwrap_or(&Json::Null);
        let alt = self.names.text(word(link, "alt").trim());
        let described = Some(("alt", text(&alt))).filter(|_| !alt.is_empty());
        let picture = object([("url", text(url))].into_iter().chain(described));
        let mut members = vec![("image", picture)];
        let behind = address(word(link, "url"), &self.names);
        if may_open(&behind) {
            members.push(("buttons", Json::List(vec![button(&opens(&behind), &behind)])));
        } else if !behind.is_empty() {
            self.tell(block, &format!("no button can open \"{behind}\"; it is left out"));
        }
        self.message(block, members)
    }

    /// A message with a button in place of what is shown within Typebot.
    pub(super) fn embeds(&mut self, block: &Block<'_>, content: &Json) -> Json {
        if word(content, "url").trim().is_empty() {
            return self.passes(block, "the embed has no address; it is left out");
        }
        let opened = self.opens(block, content, "what is embedded is not shown here; a button opens it");
        if let Some(event) = content.get("waitForEvent").filter(|event| is(event, "isEnabled")) {
            let kept = self.names.of(event, "saveDataInVariableId");
            let unset = kept.map(|name| format!(", and {name} is not set; ask for it in a question"));
            let unset = unset.unwrap_or_else(|| "; put a question below where it should".into());
            self.tell(block, &format!("it does not wait for what happens there{unset}"));
        }
        opened
    }

    /// A message with a button to the address; passed over where nothing can be opened.
    pub(super) fn opens(&mut self, block: &Block<'_>, holder: &Json, why: &str) -> Json {
        let target = address(word(holder, "url"), &self.names);
        if !may_open(&target) {
            return self.passes(block, &format!("no button can open \"{target}\"; the flow goes on"));
        }
        self.tell(block, why);
        self.message(block, vec![("buttons", Json::List(vec![button(&opens(&target), &target)]))])
    }

    fn message(&mut self, block: &Block<'_>, members: Vec<(&str, Json)>) -> Json {
        let next = self.on(block);
        made(block, "message", members, Some(next))
    }
}

fn button(label: &str, url: &str) -> Json {
    object([("label", text(label)), ("url", text(url))])
}

/// What stands on a button to an address.
fn opens(address: &str) -> String {
    host(address).map_or_else(|| "Open".into(), |host| format!("Open {host}"))
}

/// The address of a film that is named by place and id alone.
fn played_at(content: &Json) -> String {
    let (id, place) = (word(content, "id"), word(content, "type"));
    let known = PLAYERS.iter().find(|(_, name, _)| *name == place && !id.is_empty());
    known.map(|(_, _, begins)| format!("{begins}{id}")).unwrap_or_default()
}

fn is_played_elsewhere(content: &Json, url: &str) -> bool {
    let (place, host) = (word(content, "type"), host(url).unwrap_or_default());
    let within =
        |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    PLAYERS.iter().any(|(sites, name, _)| *name == place || sites.iter().any(|site| within(site)))
}

/// Whether an address ends as that of a film or recording does, or may once its variables are filled in.
fn is_played(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let known =
        MediaType::ALL.iter().filter(|(kind, _)| matches!(kind.kind(), MediaKind::Video | MediaKind::Audio));
    path.ends_with("}}") || known.into_iter().any(|(kind, _)| kind.extensions().contains(&ending.as_str()))
}
