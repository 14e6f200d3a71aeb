package import PasswordHashing
import Synchronization

/// One row with all its values.
package struct SeedRow: Sendable {
    package var label: String?
    package var position: SourcePosition?
    package var fields: [SeedValue.Field]

    /// The value that identifies the row to others, where it has one.
    package var identity: SeedValue?

    /// Passwords whose hashes belong into the row; the fields hold nothing in their place until a server was asked for the hash
    /// that it has.
    package var secrets: [SeedSecret] = []
}

/// A password whose hash a row shall have.
package struct SeedSecret: Sendable {
    /// The names of the field and of those inside it.
    package var path: [String]
    package var password: String
    package var scheme: PasswordScheme
    package var position: SourcePosition

    /// Returns the hash that the row shall have; takes a tenth of a second.
    ///
    /// - Parameters:
    ///   - current: The one that it has; it stays if it is of the same password.
    ///   - keepsAny: Whether it stays whatever it is of.
    /// - Throws: ``Diagnostics`` for a password that can't be hashed.
    func hash(current: String?, keepsAny: Bool) throws -> String {
        if let current, !current.isEmpty, keepsAny || (try? PasswordHash.verifyNow(password, against: current)) == true
        {
            return current
        }
        do {
            return try PasswordHash.makeNow(password, with: scheme)
        } catch {
            throw Diagnostics([Diagnostic(.seed, "\(error)", at: position)], exitStatus: .dataError)
        }
    }
}

/// A password whose hash all rows of a generated set have in a column: one hash, since each takes a tenth of a second.
package final class SeedColumnSecret: Sendable {
    package let column: String
    package let secret: SeedSecret
    private let hash = Mutex<String?>(nil)

    init(column: String, _ secret: SeedSecret) {
        self.column = column
        self.secret = secret
    }

    /// The hash, once somebody has asked the server for the one that it has.
    var value: SeedValue { hash.withLock { $0 }.map { .text($0) } ?? .null }

    func set(_ value: String) { hash.withLock { $0 = value } }
}
