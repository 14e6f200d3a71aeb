import Foundation
import TextTesting
import Testing

@testable import NexEnv

@Suite struct ProjectTests {
    @Test func `two folders never meet, one folder is always the same`() throws {
        let first = ProjectIdentity(name: "shop", root: "/a")
        #expect(first.id != ProjectIdentity(name: "shop", root: "/b").id)
        #expect(first.id != ProjectIdentity(name: "blog", root: "/a").id)
        #expect(first == ProjectIdentity(name: "shop", root: "/a"))
        // SHA-256 of "/a", so that it stays the same over versions too.
        #expect(first.id == "shop-6a50")
        #expect(first.resourceName("pg") == "shop-6a50-pg")
    }

    @Test func `a folder behind a link is the folder`() throws {
        let folder = try ScratchFolder(["real/nexenv.yaml": "name: shop\nservices: {a: {image: x}}"])
        try folder.link("link", to: "real")
        try folder.link("link.yaml", to: "real/nexenv.yaml")
        let paths = ["real/nexenv.yaml", "link/nexenv.yaml", "real/../link/./nexenv.yaml", "link.yaml"]
        let ids = try paths.map { path in
            var loader = EnvironmentLoader(processVariables: [:], mode: nil)
            let project = Project(try loader.load("\(folder.path)/\(path)"))
            #expect(project.folder == "\(folder.path)/real/.nexenv")
            return project.identity.id
        }
        #expect(Set(ids).count == 1)
    }

    @Test func `the folder keeps itself out of git and to its owner`() throws {
        let folder = try ScratchFolder()
        let project = Project(ProjectIdentity(name: "shop", root: folder.path))
        try project.prepareFolder()
        try project.prepareFolder()
        #expect(try String(contentsOfFile: "\(project.folder)/.gitignore", encoding: .utf8) == "*\n")
        #expect(permissions(project.folder) == 0o700)
    }
}

/// Returns the permissions of a file.
func permissions(_ path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
}

@Suite struct SecretStoreTests {
    private let yaml = """
        name: shop
        services:
          pg:
            engine: postgres
            password: ${PW:-}
            roles: {"we ird=é#\\"\\n$'": {}, nologin: {login: false}, fixed: {password: told}}
            databases: {a: {owner: app}, b: {owner: app}}
          7up: {engine: redis}
          digest: {engine: redis, user: key}
        """

    private func project(_ scratch: ScratchEnvironment) -> Project {
        Project(ProjectIdentity(name: "shop", root: scratch.folder.path))
    }

    private func filled(_ scratch: ScratchEnvironment, _ variables: [String: String] = [:]) throws -> (
        SecretStore, NexEnv.Environment
    ) {
        let environment = try scratch.load(variables: variables)
        let project = project(scratch)
        try project.prepareFolder()
        var store = try SecretStore(project)
        try store.fill(for: environment.services)
        return (store, environment)
    }

    @Test func `passwords are made once, kept, and kept private`() throws {
        let scratch = try ScratchEnvironment(yaml)
        let (store, environment) = try filled(scratch)
        let postgres = try #require(environment["pg"])
        let made = try #require(store.passwords(of: postgres))
        #expect(made["postgres"].count == 24)
        #expect(made["app"].count == 24)
        #expect(made["postgres"] != made["app"])
        #expect(made["we ird=é#\"\n$'"].count == 24)
        #expect(made["fixed"] == "told")
        #expect(made["nologin"] == "")
        #expect(permissions(project(scratch).secretsPath) == 0o600)
        // Read again, by another process for all it knows.
        let again = try SecretStore(project(scratch))
        for service in environment.services {
            #expect(again.passwords(of: service) == store.passwords(of: service), "\(service.name)")
        }
        #expect(again.digestKey == store.digestKey)
        #expect(store.digestKey.count == 24)
        let text = try String(contentsOfFile: project(scratch).secretsPath, encoding: .utf8)
        #expect(!text.contains("told"))
        let before = text
        _ = try filled(scratch)
        #expect(try String(contentsOfFile: project(scratch).secretsPath, encoding: .utf8) == before)
    }

    @Test func `a password that the file gives wins, and the made one comes back without it`() throws {
        let scratch = try ScratchEnvironment(yaml)
        let (store, environment) = try filled(scratch)
        let plain = try #require(environment["pg"])
        let made = try #require(store.passwords(of: plain)?["postgres"])
        let (declared, later) = try filled(scratch, ["PW": "declared"])
        let told = try #require(later["pg"])
        #expect(declared.passwords(of: told)?["postgres"] == "declared")
        let again = try SecretStore(project(scratch))
        #expect(again.passwords(of: plain)?["postgres"] == made)
    }

    @Test func `the key of digests is nobody's password`() throws {
        let (store, environment) = try filled(try ScratchEnvironment(yaml))
        let all = environment.services.flatMap { store.passwords(of: $0)?.all ?? [] }
        #expect(!all.contains(store.digestKey))
        #expect(Set(all).count == all.count)
    }

    @Test func `nothing is known before it is made`() throws {
        let scratch = try ScratchEnvironment(yaml)
        let environment = try scratch.load()
        let store = try SecretStore(project(scratch))
        let postgres = try #require(environment["pg"])
        #expect(store.passwords(of: postgres) == nil)
        #expect(store.digestKey == "")
    }

    @Test func `a broken file is a problem with a place, and stays as it is`() throws {
        let scratch = try ScratchEnvironment(
            yaml,
            files: [".nexenv/secrets.env": "# x\n_pg.postgres=abc\n<<<<<<< HEAD\n"]
        )
        let error = #expect(throws: Diagnostics.self) { try SecretStore(project(scratch)) }
        #expect(error?.all.first?.position?.line == 3)
    }

    @Test func `passwords don't print themselves into a public description`() throws {
        let (store, environment) = try filled(try ScratchEnvironment(yaml))
        let postgres = try #require(environment["pg"])
        let passwords = try #require(store.passwords(of: postgres))
        let error = NexEnvError(.serviceFailed, "the server refuses the password", service: "pg")
        #expect(passwords.all.allSatisfy { !"\(error)".contains($0) })
    }
}
