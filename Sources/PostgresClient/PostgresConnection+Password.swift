import CLibPQ

extension PostgresConnection {
    /// Makes the verifier that a server keeps of a password, for `CREATE ROLE … PASSWORD '…'`.
    ///
    /// The server's log may show the statement; with a verifier (SCRAM-SHA-256, RFC 7677) nobody learns the password from it.
    /// libpq does the work (`PQencryptPasswordConn`), without a round trip.
    ///
    /// - Throws: ``PostgresError`` with `.closed`, or `.invalidArgument` for a password that SCRAM can't take.
    public func passwordVerifier(for password: String, user: String) throws(PostgresError) -> String {
        guard !password.utf8.contains(0), !user.utf8.contains(0) else {
            throw PostgresError(.invalidArgument, "Text can't hold a NUL character.")
        }
        let pointer = try session.pointer()
        guard let verifier = PQencryptPasswordConn(pointer, password, user, "scram-sha-256") else {
            throw PostgresError(.invalidArgument, "The password can't be hashed.")
        }
        defer { PQfreemem(verifier) }
        return String(cString: verifier)
    }
}
