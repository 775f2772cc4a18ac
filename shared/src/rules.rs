//! Rules that both sides keep: the widget, so that nobody is offered what will be refused, and the edge, so that it is.

pub mod editing;
