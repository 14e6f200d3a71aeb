@testable import NexEnv
import PasswordHashing
import TextTesting
import Testing

@Suite struct PasswordOptionsTests {
    private static func scheme(_ yaml: String) throws -> PasswordScheme {
        let context = DecodingContext()
        let node = try YAMLReader.read(SourceFile(yaml))
        let options = PasswordOptions.shape.value.decode(node, context)
        let scheme = context.problems.isEmpty ? options?.scheme(at: node.position, context) : nil
        guard let scheme else { throw Diagnostics(context.problems) }
        return scheme
    }

    @Test(
        arguments: [
            ("{}", .bcrypt(cost: 10)), ("{alg: bcrypt, cost: 6}", .bcrypt(cost: 6)),
            ("{alg: argon2id}", .argon2id(memory: 19, iterations: 2)),
            ("{alg: argon2id, memory: 64, iterations: 3}", .argon2id(memory: 64, iterations: 3)),
        ] as [(String, PasswordScheme)]
    )
    func `options`(yaml: String, scheme: PasswordScheme) throws {
        #expect(try Self.scheme(yaml) == scheme)
    }

    @Test func `a hash stays as long as it is of the same password`() throws {
        let position = SourcePosition(file: SourceFile(""), line: 3, column: 5)
        let secret = SeedSecret(path: ["hash"], password: "old", scheme: .bcrypt(cost: 4), position: position)
        let first = try secret.hash(current: nil, keepsAny: false)
        #expect(try secret.hash(current: first, keepsAny: false) == first)
        var changed = secret
        changed.password = "new"
        let second = try changed.hash(current: first, keepsAny: false)
        #expect(try PasswordHash.verifyNow("new", against: second))
        #expect(try changed.hash(current: first, keepsAny: true) == first)
        // Neither a password in plain text nor an empty one is a hash.
        #expect(try PasswordHash.verifyNow("old", against: secret.hash(current: "old", keepsAny: false)))
        #expect(try PasswordHash.verifyNow("old", against: secret.hash(current: "", keepsAny: true)))
        changed.password = String(repeating: "x", count: 73)
        let error = #expect(throws: Diagnostics.self) { try changed.hash(current: nil, keepsAny: false) }
        #expect(error?.all.first?.position == position)
    }

    @Test(
        arguments: [
            ("{alg: 1️⃣md5}", .invalidValue, "expected one of `bcrypt`, `argon2id`"),
            ("{cost: 1️⃣32}", .invalidValue, "between 4 and 31"),
            ("1️⃣{memory: 5}", .conflictingValues, "bcrypt has a `cost`"),
            ("1️⃣{alg: argon2id, cost: 5}", .conflictingValues, "no `cost`"),
            ("{1️⃣rounds: 5}", .unknownKey, "no key `rounds`"),
            ("{alg: argon2id, memory: 1️⃣0}", .invalidValue, "between 1 and 1024"),
        ] as [(String, Diagnostic.Code, String)]
    )
    func `mistakes are found where they are`(yaml: String, code: Diagnostic.Code, message: String) throws {
        let marked = MarkedText(yaml)
        let error = #expect(throws: Diagnostics.self) { try Self.scheme(marked.text) }
        let difference = ExpectedProblem.difference([ExpectedProblem("1️⃣", code, message)], error?.all ?? [], in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }
}
