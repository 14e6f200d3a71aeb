import ArgumentParser
import NexEnv

/// `nexenv doctor`.
struct DoctorCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what this machine has and lacks, and the command that installs it."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let stack = try? loadStack()
        let findings = await Doctor(stack: stack).examine()
        if console.isJSON { return try console.json(DoctorReport(findings: findings)) }
        let style = console.outputStyle
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let mark = finding.isGood ? style.green("✓") : style.yellow("!")
            console.output("\(mark) \(finding.subject.padding(to: width))  \(finding.detail)\n")
            if let remedy = finding.remedy { console.output("  \(style.green("hint")): \(remedy)\n") }
        }
    }
}

/// What `nexenv doctor --json` prints.
struct DoctorReport: Encodable {
    let schema = "nexenv/1"
    let command = "doctor"
    let ok = true
    var findings: [Doctor.Finding]
}
