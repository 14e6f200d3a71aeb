import Foundation

/// How many copies there are, and how many connections each may have: together never more than a server allows.
package enum LeaseBudget {
    /// How many sessions a test may have in its copy; `NEXENV_TEST_CONNECTIONS`.
    package static var connectionsPerSlot: Int {
        get throws(NexEnvError) { try variable("NEXENV_TEST_CONNECTIONS") ?? 10 }
    }

    /// How many sessions besides: the one that brings the copy back, that of the process that did it last, and one that a test
    /// has left for the next.
    package static let othersPerSlot = 3

    /// How many copies of one template there are at most: four for each processor, as far as connections go; `NEXENV_TEST_SLOTS`.
    ///
    /// - Parameter connections: How many the server allows.
    /// - Throws: ``NexEnvError`` for a variable that is no number.
    package static func slots(ofConnections connections: Int) throws(NexEnvError) -> Int {
        let wanted = try variable("NEXENV_TEST_SLOTS") ?? max(4, ProcessInfo.processInfo.activeProcessorCount * 4)
        // Somebody may want to look.
        let possible = (connections - 4) / (try connectionsPerSlot + othersPerSlot)
        return max(1, min(wanted, possible))
    }

    private static func variable(_ name: String) throws(NexEnvError) -> Int? {
        guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
        guard let number = Int(text), number > 0 else {
            throw NexEnvError(.refused, "\(name) is `\(text)`", hint: "it is a number, from 1 on")
        }
        return number
    }
}
