#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A user of the operating system.
package struct SystemUser: Sendable, Hashable, Codable {
    package var name: String
    package var userID: UInt32
    package var groupID: UInt32

    /// Looks a user up by name.
    package init?(named name: String) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        self.name = name
        userID = entry.pw_uid
        groupID = entry.pw_gid
    }

    /// Whether this process runs as root.
    package static var isRoot: Bool { geteuid() == 0 }

    /// The hidden command that becomes a user and then another program: `UID GID PROGRAM ARGUMENT…`.
    package static let command = "__as-user"

    /// Becomes a user for good.
    ///
    /// - Throws: ``NexEnvError``; only root may.
    func become() throws(NexEnvError) {
        guard setgroups(0, nil) == 0, setgid(groupID) == 0, setuid(userID) == 0 else {
            throw NexEnvError.systemCall("become the user \(name)", errno)
        }
    }

    /// What the hidden command does.
    ///
    /// - Throws: ``NexEnvError``; otherwise it doesn't return.
    package static func run(_ arguments: [String]) throws(NexEnvError) -> Never {
        guard arguments.count > 2, let user = UInt32(arguments[0]), let group = UInt32(arguments[1]) else {
            throw NexEnvError(.bug, "\(command) takes a user, a group and a program")
        }
        try SystemUser(name: arguments[0], userID: user, groupID: group).become()
        try ChildProcess.replaceSelf(arguments[2], Array(arguments.dropFirst(3)))
    }

    private init(name: String, userID: UInt32, groupID: UInt32) {
        self.name = name
        self.userID = userID
        self.groupID = groupID
    }

    /// Returns whether the user can reach a folder: every folder above it lets others, or this user, through.
    package func canReach(_ path: String) -> Bool {
        var current = path
        while true {
            var status = stat()
            if stat(current, &status) == 0 {
                let mode = status.st_mode
                let isOpen =
                    (status.st_uid == userID && mode & 0o100 != 0) || (status.st_gid == groupID && mode & 0o010 != 0)
                    || mode & 0o001 != 0
                if !isOpen { return false }
            }
            guard let slash = current.lastIndex(of: "/"), current != "/" else { return true }
            current = slash == current.startIndex ? "/" : String(current[..<slash])
        }
    }
}
