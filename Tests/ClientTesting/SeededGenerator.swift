/// A random generator that repeats itself for the same seed (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Returns text out of characters that break quoting: quotes, backslashes, accents, blanks and emoji.
    package mutating func awkwardText(maxLength: Int = 24) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\t", "\n", "\r", "'", "\"", "\\", "$", "%", ";", "-", "/", "*", "{", "}", "\u{301}",
            "\u{200d}", "é", "ß", "中", "\u{1f600}", "\u{1}", "\u{7f}", "\u{feff}", "\u{10ffff}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...maxLength, using: &self) {
            guard let scalar = scalars.randomElement(using: &self) else { continue }
            text.append(scalar)
        }
        return String(text)
    }
}
