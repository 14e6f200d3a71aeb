import TextTesting
import Testing

@testable import NexEnv

@Suite struct LateReferenceTests {
    @Test func `finds every reference and nothing else`() {
        let found = LateReference.find(
            in:
                "a ${url:pg.auth} ${port:redis}${host:r} ${password:pg.a.b} ${HOME} ${x:y} ${url:} ${port:.} ${url:a.} ${url:z"
        )
        #expect(
            found == [
                .init(kind: "url", service: "pg", name: "auth"), .init(kind: "port", service: "redis", name: nil),
                .init(kind: "host", service: "r", name: nil), .init(kind: "password", service: "pg", name: "a.b"),
            ]
        )
    }

    private func peers() throws -> [String: Peer] {
        let environment = try ScratchEnvironment(
            """
            services:
              pg: {engine: postgres, user: root, databases: {auth: {owner: app}, plain: {}}}
              r: {engine: redis, databases: {cache: 3}}
              c: {image: x}
            """
        ).load()
        let passwords = Passwords(["root": "p:w", "app": "s/1", "default": "r@1"])
        return Dictionary(
            uniqueKeysWithValues: environment.services.map {
                (
                    $0.name,
                    Peer(
                        service: $0,
                        endpoint: Endpoint(host: $0.name, port: $0.engine.port ?? 0),
                        passwords: passwords
                    )
                )
            }
        )
    }

    @Test(arguments: [
        ("nothing", "nothing"), ("${port:pg}", "5432"), ("${host:r}:${port:r}", "r:6379"), ("${password:pg}", "p:w"),
        ("${password:pg.app}", "s/1"), ("${url:pg}", "postgresql://root:p%3Aw@pg:5432/postgres"),
        ("<${url:pg.auth}>", "<postgresql://app:s%2F1@pg:5432/auth>"),
        ("${url:pg.plain}", "postgresql://root:p%3Aw@pg:5432/plain"),
        ("${url:r.cache}", "redis://default:r%401@r:6379/3"), ("${HOME} ${", "${HOME} ${"), ("é${port:pg}é", "é5432é"),
    ])
    func `resolves`(text: String, result: String) throws {
        #expect(try LateReference.resolve(text, peers: peers()) == result)
    }

    @Test(arguments: [
        ("${url:pg.none}", "`pg` has no database `none`"), ("${url:c}", "`c` has no address"),
        ("${url:nobody}", "`nobody` has no address"),
        ("${password:pg.nobody}", "`pg` has no user `nobody`"),
    ])
    func `says what isn't there`(text: String, message: String) throws {
        let peers = try peers()
        let error = #expect(throws: NexEnvError.self) { try LateReference.resolve(text, peers: peers) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}

@Suite struct CommandWordsTests {
    @Test(
        arguments: [
            ("", []), ("  \t\n ", []), ("a b  c", ["a", "b", "c"]), ("'a b' \"c d\"", ["a b", "c d"]),
            ("a'b'\"c\"d", ["abcd"]),
            ("''", [""]), ("a '' b", ["a", "", "b"]), ("a\\ b", ["a b"]), (#"'a\b'"#, [#"a\b"#]),
            (#""a\"b""#, ["a\"b"]), (#""a\\b""#, ["a\\b"]),
            (#""a\nb""#, [#"a\nb"#]), (#""\$x""#, ["$x"]), ("a\nb", ["a", "b"]), ("a\r\nb", ["a", "b"]),
            ("é日 本", ["é日", "本"]),
            ("$HOME *", ["$HOME", "*"]), ("a#b #c", ["a#b", "#c"]), ("'\u{301}a'", ["\u{301}a"]), ("a\\\nb", ["ab"]),
        ] as [(String, [String])]
    )
    func `splits as a shell does`(text: String, words: [String]) {
        #expect(CommandWords.split(text) == words)
    }

    @Test(arguments: ["'a", "\"a", "a 'b\"", "a\\", "\"a\\\""]) func `an open quote`(text: String) {
        #expect(CommandWords.split(text) == nil)
    }
}

@Suite struct DatabaseAddressTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var host = "127.0.0.1"
        var user: String?
        var password: String?
        var database: String?
        var query = ""
        var url: String
    }

    @Test(arguments: [
        Case(testDescription: "everything", user: "u", password: "p", database: "d", url: "x://u:p@127.0.0.1:1/d"),
        Case(testDescription: "nothing", url: "x://127.0.0.1:1/"),
        Case(testDescription: "a password alone", password: "p", url: "x://:p@127.0.0.1:1/"),
        Case(testDescription: "an empty password", user: "u", password: "", url: "x://u@127.0.0.1:1/"),
        Case(
            testDescription: "reserved characters",
            user: "a@b:c/d",
            password: "?#[]@!$&'()*+,;=%",
            database: "x/y?z",
            url: "x://a%40b%3Ac%2Fd:%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25@127.0.0.1:1/x%2Fy%3Fz"
        ),
        Case(
            testDescription: "unicode",
            user: "é",
            password: "日 本",
            database: "ü",
            url: "x://%C3%A9:%E6%97%A5%20%E6%9C%AC@127.0.0.1:1/%C3%BC"
        ),
        Case(testDescription: "what needs no encoding", user: "a-b._~9Z", url: "x://a-b._~9Z@127.0.0.1:1/"),
        Case(testDescription: "IPv6", host: "::1", user: "u", url: "x://u@[::1]:1/"),
        Case(testDescription: "a query", database: "d", query: "?a=b", url: "x://127.0.0.1:1/d?a=b"),
    ])
    func `encodes`(address: Case) {
        let made = DatabaseAddress(
            scheme: "x",
            endpoint: Endpoint(host: address.host, port: 1),
            user: address.user,
            password: address.password,
            database: address.database,
            query: address.query
        )
        #expect(made.url == address.url)
        #expect(made.password == address.password)
    }
}
