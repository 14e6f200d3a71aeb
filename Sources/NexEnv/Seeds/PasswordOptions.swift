package import PasswordHashing

/// How `!hash` hashes a password, as far as that concerns the hash itself.
package struct PasswordOptions: Sendable, Hashable {
    /// The ways there are.
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case bcrypt
        case argon2id
    }

    package var algorithm = Algorithm.bcrypt
    package var cost: Int?
    package var memory: Int?
    package var iterations: Int?

    package init() {}

    package static let shape = Shape(
        "a password's hash",
        "How a password is hashed.",
        defaults: PasswordOptions(),
        [
            Field("alg", \.algorithm, .choice, "The algorithm: bcrypt or argon2id."),
            Field(
                "cost",
                \.cost,
                .integer(PasswordScheme.bcryptCosts),
                "The work of bcrypt, 10 where it is left out; each step doubles it."
            ),
            Field(
                "memory",
                \.memory,
                .integer(PasswordScheme.argon2Memory),
                "The memory of argon2id in MiB, 19 where it is left out."
            ),
            Field(
                "iterations",
                \.iterations,
                .integer(PasswordScheme.argon2Iterations),
                "The iterations of argon2id, 2 where it is left out."
            ),
        ]
    )

    /// Returns the scheme; nothing after a problem was reported.
    package func scheme(at position: SourcePosition, _ context: DecodingContext) -> PasswordScheme? {
        switch algorithm {
        case .bcrypt:
            if memory != nil || iterations != nil {
                context.report(.conflictingValues, "bcrypt has a `cost`, no `memory` and no `iterations`", at: position)
                return nil
            }
            return .bcrypt(cost: cost ?? 10)
        case .argon2id:
            if cost != nil {
                let message = "argon2id has `memory` and `iterations`, no `cost`"
                context.report(.conflictingValues, message, at: position)
                return nil
            }
            guard PasswordScheme.hasArgon2 else {
                context.report(.invalidValue, "\(PasswordHashError(.unsupported))", at: position)
                return nil
            }
            return .argon2id(memory: memory ?? 19, iterations: iterations ?? 2)
        }
    }
}
