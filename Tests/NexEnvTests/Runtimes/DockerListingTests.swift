import Testing

@testable import NexEnv

/// Lines as `docker ps --format` of 20.10 and 28 prints them.
@Suite struct DockerListingTests {
    private func line(
        _ state: String,
        _ status: String,
        _ ports: String,
        name: String = "shop",
        networks: String = "bridge"
    ) -> String {
        """
        {"id":"3f1d","state":"\(state)","status":"\(status)","ports":"\(ports)","image":"postgres:17","project":"shop-12ab",\
        "networks":"\(networks)","name":"\(name)","service":"pg","root":"/home/me/shop","file":"/home/me/shop/nexenv.yaml","hash":"abc"}
        """
    }

    private func parse(_ state: String, _ status: String, _ ports: String = "") throws -> ObservedServer {
        try #require(try DockerListing.parse(line(state, status, ports) + "\n").first)
    }

    @Test(arguments: [("bridge", false), ("shop-12ab", true), ("bridge,shop-12ab", true), ("shop-12abc", false)])
    func `whether names are known`(networks: String, isFound: Bool) throws {
        let server = try DockerListing.parse(line("running", "Up 5 seconds", "", networks: networks))[0]
        #expect(server.isFoundByName == isFound)
    }

    @Test func `every field`() throws {
        let server = try parse("running", "Up 5 seconds (healthy)", "127.0.0.1:5433-\\u003e5432/tcp")
        #expect(server.service == "pg")
        #expect(server.runtime == .docker)
        #expect(server.identifier == "3f1d")
        #expect(server.image == "postgres:17")
        #expect(server.configurationHash == "abc")
        #expect(server.environmentFile == "/home/me/shop/nexenv.yaml")
        #expect(server.project.id == "shop-12ab")
        #expect(server.project.root == "/home/me/shop")
        #expect(server.project.name == "shop")
        #expect(server.endpoint == Endpoint(host: "127.0.0.1", port: 5_433))
        #expect(server.extraPorts == [5_432: 5_433])
    }

    struct State: Sendable, CustomTestStringConvertible {
        var state: String
        var status: String
        var expected: ObservedServer.State
        var exit: Int32?
        var health: String?
        var testDescription: String { "\(state): \(status)" }
    }

    @Test(arguments: [
        State(state: "running", status: "Up Less than a second", expected: .running),
        State(state: "running", status: "Up 2 hours (healthy)", expected: .running, health: "healthy"),
        State(state: "running", status: "Up 2 hours (unhealthy)", expected: .running, health: "unhealthy"),
        State(state: "running", status: "Up 1 second (health: starting)", expected: .running, health: "starting"),
        State(state: "paused", status: "Up 5 minutes (Paused)", expected: .running),
        State(state: "restarting", status: "Restarting (1) 2 seconds ago", expected: .running, exit: 1),
        State(state: "created", status: "Created", expected: .created),
        State(state: "exited", status: "Exited (0) 3 seconds ago", expected: .stopped, exit: 0),
        State(state: "exited", status: "Exited (137) About a minute ago", expected: .stopped, exit: 137),
        State(state: "exited", status: "Exited (143) 3 weeks ago", expected: .stopped, exit: 143),
        State(state: "exited", status: "Exited (1) 3 seconds ago", expected: .failed, exit: 1),
        State(state: "exited", status: "Exited (255) 3 seconds ago", expected: .failed, exit: 255),
        State(state: "dead", status: "Dead", expected: .failed),
    ])
    func `states`(state: State) throws {
        let server = try parse(state.state, state.status)
        #expect(server.state == state.expected)
        #expect(server.exitStatus == state.exit)
        #expect(server.health == state.health)
        #expect(server.endpoint == nil)
    }

    struct Ports: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var ports: [Int: Int]
        var endpoint: Endpoint?

        init(_ name: String, _ text: String, _ ports: [Int: Int], _ host: String? = nil, _ port: Int = 0) {
            testDescription = name
            self.text = text
            self.ports = ports
            endpoint = host.map { Endpoint(host: $0, port: port) }
        }
    }

    @Test(arguments: [
        Ports("none", "", [:]),
        Ports("exposed only", "5432/tcp", [:]),
        Ports("exposed and published", "80/tcp, 443/tcp, 127.0.0.1:5050->80/tcp", [80: 5_050], "127.0.0.1", 5_050),
        Ports(
            "all addresses in 20.10",
            "0.0.0.0:5432->5432/tcp, :::5432->5432/tcp",
            [5_432: 5_432],
            "127.0.0.1",
            5_432
        ),
        Ports("all addresses in 28", "0.0.0.0:5432->5432/tcp, [::]:5432->5432/tcp", [5_432: 5_432], "127.0.0.1", 5_432),
        Ports("IPv6 loopback", "[::1]:80->8080/tcp", [8_080: 80], "::1", 80),
        Ports("all of IPv6", "[::]:80->8080/tcp", [8_080: 80], "::1", 80),
        Ports(
            "several",
            "127.0.0.1:9000->80/tcp, 127.0.0.1:32768->90/tcp",
            [80: 9_000, 90: 32_768],
            "127.0.0.1",
            9_000
        ),
        Ports(
            "neighbours, which Docker joins",
            "127.0.0.1:8080-8082->80-82/tcp",
            [80: 8_080, 81: 8_081, 82: 8_082],
            "127.0.0.1",
            8_080
        ),
        Ports(
            "neighbours on all addresses",
            "0.0.0.0:8080-8081->8080-8081/tcp, :::8080-8081->8080-8081/tcp",
            [8_080: 8_080, 8_081: 8_081],
            "127.0.0.1",
            8_080
        ),
        Ports("UDP", "127.0.0.1:53->53/udp", [53: 53], "127.0.0.1", 53),
        Ports("nonsense", "x->y/tcp, 1:2, ->, 127.0.0.1:a-b->1-2/tcp, 127.0.0.1:2-1->1-2/tcp", [:]),
    ])
    func `ports`(ports: Ports) throws {
        let server = try parse("running", "Up 5 seconds", ports.text)
        #expect(server.extraPorts == ports.ports)
        #expect(server.endpoint == ports.endpoint)
    }

    @Test func `several lines, and none`() throws {
        #expect(try DockerListing.parse("").isEmpty)
        #expect(try DockerListing.parse("\n").isEmpty)
        let two = line("running", "Up", "") + "\n" + line("created", "Created", "", name: "a\\nb\\\"c\\u2028") + "\n"
        #expect(try DockerListing.parse(two).map(\.project.name) == ["shop", "a\nb\"c\u{2028}"])
    }

    @Test func `what isn't a line of ours is an error`() {
        #expect(throws: (any Error).self) { try DockerListing.parse("WARNING: no swap\n") }
    }

    @Test func `the template asks for what is read`() {
        #expect(DockerListing.format.hasPrefix("{\"id\":{{json .ID}},"))
        #expect(DockerListing.format.contains("\"hash\":{{json (.Label \"dev.nexenv.config-hash\")}}"))
    }
}

/// What Docker's clients and engines of several versions print, and what is made of it.
@Suite struct DockerCLITests {
    struct Failure: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var code: NexEnvError.Code
        var message: String

        init(_ name: String, _ text: String, _ code: NexEnvError.Code, _ message: String) {
            testDescription = name
            self.text = text
            self.code = code
            self.message = message
        }
    }

    @Test(arguments: [
        Failure(
            "no daemon, 20.10",
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
            .dockerUnavailable,
            "doesn't answer"
        ),
        Failure(
            "no daemon, run",
            "docker: Cannot connect to the Docker daemon at tcp://localhost:1. Is the docker daemon running?.\nSee 'docker run --help'.\n",
            .dockerUnavailable,
            "doesn't answer"
        ),
        Failure(
            "no daemon, 29",
            "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory\n",
            .dockerUnavailable,
            "doesn't answer"
        ),
        Failure(
            "no daemon, Desktop",
            "error during connect: Get \"http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/containers/json\": open //./pipe/docker_engine: file not found\n",
            .dockerUnavailable,
            "doesn't answer"
        ),
        Failure(
            "no permission, 20.10",
            "Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get \"http://x\": dial unix /var/run/docker.sock: connect: permission denied\n",
            .dockerUnavailable,
            "may not talk"
        ),
        Failure(
            "no permission, 28",
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Head \"http://x\": dial unix /var/run/docker.sock: connect: permission denied\n",
            .dockerUnavailable,
            "may not talk"
        ),
        Failure(
            "disk full",
            "docker: Error response from daemon: mkdir /var/lib/docker/overlay2/x: no space left on device.\nSee 'docker run --help'.\n",
            .diskFull,
            "disk is full"
        ),
        Failure(
            "port taken, by Docker",
            "docker: Error response from daemon: driver failed programming external connectivity on endpoint shop-12ab-pg (5c): Bind for 127.0.0.1:5432 failed: port is already allocated.\n",
            .portTaken,
            "port is already allocated"
        ),
        Failure(
            "port taken, 20.10",
            "docker: Error response from daemon: driver failed programming external connectivity on endpoint x (5c): Error starting userland proxy: listen tcp4 127.0.0.1:5432: bind: address already in use.\n",
            .portTaken,
            "address already in use"
        ),
        Failure(
            "port taken, 28",
            "docker: Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint x (5c): failed to bind host port for 127.0.0.1:5432:172.17.0.2:5432/tcp: address already in use\n\nRun 'docker run --help' for more information\n",
            .portTaken,
            "address already in use"
        ),
        Failure(
            "port taken, Desktop",
            "docker: Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:5432 -> 0.0.0.0:0: listen tcp 127.0.0.1:5432: bind: address already in use.\n",
            .portTaken,
            "Ports are not available"
        ),
        Failure(
            "name taken",
            "docker: Error response from daemon: Conflict. The container name \"/shop-12ab-pg\" is already in use by container \"9d\". You have to remove (or rename) that container to be able to reuse that name.\nSee 'docker run --help'.\n",
            .nameTaken,
            "Conflict."
        ),
        Failure(
            "no image, --pull never",
            "docker: Error response from daemon: No such image: postgres:17.\nSee 'docker run --help'.\n",
            .imageMissing,
            "No such image: postgres:17"
        ),
        Failure(
            "no image, pull",
            "Error response from daemon: manifest for postgres:99 not found: manifest unknown: manifest unknown\n",
            .imageMissing,
            "manifest for postgres:99"
        ),
        Failure(
            "no image, denied",
            "Unable to find image 'x:1' locally\ndocker: Error response from daemon: pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied.\n",
            .imageMissing,
            "pull access denied"
        ),
        Failure(
            "no container",
            "Error response from daemon: No such container: abc\n",
            .notRunning,
            "No such container: abc"
        ),
        Failure("no object", "Error: No such object: abc\n", .notRunning, "No such object: abc"),
        Failure(
            "anything else",
            "WARNING: IPv4 forwarding is disabled.\ndocker: Error response from daemon: OCI runtime create failed: x.\nSee 'docker run --help'.\n",
            .serviceFailed,
            "docker run: OCI runtime create failed: x"
        ),
        Failure("nothing", "", .serviceFailed, "docker run: no message"),
    ])
    func `what Docker complains about`(failure: Failure) {
        let error = DockerCLI.error(failure.text, ["run", "-d"])
        #expect(error.code == failure.code)
        #expect(error.message.contains(failure.message), "\(error.message)")
        #expect(!error.message.contains("Error response from daemon"))
        #expect(!error.message.hasSuffix("."))
    }
}
