import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Files that only their owner may read.
package enum PrivateFile {
    /// Replaces a file in one step: a reader, or a crash, sees the old content or the new, never half.
    ///
    /// - Parameters:
    ///   - mode: The permissions; 0600 unless said otherwise.
    /// - Throws: ``NexEnvError``.
    package static func write(_ content: String, to path: String, mode: UInt32 = 0o600) throws(NexEnvError) {
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw NexEnvError.systemCall("write \(path)", errno) }
        var problem: Int32 = 0
        if fchmod(descriptor, mode_t(mode)) != 0 { problem = errno }
        var bytes = ArraySlice(Array(content.utf8))
        while !bytes.isEmpty, problem == 0 {
            let written = bytes.withUnsafeBytes { writeBytes(descriptor, $0) }
            if written >= 0 { bytes = bytes.dropFirst(written) } else if errno != EINTR { problem = errno }
        }
        // A secret that is lost in a power cut can't be made again, so it reaches the disk before its name does.
        if problem == 0, fsync(descriptor) != 0 { problem = errno }
        if close(descriptor) != 0, problem == 0 { problem = errno }
        if problem == 0, rename(temporary, path) != 0 { problem = errno }
        guard problem == 0 else {
            unlink(temporary)
            throw NexEnvError.systemCall("write \(path)", problem)
        }
    }

    /// Runs a body with a file that is gone afterwards.
    ///
    /// Its name ends like that of a half-written file: ``removeAbandoned(in:)`` removes it where the body was killed.
    package static func withTemporary<Value>(
        _ content: String,
        named name: String,
        in folder: String,
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        try makeFolder(folder)
        let path = "\(folder)/\(name).\(getpid()).tmp"
        try write(content, to: path)
        defer { unlink(path) }
        return try await body(path)
    }

    /// Removes what a writer that was killed left half written in a folder.
    package static func removeAbandoned(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let parts = name.split(separator: ".")
            guard parts.last == "tmp", let writer = parts.dropLast().last.flatMap({ pid_t($0) }) else { continue }
            if kill(writer, 0) != 0, errno == ESRCH { unlink("\(folder)/\(name)") }
        }
    }

    /// Makes a folder, and those above it, that only its owner may enter.
    package static func makeFolder(_ path: String, mode: Int = 0o700) throws(NexEnvError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: mode]
            )
        } catch {
            throw NexEnvError.systemCall("make the folder \(path)", (error as? CocoaError)?.posixNumber ?? EIO)
        }
    }
}

/// `write(2)`, under a name that a static function called `write` doesn't hide.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

extension CocoaError {
    /// The number of the operating system's error behind this one.
    var posixNumber: Int32? {
        (userInfo[NSUnderlyingErrorKey] as? POSIXError)?.code.rawValue
            ?? (userInfo[NSUnderlyingErrorKey] as? NSError).map { Int32($0.code) }
    }
}
