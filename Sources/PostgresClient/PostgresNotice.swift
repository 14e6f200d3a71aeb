import CLibPQ

/// A message of the server that isn't an error, such as a `RAISE NOTICE`.
public struct PostgresNotice: Sendable, Hashable {
    /// `WARNING`, `NOTICE`, `DEBUG`, `INFO` or `LOG`, whatever the server's language.
    public let severity: String
    /// The message; it can quote data.
    public let message: String
    /// The five characters of the SQLSTATE.
    public let sqlState: String?
    /// The server's second sentence.
    public let detail: String?
    /// What the server suggests.
    public let hint: String?
    /// Where in functions the notice was raised.
    public let context: String?

    init(_ result: OpaquePointer) {
        severity = result.diagnostic(NXDiagSeverity) ?? "NOTICE"
        message = result.diagnostic(NXDiagMessage) ?? ""
        sqlState = result.diagnostic(NXDiagSQLState)
        detail = result.diagnostic(NXDiagDetail)
        hint = result.diagnostic(NXDiagHint)
        context = result.diagnostic(NXDiagContext)
    }
}

/// Carries a notice handler through the `void *` of libpq's notice receiver.
final class PostgresNoticeReceiver {
    let handler: (@Sendable (PostgresNotice) -> Void)?

    init(handler: (@Sendable (PostgresNotice) -> Void)?) {
        self.handler = handler
    }

    /// Takes the place of libpq's default receiver, which prints on standard error.
    ///
    /// The receiver has to outlive the connection: ``PostgresHandle`` sees to that.
    func install(on connection: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                let receiver = Unmanaged<PostgresNoticeReceiver>.fromOpaque(context).takeUnretainedValue()
                receiver.handler?(PostgresNotice(result))
            },
            context
        )
    }
}

extension OpaquePointer {
    /// Returns a field of the error or notice that a `PGresult` holds.
    func diagnostic(_ field: CInt) -> String? {
        PQresultErrorField(self, field).map { String(cString: $0) }
    }
}
