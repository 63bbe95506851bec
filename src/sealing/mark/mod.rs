//! The visible mark: the release's reference and the copy's own mark, all over the picture.
//!
//! Promises: on the screen rendition any window of a quarter of the sides holds one whole reference, on the thumbnail any
//! window of half the sides (`layout`); ink is dark on light and light on dark, a fifth to a quarter strong (`ground`); in a
//! face box it is half as strong and the lines are moved so that they pass beside eyes and mouth.
//!
//! Absent on purpose: guessing where a face is; hiding the mark where it would "spoil" the picture; drawing nothing. A mark
//! that cannot be drawn is an error, so that no unmarked picture can pass for a marked one (P5).
//! Proved by the tests here and in `layout`, and by eye.

mod foot;
mod ground;
mod layout;
mod text;

use ground::CELL;
pub use ground::Ground;
use layout::{Plan, Spot};
use text::{Block, Cover, Run, Stamp};

use super::image::Picture;

/// Most characters of a reference or a copy mark.
const LONGEST: usize = 24;

/// Strength of the rim around letters, in hundredths of the ink's.
const RIM: u64 = 45;
/// Gain for thumbnails, in hundredths: strokes there are a pixel wide and cover each pixel only in part.
const THIN: u64 = 125;

/// What is written on one copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The release's number, such as `CZ/001/26` (K8.3): letters, digits and strokes, at most 24.
    pub urn: &'a str,
    /// The short mark that tells this copy from the others, at most 24 characters.
    pub copy: &'a str,
    /// Whose copy it is, in words for the line at the foot of the screen rendition; shortened if it does not fit.
    pub recipient: &'a str,
    /// Which sheet of paper it is, for the same line, such as `Sheet 1 of 2`; empty: none.
    pub sheet: &'a str,
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

/// Draws the visible mark on a picture. `ground` is that of the same picture before anything was drawn on it.
pub fn draw(picture: &mut Picture, mark: &Mark<'_>, rendition: Rendition, ground: &Ground) -> Result<(), NotMarked> {
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
    let foot = foot::height(width, height, rendition, mark.recipient);
    let plan = layout::plan(width, height, foot, &extents, rendition);
    let block = blocks.get(plan.choice).ok_or(NotMarked::Letters)?;
    let stamp = Stamp::cut(block, &plan);
    if stamp.runs.is_empty() {
        return Err(NotMarked::Letters);
    }
    let phase = phase(&plan, (width, height), ground.face);
    for spot in layout::placements(&plan, width, height, phase) {
        press(picture, &stamp, spot, ground, rendition);
    }
    if foot > 0 {
        foot::write(picture, mark, foot);
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
fn press(picture: &mut Picture, stamp: &Stamp, spot: Spot, ground: &Ground, rendition: Rendition) {
    let width = usize::try_from(picture.width()).unwrap_or(0);
    let height = usize::try_from(picture.height()).unwrap_or(0);
    let gain = match rendition {
        Rendition::Screen => 100,
        Rendition::Thumbnail => THIN,
    };
    let rgb = picture.rgb_mut();
    for run in &stamp.runs {
        let Some(y) = usize::try_from(spot.top + run.row).ok().filter(|y| *y < height) else {
            continue;
        };
        let Some((mut x, mut cover)) = visible(run, spot.left, width) else {
            continue;
        };
        let inks = ground.row(y);
        // Cell by cell: the ink is the same within each.
        while let Some(ink) = inks.get(x / CELL) {
            let (here, rest) = cover.split_at(cover.len().min(CELL - x % CELL));
            let from = (y * width + x) * 3;
            let Some(line) = rgb.get_mut(from..from + here.len() * 3) else {
                break;
            };
            let strength = u64::from(ink.strength) * gain / 100;
            for (pixel, cover) in line.chunks_exact_mut(3).zip(here) {
                let (keep, add) = mix(*cover, ink.tone, strength);
                for channel in pixel {
                    *channel = u8::try_from((u64::from(*channel) * keep + add) >> 16).unwrap_or(u8::MAX);
                }
            }
            (x, cover) = (x + here.len(), rest);
            if cover.is_empty() {
                break;
            }
        }
    }
}

/// What one covered pixel becomes: its own value times the first number plus the second, in 65,536ths. Ink first, then the rim
/// in the other tone.
fn mix(cover: Cover, tone: u8, strength: u64) -> (u64, u64) {
    const WHOLE: u64 = 65_536;
    // 255 times 255 is 65,025: the shift brings a full share up to 65,533.
    let share = |strength: u64, cover: u8| {
        let share = (strength * u64::from(cover)).min(65_025);
        share + (share >> 7)
    };
    let (ink, rim) = (share(strength, cover.ink), share(strength * RIM / 100, cover.rim));
    let keep = (WHOLE - ink) * (WHOLE - rim) / WHOLE;
    let light = if tone == 0 { rim } else { ink * (WHOLE - rim) / WHOLE };
    (keep, light * 255 + WHOLE / 2)
}

/// The part of a run that lies in a row of `width` pixels, and where it starts.
fn visible(run: &Run, left: i64, width: usize) -> Option<(usize, &[Cover])> {
    let start = left + run.column;
    let hidden = usize::try_from(-start).unwrap_or(0);
    let x = usize::try_from(start).unwrap_or(0);
    let room = width.checked_sub(x)?;
    let cover = run.cover.get(hidden..)?;
    let cover = cover.get(..room.min(cover.len()))?;
    (!cover.is_empty()).then_some((x, cover))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, grey: u8) -> Picture {
        let bytes = usize::try_from(width * height * 3).unwrap();
        Picture::from_rgb(width, height, vec![grey; bytes]).unwrap()
    }

    const MARK: Mark<'static> =
        Mark { urn: "CZ/001/26", copy: "K7Q4-2M", recipient: "Jane Smith, Luton BCRP", sheet: "" };

    fn drawn(mut picture: Picture, mark: &Mark<'_>, rendition: Rendition, face: Option<FaceBox>) -> Picture {
        let ground = Ground::of(&picture, face);
        draw(&mut picture, mark, rendition, &ground).unwrap();
        picture
    }

    /// The largest change of any channel within some rows and columns.
    fn change(picture: &Picture, grey: u8, columns: std::ops::Range<u32>, rows: std::ops::Range<u32>) -> u8 {
        let width = picture.width();
        let at = |x: u32, y: u32| picture.rgb()[usize::try_from((y * width + x) * 3).unwrap()];
        rows.flat_map(|y| columns.clone().map(move |x| (x, y))).map(|(x, y)| at(x, y).abs_diff(grey)).max().unwrap()
    }

    #[test]
    fn the_mark_can_be_read_on_any_flat_ground() {
        for grey in (0..=255).step_by(5) {
            for (size, rendition) in [((640, 480), Rendition::Screen), ((240, 320), Rendition::Thumbnail)] {
                let picture = drawn(flat(size.0, size.1, grey), &MARK, rendition, None);
                let most = change(&picture, grey, 0..size.0, 0..size.1);
                assert!((27..=90).contains(&most), "{rendition:?} on {grey}: {most}");
            }
        }
    }

    #[test]
    fn every_window_of_the_drawn_picture_shows_ink() {
        let (width, height) = (900, 675);
        let picture = drawn(flat(width, height, 255), &MARK, Rendition::Screen, None);
        for top in (0..=height * 3 / 4).step_by(15) {
            for left in (0..=width * 3 / 4).step_by(15) {
                assert!(change(&picture, 255, left..left + width / 4, top..top + height / 4) > 40, "{left},{top}");
            }
        }
    }

    #[test]
    fn the_mark_is_half_as_strong_on_a_face_and_as_strong_elsewhere() {
        let (width, height) = (1200, 1600);
        let face = FaceBox::new(2500, 1500, 5000, 5000);
        let picture = drawn(flat(width, height, 200), &MARK, Rendition::Screen, face);
        let inside = change(&picture, 200, 400..800, 400..900);
        let outside = change(&picture, 200, 0..1200, 1200..1500);
        assert!((inside * 2).abs_diff(outside) <= 6, "{inside} and {outside}");
        assert!(inside >= 15);
    }

    #[test]
    fn lines_pass_beside_eyes_and_mouth() {
        let face = FaceBox::new(3000, 2000, 4000, 4500).unwrap();
        let extents = [layout::Extent { width: 10.2, height: 0.76 }, layout::Extent { width: 5.6, height: 1.9 }];
        let plan = layout::plan(1536, 2048, 42, &extents, Rendition::Screen);
        let count = |phase: (i64, i64)| {
            let zone = face.part((1536, 2048), [0.10, 0.30, 0.90, 0.50]);
            let spots = layout::placements(&plan, 1536, 2048, phase);
            spots.iter().map(|spot| crossing(&plan, *spot, &zone)).sum::<usize>()
        };
        let all = (0..8).map(|step| count((plan.step.0 * step / 8, plan.step.1 * step / 8)));
        let moved = count(phase(&plan, (1536, 2048), Some(face)));
        assert!(moved <= all.min().unwrap() + 4, "{moved}");
    }

    #[test]
    fn two_copies_differ_and_one_copy_repeats() {
        let other = Mark { copy: "K7Q4-2N", ..MARK };
        let one = drawn(flat(800, 600, 90), &MARK, Rendition::Screen, None);
        assert_eq!(one.rgb(), drawn(flat(800, 600, 90), &MARK, Rendition::Screen, None).rgb());
        assert_ne!(one.rgb(), drawn(flat(800, 600, 90), &other, Rendition::Screen, None).rgb());
    }

    #[test]
    fn a_mark_without_words_is_refused() {
        let long = "X".repeat(25);
        for (urn, copy) in [("", "K7"), ("CZ/001/26", " "), (long.as_str(), "K7"), ("CZ/001/26", long.as_str())] {
            let mut picture = flat(300, 300, 0);
            let ground = Ground::of(&picture, None);
            let refused = draw(&mut picture, &Mark { urn, copy, recipient: "", sheet: "" }, Rendition::Screen, &ground);
            assert_eq!(refused, Err(NotMarked::Words));
            assert!(picture.rgb().iter().all(|level| *level == 0));
        }
    }

    #[test]
    fn any_name_can_be_written_at_the_foot() {
        let endless = "Æthelred ".repeat(60);
        for recipient in ["", "   ", "Zoë Ångström", "李小龍", "\u{202e}gnirts", "a\0b\nc", &endless] {
            let picture = drawn(flat(900, 700, 255), &Mark { recipient, ..MARK }, Rendition::Screen, None);
            let strip = change(&picture, 255, 0..900, 690..700);
            assert_eq!(strip > 100, !recipient.trim().is_empty(), "{recipient}");
        }
    }

    #[test]
    fn face_boxes_lie_within_the_picture() {
        assert!(FaceBox::new(0, 0, 10_000, 10_000).is_some());
        for (left, top, width, height) in [(0, 0, 0, 5), (0, 0, 5, 0), (9_999, 0, 2, 5), (0, 65_535, 5, 65_535)] {
            assert_eq!(FaceBox::new(left, top, width, height), None);
        }
    }
}
