import Foundation

/// The address of a database in the form that clients take.
package struct DatabaseAddress: Sendable, Hashable {
    /// The URL, password included.
    package var url: String
    package var endpoint: Endpoint
    package var user: String?
    package var password: String?
    package var database: String?
}

extension DatabaseAddress {
    /// Creates an address whose URL is percent-encoded (RFC 3986), whatever characters a name or password has.
    package init(
        scheme: String,
        endpoint: Endpoint,
        user: String?,
        password: String?,
        database: String?,
        query: String = ""
    ) {
        let secret = password.flatMap { $0.isEmpty ? nil : ":\($0.percentEncoded())" } ?? ""
        let login = user.map { $0.percentEncoded() + secret } ?? secret
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        let place = "\(login.isEmpty ? "" : login + "@")\(host):\(endpoint.port)"
        url = "\(scheme)://\(place)/\(database?.percentEncoded() ?? "")\(query)"
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
    }
}

extension String {
    /// The text as a part of a URL: percent-encoded but for the characters that RFC 3986 doesn't reserve.
    ///
    /// - Parameter others: Characters that stay as they are besides.
    func percentEncoded(keeping others: String = "") -> String {
        let allowed = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + others
        )
        return addingPercentEncoding(withAllowedCharacters: allowed) ?? self
    }
}
