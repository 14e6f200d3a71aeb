import Testing

@testable import NexEnv

@Suite struct SchemaFingerprintTests {
    @Test func `differences are named object by object`() {
        let before = SchemaFingerprint(["table a": "1", "table b": "1", "index c": "1"])
        let after = SchemaFingerprint(["table a": "2", "table b": "1", "view d": "1"])
        #expect(
            before.differences(to: after) == [
                .init(object: "index c", before: "1", after: nil), .init(object: "table a", before: "1", after: "2"),
                .init(object: "view d", before: nil, after: "1"),
            ]
        )
        #expect(before.differences(to: before).isEmpty)
    }

    @Test(arguments: ["nexenv_scratch_0123456789ab", "nexenv_scratch_000000000000"])
    func `the name of a scratch database`(name: String) {
        #expect(ScratchName(name)?.name == name)
    }

    @Test(arguments: [
        "nexenv_scratch_", "nexenv_scratch_0123456789a", "nexenv_scratch_0123456789abc", "nexenv_scratch_0123456789AB",
        "nexenv_scratch_0123456789ag", "nexenv_scratch_+12345678901", "xnexenv_scratch_0123456789ab", "",
        "nexenv_scratch_0123456789ab ", "nexenv-scratch-0123456789ab",
    ])
    func `anybody else's name`(name: String) {
        #expect(ScratchName(name) == nil)
    }

    @Test func `a made-up name is one`() {
        for _ in 0..<1_000 {
            let scratch = ScratchName.random()
            #expect(ScratchName(scratch.name) == scratch)
        }
    }
}
