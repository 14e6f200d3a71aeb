import CLibPQ
import ClientTransport

extension PostgresHandle {
    /// Connects and logs in without ever blocking for longer than a slice.
    ///
    /// `PQconnectdb` can be neither cancelled nor bounded precisely, hence `PQconnectPoll`. Names are looked up here for the
    /// same reason: `PQconnectStart` would block on them.
    static func connect(to configuration: PostgresConfiguration) throws(PostgresError) -> PostgresHandle {
        let deadline = Deadline(after: configuration.connectTimeout)
        let parameters: [(String, String)]
        do {
            parameters = try connectionParameters(configuration, until: deadline)
        } catch {
            throw PostgresError(connecting: error)
        }
        let pointer = CStringArray.withPointers(parameters.map(\.0)) { names in
            CStringArray.withPointers(parameters.map(\.1)) { values in
                PQconnectStartParams(names, values, 0)
            }
        }
        guard let pointer else { throw PostgresError(.unreachable, "libpq is out of memory.") }
        let handle = PostgresHandle(adopting: pointer, onNotice: configuration.onNotice)
        // Only the verbose form of a failed log-in carries its SQLSTATE; there is no function that returns it.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        try handle.finishConnecting(until: deadline)
        PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
        guard PQsetnonblocking(pointer, 1) == 0 else { throw PostgresError(.connectionLost, handle.message) }
        return handle
    }

    private borrowing func finishConnecting(until deadline: Deadline) throws(PostgresError) {
        guard PQstatus(pointer) != CONNECTION_BAD else { throw connectionFailure }
        var awaited = SocketEvents.writable
        while true {
            do {
                _ = try awaited.wait(on: socket, until: deadline)
            } catch {
                throw PostgresError(connecting: error)
            }
            switch PQconnectPoll(pointer) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: awaited = .readable
            case PGRES_POLLING_WRITING: awaited = .writable
            default: throw connectionFailure
            }
        }
    }

    /// Why connecting failed.
    private var connectionFailure: PostgresError {
        if let report = LoginReport(verboseMessage: rawMessage) {
            var error = PostgresError(.init(sqlState: report.sqlState), report.message)
            error.sqlState = report.sqlState
            error.severity = report.severity
            return error
        }
        return PostgresError(PQconnectionNeedsPassword(pointer) == 1 ? .authenticationFailed : .unreachable, message)
    }

    private static func connectionParameters(
        _ configuration: PostgresConfiguration,
        until deadline: Deadline
    ) throws(TransportError) -> [(String, String)] {
        var hosts = [configuration.host]
        var addresses: [String] = []
        if !configuration.host.hasPrefix("/") {
            addresses = try HostAddress.resolve(host: configuration.host, port: configuration.port, until: deadline)
                .map(\.numeric)
            hosts = addresses.map { _ in configuration.host }
        }
        return [
            ("host", hosts.joined(separator: ",")),
            ("hostaddr", addresses.joined(separator: ",")),
            ("port", String(configuration.port)),
            ("user", configuration.user),
            ("password", configuration.password ?? ""),
            ("dbname", configuration.database),
            ("application_name", configuration.applicationName),
            ("client_encoding", "UTF8"),
            ("sslmode", configuration.effectiveTLS.rawValue),
            // Looking for a Kerberos ticket costs more than the rest of a log-in.
            ("gssencmode", "disable"),
            ("target_session_attrs", "any"),
            ("options", options(configuration.serverSettings)),
        ]
    }

    /// Returns settings as the server's command line takes them; a backslash escapes blanks.
    ///
    /// Never empty, since libpq would take PGOPTIONS out of the environment instead, and never blank, which PgBouncer refuses.
    private static func options(_ settings: [String: String]) -> String {
        if settings.isEmpty { return "-c client_encoding=UTF8" }
        return settings.sorted { $0.key < $1.key }
            .map { name, value in
                let escaped = value.flatMap { $0 == "\\" || $0.isWhitespace ? ["\\", $0] : [$0] }
                return "-c \(name)=" + String(escaped)
            }
            .joined(separator: " ")
    }
}

extension PostgresError {
    init(connecting failure: TransportError) {
        switch failure {
        case .cancelled: self.init(.cancelled, "Connecting was cancelled.")
        case .timedOut: self.init(.timedOut, "Connecting took too long.")
        case .unresolvable: self.init(.unreachable, "The host name has no address.")
        case .closed, .system: self.init(.unreachable, "The socket failed while connecting.")
        }
    }
}
