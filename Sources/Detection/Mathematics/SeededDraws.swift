// Random draws that are the same for the same seed on every machine (SplitMix64, Steele et al. 2014).

/// Numbers from a seed.
public struct SeededDraws: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins a series; another stream of the same seed is another series.
    public init(seed: UInt64, stream: UInt64 = 0) {
        state = seed &+ stream &* 0xD6E8_FEB8_6659_FD93
        state = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A place among `count`, each as likely but for one part in 2^64 / count.
    ///
    /// - Precondition: `count > 0`.
    public mutating func place(among count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// The elements in a random order (Fisher and Yates).
    public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for last in elements.indices.reversed() where last > 0 { elements.swapAt(last, place(among: last + 1)) }
        return elements
    }
}
