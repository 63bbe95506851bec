//! Where the references stand: pure geometry, whole pixels.
//!
//! Promises: in a picture of 64 pixels a side or more, every window of a quarter (thumbnail: half) of the sides, wherever it
//! is laid, holds at least one whole reference; references do not touch each other unless the picture is too small to keep
//! them apart; the mark never covers more than it must.
//!
//! How. References stand on a brick lattice: rows `step.1` apart, in each row one every `step.0`. A window `a` wide holds a
//! whole box `b` wide if boxes start at most `a - b` apart, and the same holds for rows, whatever the shift between rows. So
//! the steps are exactly `window - box`, and only the text's size and slant are left to choose: the largest text whose boxes
//! leave enough of the picture free.
//!
//! Proved by `every_window_holds_a_whole_reference` (64 to 4000 pixels a side, all reference lengths).

use super::Rendition;

/// How much of the picture the references' boxes may fill for the sake of text up to so many pixels to the em: sparing where the
/// text is large anyway, more where it would otherwise be too small to read.
const BARGAINS: [(f64, f64); 3] = [(f64::INFINITY, 0.14), (11.0, 0.28), (8.5, 0.60)];
/// Text this large need not be made larger by giving up the slant.
const LEGIBLE: f64 = 9.5;
/// Clear space along and across the text, in em.
const GAP_ALONG: f64 = 0.7;
const GAP_ACROSS: f64 = 0.6;
/// Slants, in degrees, tried first: they look like a mark and not like a caption. For tall pictures steeper ones come first,
/// so that references stand about as far apart down the picture as across.
const SLANTED: &[u32] = &[30, 35, 40, 45, 25, 50, 55];
const STEEP: &[u32] = &[50, 55, 45, 60, 40, 35, 30];
/// Slants tried where those leave the text too small.
const ANY: &[u32] = &[0, 10, 20, 30, 40, 45, 50, 60, 70, 80, 90];

/// Ink of a block of text, in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// How one picture is covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// Which of the offered extents was taken.
    pub(super) choice: usize,
    /// Pixels to the em.
    pub(super) em: f64,
    /// Slant in radians; the text rises to the right.
    pub(super) angle: f64,
    /// Width and height, in pixels, of the upright box around one slanted reference.
    pub(super) block: (i64, i64),
    /// Pixels from one box to the next in a row, and from one row to the next.
    pub(super) step: (i64, i64),
    /// Pixels by which each row stands to the right of the one above.
    pub(super) shift: i64,
}

/// The upright box of one reference; parts may lie outside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) left: i64,
    pub(super) top: i64,
}

/// Sides of the window that must hold one whole reference.
pub(super) fn window(width: u32, height: u32, rendition: Rendition) -> (i64, i64) {
    let part = match rendition {
        Rendition::Screen => 4,
        Rendition::Thumbnail => 2,
    };
    (i64::from(width) / part, i64::from(height) / part)
}

/// Chooses text size, slant and steps for a picture. `extents` are the ways the text can be broken into lines, best first;
/// `foot` is how many pixels at the lower edge are taken by the line there: no reference counts that reaches into them.
pub(super) fn plan(width: u32, height: u32, foot: u32, extents: &[Extent], rendition: Rendition) -> Plan {
    let window = window(width, height, rendition);
    let window = (window.0, window.1 - i64::from(foot));
    let largest = match rendition {
        Rendition::Screen => f64::from(width.max(height)) * 0.025,
        Rendition::Thumbnail => f64::from(width.max(height)) * 0.055,
    };
    let slants = if window.1 > window.0 { STEEP } else { SLANTED };
    let slanted = best(window, extents, slants, largest);
    match slanted {
        Some(plan) if plan.em >= LEGIBLE => plan,
        _ => best(window, extents, ANY, largest)
            .filter(|any| slanted.is_none_or(|slanted| any.em > slanted.em * 1.1))
            .or(slanted)
            .unwrap_or_else(|| crowded(window, extents, largest)),
    }
}

/// The plan with the largest text; a later one must be a tenth larger to be preferred.
fn best(window: (i64, i64), extents: &[Extent], slants: &[u32], largest: f64) -> Option<Plan> {
    let mut best: Option<Plan> = None;
    for (choice, extent) in extents.iter().enumerate() {
        for slant in slants {
            let trial = |em| Trial { window, extent: *extent, angle: f64::from(*slant).to_radians(), em };
            let plans = BARGAINS
                .iter()
                .filter_map(|(up_to, filled)| largest_fit(largest.min(*up_to), |em| trial(em).plan(choice, *filled)));
            let plan = plans.max_by(|a, b| a.em.total_cmp(&b.em));
            let better = |plan: &Plan| best.is_none_or(|best| plan.em > best.em * 1.1);
            best = plan.filter(better).or(best);
        }
    }
    best
}

/// Halves the range until the largest size that still fits is known to a percent or so.
fn largest_fit(largest: f64, fits: impl Fn(f64) -> Option<Plan>) -> Option<Plan> {
    if let Some(plan) = fits(largest) {
        return Some(plan);
    }
    let (mut low, mut high, mut found) = (0.0, largest, None);
    for _ in 0..8 {
        let middle = f64::midpoint(low, high);
        match fits(middle) {
            Some(plan) => (low, found) = (middle, Some(plan)),
            None => high = middle,
        }
    }
    found
}

/// Too small to keep references apart: as large as the window allows, overlapping.
fn crowded(window: (i64, i64), extents: &[Extent], largest: f64) -> Plan {
    let flat = extents
        .iter()
        .copied()
        .fold(Extent { width: 1.0, height: 1.0 }, |a, b| if b.height <= a.height { b } else { a });
    let choice = extents.iter().position(|extent| *extent == flat).unwrap_or(0);
    let angle = if window.1 > window.0 { std::f64::consts::FRAC_PI_2 } else { 0.0 };
    let trial = |em| Trial { window, extent: flat, angle, em };
    let roomy = |em| Some(trial(em).plan_unchecked(choice)).filter(|plan| plan.step.0 >= 1 && plan.step.1 >= 1);
    largest_fit(largest, roomy).unwrap_or_else(|| {
        let plan = trial(1.0).plan_unchecked(choice);
        Plan { step: (plan.step.0.max(1), plan.step.1.max(1)), ..plan }
    })
}

/// One size and slant, to be judged.
#[derive(Clone, Copy)]
struct Trial {
    window: (i64, i64),
    extent: Extent,
    angle: f64,
    em: f64,
}

impl Trial {
    fn plan_unchecked(&self, choice: usize) -> Plan {
        let (sine, cosine) = self.angle.sin_cos();
        let (width, height) = (self.extent.width * self.em, self.extent.height * self.em);
        // One pixel each side, since ink is drawn with soft edges.
        let block = (whole(width * cosine + height * sine) + 2, whole(width * sine + height * cosine) + 2);
        let step = (self.window.0 - block.0, self.window.1 - block.1);
        Plan { choice, em: self.em, angle: self.angle, block, step, shift: step.0 / 2 }
    }

    /// The plan at this size, if references keep clear of each other and fill at most this share.
    fn plan(&self, choice: usize, filled: f64) -> Option<Plan> {
        let plan = self.plan_unchecked(choice);
        if plan.step.0 < 1 || plan.step.1 < 1 {
            return None;
        }
        let (across, down) = (real(plan.step.0), real(plan.step.1));
        let share = self.extent.width * self.extent.height * self.em * self.em / (across * down);
        if share > filled {
            return None;
        }
        [2, 3, 4].into_iter().map(|part| Plan { shift: plan.step.0 / part, ..plan }).find(|plan| self.clear(plan))
    }

    /// Whether no other reference comes within the gaps of one.
    fn clear(&self, plan: &Plan) -> bool {
        let (sine, cosine) = self.angle.sin_cos();
        let along = (self.extent.width + GAP_ALONG) * self.em;
        let across = (self.extent.height + GAP_ACROSS) * self.em;
        let reach = plan.block.0.max(plan.block.1) + whole(self.em);
        for row in 0..=reach / plan.step.1 {
            let down = row * plan.step.1;
            let start = (row * plan.shift) % plan.step.0;
            let first = -(reach + start) / plan.step.0;
            for column in first..=(reach - start) / plan.step.0 {
                let right = start + column * plan.step.0;
                if row == 0 && right <= 0 {
                    continue;
                }
                let (x, y) = (real(right), real(down));
                if (x * cosine - y * sine).abs() < along && (x * sine + y * cosine).abs() < across {
                    return false;
                }
            }
        }
        true
    }
}

/// Every reference that touches a picture of this size. `phase` moves the whole lattice right and down.
pub(super) fn placements(plan: &Plan, width: u32, height: u32, phase: (i64, i64)) -> Vec<Spot> {
    let mut spots = Vec::new();
    let first = -(plan.block.1 + phase.1) / plan.step.1 - 1;
    let mut row = first;
    loop {
        let top = phase.1 + row * plan.step.1;
        if top >= i64::from(height) {
            return spots;
        }
        if top + plan.block.1 > 0 {
            let start = (phase.0 + row * plan.shift).rem_euclid(plan.step.0);
            let mut left = start - (plan.block.0 / plan.step.0 + 1) * plan.step.0;
            while left < i64::from(width) {
                if left + plan.block.0 > 0 {
                    spots.push(Spot { left, top });
                }
                left += plan.step.0;
            }
        }
        row += 1;
    }
}

/// The next whole pixel up. Sizes here are below a hundred thousand.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the sides of a picture")]
pub(super) fn whole(length: f64) -> i64 {
    length.ceil() as i64
}

/// A pixel count as a length.
#[expect(clippy::cast_precision_loss, reason = "bounded by the sides of a picture")]
pub(super) fn real(pixels: i64) -> f64 {
    pixels as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Extents like those of `CZ/001/26` with a copy mark, on one and on two lines.
    fn extents(urn: usize, copy: usize) -> [Extent; 2] {
        let wide = |characters: usize| f64::from(u32::try_from(characters).unwrap()) * 0.62;
        [Extent { width: wide(urn + 1 + copy), height: 0.76 }, Extent { width: wide(urn.max(copy)), height: 1.96 }]
    }

    fn holds(plan: &Plan, spots: &[Spot], at: (i64, i64), window: (i64, i64), lowest: u32) -> bool {
        spots.iter().any(|spot| {
            spot.left >= at.0
                && spot.top >= at.1
                && spot.left + plan.block.0 <= at.0 + window.0
                && spot.top + plan.block.1 <= (at.1 + window.1).min(i64::from(lowest))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_window_holds_a_whole_reference(
            width in prop_oneof![64u32..400, 64u32..4001],
            height in prop_oneof![64u32..400, 64u32..4001],
            urn in 9usize..=13,
            copy in 0usize..=8,
            screen in any::<bool>(),
            phase in (0i64..500, 0i64..500),
            places in proptest::collection::vec((0.0f64..=1.0, 0.0f64..=1.0), 40),
        ) {
            let rendition = if screen { Rendition::Screen } else { Rendition::Thumbnail };
            let foot = super::super::foot::height(width, height, rendition, "Jane Smith");
            let plan = plan(width, height, foot, &extents(urn, copy), rendition);
            let window = window(width, height, rendition);
            prop_assert!(plan.step.0 + plan.block.0 <= window.0 && plan.step.1 + plan.block.1 <= window.1, "{:?}", plan);
            let spots = placements(&plan, width, height, phase);
            let most = (i64::from(width) - window.0, i64::from(height) - window.1);
            let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
            for (x, y) in corners.into_iter().chain(places) {
                let at = (whole(x * real(most.0)), whole(y * real(most.1)));
                prop_assert!(holds(&plan, &spots, at, window, height - foot), "{:?} at {:?} of {}x{}", plan, at, width, height);
            }
        }
    }

    #[test]
    fn every_window_of_some_pictures_is_tried() {
        for (width, height) in [(64, 64), (200, 267), (320, 54), (96, 480)] {
            for rendition in [Rendition::Screen, Rendition::Thumbnail] {
                let plan = plan(width, height, 0, &extents(13, 6), rendition);
                let spots = placements(&plan, width, height, (3, 5));
                let window = window(width, height, rendition);
                for top in 0..=i64::from(height) - window.1 {
                    for left in 0..=i64::from(width) - window.0 {
                        assert!(holds(&plan, &spots, (left, top), window, height), "{plan:?} at {left},{top}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_text_is_large_enough_to_read_and_leaves_the_face_visible() {
        for (width, height) in [(2048, 1536), (1536, 2048), (900, 1200), (1024, 1024), (768, 1024), (2048, 683)] {
            for urn in 9..=13 {
                let plan = plan(width, height, 42, &extents(urn, 6), Rendition::Screen);
                assert!(plan.em >= 10.5, "{width}x{height}: {plan:?}");
                let extent = extents(urn, 6)[plan.choice];
                let share = extent.width * extent.height * plan.em * plan.em / (real(plan.step.0) * real(plan.step.1));
                assert!(share <= BARGAINS[0].1, "{width}x{height}: {share}");
            }
        }
        for (width, height) in [(320, 240), (240, 320), (320, 320), (213, 320), (320, 107)] {
            for urn in 9..=13 {
                let plan = plan(width, height, 0, &extents(urn, 0)[..1], Rendition::Thumbnail);
                assert!(plan.em >= 8.0, "{width}x{height}: {plan:?}");
            }
        }
    }
}
