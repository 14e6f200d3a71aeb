#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What a socket can be ready for.
package struct SocketEvents: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Bytes, the end of the stream or an error can be read.
    package static let readable = SocketEvents(rawValue: 1)
    /// Bytes can be written, or writing would report an error.
    package static let writable = SocketEvents(rawValue: 2)

    /// How long one `poll` lasts before cancellation and deadline are looked at again.
    ///
    /// A quarter of the 100 ms within which cancelling a task must have an effect; an idle wait costs 40 wake-ups a second.
    package static let slice = Duration.milliseconds(25)

    /// Waits until a descriptor is ready, the task is cancelled or the deadline passes.
    ///
    /// Blocks its thread: for use on a ``ConnectionExecutor`` only.
    ///
    /// - Parameters:
    ///   - descriptor: A file descriptor that stays open during the call.
    ///   - deadline: When to give up.
    ///   - heedingCancellation: Whether cancelling the task ends the wait; clean-up work passes `false`.
    /// - Returns: What the descriptor is ready for; an error or a hang-up counts as ready for everything awaited.
    /// - Throws: `.cancelled`, `.timedOut`, or `.system`.
    package func wait(
        on descriptor: CInt,
        until deadline: Deadline,
        heedingCancellation: Bool = true
    ) throws(TransportError) -> SocketEvents {
        var entry = pollfd(fd: descriptor, events: pollEvents, revents: 0)
        while true {
            if heedingCancellation, Task.isCancelled { throw .cancelled }
            let slice = min(Self.slice, deadline.remaining)
            let count = poll(&entry, 1, slice.clampedMilliseconds)
            if count > 0 { return ready(entry.revents) }
            if count < 0, errno != EINTR { throw .system(errno) }
            if count == 0, deadline.hasPassed { throw .timedOut }
        }
    }

    private var pollEvents: CShort {
        (contains(.readable) ? CShort(POLLIN) : 0) | (contains(.writable) ? CShort(POLLOUT) : 0)
    }

    private func ready(_ returned: CShort) -> SocketEvents {
        if returned & CShort(POLLERR | POLLHUP | POLLNVAL) != 0 { return self }
        var events: SocketEvents = []
        if returned & CShort(POLLIN) != 0 { events.insert(.readable) }
        if returned & CShort(POLLOUT) != 0 { events.insert(.writable) }
        return events
    }
}
