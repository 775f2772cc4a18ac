//! Serde and schema support for the types that are parsed once at the border.

/// Lets a type that is parsed from text be read from and written to JSON strings; a refusal carries the type's own
/// words, so that whoever sent the value learns what is wrong with it.
#[macro_export]
macro_rules! text_like {
    ($type:ty, $schema:tt) => {
        impl $crate::json::Read for $type {
            fn read(json: &$crate::json::Json) -> Result<Self, $crate::json::Wrong> {
                match json {
                    $crate::json::Json::Text(text) => <$type>::parse(text).map_err($crate::json::Wrong::new),
                    _ => Err($crate::json::Wrong::new("must be a text")),
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
