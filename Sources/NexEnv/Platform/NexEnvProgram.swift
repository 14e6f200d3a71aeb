import Foundation

/// The program `nexenv`, for a process that isn't it.
enum NexEnvProgram {
    /// Returns where the program is that is to start an environment.
    ///
    /// - Throws: ``NexEnvError`` with code `not-running` when it is nowhere.
    static func required(for environment: String) throws(NexEnvError) -> String {
        guard let path else {
            throw NexEnvError(
                .notRunning,
                "\(environment) isn't running, and there is no program `nexenv` to start it",
                hint: "`nexenv up`, or `nexenv test -- …`; NEXENV_PROGRAM says where it is"
            )
        }
        return path
    }

    /// `NEXENV_PROGRAM`, else the one beside this program, as in a build folder, else the one in `PATH`.
    private static var path: String? {
        let named = ProcessInfo.processInfo.environment["NEXENV_PROGRAM"]
        if let named, !named.isEmpty { return named }
        let own = realPath(NativeLauncher.executable) ?? CommandLine.arguments[0]
        let beside = (own as NSString).deletingLastPathComponent + "/nexenv"
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return ProgramFinder().path(of: "nexenv")
    }
}
