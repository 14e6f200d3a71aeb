/// A database that a test has for itself.
package protocol LeasedCopy: Sendable {
    /// The declared database that it is like.
    var place: DatabasePlace { get }

    var address: DatabaseAddress { get }

    /// Whether a test's session may stay for the next one.
    var keepsSessions: Bool { get }

    /// Takes it back from the test.
    ///
    /// - Returns: What the test has left behind, a sentence each.
    func giveBack() async throws -> [String]

    /// Takes it back from the test and leaves it as it is, for somebody to look at.
    ///
    /// - Returns: The name by which `nexenv test connect` finds it; nothing where it can't be kept.
    func keep() async throws -> String?
}

extension LeasedCopy {
    package var keepsSessions: Bool { false }
}
