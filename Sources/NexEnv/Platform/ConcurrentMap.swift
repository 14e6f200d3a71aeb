extension Sequence where Element: Sendable, Self: Sendable {
    /// Returns what a function returns for each element, in order, with at most so many running at a time.
    ///
    /// - Throws: What the first one that fails throws; the others are cancelled.
    package func concurrentMap<Value: Sendable>(
        limit: Int,
        _ transform: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var results: [(Int, Value)] = []
            var iterator = enumerated().makeIterator()
            func add(_ next: (offset: Int, element: Element)) {
                group.addTask { (next.offset, try await transform(next.element)) }
            }
            for _ in 0..<limit {
                if let next = iterator.next() { add(next) }
            }
            while let result = try await group.next() {
                results.append(result)
                if let next = iterator.next() { add(next) }
            }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Runs a function on each element, with at most so many running at a time.
    package func concurrentForEach(
        limit: Int,
        _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        _ = try await concurrentMap(limit: limit, body)
    }

    /// Returns the joined results of a function, with at most so many running at a time.
    package func concurrentFlatMap<Value: Sendable>(
        limit: Int,
        _ transform: @escaping @Sendable (Element) async throws -> [Value]
    ) async throws -> [Value] {
        try await concurrentMap(limit: limit, transform).flatMap(\.self)
    }
}
