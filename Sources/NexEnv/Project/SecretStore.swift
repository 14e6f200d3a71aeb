import Foundation

/// The passwords of a project: those that the file gives, and those that were made once and are kept in `secrets.env`.
package struct SecretStore: Sendable {
    private let path: String
    private var kept: [String: String]
    private var isChanged = false

    /// Reads what is kept; a missing file is an empty one.
    package init(_ project: Project) throws {
        path = project.secretsPath
        kept = FileManager.default.fileExists(atPath: path) ? try DotEnv(SourceFile.read(path)).variables : [:]
    }

    /// A key for digests that others may see, such as a container's label.
    package var digestKey: String { kept[Self.digestKeyName] ?? "" }

    /// Returns a service's passwords, or nothing when one that has to be made hasn't been made yet.
    package func passwords(of service: Service) -> Passwords? {
        var byUser: [String: String] = [:]
        for account in service.engine.accounts(service) {
            guard let password = declared(account) ?? kept[Self.name(service.name, account.user)] else { return nil }
            byUser[account.user] = password
        }
        return Passwords(byUser)
    }

    /// Makes every password that is missing and keeps them all; call it under the project's lock.
    package mutating func fill(for services: [Service]) throws {
        if kept[Self.digestKeyName] == nil { keep(Self.makePassword(), as: Self.digestKeyName) }
        for service in services {
            for account in service.engine.accounts(service) where declared(account) == nil {
                let name = Self.name(service.name, account.user)
                if kept[name] == nil { keep(Self.makePassword(), as: name) }
            }
        }
        guard isChanged else { return }
        let lines = kept.sorted { $0.key < $1.key }.map { "\($0.key)=\(DotEnv.quoted($0.value))\n" }
        let header = "# Made by nexenv. Passwords of existing data are only here: keep this file as long as the data.\n"
        try PrivateFile.write(header + lines.joined(), to: path)
        isChanged = false
    }

    private mutating func keep(_ value: String, as name: String) {
        kept[name] = value
        isChanged = true
    }

    private func declared(_ account: Account) -> String? {
        account.declaredPassword.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// No password has this name: theirs have a dot.
    private static let digestKeyName = "_digest-key"

    /// The name of a password: `_service.user`, since a service's name may start with a digit and a variable's can't, percent-encoded where a user has characters that a name can't have.
    private static func name(_ service: String, _ user: String) -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        return "_\(service).\(user.addingPercentEncoding(withAllowedCharacters: allowed) ?? user)"
    }

    /// Makes a password of 143 bits from the system's secure generator: 24 letters and digits, nothing that needs quoting.
    private static func makePassword() -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return String((0..<24).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    }
}
