// The libyaml that Yams carries: Yams' own composer recurses, and hashes keys with their aliases expanded.
import CYaml

/// The events of a YAML text, as libyaml finds them, with places.
final class YAMLEvents {
    /// What an event is.
    enum Kind {
        case streamEnd
        case documentStart
        case documentEnd
        case scalar
        case alias
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    /// One event.
    struct Event {
        var kind: Kind
        var position: SourcePosition
        /// The text of a scalar.
        var text = ""
        var tag: String?
        /// The name behind `&` or `*`.
        var anchor: String?
        /// Whether a scalar has neither quotes nor a tag.
        var isPlain = true
    }

    private let file: SourceFile
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// How many scalars stand before each line.
    private let lineStarts: [Int]

    init(_ file: SourceFile) {
        self.file = file
        lineStarts = Self.lineStarts(of: file.text)
        input = .allocate(capacity: file.text.utf8.count)
        _ = input.initialize(from: file.text.utf8)
        parser = .allocate(capacity: 1)
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// Returns the next event; not to be called again after the end of the stream or an error.
    func next() throws(Diagnostics) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw Diagnostics([problem]) }
            defer { yaml_event_delete(&event) }
            if event.type != YAML_STREAM_START_EVENT { return translated(event) }
        }
    }

    private func translated(_ event: yaml_event_t) -> Event {
        let place = position(event.start_mark, to: event.end_mark)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil
            return Event(
                kind: .scalar,
                position: place,
                text: text,
                tag: string(scalar.tag),
                anchor: string(scalar.anchor),
                isPlain: isPlain
            )
        case YAML_ALIAS_EVENT: return Event(kind: .alias, position: place, anchor: string(event.data.alias.anchor))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return Event(kind: .sequenceStart, position: place, tag: string(start.tag), anchor: string(start.anchor))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return Event(kind: .mappingStart, position: place, tag: string(start.tag), anchor: string(start.anchor))
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .sequenceEnd, position: place)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, position: place)
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, position: place)
        case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, position: place)
        default: return Event(kind: .streamEnd, position: place)
        }
    }

    private func string(_ text: UnsafeMutablePointer<UInt8>?) -> String? {
        text.map { String(cString: $0) }
    }

    // MARK: - Problems

    private var problem: Diagnostic {
        let message = parser.pointee.problem.map { String(cString: $0) } ?? "the text is not YAML"
        if parser.pointee.error == YAML_READER_ERROR {
            let offset = min(parser.pointee.problem_offset, input.count)
            let scalars = String(decoding: input[..<offset], as: UTF8.self).unicodeScalars.count
            return Diagnostic(.invalidYAML, message, at: SourcePosition(file: file, scalarOffset: scalars))
        }
        let place = position(parser.pointee.problem_mark)
        // libyaml reads ahead of its events, so its own limit of 1,000 levels may come before ours.
        if message.hasPrefix("Maximum nesting level") {
            return Diagnostic(.tooLarge, "the file is nested too deep", at: place)
        }
        let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
        let start = position(parser.pointee.context_mark)
        let isStartElsewhere = !context.isEmpty && start.line < place.line
        let mayBeIndentation = message.contains("tab") || message.contains("cannot start any token")
        return Diagnostic(
            .invalidYAML,
            message + context,
            at: place,
            hint: mayBeIndentation ? "indent with spaces; quote a text that starts with a special character" : nil,
            related: isStartElsewhere ? [Diagnostic.Related("it starts here", at: start)] : []
        )
    }

    // MARK: - Places

    /// Makes a place of a mark; libyaml counts more characters as line ends than editors do, so its lines aren't used.
    private func position(_ mark: yaml_mark_t, to end: yaml_mark_t? = nil) -> SourcePosition {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= mark.index { low = middle } else { high = middle }
        }
        let length = end.map { $0.line == mark.line ? Int($0.index) - Int(mark.index) : 1 } ?? 1
        return SourcePosition(
            file: file,
            line: low + 1,
            column: Int(mark.index) - lineStarts[low] + 1,
            length: min(length, 200)
        )
    }

    private static func lineStarts(of text: String) -> [Int] {
        var starts = [0]
        var scalars = 0
        for byte in text.utf8 where byte & 0xC0 != 0x80 {
            scalars += 1
            if byte == UInt8(ascii: "\n") { starts.append(scalars) }
        }
        return starts
    }
}
