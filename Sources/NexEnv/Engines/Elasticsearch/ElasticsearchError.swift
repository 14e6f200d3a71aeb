import HTTPClient

/// What a search server refuses, or why it couldn't be asked.
struct ElasticsearchError: Error, Sendable {
    /// The HTTP status; 0 where there was no answer.
    var status: Int
    /// The server's name of the kind of failure: `mapper_parsing_exception`.
    var type: String
    /// The server's own words, or those of the connection.
    var message: String

    init(status: Int, type: String, message: String) {
        self.status = status
        self.type = type
        self.message = message
    }

    init(_ error: HTTPError) {
        self.init(status: 0, type: "\(error.code)", message: error.message)
    }

    /// Reads an answer that is a refusal: `{"error": {"type": …, "reason": …}, "status": 400}`, or any text.
    init(_ response: HTTPResponse, _ answer: SeedValue?) {
        let text = String(decoding: response.body.prefix(300), as: UTF8.self)
        guard let error = answer?["error"] else {
            self.init(status: response.status, type: "", message: "status \(response.status): \(text)")
            return
        }
        self.init(error, status: response.status)
    }

    /// Reads the `error` of an answer, or of an item of one.
    init(_ error: SeedValue, status: Int) {
        let reason = error["reason"]?.plainText ?? error.plainText
        var message = reason.isEmpty ? "status \(status)" : reason
        // What lies behind it says more: `failed to parse field [x]`, caused by `For input string: "y"`.
        if let cause = error["caused_by"]?["reason"]?.plainText, !message.contains(cause) { message += ": \(cause)" }
        self.init(status: status, type: error["type"]?.plainText ?? "", message: message)
    }
}

extension ElasticsearchError: CustomStringConvertible {
    var description: String { message }
}
