import ArgumentParser
import Foundation
import NexEnv

/// `nexenv test status`.
struct TestStatusCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the templates and copies that tests have in the stack that runs, and what leases cost."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let stack = try loadStack()
        let status = LeaseStatus.read(stack.project.leaseFolder)
        if console.isJSON { return try console.json(TestStatusReport(status)) }
        guard !status.pools.isEmpty else { return console.note("no test has leased anything here") }
        var table = TextTable(["DATABASE", "TEMPLATE", "COPIES", "IN USE", "LEFT BY A KILLED TEST"])
        for pool in status.pools {
            table.add([
                .init("\(pool.place)"), .init(pool.digest), .init("\(pool.copies) of \(pool.slots)"),
                .init("\(pool.inUse.count)"),
                .init("\(pool.abandoned)"),
            ])
        }
        console.output(table.render(width: console.width))
        for pool in status.pools {
            for (name, test) in pool.kept.sorted(by: { $0.key < $1.key }) {
                console.output("  \(pool.place): kept for you, nexenv test connect \(name): \(test)\n")
            }
        }
        for pool in status.pools { for user in pool.inUse { console.output("  \(pool.place): \(user)\n") } }
        if let summary = status.summary { console.note(Self.sentence(summary)) }
    }

    static func sentence(_ summary: LeaseLog.Summary) -> String {
        func milliseconds(_ value: Double) -> String { String(format: "%.1f", value) }
        var text = "\(SeedDisplay.count(summary.leases)) leases: had in \(milliseconds(summary.leaseP50)) ms"
        text += " (p99 \(milliseconds(summary.leaseP99))), given back in \(milliseconds(summary.backP50)) ms"
        text += " (p99 \(milliseconds(summary.backP99)))"
        if summary.made > 0 { text += ", \(summary.made) copies made anew" }
        if summary.leaks > 0 { text += ", \(summary.leaks) things left behind" }
        return text
    }
}

/// What `nexenv test status --json` prints.
struct TestStatusReport: Encodable {
    let schema = "nexenv/1"
    let command = "test status"
    let ok = true
    var pools: [LeaseStatus.Pool]
    var leases: LeaseLog.Summary?

    init(_ status: LeaseStatus) {
        pools = status.pools
        leases = status.summary
    }
}
