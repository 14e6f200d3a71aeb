/// A server that one test has for itself: for what copies share, such as roles, settings and restarts.
package struct PrivateServer: LeasedCopy {
    package let place: DatabasePlace
    package let address: DatabaseAddress
    private let run: TestRun
    private let host: TestHostProcess

    /// Starts the service that has the database; the rest of the environment isn't there.
    static func start(for request: LeaseRequest, _ stack: Stack) async throws -> PrivateServer {
        let service = try request.service(in: stack.environment)
        let book = try SeedBook.load(stack.environment)
        let sets = try request.seeds.sets(book, stack.environment) { $0.set.target.place.service == service.name }
            .map(\.name)
        let run = try TestRun.make(stack, services: [service.name], sets: sets)
        let quiet = ["--quiet"] + (sets.isEmpty ? ["--no-seed"] : [])
        let host = try TestHostProcess.start(run, quiet, program: NexEnvProgram.required(for: stack.environment.name))
        do {
            try await host.waitUntilReady()
            guard let server = try await run.stack().server(service.name),
                let address = (server.service.engine as? any AddressedEngine)?.address(of: request.database, on: server)
            else { throw NexEnvError(.notRunning, "it was started, and is gone", service: service.name) }
            let place = DatabasePlace(service: service.name, database: request.database)
            return PrivateServer(place: place, address: address, run: run, host: host)
        } catch let failure as TestHostFailure {
            throw failure.error(stack.environment.name)
        } catch {
            await host.end()
            throw error
        }
    }

    package func giveBack() async throws -> [String] {
        await host.end()
        return []
    }

    package func keep() async throws -> String? {
        try run.keep()
        await host.end()
        return "\(run.name).\(place)"
    }
}
