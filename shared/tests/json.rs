//! What is read out of JSON, and what is said of what is not.

use proptest::prelude::*;
use shared::json::{self, Json, Read};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Read)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Strict {
    first_name: String,
    #[serde(rename = "type")]
    kind: Kind,
    age: Option<u8>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default = "two")]
    tries: u32,
}

fn two() -> u32 {
    2
}

#[derive(Debug, PartialEq, Read)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    VeryPlain,
    #[serde(rename = "odd")]
    Other,
}

#[derive(Debug, PartialEq, Read)]
#[serde(default, rename_all = "camelCase")]
struct Loose {
    is_open: bool,
    most: u32,
}

impl Default for Loose {
    fn default() -> Self {
        Self { is_open: true, most: 7 }
    }
}

#[derive(Debug, PartialEq, Read)]
enum Command {
    Nothing,
    One(Strict),
    Two(bool, Option<i64>),
    #[serde(rename_all = "camelCase")]
    Named {
        long_name: f64,
    },
    All(BTreeMap<String, Loose>),
}

#[allow(clippy::unwrap_used, reason = "a test")]
fn faults<T: Read + std::fmt::Debug>(text: &str) -> String {
    json::read::<T>(text).unwrap_err().to_string()
}

#[test]
fn a_struct_is_read_by_its_names() {
    let read = json::read::<Strict>(r#"{"type":"very-plain","firstName":"Ann","age":null}"#).unwrap();
    assert_eq!(
        read,
        Strict { first_name: "Ann".into(), kind: Kind::VeryPlain, age: None, tags: vec![], tries: 2 }
    );
    let read =
        json::read::<Strict>(r#"{"type":"odd","firstName":"","age":9,"tags":["a"],"tries":0}"#).unwrap();
    assert_eq!((read.kind, read.age, read.tags.len(), read.tries), (Kind::Other, Some(9), 1, 0));
    assert_eq!(json::read::<Loose>("{}").unwrap(), Loose::default());
    let loose = json::read::<Loose>(r#"{"most":1,"more":2,"most":3}"#).unwrap();
    assert_eq!(loose, Loose { is_open: true, most: 3 });
}

#[test]
fn an_enum_is_read_by_its_tag() {
    assert_eq!(json::read::<Command>(r#""Nothing""#).unwrap(), Command::Nothing);
    assert_eq!(json::read::<Command>(r#"{"Two":[true,-5]}"#).unwrap(), Command::Two(true, Some(-5)));
    assert_eq!(
        json::read::<Command>(r#"{"Named":{"longName":1.5}}"#).unwrap(),
        Command::Named { long_name: 1.5 }
    );
    let all = json::read::<Command>(r#"{"All":{"x":{"isOpen":false}}}"#).unwrap();
    assert_eq!(all, Command::All([("x".into(), Loose { is_open: false, most: 7 })].into()));
}

#[test]
fn a_refusal_names_the_place_and_what_would_be_right() {
    let strict = |rest: &str| faults::<Strict>(&format!(r#"{{"firstName":"Ann","type":"plain"{rest}}}"#));
    assert_eq!(strict(r#","age":256"#), "age: must be a whole number from 0 to 255");
    assert_eq!(strict(r#","age":1.5"#), "age: must be a whole number from 0 to 255");
    assert_eq!(strict(r#","age":-1"#), "age: must be a whole number from 0 to 255");
    assert_eq!(strict(r#","tags":["a",7]"#), "tags[1]: must be a text");
    assert_eq!(strict(r#","tags":null"#), "tags: must be a list");
    assert_eq!(strict(r#","other":1"#), "unknown field `other`");
    assert_eq!(strict(r#","type":"odd""#), "duplicate field `type`");
    assert_eq!(faults::<Strict>(r#"{"firstName":"Ann"}"#), "missing field `type`");
    assert_eq!(
        faults::<Strict>(r#"{"firstName":"Ann","type":"x"}"#),
        "type: must be one of plain, very-plain, odd"
    );
    assert_eq!(faults::<Strict>(r#"["Ann","plain"]"#), "must be an object");
    assert_eq!(faults::<Strict>("{"), "must be valid JSON");
    assert_eq!(faults::<Command>(r#"{"One":{"firstName":7}}"#), "firstName: must be a text");
    assert_eq!(faults::<Command>(r#"{"Two":[true]}"#), "the list is too short");
    assert_eq!(faults::<Command>(r#"{"Two":[7,null]}"#), "[0]: must be true or false");
    assert_eq!(faults::<Command>(r#"{"One":1,"Two":2}"#), "must have one member");
    assert_eq!(
        faults::<Vec<Vec<Loose>>>(r#"[[],[{"most":1e300}]]"#),
        "[1][0].most: must be a whole number from 0 to 4294967295"
    );
    assert_eq!(
        faults::<i64>("9007199254740993"),
        "must be a whole number from -9007199254740991 to 9007199254740991"
    );
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        (-1e9..1e9_f64).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::hash_map(any::<String>(), inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_tree_is_written_as_it_was_read(value in any_json()) {
        let tree = Json::parse(&value.to_string()).unwrap();
        prop_assert_eq!(Json::parse(&tree.json()), Ok(tree));
    }

    #[test]
    fn whatever_comes_is_read_or_refused(value in any_json()) {
        let _ = json::read::<Command>(&value.to_string());
        let _ = json::read::<Strict>(&value.to_string());
    }
}
