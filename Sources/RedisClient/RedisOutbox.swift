/// Commands on their way out: encoded a little ahead of what the socket takes.
struct RedisOutbox<Commands: IteratorProtocol> where Commands.Element == [RedisArgument] {
    private var commands: Commands
    private var isExhausted = false

    /// What waits to be sent.
    var bytes: ArraySlice<UInt8> = []

    /// How many commands were encoded.
    private(set) var count = 0

    init(_ commands: Commands) {
        self.commands = commands
    }

    /// Tells whether nothing waits to be sent.
    var isEmpty: Bool {
        bytes.isEmpty
    }

    /// Encodes 64 KiB more, once everything before is sent.
    mutating func refill() throws(RedisError) {
        guard isEmpty, !isExhausted else { return }
        var buffer: [UInt8] = []
        defer { bytes = buffer[...] }
        while buffer.count < 65_536 {
            guard let command = commands.next() else {
                isExhausted = true
                return
            }
            guard !command.isEmpty else { throw RedisError(.invalidArgument, "A command can't be empty.") }
            RedisArgument.encode(command, into: &buffer)
            count += 1
        }
    }
}
