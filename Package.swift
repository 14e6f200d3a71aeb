// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: warnings are errors.
let ours: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    // SE-0335: `any` where a protocol is used as a type.
    .enableUpcomingFeature("ExistentialAny"),
    // SE-0444: a member is visible only where its module is imported.
    .enableUpcomingFeature("MemberImportVisibility"),
    // SE-0409: a dependency stays private to a target unless it is exported on purpose.
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "nexenv",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "nexenv", targets: ["nexenv"]),
        .library(name: "NexEnvTesting", targets: ["NexEnvTesting"]),
        .library(name: "PostgresClient", targets: ["PostgresClient"]),
        .library(name: "MongoClient", targets: ["MongoClient"]),
        .library(name: "RedisClient", targets: ["RedisClient"]),
    ],
    traits: [
        .trait(name: "MongoDB", description: "The MongoDB engine; needs libmongoc."),
        .trait(name: "Redis", description: "The Redis engine; needs hiredis."),
        .trait(name: "Argon2", description: "Passwords hashed with Argon2id; needs libsodium."),
        .default(enabledTraits: ["MongoDB", "Redis", "Argon2"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .executableTarget(name: "nexenv", dependencies: ["NexEnvCommands"], swiftSettings: ours),
        .target(
            name: "NexEnvCommands",
            dependencies: [
                "NexEnv",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: ours
        ),
        .target(
            name: "NexEnv",
            dependencies: [
                "ClientTransport",
                "ConnectionExecutor",
                "Encodings",
                "HTTPClient",
                "PasswordHashing",
                "PostgresClient",
                .target(name: "MongoClient", condition: .when(traits: ["MongoDB"])),
                .target(name: "RedisClient", condition: .when(traits: ["Redis"])),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: ours
        ),
        .target(
            name: "NexEnvTesting",
            dependencies: [
                "NexEnv",
                "PostgresClient",
                .target(name: "MongoClient", condition: .when(traits: ["MongoDB"])),
                .target(name: "RedisClient", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: ours
        ),
        .target(name: "ConnectionExecutor", swiftSettings: ours),
        .target(name: "ClientTransport", swiftSettings: ours),
        .target(name: "Encodings", swiftSettings: ours),
        .target(
            name: "HTTPClient",
            dependencies: ["ClientTransport", "ConnectionExecutor"],
            swiftSettings: ours
        ),
        .target(
            name: "PasswordHashing",
            dependencies: [
                "CLibCrypt",
                .target(name: "CLibSodium", condition: .when(traits: ["Argon2"])),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: ours
        ),
        .target(
            name: "PostgresClient",
            dependencies: ["CLibPQ", "ClientTransport", "ConnectionExecutor"],
            swiftSettings: ours
        ),
        .target(
            name: "MongoClient",
            dependencies: ["CLibMongoC", "ClientTransport", "ConnectionExecutor", "Encodings"],
            swiftSettings: ours
        ),
        .target(
            name: "RedisClient",
            dependencies: ["CHiredis", "ClientTransport", "ConnectionExecutor"],
            swiftSettings: ours
        ),
        .target(name: "ClientTesting", path: "Tests/ClientTesting", swiftSettings: ours),
        .target(name: "TextTesting", path: "Tests/TextTesting", swiftSettings: ours),
        .testTarget(
            name: "NexEnvTests",
            dependencies: [
                "ClientTesting", "Encodings", "HTTPClient", "NexEnv", "PasswordHashing", "TextTesting",
                .target(name: "RedisClient", condition: .when(traits: ["Redis"])),
            ],
            exclude: ["Golden", "Environment/validate-schema.py"],
            swiftSettings: ours
        ),
        .testTarget(
            name: "NexEnvCommandsTests",
            dependencies: [
                "NexEnv",
                "NexEnvCommands",
                "TextTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Golden"],
            swiftSettings: ours
        ),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: ["ClientTesting", "HTTPClient"],
            swiftSettings: ours
        ),
        .testTarget(name: "PasswordHashingTests", dependencies: ["PasswordHashing"], swiftSettings: ours),
        .testTarget(
            name: "PostgresClientTests",
            dependencies: ["ClientTesting", "NexEnvTesting", "PostgresClient"],
            swiftSettings: ours
        ),
        .testTarget(
            name: "RedisClientTests",
            dependencies: ["ClientTesting", "NexEnvTesting", "RedisClient"],
            swiftSettings: ours
        ),
        .testTarget(
            name: "MongoClientTests",
            dependencies: ["CLibMongoC", "ClientTesting", "MongoClient", "NexEnvTesting"],
            swiftSettings: ours
        ),
        // Drives the built `nexenv` against real servers, and looks at them through the clients; of the library only what a schema's
        // fingerprint is.
        .testTarget(
            name: "NexEnvServerTests",
            dependencies: [
                "lease-probe",
                "ClientTesting", "ClientTransport", "Encodings", "HTTPClient", "MongoClient", "NexEnv",
                "PostgresClient", "RedisClient",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: ours
        ),
        // What the tests of leases start, and kill.
        .executableTarget(
            name: "lease-probe",
            dependencies: ["NexEnv", "PostgresClient"],
            path: "Tests/LeaseProbe",
            swiftSettings: ours
        ),
        // What `scripts/bench harness` starts: ways to give each test a database, one beside the other.
        .executableTarget(
            name: "lease-bench",
            dependencies: [
                "NexEnv", "PostgresClient",
                .target(name: "MongoClient", condition: .when(traits: ["MongoDB"])),
                .target(name: "RedisClient", condition: .when(traits: ["Redis"])),
            ],
            path: "Benchmarks/harness/client",
            swiftSettings: ours
        ),
        // Tests that lease their databases, as a user's would, in both frameworks.
        .testTarget(
            name: "NexEnvTestingTests",
            dependencies: [
                "ClientTesting", "NexEnv", "NexEnvTesting", "PostgresClient",
                .target(name: "MongoClient", condition: .when(traits: ["MongoDB"])),
                .target(name: "RedisClient", condition: .when(traits: ["Redis"])),
            ],
            exclude: ["Environment"],
            swiftSettings: ours
        ),
        .systemLibrary(
            name: "CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(
            name: "CLibMongoC",
            pkgConfig: "libmongoc-1.0",
            providers: [.apt(["libmongoc-dev"]), .brew(["mongo-c-driver@1"])]
        ),
        .systemLibrary(
            name: "CLibCrypt",
            pkgConfig: "libxcrypt",
            providers: [.apt(["libcrypt-dev"]), .brew(["libxcrypt"])]
        ),
        .systemLibrary(
            name: "CLibSodium",
            pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]
        ),
        // No pkgConfig: hiredis.pc carries a flag that SwiftPM refuses with a warning on every build.
        .systemLibrary(
            name: "CHiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]
        ),
    ]
)
