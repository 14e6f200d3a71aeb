import CLibPQ

/// The one owner of a `PGconn`.
struct PostgresHandle: ~Copyable {
    let pointer: OpaquePointer
    /// Kept alive for as long as libpq may call it.
    private let noticeReceiver: PostgresNoticeReceiver

    init(adopting pointer: OpaquePointer, onNotice: (@Sendable (PostgresNotice) -> Void)?) {
        self.pointer = pointer
        noticeReceiver = PostgresNoticeReceiver(handler: onNotice)
        noticeReceiver.install(on: pointer)
    }

    deinit {
        PQfinish(pointer)
    }

    /// The socket, or -1 where there is none; it can change while connecting.
    var socket: CInt {
        PQsocket(pointer)
    }

    /// What libpq last complained about, on one line.
    var message: String {
        rawMessage.split(separator: "\n").joined(separator: " ")
    }

    /// What libpq last complained about, as it wrote it.
    var rawMessage: String {
        PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
    }
}
