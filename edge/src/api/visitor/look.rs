//! `GET config`: how the widget looks. Nothing is asked for more often: where it is the same whatever the time is, the
//! answer is made once for each copy of the widget.

use super::Call;
use crate::api::envelope::ApiError;
use crate::http::answer::Kept;
use crate::platform::now;
use crate::store::config::Published;
use shared::id::WidgetId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use web_sys::Response;

/// The most answers an isolate keeps.
const MOST: usize = 1000;

thread_local! {
    static ANSWERS: RefCell<BTreeMap<WidgetId, (Weak<Published>, Kept)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Handles it.
pub fn answer(call: Call<'_>) -> Result<Response, ApiError> {
    let Call { request, widget, .. } = call;
    let kept = ANSWERS.with_borrow(|answers| {
        let (of, kept) = answers.get(&widget.widget)?;
        core::ptr::eq(of.as_ptr(), Rc::as_ptr(&widget)).then(|| kept.answer(request))
    });
    if let Some(response) = kept {
        return Ok(response?);
    }
    let at = now();
    let (config, etag) = widget.now(at);
    let kept = Kept::new(format!(r#"{{"data":{config},"timestamp":"{at}"}}"#).as_bytes(), etag)?;
    let response = kept.answer(request)?;
    if widget.away.is_none() {
        ANSWERS.with_borrow_mut(|answers| {
            if answers.len() >= MOST {
                answers.clear();
            }
            answers.insert(widget.widget, (Rc::downgrade(&widget), kept));
        });
    }
    Ok(response)
}
