import Testing

@testable import NexEnv

@Suite struct TurnTests {
    @Test func `asks until it has the turn, and says once for whom it waits`() async throws {
        var asked = 0
        var said: [String] = []
        try await Turn.take(within: .seconds(600), onWait: { said.append("\($0)") }) {
            asked += 1
            return asked < 4 ? LockHolder(name: "pid \(asked)") : nil
        }
        #expect(asked == 4 && said == ["pid 1"])
    }

    @Test func `gives up, and names who has it`() async {
        let holder = LockHolder(
            name: "pid 7",
            application: "nexenv up",
            address: "10.0.0.1",
            since: 1_736_850_000,
            work: "CREATE INDEX",
            hint: "end it"
        )
        let error = await #expect(throws: NexEnvError.self) {
            try await Turn.take(within: .milliseconds(120), onWait: { _ in }) { holder }
        }
        #expect(error?.code == .timedOut && error?.code.exitStatus == .timedOut)
        #expect(error?.hint == "end it")
        let named = "pid 7, nexenv up, from 10.0.0.1, since 2025-01-14T10:20:00Z, at work on: CREATE INDEX"
        #expect(error?.message.hasSuffix(named) == true, "\(error?.message ?? "")")
    }

    @Test func `without time it asks once`() async throws {
        var asked = 0
        await #expect(throws: NexEnvError.self) {
            try await Turn.take(within: .zero, onWait: { _ in }) {
                asked += 1
                return LockHolder(name: "x")
            }
        }
        #expect(asked == 1)
    }
}
