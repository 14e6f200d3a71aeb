import Foundation
import Testing

/// The examples of a document: fenced blocks, in their order.
///
/// A block whose info string has a second word is a file of that name; one of `console` is a session, whose commands start with a
/// dollar sign and are followed by lines that they print. `status=65` says what its commands end with.
struct DocumentExamples {
    enum Example: Equatable {
        case file(path: String, text: String)
        case session([Command], status: Int32)
    }

    struct Command: Equatable {
        var arguments: [String]
        /// The lines that it prints, in their order; others may stand between them.
        var lines: [String] = []
    }

    let examples: [Example]
    let text: String

    /// Reads a document of the folder `docs`.
    init(_ name: String) throws {
        let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        text = try String(contentsOfFile: "\(root)/docs/\(name)", encoding: .utf8)
        examples = text.components(separatedBy: "\n```").enumerated().compactMap { index, part in
            guard !index.isMultiple(of: 2), let end = part.firstIndex(of: "\n") else { return nil }
            return Self.example(part[..<end].split(separator: " ").map(String.init), String(part[end...].dropFirst()))
        }
    }

    private static func example(_ info: [String], _ text: String) -> Example? {
        guard info.first == "console" else {
            return info.count > 1 ? .file(path: info[1], text: text + "\n") : nil
        }
        var commands: [Command] = []
        for line in text.split(separator: "\n").map(String.init) {
            if line.hasPrefix("$ ") {
                commands.append(Command(arguments: words(line.dropFirst(2))))
            } else if !commands.isEmpty {
                commands[commands.count - 1].lines.append(line)
            }
        }
        let status = info.dropFirst().first { $0.hasPrefix("status=") }?.dropFirst("status=".count)
        return .session(commands, status: status.flatMap { Int32($0) } ?? 0)
    }

    /// The words of a command line; double quotes hold some together.
    private static func words(_ line: Substring) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }

    /// Writes the files and runs the commands, and expects them to print what the document says.
    func run(in project: ProjectFixture, _ place: Place, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        for example in examples {
            switch example {
            case .file("nexenv.yaml", let text): try project.environment(text, in: place)
            case .file(let path, let text): try project.write(path, text)
            case .session(let commands, let status):
                for command in commands {
                    #expect(command.arguments.first == "nexenv", sourceLocation: sourceLocation)
                    let run = try await project.run(Array(command.arguments.dropFirst()), status: status)
                    guard run.status == status else { return }
                    var printed = (run.output + run.error).split(separator: "\n").map { Self.plain(String($0)) }[...]
                    for line in command.lines {
                        guard let index = printed.firstIndex(of: Self.plain(line)) else {
                            throw NotInTime(what: "“\(line)” is printed by \(run)")
                        }
                        printed = printed[(index + 1)...]
                    }
                }
            }
        }
    }

    /// A line without what is another every time: times, who runs it, and the widths of columns that follow from them.
    private static func plain(_ line: String) -> String {
        line.replacing(/\d+\.\d+s\b/, with: "1s").replacing(/\d{4}-\d\d-\d\d \d\d:\d\d/, with: "now")
            .replacing(/\d{14}_add_notes/, with: "add_notes")
            .replacing(" \(NSUserName()) ", with: " ada ").replacing(/\s+/, with: " ")
    }
}
