//! What lies under the mark: for each 8 by 8 cell, whether ink must be dark or light, and how strong.
//!
//! The cells are those of a JPEG, so that a later, faster pipeline can tell which of them a mark touches. Dark ink goes on light
//! ground and light ink on dark ground, by the mean brightness of the neighbourhood; in a face box the ink is half as strong,
//! fading in over a tenth of the box so that no edge shows.

use ::image::DynamicImage;

use super::FaceBox;
use crate::sealing::image::Picture;

/// Pixels on a side of a cell.
pub(super) const CELL: usize = 8;
/// Ink on flat black or white, and in the middle of the scale where it contrasts least; of 255.
const FAINT: f32 = 54.0;
const STRONG: f32 = 68.0;

/// The ink for one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink {
    /// 0 for dark, 255 for light.
    pub(super) tone: u8,
    /// Share of ink where the stamp covers fully, of 255.
    pub(super) strength: u8,
}

/// Ink for all of a picture: worked out once, used for every copy.
#[derive(Debug, Clone)]
pub struct Ground {
    columns: usize,
    cells: Vec<Ink>,
    pub(super) face: Option<FaceBox>,
}

impl Ground {
    /// Looks at a picture. `face` is where its uploader says the face is.
    pub fn of(picture: &Picture, face: Option<FaceBox>) -> Ground {
        let cell = u32::try_from(CELL).unwrap_or(8);
        let (columns, rows) = (picture.width().div_ceil(cell), picture.height().div_ceil(cell));
        // About one letter around; the letters grow with the picture.
        let reach = f32::from(u16::try_from(columns.max(rows)).unwrap_or(256)) * 0.012;
        let greys = picture.greys(columns, rows).fast_blur(reach.clamp(0.6, 4.0));
        let greys = match greys {
            DynamicImage::ImageLuma8(greys) => greys.into_raw(),
            other => other.into_luma8().into_raw(),
        };
        let columns = usize::try_from(columns).unwrap_or(1).max(1);
        let inside = face.map(|face| Inside::new(face, picture));
        let cells = greys
            .iter()
            .enumerate()
            .map(|(at, grey)| {
                let weight = inside.as_ref().map_or(1.0, |inside| inside.weight(at % columns, at / columns));
                ink(*grey, weight)
            })
            .collect();
        Ground { columns, cells, face }
    }

    /// The same ink everywhere.
    pub(super) fn even(picture: &Picture, ink: Ink) -> Ground {
        let cells = |side: u32| usize::try_from(side).unwrap_or(0).div_ceil(CELL);
        let (columns, rows) = (cells(picture.width()), cells(picture.height()));
        Ground { columns, cells: vec![ink; columns * rows], face: None }
    }

    /// The ink of the cells along one row of pixels.
    pub(super) fn row(&self, y: usize) -> &[Ink] {
        let start = y / CELL * self.columns;
        self.cells.get(start..start + self.columns).unwrap_or_default()
    }
}

fn ink(grey: u8, weight: f32) -> Ink {
    let middle = 1.0 - (f32::from(grey) - 128.0).abs() / 128.0;
    let strength = (FAINT + (STRONG - FAINT) * middle) * weight;
    Ink { tone: if grey >= 128 { 0 } else { 255 }, strength: crate::sealing::level(strength / 255.0) }
}

/// A face box in cells.
struct Inside {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Inside {
    fn new(face: FaceBox, picture: &Picture) -> Inside {
        let cells = |part: f64, side: u32| super::text::narrow((part * f64::from(side) / 8.0, 0.0)).0;
        let (left, top, right, bottom) = face.shares();
        Inside {
            left: cells(left, picture.width()),
            top: cells(top, picture.height()),
            right: cells(right, picture.width()),
            bottom: cells(bottom, picture.height()),
        }
    }

    /// 1 outside, ½ well inside.
    fn weight(&self, column: usize, row: usize) -> f32 {
        let at = |cell: usize| f32::from(u16::try_from(cell).unwrap_or(u16::MAX)) + 0.5;
        let depth = |at: f32, low: f32, high: f32| (at - low).min(high - at) / ((high - low) * 0.1).max(1.0);
        let depth = depth(at(column), self.left, self.right).min(depth(at(row), self.top, self.bottom));
        1.0 - 0.5 * depth.clamp(0.0, 1.0)
    }
}
