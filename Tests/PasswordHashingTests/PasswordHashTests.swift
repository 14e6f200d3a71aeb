@testable import PasswordHashing
import Testing

@Suite struct PasswordHashTests {
    /// From the test vectors of jBCrypt, and of Openwall's crypt_blowfish.
    @Test(arguments: [
        ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
        ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
        ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
        ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
        ("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"),
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
    ])
    func `bcrypt gives the published hashes`(password: String, hash: String) throws {
        #expect(try PasswordHash.verifyNow(password, against: hash))
        #expect(try !PasswordHash.verifyNow(password + "x", against: hash))
    }

    #if Argon2
    /// From the tests of the reference implementation, version 1.3, with one lane and with two.
    @Test(arguments: [
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
    ])
    func `Argon2id gives the published hashes`(hash: String) throws {
        #expect(try PasswordHash.verifyNow("password", against: hash))
        #expect(try !PasswordHash.verifyNow("passwort", against: hash))
    }

    @Test func `a hash of Argon2id is checked again`() async throws {
        let scheme = PasswordScheme.argon2id(memory: 1, iterations: 1)
        let hash = try await PasswordHash.make("pässword", with: scheme)
        #expect(hash.hasPrefix("$argon2id$v=19$m=1024,t=1,p=1$"))
        #expect(scheme.made(hash))
        #expect(!PasswordScheme.argon2id(memory: 2, iterations: 1).made(hash))
        #expect(try await PasswordHash.verify("pässword", against: hash))
        #expect(try await !PasswordHash.verify("password", against: hash))
        #expect(try await PasswordHash.make("pässword", with: scheme) != hash)
        // It has no end at 72 bytes.
        let long = String(repeating: "x", count: 100)
        let longHash = try await PasswordHash.make(long, with: scheme)
        #expect(try await !PasswordHash.verify(String(long.dropLast()), against: longHash))
    }
    #endif

    @Test func `a hash of bcrypt is checked again`() async throws {
        let scheme = PasswordScheme.bcrypt(cost: 4)
        let hash = try await PasswordHash.make("pässword", with: scheme)
        #expect(hash.hasPrefix("$2b$04$"))
        #expect(hash.utf8.count == 60)
        #expect(scheme.made(hash))
        #expect(!PasswordScheme.bcrypt(cost: 14).made(hash))
        #expect(try await PasswordHash.verify("pässword", against: hash))
        #expect(try await !PasswordHash.verify("password", against: hash))
        #expect(try await PasswordHash.make("pässword", with: scheme) != hash)
    }

    @Test func `what a library would read half of is refused`() async throws {
        let scheme = PasswordScheme.bcrypt(cost: 4)
        let long = String(repeating: "x", count: 73)
        await #expect(throws: PasswordHashError(.tooLong)) { try await PasswordHash.make(long, with: scheme) }
        await #expect(throws: PasswordHashError(.containsNUL)) { try await PasswordHash.make("a\0b", with: scheme) }
        let hash = try await PasswordHash.make("a", with: scheme)
        #expect(try await !PasswordHash.verify("a\0b", against: hash))
        _ = try await PasswordHash.make(String(long.dropLast()), with: scheme)
    }

    @Test(arguments: [
        "", "secret", "$1$abc$def", "$2b$", "$2b$10$short",
        "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCC!.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$6$salt$hash", "$argon2id$",
        "$argon2id$v=19$m=1",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$" + String(repeating: "A", count: 200),
        "$argon2x$v=19$m=256,t=2,p=1$a$b",
    ])
    func `a text that is no hash is refused`(text: String) {
        #expect(throws: PasswordHashError.self) { try PasswordHash.verifyNow("secret", against: text) }
    }

    @Test func `many at once come back, one after the other`() async throws {
        let scheme = PasswordScheme.bcrypt(cost: 4)
        let hashes = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<20 { group.addTask { try await PasswordHash.make("p\(number)", with: scheme) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(hashes.count == 20)
    }

    @Test func `no error shows a password`() async {
        let password = "hunter2" + String(repeating: "x", count: 80)
        do {
            _ = try await PasswordHash.make(password, with: .bcrypt(cost: 4))
            Issue.record("it was hashed")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
            #expect(!String(reflecting: error).contains("hunter2"))
        }
    }
}
