//! A request, read once: every look at the platform's own object is a call out of wasm.

use js_sys::Uint8Array;
use js_sys::futures::JsFuture;
use worker::{ByteStream, FromRequest, Headers, Result};

/// What the Worker was asked.
#[derive(Debug)]
pub struct Request {
    /// The method, as it was written.
    pub method: String,
    /// The path, without what follows it.
    pub path: String,
    /// What follows the path's `?`, or nothing.
    pub query: String,
    /// The headers.
    pub headers: Headers,
    inner: web_sys::Request,
}

impl FromRequest for Request {
    fn from_raw(
        inner: web_sys::Request,
    ) -> core::result::Result<Self, impl Into<Box<dyn core::error::Error>>> {
        let (path, query) = split(&inner.url());
        Ok::<_, worker::Error>(Self {
            method: inner.method(),
            path,
            query,
            headers: Headers(inner.headers()),
            inner,
        })
    }
}

/// Path and query of an address, which the platform has parsed and written anew (<https://url.spec.whatwg.org>).
fn split(url: &str) -> (String, String) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
    let rest = rest.split('#').next().unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (path.into(), query.into())
}

/// The origin of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or(url)
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }

    /// Whether the client has what bears this tag already (RFC 9110, section 13.1.2).
    pub fn knows(&self, etag: &str) -> bool {
        let known = self.header("if-none-match");
        let is = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag) == etag;
        known.is_some_and(|known| known.trim() == "*" || known.split(',').any(|it| is(it.trim())))
    }

    /// The origin that was asked, as `https://chat.example.com`.
    pub fn origin(&self) -> String {
        origin(&self.inner.url()).into()
    }

    /// The whole body, however long it is.
    pub async fn bytes(&self) -> Result<Vec<u8>> {
        let buffer = JsFuture::from(self.inner.array_buffer()?).await?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }

    /// The same request with another body.
    pub fn with_body(&self, content_type: &str, body: &[u8]) -> Result<Self> {
        let headers = web_sys::Headers::new()?;
        headers.set("content-type", content_type)?;
        headers.set("content-length", &body.len().to_string())?;
        let init = web_sys::RequestInit::new();
        init.set_method(&self.method);
        init.set_headers(&headers);
        init.set_body(&Uint8Array::from(body));
        let inner = web_sys::Request::new_with_str_and_init(&self.inner.url(), &init)?;
        let (method, path, query) = (self.method.clone(), self.path.clone(), self.query.clone());
        Ok(Self { method, path, query, headers: Headers(headers), inner })
    }

    /// The body in pieces, once; none where there is no body.
    pub fn stream(&self) -> Result<Option<ByteStream>> {
        // The same object, and not its method `clone`, which would keep all that is read for a second reader.
        pieces(Clone::clone(&self.inner))
    }

    /// The body in pieces, beside which it can still be read: for a look at how it begins. What is read of it meanwhile is kept
    /// in memory until this goes.
    pub fn look(&self) -> Result<Option<ByteStream>> {
        pieces(self.inner.clone()?)
    }
}

fn pieces(request: web_sys::Request) -> Result<Option<ByteStream>> {
    match request.body() {
        Some(_) => worker::Request::from(request).stream().map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::{origin, split};

    #[test]
    fn an_address_has_a_path_and_a_query() {
        let is = |url, path: &str, query: &str| assert_eq!(split(url), (path.into(), query.into()), "{url}");
        is("https://a.example/b/c?d=e&f", "/b/c", "d=e&f");
        is("https://a.example/?", "/", "");
        is("https://a.example", "/", "");
        is("https://a.example/b?c/d?e#f", "/b", "c/d?e");
        is("https://a.example/b#c?d", "/b", "");
    }

    #[test]
    fn an_address_has_an_origin() {
        for url in ["http://localhost:8787", "http://localhost:8787/", "http://localhost:8787/a/b?c=//d"] {
            assert_eq!(origin(url), "http://localhost:8787", "{url}");
        }
    }
}
