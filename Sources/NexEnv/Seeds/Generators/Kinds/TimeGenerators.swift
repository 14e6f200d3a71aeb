/// A point in time, or a day, between two others.
struct SeedTimeGenerator: SeedScalarGenerator {
    /// One end of the range.
    enum Bound: Sendable {
        /// In microseconds since 1970.
        case fixed(Int64)
        /// The time that another field of the row has.
        case field(any SeedGenerator)
    }

    let from: Bound
    let to: Bound
    /// What all times are whole multiples of, counted from the first one; a day for dates.
    let unit: Int64
    let isDate: Bool
    /// Whether times near the end are more frequent: half of all lie in the last quarter.
    let isRecent: Bool
    let key: SeedKey
    /// Draws where both ends are fixed and values must not come twice.
    let draw: SeedDraw?

    func scalar(at place: SeedPlace) -> SeedScalar {
        guard let low = from.time(at: place), let high = to.time(at: place) else { return .null }
        let time = low + Int64(index(at: place, of: Self.space(low, high, unit))) * unit
        return isDate ? .date(Self.days(time)) : .time(time)
    }

    /// How many times there are between two, both included; at least the first.
    static func space(_ low: Int64, _ high: Int64, _ unit: Int64) -> UInt64 {
        UInt64(max(0, high - low) / unit) + 1
    }

    /// Returns the day that a time lies in.
    static func days(_ time: Int64) -> Int64 {
        time / 86_400_000_000 - (time % 86_400_000_000 < 0 ? 1 : 0)
    }

    private func index(at place: SeedPlace, of space: UInt64) -> UInt64 {
        if let draw { return draw.index(at: place) }
        var random = key.random(at: place)
        guard isRecent else { return random.below(space) }
        let word = random.next()
        let square = word.multipliedFullWidth(by: word).high
        return space - 1 - square.multipliedFullWidth(by: space).high
    }
}

extension SeedTimeGenerator.Bound {
    fileprivate func time(at place: SeedPlace) -> Int64? {
        switch self {
        case .fixed(let time): return time
        case .field(let generator):
            if let scalars = generator as? any SeedScalarGenerator { return scalars.scalar(at: place).time }
            var scratch = SeedBuffer(capacity: 64)
            return generator.value(at: place, &scratch).time
        }
    }
}

extension SeedScalar {
    fileprivate var time: Int64? {
        switch self {
        case .time(let time): time
        case .date(let days): days * 86_400_000_000
        default: nil
        }
    }
}

extension SeedValue {
    /// The microseconds since 1970 of a time, or of the start of a day.
    var time: Int64? {
        switch self {
        case .time(let time): time
        case .date(let days): days * 86_400_000_000
        default: nil
        }
    }
}

/// Times in the order of the rows: what a hypertable takes fastest.
struct SeedSeriesGenerator: SeedScalarGenerator {
    let from: Int64
    let every: Int64
    /// How far a time may lie behind its turn; less than the distance to the next one.
    let jitter: UInt64
    /// How many rows share a turn.
    let rows: Int
    let key: SeedKey

    func scalar(at place: SeedPlace) -> SeedScalar {
        let time = from + Int64(place.row / rows) * every
        guard jitter > 0 else { return .time(time) }
        // Rows of the same turn are late by the same time, so that their order holds.
        var turn = place
        if rows > 1 { turn = SeedPlace(row: place.row / rows) }
        var random = key.random(at: turn)
        // Milliseconds, which every engine keeps, unless there is less than one to go.
        let unit: UInt64 = jitter < 1000 ? 1 : 1000
        return .time(time + Int64(random.below(jitter / unit) * unit))
    }
}
