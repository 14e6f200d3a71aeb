/// How a password is hashed, and how much work that is.
package enum PasswordScheme: Sendable, Hashable {
    /// bcrypt; each further step of the cost doubles the work: 10 takes some 50 ms, 12 some 200.
    case bcrypt(cost: Int)

    /// Argon2id, one lane; memory in MiB.
    ///
    /// 19 MiB and 2 iterations, which take some 30 ms, are the least that OWASP's Password Storage Cheat Sheet advises.
    case argon2id(memory: Int, iterations: Int)

    /// The costs that bcrypt has.
    package static let bcryptCosts = 4...31
    /// The memory that is allowed for Argon2id, in MiB.
    package static let argon2Memory = 1...1024
    /// The iterations that are allowed for Argon2id.
    package static let argon2Iterations = 1...100

    /// Whether this build can make and check hashes of Argon2id; the package's trait `Argon2` decides.
    package static var hasArgon2: Bool {
        #if Argon2
        true
        #else
        false
        #endif
    }

    /// Returns whether a hash was made in this way with this cost, whatever its password.
    package func made(_ hash: String) -> Bool {
        hash.hasPrefix(prefix)
    }

    /// What every hash of the scheme starts with.
    private var prefix: String {
        switch self {
        case .bcrypt(let cost): "$2b$\(cost < 10 ? "0" : "")\(cost)$"
        case .argon2id(let memory, let iterations): "$argon2id$v=19$m=\(memory * 1024),t=\(iterations),p=1$"
        }
    }
}

/// Why a password can't be hashed, or a hash not be checked; says nothing about the password itself.
package struct PasswordHashError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name for the kind of failure.
    package enum Code: Sendable, Hashable {
        /// bcrypt would look at its first 72 bytes only.
        case tooLong
        /// A C library would end at its NUL character.
        case containsNUL
        /// The text is no hash that is known here.
        case unknownHash
        /// The library refused: most likely there is too little memory.
        case failed
        /// The build lacks the library.
        case unsupported
    }

    package var code: Code

    package init(_ code: Code) {
        self.code = code
    }

    /// One plain sentence without a full stop.
    package var description: String {
        switch code {
        case .tooLong: "the password has more than 72 bytes, of which bcrypt ignores the rest"
        case .containsNUL: "the password contains a NUL character"
        case .unknownHash: "the text is no hash of bcrypt or Argon2"
        case .failed: "the password could not be hashed: is there enough memory?"
        case .unsupported: "this build has no Argon2: build it with the trait `Argon2`"
        }
    }
}
