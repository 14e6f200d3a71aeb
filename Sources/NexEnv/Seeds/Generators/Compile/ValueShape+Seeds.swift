extension ValueShape<Double> {
    /// A number in a range.
    static func number(_ range: ClosedRange<Double> = -1e15...1e15) -> ValueShape<Double> {
        ValueShape(schema: schemaOrVariable(["type": "number"]), describe: { .number($0) }) { node, context in
            guard let text = node.text, SeedValue.number(text) != nil, let number = Double(text) else {
                context.wrongType(node, expected: "a number")
                return nil
            }
            guard range.contains(number) else {
                let ends = [range.lowerBound, range.upperBound].map { SeedValue.double($0).plainText }
                let bounds = "between \(ends[0]) and \(ends[1])"
                context.report(.invalidValue, "\(text) is not \(bounds)", at: node.position)
                return nil
            }
            return number
        }
    }

    /// A probability: `0.3` or `30%`.
    static var probability: ValueShape<Double> {
        ValueShape(schema: schemaOrVariable(["type": ["number", "string"]])) { node, context in
            let text = node.text ?? ""
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            guard SeedValue.number(digits) != nil, let number = Double(digits) else {
                context.wrongType(node, expected: "a probability", hint: "a number from 0 to 1, or 0% to 100%")
                return nil
            }
            let share = text.hasSuffix("%") ? number / 100 : number
            guard 0...1 ~= share else {
                context.report(
                    .invalidValue,
                    "\(text) is no probability",
                    at: node.position,
                    hint: "a number from 0 to 1, or 0% to 100%"
                )
                return nil
            }
            return share
        }
    }
}

extension ValueShape<ClosedRange<Int>> {
    /// How many: a number, or a range such as `1..5`.
    static func count(_ most: Int) -> ValueShape<ClosedRange<Int>> {
        ValueShape(schema: schemaOrVariable(["type": ["integer", "string"]])) { node, context in
            let ends = (node.text ?? "").split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let low = ends[0], let high = ends[ends.count - 1] else {
                context.wrongType(node, expected: "a count", hint: "a whole number, or a range such as 1..5")
                return nil
            }
            guard 0 <= low, low <= high, high <= most else {
                let message = "\(node.text ?? "") is not a count between 0 and \(most), the lower one first"
                context.report(.invalidValue, message, at: node.position)
                return nil
            }
            return low...high
        }
    }
}

/// A point in time as a seed file writes it.
enum SeedTimeText: Sendable, Hashable {
    /// In microseconds since 1970.
    case absolute(Int64)
    /// In microseconds from the pinned clock on.
    case relative(Int64)
    /// The time of another field.
    case field(String)

    /// Reads `2024-12-02`, `2024-12-02T10:00:00Z`, `-30d`, `+1h30m`, `0d` or `$created_at`.
    init?(_ text: String) {
        if let time = SeedMoment.parse(text) {
            self = .absolute(time)
        } else if text.hasPrefix("$"), text.utf8.count > 1 {
            self = .field(String(text.dropFirst()))
        } else if let length = SeedMoment.offset(text) {
            self = .relative(length)
        } else {
            return nil
        }
    }
}

extension ValueShape<SeedTimeText> {
    /// A point in time.
    static var seedTime: ValueShape<SeedTimeText> {
        ValueShape(schema: ["type": "string"]) { node, context in
            guard let time = SeedTimeText(node.text ?? "") else {
                context.wrongType(
                    node,
                    expected: "a point in time",
                    hint: "2024-12-02, 2024-12-02T10:00:00Z, -30d from the clock on, or $field"
                )
                return nil
            }
            return time
        }
    }
}

extension ValueShape<Int64> {
    /// A length of time in microseconds, at least so long.
    static func length(atLeast least: Int64) -> ValueShape<Int64> {
        ValueShape(schema: ["type": "string"]) { node, context in
            guard let length = SeedMoment.offset(node.text ?? ""), length >= least else {
                context.wrongType(
                    node,
                    expected: "a length of time",
                    hint: "a number and a unit: 250ms, 2.5s, 1h30m, 7d, 1w"
                )
                return nil
            }
            return length
        }
    }
}
