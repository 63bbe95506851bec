//! Colours to sRGB, where a file says that they are not.
//!
//! Phones write Display P3 and some cameras Adobe RGB; shown as if they were sRGB, faces come out pale. Both are "matrix"
//! profiles (ICC.1:2022 §8.3.3): a curve for each channel and nine numbers. Those are read here and nothing else is: look-up
//! tables, CMYK and grey profiles are ignored, since a custody photograph has none and a full colour engine is a large parser to
//! expose to uploads. A profile that cannot be read is ignored too: wrong shades are no reason to refuse a photograph.
//! Proved by the tests below.

/// XYZ (as ICC profiles give it, adapted to D50) to linear sRGB (IEC 61966-2-1).
const TO_SRGB: [[f32; 3]; 3] =
    [[3.134_096, -1.617_4, -0.490_638], [-0.978_793, 1.916_295, 0.033_454], [0.071_971, -0.228_987, 1.405_38]];
/// Steps of the table that encodes linear light.
const STEPS: usize = 4096;
/// Profiles larger than this are look-up tables.
const LARGEST: usize = 256 * 1024;

/// How to turn a file's 8-bit RGB into sRGB.
pub(super) struct Conversion {
    /// Linear light for each value of each channel.
    linear: [Vec<f32>; 3],
    /// Linear light of the file to that of sRGB.
    matrix: [[f32; 3]; 3],
    /// sRGB value for each step of linear light.
    encoded: Vec<u8>,
}

impl Conversion {
    /// Reads an embedded profile. `None` where there is nothing to do: no matrix profile, or sRGB already.
    pub(super) fn of(profile: &[u8]) -> Option<Conversion> {
        if profile.len() > LARGEST || profile.get(16..24)? != b"RGB XYZ " || profile.get(36..40)? != b"acsp" {
            return None;
        }
        let [red, green, blue] = [b"rXYZ", b"gXYZ", b"bXYZ"].map(|name| colorant(tag(profile, *name)?));
        let (red, green, blue) = (red?, green?, blue?);
        let columns = [[red[0], green[0], blue[0]], [red[1], green[1], blue[1]], [red[2], green[2], blue[2]]];
        let matrix = TO_SRGB.map(|row| {
            let sum = |column: usize| row.iter().zip(&columns).filter_map(|(a, b)| Some(a * b.get(column)?)).sum();
            [sum(0), sum(1), sum(2)]
        });
        let [red, green, blue] = [b"rTRC", b"gTRC", b"bTRC"].map(|name| curve(tag(profile, *name)?));
        let linear = [red?, green?, blue?];
        if is_srgb(&matrix, &linear) {
            return None;
        }
        let encoded = (0..=STEPS).map(|step| crate::sealing::level(encode(small(step) / small(STEPS)))).collect();
        Some(Conversion { linear, matrix, encoded })
    }

    /// Converts rows of RGB bytes in place.
    pub(super) fn apply(&self, rgb: &mut [u8]) {
        let [reds, greens, blues] = &self.linear;
        let light = |table: &[f32], level: u8| table.get(usize::from(level)).copied().unwrap_or(0.0);
        for pixel in rgb.as_chunks_mut::<3>().0 {
            let [red, green, blue] = [light(reds, pixel[0]), light(greens, pixel[1]), light(blues, pixel[2])];
            *pixel = self.matrix.map(|row| {
                let linear = row[0] * red + row[1] * green + row[2] * blue;
                self.encoded.get(step(linear)).copied().unwrap_or(255)
            });
        }
    }
}

fn is_srgb(matrix: &[[f32; 3]; 3], linear: &[Vec<f32>; 3]) -> bool {
    let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let same = matrix.iter().flatten().zip(identity.iter().flatten()).all(|(a, b)| (a - b).abs() < 0.01);
    let level = |(at, light): (usize, &f32)| (encode(*light) * 255.0 - small(at)).abs() < 2.0;
    same && linear.iter().all(|table| table.iter().enumerate().all(level))
}

/// The body of a tag (ICC.1:2022 §7.3).
fn tag(profile: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let count = usize::try_from(word(profile, 128)?).ok()?.min(200);
    let entries = profile.get(132..)?.chunks_exact(12).take(count);
    let entry = entries.into_iter().find(|entry| entry.starts_with(&name))?;
    let (from, length) = (usize::try_from(word(entry, 4)?).ok()?, usize::try_from(word(entry, 8)?).ok()?);
    profile.get(from..from.checked_add(length)?)
}

/// `XYZType` (§10.31): one colour.
fn colorant(body: &[u8]) -> Option<[f32; 3]> {
    if !body.starts_with(b"XYZ ") {
        return None;
    }
    Some([fixed(body, 8)?, fixed(body, 12)?, fixed(body, 16)?])
}

/// `curveType` (§10.6) or `parametricCurveType` (§10.18), as linear light for each of 256 values.
fn curve(body: &[u8]) -> Option<Vec<f32>> {
    let values = (0..256).map(|level| small(level) / 255.0);
    if body.starts_with(b"para") {
        let kind = u16::from_be_bytes([*body.get(8)?, *body.get(9)?]);
        let [gamma, scale, shift, slope, knee, above, below] =
            [12, 16, 20, 24, 28, 32, 36].map(|at| fixed(body, at).unwrap_or(0.0));
        let power = move |x: f32| (scale * x + shift).max(0.0).powf(gamma);
        let bent = move |x: f32| match kind {
            0 => x.powf(gamma),
            1 => power(x),
            2 => power(x) + slope,
            3 | 4 if x >= knee => power(x) + if kind == 4 { above } else { 0.0 },
            _ => slope * x + if kind == 4 { below } else { 0.0 },
        };
        return (kind <= 4).then(|| values.map(bent).collect()).filter(|table: &Vec<f32>| sound(table));
    }
    if !body.starts_with(b"curv") {
        return None;
    }
    let count = usize::try_from(word(body, 8)?).ok()?;
    let at = |index: usize| Some(u16::from_be_bytes([*body.get(12 + index * 2)?, *body.get(13 + index * 2)?]));
    match count {
        0 => Some(values.collect()),
        1 => at(0).map(|gamma| values.map(|x| x.powf(f32::from(gamma) / 256.0)).collect()),
        2..=65_536 => {
            let last = count - 1;
            // The nearest entry: tables in use have 1024 and more, or 256.
            let entry = |level: usize| at((level * last + 127) / 255).map(|light| f32::from(light) / 65_535.0);
            (0..256).map(entry).collect()
        }
        _ => None,
    }
}

/// Whether a curve from a file can be used: it grows from about 0 to about 1.
fn sound(table: &[f32]) -> bool {
    table.iter().all(|light| light.is_finite() && (-0.1..=1.1).contains(light)) && table.last() > table.first()
}

/// Linear light, 0 to 1, to sRGB, 0 to 1.
fn encode(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word))
}

/// s15Fixed16Number (§4.6).
fn fixed(bytes: &[u8], at: usize) -> Option<f32> {
    let [high, low @ ..] = *bytes.get(at..)?.first_chunk::<4>()?;
    let [second, third, fourth] = low;
    let whole = i16::from_be_bytes([high, second]);
    Some(f32::from(whole) + f32::from(u16::from_be_bytes([third, fourth])) / 65_536.0)
}

/// Numbers up to 4096, exactly.
fn small(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the table")]
fn step(linear: f32) -> usize {
    (linear * small(STEPS) + 0.5).clamp(0.0, small(STEPS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An RGB matrix profile with one curve for all channels.
    fn profile(colorants: [[f64; 3]; 3], curve: &[u8]) -> Vec<u8> {
        let number = |x: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
            let bits = (x * 65_536.0).round() as i32;
            bits.to_be_bytes()
        };
        let mut header = vec![0; 128];
        header[16..24].copy_from_slice(b"RGB XYZ ");
        header[36..40].copy_from_slice(b"acsp");
        let bodies: Vec<Vec<u8>> = colorants
            .iter()
            .map(|xyz| [b"XYZ \0\0\0\0".to_vec(), xyz.iter().flat_map(|x| number(*x)).collect()].concat())
            .chain([curve.to_vec()])
            .collect();
        let names = [(b"rXYZ", 0), (b"gXYZ", 1), (b"bXYZ", 2), (b"rTRC", 3), (b"gTRC", 3), (b"bTRC", 3)];
        let mut table = 6u32.to_be_bytes().to_vec();
        for (name, body) in names {
            let from = 132 + 72 + bodies[..body].iter().map(Vec::len).sum::<usize>();
            table.extend_from_slice(name);
            table.extend_from_slice(&u32::try_from(from).unwrap().to_be_bytes());
            table.extend_from_slice(&u32::try_from(bodies[body].len()).unwrap().to_be_bytes());
        }
        [header, table, bodies.concat()].concat()
    }

    const SRGB: [[f64; 3]; 3] = [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]];
    const P3: [[f64; 3]; 3] = [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]];
    const ADOBE: [[f64; 3]; 3] =
        [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]];

    /// The sRGB curve as `parametricCurveType` 3, as Apple writes it.
    fn srgb_curve() -> Vec<u8> {
        let mut body = b"para\0\0\0\0\0\x03\0\0".to_vec();
        for bits in [0x0002_6666_u32, 0x0000_F2A7, 0x0000_0D59, 0x0000_13D0, 0x0000_0A5B] {
            body.extend_from_slice(&bits.to_be_bytes());
        }
        body
    }

    fn converted(profile: &[u8], pixel: [u8; 3]) -> [u8; 3] {
        let mut rgb = pixel;
        Conversion::of(profile).unwrap().apply(&mut rgb);
        rgb
    }

    fn near(a: [u8; 3], b: [u8; 3]) {
        assert!(a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 1), "{a:?} is not {b:?}");
    }

    #[test]
    fn wide_colours_become_srgb() {
        let p3 = profile(P3, &srgb_curve());
        near(converted(&p3, [128, 128, 128]), [128, 128, 128]);
        near(converted(&p3, [255, 255, 255]), [255, 255, 255]);
        // A skin tone, and a red that sRGB has no more of. Reference values computed apart, in double precision.
        near(converted(&p3, [220, 170, 140]), [229, 167, 135]);
        near(converted(&p3, [255, 0, 0]), [255, 0, 0]);
        let adobe = profile(ADOBE, b"curv\0\0\0\0\0\0\0\x01\x02\x33");
        near(converted(&adobe, [128, 128, 128]), [128, 128, 128]);
        near(converted(&adobe, [200, 160, 140]), [215, 161, 140]);
    }

    #[test]
    fn srgb_and_unknown_profiles_change_nothing() {
        assert!(Conversion::of(&profile(SRGB, &srgb_curve())).is_none());
        let mut cmyk = profile(P3, &srgb_curve());
        cmyk[16..20].copy_from_slice(b"CMYK");
        assert!(Conversion::of(&cmyk).is_none());
        assert!(Conversion::of(b"").is_none());
        assert!(Conversion::of(&profile(P3, b"mft2")).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn hostile_profiles_never_panic(
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..8),
            cut in any::<proptest::sample::Index>(),
            pixel in any::<[u8; 3]>(),
        ) {
            let mut bytes = profile(P3, &srgb_curve());
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
                if let Some(conversion) = Conversion::of(bytes) {
                    conversion.apply(&mut pixel.clone());
                }
            }
        }
    }
}
