import Foundation
import NexEnv
import TextTesting
import Testing

@Suite struct PathTests {
    /// A folder with an environment in `env/` and files in and outside of it.
    private func folder(_ yaml: String) throws -> ScratchFolder {
        let folder = try ScratchFolder([
            "env/nexenv.yaml": yaml, "env/in.sql": "", "env/sub/deep.sql": "", "out.sql": "", "env-too/near.sql": "",
        ])
        try folder.link("env/link-out.sql", to: "../out.sql")
        try folder.link("env/link-in.sql", to: "sub/deep.sql")
        try folder.link("env/link-folder", to: "..")
        try folder.link("env/link-nowhere.sql", to: "nowhere.sql")
        try folder.link("env/link-absolute.sql", to: "/etc/hostname")
        return folder
    }

    private func load(_ folder: ScratchFolder, _ path: String = "env/nexenv.yaml") throws(Diagnostics) -> [ResourcePath]
    {
        var loader = EnvironmentLoader(processVariables: [:], mode: nil)
        return (try loader.load("\(folder.path)/\(path)")["pg"]?.engine as? Postgres)?.initFiles ?? []
    }

    private func yaml(_ path: String, allowsOutside: Bool = false) -> String {
        (allowsOutside ? "allow_outside: true\n" : "") + "services: {pg: {engine: postgres, init: ['\(path)']}}\n"
    }

    @Test(arguments: [
        ("in.sql", "env/in.sql"), ("./in.sql", "env/in.sql"), ("sub/../in.sql", "env/in.sql"),
        ("sub//deep.sql", "env/sub/deep.sql"), ("../env/in.sql", "env/in.sql"), ("link-in.sql", "env/sub/deep.sql"),
        ("link-folder/env/in.sql", "env/in.sql"),
    ])
    func `inside`(written: String, real: String) throws {
        let folder = try folder(yaml(written))
        #expect(try load(folder).map(\.path) == ["\(folder.path)/\(real)"])
        #expect(try load(folder).map(\.written) == [written])
    }

    @Test func `an absolute path inside is inside`() throws {
        let folder = try folder("")
        try folder.write(yaml("\(folder.path)/env/in.sql"), to: "env/nexenv.yaml")
        #expect(try load(folder).count == 1)
    }

    @Test(arguments: [
        "../out.sql", "../../../../../../../../etc/hostname", "/etc/hostname", "link-out.sql", "link-folder/out.sql",
        "link-absolute.sql", "../env-too/near.sql", "../nowhere.sql", "/nowhere.sql", "..", "/",
    ])
    func `outside`(written: String) throws {
        let folder = try folder(yaml(written))
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.map(\.code) == [.outsidePath])
        #expect(error?.all.first?.message.contains("`\(written)`") == true)
        #expect(error?.all.first?.hint?.contains("allow_outside: true") == true)
        #expect(error?.all.first?.position?.column == 42)
    }

    @Test(arguments: [("../out.sql", "out.sql"), ("link-out.sql", "out.sql"), ("link-folder/out.sql", "out.sql")])
    func `outside where the file allows it`(written: String, real: String) throws {
        let folder = try folder(yaml(written, allowsOutside: true))
        #expect(try load(folder).map(\.path) == ["\(folder.path)/\(real)"])
    }

    @Test func `a permission isn't handed on to an included file`() throws {
        let folder = try folder("allow_outside: true\ninclude: ../other/nexenv.yaml\n")
        try folder.write("services: {pg: {engine: postgres, init: [../out.sql]}}", to: "other/nexenv.yaml")
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.map(\.code) == [.outsidePath])
        #expect(error?.all.first?.position?.file.path == "\(folder.path)/other/nexenv.yaml")
    }

    @Test func `a permission isn't taken from an included file`() throws {
        let folder = try folder("include: sub/nexenv.yaml\nservices: {pg: {engine: postgres, init: [../out.sql]}}")
        try folder.write("allow_outside: true", to: "env/sub/nexenv.yaml")
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.map(\.code) == [.outsidePath])
    }

    @Test(arguments: [
        ("none.sql", Diagnostic.Code.missingFile, "there is no file `none.sql`"),
        ("link-nowhere.sql", .missingFile, "there is no file"), ("sub", .wrongType, "`sub` is a folder"),
        ("in.sql/x", .missingFile, "there is no file"), ("", .wrongType, "expected the path of a file"),
    ])
    func `what is no file`(written: String, code: Diagnostic.Code, message: String) throws {
        let folder = try folder(yaml(written))
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.map(\.code) == [code])
        #expect(error?.all.first?.message.contains(message) == true)
        #expect(error?.all.first?.position?.column == 42)
    }

    @Test func `a path with a NUL character`() throws {
        let folder = try folder("services: {pg: {engine: postgres, init: [\"in.sql\\0x\"]}}")
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.first?.message.contains("no path can have") == true)
    }

    @Test func `a folder where a folder has to be`() throws {
        let folder = try folder("")
        let file = SourceFile("", path: "\(folder.path)/env/nexenv.yaml")
        func decode(_ written: String) -> (path: String?, problem: String?) {
            let context = DecodingContext()
            let node = YAMLNode(.scalar(written), at: SourcePosition(file: file, line: 1, column: 1))
            return (ValueShape<ResourcePath>.folder.decode(node, context)?.path, context.problems.first?.message)
        }
        #expect(decode("sub") == ("\(folder.path)/env/sub", nil))
        #expect(decode("in.sql") == (nil, "`in.sql` is a file"))
        #expect(decode("none") == (nil, "there is no folder `none`"))
    }

    @Test func `a missing include is shown where it is asked for`() throws {
        let marked = MarkedText("name: a\ninclude: [in.sql, 1️⃣nowhere.yaml]\nservices: {r: {engine: redis}}")
        let folder = try folder(marked.text)
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        let difference = ExpectedProblem.difference(
            [.init("1️⃣", .missingFile, "there is no file `nowhere.yaml`")],
            error?.all ?? [],
            in: marked
        )
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test(arguments: ["../out.yaml", "/out.yaml"]) func `an include outside`(path: String) throws {
        let folder = try folder("include: \(path)\nservices: {r: {engine: redis}}")
        let error = #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.map(\.code) == [.outsidePath])
    }

    @Test(arguments: [
        ("data:/data", true), ("./sub:/data", true), ("./sub:/data:ro", true), ("../env-too:/data", false),
        ("/etc:/data", false), ("./link-folder:/data", false),
    ])
    func `a container's volumes stay inside too`(volume: String, isInside: Bool) throws {
        let folder = try folder("services: {a: {image: x, volumes: ['\(volume)']}}")
        let error = isInside ? nil : #expect(throws: Diagnostics.self) { try load(folder) }
        #expect(error?.all.map(\.code) == (isInside ? nil : [.outsidePath]))
        if isInside { #expect(throws: Never.self) { try load(folder) } }
    }
}
