import Crypto
import Foundation

/// SHA-256 as the lowercase hex that names, labels and ledgers carry.
package enum SHA256Digest {
    /// Returns the digest of a text's UTF-8.
    package static func hex(of text: String) -> String {
        hex(of: Array(text.utf8))
    }

    /// Returns the digest of bytes.
    package static func hex(of bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

    /// Returns a keyed digest, which tells nobody without the key whether a guessed secret is right.
    package static func keyedHex(of text: String, key: String) -> String {
        hex(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Array(key.utf8))))
    }

    /// Returns bytes as lowercase hex.
    package static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension SHA256Digest {
    /// Returns the digest of a file's bytes, read piece by piece.
    ///
    /// - Throws: ``NexEnvError`` when it can't be read.
    package static func hex(ofFile path: String) throws(NexEnvError) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { throw NexEnvError.systemCall("read \(path)", errno) }
        defer { try? file.close() }
        var hash = SHA256()
        do {
            while let bytes = try file.read(upToCount: 1 << 20), !bytes.isEmpty { hash.update(data: bytes) }
        } catch {
            throw NexEnvError.systemCall("read \(path)", (error as? CocoaError)?.posixNumber ?? EIO)
        }
        return hex(hash.finalize())
    }
}

/// SHA-256 of what comes piece by piece.
package struct SHA256Stream {
    private var hash = SHA256()

    package init() {}

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        hash.update(data: Array(bytes))
    }

    /// The digest of all that came so far.
    package var hex: String { SHA256Digest.hex(hash.finalize()) }
}
