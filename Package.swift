// swift-tools-version: 6.1
import PackageDescription

// Arrows point down only: a target may depend on targets listed further down, never on one above it or beside it.
// `make lint` builds with `--explicit-target-dependency-import-check error`, so an undeclared arrow is an error.

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "ausculta",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "ausculta", targets: ["ausculta"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: ["FullFoundation"]),
    ],
    targets: [
        // The program: commands only, no logic.
        .executableTarget(
            name: "ausculta",
            dependencies: [
                "Demo", "EdgeService", "Dashboard", "Evidence", "AudioSending", "Publishing", "TrendLog",
                "MachineHealth", "MachineSimulator",
                "CLAP",
                "ModelStore", "AudioFeatures", "MQTT", "SparkplugB", "CAllocations", argumentParser, logging,
                serviceLifecycle,
                unixSignals,
            ]
        ),

        // The scene of `ausculta demo`: a private broker, simulated machines, the service, and a subscriber who watches.
        .target(
            name: "Demo",
            dependencies: [
                "EdgeService", "AudioSending", "MachineSimulator", "Publishing", "MQTT", "SparkplugB", logging,
            ]
        ),

        // The service: configuration, wiring, lifecycle. The only room that knows all the others.
        .target(
            name: "EdgeService",
            dependencies: [
                "Dashboard", "Evidence", "Publishing", "Acquisition", "TrendLog", "MachineHealth", "Detection", "CLAP",
                "ModelStore", "AudioFeatures", "Kernels", "MQTT", "SparkplugB", yams, logging, serviceLifecycle,
                unixSignals,
            ]
        ),

        // The face: HTTP API and web pages. Reads the trend log and the kept sound; all else through narrow protocols.
        .target(
            name: "Dashboard",
            dependencies: [
                "Evidence", "Publishing", "TrendLog", "MachineHealth", "AudioFeatures", "CArgon2", hummingbird,
                hummingbirdCore, nioCore, nioHTTP1, logging, serviceLifecycle,
            ]
        ),

        // The other end of the wire: recordings and simulated machines as microphones.
        .target(name: "AudioSending", dependencies: ["Publishing", "MachineSimulator", "AudioFeatures", "MQTT"]),

        // Sound that was kept because something happened: rings, clips, spectrograms.
        .target(name: "Evidence", dependencies: ["TrendLog", "MachineHealth", "AudioFeatures", "CZlib", logging]),

        // Health to the wire, sound from the wire, and the record of both.
        .target(name: "Publishing", dependencies: ["TrendLog", "MachineHealth", "MQTT", "SparkplugB", logging]),
        .target(name: "Acquisition", dependencies: ["AudioFeatures"]),
        .target(name: "TrendLog", dependencies: ["MachineHealth", grdb]),

        // Pure domain and pure physics: no I/O, no clock, no model.
        .target(name: "MachineHealth"),
        .target(name: "Detection"),
        .target(name: "MachineSimulator"),

        // The model.
        .target(name: "CLAP", dependencies: ["AudioFeatures", "Kernels"]),
        .target(name: "ModelStore", dependencies: [logging]),
        .target(name: "AudioFeatures", dependencies: ["Kernels", "CKernels", "CSndFile", "CSoxr"]),
        .target(name: "Kernels", dependencies: ["CKernels"]),

        // The wire.
        .target(name: "MQTT", dependencies: ["CMosquitto", logging]),
        .target(name: "SparkplugB"),

        // C: our kernels (always optimised: debug tests stay usable), and module maps of system libraries.
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=off"])]
        ),
        .target(name: "CAllocations"),
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),

        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Tests, one folder per target; BrokerSupport starts a real mosquitto of a test's own.
        .target(name: "BrokerSupport", dependencies: ["MQTT", logging], path: "Tests/BrokerSupport"),
        .executableTarget(
            name: "TrendLogCrashWriter",
            dependencies: ["TrendLog", "MachineHealth"],
            path: "Tests/Support/TrendLogCrashWriter"
        ),
        // Measures the dashboard's data on a large plant: `swift run -c release DashboardDataBenchmark`.
        .executableTarget(
            name: "DashboardDataBenchmark",
            dependencies: [
                "Dashboard", "Publishing", "TrendLog", "MachineHealth", hummingbird, logging, grdb,
            ],
            path: "Tests/Performance/DashboardDataBenchmark"
        ),
        // Measures how early trends warn: `swift run -c release LeadTimeScene` (minutes).
        .executableTarget(
            name: "LeadTimeScene",
            dependencies: ["EdgeService", "TrendLog", "MachineHealth", "MachineSimulator"],
            path: "Tests/Performance/LeadTimeScene"
        ),
        // Counts alarms of enrolled machines, healthy and faulty: `swift run -c release EnrolledScene` (minutes).
        .executableTarget(
            name: "EnrolledScene",
            dependencies: ["EdgeService", "Detection", "TrendLog", "MachineHealth", "MachineSimulator"],
            path: "Tests/Performance/EnrolledScene"
        ),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
        .testTarget(name: "CLAPTests", dependencies: ["CLAP", "Kernels", "AudioFeatures"]),
        .testTarget(name: "AudioFeaturesTests", dependencies: ["AudioFeatures"]),
        .testTarget(name: "AcquisitionTests", dependencies: ["Acquisition", "AudioFeatures"]),
        .testTarget(name: "MachineHealthTests", dependencies: ["MachineHealth"]),
        .testTarget(name: "DetectionTests", dependencies: ["Detection"]),
        .testTarget(name: "MachineSimulatorTests", dependencies: ["MachineSimulator"]),
        .testTarget(
            name: "TrendLogTests",
            dependencies: ["TrendLog", "MachineHealth", "TrendLogCrashWriter", grdb]
        ),
        .testTarget(
            name: "PublishingTests",
            dependencies: [
                "Publishing", "TrendLog", "MachineHealth", "MQTT", "SparkplugB", "BrokerSupport", logging, grdb,
            ]
        ),
        .testTarget(name: "SparkplugBTests", dependencies: ["SparkplugB"]),
        .testTarget(name: "MQTTTests", dependencies: ["MQTT", "BrokerSupport"], exclude: ["Support"]),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: ["ModelStore", "BrokerSupport"],
            exclude: ["Support"]
        ),
        .testTarget(
            name: "EvidenceTests",
            dependencies: ["Evidence", "TrendLog", "MachineHealth", "AudioFeatures", "BrokerSupport", "CZlib", logging]
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "EdgeService", "Dashboard", "Evidence", "Publishing", "TrendLog", "MachineHealth", "AudioFeatures",
                "BrokerSupport", "MQTT", hummingbird, hummingbirdTesting, logging,
            ]
        ),
        .testTarget(
            name: "EdgeServiceTests",
            dependencies: [
                "EdgeService", "Dashboard", "Evidence", "Acquisition", "Publishing", "TrendLog", "MachineHealth",
                "Detection", "CLAP", "AudioFeatures", "MachineSimulator", "MQTT", logging,
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "EdgeService", "Dashboard", "Evidence", "AudioSending", "MachineSimulator", "Publishing", "TrendLog",
                "MachineHealth", "AudioFeatures", "MQTT", "BrokerSupport", hummingbird, hummingbirdTesting, logging,
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
