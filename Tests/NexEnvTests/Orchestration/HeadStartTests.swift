import Testing

@testable import NexEnv

@Suite struct HeadStartTests {
    @Test func `others wait until everybody ahead has left`() async throws {
        let headStart = HeadStart(ahead: ["mongo", "search"])
        try await headStart.wait("mongo")
        try await headStart.wait("search")
        let redis = Task {
            try await headStart.wait("redis")
            return ContinuousClock.now
        }
        headStart.hasLeft("mongo")
        headStart.hasLeft("mongo")
        headStart.hasLeft("redis")
        try await Task.sleep(for: .milliseconds(20))
        let before = ContinuousClock.now
        headStart.hasLeft("search")
        #expect(try await redis.value >= before)
        try await headStart.wait("late")
    }

    @Test func `nobody waits where nobody is slow`() async throws {
        try await HeadStart(ahead: []).wait("redis")
    }

    @Test func `a cancelled run starts nothing once its turn has come`() async {
        let headStart = HeadStart(ahead: ["mongo"])
        let redis = Task { try await headStart.wait("redis") }
        redis.cancel()
        headStart.hasLeft("mongo")
        await #expect(throws: CancellationError.self) { try await redis.value }
    }
}
