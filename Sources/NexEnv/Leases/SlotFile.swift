import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The right to use one copy of a database, and what is known of it: a file that is locked as long as the copy is in use.
///
/// The kernel frees the lock when its holder ends, however it ends. The file says whether the copy is clean: who is killed while
/// it uses one leaves it marked as in use, and the next one brings it back first.
package final class SlotFile: Sendable {
    package let number: Int
    /// The open file; whoever gets a copy of it has the lock too, also when its first holder ends.
    let descriptor: Int32
    private let isShared: Bool
    private let isOpen = Mutex(true)

    private init(number: Int, descriptor: Int32, isShared: Bool = false) {
        self.number = number
        self.descriptor = descriptor
        self.isShared = isShared
    }

    /// Takes part in the lock of another process, which gives the slot up.
    convenience init(sharing descriptor: Int32, number: Int) {
        self.init(number: number, descriptor: descriptor, isShared: true)
    }

    deinit { release() }

    /// Gives the slot up.
    package func release() {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            isOpen = false
            // A child that has been forked and isn't yet another program has the file open too, and would keep the lock.
            if !isShared { flock(descriptor, LOCK_UN) }
            close(descriptor)
        }
    }

    /// Takes a slot if nobody has it.
    package static func tryTake(_ number: Int, in folder: String) throws(NexEnvError) -> SlotFile? {
        let path = "\(folder)/\(number).slot"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw NexEnvError.systemCall("open \(path)", errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            close(descriptor)
            if problem == EWOULDBLOCK || problem == EINTR { return nil }
            throw NexEnvError.systemCall("lock \(path)", problem)
        }
        return SlotFile(number: number, descriptor: descriptor)
    }

    /// What a slot's file says.
    package enum Content: Sendable, Hashable {
        /// There is no such copy.
        case none
        case clean(SlotState)
        /// A holder has ended without bringing it back; the text says who that was.
        case used(SlotState, by: String)
        /// A test that failed wants it to be looked at; nobody gets it before ``LeaseSweep`` gives it back.
        case kept(SlotState, by: String)
    }

    /// Reads what is known of the copy: a line each with `clean`, `used` or `kept`, the server's run, the engine's note, and the user.
    package func read() -> Content { Self.read(descriptor) }

    /// Reads what a slot's file says without taking the slot.
    static func look(_ number: Int, in folder: String) -> Content {
        let descriptor = open("\(folder)/\(number).slot", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .none }
        defer { close(descriptor) }
        return read(descriptor)
    }

    private static func read(_ descriptor: Int32) -> Content {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return .none }
        let lines = String(decoding: buffer[..<count], as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // The last line ends with a line end, so that one that was cut off is known.
        guard lines.count == 5 else { return .none }
        var state = SlotState(note: lines[2])
        state.run = lines[1]
        switch lines[0] {
        case "clean": return .clean(state)
        case "kept": return .kept(state, by: lines[3])
        default: return .used(state, by: lines[3])
        }
    }

    package func write(_ content: Content) throws(NexEnvError) {
        let text =
            switch content {
            case .none: ""
            case .clean(let state): Self.text("clean", state, "")
            case .used(let state, let user): Self.text("used", state, user)
            case .kept(let state, let user): Self.text("kept", state, user)
            }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0 else {
            throw NexEnvError.systemCall("write a slot's file", errno)
        }
    }

    private static func text(_ word: String, _ state: SlotState, _ user: String) -> String {
        "\(word)\n\(state.run)\n\(state.note)\n\(user.prefix(500))\n"
    }
}
