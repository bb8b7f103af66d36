// The colours of a spectrogram: dark blue over magenta and orange to pale yellow, in even steps of lightness.
import Foundation

/// A perceptually uniform colour map, computed in Oklab: lightness grows in a straight line, hue and chroma follow a smooth
/// path, and colours that a screen cannot show lose chroma, never lightness. It reads in greyscale and with colour-vision
/// deficiency, because order is carried by lightness alone.
///
/// Oklab: https://bottosson.github.io/posts/oklab/
public enum ColourMap {
    /// 256 colours as red, green, blue, from quiet to loud.
    public static let sound: [UInt8] = (0..<256).flatMap { colour(Double($0) / 255) }

    private static func colour(_ value: Double) -> [UInt8] {
        let lightness = 0.07 + 0.90 * value
        // From violet (285 degrees) through magenta and red to yellow (100 degrees, once around).
        let hue = (285 + 175 * pow(value, 0.85)) * .pi / 180
        var chroma = 0.03 + 0.17 * sin(.pi * min(1, 0.08 + 0.92 * value))
        for _ in 0..<40 {
            let rgb = linear(lightness, chroma * cos(hue), chroma * sin(hue))
            if rgb.allSatisfy({ (-0.0005...1.0005).contains($0) }) { break }
            chroma *= 0.94
        }
        return linear(lightness, chroma * cos(hue), chroma * sin(hue)).map(encoded)
    }

    /// Oklab to linear light.
    private static func linear(_ lightness: Double, _ a: Double, _ b: Double) -> [Double] {
        let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
        let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
        let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
        return [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
    }

    /// Linear light to an sRGB byte.
    private static func encoded(_ value: Double) -> UInt8 {
        let held = min(max(value, 0), 1)
        let curve = held <= 0.0031308 ? 12.92 * held : 1.055 * pow(held, 1 / 2.4) - 0.055
        return UInt8((curve * 255).rounded())
    }
}
