import PostgresClient
import Testing

@Suite struct PostgresConfigurationTests {
    @Test func `every part of a URL`() throws {
        let configuration = try PostgresConfiguration(
            url: "postgresql://us%40er:p%3Aw%2F%E2%82%AC@db.example:5433/my%20db?sslmode=require"
                + "&application_name=app&connect_timeout=3&statement_timeout=5s"
        )
        #expect(configuration.user == "us@er")
        #expect(configuration.password == "p:w/€")
        #expect(configuration.host == "db.example")
        #expect(configuration.port == 5433)
        #expect(configuration.database == "my db")
        #expect(configuration.tls == .require)
        #expect(configuration.applicationName == "app")
        #expect(configuration.connectTimeout == .seconds(3))
        #expect(configuration.serverSettings == ["statement_timeout": "5s"])
    }

    @Test func `defaults`() throws {
        let configuration = try PostgresConfiguration(url: "postgres://me@[::1]")
        #expect(configuration.host == "::1")
        #expect(configuration.port == 5432)
        #expect(configuration.password == nil)
        #expect(configuration.database == "me")
        #expect(try PostgresConfiguration(url: "postgres://me@%2Frun%2Fpg/x").host == "/run/pg")
    }

    @Test(arguments: [
        "", "s3cret", "mysql://u:s3cret@h/d", "postgresql://h/d", "postgresql://u:s3cret@h:x/d",
        "postgresql://u:s3cret@h:99999/d", "postgresql://u:s3cret%zz@h/d", "postgresql://u:s3cret@[::1/d",
        "postgresql://u:s3cret@a:1,b:2/d", "postgresql://u:s3cret@h/d?sslmode=maybe", "postgresql://u:s3cret%00@h/d",
    ])
    func `what isn't a URL is refused without repeating it`(url: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.debugDescription.contains("s3cret") == false)
    }

    @Test func `a configuration doesn't print its password`() {
        let configuration = PostgresConfiguration(user: "me", password: "s3cret", database: "db")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(dumped) \(String(reflecting: configuration))".contains("s3cret"))
    }
}
