//! Asking Durable Objects, in text. The platform crate's own answers are read chunk by chunk, at the cost of several
//! turns of the event loop; the platform itself reads one at once.

use js_sys::futures::JsFuture;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, RequestInit, Response};
use worker::{Result, Stub};

#[wasm_bindgen]
extern "C" {
    /// What a [`Stub`] is to JavaScript.
    #[derive(Debug, Clone)]
    pub type Object;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Object, url: &str, init: &RequestInit) -> core::result::Result<Promise, JsValue>;
}

/// What an object answered.
#[derive(Debug)]
pub struct Said {
    /// The status.
    pub status: u16,
    /// The body.
    pub text: String,
    headers: Headers,
}

impl Said {
    /// A header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }
}

/// The body of an answer. A text costs a look at every letter to be taken over; its bytes are copied at once.
pub async fn read(response: &Response) -> Result<String> {
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    String::from_utf8(Uint8Array::new(&buffer).to_vec())
        .map_err(|error| worker::Error::RustError(error.to_string()))
}

impl From<Stub> for Object {
    fn from(stub: Stub) -> Self {
        stub.into_rpc()
    }
}

impl Object {
    /// Posts a text.
    pub async fn post(&self, text: &str) -> Result<Said> {
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&JsValue::from_str(text));
        let response = self.ask(&init).await?;
        let text = read(&response).await?;
        Ok(Said { status: response.status(), text, headers: response.headers() })
    }

    /// Asks for a WebSocket.
    pub async fn connect(&self, headers: worker::Headers) -> Result<Response> {
        let init = RequestInit::new();
        init.set_headers(&headers.0);
        self.ask(&init).await
    }

    async fn ask(&self, init: &RequestInit) -> Result<Response> {
        Ok(JsFuture::from(self.fetch("https://object/", init)?).await?.unchecked_into())
    }
}
