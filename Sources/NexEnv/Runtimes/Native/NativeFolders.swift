import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Where native servers keep things: `.nexenv/data/SERVICE`, `logs/SERVICE.log`, `run/SERVICE.json`, `run/SERVICE/`.
///
/// A server that runs as another user than root has to reach its data: where the project lies under a folder that only root
/// enters, such as `/root`, the data lies under `/var/lib/nexenv/PROJECT` instead.
struct NativeFolders: Sendable {
    private let project: Project

    init(_ project: Project) {
        self.project = project
    }

    private var base: String {
        guard SystemUser.isRoot, let nobody = SystemUser(named: "nobody"),
            !nobody.canReach((project.folder as NSString).deletingLastPathComponent)
        else { return project.folder }
        return "/var/lib/nexenv/\(project.identity.id)"
    }

    private var run: String { project.runFolder }

    func data(_ service: String) -> String { "\(base)/data/\(service)" }
    func configuration(_ service: String) -> String { "\(base)/run/\(service)" }
    func log(_ service: String) -> String { "\(project.logsFolder)/\(service).log" }
    func record(_ service: String) -> String { "\(run)/\(service).json" }

    /// Makes the folders that every server shares.
    func make() throws {
        try project.prepareFolder()
        // Others may pass through, to what is theirs; they can't list anything.
        let passable = SystemUser.isRoot ? 0o711 : 0o700
        for folder in [project.folder, run, project.logsFolder, base, base + "/data", base + "/run"] {
            try PrivateFile.makeFolder(folder, mode: passable)
            if SystemUser.isRoot { chmod(folder, 0o711) }
        }
    }

    /// Makes the folders of one server, owned by the user that it runs as.
    func make(for service: String, user: SystemUser?) throws {
        for folder in [data(service), configuration(service)] {
            try PrivateFile.makeFolder(folder)
            if let user { chown(folder, user.userID, user.groupID) }
        }
        PrivateFile.removeAbandoned(in: configuration(service))
    }

    func records() -> [NativeRecord] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: run)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { record(of: String($0.dropLast(5))) }
    }

    func record(of service: String) -> NativeRecord? {
        FileManager.default.contents(atPath: record(service))
            .flatMap { try? JSONDecoder().decode(NativeRecord.self, from: $0) }
    }

    func write(_ record: NativeRecord) throws {
        let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        try PrivateFile.write(text, to: self.record(record.service))
    }

    func forget(_ service: String) {
        for path in [record(service), record(service) + ".launch"] { unlink(path) }
        try? FileManager.default.removeItem(atPath: configuration(service))
    }

    func servicesWithData() -> Set<String> {
        // A half-filled folder ends in `.partial`; no service's name has a dot.
        Set((try? FileManager.default.contentsOfDirectory(atPath: base + "/data")) ?? []).filter { !$0.contains(".") }
    }

    func removeData(of service: String) throws {
        for path in [data(service), data(service) + ".partial"] where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }
}

/// Fills the placeholders of a process description.
struct Placeholders {
    var data: String
    var configuration: String
    var programs: String
    var version: String

    func callAsFunction(_ text: String) -> String {
        text.replacing(ProcessDescription.Placeholder.data, with: data)
            .replacing(ProcessDescription.Placeholder.configuration, with: configuration)
            .replacing(ProcessDescription.Placeholder.programs, with: programs)
            .replacing(ProcessDescription.Placeholder.version, with: version)
    }
}
