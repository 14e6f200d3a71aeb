import CLibMongoC
import ClientTransport

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The one owner of a `mongoc_client_t`.
struct MongoHandle: ~Copyable {
    let pointer: OpaquePointer
    /// Kept alive for as long as libmongoc may call it.
    let transport: MongoTransport
    /// The session in which transactions run, once there is one.
    private var session: OpaquePointer?

    init(_ configuration: MongoConfiguration) throws(MongoError) {
        MongoLibrary.start()
        guard let uri = mongoc_uri_new_for_host_port(configuration.host, UInt16(clamping: configuration.port)) else {
            throw MongoError(.invalidConfiguration, "The host or the port makes no sense.")
        }
        defer { mongoc_uri_destroy(uri) }
        guard Self.apply(configuration, to: uri) else {
            throw MongoError(.invalidConfiguration, "libmongoc refused a setting.")
        }
        guard let pointer = mongoc_client_new_from_uri(uri) else {
            throw MongoError(.invalidConfiguration, "libmongoc refused the settings.")
        }
        mongoc_client_set_error_api(pointer, MONGOC_ERROR_API_VERSION_2)
        transport = MongoTransport(connectTimeout: configuration.connectTimeout)
        transport.install(on: pointer)
        self.pointer = pointer
    }

    deinit {
        if let session { mongoc_client_session_destroy(session) }
        mongoc_client_destroy(pointer)
    }

    /// Returns the session in which transactions run, which is made when it is first asked for.
    ///
    /// Without causal consistency: everything is asked of one server.
    mutating func openSession(_ error: inout bson_error_t) -> OpaquePointer? {
        if let session { return session }
        let options = mongoc_session_opts_new()
        defer { mongoc_session_opts_destroy(options) }
        mongoc_session_opts_set_causal_consistency(options, false)
        session = mongoc_client_start_session(pointer, options, &error)
        return session
    }

    private static func apply(_ configuration: MongoConfiguration, to uri: OpaquePointer) -> Bool {
        let connect = configuration.connectTimeout.clampedMilliseconds
        let socket = configuration.socketTimeout.clampedMilliseconds
        let selection = configuration.serverSelectionTimeout.clampedMilliseconds
        var isAccepted =
            mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS, connect)
            && mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, socket)
            && mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, selection)
            && mongoc_uri_set_option_as_bool(uri, MONGOC_URI_DIRECTCONNECTION, configuration.directConnection)
            && mongoc_uri_set_appname(uri, configuration.appName)
        if let user = configuration.user {
            isAccepted =
                isAccepted && mongoc_uri_set_username(uri, user)
                && mongoc_uri_set_auth_source(uri, configuration.authSource)
        }
        if let password = configuration.password {
            isAccepted = isAccepted && mongoc_uri_set_password(uri, password)
        }
        return isAccepted
    }
}

/// libmongoc as a whole.
package enum MongoLibrary {
    /// Takes the name of libmongoc's counters away: its memory, for a program of MongoDB's that prints them, gets one when the
    /// library is loaded, and would stay behind in `/dev/shm` when the process is killed or becomes another program.
    package static func forgetCounters() {
        shm_unlink("/mongoc-\(getpid())")
    }

    /// Starts libmongoc, the first time only, and keeps it from printing.
    static func start() {
        _ = isStarted
    }

    private static let isStarted: Bool = {
        mongoc_log_set_handler({ _, _, _, _ in }, nil)
        mongoc_init()
        return true
    }()
}
