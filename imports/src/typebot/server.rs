//! Calls of servers.

use super::{Block, Import, is, list, made, object, text, word};
use flow::graph::names_host;
use flow::template::percent_encoded;
use shared::json::Json;

impl Import<'_> {
    /// An http step in place of a webhook, where it can be one.
    pub(super) fn asks_server(&mut self, block: &Block<'_>, options: &Json) -> Json {
        let hook = options.get("webhook").unwrap_or(options);
        let url = self.address(hook);
        if !names_host(&url) {
            let why = format!(
                "a server is asked over https alone, and its host is no variable; \"{url}\" is not asked"
            );
            return self.passes(block, &why);
        }
        let method = match word(hook, "method") {
            "" => "POST",
            method @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE") => method,
            other => {
                let why = format!("a server cannot be asked by {other}; {url} is not asked");
                return self.passes(block, &why);
            }
        };
        if is(options, "isExecutedOnClient") {
            self.tell(block, "the server is asked by ours, not by the visitor's browser");
        }
        if options.get("proxyCredentialsId").is_some() || options.get("timeout").is_some() {
            self.tell(block, "the proxy and the time to wait for an answer are not carried over");
        }
        let mut members = vec![("method", text(method)), ("url", text(&url))];
        let pairs = self.pairs(hook, "headers");
        if !pairs.is_empty() {
            let headers = pairs.iter().map(|(key, value)| (*key, text(&self.names.text(value))));
            members.push(("headers", object(headers)));
        }
        match word(hook, "body") {
            "" => {}
            // Typebot sends none either.
            _ if method == "GET" => {}
            "{{state}}" => self.tell(block, "all answers at once cannot be its body; it has none"),
            body => members.push(("body", text(&self.names.text(body)))),
        }
        self.keeps(block, options, &mut members);
        let next = self.on(block);
        made(block, "http", members, Some(next))
    }

    /// The address, with what is asked for put behind it; variables in it are escaped.
    fn address(&self, hook: &Json) -> String {
        let mut url = self.names.filled(word(hook, "url").trim(), "|url", str::to_owned);
        for (index, (key, value)) in self.pairs(hook, "queryParams").into_iter().enumerate() {
            url.push(if index == 0 && !url.contains('?') { '?' } else { '&' });
            url.push_str(&self.names.filled(key, "|url", percent_encoded));
            url.push('=');
            url.push_str(&self.names.filled(value, "|url", percent_encoded));
        }
        url
    }

    /// Keys and values; what has no key is nothing.
    fn pairs<'j>(&self, hook: &'j Json, name: &str) -> Vec<(&'j str, &'j str)> {
        let pairs = list(hook, name).iter().map(|pair| (word(pair, "key"), word(pair, "value")));
        pairs.filter(|(key, _)| !key.is_empty()).collect()
    }

    /// What is kept of the answer. Typebot has it in `data`, beside the status.
    fn keeps(&mut self, block: &Block<'_>, options: &Json, members: &mut Vec<(&str, Json)>) {
        let (mut map, mut all) = (Vec::new(), None);
        for kept in list(options, "responseVariableMapping") {
            let path = word(kept, "bodyPath").trim();
            let Some(variable) = self.names.of(kept, "variableId").filter(|_| !path.is_empty()) else {
                self.tell(block, "a part of the answer that no variable keeps is left out");
                continue;
            };
            let within = path.strip_prefix("data").filter(|rest| rest.starts_with(['.', '[']));
            match within.unwrap_or(path).trim_start_matches('.') {
                "data" if all.is_none() => all = Some(variable),
                inside if path != "statusCode" && path != "data" && is_plain(inside) => {
                    map.push((variable, text(inside)));
                }
                _ => self.tell(block, &format!("{variable} is not set: {path} is no plain way to a value")),
            }
        }
        members.extend(all.map(|variable| ("saveAs", text(&variable))));
        if !map.is_empty() {
            members.push(("map", Json::Object(map)));
        }
    }
}

/// Whether a path is names and places with dots between: `order.items[0].name`.
fn is_plain(path: &str) -> bool {
    let known = |c: char| c.is_alphanumeric() || "_-.[]".contains(c);
    // Brackets hold places alone.
    let places = path.split('[').skip(1).all(|rest| {
        let place = rest.split_once(']').map_or("", |(place, _)| place);
        !place.is_empty() && place.bytes().all(|b| b.is_ascii_digit())
    });
    path.chars().all(known) && places
}
