import Foundation

extension SourceFile {
    /// Reads a text file that the user wrote.
    ///
    /// - Parameters:
    ///   - path: The file; relative to the working directory.
    ///   - limit: How many bytes it may have.
    /// - Throws: ``Diagnostics`` when it is missing, no regular file, too large or not UTF-8.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(Diagnostics) -> SourceFile {
        let resolved = try regularFile(path)
        let display = displayPath(of: path)
        func failure(_ code: Diagnostic.Code, _ message: String, hint: String? = nil) -> Diagnostics {
            Diagnostics([Diagnostic(code, message, hint: hint)])
        }
        if resolved.size > limit {
            throw failure(.tooLarge, "\(display) has \(resolved.size) bytes; \(limit) is the limit")
        }
        guard let data = FileManager.default.contents(atPath: resolved.path) else {
            throw failure(.unreadableFile, "\(display) can't be read", hint: "check the file's permissions")
        }
        return try SourceFile(path: resolved.path, bytes: data)
    }

    /// Returns the absolute path of a file with its links resolved, and its size in bytes.
    ///
    /// - Throws: ``Diagnostics`` when it is missing or no regular file.
    package static func regularFile(_ path: String) throws(Diagnostics) -> (path: String, size: Int) {
        func failure(_ code: Diagnostic.Code, _ message: String) -> Diagnostics {
            Diagnostics([Diagnostic(code, message)])
        }
        let display = displayPath(of: path)
        guard let resolved = realPath(path) else { throw failure(.missingFile, "there is no file \(display)") }
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        switch attributes?[.type] as? FileAttributeType {
        case .typeRegular: return (resolved, attributes?[.size] as? Int ?? 0)
        case .typeDirectory: throw failure(.unreadableFile, "\(display) is a folder, not a file")
        default: throw failure(.unreadableFile, "\(display) is not a regular file")
        }
    }

    /// Creates a source file from bytes, which must be UTF-8; a byte-order mark is dropped.
    package convenience init(path: String, bytes: some Collection<UInt8>) throws(Diagnostics) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : Array(bytes)
        let display = SourceFile.displayPath(of: path)
        guard let text = String(validating: content, as: UTF8.self) else {
            let valid = SourceFile.validPrefix(content)
            let file = SourceFile(path: path, displayPath: display, text: valid)
            let position = SourcePosition(file: file, scalarOffset: valid.unicodeScalars.count)
            throw Diagnostics([
                Diagnostic(
                    .unreadableFile,
                    "the file is not UTF-8 from here on",
                    at: position,
                    hint: "save it as UTF-8"
                )
            ])
        }
        self.init(path: path, displayPath: display, text: text)
    }

    /// Returns a path relative to the working directory where that is shorter.
    package static func displayPath(of path: String) -> String {
        guard let directory = realPath("."), path.hasPrefix(directory + "/") else { return path }
        return String(path.dropFirst(directory.count + 1))
    }

    /// Returns the text before the first byte that is not UTF-8.
    private static func validPrefix(_ bytes: [UInt8]) -> String {
        var low = 0
        var high = bytes.count
        while low < high {
            let middle = (low + high + 1) / 2
            // A cut inside a character looks invalid too, but only up to three bytes back from a valid cut.
            let isValid = (max(0, middle - 3)...middle).contains {
                String(validating: bytes[..<$0], as: UTF8.self) != nil
            }
            if isValid { low = middle } else { high = middle - 1 }
        }
        for end in stride(from: low, through: max(0, low - 3), by: -1) {
            if let text = String(validating: bytes[..<end], as: UTF8.self) { return text }
        }
        return ""
    }
}
