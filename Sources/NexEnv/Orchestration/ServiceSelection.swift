/// Which services a command is about.
package struct ServiceSelection: Sendable {
    /// The names given; none means all that no profile holds back.
    package var names: [String] = []

    /// The profiles that are switched on.
    package var profiles: Set<String> = []

    package init(names: [String] = [], profiles: Set<String> = []) {
        self.names = names
        self.profiles = profiles
    }

    /// Returns the services, in the file's order.
    ///
    /// - Parameter withDependencies: Whether what they depend on comes along.
    /// - Throws: ``NexEnvError`` for a name that there is no service of, ``Diagnostics`` for an unknown profile.
    package func services(of environment: Environment, withDependencies: Bool = false) throws -> [Service] {
        let known = environment.services.map(\.name)
        for name in names where !known.contains(name) {
            throw NexEnvError(
                .notFound,
                "there is no service `\(name)`",
                hint: Suggestion.hint(for: name, among: known, noun: "services")
            )
        }
        let profilesKnown = Set(environment.services.flatMap(\.options.profiles))
        for profile in profiles.sorted() where !profilesKnown.contains(profile) {
            let hint = Suggestion.hint(for: profile, among: profilesKnown.sorted(), noun: "profiles")
            throw Diagnostics(
                [Diagnostic(.unknownProfile, "there is no profile `\(profile)`", hint: hint)],
                exitStatus: .usage
            )
        }
        var wanted: Set<String> = []
        func add(_ service: Service) {
            guard wanted.insert(service.name).inserted, withDependencies else { return }
            for dependency in service.options.dependencies {
                if let other = environment[dependency.service] { add(other) }
            }
        }
        for service in environment.services where isSelected(service) { add(service) }
        return environment.services.filter { wanted.contains($0.name) }
    }

    private func isSelected(_ service: Service) -> Bool {
        if !names.isEmpty { return names.contains(service.name) }
        return service.options.profiles.isEmpty || !profiles.isDisjoint(with: service.options.profiles)
    }
}
