// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "shop",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "nexenv", path: "../..")],
    targets: [
        .testTarget(
            name: "ShopTests",
            dependencies: [
                .product(name: "NexEnvTesting", package: "nexenv"),
                .product(name: "nexenv", package: "nexenv"),
            ]
        )
    ]
)
