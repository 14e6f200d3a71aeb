import Foundation

/// What tests have of a project's databases right now.
package struct LeaseStatus: Sendable {
    /// The copies of one template.
    package struct Pool: Sendable, Codable {
        package var place: DatabasePlace
        package var digest: String
        package var slots: Int
        package var copies: Int
        /// Who uses one, each.
        package var inUse: [String]
        /// Copies that a test had when it was killed; the next one that gets it brings it back first.
        package var abandoned: Int
        /// Copies that a test that failed has left for somebody to look at: the name of each, and the test's.
        package var kept: [String: String] = [:]
    }

    package var pools: [Pool] = []
    package var summary: LeaseLog.Summary?

    package static func read(_ folder: String) -> LeaseStatus {
        var status = LeaseStatus()
        status.summary = LeaseLog.summary(folder)
        let sources = LeaseSession.read(folder)?.sources.values.map { $0 } ?? []
        for source in Set(sources).sorted(by: { "\($0.place)\($0.digest)" < "\($1.place)\($1.digest)" }) {
            var pool = Pool(
                place: source.place,
                digest: source.digest,
                slots: source.slots,
                copies: 0,
                inUse: [],
                abandoned: 0
            )
            for number in 0..<source.slots {
                let folder = "\(folder)/\(source.digest)"
                switch SlotFile.look(number, in: folder) {
                case .none: continue
                case .clean: pool.copies += 1
                case .used(_, let user):
                    pool.copies += 1
                    let isFree = (try? SlotFile.tryTake(number, in: folder)) != nil
                    if isFree { pool.abandoned += 1 } else { pool.inUse.append(user) }
                case .kept(_, let user):
                    pool.copies += 1
                    pool.kept[LeaseName(digest: source.digest, slot: number).text] = user
                }
            }
            status.pools.append(pool)
        }
        return status
    }
}
