import Foundation

/// A copy of a database that a test has for itself, in one of the slots that tests share.
package struct LeasedDatabase: LeasedCopy {
    package let source: LeaseSource
    package let address: DatabaseAddress
    package var place: DatabasePlace { source.place }
    package var keepsSessions: Bool { keeper.keepsSessions }

    /// How long it took to get it.
    package internal(set) var seconds = 0.0

    private let slot: SlotFile
    private let state: SlotState
    private let keeper: any SlotKeeper
    private let folder: String
    /// Given back when nobody has the lease any more.
    private let turn: LeaseQueue.Place

    init(
        _ source: LeaseSource,
        _ slot: SlotFile,
        _ state: SlotState,
        _ keeper: any SlotKeeper,
        _ holder: String,
        _ folder: String,
        _ turn: LeaseQueue.Place
    ) throws {
        self.source = source
        self.slot = slot
        var state = state
        state.run = source.run
        self.state = state
        self.keeper = keeper
        self.folder = folder
        self.turn = turn
        address = keeper.address(of: slot.number)
        try slot.write(.used(state, by: holder.onOneLine))
    }

    /// Brings the copy back to what it was, for the next one who leases it.
    package func giveBack() async throws -> [String] {
        defer { release() }
        let start = ContinuousClock.now
        let home = (folder as NSString).deletingLastPathComponent
        let result: SlotReturn
        if let done = await LeaseCleaner.bringBack(slot, of: source, in: home) {
            result = done
        } else {
            result = try await SlotReturn(slot, state, source, keeper)
        }
        let entry = LeaseLog.Entry(
            place: source.place,
            lease: seconds,
            back: (ContinuousClock.now - start).seconds,
            isMade: result.isMade,
            leaks: result.leaks.count
        )
        LeaseLog.add(entry, home)
        return result.leaks
    }

    package func keep() async throws -> String? {
        // Those who come later need some.
        let kept = (0..<source.slots).count { number in
            if case .kept = SlotFile.look(number, in: folder) { true } else { false }
        }
        guard kept < source.slots / 2, case .used(_, let holder) = slot.read() else {
            _ = try await giveBack()
            return nil
        }
        try slot.write(.kept(state, by: holder))
        release()
        return LeaseName(digest: source.digest, slot: slot.number).text
    }

    /// Gives back a copy that nobody has been told of.
    func giveBackUnused() throws {
        defer { release() }
        try slot.write(.clean(state))
    }

    private func release() {
        slot.release()
        turn.release(after: slot.number)
    }
}
