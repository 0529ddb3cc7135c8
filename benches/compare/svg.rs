//! As much of SVG as two kinds of figures need. White behind, so that they can be read on a dark page too.

use std::fmt::Write as _;

const COLOURS: [&str; 9] =
    ["#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#bf3989", "#57606a", "#0a7ea4", "#bc4c00"];

/// A series of a chart.
pub(crate) struct Line {
    pub(crate) name: String,
    /// Both above zero.
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) dashed: bool,
}

fn head(width: f64, height: f64, title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#1f2328\">\n<title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"20\" y=\"24\" font-size=\"15\" font-weight=\"bold\">{title}</text>\n",
        title = escaped(title)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Microseconds as one says them.
pub(crate) fn time(micros: f64) -> String {
    match micros {
        ..1.0 => format!("{:.0} ns", micros * 1e3),
        ..10.0 => format!("{micros:.1} µs"),
        ..1e3 => format!("{micros:.0} µs"),
        ..1e4 => format!("{:.1} ms", micros / 1e3),
        ..1e6 => format!("{:.0} ms", micros / 1e3),
        _ => format!("{:.1} s", micros / 1e6),
    }
}

fn count(number: f64) -> String {
    if number >= 1e6 { format!("{:.0} M", number / 1e6) } else { format!("{:.0} k", number / 1e3) }
}

/// The powers of ten around some values, as exponents.
fn decades(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = values.clone().fold(f64::INFINITY, f64::min).log10().floor();
    let high = values.fold(0.0, f64::max).log10().ceil();
    (low, high.max(low + 1.0))
}

/// The powers of ten from one exponent to another, with their exponents.
fn ticks(low: f64, high: f64) -> impl Iterator<Item = (f64, f64)> {
    std::iter::successors(Some(low), move |at| (at + 1.0 <= high).then_some(at + 1.0))
        .map(|at| (at, 10_f64.powf(at)))
}

/// Lines over two logarithmic axes: contacts and times.
pub(crate) fn lines(title: &str, lines: &[Line]) -> String {
    let (width, height, left, top, right, bottom) = (860.0, 440.0, 70.0, 44.0, 300.0, 44.0);
    let all = || lines.iter().flat_map(|line| line.points.iter().copied());
    let ((x0, x1), (y0, y1)) = (decades(all().map(|(x, _)| x)), decades(all().map(|(_, y)| y)));
    let x = |value: f64| left + (value.log10() - x0) / (x1 - x0) * (width - left - right);
    let y = |value: f64| height - bottom - (value.log10() - y0) / (y1 - y0) * (height - top - bottom);
    let mut out = head(width, height, title);
    for (_, value) in ticks(y0, y1) {
        let (at, end) = (y(value), width - right);
        let _ = writeln!(out, "<path d=\"M{left} {at:.1}H{end}\" stroke=\"#d0d7de\"/>");
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            at + 4.0,
            time(value)
        );
    }
    for (_, value) in ticks(x0, x1) {
        let (at, foot) = (x(value), height - bottom);
        let _ = writeln!(out, "<path d=\"M{at:.1} {top}V{foot}\" stroke=\"#d0d7de\"/>");
        let _ = writeln!(
            out,
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            foot + 20.0,
            count(value)
        );
    }
    for ((line, colour), place) in lines.iter().zip(COLOURS.iter().cycle()).zip(0_u16..) {
        let points: Vec<String> =
            line.points.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
        let dash = if line.dashed { " stroke-dasharray=\"6 4\"" } else { "" };
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>",
            points.join(" ")
        );
        for (a, b) in &line.points {
            let _ =
                writeln!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>", x(*a), y(*b));
        }
        let (at, key) = (top + 10.0 + f64::from(place) * 20.0, width - right + 16.0);
        let _ = writeln!(out, "<path d=\"M{key} {at}h24\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>");
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", key + 32.0, at + 4.0, escaped(&line.name));
    }
    out + "</svg>\n"
}

/// Bars over a logarithmic axis, in groups with a heading each; the first of a group is ours.
pub(crate) fn bars(title: &str, groups: &[(String, Vec<(String, f64)>)]) -> String {
    let rows: usize = groups.iter().map(|(_, bars)| bars.len() + 2).sum();
    #[allow(clippy::cast_precision_loss)]
    let (width, height, left, top) = (860.0, 50.0 + rows as f64 * 20.0, 230.0, 50.0);
    let (low, high) = decades(groups.iter().flat_map(|(_, bars)| bars.iter().map(|(_, value)| *value)));
    let reach = |value: f64| ((value.log10() - low) / (high - low) * (width - left - 90.0)).max(1.0);
    let mut out = head(width, height, title);
    for (_, value) in ticks(low, high) {
        let at = left + reach(value);
        let _ = writeln!(out, "<path d=\"M{at:.1} {}V{height}\" stroke=\"#eaeef2\"/>", top - 4.0);
    }
    let mut at = top;
    for (heading, bars) in groups {
        let _ = writeln!(
            out,
            "<text x=\"20\" y=\"{:.1}\" font-weight=\"bold\">{}</text>",
            at + 13.0,
            escaped(heading)
        );
        at += 20.0;
        for (place, (name, value)) in bars.iter().enumerate() {
            let colour = if place == 0 { COLOURS[0] } else { "#afb8c1" };
            let (end, text) = (reach(*value), at + 13.0);
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{text:.1}\" text-anchor=\"end\">{}</text>",
                left - 8.0,
                escaped(name)
            );
            let _ = writeln!(
                out,
                "<rect x=\"{left}\" y=\"{:.1}\" width=\"{end:.1}\" height=\"14\" fill=\"{colour}\"/>",
                at + 2.0
            );
            let _ =
                writeln!(out, "<text x=\"{:.1}\" y=\"{text:.1}\">{}</text>", left + end + 6.0, time(*value));
            at += 20.0;
        }
        at += 20.0;
    }
    out + "</svg>\n"
}
