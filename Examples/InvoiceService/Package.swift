// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "InvoiceService",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "nexenv", path: "../..")
    ],
    targets: [
        .target(
            name: "InvoiceService",
            dependencies: [
                .product(name: "PostgresClient", package: "nexenv"),
                .product(name: "MongoClient", package: "nexenv"),
                .product(name: "RedisClient", package: "nexenv"),
            ]
        ),
        .testTarget(
            name: "InvoiceServiceTests",
            dependencies: [
                "InvoiceService",
                .product(name: "NexEnvTesting", package: "nexenv"),
                // The program that starts the databases; built along with the tests, and found beside them.
                .product(name: "nexenv", package: "nexenv"),
            ]
        ),
    ]
)
