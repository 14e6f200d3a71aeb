import CLibMongoC
import ClientTransport

/// How libmongoc reaches the network for one client: sockets of ours, which heed cancellation and deadlines.
///
/// libmongoc's own streams block for as long as their timeout says. It calls back on the thread that called it, and so within
/// the task that made the call, whose cancellation can be looked at there.
final class MongoTransport {
    /// What ended a transfer, and whether that was before there was a connection.
    struct Failure {
        let reason: TransportError
        let isConnecting: Bool
    }

    /// What ended a transfer since ``begin(limit:)``; libmongoc itself only says that there was an error.
    private(set) var failure: Failure?
    /// When the call that runs gives up, whatever the timeouts of its steps.
    private(set) var limit: Deadline?
    private let connectTimeout: Duration

    init(connectTimeout: Duration) {
        self.connectTimeout = connectTimeout
    }

    /// Forgets the failure, before a new call.
    func begin(limit: Deadline?) {
        failure = nil
        self.limit = limit
    }

    /// Notes what ended a transfer.
    func note(_ reason: TransportError, isConnecting: Bool = false) {
        failure = Failure(reason: reason, isConnecting: isConnecting)
    }

    /// Makes a client use this transport, which has to outlive it: ``MongoHandle`` sees to that.
    func install(on client: OpaquePointer) {
        mongoc_client_set_stream_initiator(
            client,
            { _, host, context, error in
                guard let host, let context else { return nil }
                let transport = Unmanaged<MongoTransport>.fromOpaque(context).takeUnretainedValue()
                let name = String(cString: NXHostName(host))
                guard let stream = transport.connect(host: name, port: Int(host.pointee.port)) else {
                    error?.pointee.domain = MONGOC_ERROR_STREAM.rawValue
                    error?.pointee.code = MONGOC_ERROR_STREAM_CONNECT.rawValue
                    return nil
                }
                return stream
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func connect(host: String, port: Int) -> UnsafeMutablePointer<mongoc_stream_t>? {
        do {
            let deadline = Deadline(after: connectTimeout).orEarlier(limit)
            return MongoStream.open(try Socket.connect(host: host, port: port, until: deadline), transport: self)
        } catch {
            note(error, isConnecting: true)
            return nil
        }
    }
}
