/// An engine whose collections can be copied, document by document.
package protocol SyncSourceEngine: SeedableEngine {
    /// Runs a body that reads a collection.
    func withSyncSource<Value: Sendable>(
        _ sync: SeedSync,
        on server: RunningServer,
        _ body: (any SyncSource) async throws -> Value
    ) async throws -> Value
}

/// An engine whose indexes can be kept like a collection.
package protocol SyncTargetEngine: SeedableEngine {
    /// Runs a body that writes an index.
    func withSyncTarget<Value: Sendable>(
        _ sync: SeedSync,
        on server: RunningServer,
        _ body: (any SyncTarget) async throws -> Value
    ) async throws -> Value
}

/// A collection as a sync reads it.
package protocol SyncSource: Sendable {
    /// Returns the latest mark of change that any document has; nothing where none has one.
    func newest() async throws -> SyncMark?

    /// Returns the next documents in the order of their identities, behind one; none at the end.
    func page(after identity: SyncMark?, limit: Int) async throws -> [SyncDocument]

    /// Returns the next documents in the order in which they were changed: from a mark on, and of that mark behind an identity.
    func page(since mark: SyncMark, after identity: SyncMark?, limit: Int) async throws -> [SyncDocument]

    /// Hands over the identity of every document.
    func forEachIdentity(_ body: (String) -> Void) async throws
}

/// An index as a sync writes it.
package protocol SyncTarget: Sendable {
    /// Returns how far an earlier run got.
    func cursor(of name: String) async throws -> SyncCursor?

    func note(_ cursor: SyncCursor, of name: String) async throws

    /// Makes documents what they shall be, whole; what is so already isn't written.
    func write(_ documents: [SyncDocument], isPlan: Bool) async throws -> SyncWritten

    /// Removes the documents that aren't kept, and returns how many those are.
    func remove(isPlan: Bool, unless isKept: (String) -> Bool) async throws -> Int

    /// Makes what was written visible to searches.
    func finish() async throws
}

/// A value in a form that only its source understands, such as Extended JSON.
package typealias SyncMark = String

/// A document on its way.
package struct SyncDocument: Sendable, Hashable {
    /// Its identity as the target writes it.
    package var id: String
    package var identity: SyncMark
    /// When it was changed; nothing where the document doesn't say.
    package var mark: SyncMark?
    package var fields: [SeedValue.Field]
}

/// What became of documents.
package struct SyncWritten: Sendable {
    package var inserted = 0
    package var updated = 0
    /// The first document that is refused, and why.
    package var refusal: (id: String, reason: String)?
}

/// How far a sync got: kept in the target, so that a run that was killed is gone on with.
package struct SyncCursor: Sendable, Hashable {
    /// What was copied, and how.
    package var fingerprint: String
    /// Whether all documents have been gone through once.
    package var isComplete = false
    /// The mark from which on changes are looked for.
    package var since: SyncMark?
    /// The identity of the document that was the last.
    package var identity: SyncMark?
}
