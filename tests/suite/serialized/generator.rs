//! Random values of every type that can be deserialized: a deserializer that answers with random data.
//!
//! Texts with a format of their own, and types that look at their input before they choose a form, get samples by the name of the
//! member or of the type.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde_json::{Value, json};

/// A generator of pseudo-random numbers (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A value of `T`; `None` if the random data is no value of it.
pub(crate) fn generate<'de, T: de::Deserialize<'de>>(seed: u64) -> Result<T, GenerateError> {
    let mut random = Random(seed);
    let skips = random.below(2) == 0;
    let name = std::any::type_name::<T>().split('<').next().unwrap().rsplit("::").next().unwrap();
    T::deserialize(Generator { random: &mut random, name: lower(name), skips })
}

/// The name with a small first letter: a type and a member of it then have the same samples.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

#[derive(Debug)]
pub(crate) struct GenerateError(String);

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GenerateError {}

impl de::Error for GenerateError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Generator<'a> {
    random: &'a mut Random,
    /// The member or the type that is generated.
    name: String,
    /// Whether members are left out at random.
    skips: bool,
}

/// A random text, with every kind of character that JSON escapes.
fn text(random: &mut Random) -> String {
    let letters = [
        "a",
        "Z",
        "0",
        " ",
        "é",
        "字",
        "\u{1F600}",
        "\"",
        "\\",
        "/",
        "\n",
        "\u{0}",
        "\u{7F}",
        "\u{2028}",
        "null",
    ];
    (0..random.below(6)).map(|_| random.pick(&letters)).collect()
}

fn time(random: &mut Random) -> String {
    let edges = [
        i64::MIN,
        i64::MAX,
        -62_167_219_200_001,
        -62_167_219_200_000,
        -1,
        0,
        253_402_300_799_999,
        253_402_300_800_000,
    ];
    let any = i64::from_le_bytes(random.next().to_le_bytes()) >> random.below(40);
    let at = if random.below(2) == 0 { edges[random.below(edges.len())] } else { any };
    cardex::Timestamp(at).to_string()
}

/// A text for a member of this name.
fn named_text(name: &str, random: &mut Random) -> String {
    match name {
        "network" | "networks" => random.pick(&["WHATSAPP", "SMS-DIRECT", "BOOK", "SIGNAL_2"]).to_owned(),
        "at" | "timestamp" => time(random),
        _ if name.ends_with("At") => time(random),
        "filter" => {
            let filters = [
                "true",
                "false",
                "company = \"a b\"",
                "not (tag = vip or @plan >= 3)",
                "created < 30 days ago",
                "online",
            ];
            random.pick(&filters).to_owned()
        }
        "bytes" => STANDARD.encode(text(random)),
        "color" => format!("{:06x}", random.below(1 << 24)),
        "before" | "after" | "cursor" => format!("A-_{}", random.next()),
        "requestedBy" | "actor" => {
            let kind = random.pick(&["system", "admin", "advisor", "agent"]);
            if kind == "system" { kind.to_owned() } else { format!("{kind}:{}", random.next() >> 12) }
        }
        "permissions" | "permission" | "defaultPermissions" => {
            let all = cardex::entitlements::Permission::ALL;
            all[random.below(all.len())].to_string()
        }
        "field" | "fields" | "conflicts" | "foundBy" => {
            cardex::Field::ALL[random.below(cardex::Field::ALL.len())].to_string()
        }
        "sortOrder" => random.pick(&["name", "-activity", "country"]).to_owned(),
        _ => text(random),
    }
}

/// A value for a type that looks at its input, or for any JSON.
fn sample(name: &str, random: &mut Random) -> Value {
    let id = || json!("9007199254740991");
    let action = |random: &mut Random| match random.below(5) {
        0 => json!({ "action": "tag", "tag": id() }),
        1 => json!({ "action": "remove" }),
        2 => json!({ "action": "unlink", "advisor": 7 }),
        3 => json!({ "action": "setAttribute", "namespace": "custom", "key": text(random) }),
        _ => {
            json!({ "action": "setAttribute", "namespace": "additional", "key": "k", "value": sample("value", random) })
        }
    };
    match name {
        "jobAction" | "action" => action(random),
        "job" => {
            let mut job = action(random);
            let rest = json!({
                "id": id(), "tenant": id(), "requestedBy": named_text("actor", random), "network": "BOOK", "filter": text(random),
                "dryRun": random.below(2) == 0, "state": "cancelled", "percent": 100, "scanned": u64::MAX, "done": 1, "unchanged": 2,
                "rejected": 3, "origin": text(random), "createdAt": time(random), "updatedAt": time(random),
            });
            job.as_object_mut().unwrap().append(&mut rest.as_object().unwrap().clone());
            job
        }
        "outboxEvent" => match random.below(5) {
            0 => {
                json!({ "effect": "sendInvitation", "contact": id(), "advisor": null, "code": text(random), "expiresAt": time(random) })
            }
            1 => json!({ "effect": "createConversation", "contact": 1, "advisor": id(), "network": "LINE" }),
            2 => json!({ "effect": "postMessage", "conversation": text(random), "text": text(random) }),
            3 => {
                json!({ "effect": "contactEvent", "eventSeq": i64::MAX, "contact": id(), "name": text(random) })
            }
            _ => json!({ "effect": "replaceMember", "conversation": "s", "from": id(), "to": 2 }),
        },
        "outboxMessage" => {
            let mut message = sample("outboxEvent", random);
            let rest = json!({ "seq": 7, "tenant": id(), "createdAt": time(random), "attempts": 2, "lastAttemptAt": time(random) });
            message.as_object_mut().unwrap().append(&mut rest.as_object().unwrap().clone());
            message
        }
        "highlight" | "ranges" => {
            let start = random.below(100);
            json!({ "field": named_text("field", random), "item": random.below(3), "start": start, "end": start + random.below(9) })
        }
        "updateTarget" | "target" => match random.below(2) {
            0 => json!({ "field": named_text("field", random) }),
            _ => json!({ "namespace": "custom", "key": text(random) }),
        },
        _ => match random.below(7) {
            0 => Value::Null,
            1 => json!(random.next()),
            2 => json!(f64::from(u8::try_from(random.below(100)).unwrap()) / 4.0),
            3 => json!(text(random)),
            4 => json!([sample(name, random), true]),
            5 => json!({ text(random): sample(name, random) }),
            _ => json!(false),
        },
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty: $limit:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
            let limit: u64 = $limit;
            let number = if self.random.below(4) == 0 { limit } else { 1 + self.random.next() % limit };
            visitor.$visit(<$type>::try_from(number).unwrap())
        }
    )*};
}

impl<'de> Deserializer<'de> for Generator<'_> {
    type Error = GenerateError;

    /// Ids are numbers here, which have no other form in random data.
    fn is_human_readable(&self) -> bool {
        false
    }

    numbers! {
        deserialize_i8 visit_i8 i8: 127; deserialize_i16 visit_i16 i16: 32_767; deserialize_i32 visit_i32 i32: 2_147_483_647;
        deserialize_i64 visit_i64 i64: 9_007_199_254_740_991;
        deserialize_u8 visit_u8 u8: 255; deserialize_u16 visit_u16 u16: 65_535; deserialize_u32 visit_u32 u32: 4_294_967_295;
        deserialize_u64 visit_u64 u64: u64::MAX;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        visitor.visit_bool(self.random.below(2) == 0)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        let value = sample(&self.name, self.random);
        value.deserialize_any(visitor).map_err(de::Error::custom)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        visitor.visit_string(named_text(&self.name, self.random))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        if self.random.below(3) == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, GenerateError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        let left = self.random.below(4);
        visitor.visit_seq(Items { generator: self, left })
    }

    /// A type with flattened members.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GenerateError> {
        let skips = self.skips;
        let kept = fields.iter().copied().filter(|_| !skips || self.random.below(2) == 0).collect();
        visitor.visit_map(Members { generator: self, fields: kept })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GenerateError> {
        let variant = self.random.pick(variants);
        visitor.visit_enum(Variant { generator: self, variant })
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GenerateError> {
        visitor.visit_f64(f64::from(u8::try_from(self.random.below(101)).unwrap()) / 100.0)
    }

    serde::forward_to_deserialize_any! {
        f32 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any i128 u128
    }
}

struct Items<'a> {
    generator: Generator<'a>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = GenerateError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, GenerateError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let Generator { random, name, skips } = &mut self.generator;
        seed.deserialize(Generator { random, name: name.clone(), skips: *skips }).map(Some)
    }
}

struct Members<'a> {
    generator: Generator<'a>,
    fields: Vec<&'static str>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = GenerateError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, GenerateError> {
        let Some(field) = self.fields.pop() else { return Ok(None) };
        field.clone_into(&mut self.generator.name);
        let key: de::value::StrDeserializer<'_, GenerateError> = field.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, GenerateError> {
        let Generator { random, name, skips } = &mut self.generator;
        seed.deserialize(Generator { random, name: name.clone(), skips: *skips })
    }
}

struct Variant<'a> {
    generator: Generator<'a>,
    variant: &'static str,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = GenerateError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), GenerateError> {
        let name: de::value::StrDeserializer<'_, GenerateError> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = GenerateError;

    fn unit_variant(self) -> Result<(), GenerateError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, GenerateError> {
        seed.deserialize(self.generator)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, GenerateError> {
        self.generator.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GenerateError> {
        self.generator.deserialize_struct("", fields, visitor)
    }
}
