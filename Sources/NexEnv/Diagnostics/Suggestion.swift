/// Finds the name that somebody probably meant.
package enum Suggestion {
    /// Returns the candidate nearest to a name, or nothing when none is near enough to be a typing mistake.
    ///
    /// The distance is the optimal string alignment distance (insert, delete, replace, swap neighbours); up to a third of
    /// the name's length, and at least 1, may differ.
    package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(1, name.count / 3)
        let lowered = name.lowercased()
        var best: (distance: Int, name: String)?
        for candidate in candidates where candidate != name {
            let distance = distance(lowered, candidate.lowercased(), limit: limit)
            guard distance <= limit else { continue }
            if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (distance, candidate) }
        }
        return best?.name
    }

    /// Returns a hint that names the nearest candidate, or lists them all when there are few.
    package static func hint(for name: String, among candidates: [String], noun: String) -> String? {
        if let nearest = nearest(to: name, among: candidates) { return "did you mean `\(nearest)`?" }
        guard !candidates.isEmpty else { return nil }
        let shown = candidates.sorted().prefix(12).map { "`\($0)`" }.joined(separator: ", ")
        return candidates.count > 12 ? "some \(noun): \(shown), …" : "\(noun): \(shown)"
    }

    private static func distance(_ left: String, _ right: String, limit: Int) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        guard abs(left.count - right.count) <= limit, left.count <= 256, right.count <= 256 else { return .max }
        var beforePrevious = [Int]()
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
