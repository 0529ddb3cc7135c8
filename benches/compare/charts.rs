//! The two kinds of charts, drawn as SVG by the crate `plotters`. The background is white, so they are readable on a dark page too.

use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::combinators::WithKeyPoints;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::Result;

const WIDTH: u32 = 860;
const COLOURS: [RGBColor; 8] = [
    RGBColor(31, 111, 235),
    RGBColor(209, 36, 47),
    RGBColor(26, 127, 55),
    RGBColor(154, 103, 0),
    RGBColor(130, 80, 223),
    RGBColor(191, 57, 137),
    RGBColor(87, 96, 106),
    RGBColor(10, 126, 164),
];
const TEXT: RGBColor = RGBColor(31, 35, 40);
const GRID: RGBColor = RGBColor(216, 222, 228);
const OURS: RGBColor = COLOURS[0];
const OTHERS: RGBColor = RGBColor(175, 184, 193);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A series of a line chart.
pub(crate) struct Line {
    pub(crate) name: String,
    /// Contacts and microseconds, both positive.
    pub(crate) points: Vec<(f64, f64)>,
    /// Whether it belongs to cardex. It is drawn thick.
    pub(crate) ours: bool,
}

/// The bars under one heading: names and microseconds.
pub(crate) struct Group {
    pub(crate) heading: String,
    pub(crate) bars: Vec<(String, f64)>,
}

/// Microseconds with a unit.
fn time(micros: f64) -> String {
    let (value, unit) = match micros {
        ..1.0 => (micros * 1e3, "ns"),
        ..1e3 => (micros, "µs"),
        ..1e6 => (micros / 1e3, "ms"),
        _ => (micros / 1e6, "s"),
    };
    let digits = usize::from(value < 9.95 && value.fract() > 0.0);
    format!("{value:.digits$} {unit}")
}

/// A number of contacts.
pub(crate) fn count(number: f64) -> String {
    if number >= 1e6 { format!("{:.0} M", number / 1e6) } else { format!("{:.0} k", number / 1e3) }
}

/// The powers of ten from below the least value to above the greatest.
fn decades(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    // The bounds keep the axis finite without values, and with zeros.
    let low = values.clone().fold(f64::INFINITY, f64::min).log10().floor().clamp(-3.0, 9.0);
    let high = values.fold(0.0, f64::max).log10().ceil().clamp(low + 1.0, 10.0);
    let exponents = std::iter::successors(Some(low), |at| Some(at + 1.0));
    exponents.take_while(|at| *at <= high).map(|at| 10_f64.powf(at)).collect()
}

/// A logarithmic axis over these powers of ten, with labels at some of them.
fn axis(decades: &[f64], labels: Vec<f64>) -> WithKeyPoints<LogCoord<f64>> {
    (decades[0]..decades[decades.len() - 1]).log_scale().with_key_points(labels)
}

fn text(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size).into_font()).color(&TEXT)
}

/// Text to the right of a point.
fn beside() -> TextStyle<'static> {
    text(15).pos(Pos::new(HPos::Left, VPos::Center))
}

fn bold(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size).into_font().style(FontStyle::Bold)).color(&TEXT)
}

fn canvas<'a>(path: &'a Path, height: u32, title: &str) -> Result<Area<'a>> {
    let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    root.draw(&Text::new(title.to_owned(), (20, 16), bold(20)))?;
    Ok(root)
}

/// Lines over two logarithmic axes: contacts and times.
pub(crate) fn lines(path: &Path, title: &str, lines: &[Line]) -> Result<()> {
    let root = canvas(path, 450, title)?;
    let points = || lines.iter().flat_map(|line| &line.points);
    let (sizes, times) = (decades(points().map(|point| point.0)), decades(points().map(|point| point.1)));
    let mut chart = ChartBuilder::on(&root)
        .margin_top(60)
        .margin_right(280)
        .margin_bottom(10)
        .x_label_area_size(44)
        .y_label_area_size(76)
        .build_cartesian_2d(axis(&sizes, sizes.clone()), axis(&times, times.clone()))?;
    chart
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(TRANSPARENT)
        .label_style(text(15))
        .x_desc("contacts in the book")
        .x_label_formatter(&|contacts| count(*contacts))
        .y_label_formatter(&|micros| time(*micros))
        .draw()?;
    for ((line, colour), row) in lines.iter().zip(COLOURS.iter().cycle()).zip(0..) {
        let style = colour.stroke_width(if line.ours { 3 } else { 1 });
        let marker = [if line.ours { colour } else { &WHITE }.filled(), colour.stroke_width(1)];
        chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
        chart.draw_series(line.points.iter().flat_map(|at| marker.map(|part| Circle::new(*at, 4, part))))?;
        // The legend is beside the chart. That of `plotters` is inside it.
        let (left, at) = (604, 70 + 23 * row);
        root.draw(&PathElement::new([(left, at), (left + 28, at)], style))?;
        for part in marker {
            root.draw(&Circle::new((left + 14, at), 4, part))?;
        }
        root.draw(&Text::new(line.name.clone(), (left + 38, at), beside()))?;
    }
    Ok(root.present()?)
}

/// Bars over a logarithmic axis, two groups side by side. The first bar of a group is cardex.
pub(crate) fn bars(path: &Path, title: &str, groups: &[Group]) -> Result<()> {
    let most = groups.iter().map(|group| group.bars.len()).max().unwrap_or(0);
    let (rows, row_height) = (groups.len().div_ceil(2), 68 + 22 * u32::try_from(most)?);
    let root = canvas(path, 50 + row_height * u32::try_from(rows)?, title)?;
    let times = decades(groups.iter().flat_map(|group| &group.bars).map(|bar| bar.1));
    let panels = root.margin(50, 0, 0, 0).split_evenly((rows, 2));
    for (group, panel) in groups.iter().zip(&panels) {
        bars_of(panel, group, &times)?;
    }
    Ok(root.present()?)
}

fn bars_of(panel: &Area<'_>, group: &Group, times: &[f64]) -> Result<()> {
    panel.draw(&Text::new(group.heading.clone(), (20, 8), bold(16)))?;
    // A bar extends between two even numbers. Its name is at the odd number between.
    let places = || (1..).step_by(2).zip(&group.bars);
    let end = 2 * i32::try_from(group.bars.len())?;
    let name = |place: &i32| places().find(|(at, _)| at == place).map_or("", |(_, bar)| &bar.0).to_owned();
    let labels = times.iter().copied().step_by(2).collect();
    let mut chart = ChartBuilder::on(panel)
        .margin_top(32)
        .margin_right(48)
        .margin_bottom(10)
        .x_label_area_size(26)
        .y_label_area_size(194)
        .build_cartesian_2d(
            axis(times, labels),
            (end..0).with_key_points(places().map(|(at, _)| at).collect()),
        )?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(TRANSPARENT)
        .label_style(text(15))
        .x_label_formatter(&|micros| time(*micros))
        .y_label_formatter(&name)
        .draw()?;
    chart.draw_series(places().map(|(at, (_, micros))| {
        let colour = if at == 1 { OURS } else { OTHERS };
        let mut bar = Rectangle::new([(times[0], at - 1), (*micros, at + 1)], colour.filled());
        bar.set_margin(3, 3, 0, 0);
        bar
    }))?;
    chart.draw_series(places().map(|(at, (_, micros))| {
        EmptyElement::at((*micros, at)) + Text::new(time(*micros), (6, 0), beside())
    }))?;
    Ok(())
}
