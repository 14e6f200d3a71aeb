/// Hashes of passwords.
enum PasswordHash {
    static func verify(_ password: String, _ hash: String) throws -> Bool { throw missing }

    static func make(_ password: String, _ recipe: SeedHashRecipe) throws -> String { throw missing }

    private static var missing: NexEnvError { NexEnvError(.nativeUnsupported, "`!hash` can't be loaded yet") }
}
