import Dispatch
import Foundation
import Synchronization

/// Runs a recursive function on a thread with a stack of its own.
enum DeepStack {
    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let isReady = DispatchSemaphore(value: 0)
    }

    /// Returns what the body returns; the calling thread waits for it.
    ///
    /// Threads of a pool have as little as 512 KiB on macOS, which a deeply nested value exceeds.
    static func run<Value: Sendable>(bytes: Int = 32 << 20, _ body: @escaping @Sendable () -> Value) -> Value {
        let outcome = Outcome<Value>()
        let thread = Thread {
            let value = body()
            outcome.value.withLock { $0 = value }
            outcome.isReady.signal()
        }
        thread.stackSize = bytes
        thread.start()
        outcome.isReady.wait()
        guard let value = outcome.value.withLock({ $0 }) else { preconditionFailure("the thread signals after it stored") }
        return value
    }
}
