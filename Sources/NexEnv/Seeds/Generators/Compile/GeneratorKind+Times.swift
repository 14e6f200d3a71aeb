import Encodings

extension GeneratorKind {
    /// How times spread over their range.
    enum TimeDistribution: String, Sendable, CaseIterable {
        case uniform
        case recent
    }

    static let times = [
        GeneratorKind("time", "A point in time between `from` (-365d) and `to` (0d).") { time($0, isDate: false) },
        GeneratorKind("date", "A day between `from` (-365d) and `to` (0d).") { time($0, isDate: true) },
        GeneratorKind("series", "Times in the order of the rows, `every` so long from `from` (-30d) on.") {
            series($0)
        },
    ]

    private static func time(_ options: GeneratorOptions, isDate: Bool) -> (any SeedGenerator)? {
        let day = CivilDate.microsecondsPerDay
        let from = options.bound("from", default: -365 * day, isDate: isDate)
        let to = options.bound("to", default: 0, isDate: isDate)
        let isRecent = options.read("dist", .choice) == TimeDistribution.recent
        let unit = isDate ? day : options.read("round", .length(atLeast: 1)) ?? 1000
        guard let from, let to else {
            options.allowUnique()
            return nil
        }
        var draw: SeedDraw?
        if case .fixed(let low) = from, case .fixed(let high) = to {
            guard low <= high else {
                options.report(.invalidValue, "`to` lies before `from`", at: "to")
                return nil
            }
            let own = options.draw(SeedTimeGenerator.space(low, high, unit))
            if !isRecent || !own.isIndependent { draw = own }
        } else if options.node("unique") != nil {
            options.report(.conflictingValues, "times between other fields can't be `unique`", at: "unique")
        }
        return SeedTimeGenerator(
            from: from,
            to: to,
            unit: unit,
            isDate: isDate,
            isRecent: isRecent,
            key: options.key,
            draw: draw
        )
    }

    private static func series(_ options: GeneratorOptions) -> (any SeedGenerator)? {
        let from = options.bound("from", default: -30 * CivilDate.microsecondsPerDay, isDate: false)
        let every = options.required("every").flatMap {
            ValueShape<Int64>.length(atLeast: 1).decode($0, options.context)
        }
        let jitter = options.read("jitter", .probability) ?? 0
        let rows = options.read("rows", .integer(1...1 << 40)) ?? 1
        if rows == 1 { options.allowUnique() }
        guard let from, let every else { return nil }
        guard case .fixed(let start) = from else {
            options.report(.invalidValue, "a series starts at the same time in every row", at: "from")
            return nil
        }
        let turns = Int64(max(0, options.compiler.count - 1) / rows) + 1
        let (length, isTooLong) = every.multipliedReportingOverflow(by: turns)
        guard !isTooLong, length <= CivilDate.lastMicrosecond - start else {
            options.report(.invalidValue, "the series goes on beyond the year 9999", at: "every")
            return nil
        }
        return SeedSeriesGenerator(
            from: start,
            every: every,
            jitter: UInt64(Double(every) * jitter),
            rows: rows,
            key: options.key
        )
    }
}

extension CivilDate {
    /// The ends of the years that every engine and RFC 3339 know, 1 to 9999.
    fileprivate static let firstMicrosecond = days(1, 1, 1) * microsecondsPerDay
    fileprivate static let lastMicrosecond = days(10_000, 1, 1) * microsecondsPerDay - 1
}

extension GeneratorOptions {
    /// Reads one end of a range of times.
    ///
    /// - Parameters:
    ///   - name: The option.
    ///   - distance: What it is when it is left out, in microseconds from the clock on.
    ///   - isDate: Whether times mean the day that they lie in.
    fileprivate func bound(_ name: String, default distance: Int64, isDate: Bool) -> SeedTimeGenerator.Bound? {
        let node = node(name)
        let text = node.map { ValueShape<SeedTimeText>.seedTime.decode($0, context) } ?? .relative(distance)
        let time: Int64
        switch text {
        case nil: return nil
        case .field(let field):
            guard let node, let generator = compiler.field(field, referredToAt: node.position) else { return nil }
            return isTime(generator, field, at: node.position) ? .field(generator) : nil
        case .absolute(let microseconds): time = microseconds
        case .relative(let distance): time = compiler.clock.addingReportingOverflow(distance).partialValue
        }
        guard CivilDate.firstMicrosecond...CivilDate.lastMicrosecond ~= time else {
            report(.invalidValue, "the time lies outside the years 1 to 9999", at: name)
            return nil
        }
        return .fixed(isDate ? SeedTimeGenerator.days(time) * CivilDate.microsecondsPerDay : time)
    }

    /// Returns whether a field gives times, as far as its first rows show.
    private func isTime(_ generator: any SeedGenerator, _ field: String, at position: SourcePosition) -> Bool {
        var scratch = SeedBuffer()
        for row in 0..<min(8, compiler.count) {
            let value = generator.value(at: SeedPlace(row: row), &scratch)
            if value == .null || value.time != nil { continue }
            context.report(.invalidValue, "the field `\(field)` is no point in time", at: position)
            return false
        }
        return true
    }
}
