import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A child that goes on when its parent ends.
package enum DetachedProcess {
    /// Starts a program with two of our descriptors as its standard input and output, and our own standard error.
    ///
    /// Nothing else that is open here is open in it: `swift test` leaves ends of its pipes open in the processes that it starts,
    /// and waits until nobody has them any more. It stays in our session until it makes one of its own.
    ///
    /// - Throws: ``NexEnvError``.
    package static func spawn(
        _ program: String,
        _ arguments: [String],
        input: Int32,
        output: Int32
    ) throws(NexEnvError) -> Int32 {
        try SpawnedProcess.start(
            program,
            arguments,
            moving: [(input, STDIN_FILENO), (output, STDOUT_FILENO)],
            closesOthers: true
        )
    }

    /// Makes a pipe whose ends no other child gets.
    package static func pipe() throws(NexEnvError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
        let status = Darwin.pipe(&ends)
        #else
        let status = Glibc.pipe(&ends)
        #endif
        guard status == 0 else { throw NexEnvError.systemCall("make a pipe", errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
