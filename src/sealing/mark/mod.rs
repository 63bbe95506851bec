//! The visible mark: the release's reference and the copy's own mark, all over the picture.
//!
//! Promises: on the screen rendition any window of a quarter of the sides holds one whole reference, on the thumbnail any
//! window of half the sides (`layout`); ink is dark on light and light on dark, a fifth to a quarter strong (`ground`); in a
//! face box it is half as strong and the lines are moved so that they pass beside eyes and mouth.
//!
//! Absent on purpose: guessing where a face is; hiding the mark where it would "spoil" the picture; drawing nothing. A mark
//! that cannot be drawn is an error, so that no unmarked picture can pass for a marked one (P5).
//! Proved by the tests here and in `layout`, and by eye.

mod ground;
mod layout;
mod text;

use ground::{CELL, Ground};
use layout::{Plan, Spot};
use text::{Block, Run, Stamp};

use super::image::Picture;

/// Most characters of a reference or a copy mark.
const LONGEST: usize = 24;

/// What is written on one copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The release's number, such as `CZ/001/26` (K8.3): letters, digits and strokes, at most 24.
    pub urn: &'a str,
    /// The short mark that tells this copy from the others, at most 24 characters.
    pub copy: &'a str,
    /// Whose copy it is, in words for the line at the foot of the screen rendition; shortened if it does not fit.
    pub recipient: &'a str,
}

/// Which of the pictures a partner gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rendition {
    /// To look at: long side at most 2048 pixels.
    Screen,
    /// For lists: long side at most 320 pixels.
    Thumbnail,
}

/// The mark cannot be drawn; the picture must not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMarked {
    /// The reference or the copy mark is empty or longer than 24 characters.
    #[error("a mark needs a reference and a copy mark of 1 to 24 characters each")]
    Words,
    /// The letters could not be set.
    #[error("the letters of the mark could not be set")]
    Letters,
}

/// Where the uploader says the face is, in ten-thousandths of the upright picture's sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FaceBox {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

impl FaceBox {
    /// A box from its left and top edges and its size, in ten-thousandths (5000 is half a side). `None` if it has no area or
    /// does not lie within the picture.
    pub fn new(left: u16, top: u16, width: u16, height: u16) -> Option<FaceBox> {
        let fits = |from: u16, size: u16| size > 0 && u32::from(from) + u32::from(size) <= 10_000;
        (fits(left, width) && fits(top, height)).then_some(FaceBox { left, top, width, height })
    }

    /// Left, top, width and height, in ten-thousandths, as given.
    pub fn parts(self) -> [u16; 4] {
        [self.left, self.top, self.width, self.height]
    }

    /// Left, top, right and bottom as shares of the sides.
    fn shares(self) -> (f64, f64, f64, f64) {
        let share = |at: u16| f64::from(at) / 10_000.0;
        (share(self.left), share(self.top), share(self.left + self.width), share(self.top + self.height))
    }

    /// A box inside this one, given in shares of it, as pixels of a picture.
    fn part(self, picture: (u32, u32), part: [f64; 4]) -> [f64; 4] {
        let (left, top, right, bottom) = self.shares();
        let along = |share: f64| (left + (right - left) * share) * f64::from(picture.0);
        let down = |share: f64| (top + (bottom - top) * share) * f64::from(picture.1);
        let [from_x, from_y, to_x, to_y] = part;
        [along(from_x), down(from_y), along(to_x), down(to_y)]
    }
}

/// Draws the visible mark on a picture.
pub fn draw(
    picture: &mut Picture,
    mark: &Mark<'_>,
    rendition: Rendition,
    face: Option<FaceBox>,
) -> Result<(), NotMarked> {
    for words in [mark.urn, mark.copy] {
        if words.trim().is_empty() || words.chars().count() > LONGEST {
            return Err(NotMarked::Words);
        }
    }
    let blocks = match rendition {
        Rendition::Screen => {
            let line = format!("{}  {}", mark.urn, mark.copy);
            vec![Block::set(&[&line]), Block::set(&[mark.urn, mark.copy])]
        }
        Rendition::Thumbnail => vec![Block::set(&[mark.urn])],
    };
    let blocks: Vec<Block> = blocks.into_iter().collect::<Option<_>>().ok_or(NotMarked::Letters)?;
    let extents: Vec<_> = blocks.iter().map(Block::extent).collect();
    let (width, height) = (picture.width(), picture.height());
    let plan = layout::plan(width, height, &extents, rendition);
    let block = blocks.get(plan.choice).ok_or(NotMarked::Letters)?;
    let stamp = Stamp::cut(block, &plan);
    if stamp.runs.is_empty() {
        return Err(NotMarked::Letters);
    }
    let ground = Ground::of(picture, plan.em, face);
    let phase = phase(&plan, (width, height), face);
    for spot in layout::placements(&plan, width, height, phase) {
        press(picture, &stamp, spot, &ground);
    }
    Ok(())
}

/// Moves the lattice so that as little text as can be crosses eyes and mouth. Without a face box it starts at the corner.
fn phase(plan: &Plan, picture: (u32, u32), face: Option<FaceBox>) -> (i64, i64) {
    // Where eyes and mouth are in a face seen from the front, in shares of a box from hair line to chin and ear to ear.
    const KEEP_CLEAR: [[f64; 4]; 2] = [[0.10, 0.30, 0.90, 0.50], [0.25, 0.66, 0.75, 0.84]];
    const TRIES: i64 = 8;
    let Some(face) = face else { return (0, 0) };
    let zones = KEEP_CLEAR.map(|part| face.part(picture, part));
    let tries = (0..TRIES).flat_map(|row| (0..TRIES).map(move |column| (column, row)));
    tries
        .map(|(column, row)| (plan.step.0 * column / TRIES, plan.step.1 * row / TRIES))
        .min_by_key(|phase| {
            let spots = layout::placements(plan, picture.0, picture.1, *phase);
            spots.iter().map(|spot| zones.iter().map(|zone| crossing(plan, *spot, zone)).sum::<usize>()).sum::<usize>()
        })
        .unwrap_or((0, 0))
}

/// How many of eleven points along a reference's middle line lie in a zone.
fn crossing(plan: &Plan, spot: Spot, zone: &[f64; 4]) -> usize {
    let (sine, cosine) = plan.angle.sin_cos();
    let [from_x, from_y, to_x, to_y] = *zone;
    let (width, height) = (layout::real(plan.block.0), layout::real(plan.block.1));
    let (x, y) = (layout::real(spot.left) + width / 2.0, layout::real(spot.top) + height / 2.0);
    if x + width < from_x || x - width > to_x || y + height < from_y || y - height > to_y {
        return 0;
    }
    let long = (width * width + height * height).sqrt() / 2.0;
    let inside = |step: &i32| {
        let out = f64::from(*step) / 5.0 * long * 0.9;
        let (x, y) = (x + out * cosine, y - out * sine);
        x >= from_x && x <= to_x && y >= from_y && y <= to_y
    };
    (-5..=5).filter(inside).count()
}

/// Sets the stamp down once; what lies outside the picture is cut off.
fn press(picture: &mut Picture, stamp: &Stamp, spot: Spot, ground: &Ground) {
    let width = usize::try_from(picture.width()).unwrap_or(0);
    let height = usize::try_from(picture.height()).unwrap_or(0);
    let rgb = picture.rgb_mut();
    for run in &stamp.runs {
        let Some(y) = usize::try_from(spot.top + run.row).ok().filter(|y| *y < height) else { continue };
        let Some((x, cover)) = visible(run, spot.left, width) else { continue };
        let inks = ground.row(y);
        let from = (y * width + x) * 3;
        let Some(line) = rgb.get_mut(from..from + cover.len() * 3) else { continue };
        for (at, (pixel, cover)) in (x..).zip(line.chunks_exact_mut(3).zip(cover)) {
            let Some(ink) = inks.get(at / CELL) else { continue };
            let share = u32::from(ink.strength) * u32::from(*cover);
            for channel in pixel {
                *channel = blend(*channel, ink.tone, share);
            }
        }
    }
}

/// The part of a run that lies in a row of `width` pixels, and where it starts.
fn visible(run: &Run, left: i64, width: usize) -> Option<(usize, &[u8])> {
    let start = left + run.column;
    let hidden = usize::try_from(-start).unwrap_or(0);
    let x = usize::try_from(start).unwrap_or(0);
    let room = width.checked_sub(x)?;
    let cover = run.cover.get(hidden..)?;
    let cover = cover.get(..room.min(cover.len()))?;
    (!cover.is_empty()).then_some((x, cover))
}

/// `share` is in 65025ths (255 times 255).
fn blend(under: u8, ink: u8, share: u32) -> u8 {
    let mixed = (u32::from(under) * (65_025 - share) + u32::from(ink) * share + 32_512) / 65_025;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}
