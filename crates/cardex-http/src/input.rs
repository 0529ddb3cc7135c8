//! Parses parameters and JSON bodies of requests.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// A parameter or field that the API does not allow so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParamError {
    /// The name of the field, with its position if it is in a list. Never its value.
    pub(super) field: String,
    pub(super) message: &'static str,
}

impl ParamError {
    pub(super) fn new(field: impl Into<String>, problem: &'static str) -> Self {
        Self { field: field.into(), message: problem }
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// An id in a path. `None` if it is not a number.
pub(super) fn parse_id(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}

/// Undoes percent-encoding (RFC 3986, section 2.1).
pub(super) fn percent_decode(field: &str, text: &str) -> Result<String, ParamError> {
    // The crate accepts a percent sign without two hexadecimal digits.
    let whole =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(whole) {
        return Err(ParamError::new(field, "a percent sign needs two hexadecimal digits"));
    }
    let decoded = percent_decode_str(text).decode_utf8();
    Ok(decoded.map_err(|_| ParamError::new(field, "not UTF-8"))?.into_owned())
}

/// The parameters of a query, in their order.
#[derive(Clone, Default)]
pub(super) struct QueryParams(Vec<(String, String)>);

impl QueryParams {
    /// Reads them as forms write them: a plus is a space.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, ParamError> {
        let pairs = text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = percent_decode("query", &name.replace('+', " "))?;
            let value = percent_decode("query", &value.replace('+', " "))?;
            Ok((name, value))
        };
        pairs.map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// All parameters, in their order.
    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// Rejects a parameter that the operation does not have. A filter that is ignored would show every contact.
    pub(super) fn reject_unknown(&self, known: &[&str]) -> Result<(), ParamError> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some(_) => Err(ParamError::new("query", "the operation does not have one of the parameters")),
            None => Ok(()),
        }
    }

    /// All values of a parameter.
    pub(super) fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that occurs at most once.
    pub(super) fn single(&self, name: &str) -> Result<Option<&str>, ParamError> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() { Err(ParamError::new(name, "given twice")) } else { Ok(first) }
    }

    /// A parameter that occurs exactly once.
    pub(super) fn required(&self, name: &str) -> Result<&str, ParamError> {
        self.single(name)?.ok_or_else(|| ParamError::new(name, REQUIRED))
    }

    /// The number of the requested page, from 1.
    pub(super) fn page_number(&self) -> Result<Option<u64>, ParamError> {
        match self.single("page")?.map(str::parse) {
            None => Ok(None),
            Some(Ok(page)) if page > 0 => Ok(Some(page)),
            Some(_) => Err(ParamError::new("page", "a whole number from 1 on")),
        }
    }

    /// A yes or no.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ParamError> {
        match self.single(name)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(ParamError::new(name, "either true or false")),
        }
    }
}

const REQUIRED: &str = "required";

/// A JSON object.
pub(super) struct JsonFields<'a> {
    /// The path of this object in the body, as a prefix of field names: `contacts[2].`
    path: String,
    map: std::borrow::Cow<'a, Map<String, Value>>,
    /// Texts may be numbers and flags too. A form has texts only, and Chatwoot accepts them in JSON.
    lenient: bool,
}

impl JsonFields<'static> {
    /// Reads a body.
    pub(super) fn parse(body: &[u8]) -> Result<Self, ParamError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => {
                Ok(Self { path: String::new(), map: std::borrow::Cow::Owned(map), lenient: false })
            }
            Ok(_) => Err(ParamError::new("body", "must be a JSON object")),
            Err(_) if body.is_empty() => Err(ParamError::new("body", REQUIRED)),
            Err(_) => Err(ParamError::new("body", "not JSON")),
        }
    }

    /// The fields of a form.
    pub(super) fn from_form(map: Map<String, Value>) -> Self {
        Self { path: String::new(), map: std::borrow::Cow::Owned(map), lenient: true }
    }

    /// The same fields, where a text, a number and a flag may each be written as another of them, and a list of one item as that item.
    pub(super) fn leniently(self) -> Self {
        Self { lenient: true, map: std::borrow::Cow::Owned(with_texts(self.map.into_owned())), ..self }
    }

    #[cfg(test)]
    pub(super) fn map(&self) -> &Map<String, Value> {
        &self.map
    }
}

/// Numbers and flags as texts. Readers that expect a number or a flag accept these texts.
fn with_texts(mut map: Map<String, Value>) -> Map<String, Value> {
    for value in map.values_mut().filter(|value| value.is_number() || value.is_boolean()) {
        *value = Value::String(value.to_string());
    }
    map
}

impl JsonFields<'_> {
    fn error<T>(&self, name: &str, problem: &'static str) -> Result<T, ParamError> {
        Err(ParamError::new(format!("{}{name}", self.path), problem))
    }

    /// A text that may be left out. Here and below, `null` is the same as a missing field.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ParamError> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => self.error(name, "must be a string"),
        }
    }

    /// A text that may be left out, or taken away: `null` is an empty one.
    pub(super) fn text_or_null(&self, name: &str) -> Result<Option<&str>, ParamError> {
        if self.map.get(name) == Some(&Value::Null) { Ok(Some("")) } else { self.text(name) }
    }

    /// An object that may be left out, to be read as this one is.
    pub(super) fn fields(&self, name: &str) -> Result<Option<JsonFields<'_>>, ParamError> {
        let place = format!("{}{name}.", self.path);
        Ok(self.object(name)?.map(|map| JsonFields::inside(place, map, self.lenient)))
    }

    /// An object inside a body.
    fn inside(path: String, map: &Map<String, Value>, lenient: bool) -> JsonFields<'_> {
        let map = std::borrow::Cow::Borrowed(map);
        let fields = JsonFields { path, map, lenient };
        if !lenient {
            return fields;
        }
        JsonFields { map: std::borrow::Cow::Owned(with_texts(fields.map.into_owned())), ..fields }
    }

    /// The fields under a name, or these fields if there is no object with that name.
    pub(super) fn unwrapped(self, name: &str) -> JsonFields<'static> {
        let path = format!("{}{name}.", self.path);
        match self.map.get(name) {
            Some(Value::Object(map)) => {
                let map = std::borrow::Cow::Owned(map.clone());
                let fields = JsonFields { path, map, lenient: false };
                if self.lenient { fields.leniently() } else { fields }
            }
            _ => JsonFields {
                path: self.path,
                map: std::borrow::Cow::Owned(self.map.into_owned()),
                lenient: self.lenient,
            },
        }
    }

    /// A whole number that may be left out.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, ParamError> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if self.lenient => match text.trim() {
                "" => Ok(None),
                text => {
                    text.parse().map_or_else(|_| self.error(name, "must be a whole number"), |n| Ok(Some(n)))
                }
            },
            Some(value) => {
                value.as_i64().map_or_else(|| self.error(name, "must be a whole number"), |n| Ok(Some(n)))
            }
        }
    }

    /// An object that may be left out.
    pub(super) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, ParamError> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => self.error(name, "must be an object"),
        }
    }

    /// A text that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, ParamError> {
        match self.text(name)? {
            Some(text) => Ok(text),
            None => self.error(name, REQUIRED),
        }
    }

    /// A yes or no that may be left out.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ParamError> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if self.lenient => match text.trim() {
                "" => Ok(None),
                "true" | "True" | "TRUE" | "t" | "1" | "on" => Ok(Some(true)),
                "false" | "False" | "FALSE" | "f" | "0" | "off" => Ok(Some(false)),
                _ => self.error(name, "must be true or false"),
            },
            Some(_) => self.error(name, "must be true or false"),
        }
    }

    /// An optional list, with the position of each item.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<JsonItem<'_>>>, ParamError> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => {
                let item = |(at, value)| JsonItem {
                    path: format!("{}{name}[{at}]", self.path),
                    value,
                    lenient: self.lenient,
                };
                Ok(Some(values.iter().enumerate().map(item).collect()))
            }
            Some(value) if self.lenient && !value.is_object() => {
                Ok(Some(vec![JsonItem { path: format!("{}{name}", self.path), value, lenient: true }]))
            }
            Some(_) => self.error(name, "must be an array"),
        }
    }

    /// A list with a given range of lengths.
    pub(super) fn list_of(
        &self,
        name: &str,
        sizes: std::ops::RangeInclusive<usize>,
        problem: &'static str,
    ) -> Result<Vec<JsonItem<'_>>, ParamError> {
        match self.list(name)? {
            Some(items) if sizes.contains(&items.len()) => Ok(items),
            Some(_) => self.error(name, problem),
            None => self.error(name, REQUIRED),
        }
    }
}

/// An item of a JSON list.
pub(super) struct JsonItem<'a> {
    path: String,
    value: &'a Value,
    lenient: bool,
}

impl<'a> JsonItem<'a> {
    pub(super) fn error(&self, problem: &'static str) -> ParamError {
        ParamError::new(self.path.as_str(), problem)
    }

    pub(super) fn text(&self) -> Result<&'a str, ParamError> {
        self.value.as_str().ok_or_else(|| ParamError::new(self.path.as_str(), "must be a string"))
    }

    pub(super) fn fields(self) -> Result<JsonFields<'a>, ParamError> {
        match self.value {
            Value::Object(map) => Ok(JsonFields::inside(self.path + ".", map, self.lenient)),
            _ => Err(ParamError::new(self.path, "must be an object")),
        }
    }

    /// A text, number or yes and no as text.
    pub(super) fn plain_text(&self) -> Result<String, ParamError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(yes) => Ok(yes.to_string()),
            _ => Err(self.error("must be a text, a number, true or false")),
        }
    }

    /// A text, or a number without a fraction in its digits.
    pub(super) fn digits(&self) -> Result<String, ParamError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) if number.is_u64() => Ok(number.to_string()),
            _ => Err(ParamError::new(self.path.as_str(), "must be a string or a whole number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let query = QueryParams::parse(Some("a=1&b=x+y%2B&a=%C3%A4&&c&=z")).unwrap();
        assert_eq!(query.all("a").collect::<Vec<_>>(), ["1", "ä"]);
        assert_eq!(query.single("b"), Ok(Some("x y+")));
        assert_eq!(query.single("c"), Ok(Some("")));
        assert_eq!(query.single("d"), Ok(None));
        assert_eq!(query.single("a").unwrap_err().to_string(), "a: given twice");
        assert_eq!(query.required("d").unwrap_err().to_string(), "d: required");
        for bad in ["%", "a=%", "a=%4", "a=%g0", "a=%ff", "%ff=1", "a=%E4"] {
            assert!(QueryParams::parse(Some(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn bodies() {
        let body = br#"{"a": "x", "b": true, "c": ["y", 12, {"d": null}, 1.5], "e": {}}"#;
        let fields = JsonFields::parse(body).unwrap();
        assert_eq!(fields.text("a"), Ok(Some("x")));
        assert_eq!(fields.flag("b"), Ok(Some(true)));
        assert_eq!(fields.text("b").unwrap_err().to_string(), "b: must be a string");
        assert_eq!(fields.required("z").unwrap_err().to_string(), "z: required");
        let mut items = fields.list("c").unwrap().unwrap();
        assert_eq!(items[1].digits().unwrap(), "12");
        assert_eq!(items[1].text().unwrap_err().to_string(), "c[1]: must be a string");
        assert!(items[3].digits().is_err());
        let inner = items.remove(2).fields().unwrap();
        assert_eq!(inner.required("d").unwrap_err().to_string(), "c[2].d: required");
        assert!(fields.list("e").is_err());
        assert!(
            fields.list_of("c", 1..=3, "one to three").is_err() && fields.list_of("c", 0..=4, "").is_ok()
        );
        assert_eq!(fields.list_of("z", 0..=4, "").err().unwrap().to_string(), "z: required");
        for bad in ["", "{", "[]", "null", "1", "\"a\"", "{\"a\": \"\\ud800\"}", "\u{feff}{}", "{}{}"] {
            assert!(JsonFields::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(JsonFields::parse(b"{\"a\": \"\xff\"}").is_err());
        assert!(JsonFields::parse("[".repeat(100_000).as_bytes()).is_err());
    }
}
