import Foundation
import Synchronization

/// Brings copies back for the test processes of a run: it stays logged in to them, which a process of one test can't.
///
/// A process hands over the open file of its slot, and with it the lock: whatever becomes of either of the two, nobody else gets
/// the copy before it is clean, or is known not to be. Where there is no cleaner, or it can't, the process does it by itself.
package final class LeaseCleaner: Sendable {
    private let folder: String
    /// By digest: where copies are, and what brings them back.
    private let known = Mutex<[String: (source: LeaseSource, keeper: any SlotKeeper)]>([:])

    /// - Parameter folder: Where the run's copies are kept track of.
    package init(folder: String) {
        self.folder = folder
    }

    private static func path(_ folder: String) -> String { folder + "/cleaner.socket" }

    // MARK: - In the run's host

    /// Serves until the task is cancelled.
    package func run() async {
        guard let listener = LocalSocket.Listener(Self.path(folder)) else { return }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                while let socket = await offPool({ listener.accept() }) {
                    group.addTask { await self.serve(socket) }
                }
            }
        } onCancel: {
            listener.end()
        }
    }

    private func serve(_ socket: LocalSocket) async {
        guard let (line, file) = await offPool({ socket.receive(within: 5_000) }), let file else { return }
        let words = line.split(separator: " ")
        let slot = SlotFile(sharing: file, number: Int(words.last ?? "") ?? 0)
        guard words.count == 2, case .used(let state, _) = slot.read(), let (source, keeper) = find(String(words[0])),
            let done = try? await SlotReturn(slot, state, source, keeper)
        else { return }
        _ = socket.send(done.line)
    }

    private func find(_ digest: String) -> (LeaseSource, any SlotKeeper)? {
        if let known = known.withLock({ $0[digest] }), known.source.isAlive { return known }
        guard let source = LeaseSession.read(folder)?.sources.values.first(where: { $0.digest == digest }),
            let engine = EngineRegistry.leasable(named: source.engine),
            let keeper = try? engine.keeper(of: source, folder: folder + "/" + digest)
        else { return nil }
        return known.withLock { known in
            // Another copy may have been faster, and be logged in already.
            if let other = known[digest], other.source == source { return other }
            known[digest] = (source, keeper)
            return (source, keeper)
        }
    }

    // MARK: - In a test's process

    /// Has a copy brought back by the run's host; nothing where it hasn't done so.
    ///
    /// - Parameter folder: Where the run's copies are kept track of.
    static func bringBack(_ slot: SlotFile, of source: LeaseSource, in folder: String) async -> SlotReturn? {
        guard let socket = LocalSocket.connect(path(folder)) else { return nil }
        let answer = await offPool {
            socket.send("\(source.digest) \(slot.number)", file: slot.descriptor) ? socket.receive()?.line : nil
        }
        return answer.flatMap(SlotReturn.init(line:))
    }
}
