//! The line at the foot of a large screen rendition: reference, copy mark, and whose copy it is, in words.
//!
//! It is for the honest reader (whose copy is this, may I pass it on?); the tiled reference is for the rest. So it may be
//! shortened, and small pictures go without it, since there it would hide more than it says.

use super::ground::{Ground, Ink};
use super::layout::{self, Plan, Spot};
use super::text::{Block, Stamp};
use super::{Mark, Rendition};
use crate::sealing::image::Picture;

/// Shortest side, in pixels, of a picture that gets the line.
const ROOM: u32 = 600;
/// Letters, and how far the strip under them is darkened, of 255.
const LETTERS: Ink = Ink { tone: 255, strength: 235 };
const SHADE: u16 = 150;

/// Pixels the line takes at the foot of a picture; 0 if it gets none.
pub(super) fn height(width: u32, height: u32, rendition: Rendition, recipient: &str) -> u32 {
    let wanted = rendition == Rendition::Screen && width.min(height) >= ROOM && !recipient.trim().is_empty();
    if wanted { width.max(height).clamp(640, 2048) / 48 } else { 0 }
}

/// Darkens the strip and writes the line on it.
pub(super) fn write(picture: &mut Picture, mark: &Mark<'_>, strip: u32) {
    let (width, tall) = (i64::from(picture.width()), i64::from(strip));
    let top = i64::from(picture.height()) - tall;
    let em = layout::real(tall) * 0.62;
    let room = layout::real(width) - 2.0 * em;
    let Some((block, extent)) = fitting(mark, room / em) else {
        return;
    };
    shade(picture, strip);
    let plan = Plan {
        choice: 0,
        em,
        angle: 0.0,
        block: (layout::whole(extent.width * em) + 2, tall),
        step: (width, tall),
        shift: 0,
    };
    let left = layout::whole(em * 0.8);
    let even = Ground::even(picture, LETTERS);
    super::press(picture, &Stamp::cut(&block, &plan), Spot { left, top }, &even, Rendition::Screen);
}

/// The longest form of the line that fits a width given in em: the recipient's words are cut from the end.
fn fitting(mark: &Mark<'_>, room: f64) -> Option<(Block, layout::Extent)> {
    let words: Vec<char> = mark.recipient.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect();
    let mut keep = words.len();
    loop {
        let name: String = words.iter().take(keep).collect();
        let cut = if keep < words.len() { "…" } else { "" };
        let sheet = if mark.sheet.is_empty() { String::new() } else { format!("{}   ", mark.sheet) };
        let line = format!("{}  {}   {sheet}For {}{cut} only", mark.urn, mark.copy, name.trim_end());
        let block = Block::set(&[&line])?;
        let extent = block.extent();
        if extent.width <= room {
            return Some((block, extent));
        }
        keep = keep.checked_sub(4).filter(|keep| *keep >= 4)?;
    }
}

fn shade(picture: &mut Picture, strip: u32) {
    let row = usize::try_from(picture.width()).unwrap_or(0) * 3;
    let bytes = row * usize::try_from(strip).unwrap_or(0);
    let rgb = picture.rgb_mut();
    let from = rgb.len().saturating_sub(bytes);
    for channel in rgb.get_mut(from..).unwrap_or_default() {
        *channel = u8::try_from(u16::from(*channel) * (255 - SHADE) / 255).unwrap_or(0);
    }
}
