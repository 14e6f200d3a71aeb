/// A server as a process of the host; the native runtime finds its programs, prepares its data and starts it.
///
/// Paths under the data and configuration folders are written with the placeholders of ``Placeholder``.
package struct ProcessDescription: Sendable {
    /// A stand-in for a path that only the runtime knows; control characters keep it apart from anything that a user writes.
    package enum Placeholder {
        /// The folder of the server's data.
        package static let data = "\u{1}data\u{1}"
        /// A folder for generated files, readable by the server's user alone.
        package static let configuration = "\u{1}configuration\u{1}"
        /// The folder of the program that was found.
        package static let programs = "\u{1}programs\u{1}"
        /// The version of the program that was found.
        package static let version = "\u{1}version\u{1}"
    }

    /// A program to look for.
    package struct Program: Sendable, Hashable {
        /// The file's name, such as `postgres`.
        package var name: String
        /// The folders where packages put a version of it, before `PATH` is searched; `*` matches a version.
        package var folders: [String]
        /// The command that installs it on Debian, for messages.
        package var package: String

        package init(name: String, folders: [String] = [], package: String) {
            self.name = name
            self.folders = folders
            self.package = package
        }
    }

    /// A command that fills an empty data folder, and runs to its end before the server starts.
    package struct Preparation: Sendable {
        /// A program beside the server's own, such as `initdb`.
        package var program: String
        package var arguments: [String]
        /// A file whose presence in the data folder proves that it was prepared.
        package var marker: String
        /// Files that are there only while the command runs, such as a first password.
        package var files: [File] = []
    }

    /// A generated file, mode 0600, owned by the server's user.
    package struct File: Sendable {
        package var path: String
        package var content: String
        /// Whether the server reads it only when it starts, so that a secret needn't lie there afterwards.
        package var isForStartOnly = false
    }

    /// A file that has to be installed beside the program, such as an extension.
    package struct Requirement: Sendable {
        /// Where it may lie; placeholders are filled in.
        package var candidates: [String]
        /// What to say when it lies nowhere, and what to do.
        package var message: String
        package var hint: String
    }

    /// A signal that asks a server to stop.
    package enum StopSignal: String, Sendable, Codable {
        case interrupt
        case terminate
        case quit
    }

    package var program: Program
    /// The wanted version; another one is taken with a note.
    package var version: String
    package var arguments: [String] = []
    package var environment: [String: String] = [:]
    package var preparation: Preparation?
    package var requirements: [Requirement] = []
    package var files: [File] = []
    package var stopSignal = StopSignal.terminate
    /// The signal that ends a server at once, for one that the machine would keep something of if it were killed.
    package var discardSignal: StopSignal?
    /// The user to run as when nexenv runs as root and the server refuses to.
    package var unprivilegedUser: String?
    /// The file in which the server notes what made an existing data folder: PostgreSQL's `PG_VERSION`.
    package var dataVersionFile: String?
    /// The file whose first line is the number of the process that has the data, for a server that trusts it: PostgreSQL's
    /// `postmaster.pid`.
    package var lockFile: String?

    package init(program: Program, version: String) {
        self.program = program
        self.version = version
    }
}
