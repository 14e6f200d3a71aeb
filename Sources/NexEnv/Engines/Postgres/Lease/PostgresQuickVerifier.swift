import Crypto
import Foundation

/// What a server keeps of a password (SCRAM-SHA-256, RFC 5803), made by one iteration instead of 4,096.
///
/// Iterations make guessing slow, which a password of random characters doesn't need; each log-in pays for them, and a test has
/// few milliseconds. Only servers that live as long as a run of tests get such verifiers.
enum PostgresQuickVerifier {
    static let prefix = "SCRAM-SHA-256$1:"

    /// Returns the verifier; nothing for a password that would have to be normalised first (RFC 4013).
    static func make(_ password: String) -> String? {
        guard password.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let salted = code(salt + [0, 0, 0, 1], key: Array(password.utf8))
        let stored = Array(SHA256.hash(data: code(Array("Client Key".utf8), key: salted)))
        let server = code(Array("Server Key".utf8), key: salted)
        return "\(prefix)\(base64(salt))$\(base64(stored)):\(base64(server))"
    }

    private static func code(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
