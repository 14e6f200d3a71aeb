import CLibPQ
import ClientTransport
import Dispatch

/// The one owner of a `PGcancel`, with which any thread may stop the statement of a connection.
///
// SAFETY: a PGcancel is never changed between PQgetCancel and PQfreeCancel, and libpq documents PQcancel as safe to call from
// any thread, even from a signal handler, while another thread uses the connection.
final class PostgresCancelToken: @unchecked Sendable {
    private let pointer: OpaquePointer

    init?(connection: OpaquePointer) {
        guard let pointer = PQgetCancel(connection) else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Asks the server to stop the running statement, on a thread of its own.
    ///
    /// `PQcancel` opens a second connection and waits until the server closes it, with no limit: a frozen server would hold
    /// the caller forever.
    ///
    /// - Returns: A request that tells when the server has taken note.
    @discardableResult
    func send() -> Request {
        let request = Request()
        DispatchQueue.global().async {
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(self.pointer, &message, CInt(message.count))
            request.finish()
        }
        return request
    }

    /// A cancellation under way.
    final class Request: Sendable {
        private let finished = DispatchSemaphore(value: 0)

        fileprivate func finish() {
            finished.signal()
        }

        /// Waits until the server has taken note, and tells whether it did in time.
        func wait(atMost duration: Duration) -> Bool {
            finished.wait(timeout: .now() + .milliseconds(Int(duration.clampedMilliseconds))) == .success
        }
    }
}
