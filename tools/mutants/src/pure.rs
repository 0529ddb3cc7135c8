//! Expressions that can be evaluated twice: they have no side effect, move nothing, and do not overflow.

use syn::{BinOp, Expr, UnOp};

/// Methods without side effects.
const LOOKS: &[&str] = &[
    "abs_diff",
    "as_bytes",
    "as_deref",
    "as_ref",
    "as_slice",
    "as_str",
    "cmp",
    "contains",
    "contains_key",
    "copied",
    "count_ones",
    "ends_with",
    "eq",
    "first",
    "get",
    "is_alphabetic",
    "is_ascii",
    "is_ascii_alphabetic",
    "is_ascii_alphanumeric",
    "is_ascii_digit",
    "is_empty",
    "is_err",
    "is_none",
    "is_numeric",
    "is_ok",
    "is_some",
    "is_whitespace",
    "key",
    "last",
    "leading_zeros",
    "len",
    "max",
    "min",
    "saturating_add",
    "saturating_mul",
    "saturating_sub",
    "starts_with",
    "trailing_zeros",
    "wrapping_add",
    "wrapping_sub",
];

/// Whether the result of an operator is a Boolean.
pub fn is_truth(op: &BinOp) -> bool {
    use BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
    matches!(op, And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_))
}

pub fn is(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is(&field.base),
        Expr::Paren(inner) => is(&inner.expr),
        Expr::Group(inner) => is(&inner.expr),
        Expr::Cast(cast) => is(&cast.expr),
        Expr::Reference(reference) => reference.mutability.is_none() && is(&reference.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_) | UnOp::Deref(_)) && is(&unary.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is),
        // The same arithmetic has already succeeded once.
        Expr::Binary(binary) => is(&binary.left) && is(&binary.right),
        Expr::MethodCall(call) => {
            LOOKS.contains(&call.method.to_string().as_str())
                && is(&call.receiver)
                && call.args.iter().all(is)
        }
        Expr::Call(call) => makes(&call.func) && call.args.iter().all(is),
        _ => false,
    }
}

/// Whether a call only constructs a value: `Some`, `Key`, `u64::from`.
fn makes(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name == "from" || name.starts_with(char::is_uppercase)
    })
}
