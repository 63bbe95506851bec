//! Letters to ink: a reference as one slanted stamp of coverage values.
//!
//! The outlines are turned before they are filled, so slanted letters are as sharp as upright ones, and the stamp is made once
//! a copy and set down many times.
//! Absent on purpose: a font file in the tree (the letters come from the crate `dejavu`) and shaping of scripts: references are
//! letters, digits and strokes; a character the font lacks is shown as `?`.

use std::sync::LazyLock;

use ab_glyph::{
    Font, FontRef, Glyph, GlyphId, Outline, OutlineCurve, OutlinedGlyph, Point, PxScale, PxScaleFactor, Rect,
};

use super::layout::{Extent, Plan};

static LETTERS: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(dejavu::sans_condensed::bold()).ok());

/// Distance between lines, in em.
const LEADING: f32 = 1.12;

/// The outlines of a few lines of text, in em, upwards, centred on the middle of their ink.
pub(super) struct Block {
    curves: Vec<OutlineCurve>,
    width: f32,
    height: f32,
}

impl Block {
    /// Sets lines of text, centred under each other. `None` if there is no font or no ink.
    pub(super) fn set(lines: &[&str]) -> Option<Block> {
        let font = LETTERS.as_ref()?;
        let em = 1.0 / font.units_per_em()?;
        let mut curves = Vec::new();
        let mut down = 0.0;
        for line in lines {
            let mut set = Vec::new();
            let mut pen = 0.0;
            let mut before: Option<GlyphId> = None;
            for letter in line.chars() {
                let id = Some(font.glyph_id(letter)).filter(|id| id.0 != 0).unwrap_or_else(|| font.glyph_id('?'));
                pen += before.map_or(0.0, |before| font.kern_unscaled(before, id) * em);
                let outline = font.outline(id).map(|outline| outline.curves).unwrap_or_default();
                set.extend(
                    outline.iter().map(|curve| moved(curve, |p| Point { x: p.x * em + pen, y: p.y * em - down })),
                );
                pen += font.h_advance_unscaled(id) * em;
                before = Some(id);
            }
            curves.extend(set.iter().map(|curve| moved(curve, |p| Point { x: p.x - pen / 2.0, y: p.y })));
            down += LEADING;
        }
        let ink = bounds(&curves)?;
        let middle = Point { x: f32::midpoint(ink.min.x, ink.max.x), y: f32::midpoint(ink.min.y, ink.max.y) };
        let curves =
            curves.iter().map(|curve| moved(curve, |p| Point { x: p.x - middle.x, y: p.y - middle.y })).collect();
        Some(Block { curves, width: ink.max.x - ink.min.x, height: ink.max.y - ink.min.y })
    }

    /// How much room the ink takes, in em.
    pub(super) fn extent(&self) -> Extent {
        Extent { width: f64::from(self.width), height: f64::from(self.height) }
    }
}

/// Coverage of one reference, box by box of the plan, 0 to 255 a pixel.
pub(super) struct Stamp {
    /// Runs of inked pixels, from the top.
    pub(super) runs: Vec<Run>,
}

/// Inked pixels that lie side by side.
pub(super) struct Run {
    pub(super) row: i64,
    pub(super) column: i64,
    pub(super) cover: Vec<Cover>,
}

/// How much of one pixel a reference takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cover {
    /// Under the letters, 0 to 255.
    pub(super) ink: u8,
    /// Beside the letters, 0 to 255: a rim of the other tone keeps them apart from busy ground.
    pub(super) rim: u8,
}

impl Stamp {
    /// Turns and fills a block as its plan says. All ink lies inside the plan's box.
    pub(super) fn cut(block: &Block, plan: &Plan) -> Stamp {
        let rim = usize::try_from(super::layout::whole(plan.em / 24.0)).unwrap_or(1).clamp(1, 3);
        let width = usize::try_from(plan.block.0).unwrap_or(0);
        let height = usize::try_from(plan.block.1).unwrap_or(0);
        let (sine, cosine) = narrow(plan.angle.sin_cos());
        let (em, _) = narrow((plan.em, 0.0));
        let (middle_x, middle_y) =
            narrow((super::layout::real(plan.block.0) / 2.0, super::layout::real(plan.block.1) / 2.0));
        // Outlines point up; y grows upwards from the bottom line of the box, which `scale_up` in ab_glyph turns over.
        let turned: Vec<_> = block
            .curves
            .iter()
            .map(|curve| {
                moved(curve, |p| Point {
                    x: (p.x * cosine - p.y * sine) * em + middle_x,
                    y: (p.x * sine + p.y * cosine) * em - middle_y,
                })
            })
            .collect();
        let cover = fill(turned, width, height);
        Stamp { runs: runs(&rimmed(&cover, width, rim), width) }
    }
}

/// Fills outlines within a box of so many pixels; what lies outside is cut off.
fn fill(curves: Vec<OutlineCurve>, width: usize, height: usize) -> Vec<u8> {
    let mut cover = vec![0u8; width * height];
    let Some(ink) = bounds(&curves) else { return cover };
    let whole = Glyph { id: GlyphId(0), scale: PxScale::from(1.0), position: Point { x: 0.0, y: 0.0 } };
    // ab_glyph calls the top of an outline `min`.
    let upright = Rect { min: Point { x: ink.min.x, y: ink.max.y }, max: Point { x: ink.max.x, y: ink.min.y } };
    let outline = Outline { bounds: upright, curves };
    let glyph = OutlinedGlyph::new(whole, outline, PxScaleFactor { horizontal: 1.0, vertical: 1.0 });
    let corner = glyph.px_bounds().min;
    let (left, top) = (pixel(corner.x), pixel(corner.y));
    glyph.draw(|x, y, share| {
        let column = usize::try_from(left + i64::from(x)).ok().filter(|column| *column < width);
        let row = usize::try_from(top + i64::from(y)).ok();
        if let (Some(column), Some(row)) = (column, row)
            && let Some(under) = cover.get_mut(row * width + column)
        {
            *under = crate::sealing::level(share);
        }
    });
    cover
}

/// Adds the rim: wherever ink is within reach, less what the ink itself covers. Done line by line, first across, then down.
fn rimmed(ink: &[u8], width: usize, reach: usize) -> Vec<Cover> {
    let spread = |from: &[u8], stride: usize| {
        let mut wide = from.to_vec();
        for off in (1..=reach).map(|off| off * stride) {
            let (above, below) = (from.get(off..).unwrap_or_default(), from.get(..from.len().saturating_sub(off)));
            wide.iter_mut().zip(above).for_each(|(to, from)| *to = (*to).max(*from));
            let after = wide.iter_mut().skip(off);
            after.zip(below.unwrap_or_default()).for_each(|(to, from)| *to = (*to).max(*from));
        }
        wide
    };
    let wide = spread(&spread(ink, 1), width.max(1));
    ink.iter().zip(wide).map(|(ink, rim)| Cover { ink: *ink, rim: rim.saturating_sub(*ink) }).collect()
}

fn runs(cover: &[Cover], width: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    for (row, line) in (0i64..).zip(cover.chunks_exact(width.max(1))) {
        let mut column = 0i64;
        for run in line.chunk_by(|a, b| (*a == Cover::default()) == (*b == Cover::default())) {
            if run.first().is_some_and(|first| *first != Cover::default()) {
                runs.push(Run { row, column, cover: run.to_vec() });
            }
            column += i64::try_from(run.len()).unwrap_or(0);
        }
    }
    runs
}

fn moved(curve: &OutlineCurve, to: impl Fn(Point) -> Point) -> OutlineCurve {
    match *curve {
        OutlineCurve::Line(a, b) => OutlineCurve::Line(to(a), to(b)),
        OutlineCurve::Quad(a, b, c) => OutlineCurve::Quad(to(a), to(b), to(c)),
        OutlineCurve::Cubic(a, b, c, d) => OutlineCurve::Cubic(to(a), to(b), to(c), to(d)),
    }
}

/// The box around all points, control points too; `min` is the lower left.
fn bounds(curves: &[OutlineCurve]) -> Option<Rect> {
    let points = curves.iter().flat_map(|curve| match *curve {
        OutlineCurve::Line(a, b) => vec![a, b],
        OutlineCurve::Quad(a, b, c) => vec![a, b, c],
        OutlineCurve::Cubic(a, b, c, d) => vec![a, b, c, d],
    });
    points.fold(None, |found: Option<Rect>, p| {
        let Rect { min, max } = found.unwrap_or(Rect { min: p, max: p });
        Some(Rect {
            min: Point { x: min.x.min(p.x), y: min.y.min(p.y) },
            max: Point { x: max.x.max(p.x), y: max.y.max(p.y) },
        })
    })
}

#[expect(clippy::cast_possible_truncation, reason = "angles and sizes of a few thousand at most")]
pub(super) fn narrow((a, b): (f64, f64)) -> (f32, f32) {
    (a as f32, b as f32)
}

#[expect(clippy::cast_possible_truncation, reason = "whole pixels within a stamp")]
fn pixel(at: f32) -> i64 {
    at as i64
}
