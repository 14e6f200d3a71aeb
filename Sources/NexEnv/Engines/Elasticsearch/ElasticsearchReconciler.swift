/// Makes indexes and templates what the file declares, as far as the server can do that in place.
struct ElasticsearchReconciler: Sendable {
    let client: ElasticsearchClient
    let durability: Durability

    // MARK: - Indexes

    /// What the server has under an index's name; nothing where there is none.
    func state(of index: String) async throws -> SeedValue? {
        try await client.find("GET", [index], [("flat_settings", "true")])?[index]
    }

    /// Makes an index, or adds to it what is missing.
    ///
    /// - Returns: What was changed, a line each.
    /// - Throws: ``Diagnostics`` for a change that the server can't make in place.
    func reconcile(_ index: Named<ElasticsearchIndex>) async throws -> [String] {
        guard let state = try await state(of: index.name) else {
            try await create(index)
            return ["index \(index.name) created"]
        }
        var changes: [String] = []
        let mappings = ElasticsearchDifference.inMappings(index.value.mappings, state["mappings"])
        if !mappings.isEmpty, let wanted = index.value.mappings {
            try await refusable(mappings, of: index) { () async throws(ElasticsearchError) in
                try await client.call("PUT", [index.name, "_mapping"], [], .json(wanted.plainJSON))
            }
            let new = try await self.state(of: index.name)?["mappings"]
            if new != state["mappings"] { changes.append("mapping of \(index.name) changed") }
        }
        let settings = ElasticsearchDifference.inSettings(index.value.settings, state["settings"])
        if !settings.isEmpty {
            let body = SeedValue.document(settings.map { .init(String($0.path.dropFirst(9)), $0.wanted) })
            try await refusable(settings, of: index) { () async throws(ElasticsearchError) in
                try await client.call("PUT", [index.name, "_settings"], [], .json(body))
            }
            changes.append("settings of \(index.name) changed")
        }
        return changes
    }

    private func create(_ index: Named<ElasticsearchIndex>) async throws {
        var settings = ElasticsearchDifference.flat(index.value.settings).map { name, node in
            SeedValue.Field(name, node.plainJSON)
        }
        func setUnlessSaid(_ name: String, _ value: SeedValue) {
            if !settings.contains(where: { $0.name == name }) { settings.append(.init(name, value)) }
        }
        // On a single node a copy has nowhere to go, and the index stays yellow.
        setUnlessSaid("index.number_of_replicas", .integer(0))
        // The log of changes goes to disk every 5 seconds instead of with every request.
        if durability != .full { setUnlessSaid("index.translog.durability", .text("async")) }
        var body = [SeedValue.Field("settings", .document(settings))]
        if let mappings = index.value.mappings { body.append(.init("mappings", mappings.plainJSON)) }
        do {
            try await client.call("PUT", [index.name], [], .json(.document(body)))
        } catch {
            // Somebody else was quicker; what they lack is added by the next run.
            if error.type == "resource_already_exists_exception" { return }
            guard error.status == 400 else { throw error }
            throw Self.diagnostics(
                "the server doesn't take the index `\(index.name)`: \(error.message)",
                at: index.value.mappings?.position ?? index.position,
                hint: "compare its mappings and settings with the reference of your version"
            )
        }
    }

    /// Runs a change that the server may refuse, and says then which part of the file it is about.
    private func refusable(
        _ differences: [ElasticsearchDifference],
        of index: Named<ElasticsearchIndex>,
        _ change: () async throws(ElasticsearchError) -> Void
    ) async throws {
        do {
            try await change()
        } catch {
            guard error.status == 400 else { throw error }
            let culprit =
                differences.first { !$0.isAddition && error.message.contains(Self.name($0)) }
                ?? differences.first { !$0.isAddition } ?? differences.first
            let found = culprit?.found.map { " is `\($0.plainText)` there, and" } ?? ""
            throw Self.diagnostics(
                "`\(culprit?.path ?? "")` of the index `\(index.name)`\(found) can't be changed in place: \(error.message)",
                at: culprit?.position ?? index.position,
                hint: "declare an index of another name with it, copy with `POST /_reindex`, then drop this one; "
                    + "where nobody needs its documents: `DELETE /\(index.name)`, `nexenv up`, `nexenv seed`"
            )
        }
    }

    /// What a server's message calls a difference: the field, or the setting.
    private static func name(_ difference: ElasticsearchDifference) -> String {
        let parts = difference.path.split(separator: ".").map(String.init)
        guard parts.first == "mappings" else { return parts.dropFirst().joined(separator: ".") }
        // mappings.properties.title.analyzer is about the field title.
        let last = parts.lastIndex { $0 == "properties" || $0 == "fields" }
        return last.flatMap { $0 + 1 < parts.count ? parts[$0 + 1] : nil } ?? difference.path
    }

    private static func diagnostics(_ message: String, at position: SourcePosition, hint: String) -> Diagnostics {
        Diagnostics([Diagnostic(.database, message, at: position, hint: hint)])
    }

    // MARK: - Templates

    /// Returns whether a template is there as declared.
    func isSettled(_ template: Named<ElasticsearchTemplate>) async throws -> Bool {
        let path = ["_index_template", template.name]
        let answer = try await client.find("GET", path, [("flat_settings", "true")])
        guard case .array(let list)? = answer?["index_templates"], let found = list.first?["index_template"] else {
            return false
        }
        let patterns = SeedValue.array(template.value.patterns.map { .text($0) })
        let index = template.value.index
        return found["index_patterns"] == patterns
            && (found["priority"]?.plainText ?? "0") == "\(template.value.priority ?? 0)"
            && ElasticsearchDifference.inMappings(index.mappings, found["template"]?["mappings"]).isEmpty
            && ElasticsearchDifference.inSettings(index.settings, found["template"]?["settings"]).isEmpty
    }

    func reconcile(_ template: Named<ElasticsearchTemplate>) async throws -> [String] {
        if try await isSettled(template) { return [] }
        var inner: [SeedValue.Field] = []
        if let settings = template.value.index.settings { inner.append(.init("settings", settings.plainJSON)) }
        if let mappings = template.value.index.mappings { inner.append(.init("mappings", mappings.plainJSON)) }
        let body: [SeedValue.Field] = [
            .init("index_patterns", .array(template.value.patterns.map { .text($0) })),
            .init("priority", .integer(Int64(template.value.priority ?? 0))), .init("template", .document(inner)),
        ]
        do {
            try await client.call("PUT", ["_index_template", template.name], [], .json(.document(body)))
        } catch {
            guard error.status == 400 else { throw error }
            throw Self.diagnostics(
                "the server doesn't take the template `\(template.name)`: \(error.message)",
                at: template.position,
                hint: "two templates of one priority can't have patterns that meet: give it another `priority`"
            )
        }
        return ["template \(template.name) written"]
    }
}
