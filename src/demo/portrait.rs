//! Portraits drawn by code, for the demonstration and for tests: nobody's photograph is in this tree.
//!
//! Promises: the same seed gives the same bytes; the result is plainly a drawing and says so on its board; JPEG, 900 by 1200.
//! Absent on purpose: likeness. Proved by `portraits_are_fit_repeatable_and_different` and by eye.

use crate::sealing::image::Picture;
use crate::sealing::jpeg;
use ::image::{DynamicImage, GrayImage, imageops::FilterType};

/// Pixels across and down of the finished portrait.
const SIZE: (u32, u32) = (900, 1200);
/// Drawn twice as large and reduced, which smooths every edge.
const SCALE: u32 = 2;

/// Draws the synthetic portrait with this seed as a JPEG. Empty only if the encoder fails, which no size drawn here makes it do.
pub fn draw(seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut board = Board::new(dice.pick(&[[196, 203, 208], [205, 201, 192], [188, 198, 190]]));
    height_chart(&mut board);
    person(&mut board, &mut dice);
    name_board(&mut board, seed);
    board.finish().and_then(|picture| jpeg::encode(&picture, 90).ok()).unwrap_or_default()
}

type Colour = [u8; 3];

/// A small repeatable generator (SplitMix64): for variety, never for secrets.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn pick<T: Copy>(&mut self, from: &[T; 3]) -> T {
        let [first, second, third] = *from;
        match self.next() % 3 {
            0 => first,
            1 => second,
            _ => third,
        }
    }

    /// A whole number from `low` to `high`.
    fn range(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(low.abs_diff(high)) + 1;
        low + i32::try_from(self.next() % span).unwrap_or(0)
    }
}

/// Three planes of bytes, so that each row of a shape is one memory fill a plane.
struct Board {
    width: i32,
    height: i32,
    planes: [Vec<u8>; 3],
}

impl Board {
    fn new(ground: Colour) -> Board {
        let (width, height) = (SIZE.0 * SCALE, SIZE.1 * SCALE);
        let pixels = usize::try_from(width * height).unwrap_or(0);
        Board {
            width: i32::try_from(width).unwrap_or(0),
            height: i32::try_from(height).unwrap_or(0),
            planes: ground.map(|level| vec![level; pixels]),
        }
    }

    /// Fills one row from `left` up to `right`, in drawing pixels.
    fn row(&mut self, y: i32, left: i32, right: i32, colour: Colour) {
        let (left, right) = (left.clamp(0, self.width), right.clamp(0, self.width));
        if !(0..self.height).contains(&y) || left >= right {
            return;
        }
        let at = |x: i32| usize::try_from(y * self.width + x).unwrap_or(0);
        for (plane, level) in self.planes.iter_mut().zip(colour) {
            plane.get_mut(at(left)..at(right)).unwrap_or_default().fill(level);
        }
    }

    /// A shape given, for each finished row, by where it starts and ends.
    fn fill(&mut self, rows: std::ops::Range<i32>, colour: Colour, edges: impl Fn(f32) -> Option<(f32, f32)>) {
        let scale = 2.0;
        for y in rows.start * 2..rows.end * 2 {
            let Some((left, right)) = edges(real(y) / scale + 0.25) else {
                continue;
            };
            self.row(y, round(left * scale), round(right * scale), colour);
        }
    }

    fn rectangle(&mut self, left: i32, top: i32, right: i32, bottom: i32, colour: Colour) {
        self.fill(top..bottom, colour, |_| Some((real(left), real(right))));
    }

    /// An ellipse around (x, y), reaching `wide` and `tall` from there.
    fn ellipse(&mut self, (x, y): (i32, i32), (wide, tall): (i32, i32), colour: Colour) {
        let (x, middle, wide, high) = (real(x), real(y), real(wide), real(tall));
        self.fill(y - tall..y + tall + 1, colour, |at| {
            let off = (at - middle) / high;
            let half = wide * (1.0 - off * off).max(0.0).sqrt();
            (half > 0.0).then_some((x - half, x + half))
        });
    }

    /// The lower or upper part of an ellipse only.
    fn part(&mut self, (x, y): (i32, i32), (wide, tall): (i32, i32), rows: std::ops::Range<i32>, colour: Colour) {
        let (x, middle, wide, high) = (real(x), real(y), real(wide), real(tall));
        self.fill(rows, colour, |at| {
            let off = (at - middle) / high;
            let half = wide * (1.0 - off * off).max(0.0).sqrt();
            (half > 0.0).then_some((x - half, x + half))
        });
    }

    fn finish(self) -> Option<Picture> {
        let (width, height) = (SIZE.0 * SCALE, SIZE.1 * SCALE);
        let small = self.planes.map(|plane| {
            let image = GrayImage::from_raw(width, height, plane).map(DynamicImage::ImageLuma8);
            image.map(|image| image.resize_exact(SIZE.0, SIZE.1, FilterType::Triangle).into_luma8().into_raw())
        });
        let [Some(red), Some(green), Some(blue)] = small else {
            return None;
        };
        let pixels = red.into_iter().zip(green).zip(blue);
        Picture::from_rgb(SIZE.0, SIZE.1, pixels.flat_map(|((red, green), blue)| [red, green, blue]).collect())
    }
}

/// Lines every ten centimetres, longer every fifty, as on the wall of a custody suite.
fn height_chart(board: &mut Board) {
    for step in 0..12 {
        let y = 60 + step * 90;
        let (reach, thick, colour) = if step % 5 == 1 { (170, 5, [70, 78, 86]) } else { (90, 3, [120, 128, 136]) };
        board.rectangle(0, y, reach, y + thick, colour);
        board.rectangle(900 - reach, y, 900, y + thick, colour);
        board.rectangle(0, y, 900, y + 1, [172, 178, 184]);
        letters(board, (18, y + 14), 5, &(200 - step * 10).to_string(), [70, 78, 86]);
    }
}

fn person(board: &mut Board, dice: &mut Dice) {
    let skin: Colour = dice.pick(&[[226, 184, 152], [178, 126, 92], [112, 76, 54]]);
    let hair: Colour = dice.pick(&[[44, 34, 28], [120, 84, 48], [150, 148, 144]]);
    let shirt: Colour = dice.pick(&[[58, 82, 120], [96, 104, 92], [120, 58, 62]]);
    let (wide, tall) = (dice.range(150, 182), dice.range(205, 235));
    let (x, y) = (450 + dice.range(-12, 12), 500 + dice.range(-14, 14));
    let darker =
        |colour: Colour, by: u16| colour.map(|level| u8::try_from(u16::from(level) * (100 - by) / 100).unwrap_or(0));
    let style = dice.range(0, 3);

    if style == 2 {
        board.ellipse((x, y + 60), (wide + 52, tall + 90), darker(hair, 20));
    }
    // Shoulders, neck, head with ears.
    board.ellipse((x, 1150), (390, 330), darker(shirt, 12));
    board.ellipse((x, 1160), (372, 322), shirt);
    board.rectangle(x - 74, y + tall - 50, x + 74, 870, darker(skin, 16));
    board.part((x, 850), (110, 62), 850..913, darker(skin, 8));
    for side in [-1, 1] {
        board.ellipse((x + side * (wide + 4), y + 12), (26, 46), darker(skin, 10));
    }
    board.ellipse((x, y), (wide + 6, tall + 4), darker(skin, 14));
    board.ellipse((x - 4, y - 2), (wide, tall), skin);
    // Hair above the brow line; none for one style.
    if style != 3 {
        board.part((x, y - 18), (wide + 18, tall + 20), y - tall - 38..y - dice.range(84, 112), hair);
    }
    eyes_and_mouth(board, dice, (x, y), skin, hair);
}

fn eyes_and_mouth(board: &mut Board, dice: &mut Dice, (x, y): (i32, i32), skin: Colour, hair: Colour) {
    let iris: Colour = dice.pick(&[[74, 96, 120], [84, 62, 40], [70, 92, 66]]);
    let apart = dice.range(62, 76);
    let shadow = skin.map(|level| u8::try_from(u16::from(level) * 78 / 100).unwrap_or(0));
    for side in [-1, 1] {
        let eye = (x + side * apart, y - 14);
        board.rectangle(eye.0 - 40, eye.1 - 46, eye.0 + 40, eye.1 - 36, hair);
        board.ellipse(eye, (34, 17), [244, 244, 240]);
        board.ellipse(eye, (15, 15), iris);
        board.ellipse(eye, (7, 7), [20, 20, 22]);
    }
    let nose = dice.range(18, 30);
    board.part((x, y + 62), (nose, 22), y + 62..y + 85, shadow);
    board.rectangle(x - 5, y + 8, x + 5, y + 66, shadow);
    let mouth = dice.range(48, 70);
    board.ellipse((x, y + 124), (mouth, 13), [158, 84, 84]);
    board.rectangle(x - mouth, y + 122, x + mouth, y + 125, [110, 54, 56]);
    if dice.range(0, 2) == 0 {
        board.part((x, y + 96), (118, 122), y + 148..y + 219, hair);
    }
}

/// The board held in front: a made-up number, and the word that says what this is.
fn name_board(board: &mut Board, seed: u64) {
    board.rectangle(240, 1006, 660, 1166, [28, 32, 38]);
    board.rectangle(248, 1014, 652, 1158, [240, 240, 234]);
    let number = format!("{:05}", seed % 100_000);
    letters(board, (336, 1034), 12, &number, [28, 32, 38]);
    letters(board, (318, 1118), 4, "SYNTHETIC DRAWING", [150, 40, 40]);
}

/// Block letters, five rows of three squares each.
fn letters(board: &mut Board, (left, top): (i32, i32), square: i32, text: &str, colour: Colour) {
    let mut x = left;
    for letter in text.chars() {
        for (row, bits) in (0..).zip(shape(letter)) {
            for column in 0..3 {
                if bits & (4 >> column) != 0 {
                    let (from, down) = (x + column * square, top + row * square);
                    board.rectangle(from, down, from + square, down + square, colour);
                }
            }
        }
        x += square * 4;
    }
}

/// The few characters that are needed, as rows of three bits.
fn shape(letter: char) -> [u8; 5] {
    match letter {
        '0' | 'O' => [7, 5, 5, 5, 7],
        '1' | 'I' => [2, 6, 2, 2, 7],
        '2' => [7, 1, 7, 4, 7],
        '3' => [7, 1, 7, 1, 7],
        '4' => [5, 5, 7, 1, 1],
        '5' | 'S' => [7, 4, 7, 1, 7],
        '6' => [7, 4, 7, 5, 7],
        '7' => [7, 1, 1, 1, 1],
        '8' => [7, 5, 7, 5, 7],
        '9' => [7, 5, 7, 1, 7],
        'A' => [2, 5, 7, 5, 5],
        'C' => [7, 4, 4, 4, 7],
        'D' => [6, 5, 5, 5, 6],
        'E' => [7, 4, 7, 4, 7],
        'G' => [7, 4, 5, 5, 7],
        'H' => [5, 5, 7, 5, 5],
        'N' => [6, 5, 5, 5, 5],
        'R' => [6, 5, 6, 5, 5],
        'T' => [7, 2, 2, 2, 2],
        'W' => [5, 5, 5, 7, 5],
        'Y' => [5, 5, 2, 2, 2],
        _ => [0; 5],
    }
}

/// Coordinates here stay below five thousand: exact in either type.
#[expect(clippy::cast_precision_loss, reason = "small coordinates")]
fn real(at: i32) -> f32 {
    at as f32
}

#[expect(clippy::cast_possible_truncation, reason = "small coordinates")]
fn round(at: f32) -> i32 {
    at.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::image::{Media, admit};

    #[test]
    fn portraits_are_fit_repeatable_and_different() {
        let first = draw(1);
        let admitted = admit(&first).unwrap();
        assert_eq!((admitted.media, admitted.width, admitted.height), (Media::Jpeg, 900, 1200));
        assert_eq!(first, draw(1));
        assert_ne!(first, draw(2));
        assert!(!draw(u64::MAX).is_empty());
    }
}
