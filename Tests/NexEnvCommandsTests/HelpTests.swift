import ArgumentParser
import NexEnv
import TextTesting
import Testing

@testable import NexEnvCommands

@Suite struct HelpTests {
    /// Every command that help lists, by name; `migrate-up` for `migrate up`.
    private static let commands: [(name: String, type: any ParsableCommand.Type)] =
        NexEnvCommand.configuration.groupedSubcommands.flatMap(\.subcommands).flatMap { type in
            let own = type.configuration.subcommands.map { ("\(type._commandName)-\($0._commandName)", $0) }
            return [(type._commandName, type)] + own
        }

    @Test func `nexenv --help`() throws {
        try Golden().expect(NexEnvCommand.helpMessage(columns: 100), "help.txt")
    }

    @Test(arguments: commands.map(\.name)) func `the help of each command`(name: String) throws {
        let type = try #require(Self.commands.first { $0.name == name }?.type)
        try Golden().expect(NexEnvCommand.helpMessage(for: type, columns: 100), "help-\(name).txt")
    }

    @Test func `help lists exactly the statuses that there are`() throws {
        let help = NexEnvCommand.helpMessage(columns: 100)
        let section = try #require(
            help.components(separatedBy: "EXIT STATUS\n").dropFirst().first?.components(separatedBy: "\n\n").first
        )
        let listed = section.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, Int32(words[0]) != nil else { return nil }
            return "\(words[0]) \(words[1].drop { $0 == " " })"
        }
        #expect(listed == NexEnv.ExitStatus.allCases.map { "\($0.rawValue) \($0.summary)" })
    }

    @Test func `every command says what it does in one sentence`() {
        for (name, type) in Self.commands {
            let abstract = type.configuration.abstract
            #expect(abstract.hasSuffix(".") && abstract.count <= 100, "\(name)")
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
