/// A container as an engine wants it; the Docker runtime turns it into one `docker run`.
package struct ContainerDescription: Sendable {
    /// A variable in the container; nobody can tell which are secrets, so all are kept out of argv, labels and logs.
    package struct Variable: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A file that is written when the container starts, before the server does.
    package struct File: Sendable, Hashable {
        package var path: String
        package var content: String
        /// The user and group inside the image that own it, mode 0600.
        package var owner: String?

        package init(path: String, content: String, owner: String? = nil) {
            self.path = path
            self.content = content
            self.owner = owner
        }
    }

    /// Something of the host or the daemon that is seen inside the container.
    package enum Mount: Sendable, Hashable {
        /// A named volume of the service, kept by `down`; `tmpfs` storage makes it memory.
        case data(name: String, path: String)
        /// A file or folder of the host.
        case bind(host: String, path: String, isReadOnly: Bool)
        /// A volume that the user named.
        case volume(name: String, path: String, isReadOnly: Bool)
    }

    /// A further published port.
    package struct PublishedPort: Sendable, Hashable {
        package var host: PortPreference
        package var container: Int
        package var isUDP: Bool

        package init(host: PortPreference, container: Int, isUDP: Bool = false) {
            self.host = host
            self.container = container
            self.isUDP = isUDP
        }
    }

    /// A health check that Docker runs inside the container.
    package struct HealthCheck: Sendable, Hashable {
        package var test: [String]
        package var isShell = false
        package var interval: Duration?
        package var timeout: Duration?
        package var startPeriod: Duration?
        package var retries: Int?

        package init(test: [String]) {
            self.test = test
        }
    }

    /// A first start that fills the data folder, and that has to begin again where it was cut off.
    package struct Initialization: Sendable, Hashable {
        /// The data folder.
        package var folder: String
        /// A shell script that the image runs when the folder is filled.
        package var hookPath: String
        /// The user that runs it.
        package var user: String
    }

    /// The image, without the registry prefix.
    package var image: String
    /// The image's own entrypoint, needed where files have to be written first.
    package var entrypoint: [String]
    package var overridesEntrypoint = false
    package var arguments: [String] = []
    package var environment: [Variable] = []
    package var files: [File] = []
    package var initialization: Initialization?
    package var mounts: [Mount] = []
    package var extraPorts: [PublishedPort] = []
    package var healthCheck: HealthCheck?
    package var sharedMemoryBytes: Int?
    package var stopSignal: String?
    package var user: String?
    package var workingDirectory: String?
    package var restart: String?

    package init(image: String, entrypoint: [String] = ["docker-entrypoint.sh"]) {
        self.image = image
        self.entrypoint = entrypoint
    }
}
