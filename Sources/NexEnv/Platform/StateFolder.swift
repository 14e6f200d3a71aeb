import Foundation

/// Where nexenv keeps what belongs to no project: `~/.local/state/nexenv`, or as `XDG_STATE_HOME` says.
enum StateFolder {
    static var path: String {
        let variables = ProcessInfo.processInfo.environment
        let state = variables["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return (state ?? (variables["HOME"] ?? "/root") + "/.local/state") + "/nexenv"
    }
}
