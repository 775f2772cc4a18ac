//! What can be read out of a tree.

use super::{Json, Wrong};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A type that is read from JSON. Derived for structs and enums; what is parsed from text has it from its own parser.
pub trait Read: Sized {
    /// Reads it.
    fn read(json: &Json) -> Result<Self, Wrong>;

    /// What stands for it in an object that does not have it; `None` where it must be there.
    fn absent() -> Option<Self> {
        None
    }
}

impl Read for Json {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Ok(json.clone())
    }
}

impl Read for bool {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Boolean(value) => Ok(*value),
            _ => Err(Wrong::new("must be true or false")),
        }
    }
}

impl Read for f64 {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Number(value) => Ok(*value),
            _ => Err(Wrong::new("must be a number")),
        }
    }
}

impl Read for String {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Text(value) => Ok(value.clone()),
            _ => Err(Wrong::new("must be a text")),
        }
    }
}

impl Read for Rc<str> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        String::read(json).map(Self::from)
    }
}

impl Read for Cow<'_, str> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        String::read(json).map(Self::Owned)
    }
}

fn whole(json: &Json, least: i64, most: i64) -> Result<i64, Wrong> {
    match json {
        Json::Number(value)
            if *value == (*value as i64) as f64 && (least..=most).contains(&(*value as i64)) =>
        {
            Ok(*value as i64)
        }
        _ => Err(Wrong::new(format_args!("must be a whole number from {least} to {most}"))),
    }
}

/// The greatest whole number that a double tells from its neighbours.
const EXACT: i64 = (1 << 53) - 1;

macro_rules! whole_numbers {
    ($($type:ident: $least:expr, $most:expr;)+) => {$(
        impl Read for $type {
            fn read(json: &Json) -> Result<Self, Wrong> {
                whole(json, $least, $most).map(|value| value as $type)
            }
        }
    )+};
}

whole_numbers! {
    u8: 0, 0xff;
    u16: 0, 0xffff;
    u32: 0, 0xffff_ffff;
    u64: 0, EXACT;
    i64: -EXACT, EXACT;
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Null => Ok(None),
            _ => T::read(json).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        T::read(json).map(Self::new)
    }

    fn absent() -> Option<Self> {
        T::absent().map(Self::new)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let Json::List(items) = json else { return Err(Wrong::new("must be a list")) };
        let mut list = Self::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match T::read(item) {
                Ok(value) => list.push(value),
                Err(wrong) => return Err(wrong.at(index)),
            }
        }
        Ok(list)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let Json::Object(members) = json else { return Err(Wrong::new("must be an object")) };
        let read = |(name, value): &(String, Json)| match T::read(value) {
            Ok(value) => Ok((name.clone(), value)),
            Err(wrong) => Err(wrong.within(name)),
        };
        members.iter().map(read).collect()
    }
}
