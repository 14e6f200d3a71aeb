import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the test processes of a project share: which databases there are copies of, and from which files they were made.
///
/// It lies in the file `session` in the folder of the copies. A process reads it and looks whether the files are still the same;
/// nothing else happens before a copy is leased, since that is most of what a lease costs in a process of its own.
struct LeaseSession: Sendable, Hashable {
    /// A file as it was when a template was made from it; of a folder, what is in it.
    struct Watched: Sendable, Hashable {
        var path: String
        /// Nothing where it wasn't there.
        var mark: String?

        init(_ path: String) {
            self.init(path, mark: Self.mark(of: path))
        }

        init(_ path: String, mark: String?) {
            self.path = path
            self.mark = mark
        }

        var isUnchanged: Bool { Self.mark(of: path) == mark }

        private static func mark(of path: String) -> String? {
            guard let status = try? FileStatus(of: path) else { return nil }
            return "\(status.size) \(status.changed) \(status.inode)"
        }
    }

    var watched: [Watched] = []
    var sources: [String: LeaseSource] = [:]

    static func path(_ folder: String) -> String { folder + "/session" }

    /// Reads the session of a folder; nothing where there is none, or something that it was made from has changed.
    static func read(_ folder: String) -> LeaseSession? {
        guard let data = FileManager.default.contents(atPath: path(folder)), let session = LeaseSession(text: data),
            session.watched.allSatisfy(\.isUnchanged)
        else { return nil }
        return session
    }

    func write(_ folder: String) throws {
        try PrivateFile.write(text, to: Self.path(folder))
    }
}

extension Endpoint {
    /// Whether anything listens there right now.
    var isListening: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
