import CLibCrypt
import Crypto
import Dispatch

/// Makes and checks hashes of passwords with the system's libraries: bcrypt with libxcrypt, Argon2 with libsodium.
///
/// Hashing takes long on purpose, so it never runs on the cooperative pool: the asynchronous functions take a queue of their own,
/// and one at a time, so that Argon2's memory is needed once; the others are for who is on such a queue already.
package enum PasswordHash {
    private static let queue = DispatchQueue(label: "dev.nexenv.passwords")

    /// Returns a hash with a salt of its own, in the usual text form: `$2b$10$…`, `$argon2id$v=19$…`.
    ///
    /// - Throws: ``PasswordHashError``.
    package static func make(_ password: String, with scheme: PasswordScheme) async throws -> String {
        try await onQueue { try makeNow(password, with: scheme) }
    }

    /// Returns whether a hash is that of a password.
    ///
    /// - Parameters:
    ///   - password: The password.
    ///   - hash: A hash of bcrypt, Argon2i or Argon2id, by whoever it was made.
    /// - Throws: ``PasswordHashError`` when the text is no such hash.
    package static func verify(_ password: String, against hash: String) async throws -> Bool {
        try await onQueue { try verifyNow(password, against: hash) }
    }

    private static func onQueue<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { @Sendable in continuation.resume(with: Result { try work() }) }
        }
    }

    // MARK: - The work itself

    /// Hashes on the calling thread; for threads that may be kept busy.
    package static func makeNow(_ password: String, with scheme: PasswordScheme) throws(PasswordHashError) -> String {
        guard !password.utf8.contains(0) else { throw PasswordHashError(.containsNUL) }
        switch scheme {
        case .bcrypt(let cost):
            guard password.utf8.count <= 72 else { throw PasswordHashError(.tooLong) }
            return try bcrypt(password, setting: bcryptSetting(cost))
        case .argon2id(let memory, let iterations):
            return try Argon2.make(password, memory: memory, iterations: iterations)
        }
    }

    /// Checks on the calling thread; for threads that may be kept busy.
    package static func verifyNow(_ password: String, against hash: String) throws(PasswordHashError) -> Bool {
        guard !password.utf8.contains(0) else { return false }
        if hash.hasPrefix("$argon2") { return try Argon2.verify(password, against: hash) }
        // `$2$`, the first version, and whatever else crypt(3) knows are no business of this.
        let prefixes = ["$2a$", "$2b$", "$2x$", "$2y$"]
        guard prefixes.contains(where: hash.hasPrefix), hash.utf8.count == 60 else {
            throw PasswordHashError(.unknownHash)
        }
        return isEqual(try bcrypt(password, setting: hash), hash)
    }

    private static func bcryptSetting(_ cost: Int) throws(PasswordHashError) -> String {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in CChar(truncatingIfNeeded: random.next()) }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$2b$", UInt(cost), salt, CInt(salt.count), &setting, CInt(setting.count)) != nil else {
            throw PasswordHashError(.failed)
        }
        return text(setting)
    }

    private static func bcrypt(_ password: String, setting: String) throws(PasswordHashError) -> String {
        var hash = [CChar](repeating: 0, count: Int(CRYPT_OUTPUT_SIZE))
        guard NXCrypt(password, setting, &hash, hash.count) else {
            throw PasswordHashError(setting.utf8.count == 60 ? .unknownHash : .failed)
        }
        return text(hash)
    }

    /// Compares in a time that doesn't depend on where texts differ: swift-crypto promises that for digests.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        SHA256.hash(data: Array(left.utf8)) == SHA256.hash(data: Array(right.utf8))
    }

    /// Returns the text before the NUL in a C library's output.
    static func text(_ output: [CChar]) -> String {
        String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
