#if Argon2
import CLibSodium

/// Argon2 in libsodium, which makes hashes with one lane and checks those with any number.
enum Argon2 {
    static func make(_ password: String, memory: Int, iterations: Int) throws(PasswordHashError) -> String {
        guard sodium_init() >= 0 else { throw PasswordHashError(.failed) }
        var hash = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
        let result = crypto_pwhash_str_alg(
            &hash,
            password,
            UInt64(password.utf8.count),
            UInt64(iterations),
            memory << 20,
            crypto_pwhash_alg_argon2id13()
        )
        guard result == 0 else { throw PasswordHashError(.failed) }
        return PasswordHash.text(hash)
    }

    static func verify(_ password: String, against hash: String) throws(PasswordHashError) -> Bool {
        guard sodium_init() >= 0 else { throw PasswordHashError(.failed) }
        // The library reads as far as its own longest hash, so it is given that much.
        var stored = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
        guard hash.utf8.count < stored.count else { throw PasswordHashError(.unknownHash) }
        for (index, byte) in hash.utf8.enumerated() { stored[index] = CChar(bitPattern: byte) }
        // That it can't be read is told apart from a wrong password by asking for its cost.
        let cost = crypto_pwhash_str_needs_rehash(stored, 1, 8192)
        guard cost != -1 else { throw PasswordHashError(.unknownHash) }
        return crypto_pwhash_str_verify(stored, password, UInt64(password.utf8.count)) == 0
    }
}
#else

/// What is left of Argon2 in a build without libsodium.
enum Argon2 {
    static func make(_ password: String, memory: Int, iterations: Int) throws(PasswordHashError) -> String {
        throw PasswordHashError(.unsupported)
    }

    static func verify(_ password: String, against hash: String) throws(PasswordHashError) -> Bool {
        throw PasswordHashError(.unsupported)
    }
}
#endif
