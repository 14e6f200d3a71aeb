import Dispatch

/// A serial executor on a queue of its own, for an actor whose work blocks in C.
///
/// An actor that runs on it never occupies a thread of the cooperative pool, which has as many threads as the machine has
/// cores: two blocking calls would stop everything else on a small machine. One hop costs 7 to 9 µs.
/// `DispatchSerialQueue`, which would do the same, does not exist on Linux (swiftlang/swift-corelibs-libdispatch#848).
public final class ConnectionExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Creates an executor.
    ///
    /// - Parameter label: What the queue is called in a debugger, such as `nexenv.postgres`.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a job of the actor on the queue, after those before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Stops the program unless called on the queue; the runtime asks when it can't tell by itself.
    public func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
