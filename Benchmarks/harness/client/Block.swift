/// Some lives of one contender, so many at once.
struct Block: Sendable {
    var strategy: String
    /// The stage's file.
    var stage: String
    var count: Int
    var atOnce: Int
    /// After so long no more lives begin.
    var seconds: Int

    func deadline(from start: UInt64) -> UInt64 { start + UInt64(seconds) * 1_000_000_000 }

    /// Says how long all of it took.
    static func finish(_ start: UInt64) {
        print("wall \(MonotonicClock.now - start)")
    }
}
