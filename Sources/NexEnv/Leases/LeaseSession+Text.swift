/// A session as lines of `name=value`: the first use of a JSON decoder takes a process about a millisecond.
///
/// ```
/// nexenv leases 1
/// watched=/home/eva/shop/nexenv.yaml
/// mark=702 1795286168145230029 13681
/// source=postgres||shop|*
/// engine=postgres
/// …
/// ```
extension LeaseSession {
    private static let title = "nexenv leases 1"

    var text: String {
        var lines = [Self.title]
        func add(_ name: String, _ value: String?) {
            if let value { lines.append("\(name)=\(Self.escaped(value))") }
        }
        for file in watched {
            add("watched", file.path)
            add("mark", file.mark)
        }
        for (key, source) in sources.sorted(by: { $0.key < $1.key }) {
            add("source", key)
            add("engine", source.engine)
            add("service", source.place.service)
            add("database", source.place.database)
            add("host", source.endpoint.host)
            add("port", "\(source.endpoint.port)")
            add("pid", source.process.map { "\($0.pid)" })
            add("start", source.process.map { "\($0.startTime)" })
            add("user", source.user)
            add("password", source.password)
            add("administrator", source.administrator)
            add("administrator-password", source.administratorPassword)
            add("digest", source.digest)
            for base in source.bases { add("base", base) }
            add("slots", "\(source.slots)")
            for (name, value) in source.details.sorted(by: { $0.key < $1.key }) { add("detail-\(name)", value) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Reads a session; nothing where it isn't one that this version has written.
    init?(text: some Sequence<UInt8>) {
        let lines = Array(text).split(separator: UInt8(ascii: "\n"))
        guard let title = lines.first, title.elementsEqual(Self.title.utf8) else { return nil }
        var key = ""
        for line in lines.dropFirst() {
            guard let middle = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = String(decoding: line[..<middle], as: UTF8.self)
            let value = Self.unescaped(line[line.index(after: middle)...])
            switch name {
            case "watched": watched.append(Watched(value, mark: nil))
            case "mark": if !watched.isEmpty { watched[watched.count - 1].mark = value }
            case "source":
                key = value
                sources[key] = .blank
            default: guard sources[key]?.set(name, value) == true else { return nil }
            }
        }
        guard sources.values.allSatisfy({ !$0.digest.isEmpty && $0.slots > 0 }) else { return nil }
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\\") }) else { return value }
        return String(
            decoding: value.utf8.flatMap { byte -> [UInt8] in
                switch byte {
                case UInt8(ascii: "\n"): Array(#"\n"#.utf8)
                case UInt8(ascii: "\\"): Array(#"\\"#.utf8)
                default: [byte]
                }
            },
            as: UTF8.self
        )
    }

    private static func unescaped(_ value: ArraySlice<UInt8>) -> String {
        guard value.contains(UInt8(ascii: "\\")) else { return String(decoding: value, as: UTF8.self) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in value {
            if isEscaped {
                bytes.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension LeaseSource {
    /// One of which nothing is known yet.
    fileprivate static var blank: LeaseSource {
        LeaseSource(
            engine: "",
            place: DatabasePlace(service: "", database: nil),
            endpoint: Endpoint(host: "", port: 0),
            user: "",
            password: "",
            administrator: "",
            administratorPassword: "",
            digest: "",
            slots: 0,
            details: [:]
        )
    }

    /// Sets what a line says.
    ///
    /// - Returns: Whether there is such a thing.
    fileprivate mutating func set(_ name: String, _ value: String) -> Bool {
        switch name {
        case "engine": engine = value
        case "service": place.service = value
        case "database": place.database = value
        case "host": endpoint.host = value
        case "port": endpoint.port = Int(value) ?? 0
        case "pid": process = ProcessIdentity(pid: Int32(value) ?? 0, startTime: 0)
        case "start": process?.startTime = UInt64(value) ?? 0
        case "user": user = value
        case "password": password = value
        case "administrator": administrator = value
        case "administrator-password": administratorPassword = value
        case "digest": digest = value
        case "base": bases.append(value)
        case "slots": slots = Int(value) ?? 0
        case _ where name.hasPrefix("detail-"): details[String(name.dropFirst("detail-".count))] = value
        default: return false
        }
        return true
    }
}
