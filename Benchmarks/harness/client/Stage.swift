import PostgresClient

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Where everything is that contenders need: a file of `name=value` lines, which costs a process next to nothing to read.
struct Stage: Sendable {
    let path: String
    private var values: [String: String] = [:]

    /// Which rows a life writes.
    enum Writes: String {
        /// One into each of three tables.
        case rows
        /// One into each of three tables, and one into a hypertable, which makes a new chunk.
        case hypertable
        /// One of each table is changed.
        case everywhere
    }

    init(file path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchError("there is no \(path)") }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        for line in String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
    }

    func text(_ name: String) throws -> String {
        guard let value = values[name] else { throw BenchError("\(path) doesn't say \(name)") }
        return value
    }

    func number(_ name: String) throws -> Int {
        guard let number = Int(try text(name)) else { throw BenchError("\(name) is no number in \(path)") }
        return number
    }

    func list(_ name: String) throws -> [String] {
        try text(name).split(separator: ",").map(String.init)
    }

    var writes: Writes {
        get throws { Writes(rawValue: try text("writes")) ?? .rows }
    }

    /// How the owner of the tables logs in to a database.
    func owner(_ database: String) throws -> PostgresConfiguration {
        try login("owner", database)
    }

    /// How the superuser logs in.
    func administrator(_ database: String = "postgres") throws -> PostgresConfiguration {
        try login("admin", database)
    }

    private func login(_ who: String, _ database: String) throws -> PostgresConfiguration {
        PostgresConfiguration(
            host: try text("host"),
            port: try number("port"),
            user: try text(who),
            password: try text("\(who)_password"),
            database: database
        )
    }
}
