// One room of the API: a group of routes that belong together.
import Hummingbird

/// Routes that the server puts under `/api` (and a few beside it, such as `/metrics`).
public protocol APIRoutes: Sendable {
    /// Adds the routes; paths are given from the root, for example `/api/v1/machines`.
    func add(to router: Router<APIContext>)
}
