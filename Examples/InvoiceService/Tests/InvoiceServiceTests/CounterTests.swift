@testable import InvoiceService
import NexEnvTesting
import XCTest

/// What Redis counts.
final class CounterTests: XCTestCase {
    func testNumbersGoOnBehindSeeds() async throws {
        let numbers = InvoiceNumbers(connection: try await lease(.redis("numbers")).redis().connect())
        let first = try await numbers.next(in: 2025)
        let second = try await numbers.next(in: 2025)
        XCTAssertEqual([first, second], ["2025-0003", "2025-0004"])
    }

    func testEveryYearBeginsAnew() async throws {
        let numbers = InvoiceNumbers(connection: try await lease(.redis("numbers")).redis().connect())
        let next = try await numbers.next(in: 2026)
        XCTAssertEqual(next, "2026-0001")
        try await numbers.skip(through: 9_999, in: 2026)
        let long = try await numbers.next(in: 2026)
        XCTAssertEqual(long, "2026-10000")
        let other = try await numbers.next(in: 2025)
        XCTAssertEqual(other, "2025-0003")
    }

    func testCounterNeverGoesBack() async throws {
        let numbers = InvoiceNumbers(connection: try await lease(.redis("numbers")).redis().connect())
        try await numbers.skip(through: 1, in: 2025)
        let same = try await numbers.next(in: 2025)
        try await numbers.skip(through: 40, in: 2025)
        let further = try await numbers.next(in: 2025)
        XCTAssertEqual([same, further], ["2025-0003", "2025-0041"])
    }

    func testLimitHoldsUntilSpanEnds() async throws {
        let redis = try await lease(.redis("limits")).redis()
        let limiter = RateLimiter(try await redis.connect(), limit: 2, seconds: 60)
        let left = try await [limiter.count("ada"), limiter.count("ada"), limiter.count("bob")]
        XCTAssertEqual(left, [1, 0, 1])
        do {
            try await limiter.count("ada")
            XCTFail("nothing is thrown")
        } catch InvoiceError.tooManyRequests(let wait) {
            XCTAssertGreaterThan(wait, .zero)
            XCTAssertLessThanOrEqual(wait, .seconds(60))
        }
        // The span ends.
        try await redis.send(["PEXPIRE", "requests:ada", 0])
        let again = try await limiter.count("ada")
        XCTAssertEqual(again, 1)
    }
}
