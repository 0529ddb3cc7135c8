//! Plausible values of a type, as source text.

use syn::{GenericArgument, PathArguments, PathSegment, ReturnType, Type};

/// Alternative return values of a function; none if no value can be written.
pub fn of_return(output: &ReturnType) -> Vec<String> {
    match output {
        ReturnType::Default => vec!["()".into()],
        ReturnType::Type(_, ty) => of(ty),
    }
}

fn of(ty: &Type) -> Vec<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map_or_else(Vec::new, of_segment),
        Type::Reference(reference) => of_reference(reference),
        Type::Tuple(tuple) => {
            let each: Vec<_> = tuple.elems.iter().map(of).collect();
            let most =
                if each.iter().any(Vec::is_empty) { 0 } else { each.iter().map(Vec::len).max().unwrap_or(1) };
            let nth = |n: usize| {
                each.iter().map(|values| values[n % values.len()].clone() + ",").collect::<String>()
            };
            (0..most).map(|n| format!("({})", nth(n))).collect()
        }
        Type::Paren(inner) => of(&inner.elem),
        Type::ImplTrait(_) | Type::Never(_) => Vec::new(),
        _ => vec!["Default::default()".into()],
    }
}

fn of_reference(reference: &syn::TypeReference) -> Vec<String> {
    let leaked = |value: String| format!("Box::leak(Box::new({value}))");
    match &*reference.elem {
        Type::Path(path) if path.path.is_ident("str") => vec!["\"\"".into(), "\"xyzzy\"".into()],
        Type::Slice(_) => vec!["Vec::leak(Vec::new())".into()],
        inner => of(inner).into_iter().map(leaked).collect(),
    }
}

fn of_segment(segment: &PathSegment) -> Vec<String> {
    let name = segment.ident.to_string();
    let inner = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(of(ty)),
                _ => None,
            })
        }
        _ => None,
    };
    let wrapped = |before: &str, after: &str| {
        let values = inner.clone().unwrap_or_else(|| vec!["Default::default()".into()]);
        values.into_iter().map(|value| format!("{before}{value}{after}")).collect::<Vec<_>>()
    };
    match name.as_str() {
        "bool" => vec!["true".into(), "false".into()],
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            vec!["0".into(), "1".into()]
        }
        "f32" | "f64" => vec!["0.0".into(), "1.0".into()],
        "String" => vec!["String::new()".into(), "String::from(\"xyzzy\")".into()],
        "Option" => [vec!["None".into()], wrapped("Some(", ")")].concat(),
        "Vec" => [vec!["Vec::new()".into()], wrapped("vec![", "]").into_iter().take(1).collect()].concat(),
        "Box" | "Arc" | "Rc" => wrapped(&format!("{name}::new("), ")"),
        _ if name.ends_with("Result") => wrapped("Ok(", ")"),
        _ => vec!["Default::default()".into()],
    }
}

/// The tokens of an item, without formatting.
pub fn bare(tokens: impl quote::ToTokens) -> String {
    tokens.into_token_stream().to_string().split_whitespace().collect()
}
