//! What bots say: formatted words, pictures, films, recordings, and what is behind buttons.

use super::{of_blocks, step, tells, tried};
use serde_json::{Value, json};

/// The message that a text bubble becomes, and what is told of it.
fn text(content: Value) -> (Value, Vec<String>) {
    let bot = of_blocks(json!([
        {"id": "a", "type": "Set variable", "options": {"variableId": "va", "expressionToEvaluate": "https://a.example"}},
        {"id": "n", "type": "Set variable", "options": {"variableId": "vn", "expressionToEvaluate": "Ada"}},
        {"id": "t", "type": "text", "content": content}]));
    let mut said = step(&bot, "t");
    if let Some(members) = said.as_object_mut() {
        members.retain(|name, _| !["id", "type", "next"].contains(&name.as_str()));
    }
    tried(&bot, &json!({}));
    (said, bot.report.into_iter().skip_while(|told| told.starts_with("The variable")).collect())
}

/// The same of one paragraph's parts.
fn line(parts: Value) -> (String, Vec<String>) {
    let (said, told) = text(json!({"richText": [{"type": "p", "children": parts}]}));
    assert_eq!(said["markdown"], json!(true), "{said}");
    (said["text"].as_str().unwrap_or_default().to_owned(), told)
}

#[test]
fn words_keep_their_marks() {
    for (parts, written) in [
        (json!([{"text": "All "}, {"text": "bold ", "bold": true}, {"text": "here"}]), "All **bold** here"),
        (json!([{"text": "a", "italic": true}, {"text": "b", "strikethrough": true}]), "*a*~~b~~"),
        (
            json!([{"text": "x", "bold": true}, {"text": " y ", "bold": true, "italic": true}, {"text": "z", "bold": true}]),
            "**x *y* z**",
        ),
        (json!([{"text": "Hi "}, {"text": "{{Full name}}!", "bold": true}]), "Hi **{{Full_name}}!**"),
        (json!([{"text": " ", "bold": true}, {"text": "two\nlines", "bold": true}]), "**two**\n**lines**"),
        (
            json!([{"text": "a*b_c _d_ [e] `f` ~g \\h 3.", "italic": true}]),
            r"*a\*b_c \_d\_ \[e\] \`f\` \~g \\h 3.*",
        ),
        (
            json!([{"text": "- no item\n1. none\n> none", "bold": false}, {"text": "x", "bold": true}]),
            "\\- no item\n1\\. none\n\\> none**x**",
        ),
        (
            json!([{"text": "See https://x.example/a_*b* or {{a_*b* "}, {"text": "now", "bold": true}]),
            r"See https://x.example/a_*b* or {{a\_\*b\* **now**",
        ),
    ] {
        assert_eq!(line(parts), (written.to_owned(), vec![]));
    }
    // What has no marks needs no formatting, and nothing in it is escaped.
    let plain = json!({"richText": [{"type": "p", "children": [{"text": "2*3 [x]"}]}, {"type": "p", "children": [{"text": ""}]}, {"type": "p", "children": [{"text": "- y"}]}]});
    assert_eq!(text(plain), (json!({"text": "2*3 [x]\n\n- y"}), vec![]));
    let under = text(json!({"richText": [{"type": "p", "children": [{"text": "x", "underline": true}]}]}));
    let told =
        "Underlined words are said without a line: formatted text has none; make them bold where it matters";
    assert_eq!(under, (json!({"text": "x"}), vec![told.to_owned()]));
}

#[test]
fn links_and_lists_stay_what_they_are() {
    let link = |url: &str| json!([{"text": "See "}, {"type": "a", "url": url, "children": [{"text": "our "}, {"text": "site", "bold": true}]}, {"text": "."}]);
    assert_eq!(
        line(link("https://x.example/a_(b c)")).0,
        "See [our **site**](https://x.example/a_%28b%20c%29)."
    );
    assert_eq!(line(link("x.example/y")).0, "See [our **site**](https://x.example/y).");
    assert_eq!(line(link("mailto:a@b.example")).0, "See [our **site**](mailto:a@b.example).");
    let (said, told) = line(link("javascript:x_"));
    assert_eq!(said, r"See our **site** (javascript:x\_).");
    let why = "Group \"One\", block 3: the link \"javascript:x_\" cannot be opened; its address stands behind its words";
    assert_eq!(told, [why]);
    let own = json!({"richText": [{"type": "a", "url": "https://x.example/_a_", "children": [{"text": "https://x.example/_a_"}]}]});
    assert_eq!(text(own), (json!({"text": "https://x.example/_a_"}), vec![]));
    // What a variable holds is escaped within formatted words, and would be no address any more.
    let filled = text(json!({"richText": [{"type": "p", "children": link("{{a}}/?who={{Full name}}")}]}));
    let button = json!([{"label": "our site", "url": "{{a}}/?who={{Full_name|url}}"}]);
    assert_eq!(filled, (json!({"text": "See our **site**.", "markdown": true, "buttons": button}), vec![]));

    let item =
        |words: &str| json!({"type": "li", "children": [{"type": "lic", "children": [{"text": words}]}]});
    let inner = json!({"type": "li", "children": [{"type": "lic", "children": [{"text": "two"}]}, {"type": "ol", "children": [item("*a"), item("b")]}]});
    let listed = text(json!({"richText": [{"type": "p", "children": [{"text": "Take:"}]},
        {"type": "ul", "children": [item("one"), inner, item("three")]}, {"type": "p", "children": [{"text": "Then"}]}]}));
    let written = "Take:\n- one\n- two\n  1. \\*a\n  2. b\n- three\n\nThen";
    assert_eq!(listed, (json!({"text": written, "markdown": true}), vec![]));
}

#[test]
fn html_of_old_exports_is_read_the_same_way() {
    let html = "<div>Tom &amp; <strong>J</strong><em>i</em> <a target=\"_blank\" href=\"https://x.example\">he<b>r</b>e</a></div><div>&amp;lt; 1 < 2</div><ul><li>one</li><li><s>two</s></li></ul><div><u>x</u></div>";
    let (said, told) = text(json!({"html": html, "plainText": "no"}));
    let written = "Tom & **J***i* [he**r**e](https://x.example)\n&lt; 1 < 2\n- one\n- ~~two~~\n\nx";
    assert_eq!((said, told.len()), (json!({"text": written, "markdown": true}), 1));
    assert_eq!(text(json!({"html": "<div>2*3</div>"})).0, json!({"text": "2*3"}));
    tells(
        &of_blocks(json!([{"id": "t", "type": "text", "content": {}}])),
        "Group \"One\", block 1: its text is empty; it is passed over",
    );
}

/// The step that a block becomes, without what every step has, and what is told of it.
fn of(mut block: Value) -> (Value, Vec<String>) {
    block["id"] = json!("x");
    let bot = of_blocks(json!([
        {"id": "a", "type": "Set variable", "options": {"variableId": "va", "expressionToEvaluate": "https://a.example"}},
        {"id": "n", "type": "Set variable", "options": {"variableId": "vn", "expressionToEvaluate": "Ada"}},
        block]));
    let mut made = step(&bot, "x");
    if let Some(members) = made.as_object_mut() {
        members.retain(|name, _| !["id", "next"].contains(&name.as_str()));
    }
    tried(&bot, &json!({}));
    let told = bot.report.into_iter().filter_map(|told| Some(told.split_once("block 3: ")?.1.to_owned()));
    (made, told.collect())
}

#[test]
fn pictures_films_and_recordings_are_shown_and_played() {
    let bubble = |kind: &str, content: Value| of(json!({"type": kind, "content": content}));
    assert_eq!(
        bubble(
            "image",
            json!({"url": "https://x.example/{{Full name}}.png", "clickLink": {"url": "x.example/more", "alt": "A lamp"}})
        ),
        (
            json!({"type": "message", "image": {"url": "https://x.example/{{Full_name|url}}.png", "alt": "A lamp"},
                "buttons": [{"label": "Open x.example", "url": "https://x.example/more"}]}),
            vec![]
        )
    );
    assert_eq!(
        bubble("image", json!({"url": "{{a}}"})),
        (json!({"type": "message", "image": {"url": "{{a}}"}}), vec![])
    );
    for (kind, url) in
        [("video", "https://x.example/f.MP4?x"), ("audio", "https://x.example/f.mp3"), ("video", "{{a}}")]
    {
        assert_eq!(
            bubble(kind, json!({"url": url})),
            (json!({"type": "message", "file": {"url": url}}), vec![])
        );
    }
    let (said, told) = bubble("video", json!({"url": "https://x.example/f.mov", "type": "url"}));
    assert_eq!(said, json!({"type": "message", "file": {"url": "https://x.example/f.mov"}}));
    assert_eq!(
        told,
        [
            "the video is offered as a file, for its address does not end as one that is played; put it there as mp4 or webm"
        ]
    );
    let (said, told) = bubble("image", json!({"url": "http://x.example/a.png"}));
    assert_eq!(said, json!({"type": "message", "text": "http://x.example/a.png"}));
    assert_eq!(
        told,
        ["the image cannot be shown, for its address is not https; its address is said as text"]
    );
    let (said, told) = bubble("image", json!({"url": "data:image/png;base64,AAAA"}));
    assert_eq!((said, told.len()), (json!({"type": "goto"}), 1));
}

#[test]
fn what_lies_elsewhere_is_opened_by_a_button() {
    let button =
        |label: &str, url: &str| json!({"type": "message", "buttons": [{"label": label, "url": url}]});
    let played = "the video is not played here; a button opens it";
    for (content, url) in [
        (json!({"type": "youtube", "id": "a-b", "url": "https://youtu.be/a-b"}), "https://youtu.be/a-b"),
        (json!({"url": "https://www.youtube.com/watch?v=a-b"}), "https://www.youtube.com/watch?v=a-b"),
        (json!({"type": "youtube", "id": "a-b"}), "https://www.youtube.com/watch?v=a-b"),
        (json!({"type": "vimeo", "id": "{{a}}"}), "https://vimeo.com/{{a|url}}"),
        (
            json!({"type": "tiktok", "url": "https://www.tiktok.com/@x/video/1"}),
            "https://www.tiktok.com/@x/video/1",
        ),
    ] {
        let video = of(json!({"type": "video", "content": content}));
        assert_eq!(video, (button("Watch the video", url), vec![played.to_owned()]));
    }
    let embed = of(
        json!({"type": "embed", "content": {"url": "https://www.x.example/form", "waitForEvent": {"isEnabled": true, "saveDataInVariableId": "vb"}}}),
    );
    assert_eq!(embed.0, button("Open x.example", "https://www.x.example/form"));
    assert_eq!(
        embed.1,
        [
            "what is embedded is not shown here; a button opens it",
            "it does not wait for what happens there, and b is not set; ask for it in a question",
        ]
    );
    let sent =
        of(json!({"type": "Redirect", "options": {"url": "x.example/{{Full name}}", "isNewTab": true}}));
    assert_eq!(sent.0, button("Open x.example", "https://x.example/{{Full_name|url}}"));
    assert_eq!(sent.1, ["visitors are not sent elsewhere; a button opens it"]);
    assert_eq!(of(json!({"type": "Redirect", "options": {"url": "{{a}}"}})).0, button("Open", "{{a}}"));
    let nowhere = of(json!({"type": "Redirect", "options": {"url": "javascript:x"}}));
    assert_eq!(
        nowhere,
        (json!({"type": "goto"}), vec!["no button can open \"javascript:x\"; the flow goes on".to_owned()])
    );
}

#[test]
fn other_bots_are_called_by_hand_and_a_return_ends() {
    let (link, told) = of(json!({"type": "Typebot link", "options": {"typebotId": "other"}}));
    assert_eq!(link, json!({"type": "goto"}));
    assert_eq!(
        told,
        [
            "the other bot is not in this export; import and publish it as a flow, and put a call step here; until then the flow goes on"
        ]
    );
    assert_eq!(of(json!({"type": "Return"})), (json!({"type": "end"}), vec![]));
}
