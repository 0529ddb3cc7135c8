//! Finds the possible mutants of a source file.

use std::ops::Range;

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Block, Expr, Pat, Signature, UnOp};

use crate::{pure, values};

/// One mutant. All fields except the line identify it in a later version of the source.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub file: String,
    pub function: String,
    pub line: usize,
    pub change: String,
    /// The index among otherwise equal mutants.
    pub nth: usize,
}

impl Mutant {
    pub fn layer(&self) -> &str {
        self.file.split('/').nth(1).unwrap_or_default()
    }
}

/// How a mutant is written into the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Replaces an expression.
    Expression,
    /// Returns early at the start of a function.
    Return,
    /// Adds a guard to a pattern.
    Arm,
}

/// A position in the source and its replacements.
#[derive(Debug, Clone)]
pub struct Edit {
    pub range: Range<usize>,
    pub shape: Shape,
    /// Whether both expressions can be evaluated. A test then reaches the mutant only if their values differ.
    pub pure: bool,
    pub instead: Vec<(String, Mutant)>,
}

/// All edits of a file: outer ones before inner ones.
pub fn edits(file: &str, source: &str) -> Vec<Edit> {
    let parsed = syn::parse_file(source).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut finder = Finder { file, source, functions: Vec::new(), owners: Vec::new(), edits: Vec::new() };
    finder.visit_file(&parsed);
    finder.edits.sort_by_key(|edit| (edit.range.start, std::cmp::Reverse(edit.range.end)));
    finder.edits
}

struct Finder<'a> {
    file: &'a str,
    source: &'a str,
    functions: Vec<String>,
    owners: Vec<String>,
    edits: Vec<Edit>,
}

impl Finder<'_> {
    fn text(&self, span: Span) -> &str {
        &self.source[span.byte_range()]
    }

    /// The text of a span on one line, truncated.
    fn shown(&self, span: Span) -> String {
        let line = self.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > 70 { line.chars().take(69).chain(['…']).collect() } else { line }
    }

    fn add(&mut self, span: Span, range: Range<usize>, shape: Shape, changes: Vec<(String, String)>) {
        self.add_pure(span, range, shape, false, changes);
    }

    fn add_pure(
        &mut self,
        span: Span,
        range: Range<usize>,
        shape: Shape,
        pure: bool,
        changes: Vec<(String, String)>,
    ) {
        let mutant = |change| Mutant {
            file: self.file.to_owned(),
            function: self.functions.join("::"),
            line: span.start().line,
            change,
            nth: 0,
        };
        let instead: Vec<_> = changes.into_iter().map(|(text, change)| (text, mutant(change))).collect();
        if !self.functions.is_empty() && !instead.is_empty() {
            self.edits.push(Edit { range, shape, pure, instead });
        }
    }

    fn function(&mut self, attributes: &[Attribute], signature: &Signature, block: &Block) {
        // A constant function cannot read which mutant is active.
        if signature.constness.is_some() || attributes.iter().any(is_test) {
            return;
        }
        let owner = self.owners.last().filter(|_| self.functions.is_empty());
        let name = owner.map_or(String::new(), |owner| format!("{owner}::")) + &signature.ident.to_string();
        self.functions.push(name);
        let body = values::bare(block);
        let other = |value: &String| body != format!("{{{}}}", value.replace(' ', "")) && body != "{}";
        let values = values::of_return(&signature.output).into_iter().filter(other);
        let values = values.filter(|_| signature.ident != "default");
        let changes = values.map(|value| (value.clone(), format!("return {value}"))).collect();
        let start = block.brace_token.span.open().byte_range().end;
        self.add(signature.span(), start..start, Shape::Return, changes);
        visit::visit_block(self, block);
        self.functions.pop();
    }

    fn binary(&mut self, binary: &syn::ExprBinary) {
        let others = others(&binary.op);
        if has_let(&binary.left) || has_let(&binary.right) {
            return;
        }
        let (left, right) = (self.text(binary.left.span()), self.text(binary.right.span()));
        let (whole, op) = (self.shown(binary.span()), self.text(binary.op.span()));
        let change =
            |other: &&str| (format!("({left}) {other} ({right})"), format!("{op} is {other} in {whole}"));
        let changes = others.iter().map(change).collect();
        let pure = pure::is_truth(&binary.op) && pure::is(&binary.left) && pure::is(&binary.right);
        self.add_pure(binary.op.span(), binary.span().byte_range(), Shape::Expression, pure, changes);
    }

    fn arm(&mut self, arm: &syn::Arm, has_rest: bool) {
        let pattern = self.shown(arm.pat.span());
        if let Some((_, guard)) = &arm.guard {
            if !has_let(guard) {
                let shown = self.shown(guard.span());
                let change = |value: &str| (value.to_owned(), format!("guard {shown} is {value}"));
                let changes = ["true", "false"].map(change).to_vec();
                self.add(guard.span(), guard.span().byte_range(), Shape::Expression, changes);
            }
        } else if has_rest && !is_rest(&arm.pat) {
            let end = arm.pat.span().byte_range().end;
            self.add(
                arm.pat.span(),
                end..end,
                Shape::Arm,
                vec![(String::new(), format!("no arm {pattern}"))],
            );
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.attrs, &item.sig, block);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        // The output of `Debug` is not specified.
        if of.is_some_and(|of| of.ident == "Debug") {
            return;
        }
        let name = values::bare(&item.self_ty);
        self.owners.push(name.split('<').next().unwrap_or_default().to_owned());
        visit::visit_item_impl(self, item);
        self.owners.pop();
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !item.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        self.binary(binary);
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        if let UnOp::Not(_) | UnOp::Neg(_) = unary.op {
            let (inner, whole) = (self.text(unary.expr.span()).to_owned(), self.shown(unary.span()));
            let change = format!("no {} in {whole}", unary.op.to_token_stream());
            self.add(unary.span(), unary.span().byte_range(), Shape::Expression, vec![(inner, change)]);
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, found: &'ast syn::ExprMatch) {
        let has_rest = found.arms.iter().any(|arm| arm.guard.is_none() && is_rest(&arm.pat));
        found.arms.iter().for_each(|arm| self.arm(arm, has_rest));
        visit::visit_expr_match(self, found);
    }

    // Constants must stay constant.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_expr_repeat(&mut self, _: &'ast syn::ExprRepeat) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
}

fn is_test(attribute: &Attribute) -> bool {
    let text = values::bare(attribute);
    text == "#[test]" || text == "#[cfg(test)]"
}

/// Whether a pattern matches all remaining values.
fn is_rest(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(ident) => {
            ident.subpat.is_none() && ident.ident.to_string().starts_with(|first: char| first.is_lowercase())
        }
        _ => false,
    }
}

fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn others(op: &BinOp) -> &'static [&'static str] {
    match op {
        BinOp::Eq(_) => &["!="],
        BinOp::Ne(_) => &["=="],
        BinOp::And(_) => &["||"],
        BinOp::Or(_) => &["&&"],
        BinOp::Lt(_) => &["<=", ">="],
        BinOp::Le(_) => &["<", ">"],
        BinOp::Gt(_) => &[">=", "<="],
        BinOp::Ge(_) => &[">", "<"],
        BinOp::Add(_) => &["-", "*"],
        BinOp::Sub(_) | BinOp::Div(_) => &["+", "*"],
        BinOp::Mul(_) | BinOp::Rem(_) => &["+", "/"],
        BinOp::Shl(_) => &[">>"],
        BinOp::Shr(_) => &["<<"],
        BinOp::BitAnd(_) => &["|", "^"],
        // `^` equals `|` without common bits, which are rare here.
        BinOp::BitOr(_) => &["&"],
        BinOp::BitXor(_) => &["|", "&"],
        BinOp::AddAssign(_) => &["-=", "*="],
        BinOp::SubAssign(_) => &["+=", "*="],
        BinOp::BitAndAssign(_) => &["|="],
        BinOp::BitOrAssign(_) => &["&="],
        BinOp::BitXorAssign(_) => &["|="],
        _ => &[],
    }
}
