/// The `docker` program, any client and engine from 20.10 on.
struct DockerCLI: Sendable {
    /// Runs `docker` with arguments and returns its output.
    ///
    /// - Parameters:
    ///   - environment: Variables for `-e NAME` options without a value, so that no secret is in argv.
    ///   - holdsLock: Whether the project stays locked until it ends, should nexenv be killed before.
    /// - Throws: ``NexEnvError`` that says what Docker complained about.
    @discardableResult
    func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        holdsLock: Bool = true
    ) async throws -> String {
        let output: ChildProcess.Output
        do {
            output = try await ChildProcess.run("docker", arguments, environment: environment, holdsLock: holdsLock)
        } catch let error as NexEnvError where error.code == .programMissing {
            throw NexEnvError(
                .dockerUnavailable,
                "there is no `docker` program",
                hint: "install Docker, or run natively with `--runtime native`; `nexenv doctor` says how",
                underlying: error
            )
        }
        guard output.isSuccess else { throw Self.error(output.standardError, arguments) }
        return output.standardOutput
    }

    /// Makes an error of what `docker` printed; the only place that reads its words.
    static func error(_ text: String, _ arguments: [String]) -> NexEnvError {
        let lowered = text.lowercased()
        func says(_ phrases: String...) -> Bool { phrases.contains { lowered.contains($0) } }
        let sentence = sentence(text)
        if says("permission denied while trying to connect", "dial unix") && says("permission denied") {
            return NexEnvError(
                .dockerUnavailable,
                "you may not talk to the Docker daemon",
                hint: "join the group `docker`: sudo usermod -aG docker $USER, then log in again"
            )
        }
        if says(
            "cannot connect to the docker daemon",
            "is the docker daemon running",
            "error during connect",
            "failed to connect to the docker api"
        ) {
            return NexEnvError(
                .dockerUnavailable,
                "the Docker daemon doesn't answer",
                hint: "start Docker, or run natively with `--runtime native`"
            )
        }
        if says("no space left on device", "disk quota exceeded") {
            return NexEnvError(
                .diskFull,
                "Docker's disk is full",
                hint: "`docker system df` shows what takes the room; `docker system prune` frees what nothing uses"
            )
        }
        if says("port is already allocated", "address already in use", "ports are not available") {
            return NexEnvError(.portTaken, sentence)
        }
        if says("is already in use by container") { return NexEnvError(.nameTaken, sentence) }
        if says(
            "no such image",
            "unable to find image",
            "pull access denied",
            "manifest unknown",
            "manifest for",
            "repository does not exist",
            "image not known"
        ) {
            return NexEnvError(.imageMissing, sentence)
        }
        if says("no such container", "no such object") { return NexEnvError(.notRunning, sentence) }
        return NexEnvError(.serviceFailed, "docker \(arguments.first ?? ""): \(sentence)")
    }

    /// The part of Docker's message that says what is wrong, as one sentence.
    private static func sentence(_ text: String) -> String {
        let noise = ["docker: ", "Error response from daemon: ", "Error: ", "error: "]
        let lines = text.split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("See 'docker") && !$0.hasPrefix("Run 'docker") && !$0.hasPrefix("WARNING") }
        var sentence = lines.last { $0.contains("Error") || $0.contains("docker:") } ?? lines.last ?? "no message"
        for prefix in noise where sentence.hasPrefix(prefix) { sentence.removeFirst(prefix.count) }
        while sentence.hasSuffix(".") { sentence.removeLast() }
        return sentence
    }
}
