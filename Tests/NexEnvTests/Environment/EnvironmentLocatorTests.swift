import Foundation
import NexEnv
import TextTesting
import Testing

@Suite struct EnvironmentLocatorTests {
    private func locate(
        _ folder: ScratchFolder,
        _ directory: String = "",
        file: String? = nil,
        name: String? = nil,
        variable: String? = nil
    ) throws(Diagnostics) -> String {
        let path = try EnvironmentLocator(directory: "\(folder.path)/\(directory)").locate(
            file: file,
            name: name,
            variable: variable
        )
        return path.replacing("\(folder.path)/", with: "")
    }

    private func folder() throws -> ScratchFolder {
        try ScratchFolder([
            "nexenv.yaml": "", "deep/down/x": "", "environments/shop/nexenv.yaml": "",
            "environments/blog/nexenv.yaml": "default: true",
            "environments/empty/README": "", "near/nexenv.yaml": "", "near/below/x": "",
        ])
    }

    @Test func `-f wins over all, -e over the variable, the variable over what is near`() throws {
        let folder = try folder()
        #expect(try locate(folder, file: "x.yaml", name: "shop", variable: "blog") == "x.yaml")
        #expect(try locate(folder, name: "shop", variable: "blog") == "environments/shop/nexenv.yaml")
        #expect(try locate(folder, variable: "blog") == "environments/blog/nexenv.yaml")
        #expect(try locate(folder) == "nexenv.yaml")
    }

    @Test func `a folder means the file in it`() throws {
        let folder = try folder()
        #expect(try locate(folder, file: "\(folder.path)/near") == "near/nexenv.yaml")
        #expect(try locate(folder, variable: "\(folder.path)/near") == "near/nexenv.yaml")
    }

    @Test(arguments: [
        ("x/y.yml", "x/y.yml"), ("x.yaml", "x.yaml"), ("", "nexenv.yaml"), ("shop", "environments/shop/nexenv.yaml"),
    ])
    func `the variable is a file or a name`(variable: String, path: String) throws {
        #expect(try locate(folder(), variable: variable) == path)
    }

    @Test(arguments: [
        ("deep/down", "nexenv.yaml"), ("near/below", "near/nexenv.yaml"),
        ("environments/shop", "environments/shop/nexenv.yaml"),
    ])
    func `the nearest file going up`(directory: String, path: String) throws {
        #expect(try locate(folder(), directory) == path)
    }

    @Test func `names are looked for going up`() throws {
        #expect(try locate(folder(), "deep/down", name: "shop") == "environments/shop/nexenv.yaml")
    }

    @Test func `two default ones are none`() throws {
        let folder = try folder()
        try FileManager.default.removeItem(atPath: "\(folder.path)/nexenv.yaml")
        try folder.write("default: true", to: "environments/shop/nexenv.yaml")
        let error = #expect(throws: Diagnostics.self) { try locate(folder) }
        #expect(error?.all.map(\.code) == [.ambiguous])
        #expect(error?.all.first?.hint?.hasSuffix("blog, shop") == true)
    }

    @Test func `else the default one`() throws {
        let folder = try folder()
        try FileManager.default.removeItem(atPath: "\(folder.path)/nexenv.yaml")
        #expect(try locate(folder, "deep/down") == "environments/blog/nexenv.yaml")
        try folder.write("default: false", to: "environments/blog/nexenv.yaml")
        try folder.write("a: [", to: "environments/shop/nexenv.yaml")
        let error = #expect(throws: Diagnostics.self) { try locate(folder, "deep/down") }
        #expect(error?.all.map(\.code) == [.notFound])
        #expect(error?.all.first?.hint == "name one with `-e NAME`: blog, shop")
    }

    @Test func `nothing at all`() throws {
        let folder = try ScratchFolder()
        let error = #expect(throws: Diagnostics.self) { try locate(folder) }
        #expect(error?.all.first?.hint?.contains("-f FILE") == true)
        #expect(error?.exitStatus == .invalidConfiguration)
    }

    @Test func `an unknown name`() throws {
        let folder = try folder()
        let error = #expect(throws: Diagnostics.self) { try locate(folder, name: "shp") }
        #expect(error?.all.first?.hint == "did you mean `shop`?")
        let far = #expect(throws: Diagnostics.self) { try locate(folder, name: "zzzz") }
        #expect(far?.all.first?.hint == "environments: `blog`, `shop`")
        let none = try ScratchFolder()
        let nobody = #expect(throws: Diagnostics.self) { try locate(none, name: "shop") }
        #expect(nobody?.all.first?.hint?.contains("environments/NAME/nexenv.yaml") == true)
    }

    @Test func `a working directory behind a link`() throws {
        let folder = try folder()
        try folder.link("link", to: "near/below")
        #expect(try locate(folder, "link") == "near/nexenv.yaml")
    }
}
