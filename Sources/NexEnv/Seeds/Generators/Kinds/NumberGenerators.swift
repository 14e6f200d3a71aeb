/// A whole number, or one with a fixed count of digits behind its point, out of a range; all are equally likely.
struct SeedUniformGenerator: SeedScalarGenerator {
    /// The lowest number, in units of the last digit.
    let low: Int64
    /// How many digits stand behind the point; nothing for whole numbers.
    let digits: Int?
    let draw: SeedDraw

    func scalar(at place: SeedPlace) -> SeedScalar {
        .number(low &+ Int64(bitPattern: draw.index(at: place)), digits: digits)
    }
}

/// A number around a mean (the normal distribution).
struct SeedNormalGenerator: SeedScalarGenerator {
    let mean: Double
    let deviation: Double
    /// What it is rounded to: digits behind the point; nothing for whole numbers.
    let digits: Int?
    /// The range that it is kept in, in units of the last digit.
    let range: ClosedRange<Int64>
    let key: SeedKey

    func scalar(at place: SeedPlace) -> SeedScalar {
        var random = key.random(at: place)
        let scale = Self.powersOfTen[digits ?? 0]
        // What falls outside is drawn again, so that nothing heaps up at the ends; an end far out in a tail takes what comes.
        for _ in 0..<32 {
            let value = mean + deviation * SeedMath.normalQuantile(random.unit())
            let number = Int64((value * scale).rounded(.toNearestOrAwayFromZero))
            if range.contains(number) { return .number(number, digits: digits) }
        }
        return .number(mean * scale < Double(range.lowerBound) ? range.lowerBound : range.upperBound, digits: digits)
    }

    /// Exact, since every power of ten up to 10²² is a `Double`.
    static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
}

/// A whole number of which the lowest are the most frequent (Zipf's law).
struct SeedZipfGenerator: SeedScalarGenerator {
    let low: Int64
    let zipf: SeedZipf
    let key: SeedKey

    func scalar(at place: SeedPlace) -> SeedScalar {
        var random = key.random(at: place)
        return .integer(low &+ Int64(zipf.rank(&random)) - 1)
    }
}

/// Numbers in the order of the rows.
struct SeedSequenceGenerator: SeedScalarGenerator {
    let start: Int64
    let step: Int64

    func scalar(at place: SeedPlace) -> SeedScalar {
        .integer(start &+ step &* Int64(place.row))
    }
}

/// True with a probability.
struct SeedBooleanGenerator: SeedScalarGenerator {
    let chance: SeedChance
    let key: SeedKey

    func scalar(at place: SeedPlace) -> SeedScalar {
        var random = key.random(at: place)
        return .bool(chance.happens(random.next()))
    }
}

extension SeedScalar {
    /// A number with so many digits behind its point, or a whole one.
    fileprivate static func number(_ number: Int64, digits: Int?) -> SeedScalar {
        if let digits { .decimal(number, digits: digits) } else { .integer(number) }
    }
}
