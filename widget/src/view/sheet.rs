//! The sheet that covers the log when something has to be asked.

use super::phone::pixels;
use crate::dom::{attr, button, flag, focus, join, make, on, put, say, style, within};
use crate::net::http::Send;
use crate::state::Model;
use crate::state::event::Event;
use crate::state::sheet::{CODE, Kind, Sheet, fields, resend_in};
use crate::words::Words;
use alloc::{boxed::Box, rc::Rc, string::String, vec::Vec};
use shared::rules::pre_chat::{Fault, Field, FieldType};
use shared::wire::json::push_number;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// Any element of a form.
    #[wasm_bindgen(extends = HtmlElement)]
    type Input;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Input) -> String;
    #[wasm_bindgen(method, getter)]
    fn checked(this: &Input) -> bool;
}

/// The sheet on the screen.
pub struct SheetView {
    root: HtmlElement,
    shown: Option<Sheet>,
    inputs: Rc<Vec<(Field, HtmlElement)>>,
    send: Send,
}

impl SheetView {
    /// No sheet.
    pub fn new(panel: &HtmlElement, send: Send) -> Self {
        let root = make("div", "sheet");
        attr(&root, "part", "sheet");
        flag(&root, "hidden", true);
        put(panel, &root);
        Self { root, shown: None, inputs: Rc::default(), send }
    }

    /// Whether nothing has to be drawn.
    pub fn is_settled(&self, model: &Model) -> bool {
        self.shown.is_none() && model.sheet.is_none()
    }

    /// Shows the model's sheet, and takes what lies below out of reach.
    #[inline(never)]
    pub fn draw_later(&mut self, model: &Model, now: i64, head: &HtmlElement, below: &[&HtmlElement]) {
        style(&self.root, "top", &pixels(head.client_height().into()));
        let sheet = model.sheet.as_ref();
        if sheet.map(|sheet| sheet.number) != self.shown.as_ref().map(|shown| shown.number) {
            self.root.set_text_content(None);
            flag(&self.root, "hidden", sheet.is_none());
            below.iter().for_each(|element| flag(element, "inert", sheet.is_some()));
            if let Some(sheet) = sheet {
                self.build_later(sheet, model);
            }
        }
        if let Some(sheet) = sheet {
            self.update(sheet, model, now);
        }
        self.shown = sheet.cloned();
    }

    #[inline(never)]
    fn build_later(&mut self, sheet: &Sheet, model: &Model) {
        let words = model.words;
        let (title, text, go, danger) = match sheet.kind {
            Kind::Questions => (words.questions_title, "", words.go_on, false),
            Kind::Email if model.session.is_none() => {
                (words.email_title, words.email_needed, words.go_on, false)
            }
            Kind::Email => (words.email_title, words.email_text, words.go_on, false),
            Kind::Code => (words.code_title, words.code_text, words.go_on, false),
            Kind::Forget => (words.forget_title, words.forget_text, words.forget_it, true),
            Kind::Remove(_) => (words.remove_title, words.remove_text, words.delete, true),
            Kind::Told(text) => ("", text, words.done, false),
        };
        let form = make("form", "form");
        attr(&form, "novalidate", "");
        if !title.is_empty() {
            put(&form, &say("h3", "", title));
        }
        if sheet.kind == Kind::Code {
            put(&form, &say("p", "", &join(&[text, &model.address, "."])));
        } else if !text.is_empty() {
            put(&form, &say("p", "", text));
        }
        let inputs: Vec<_> = fields(model)
            .into_iter()
            .map(|field| {
                let input = make_field(&form, &field, words);
                (field, input)
            })
            .collect();
        self.inputs = Rc::new(inputs);
        let trouble = make("p", "wrong");
        attr(&trouble, "role", "alert");
        put(&form, &trouble);
        let buttons = make("div", "buttons");
        let submit = say("button", if danger { "plain danger" } else { "plain" }, go);
        attr(&submit, "type", "submit");
        put(&buttons, &submit);
        if !matches!(sheet.kind, Kind::Told(_)) {
            let cancel = button("quiet", "dismiss", words.cancel);
            cancel.set_text_content(Some(words.cancel));
            put(&buttons, &cancel);
        }
        put(&form, &buttons);
        if sheet.kind == Kind::Code {
            put(&form, &button("small resend", "resend", words.resend));
        }
        let (inputs, send) = (self.inputs.clone(), self.send);
        let submitted = move |event: web_sys::Event| {
            event.prevent_default();
            send(Event::Filled(values(&inputs)));
        };
        on(&form, "submit", Box::new(submitted));
        let inputs = self.inputs.clone();
        on(&form, "input", Box::new(move |_| reveal(&inputs)));
        put(&self.root, &form);
        reveal(&self.inputs);
        match self.inputs.first() {
            Some((_, input)) => focus(input),
            None => focus(&submit),
        }
    }

    fn update(&self, sheet: &Sheet, model: &Model, now: i64) {
        flag(&self.root, "aria-busy", sheet.busy);
        if let Some(submit) = within(&self.root, ".plain") {
            flag(&submit, "disabled", sheet.busy);
        }
        if let Some(resend) = within(&self.root, ".resend") {
            let left = resend_in(model, now);
            let mut text = String::from(if left > 0 { model.words.resend_in } else { model.words.resend });
            if left > 0 {
                push_number(&mut text, left);
                text.push_str(model.words.seconds);
            }
            resend.set_text_content(Some(&text));
            attr(&resend, "aria-label", &text);
            flag(&resend, "disabled", left > 0);
        }
        let old = self.shown.as_ref().filter(|shown| shown.number == sheet.number);
        if old.is_some_and(|old| (&old.faults, &old.trouble) == (&sheet.faults, &sheet.trouble)) {
            return;
        }
        if let Some(trouble) = within(&self.root, "p.wrong") {
            trouble.set_text_content(sheet.trouble.as_deref());
        }
        let mut first = true;
        for (field, input) in self.inputs.iter() {
            let fault = sheet.faults.iter().find(|(id, _)| *id == field.id);
            let wrong = fault.is_some() || (field.id == CODE && sheet.trouble.is_some());
            attr(input, "aria-invalid", if wrong { "true" } else { "false" });
            let told = input.parent_element().and_then(|label| within(&label, ".wrong"));
            if let Some(told) = told {
                told.set_text_content(fault.map(|(_, fault)| words_of(*fault, model.words)));
            }
            if wrong && core::mem::take(&mut first) {
                focus(input);
            }
        }
    }
}

fn make_field(form: &HtmlElement, field: &Field, words: &Words) -> HtmlElement {
    let row = make("label", if field.kind == FieldType::Checkbox { "field check" } else { "field" });
    attr(&row, "dir", "auto");
    let name = say("span", "name", &field.label);
    if !field.required {
        put(&name, &say("i", "", &join(&[" (", words.optional, ")"])));
    }
    let input = match field.kind {
        FieldType::Textarea => make("textarea", "input"),
        FieldType::Select => {
            let select = make("select", "input");
            let none = say("option", "", words.choose);
            attr(&none, "value", "");
            put(&select, &none);
            field.options.iter().for_each(|option| put(&select, &say("option", "", option)));
            select
        }
        _ => make("input", "input"),
    };
    let (kind, complete, mode) = match field.kind {
        FieldType::Email => ("email", "email", "email"),
        FieldType::Phone => ("tel", "tel", "tel"),
        FieldType::Number => ("text", "off", "decimal"),
        FieldType::Checkbox => ("checkbox", "off", "none"),
        _ if field.id == CODE => ("text", "one-time-code", "numeric"),
        _ if field.id == "name" => ("text", "name", "text"),
        _ => ("text", "on", "text"),
    };
    for (name, value) in
        [("type", kind), ("autocomplete", complete), ("inputmode", mode), ("name", &field.id)]
    {
        attr(&input, name, value);
    }
    if field.id == CODE {
        attr(&input, "class", "input code");
        attr(&input, "dir", "ltr");
    }
    if field.required {
        attr(&input, "aria-required", "true");
    }
    let fault = make("span", "wrong");
    // Read out with the field, so that nobody has to look for what is wrong.
    attr(&fault, "aria-live", "polite");
    put(&row, &name);
    put(&row, &input);
    put(&row, &fault);
    put(form, &row);
    input
}

fn values(inputs: &[(Field, HtmlElement)]) -> Vec<(String, String)> {
    let value = |(field, input): &(Field, HtmlElement)| {
        let input: &Input = input.unchecked_ref();
        let text = match field.kind {
            FieldType::Checkbox => String::from(if input.checked() { "true" } else { "false" }),
            _ => input.value(),
        };
        (field.id.clone(), text)
    };
    inputs.iter().map(value).collect()
}

/// Shows the fields that are asked after what was answered so far.
fn reveal(inputs: &[(Field, HtmlElement)]) {
    let values = values(inputs);
    let answer = |id: &str| values.iter().find(|(name, _)| name == id).map(|(_, value)| value.clone());
    for (field, input) in inputs.iter() {
        if let Some(row) = input.parent_element() {
            flag(&row, "hidden", !field.is_shown(&answer));
        }
    }
}

fn words_of(fault: Fault, words: &Words) -> &'static str {
    match fault {
        Fault::Missing => words.missing,
        Fault::NotA(FieldType::Email) => words.not_email,
        Fault::NotA(FieldType::Phone) => words.not_phone,
        Fault::NotA(FieldType::Number) => words.not_number,
        Fault::NotA(_) | Fault::NoMatch => words.not_form,
        Fault::NoOption => words.not_option,
    }
}
