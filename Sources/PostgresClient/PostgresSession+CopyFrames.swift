import CLibPQ
import ClientTransport

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

// libpq keeps the server's complaint about a row to itself until the client ends its COPY, which may be gigabytes later. While
// a COPY runs, nothing of libpq's waits to be sent, so its messages may go to the socket directly, and what comes the other
// way can be looked at before libpq takes it in. Over TLS only libpq can do either.
extension PostgresSession {
    /// Sends rows of a COPY FROM STDIN, and ends it as soon as the server has refused one.
    ///
    /// Source: https://www.postgresql.org/docs/current/protocol-message-formats.html, CopyData
    ///
    /// - Throws: ``PostgresError``; the server's own once it has one.
    func sendCopyData(_ bytes: UnsafeRawBufferPointer, on pointer: OpaquePointer) throws(PostgresError) {
        guard PQsslInUse(pointer) == 0 else { return try putCopyData(bytes, on: pointer) }
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = min(start + PostgresCopyIn.batchSize, bytes.endIndex)
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if isRefused(pointer) {
                try endCopyIn(pointer, reason: "the server has refused a row")
                try finish(pointer) { _ in }
            }
            let header = [UInt8(ascii: "d")] + withUnsafeBytes(of: UInt32(part.count + 4).bigEndian) { Array($0) }
            do throws(PostgresError) {
                try header.withUnsafeBufferPointer { header throws(PostgresError) in
                    try sendAll(UnsafeRawBufferPointer(header), on: pointer)
                }
                try sendAll(part, on: pointer)
            } catch {
                // Half a message can't be taken back.
                close()
                throw error
            }
            start = end
        }
    }

    /// Sends bytes past libpq, which has none of its own to send.
    func sendAll(_ bytes: UnsafeRawBufferPointer, on pointer: OpaquePointer) throws(PostgresError) {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Darwin)
            let count = Darwin.send(PQsocket(pointer), rest.baseAddress, rest.count, 0)
            #else
            let count = Glibc.send(PQsocket(pointer), rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            #endif
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN || errno == EINTR {
                // A server that can't get rid of its notices reads no further; one that has refused a row does.
                _ = try wait(for: isRefused(pointer) ? .writable : [.readable, .writable])
            } else {
                _ = PQconsumeInput(pointer)
                throw lost(pointer)
            }
        }
    }

    /// Tells whether there is an error among what the server has sent; libpq takes in anything else.
    private func isRefused(_ pointer: OpaquePointer) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { room in
            let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
            let count = recv(PQsocket(pointer), room.baseAddress, room.count, flags)
            guard count > 0 else { return false }
            var offset = 0
            // Each message has its kind in a byte and its length, without that, in four.
            while offset + 5 <= count {
                if room[offset] == UInt8(ascii: "E") { return true }
                let length = UInt32(bigEndian: room.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self))
                offset += 1 + Int(length)
            }
            // Asking whether libpq is busy makes it pass notices on.
            if PQconsumeInput(pointer) == 1 { _ = PQisBusy(pointer) }
            return false
        }
    }
}
