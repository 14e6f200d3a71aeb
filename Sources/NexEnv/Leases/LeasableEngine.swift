/// An engine whose databases tests can get copies of.
package protocol LeasableEngine: ReplaceableEngine {
    /// Says how copies of a database are made; the template need not be there yet.
    ///
    /// - Parameter digest: What stands for all that the copies are made from.
    func leaseSource(of database: String?, digest: String, on server: RunningServer) async throws -> LeaseSource

    /// Whether a connection's changes can be rolled back, all of them.
    static var rollsBack: Bool { get }

    /// The engine as it runs for tests: with room for copies.
    var forTests: Self { get }

    /// Returns what a database is made from, but for its seeds: files, folders, and what else the environment says of it.
    func leaseInputs(of database: String?) -> (files: [ResourcePath], folders: [ResourcePath], words: String)

    /// Whether the template of a source is there, whole.
    ///
    /// - Parameter folder: Where what belongs to the source is kept on this machine.
    func hasTemplate(_ source: LeaseSource, folder: String, on server: RunningServer) async throws -> Bool

    /// Fills a database that isn't there yet with all that a template has, where the engine can do that at once.
    ///
    /// - Returns: Whether it was filled.
    func copy(_ template: LeaseName, into replacement: any DatabaseReplacement, on server: RunningServer) async throws
        -> Bool

    /// Makes a filled database the template of a source.
    func seal(
        _ replacement: any DatabaseReplacement,
        as source: LeaseSource,
        folder: String,
        on server: RunningServer
    ) async throws

    /// The templates and copies that a server has, templates last.
    func leaseNames(on server: RunningServer) async throws -> [LeaseName]

    /// Removes a template or a copy.
    func remove(_ name: LeaseName, on server: RunningServer) async throws

    /// Returns what makes copies and brings them back.
    static func keeper(of source: LeaseSource, folder: String) throws -> any SlotKeeper
}

extension LeasableEngine {
    package static var rollsBack: Bool { false }

    package var forTests: Self { self }

    package func copy(
        _ template: LeaseName,
        into replacement: any DatabaseReplacement,
        on server: RunningServer
    ) async throws -> Bool { false }
}

/// Makes the copies of one template, and brings them back to what they were made as.
package protocol SlotKeeper: Sendable {
    /// Where tests find a copy.
    func address(of slot: Int) -> DatabaseAddress

    /// Whether a test's session may stay for the next one.
    var keepsSessions: Bool { get }

    /// Makes a copy, whatever was there.
    func make(_ slot: Int) async throws -> SlotState

    /// Brings a copy back after a test, or after one that was killed.
    func clean(_ slot: Int, _ state: SlotState) async throws -> Cleaning
}

extension SlotKeeper {
    package var keepsSessions: Bool { false }
}

/// What is known of a copy that nobody has changed since.
package struct SlotState: Sendable, Codable, Hashable {
    /// The server's run in which it was clean; see ``LeaseSource/run``.
    package var run = ""
    /// What the engine remembers of it.
    package var note = ""

    package init(note: String = "") {
        self.note = note
    }
}

/// What bringing a copy back came to.
package struct Cleaning: Sendable {
    /// What is known of the copy now.
    package var state: SlotState
    /// Whether it had to be made anew.
    package var isMade = false
    /// What the test has left behind, a sentence each.
    package var leaks: [String] = []

    package init(_ state: SlotState) {
        self.state = state
    }
}
