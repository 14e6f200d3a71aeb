import Foundation
import NexEnv

/// Which databases stay as a test has left them: `NEXENV_KEEP`.
enum KeepChoice: String {
    case none = ""
    case failed

    private static let variable = "NEXENV_KEEP"

    /// What the variable says.
    ///
    /// - Throws: ``LeaseError`` where it says something else.
    static var ofProcess: KeepChoice {
        get throws {
            let text = ProcessInfo.processInfo.environment[variable] ?? ""
            guard let choice = KeepChoice(rawValue: text) else {
                throw LeaseError("\(variable) is `\(text)`", hint: "it may be `failed`, or nothing")
            }
            return choice
        }
    }

    /// Says where a database is found that stays.
    static func say(_ place: DatabasePlace, _ name: String?, _ holder: String) {
        let text =
            name.map { "nexenv: \(place) of \(holder) is kept: nexenv test connect \($0)" }
            ?? "nexenv: \(place) of \(holder) isn't kept: half of all copies are already; nexenv test gc frees them"
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
