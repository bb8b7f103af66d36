// /api/v1/system: how the service itself is.
import Hummingbird

/// The service itself.
public struct SystemRoutes: APIRoutes {
    private let plant: any PlantSource

    /// Makes the route.
    public init(plant: any PlantSource) { self.plant = plant }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/system") { _, _ in
            try APIResponse.json(SystemDocument(await plant.status(), machines: plant.machines))
        }
    }
}
