/// A point in time at which a wait gives up.
package struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    /// Creates a deadline a while from now, on a clock that also runs while the machine sleeps.
    package init(after duration: Duration) {
        instant = ContinuousClock.now + duration
    }

    /// Returns whichever of two deadlines comes first.
    package func orEarlier(_ other: Deadline?) -> Deadline {
        guard let other, other.instant < instant else { return self }
        return other
    }

    /// Returns the time that is left, never negative.
    package var remaining: Duration {
        max(.zero, ContinuousClock.now.duration(to: instant))
    }

    /// Tells whether no time is left.
    package var hasPassed: Bool {
        ContinuousClock.now >= instant
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded up and clamped to what a C library takes.
    package var clampedMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        guard self > .zero else { return 0 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
