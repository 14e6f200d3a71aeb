import Foundation
import Testing

@testable import NexEnv

/// Processes of one machine talk, and hand over open files.
struct LocalSocketTests {
    private static func with(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "socket-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test("a line goes over, and an open file with it; an answer comes back")
    func handsOver() async throws {
        try await Self.with { folder in
            let listener = try #require(LocalSocket.Listener(folder + "/s"))
            async let served = offPool {
                let socket = listener.accept()
                let message = socket?.receive(within: 5_000)
                guard let file = message?.file else { return nil as String? }
                let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
                let content = (try? handle.readToEnd()).flatMap { String(decoding: $0, as: UTF8.self) }
                _ = socket?.send("got \(message?.line ?? "nothing")")
                return content
            }
            try "what the file says".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
            let file = try #require(FileHandle(forReadingAtPath: folder + "/file"))
            let socket = try #require(LocalSocket.connect(folder + "/s"))
            let long = String(repeating: "long ", count: 2_000)
            #expect(socket.send(long, file: file.fileDescriptor))
            #expect(socket.receive()?.line == "got " + long)
            #expect(await served == "what the file says")
        }
    }

    @Test("a lock goes over with the file, and only its first holder gives it up")
    func lock() async throws {
        try await Self.with { folder in
            let listener = try #require(LocalSocket.Listener(folder + "/s"))
            var slot = try SlotFile.tryTake(3, in: folder)
            let socket = try #require(LocalSocket.connect(folder + "/s"))
            #expect(socket.send("3", file: slot?.descriptor))
            let file = try #require(listener.accept()?.receive()?.file)
            var shared: SlotFile? = SlotFile(sharing: file, number: 3)
            shared?.release()
            #expect(try SlotFile.tryTake(3, in: folder) == nil)
            shared = nil
            slot = nil
            #expect(try SlotFile.tryTake(3, in: folder) != nil)
        }
    }

    @Test("where nobody listens, where nobody answers, and where the path is too long, there is nothing")
    func nobody() async throws {
        try await Self.with { folder in
            #expect(LocalSocket.connect(folder + "/s") == nil)
            let long = folder + "/" + String(repeating: "s", count: 120)
            #expect(LocalSocket.Listener(long) == nil && LocalSocket.connect(long) == nil)
            let listener = try #require(LocalSocket.Listener(folder + "/s"))
            let socket = try #require(LocalSocket.connect(folder + "/s"))
            let accepted = try #require(listener.accept())
            #expect(accepted.receive(within: 10) == nil)
            listener.end()
            #expect(LocalSocket.connect(folder + "/s") == nil)
            #expect(listener.accept() == nil)
            withExtendedLifetime(socket) {}
        }
    }
}
