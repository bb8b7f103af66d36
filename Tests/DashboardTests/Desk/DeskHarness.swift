// The desk's routes on a real server with a real model behind them.
import AudioFeatures
import Dashboard
import EdgeService
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

/// Everybody is the operator.
struct EverybodyIsOperator: RouterMiddleware {
    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.identity = Identity(name: "local", role: .operator)
        return try await next(request, context)
    }
}

enum DeskHarness {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The model that comes with the program, else the small random one.
    static let model: Result<SoundModel, any Error> = Result {
        let embedded = root.appendingPathComponent("Models/embedded")
        let weights = embedded.appendingPathComponent("model.safetensors").path
        let isThere = FileManager.default.fileExists(atPath: weights)
        return try SoundModel(
            directory: isThere ? embedded : root.appendingPathComponent("Tests/Fixtures/clap/tiny-fused")
        )
    }

    /// Runs a test against a server with a desk of its own.
    static func with<Value: Sendable>(
        _ limits: DeskLimits = DeskLimits(),
        hasIdentity: Bool = true,
        machinesWaiting: @escaping @Sendable () -> Int = { 0 },
        _ body: @escaping @Sendable (PlainHTTP, DeskEars) async throws -> Value
    ) async throws -> Value {
        let desk = DeskEars(model: try model.get(), machinesWaiting: machinesWaiting)
        let router = Router(context: APIContext.self)
        if hasIdentity { router.middlewares.add(EverybodyIsOperator()) }
        DeskRoutes(desk: desk, limits: limits).add(to: router)
        var logger = Logger(label: "desk-tests")
        logger.logLevel = .critical
        let application = Application(router: router, logger: logger)
        return try await application.test(.live) { client in
            let port = try #require(client.port)
            return try await body(PlainHTTP(port: port), desk)
        }
    }

    /// Knocks twenty times a second over a hum.
    static func samples(seconds: Double, rate: Int = 16_000) -> [Float] {
        (0..<Int(seconds * Double(rate))).map { index in
            let time = Double(index) / Double(rate)
            let since = time.truncatingRemainder(dividingBy: 0.05)
            let knock = 0.4 * exp(-since * 300) * sin(2 * Double.pi * 2_200 * since)
            return Float(knock + 0.05 * sin(2 * Double.pi * 100 * time))
        }
    }

    static func sound(seconds: Double, rate: Int = 16_000, as format: AudioFileFormat = .wav) throws -> Data {
        try AudioEncoder.encode(
            AudioBuffer(samples: samples(seconds: seconds, rate: rate), sampleRateHz: rate),
            as: format
        )
    }
}
